/** Clients that ask without end, some of which hang up; what each of them got is judged at once. */
import type { BuiltinDialect } from "../../src/dialects/registry.ts";
import { DIALECTS, hear, type Heard, PATHS, request } from "../../tests/support/speech.ts";
import { PROXY_KEY, ROUTES } from "./configuration.ts";
import type { Random } from "./random.ts";
import { answerOf, promptOf, speakerOf } from "./words.ts";

/** What came of one request. */
export interface Outcome {
  readonly id: string;
  readonly kind:
    /** The whole answer of the provider that the headers name. */
    | "answered"
    /** An error instead of an answer. */
    | "refused"
    /** An error after a part of the answer. */
    | "cut"
    | "hung up"
    /** Anything else: the proxy broke its promise. */
    | "wrong";
  readonly dialect: BuiltinDialect;
  readonly stream: boolean;
  /** HTTP status; undefined: no answer came. */
  readonly status?: number;
  /** The proxy's own name for the request. */
  readonly requestId?: string;
  readonly provider?: string;
  /** What is wrong, or the error in words. */
  readonly words?: string;
}

export interface ClientOptions {
  readonly url: string;
  readonly random: Random;
  /** Share of clients that hang up. */
  readonly hangUps: number;
  /** A number for the next request. */
  readonly nextId: () => string;
  readonly onOutcome: (outcome: Outcome) => void;
}

/** Longer than the proxy's own limit for a request. */
const PATIENCE_MS = 30_000;
/** Hang-ups come within so many milliseconds. */
const SOON_MS = 300;

/** Asks one thing after the other until `stop` says so. */
export async function client(options: ClientOptions, stop: () => boolean): Promise<void> {
  while (!stop()) options.onOutcome(await ask(options));
}

async function ask({ url, random, hangUps, nextId }: ClientOptions): Promise<Outcome> {
  const id = nextId();
  const dialect = random.pick(DIALECTS);
  const stream = random.chance(0.85);
  const body = { ...request(dialect, stream, promptOf(id)), model: random.pick(ROUTES) };
  const hangsUp = random.chance(hangUps);
  const whenReading = hangsUp && random.chance(0.5);
  const after = random.below(SOON_MS);
  const base = { id, dialect, stream };

  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), hangsUp && !whenReading ? after : PATIENCE_MS);
  try {
    const response = await fetch(url + PATHS[dialect], {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${PROXY_KEY}` },
      body: JSON.stringify(body),
      signal: controller.signal,
    });
    if (whenReading) {
      await response.body?.getReader().read();
      controller.abort();
      return { ...base, kind: "hung up" };
    }
    const heard = await hear(dialect, response);
    return { ...base, ...judged(id, response, heard) };
  } catch (error) {
    if (controller.signal.aborted && hangsUp) return { ...base, kind: "hung up" };
    const words = controller.signal.aborted ? `no end after ${PATIENCE_MS / 1000} s` : String(error);
    return { ...base, kind: "wrong", words: `lost or not legal: ${words}` };
  } finally {
    clearTimeout(timer);
  }
}

/** What an answer is, read strictly. */
function judged(id: string, { headers }: Response, heard: Heard): Omit<Outcome, "id" | "dialect" | "stream"> {
  const { status, text, ends, errors, error } = heard;
  const requestId = headers.get("x-request-id") ?? undefined;
  const provider = headers.get("x-routed-provider") ?? undefined;
  const base = { status, ...(requestId && { requestId }), ...(provider && { provider }) };
  const wrong = (words: string) => ({ ...base, kind: "wrong" as const, words });

  const speaker = text === "" ? undefined : speakerOf(text);
  const right = provider === undefined ? "" : answerOf(provider, id);
  if (errors === 0) {
    if (status !== 200 || ends !== 1) return wrong(`status ${status} with ${ends} ends and no error`);
    if (text === right) return { ...base, kind: "answered" };
    return wrong(
      `not its answer: ${speaker ?? "nobody"} is heard, ${provider} was named: ${text.slice(0, 80)}`,
    );
  }
  if (errors > 1) return wrong(`${errors} errors`);
  if (error.length < 5 || error === "undefined") return wrong(`an error without words: ${error}`);
  if (text === "") return { ...base, kind: "refused", words: error };
  if (ends > 1 || !right.startsWith(text)) {
    return wrong(`an error after what is no part of its answer: ${text}`);
  }
  return { ...base, kind: "cut", words: error };
}
