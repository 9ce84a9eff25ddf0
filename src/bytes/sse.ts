/**
 * Server-sent events, as the HTML standard defines them
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html): bytes in, events out, cut anywhere.
 */
import { createParser } from "eventsource-parser";

export interface SseEvent {
  /** The `event:` field; undefined where the event has none, or an empty one. */
  readonly event?: string;
  /** The `data:` lines joined with line feeds. */
  readonly data: string;
}

/** Reads a stream of bytes. Synchronous: a chunk's whole events come back at once. */
export class SseParser {
  /** The parser removes the byte order mark. */
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #parser = createParser({
    onEvent: ({ event, data }) => void this.#events.push(event === undefined ? { data } : { event, data }),
  });
  #events: SseEvent[] = [];

  /** The events that this chunk completed. Comments are dropped. */
  push(chunk: Uint8Array): SseEvent[] {
    return this.#feed(this.#decoder.decode(chunk, { stream: true }));
  }

  /**
   * The bytes ended. The standard discards an event without its blank line; providers that cut off the last line feed
   * are common enough that it is returned here.
   */
  end(): SseEvent[] {
    return this.#feed(`${this.#decoder.decode()}\n\n`);
  }

  #feed(text: string): SseEvent[] {
    const events: SseEvent[] = this.#events = [];
    this.#parser.feed(text);
    return events;
  }
}

/** One event, framed. `data` and `event` must not contain line breaks. */
export function formatSse(data: string, event?: string): string {
  return event === undefined ? `data: ${data}\n\n` : `event: ${event}\ndata: ${data}\n\n`;
}
