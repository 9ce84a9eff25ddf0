/** One try at one target: the call, and what came of it. */
import type { Provider } from "../config/config.ts";
import type { Target } from "../model/target.ts";
import type { Json } from "../model/json.ts";
import type { Usage } from "../model/usage.ts";
import { CHARS_PER_TOKEN, roughReplyTokens } from "../dialects/shared/estimate-tokens.ts";
import { replyToEvents } from "../dialects/shared/reply-events.ts";
import { withModel } from "../json/with-model.ts";
import { call, unpacked } from "./call.ts";
import { Deadline, limitsOf } from "./relay/deadline.ts";
import type { DispatchDeps, Exchange } from "./exchange.ts";
import type { InFlightRequest } from "./in-flight.ts";
import { type Failure, FAILURE_RULES } from "./failure/failure.ts";
import { broken, plainWords, refused, streamFailure, told } from "./failure/read.ts";
import { type Pipe, RawPipe, TranslatingPipe } from "./relay/pipe.ts";
import type { UpstreamRequest } from "./upstream-request.ts";
import { estimatedUsage } from "./record.ts";
import { Relay, type RelayEnd } from "./relay/relay.ts";
import { reachable } from "./tcp-probe.ts";
import { rewriter } from "./relay/rewrite.ts";
import { collect, errorInside, parseJson, readAll } from "./relay/buffered.ts";

/** An answer that may be shown. */
export interface Answered {
  readonly ok: true;
  readonly status: number;
  readonly headers: Headers;
  readonly contentType: string;
  /** A whole answer. */
  readonly body?: Uint8Array<ArrayBuffer> | string;
  /** Usage of a whole answer; a stream tells it at its end. */
  readonly usage?: Usage;
  /** A streamed answer, which may be over already: it begins, and may end, with the call of its `body()`. */
  readonly relay?: Relay;
}

export type Tried = Answered | { readonly ok: false; readonly failure: Failure };

export interface AttemptOptions {
  readonly exchange: Exchange;
  readonly flight: InFlightRequest;
  readonly dispatcher: DispatchDeps;
  readonly target: Target;
  readonly provider: Provider;
  readonly prepared: UpstreamRequest;
  /** Milliseconds that the whole request still has. */
  readonly totalLeft: number;
  /** Told once when a streamed answer is over. */
  readonly onStreamEnd: (
    end: RelayEnd,
    failure: Failure | undefined,
    came: Pick<Pipe, "usage" | "complete" | "outputChars">,
  ) => void;
}

/** Makes the call and reads the answer as far as is needed to know whether it may be shown. Never throws. */
export async function attempt(options: AttemptOptions): Promise<Tried> {
  const { exchange, flight, dispatcher, provider, prepared } = options;
  const controller = new AbortController();
  // Deno 2.9 ends a body with its signal only while the Response itself is in memory: who can abort keeps it there.
  let held: Response | undefined;
  const abort = () => {
    controller.abort();
    held = undefined;
  };
  const deadline = new Deadline(
    limitsOf(provider.timeouts, exchange.facts.stream),
    options.totalLeft,
    dispatcher.clock,
    abort,
    () => {
      reachable(prepared.url, provider.timeouts.connect).then((is) => {
        if (!is) deadline.unreachable();
      });
    },
  );
  flight.whenStopped(abort);
  let streaming = false;
  try {
    held = await call(prepared, controller.signal, dispatcher.fetch);
    const response = unpacked(held);
    deadline.answered();
    if (response.status < 200 || response.status >= 300) {
      return { ok: false, failure: await refused(options, response) };
    }
    const type = response.headers.get("content-type") ?? "";
    const events = type.includes("text/event-stream") ||
      (exchange.facts.stream && (type === "" || type.startsWith("text/plain")));
    if (events && exchange.facts.stream) {
      const answered = await streamed(options, response, deadline, abort);
      streaming = answered.ok;
      return answered;
    }
    deadline.output();
    return events
      ? await collected(options, response, deadline)
      : await whole(options, response, type, deadline);
  } catch (error) {
    return { ok: false, failure: broken(options, error, deadline) };
  } finally {
    if (!streaming) {
      deadline.stop();
      flight.whenStopped(undefined);
    }
  }
}

