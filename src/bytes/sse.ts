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

/** Between two JSON values, which no single JSON value has: a list has a comma there, and a string no line break. */
const BETWEEN_VALUES = /(?<=\})\n(?=\{|\[DONE\])|(?<=[^[,:\s])\n(?=\{"(?:type":"error"|error":))/;

/** A value that was cut off by an error after it (https://github.com/Wei-Shaw/sub2api/issues/1471). */
const CUT_OFF = /^\{[^]*[^}\]]$/;

/**
 * Reads a stream of bytes. Synchronous: a chunk's whole events come back at once.
 *
 * Against the standard, JSON values on `data:` lines without a blank line between them are events of their own
 * (https://github.com/anomalyco/opencode/issues/27365), and so is an `error:` line, which llama.cpp wrote through 2025
 * (https://github.com/ggml-org/llama.cpp/pull/16109): some providers send them.
 */
export class SseParser {
  /** Whether something has come that other readers of events do not see, or cannot read. */
  misframed = false;
  /** The parser removes the byte order mark. */
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #parser = createParser({
    onEvent: ({ event, data }) => {
      if (data.includes("\n")) this.#split(event, data);
      else this.#events.push(event === undefined ? { data } : { event, data });
    },
    onError: ({ type, field, value }) => {
      if (type !== "unknown-field" || field !== "error" || value?.startsWith("{") !== true) return;
      this.misframed = true;
      this.#events.push({ data: `{"error":${value}}` });
    },
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

  /** Values of one event tell by themselves what they are; a name is nobody's, unless it says "error". */
  #split(event: string | undefined, text: string): void {
    const values = text.split(BETWEEN_VALUES);
    const last = values.pop()!;
    const name = values.length === 0 || event === "error" ? event : undefined;
    this.misframed ||= values.length > 0;
    for (const data of values) if (!CUT_OFF.test(data)) this.#events.push({ data });
    this.#events.push(name === undefined ? { data: last } : { event: name, data: last });
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
