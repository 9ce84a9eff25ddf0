/** One stream's bytes in, the client's bytes out. Synchronous: nothing here waits. */
import { Buffer } from "node:buffer";
import type { Conversation, ReplyEvent } from "../../model/conversation.ts";
import type { ClientError, ProviderError } from "../../model/failure.ts";
import type { Dialect, StreamWatch } from "../../dialects/dialect.ts";
import { emptyAnswer } from "../../dialects/shared/empty-answer.ts";
import { errorIn } from "../../dialects/shared/error.ts";
import { parseJsonText } from "../../json/shape.ts";
import type { Usage } from "../../model/usage.ts";
import type { HandOut } from "../../dialects/shared/hand-out.ts";
import type { SecretWatch } from "../../dialects/shared/origins.ts";
import { type SseEvent, SseParser } from "../../bytes/sse.ts";
import { EventBoundary, firstEvents, Framing, namesAlone } from "./event-boundary.ts";

/** What goes to the client next; undefined: nothing yet. */
export type Out = Uint8Array | string | undefined;

export interface Pipe {
  push(chunk: Uint8Array): Out;
  /** The provider's bytes ended. {@link error} is set where they ended too soon. */
  end(): Out;
  /** The event(s) that show the client a failure after output began, and end the stream. */
  fail(error: ClientError): string;
  /** "prelude": nothing to show yet; "output": shown or to be shown; "ended": the terminal event came. */
  readonly state: "prelude" | "output" | "ended";
  /** An error that the stream reported. */
  readonly error: ProviderError | undefined;
  /** The client has that failure already: the provider's own event went through. */
  readonly errorShown: boolean;
  /** What the provider has reported so far; {@link complete} says whether more may come. */
  readonly usage: Usage | undefined;
  /** The id by which a later request may continue the answer at its provider. */
  readonly answerId?: string | undefined;
  /** The answer is whole, whatever happens to its connection now. */
  readonly complete: boolean;
  /** Characters of output, roughly. */
  readonly outputChars: number;
  /** Events read so far. */
  readonly events: number;
  /** Bytes that wait for the end of their event. */
  readonly held: number;
}

export const CUT_SHORT: ProviderError = {
  message: "the stream ended before its end event",
  type: "server_error",
};

/** The error that a body without any event is, though its type is that of a stream: some send it as plain JSON. */
function unevented(bytes: Uint8Array | undefined): ProviderError | undefined {
  return errorIn(parseJsonText(new TextDecoder().decode(bytes)));
}

/** Whether the last bytes, which lack their blank line, are not cut within an event. */
function isWhole(rest: Uint8Array | undefined): boolean {
  if (rest === undefined) return false;
  const parser = new SseParser();
  return [...parser.push(rest), ...parser.end()].every(({ data }) => parseJsonText(data) !== undefined);
}

/** The provider speaks the client's dialect: its bytes go on as they are, whole events only. */
export class RawPipe implements Pipe {
  state: "prelude" | "output" | "ended" = "prelude";
  error: ProviderError | undefined;
  errorShown = false;
  events = 0;
  #parser = new SseParser();
  #boundary = new EventBoundary();
  #watch: StreamWatch;
  #dialect: Dialect;
  #rewrite: Rewrite | undefined;
  #scrub: Rewrite;
  #secrets: SecretWatch | undefined;
  /** Where the provider frames its events so that clients could not read them. */
  #framing: Framing | undefined;

  /**
   * @param scrub takes secrets out of events; called for those with an error
   * @param secrets sees every event, and remembers who signed what
   */
  constructor(dialect: Dialect, rewrite: Rewrite | undefined, scrub: Rewrite, secrets?: SecretWatch) {
    this.#dialect = dialect;
    this.#secrets = secrets;
    this.#watch = dialect.stream.watch();
    this.#rewrite = rewrite;
    this.#scrub = scrub;
  }

  push(chunk: Uint8Array): Out {
    const whole = this.#boundary.push(chunk);
    if (whole === undefined) return undefined;
    if (this.events === 0 && namesAlone(whole)) this.#framing ??= new Framing();
    return this.#read(whole);
  }