async function streamed(
  options: AttemptOptions,
  response: Response,
  deadline: Deadline,
  abort: () => void,
): Promise<Tried> {
  const { exchange, flight, prepared, onStreamEnd } = options;
  const { plan, config, dialect } = exchange;
  const pipe = prepared.same
    ? new RawPipe(dialect, rewriter(prepared.hideUsage ? dialect.usageOnDemand : undefined, plan.showModel))
    : new TranslatingPipe(prepared.dialect, dialect, prepared.asked(), plan.showModel);
  const { headers } = response;
  const relay = new Relay(response.body ?? new ReadableStream({ start: (c) => c.close() }), {
    pipe,
    deadline,
    abort,
    keepAlive: {
      text: dialect.stream.keepAlive,
      ms: config.proxy.keepAliveMs,
    },
    describe: (failure) => {
      const { class: kind, status, message, code } = streamFailure(options, failure, deadline, headers);
      return {
        class: kind,
        status: status ?? FAILURE_RULES[kind].status,
        message: `${options.target.provider},${options.target.model}: ${message}`,
        code,
        requestId: exchange.id,
      };
    },
    onEnd: (end) => {
      flight.whenStopped(undefined);
      const failure = end.failure === undefined
        ? undefined
        : streamFailure(options, end.failure, deadline, headers);
      onStreamEnd(end, failure, pipe);
    },
  });
  const commit = await relay.commit();
  if (!commit.ok) return { ok: false, failure: streamFailure(options, commit.failure, deadline, headers) };
  flight.whenStopped(() => relay.hangUp());
  return {
    ok: true,
    status: response.status,
    headers,
    contentType: "text/event-stream; charset=utf-8",
    relay,
  };
}

/** The provider streams though the client wants it whole. */
async function collected(options: AttemptOptions, response: Response, deadline: Deadline): Promise<Tried> {
  const { exchange, prepared } = options;
  const body = response.body ?? new ReadableStream<Uint8Array>({ start: (c) => c.close() });
  const reply = await collect(body, prepared.dialect, () => deadline.touch());
  if (!("parts" in reply)) return { ok: false, failure: told(options, reply, response.headers) };
  const shown = exchange.plan.showModel === undefined ? reply : { ...reply, model: exchange.plan.showModel };
  return answered(
    response,
    JSON.stringify(exchange.dialect.reply.encode(shown, prepared.asked())),
    reply.usage ?? estimatedUsage(exchange.facts.approxTokens, roughReplyTokens(reply)),
  );
}

/** The provider answered whole. */
async function whole(
  options: AttemptOptions,
  response: Response,
  type: string,
  deadline: Deadline,
): Promise<Tried> {
  const { exchange, prepared, target } = options;
  const { plan, dialect } = exchange;
  const bytes = await readAll(response, () => deadline.touch());
  const json = parseJson(bytes);
  if (json === undefined) {
    const message = type.includes("html") || bytes[0] === 60 // "<"
      ? plainWords(new TextDecoder().decode(bytes.subarray(0, 4096)))
      : "the answer is not JSON";
    return {
      ok: false,
      failure: {
        class: "server_error",
        provider: target.provider,
        model: target.model,
        status: undefined,
        message,
      },
    };
  }
  const error = errorInside(json, prepared.dialect);
  if (error !== undefined) return { ok: false, failure: told(options, error, response.headers) };
  const usage = prepared.dialect.usage(json) ?? guessed(options, json, bytes.length);
  if (prepared.same && !exchange.facts.stream) {
    const named = plan.showModel === undefined ? bytes : withModel(bytes, json, plan.showModel);
    return answered(response, named as Uint8Array<ArrayBuffer>, usage);
  }
  const decoded = prepared.dialect.reply.decode(json);
  const reply = plan.showModel === undefined ? decoded : { ...decoded, model: plan.showModel };
  if (!exchange.facts.stream) {
    return answered(response, JSON.stringify(dialect.reply.encode(reply, prepared.asked())), usage);
  }
  // The client wants a stream, and the provider gave it whole.
  const encoder = dialect.stream.encoder(prepared.asked());
  let text = "";
  for (const event of replyToEvents(reply)) text += encoder.push(event);
  return {
    ...answered(response, text + encoder.end(), usage),
    contentType: "text/event-stream; charset=utf-8",
  };
}

/** The usage of an answer that tells none. */
function guessed({ exchange, prepared }: AttemptOptions, json: Json, size: number): Usage {
  const { approxTokens } = exchange.facts;
  try {
    return estimatedUsage(approxTokens, roughReplyTokens(prepared.dialect.reply.decode(json)));
  } catch { // an answer that cannot be read may pass through all the same
    return estimatedUsage(approxTokens, Math.ceil(size / CHARS_PER_TOKEN));
  }
}

function answered(
  response: Response,
  body: Uint8Array<ArrayBuffer> | string,
  usage: Usage | undefined,
): Answered {
  return {
    ok: true,
    status: response.status,
    headers: response.headers,
    contentType: "application/json",
    body,
    usage,
  };
}
