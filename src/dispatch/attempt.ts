/** One attempt at one target: the call, and as much of its answer as shows whether a client may get it. */
import { replyToEvents } from "../dialects/shared/reply-events.ts";
import { HandOut } from "../dialects/shared/hand-out.ts";
import { type Origins, SecretWatch } from "../dialects/shared/origins.ts";
import { CHARS_PER_TOKEN, roughReplyTokens } from "../dialects/shared/estimate-tokens.ts";
import type { Timeouts } from "../config/config.ts";
import { parseExactText } from "../json/exact.ts";
import { withModel } from "../json/with-model.ts";
import type { Reply } from "../model/conversation.ts";
import type { Target } from "../model/target.ts";
import type { Usage } from "../model/usage.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Connections } from "../runtime/connections.ts";
import { call, reachable, unpacked } from "./call.ts";
import type { Exchange } from "./exchange.ts";
import { type Failure, streamErrorOf } from "./failure/failure.ts";
import { type Cause, readFailure } from "./failure/read.ts";
import { scrubbedBytes, scrubberFor } from "./failure/scrub.ts";
import type { InFlightRequest } from "./in-flight.ts";
import {
  collect,
  looksLikeEvents,
  parseJson,
  peeked,
  readAll,
  readReply,
  readSome,
} from "./relay/buffered.ts";
import { Deadline, limitsOf } from "./relay/deadline.ts";
import { RawPipe, rewriter, TranslatingPipe } from "./relay/pipe.ts";
import { Relay } from "./relay/relay.ts";
import type { UpstreamRequest } from "./upstream-request.ts";
import { believable, estimatedUsage } from "./usage.ts";

/** An answer that may be shown. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly contentType: string;
  /** A whole answer. */
  readonly body?: Uint8Array<ArrayBuffer> | string;
  /** Usage of a whole answer; a stream has it at its end. */
  readonly usage?: Usage;
  /** The id by which a later request may continue a whole answer at its provider. */
  readonly id?: string | undefined;
  /** A streamed answer, which may be over already: it begins, and may end, with the call of its `body()`. */
  readonly relay?: Relay;
}

/** How long to wait for an error's body; without it the status decides. Milliseconds. */
const PATIENCE_MS = 1500;

/** The result of an attempt. */
export type Outcome =
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "failure"; readonly failure: Failure };

export interface AttemptOptions {
  readonly exchange: Exchange;
  readonly request: InFlightRequest;
  readonly target: Target;
  readonly timeouts: Timeouts;
  readonly upstream: UpstreamRequest;
  /** Remembers who signed the parts of the answer. */
  readonly origins: Origins;
  /** Milliseconds that the whole request still has. */
  readonly totalLeft: number;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  /** The connections that providers keep open. */
  readonly connections: Connections;
}

/** An attempt whose call was made. */
interface Attempt extends AttemptOptions {
  readonly deadline: Deadline;
  /** Stops the provider's work. */
  readonly abort: () => void;
  readonly failureOf: (cause: Cause) => Failure;
  readonly brokenBy: (error: unknown) => Cause;
}

/** Makes the call and reads the answer up to its first output. Never throws. */
export async function attempt(options: AttemptOptions): Promise<Outcome> {
  const { exchange, request, upstream, target, timeouts, totalLeft, clock } = options;
  const controller = new AbortController();
  // Deno 2.9 ends a body with its signal only while the Response itself is in memory: who can abort keeps it there.
  let held: Response | undefined;
  const abort = () => {
    controller.abort();
    held = undefined;
  };
  const limits = limitsOf(timeouts, exchange.facts.stream);
  const onSlow = async () => {
    if (!await reachable(upstream.url, limits.connect)) deadline.unreachable();
  };
  const deadline = new Deadline({ limits, totalLeft, clock, onExpire: abort, onSlow });
  const failureOf = (cause: Cause): Failure => ({
    ...readFailure(cause, {
      target,
      dialect: upstream.dialect,
      sent: upstream.headers,
      config: exchange.config,
      asked: { body: exchange.bytes, model: exchange.facts.model },
      now: clock.now(),
    }),
    waited: deadline.waited(),
  });
  const brokenBy = (error: unknown): Cause => ({
    kind: "broken",
    error,
    expired: deadline.describe(),
    stopped: request.stopped,
    unconnected: deadline.expired === "connect",
    url: upstream.url,
  });
  request.whenStopped(abort);
  let streaming = false;
  try {
    held = await call(upstream, controller.signal, options.fetch, options.connections);
    const response = unpacked(held);
    deadline.answered();
    const outcome = await read({ ...options, deadline, abort, failureOf, brokenBy }, response);
    streaming = outcome.kind === "answer" && outcome.answer.relay !== undefined;
    return outcome;
  } catch (error) {
    return failed(failureOf(brokenBy(error)));
  } finally {
    if (!streaming) {
      deadline.stop();
      request.whenStopped(undefined);
    }
  }
}

