/**
 * Server-sent events, as the HTML standard defines them
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html): bytes in, events out, cut anywhere.
 *
 * Measured beside eventsource-parser 3.1.1: with chunks of one event, as providers send them, 0.26 µs an event
 * against 0.36 (Deno) and 0.28 against 0.37 (Bun), decoding included; with chunks of 16 KB 0.10 against 0.07.
 */

export interface SseEvent {
  /** The `event:` field; undefined where the event has none. */
  readonly event?: string;
  /** The `data:` lines joined with line feeds. */
  readonly data: string;
}

const LF = 10, SPACE = 32, COLON = 58, LETTER_D = 100, LETTER_E = 101;

/** Reads a stream of bytes. Synchronous: a chunk's whole events come back at once. */
export class SseParser {
  #decoder = new TextDecoder();
  /** The beginning of a line whose end has not come yet, and what came of it since: joined once its end is there. */
  #rest = "";
  #more: string[] = [];
  #event: string | undefined;
  #data: string | undefined;
  /** The last chunk ended with a CR: an LF at the beginning of the next one belongs to it. */
  #afterCr = false;

  /** The events that this chunk completed. Comments are left out. */
  push(chunk: Uint8Array): SseEvent[] {
    return this.#text(this.#decoder.decode(chunk, { stream: true }));
  }

  /**
   * The bytes ended. The standard discards an event without its blank line; providers that cut off the last
   * line feed are common enough that it is given out here.
   */
  end(): SseEvent[] {
    const events = this.#text(this.#decoder.decode());
    const rest = this.#takeRest();
    if (rest !== "") this.#line(rest, 0, rest.length);
    this.#dispatch(events);
    return events;
  }

  #text(text: string): SseEvent[] {
    const events: SseEvent[] = [];
    if (text === "") return events;
    if (this.#rest !== "" && !text.includes("\n") && !text.includes("\r")) {
      this.#more.push(text);
      return events;
    }
    const skip = this.#afterCr && text.charCodeAt(0) === LF ? 1 : 0;
    this.#afterCr = false;
    const rest = this.#takeRest();
    const all = rest === "" ? text : rest + text;
    // Only the new text can hold a line end: what was left over had none.
    let search = rest.length + skip;
    let start = rest === "" ? skip : 0;
    let cr = all.indexOf("\r", search);
    for (;;) {
      let end = all.indexOf("\n", search);
      if (cr !== -1 && (end === -1 || cr < end)) {
        end = cr;
        search = cr + 1;
        if (all.charCodeAt(search) === LF) search++;
        else if (search === all.length) this.#afterCr = true;
        cr = all.indexOf("\r", search);
      } else if (end === -1) break;
      else search = end + 1;
      if (start === end) this.#dispatch(events);
      // Nearly every event is one data line and a blank one: those two are taken in one step.
      else if (cr === -1 && this.#data === undefined && all.charCodeAt(search) === LF && isData(all, start)) {
        const data = fieldValue(all, start + 4, end)!;
        events.push(this.#event === undefined ? { data } : { event: this.#event, data });
        this.#event = undefined;
        search++;
      } else this.#line(all, start, end);
      start = search;
    }
    this.#rest = start === 0 ? all : all.slice(start);
    return events;
  }

  #takeRest(): string {
    let rest = this.#rest;
    if (rest === "") return rest;
    this.#rest = "";
    if (this.#more.length > 0) {
      rest += this.#more.join("");
      this.#more = [];
    }
    return rest;
  }

  #dispatch(events: SseEvent[]): void {
    if (this.#data !== undefined) {
      events.push(
        this.#event === undefined ? { data: this.#data } : { event: this.#event, data: this.#data },
      );
      this.#data = undefined;
    }
    this.#event = undefined;
  }

  /** One line that is not empty. Only `data` and `event` mean something here. */
  #line(text: string, start: number, end: number): void {
    const first = text.charCodeAt(start);
    if (first === LETTER_D && text.startsWith("data", start)) {
      const value = fieldValue(text, start + 4, end);
      if (value !== undefined) this.#data = this.#data === undefined ? value : this.#data + "\n" + value;
    } else if (first === LETTER_E && text.startsWith("event", start)) {
      this.#event = fieldValue(text, start + 5, end) ?? this.#event;
    }
  }
}

function isData(text: string, start: number): boolean {
  return text.charCodeAt(start) === LETTER_D && text.startsWith("data:", start);
}

/** The value of a field whose name ends at `at`; undefined where the name goes on there. */
function fieldValue(text: string, at: number, end: number): string | undefined {
  if (at >= end) return at === end ? "" : undefined;
  if (text.charCodeAt(at) !== COLON) return undefined;
  return text.slice(text.charCodeAt(at + 1) === SPACE ? at + 2 : at + 1, end);
}

/** One event, framed. */
export function formatSse(data: string, event?: string): string {
  return event === undefined ? `data: ${data}\n\n` : `event: ${event}\ndata: ${data}\n\n`;
}
