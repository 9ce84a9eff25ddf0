/**
 * A streamed answer on its way to the client. Nothing is shown until the first real output; until then a failure
 * leaves the request free to go elsewhere. After it, a failure becomes the dialect's own error event and a proper end.
 */
import type { ClientError, ProviderError } from "../../model/failure.ts";
import type { Failure } from "../failure/failure.ts";
import { ProxyCut } from "../failure/read.ts";
import { type Chunks, chunksOf, freeMemory } from "../../runtime/bytes.ts";
import type { Deadline } from "./deadline.ts";
import type { Out, Pipe } from "./pipe.ts";

/** Events and bytes after which an answer is committed even if no output came. */
const MOST_EVENTS = 64;
const MOST_BYTES = 256 * 1024;
/** One event larger than this is a provider's mistake. */
const LARGEST_EVENT = 16 * 1024 * 1024;
/** Bytes before the first output after which memory is freed; hardly any answer has so many. */
const FREE_EVERY = 4 * 1024 * 1024;

/** How a streamed answer ended. */
export interface StreamEnd {
  /** Undefined: the answer is whole. */
  readonly failure?: Failure;
  /** The client hung up. */
  readonly cancelled: boolean;
  /** What came, for its usage. */
  readonly received: Pick<Pipe, "usage" | "complete" | "outputChars" | "answerId">;
}

/** Before the first output: either the answer begins, or it failed unseen. */
export type Commit = { readonly ok: true } | { readonly ok: false; readonly failure: Failure };

/** Why a stream can fail. */
export type StreamCause =
  | { readonly kind: "reported"; readonly error: ProviderError }
  | { readonly kind: "broken"; readonly error: unknown };

export interface RelayOptions {
  readonly pipe: Pipe;
  readonly deadline: Pick<Deadline, "output" | "touch" | "stop">;
  /** Stops the provider's work. */
  readonly abort: () => void;
  /** A comment for a client that waits; `ms` 0: none. */
  readonly keepAlive: { readonly text: string; readonly ms: number };
  /** Reads a failure. Called at most once. */
  readonly failureOf: (cause: StreamCause) => Failure;
  /** A failure after output began, in the words for the client. */
  readonly clientErrorOf: (failure: Failure) => ClientError;
}

const encoder = new TextEncoder();

/** Bytes of comments before the first event that are held for the client; later ones are dropped. */
const MOST_COMMENTS = 16 * 1024;

export class Relay {
  #chunks: Chunks;
  #options: RelayOptions;
  #pending: Uint8Array[] = [];
  /** Bytes of what is pending. */
  #bytes = 0;
  #over = false;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #keepAlive: ReturnType<typeof setInterval> | undefined;
  #lastSent = 0;
  #sent = 0;
  /** Bytes that have come before the first output, since memory was freed. */
  #fruitless = 0;
  #ended = Promise.withResolvers<StreamEnd>();

  constructor(body: ReadableStream<Uint8Array>, options: RelayOptions) {
    this.#chunks = chunksOf(body);
    this.#options = options;
  }

  /** Resolves once, when everything is over after a {@link commit} that said ok. Never rejects. */
  get ended(): Promise<StreamEnd> {
    return this.#ended.promise;
  }

  /** A provider that sends much and shows nothing leaves much behind: it is freed in between. */
  #freeAfter(bytes: number): void {
    this.#fruitless += bytes;
    if (this.#fruitless < FREE_EVERY) return;
    this.#fruitless = 0;
    freeMemory();
  }