/** Reads an answer in the form that it has: a refusal, a stream, or whole. */
async function read(attempt: Attempt, response: Response): Promise<Outcome> {
  const { exchange: { facts }, deadline, failureOf } = attempt;
  const { status, headers } = response;
  if (status < 200 || status >= 300) {
    return failed(
      failureOf({ kind: "refused", status, headers, bytes: await readSome(response, PATIENCE_MS) }),
    );
  }
  const type = headers.get("content-type") ?? "";
  const isStream = type.includes("text/event-stream") ||
    (facts.stream && (type === "" || type.startsWith("text/plain")));
  if (isStream && facts.stream) return await streamed(attempt, response);
  if (facts.stream) {
    // Some providers declare another type: only the first bytes show it.
    const { response: same, events } = await peeked(response);
    if (events) return await streamed(attempt, same);
    response = same;
  }
  deadline.output();
  if (isStream) return await collected(attempt, response);
  return facts.operation === "count_tokens"
    ? await counted(attempt, response)
    : await whole(attempt, response);
}

async function streamed(attempt: Attempt, response: Response): Promise<Outcome> {
  const { exchange, request, target, upstream, deadline, abort, failureOf, brokenBy } = attempt;
  const { id, plan, config, dialect } = exchange;
  const { status, headers } = response;
  const pipe = upstream.same
    ? new RawPipe(
      dialect,
      rewriter(upstream.hideUsage ? dialect.usageOnDemand : undefined, plan.showModel),
      (bytes) => scrubbedBytes(bytes, scrubberFor(config, upstream.headers)),
      new SecretWatch(attempt.origins, upstream.maker),
    )
    : new TranslatingPipe(upstream.dialect, dialect, upstream.asked(), {
      showModel: plan.showModel,
      handOut: handOut(attempt),
    });
  const relay = new Relay(bodyOf(response), {
    pipe,
    deadline,
    abort,
    keepAlive: { text: dialect.stream.keepAlive, ms: config.proxy.keepAliveMs },
    failureOf: (cause) => failureOf(cause.kind === "broken" ? brokenBy(cause.error) : { ...cause, headers }),
    clientErrorOf: (failure) => streamErrorOf(failure, target, id),
  });
  const commit = await relay.commit();
  if (!commit.ok) return failed(commit.failure);
  request.whenStopped(() => relay.hangUp());
  return answered({ status, headers, contentType: EVENT_STREAM, relay });
}

/** The provider streams though the client wants the answer whole. */
async function collected(attempt: Attempt, response: Response): Promise<Outcome> {
  const { exchange, upstream, deadline, failureOf } = attempt;
  const { status, headers } = response;
  const read = await collect(bodyOf(response), upstream.dialect, () => deadline.touch());
  if ("error" in read) return failed(failureOf({ kind: "reported", error: read.error, headers }));
  const reply = handOut(attempt).reply(read.reply);
  const body = JSON.stringify(exchange.dialect.reply.encode(named(reply, exchange), upstream.asked()));
  const usage = believable(reply.usage, windowOf(attempt)) ??
    estimatedUsage(exchange.facts.approxTokens, roughReplyTokens(reply));
  return answered({ status, headers, contentType: "application/json", body, usage });
}