  #read(events: Uint8Array): Uint8Array {
    let whole = this.#framing === undefined ? events : this.#framing.push(events);
    const before = this.#see(this.#parser.push(whole));
    if (this.#parser.misframed && this.#framing === undefined) {
      this.#framing = new Framing();
      whole = this.#framing.push(whole);
    }
    return this.#shown(before === undefined ? whole : firstEvents(whole, before));
  }

  #shown(events: Uint8Array): Uint8Array {
    const clean = this.error === undefined ? events : this.#scrub(events);
    return this.#rewrite === undefined ? clean : this.#rewrite(clean);
  }

  end(): Out {
    const rest = this.#boundary.rest();
    if (rest !== undefined) this.#see(this.#parser.push(rest));
    this.#see(this.#parser.end());
    const complete = this.state === "ended" || this.error !== undefined;
    if (!complete && this.#watch.finished === true) {
      // Everything came but the terminal event: the client gets one.
      if (this.#isEmpty()) return undefined;
      this.state = "ended";
      const last = isWhole(rest) ? this.#last(rest) : undefined;
      const terminal = this.#dialect.stream.endWithoutTerminal;
      return last === undefined ? terminal : new TextDecoder().decode(last) + (terminal ?? "");
    }
    if (!complete) {
      this.error = (this.events === 0 ? unevented(rest) : undefined) ?? CUT_SHORT;
      return undefined;
    }
    if (this.error !== undefined && !this.errorShown) return undefined;
    return this.#last(rest);
  }

  /** The last event lacked its blank line. */
  #last(rest: Uint8Array | undefined): Uint8Array | undefined {
    if (rest === undefined || rest.length === 0) return undefined;
    const text = new TextDecoder().decode(rest).replace(/[\r\n]*$/, "\n\n");
    if (this.#parser.misframed) this.#framing ??= new Framing();
    const whole = new TextEncoder().encode(text);
    return this.#shown(this.#framing === undefined ? whole : this.#framing.push(whole));
  }

  fail(error: ClientError): string {
    return this.#dialect.failure.event(error);
  }

  get usage(): Usage | undefined {
    return this.#watch.usage;
  }
  get complete(): boolean {
    return this.state === "ended" || this.#watch.finished === true;
  }
  get answerId(): string | undefined {
    return this.#watch.answerId;
  }
  get outputChars(): number {
    return this.#watch.outputChars;
  }
  get held(): number {
    return this.#boundary.held;
  }

  /** A stream that ends before any output, and does not say why, holds no answer. */
  #isEmpty(): boolean {
    if (this.state === "prelude") this.error ??= this.#watch.lacks;
    return this.error !== undefined;
  }

  /** Returns how many events may be shown, where not all: the error after them gets other words. */
  #see(events: ReturnType<SseParser["push"]>): number | undefined {
    for (let index = 0; index < events.length; index++) {
      this.events++;
      const what = this.#watch.push(events[index]!);
      this.#secrets?.see(events[index]!.data);
      if (what === "output" && this.state === "prelude") this.state = "output";
      else if (what === "end" && !this.#isEmpty()) this.state = "ended";
      else if (what === "error") {
        this.error ??= this.#watch.error ?? { message: "the provider reported an error" };
        if (this.#dialect.failure.endsTurn?.(this.error) === true) return index;
        this.errorShown = true;
      }
    }
    return undefined;
  }
}

/** What may change in a translated answer. */
export interface TranslateOptions {
  /** The model name that the client sees. @default the provider's */
  readonly showModel?: string;
  /** @default events go on as the decoder gives them */
  readonly handOut?: HandOut;
}

/** The provider speaks another dialect: its events are decoded, and encoded in the client's. */
export class TranslatingPipe implements Pipe {
  state: "prelude" | "output" | "ended" = "prelude";
  error: ProviderError | undefined;
  readonly errorShown = false;
  usage: Usage | undefined;
  outputChars = 0;
  events = 0;
  #parser = new SseParser();
  #boundary = new EventBoundary();
  #decoder;
  #encoder;
  #showModel: string | undefined;
  #handOut: HandOut | undefined;
  #closed = false;

  constructor(
    from: Dialect,
    to: Dialect,
    asked: Conversation,
    { showModel, handOut }: TranslateOptions = {},
  ) {
    this.#decoder = from.stream.decoder();
    this.#encoder = to.stream.encoder(asked);
    this.#showModel = showModel;
    this.#handOut = handOut;
  }

  get complete(): boolean {
    return this.state === "ended" || this.#decoder.finished === true;
  }

  get held(): number {
    return this.#boundary.held;
  }

