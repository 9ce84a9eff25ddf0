/** What is known of a client, one file each in this folder. agents.ts lists them, recognise.ts reads requests. */
import type { Json } from "../model/json.ts";
import type { ClientHints, HeaderMap, RequestFacts } from "../model/request-facts.ts";
import type { ClientError } from "../model/failure.ts";

/** A part of a text that is cut out wherever it is found. */
export interface Span {
  readonly open: string;
  readonly close: string;
  /** `open` is the beginning of a tag, `<name`, that may have attributes. */
  readonly isElement?: boolean;
}

/** A text block of which nothing is the user's. */
export interface InjectedBlock {
  readonly starts: string;
  /** Found within the block's first 600 characters, too. */
  readonly within?: string;
  /** Nothing follows. */
  readonly isWhole?: boolean;
}

/** What an agent puts into the user's messages. Everything is matched by plain string search, letter for letter. */
export interface Injected {
  /** Elements that are cut out with all they hold: `<name …>…</name>`. Only names that no person uses in a prompt. */
  readonly elements?: readonly string[];
  readonly spans?: readonly Span[];
  readonly blocks?: readonly InjectedBlock[];
  /** Texts that replace the conversation before them, and the heading under which they quote the user's messages. */
  readonly summaries?: readonly { readonly starts: string; readonly quotes: string }[];
  /** Beginnings of a text, up to and with their end, that the agent put before the user's words. */
  readonly leads?: readonly { readonly starts: string; readonly ends: string }[];
  /** Elements that hold the user's words where a text begins with one; the rest of the text is the agent's. */
  readonly wrappers?: readonly string[];
  /** The same, found anywhere in a text that begins with a tag. */
  readonly innerWrappers?: readonly string[];
  /** A text that begins with `starts` holds the user's words after the first of the marks only. */
  readonly preambles?: readonly { readonly starts: string; readonly marks: readonly string[] }[];
}

/**
 * A sign of a request that a client makes for its own use: everything that the pattern names must hold. Texts are compared
 * letter for letter, at their beginning.
 */
export interface HousekeepingPattern {
  /** What the request is for. */
  readonly why: string;
  readonly client?: string;
  /** One of the first system blocks begins with one of these. */
  readonly system?: readonly string[];
  /** The last user message, without what agents inject, begins with one of these. */
  readonly prompt?: readonly string[];
  /** … or is exactly this. */
  readonly wholePrompt?: string;
  /** The first user message begins with this. */
  readonly firstUser?: string;
  /** How many tools the request offers. */
  readonly tools?: number;
  readonly serverTool?: string;
  /** A top-level property of the output's schema. */
  readonly outputKey?: string;
  /** The answer may have at most this many tokens. */
  readonly maxOutput?: number;
  /** The model's name contains this, in lower case. */
  readonly model?: string;
}

/** What a client says about its request, where it says it. */
export interface ClientRequest {
  /** An object; empty where the body is anything else. */
  readonly body: Readonly<Record<string, Json>>;
  readonly headers: HeaderMap;
  readonly system: readonly string[];
  readonly messages: RequestFacts["messages"];
}

/** The session that a request belongs to, and what the client's metadata says. */
export type SessionFacts = Pick<RequestFacts, "session" | "hints">;

export interface Agent {
  /** The client's name, as in {@link RequestFacts.client}. */
  readonly name: string;
  /** What its user agent starts with, lower case. */
  readonly userAgents?: readonly string[];
  /** What it calls itself in `X-Title` starts with this: lower case, without spaces. */
  readonly titles?: readonly string[];
  /** Headers of its own, lower case; a name that ends in "-" means all that begin with it. They go on to providers. */
  readonly headers?: readonly string[];
  /** A sign that counts before titles and user agents. */
  readonly isSender?: (headers: HeaderMap, system: readonly string[]) => boolean;
  /** Reads session and hints; undefined: they are where most clients put them. */
  readonly session?: (request: ClientRequest) => SessionFacts;
  readonly injected?: Injected;
  /** Takes the user's words out of a text that is wrapped in another way. `isSender`: the request is this client's. */
  readonly unwrap?: (text: string, isSender: boolean) => string;
  /** In order; the first that holds decides. */
  readonly housekeeping?: readonly HousekeepingPattern[];
  /** How refusals must look so that it does what helps, and its user reads what is wrong. */
  readonly refusals?: Refusals;
}

/** What one agent acts on. */
export interface Refusals {
  /** The agent's version that it was tried with. */
  readonly version: string;
  /** What was seen of it, and where more is written. */
  readonly source: string;
  /** A longer `Retry-After` is not sent: the agent would wait in silence. Seconds. @default any is sent */
  readonly longestWait?: number;
  /** Words at which it shows a text of its own, with the words that are sent in their place. */
  readonly swallows?: readonly (readonly [words: RegExp, instead: string])[];
  /** Classes at which its own tries take longer than its user waits: the first failure counts as final. */
  readonly finalAtOnce?: readonly ClientError["class"][];
  /** How an error is sent that trying again does not cure, by its class. */
  readonly final?: Readonly<Partial<Record<ClientError["class"], Form>>>;
  /** The same for every class that {@link final} does not list. */
  readonly finalElse?: Form;
  /**
   * Words at which it tries again wherever the answer has them: where that does not help, a word joiner (U+2060), which
   * nobody sees, parts them, and the request's id, which may hold such digits, is in the headers only.
   */
  readonly triesAgainAt?: RegExp;
}

/** What of an error is sent in another way than its dialect has for its class. */
export interface Form {
  readonly status?: number;
  /** It is sent as an error of this class. */
  readonly as?: ClientError["class"];
  readonly code?: string;
  /** The field that says when the limit ends, in epoch seconds. */
  readonly resetsAt?: string;
  /** The header that carries the message too. */
  readonly messageHeader?: string;
  /** A streamed request gets it as a stream with status 200 that fails at once: the only form whose text is shown. */
  readonly streamed?: boolean;
}

const SPENT: Form = { status: 402, as: "quota_exhausted", code: "insufficient_quota" };
const NO_ANSWER: Form = { status: 424, as: "bad_request", code: "no_answer" };

/** A used-up limit, and a request that nobody answers, for agents that try again at 429 and 5xx whatever the headers say. */
export const NEITHER_429_NOR_5XX: Refusals["final"] = {
  quota_exhausted: SPENT,
  rate_limited: SPENT,
  overloaded: NO_ANSWER,
  server_error: NO_ANSWER,
  unreachable: NO_ANSWER,
  timeout: NO_ANSWER,
};

/** The longest value that a hint may have, in characters. */
const LONGEST_HINT = 200;

/** The hints that are there; texts that are empty or too long are dropped. */
export function present(
  hints: { readonly [name in keyof ClientHints]: ClientHints[name] | undefined },
): ClientHints {
  const found: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(hints)) {
    if (value === undefined || value === "" || String(value).length > LONGEST_HINT) continue;
    found[name] = value;
  }
  return found;
}

/** The value where it is one of these. */
export function oneOf<T extends string>(values: readonly T[], value: string | undefined): T | undefined {
  return values.find((one) => one === value);
}