/** The provider answers whole. */
async function whole(attempt: Attempt, response: Response): Promise<Outcome> {
  const { exchange, upstream, deadline, failureOf } = attempt;
  const { plan, dialect, facts } = exchange;
  const { status, headers } = response;
  const bytes = await readAll(response, () => deadline.touch());
  const text = decoder.decode(bytes);
  const json = parseExactText(text);
  if (json === undefined && looksLikeEvents(bytes)) {
    return await collected(attempt, new Response(bytes, { status, headers }));
  }
  if (json === undefined) {
    const contentType = headers.get("content-type") ?? "";
    return failed(failureOf({ kind: "unreadable", bytes, contentType }));
  }
  const read = readReply(json, upstream.dialect);
  if ("error" in read) return failed(failureOf({ kind: "reported", error: read.error, headers }));
  const usage = believable(upstream.dialect.usage(json), windowOf(attempt)) ??
    guessedUsage(attempt, read.reply, bytes.length);
  const answer = { status, headers, contentType: "application/json", usage };
  if (upstream.same && !facts.stream) {
    new SecretWatch(attempt.origins, upstream.maker).see(text);
    const body = plan.showModel === undefined ? bytes : withModel(bytes, json, plan.showModel);
    return answered({ ...answer, id: dialect.answerId?.(json), body: body as Uint8Array<ArrayBuffer> });
  }
  const given = read.reply ?? upstream.dialect.reply.decode(json);
  const reply = named(handOut(attempt).reply(given), exchange);
  if (!facts.stream) {
    return answered({ ...answer, body: JSON.stringify(dialect.reply.encode(reply, upstream.asked())) });
  }
  // The client wants a stream, and the provider gave the answer whole.
  const encoder = dialect.stream.encoder(upstream.asked());
  let events = "";
  for (const event of replyToEvents(reply)) events += encoder.push(event);
  return answered({ ...answer, contentType: EVENT_STREAM, body: events + encoder.end() });
}

/** The provider counts the request's tokens. */
async function counted(attempt: Attempt, response: Response): Promise<Outcome> {
  const { upstream: { dialect }, failureOf } = attempt;
  const { status, headers } = response;
  const bytes = await readSome(response);
  const tokens = dialect.countTokens?.decode(parseJson(bytes));
  const contentType = headers.get("content-type") ?? "";
  if (tokens === undefined) return failed(failureOf({ kind: "unreadable", bytes, contentType }));
  const body = JSON.stringify(dialect.countTokens?.encode(tokens));
  return answered({ status, headers, contentType: "application/json", body });
}

const windowOf = ({ exchange, target }: Attempt): number | undefined =>
  exchange.catalog.find(target)?.context;

/** The usage of a whole answer that reports none. */
function guessedUsage({ exchange }: Attempt, reply: Reply | undefined, size: number): Usage {
  const output = reply === undefined ? Math.ceil(size / CHARS_PER_TOKEN) : roughReplyTokens(reply);
  return estimatedUsage(exchange.facts.approxTokens, output);
}

/** The way of this answer into the client's dialect. */
function handOut(
  { exchange: { dialect }, upstream: { dialect: from, maker, asked }, origins }: Attempt,
): HandOut {
  const callIds = dialect.reply.callIds ?? /^\S{1,64}$/;
  return new HandOut({ asked: asked(), callIds, maker, origins, same: from.name === dialect.name });
}

/** A reply under the model name that the client sees. */
function named(reply: Reply, { plan: { showModel } }: Exchange): Reply {
  return showModel === undefined ? reply : { ...reply, model: showModel };
}

const decoder = new TextDecoder();

const EVENT_STREAM = "text/event-stream; charset=utf-8";

const answered = (answer: Answer): Outcome => ({ kind: "answer", answer });
const failed = (failure: Failure): Outcome => ({ kind: "failure", failure });

function bodyOf({ body }: Response): ReadableStream<Uint8Array> {
  return body ?? new ReadableStream({ start: (controller) => controller.close() });
}