  push(chunk: Uint8Array): Out {
    const whole = this.#boundary.push(chunk);
    if (whole === undefined) return undefined;
    const out = this.#read(this.#parser.push(whole));
    return out === "" ? undefined : out;
  }

  #read(events: readonly SseEvent[]): string {
    let out = "";
    for (const event of events) {
      this.events++;
      for (const reply of this.#decoder.push(event)) out += this.#write(reply);
    }
    return out;
  }

  end(): Out {
    if (this.#closed) return undefined;
    this.#closed = true;
    const rest = this.#boundary.rest();
    let out = rest === undefined ? "" : this.#read(this.#parser.push(rest));
    out += this.#read(this.#parser.end());
    if (this.state !== "ended") { for (const reply of this.#decoder.end()) out += this.#write(reply); }
    if (this.state !== "ended" && this.error === undefined) this.error = CUT_SHORT;
    if (this.events === 0) this.error = unevented(rest) ?? this.error;
    if (this.error === undefined) out += this.#encoder.end();
    return out === "" ? undefined : out;
  }

  fail(error: ClientError): string {
    const type = error.class;
    return this.#encoder.push({
      type: "error",
      status: error.status,
      error: { message: error.message, type, ...(error.code === undefined ? {} : { code: error.code }) },
    }) + this.#encoder.end();
  }

  #write(event: ReplyEvent): string {
    switch (event.type) {
      case "start":
        if (event.usage !== undefined) this.usage = event.usage;
        return this.#encoder.push(
          this.#showModel === undefined ? event : { ...event, model: this.#showModel },
        );
      case "error":
        // The relay words it: another target may answer instead.
        this.error ??= event.error;
        return "";
      case "finish":
        if (this.state === "prelude") this.error ??= emptyAnswer(event.stop, event.rawStop);
        if (this.error !== undefined) return "";
        this.state = "ended";
        if (event.usage !== undefined) this.usage = event.usage;
        return this.#encode(event);
      case "ping":
        return this.#encoder.push(event);
      case "delta":
      case "summary_delta":
        this.outputChars += event.text.length;
    }
    if (this.state === "prelude" && isOutput(event)) this.state = "output";
    return this.#encode(event);
  }

  #encode(event: ReplyEvent): string {
    if (this.#handOut === undefined) return this.#encoder.push(event);
    let out = "";
    for (const one of this.#handOut.event(event)) out += this.#encoder.push(one);
    return out;
  }
}

/** Blocks of text and thought hold nothing when they begin. */
function isOutput(event: ReplyEvent): boolean {
  switch (event.type) {
    case "block_start":
      return event.block.type === "tool_call" || event.block.type === "opaque";
    case "block_stop":
      return false;
    case "delta":
    case "summary_delta":
      return event.text !== "";
    default:
      return true;
  }
}

const MODEL = /"model"\s*:\s*"(?:[^"\\]|\\.)*"/;
const EVENT_END = /\r\n\r\n|\n\n|\r\r/;

/** Changes whole events. */
export type Rewrite = (events: Uint8Array) => Uint8Array;

/**
 * The two things that may change in an answer that passes through.
 * `hidden`: drop the events with nothing but usage; the client did not ask for them. `showModel`: the model name that the
 * client sees.
 */
export function rewriter(
  hidden: Dialect["usageOnDemand"],
  showModel: string | undefined,
): Rewrite | undefined {
  if (hidden === undefined && showModel === undefined) return undefined;
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const named = showModel === undefined ? undefined : `"model":${JSON.stringify(showModel)}`;
  return (bytes) => {
    const usage = hidden !== undefined && hidden.marks.every((mark) => find(bytes, mark) !== -1);
    const model = named !== undefined && find(bytes, '"model"') !== -1;
    if (!usage && !model) return bytes;
    let text = decoder.decode(bytes);
    let out = "";
    while (text !== "") {
      const end = EVENT_END.exec(text);
      const cut = end === null ? text.length : end.index + end[0].length;
      const event = text.slice(0, cut);
      text = text.slice(cut);
      if (usage && hidden.isUsageOnly(dataOf(event))) continue;
      out += named === undefined ? event : event.replace(MODEL, () => named);
    }
    return encoder.encode(out);
  };
}

/** An event's data line (an event with nothing but usage has one). */
function dataOf(event: string): string {
  const at = event.indexOf("data:");
  return at === -1 ? "" : event.slice(at + 5).trim();
}

function find(bytes: Uint8Array, what: string): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(what);
}
