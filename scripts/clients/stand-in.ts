/** The stand-in provider of the clients' own scripts: speaks every dialect, asks for one tool, fails as told. */
import { join } from "node:path";
import type { Json } from "../../src/model/json.ts";
import { clientsNode, FOLDER } from "./install.ts";
import { freePort, start } from "./processes.ts";

/** What it says when it is done; never in a prompt. */
export const FINAL = "MOCK-FINAL-TEXT-7f3a";
/** What its tool call makes the client's shell print. */
export const TOOL_OUTPUT = "MOCK_TOOL_OK";

/** What can be changed while it runs. */
export interface StandInSettings {
  readonly mode?: "text" | "tool" | "think";
  /** The tool to ask for, instead of the first shell that it knows. */
  readonly toolName?: string;
  readonly toolArgs?: Json;
  readonly final?: string;
  readonly failStatus?: number;
  readonly failCount?: number;
  readonly retryAfter?: string;
  readonly failHeaders?: Readonly<Record<string, string>>;
  /** So many answers end without their last events. */
  readonly cut?: number;
  /** So many answers end with an error event after their output. */
  readonly midError?: number;
}

/** A request that it received. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
  readonly status: number;
}

export interface StandIn {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  requests(): Promise<readonly Received[]>;
  stop(): Promise<void>;
}

/** Starts a stand-in on a free port. @throws Error when it does not start. */
export async function startStandIn(name: string, home: string, settings: StandInSettings): Promise<StandIn> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const listening = Promise.withResolvers<void>();
  const program = start(clientsNode(), [join(FOLDER, "mock-provider.mjs")], {
    env: { PORT: String(port), MODE: "tool", FINAL, LOG: join(home, `${name}.jsonl`) },
    onLine: (line) => line.startsWith("mock on") && listening.resolve(),
  });
  await Promise.race([
    listening.promise,
    program.exited.then(() => {
      throw new Error(`the stand-in provider did not start: ${program.output}`);
    }),
  ]);
  await ask(`${url}/__mock/config`, settings);
  return {
    url,
    requests: () => ask(`${url}/__mock/log`),
    stop: () => program.stop(),
  };
}

/** Asks the stand-in itself; a crowded machine may need a second try. @throws what fetch throws */
async function ask(url: string, body?: Json, tries = 3): Promise<Json> {
  const post = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  try {
    return await (await fetch(url, body === undefined ? {} : post)).json();
  } catch (error) {
    if (tries === 1) throw error;
    await new Promise((resolve) => setTimeout(resolve, 300));
    return await ask(url, body, tries - 1);
  }
}
