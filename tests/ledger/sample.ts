/** Requests, costs and folders for the ledger's tests. */
import type { Costs } from "../../src/model/request-end.ts";
import type { AttemptRecord, RequestEnd } from "../../src/model/request-end.ts";
import { tempFolder } from "../support/disposable.ts";

/** A moment in the middle of a day, wherever the tests run. */
export const NOON = new Date(2026, 10, 18, 12).getTime();

export const anAttempt: AttemptRecord = {
  provider: "openrouter",
  model: "anthropic/claude-3-opus",
  dialect: "openai-chat",
  status: 200,
  startMs: 1,
  ms: 900,
};

export const someCosts: Costs = {
  cost: 0.01,
  baseline: 0.04,
  saved: 0.03,
  baselineTarget: { provider: "anthropic", model: "claude-opus-4-1" },
  estimated: false,
};

/** A request that succeeded, changed as a test needs it. */
export function anEnd(changes: Partial<RequestEnd> = {}): RequestEnd {
  return {
    id: "req_1",
    time: NOON,
    client: "claude-code",
    session: "s1",
    clientDialect: "anthropic-messages",
    operation: "generate",
    stream: true,
    modelAsked: "auto",
    kind: "think",
    route: "think",
    why: ["the word “plan” without an implementation word"],
    provider: "openrouter",
    model: "anthropic/claude-3-opus",
    providerDialect: "openai-chat",
    attempts: [anAttempt],
    fellBack: false,
    usage: { input: 1000, cacheRead: 200, cacheWrite: 50, output: 300, reasoning: 40 },
    costs: someCosts,
    status: 200,
    cancelled: false,
    firstTokenMs: 420,
    durationMs: 2400,
    overheadUs: 180,
    ...changes,
  };
}

/** Runs `work` with a folder of its own that is gone afterwards. */
export async function inFolder<T>(work: (folder: string) => T | Promise<T>): Promise<T> {
  using folder = tempFolder();
  return await work(folder.path);
}

/** A log that keeps its lines, each `level: message`. */
export function notes(): { log: (level: string, message: string) => void; lines: string[] } {
  const lines: string[] = [];
  return { lines, log: (level, message) => void lines.push(`${level}: ${message}`) };
}
