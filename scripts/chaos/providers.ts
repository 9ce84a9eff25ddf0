/** Providers that misbehave, go down and come up again; and one that always answers. */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { BuiltinDialect } from "../../src/dialects/registry.ts";
import { type Fault, FAULTS } from "../../tests/support/faults.ts";
import type { Answer } from "../../tests/support/provider.ts";
import { json } from "../../tests/support/provider.ts";
import { PATHS, spoken, written } from "../../tests/support/speech.ts";
import type { Random } from "./random.ts";
import { answerOf, idIn } from "./words.ts";

/** A request that reached a provider, and what became of it there. */
export interface Arrival {
  readonly id: string;
  readonly provider: string;
  /** Milliseconds; of {@link performance}. */
  readonly at: number;
  /** Undefined: it was answered well. */
  readonly fault: Fault | undefined;
  /** The whole answer was handed to the system. */
  finished: boolean;
  /** The connection was torn down before any of the answer was written. */
  torn: boolean;
}

export interface ChaosProvider {
  readonly name: string;
  readonly dialects: readonly BuiltinDialect[];
  readonly port: number;
  readonly arrivals: readonly Arrival[];
  /** Requests that are not answered to their end, nor given up by the proxy. */
  open(): number;
  connections(): number;
  isUp(): boolean;
  /** Stops listening and tears every connection down. */
  down(): Promise<void>;
  up(): Promise<void>;
}

export interface ProviderOptions {
  readonly name: string;
  readonly dialects: readonly BuiltinDialect[];
  readonly random: Random;
  /** Share of requests that are answered with a fault. */
  readonly faults: number;
  /** Milliseconds between two pieces of a streamed answer, at most. */
  readonly pause: number;
}

/** Idle connections end early, so that some end just when they are used again. */
const KEEP_ALIVE_MS = 1000;

/** Connections that are made in store and never used end, too. */
const UNUSED_MS = 3000;

/** Faults that move many bytes, and that therefore come seldom. */
const HEAVY = /64 MiB|byte by byte/;

export async function chaosProvider(
  { name, dialects, random, faults, pause }: ProviderOptions,
): Promise<ChaosProvider> {
  const arrivals: Arrival[] = [];
  const sockets = new Set<Socket>();
  /** Connections on which nothing was asked yet, by the other side's port. */
  const unused = new Map<number | undefined, ReturnType<typeof setTimeout>>();
  const unanswered = new Set<ServerResponse>();
  let up = false;

  const server: Server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (req, res) => {
    const chunks: Uint8Array[] = [];
    unanswered.add(res);
    clearTimeout(unused.get(req.socket.remotePort));
    res.on("close", () => unanswered.delete(res));
    req.on("error", () => {});
    res.on("error", () => {});
    req.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    req.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const id = idIn(text) ?? "";
      const dialect = dialects.find((one) => req.url?.endsWith(PATHS[one].slice(3)));
      if (dialect === undefined) return void json({ error: { message: "no such path" } }, 404)(ARRIVED, res);
      const stream = JSON.parse(text).stream === true;
      const fault = random.chance(faults) ? faultFor(stream, random) : undefined;
      const arrival: Arrival = {
        id,
        provider: name,
        at: performance.now(),
        fault,
        finished: false,
        torn: false,
      };
      arrivals.push(arrival);
      res.on("finish", () => arrival.finished = true);
      res.on("close", () => arrival.torn = !res.headersSent);
      const words = answerOf(name, id);
      const answer = fault === undefined
        ? paced(dialect, stream, words, () => random.below(pause))
        : fault.answer(dialect, stream, words);
      Promise.resolve(answer(ARRIVED, res)).catch(() => res.destroy());
    });
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    const { remotePort } = socket;
    const timer = setTimeout(() => socket.destroy(), UNUSED_MS);
    unused.set(remotePort, timer);
    socket.on("close", () => {
      clearTimeout(timer);
      sockets.delete(socket);
      if (unused.get(remotePort) === timer) unused.delete(remotePort);
    });
    socket.on("error", () => {});
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        server.off("error", reject);
        up = true;
        resolve();
      });
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    name,
    dialects,
    port,
    arrivals,
    open: () => unanswered.size,
    connections: () => sockets.size,
    isUp: () => up,
    down: () =>
      new Promise((resolve) => {
        up = false;
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
    up: () => listen(port),
  };
}

/** Answers here look at nothing of the request but what was read above. */
const ARRIVED = {} as Parameters<Answer>[0];

function faultFor(stream: boolean, random: Random): Fault {
  const fitting = FAULTS.filter(({ name, only }) =>
    name !== "answers" && (only === undefined || (only === "stream") === stream)
  );
  return random.weighted(fitting, ({ name }) => HEAVY.test(name) ? 0.05 : 1);
}

/** A good answer, the streamed one with pauses. */
function paced(dialect: BuiltinDialect, stream: boolean, words: string, pause: () => number): Answer {
  const rest = () => new Promise<void>((resolve) => setTimeout(resolve, pause()));
  return async (arrived, res) => {
    if (!stream) {
      await rest();
      return json(written(dialect, words))(arrived, res);
    }
    const { prelude, output, end } = spoken(dialect, words);
    await rest();
    res.writeHead(200, { "content-type": "text/event-stream" });
    for (const events of [prelude, ...output.map((event) => [event]), end]) {
      if (res.destroyed) return;
      res.write(events.join(""));
      await rest();
    }
    res.end();
  };
}
