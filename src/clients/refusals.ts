/**
 * What agents do at a refusal: they try again for minutes, sit out a `Retry-After` in silence, or show a text of their own
 * in place of the one that was sent. Each agent's file says what it needs in order to stop and show what is wrong; here
 * an error is given that form.
 */
import type { ClientError } from "../model/failure.ts";
import type { Agent, Refusals } from "./agent.ts";
import { AGENTS } from "./agents.ts";

/** An error, and what is known of it. */
export interface Refused {
  readonly error: ClientError;
  /** Seconds until a try can succeed; undefined: not known. */
  readonly wait?: number;
  /** Whether trying again can help. */
  readonly retry: boolean;
  /** The client asked for a stream. */
  readonly stream: boolean;
}

/** An error in the form that its client acts on. */
export interface Heard {
  readonly error: ClientError;
  readonly headers: Readonly<Record<string, string>>;
  /** See `streamed` of a form. */
  readonly streamed: boolean;
  /** The agent needs another form than its dialect's. */
  readonly changed: boolean;
}

/** Characters of a message in a header. */
const LONGEST_HEADER = 300;

/**
 * The form in which a client is to get an error. Nobody waits longer than the wait can help: `Retry-After` is sent only
 * where waiting cures, and `x-should-retry: false`, which the official SDKs obey, where trying again does not.
 * @param client the client's name, as requests are recognised
 */
export function heardBy(client: string, { error, wait, retry, stream }: Refused): Heard {
  const refusals = REFUSALS.get(client);
  const tooLong = wait !== undefined && wait > (refusals?.longestWait ?? Infinity);
  const again = retry && !tooLong && refusals?.finalAtOnce?.includes(error.class) !== true;
  const form = again ? undefined : refusals?.final?.[error.class] ?? refusals?.finalElse;
  const parted = again ? undefined : refusals?.triesAgainAt;
  const message = heardWords(error.message, refusals, parted);
  const headers: Record<string, string> = {};
  if (wait !== undefined && !tooLong) headers["retry-after"] = String(Math.max(1, Math.ceil(wait)));
  if (!again) headers["x-should-retry"] = "false";
  if (form?.messageHeader !== undefined) headers[form.messageHeader] = asHeader(message);
  const { resetAt } = error;
  const status = form?.status ?? error.status;
  return {
    error: {
      ...error,
      message,
      class: form?.as ?? error.class,
      status,
      ...(form?.code === undefined ? {} : { code: form.code }),
      ...(parted === undefined ? {} : { requestId: undefined }),
      ...(form?.resetsAt === undefined || resetAt === undefined
        ? {}
        : { fields: { [form.resetsAt]: Math.ceil(resetAt / 1000) } }),
    },
    headers,
    streamed: stream && form?.streamed === true,
    changed: form !== undefined || message !== error.message,
  };
}

const REFUSALS = new Map(
  AGENTS.flatMap(({ name, refusals }: Agent) => refusals === undefined ? [] : [[name, refusals] as const]),
);

/** A message without words that the agent takes for something else. */
function heardWords(message: string, refusals: Refusals | undefined, parted: RegExp | undefined): string {
  let text = message;
  for (const [words, instead] of refusals?.swallows ?? []) text = text.replace(words, instead);
  return parted === undefined
    ? text
    : text.replace(parted, (words) => words.replace(/(?<=.)(?=.)/gs, WORD_JOINER));
}

const WORD_JOINER = "\u2060";

/** A message as the part of a sentence that another program ends: ASCII, on one line, without its full stop. */
function asHeader(message: string): string {
  return message.replace(/[^\x20-\x7e]+/g, " ").trim().slice(0, LONGEST_HEADER).replace(/\.$/, "");
}
