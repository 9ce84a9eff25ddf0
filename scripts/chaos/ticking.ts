/** A provider whose answers take their time: a word every few seconds, for all who listen. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { BuiltinDialect } from "../../src/dialects/registry.ts";
import { DIALECTS, PATHS, spoken } from "../../tests/support/speech.ts";
import { idIn } from "./words.ts";

export interface TickingProvider {
  readonly port: number;
  /** Streams that have begun and not ended. */
  open(): number;
  /** The whole text that was said to a request, by its number. */
  said(id: string): string | undefined;
  /** One more word to everybody, with the moment in it. */
  tick(): void;
  /** Ends every stream properly. */
  finish(): void;
  close(): Promise<void>;
}

interface Listener {
  readonly res: ServerResponse;
  readonly dialect: BuiltinDialect;
  readonly id: string;
  text: string;
}

export async function tickingProvider(): Promise<TickingProvider> {
  const listeners = new Set<Listener>();
  const said = new Map<string, string>();
  const server = createServer((req, res) => {
    const chunks: Uint8Array[] = [];
    req.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    req.on("error", () => {});
    res.on("error", () => {});
    req.on("end", () => {
      const id = idIn(Buffer.concat(chunks).toString()) ?? "";
      const dialect = DIALECTS.find((one) => req.url?.endsWith(PATHS[one].slice(3))) ?? "openai-chat";
      const listener: Listener = { res, dialect, id, text: `to ${id}: ` };
      const { prelude, output } = spoken(dialect, listener.text.repeat(2));
      res.writeHead(200, { "content-type": "text/event-stream" });
      res.write(prelude.join("") + output[0]);
      listeners.add(listener);
      said.set(id, listener.text);
      res.on("close", () => listeners.delete(listener));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", 4096, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    open: () => listeners.size,
    said: (id) => said.get(id),
    tick() {
      for (const listener of listeners) {
        const word = `@${performance.now().toFixed(1)} `;
        listener.text += word;
        said.set(listener.id, listener.text);
        // The second half of a text of two equal halves.
        listener.res.write(spoken(listener.dialect, word.repeat(2)).output[1]!);
      }
    },
    finish() {
      for (const { res, dialect, text } of [...listeners]) res.end(spoken(dialect, text).end.join(""));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