  /** Reads until the first output, or until it is clear that there will be none. */
  async commit(): Promise<Commit> {
    const { pipe, deadline } = this.#options;
    for (;;) {
      let failure: StreamCause | undefined;
      try {
        const chunk = await this.#chunks.read();
        if (chunk.done) {
          this.#keep(pipe.end());
          if (pipe.error === undefined) return { ok: true }; // whole, and without output
        } else {
          this.#chunks.took(chunk.value.length);
          this.#freeAfter(chunk.value.length);
          const out = pipe.push(chunk.value);
          // Comments before the first event keep the connection alive; only so many are passed on.
          if (pipe.events > 0 || this.#bytes + chunk.value.length <= MOST_COMMENTS) this.#keep(out);
        }
        if (pipe.held > LARGEST_EVENT) failure = broken("an event larger than 16 MiB");
      } catch (error) {
        failure = { kind: "broken", error };
      }
      if (pipe.error !== undefined && pipe.state !== "output") {
        failure ??= { kind: "reported", error: pipe.error };
      }
      if (failure !== undefined) {
        const read = this.#options.failureOf(failure);
        this.#over = true;
        this.#stop();
        return { ok: false, failure: read };
      }
      if (
        pipe.state !== "prelude" || pipe.events >= MOST_EVENTS || this.#bytes >= MOST_BYTES && pipe.events > 0
      ) {
        deadline.output();
        return { ok: true };
      }
    }
  }

  /** The client's stream. Call after {@link commit} said ok. */
  body(): ReadableStream<Uint8Array> {
    const { keepAlive } = this.#options;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
        for (const chunk of this.#pending) controller.enqueue(chunk);
        this.#sent = this.#pending.length;
        this.#pending = [];
        if (this.#over) controller.close(); // the client was gone before its answer began
        else if (this.#finished()) this.#finish(controller);
        else if (keepAlive.ms > 0) {
          this.#keepAlive = setInterval(() => this.#waiting(), keepAlive.ms);
        }
      },
      pull: (controller) => this.#pull(controller),
      cancel: () => this.#end(undefined, true),
    }, { highWaterMark: 1 });
  }

  /** Ends the answer now, with an error event. */
  cut(reason: string): void {
    if (this.#over) return;
    if (this.#controller === undefined) this.#stop();
    else this.#fail(this.#controller, broken(reason));
  }

  /** The client is gone. */
  hangUp(): void {
    this.#end(undefined, true);
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const { pipe, deadline } = this.#options;
    while (!this.#over) {
      try {
        const chunk = await this.#chunks.read();
        if (this.#over) return;
        const out = chunk.done ? pipe.end() : pipe.push(chunk.value);
        if (!chunk.done) {
          this.#chunks.took(chunk.value.length);
          deadline.touch();
        }
        const sent = this.#send(controller, out);
        if (chunk.done || this.#finished()) return this.#finish(controller);
        if (pipe.held > LARGEST_EVENT) return this.#fail(controller, broken("an event larger than 16 MiB"));
        if (sent) return;
      } catch (error) {
        if (this.#over) return;
        // Everything came, but the connection did not end well.
        if (pipe.complete) this.#finish(controller);
        else this.#fail(controller, { kind: "broken", error });
        return;
      }
    }
  }

  #finished(): boolean {
    const { pipe } = this.#options;
    return pipe.state === "ended" || pipe.error !== undefined;
  }

  /** The provider's stream is over, well or not. */
  #finish(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (this.#over) return;
    const { pipe } = this.#options;
    if (pipe.error !== undefined) return this.#fail(controller, { kind: "reported", error: pipe.error });
    this.#send(controller, pipe.end());
    controller.close();
    this.#end(undefined, false);
  }

  #fail(controller: ReadableStreamDefaultController<Uint8Array>, cause: StreamCause): void {
    const { pipe, failureOf, clientErrorOf } = this.#options;
    const failure = failureOf(cause);
    if (cause.kind !== "reported" || !pipe.errorShown) {
      this.#send(controller, pipe.fail(clientErrorOf(failure)));
    }
    controller.close();
    this.#end(failure, false);
  }

  #keep(out: Out): void {
    if (out === undefined) return;
    const bytes = typeof out === "string" ? encoder.encode(out) : out;
    this.#bytes += bytes.length;
    this.#pending.push(bytes);
  }

  #send(controller: ReadableStreamDefaultController<Uint8Array>, out: Out): boolean {
    if (out === undefined || out.length === 0) return false;
    controller.enqueue(typeof out === "string" ? encoder.encode(out) : out);
    this.#sent++;
    return true;
  }

  /** Nothing was sent since the last look: the client's connection gets a sign of life, between two events. */
  #waiting(): void {
    const controller = this.#controller;
    const { keepAlive } = this.#options;
    if (this.#over || controller === undefined) return;
    if (this.#sent === this.#lastSent && (controller.desiredSize ?? 0) > 0) {
      this.#send(controller, keepAlive.text);
    }
    this.#lastSent = this.#sent;
  }

  #end(failure: Failure | undefined, cancelled: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.#stop();
    const { pipe: received } = this.#options;
    this.#ended.resolve(failure === undefined ? { cancelled, received } : { failure, cancelled, received });
  }

  #stop(): void {
    clearInterval(this.#keepAlive);
    this.#options.deadline.stop();
    this.#options.abort();
    // A reader that is already broken says so again.
    this.#chunks.cancel().catch(() => {});
  }
}

function broken(message: string): StreamCause {
  return { kind: "broken", error: new ProxyCut(message) };
}
