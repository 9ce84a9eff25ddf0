/**
 * Server-sent events, as the HTML standard defines them
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html): bytes in, events out, cut anywhere.
 */

export interface SseEvent {
  /** The `event:` field; undefined where the event has none. */
  readonly event?: string;
  /** The `data:` lines joined with line feeds. */
  readonly data: string;
}

/** Reads a stream of bytes. Synchronous: a chunk's whole events come back at once. */
export class SseParser {
  #decoder = new TextDecoder();
  #rest = "";
  #event: string | undefined;
  #data: string | undefined;
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
    if (this.#rest !== "") this.#line(this.#rest, events);
    this.#rest = "";
    this.#line("", events);
    return events;
  }

  #text(text: string): SseEvent[] {
    const events: SseEvent[] = [];
    if (text === "") return events;
    let from = 0;
    if (this.#afterCr && text.charCodeAt(0) === 10) from = 1;
    this.#afterCr = false;
    const all = this.#rest === "" ? text : this.#rest + text;
    // Only the new text can hold a line end: what was left over had none.
    let search = this.#rest.length + from;
    let start = this.#rest === "" ? from : 0;
    let cr = all.indexOf("\r", search);
    for (;;) {
      const lf = all.indexOf("\n", search);
      let end: number;
      if (cr !== -1 && (lf === -1 || cr < lf)) {
        end = cr;
        search = cr + 1;
        if (all.charCodeAt(search) === 10) search++;
        else if (search === all.length) this.#afterCr = true;
        cr = all.indexOf("\r", search);
      } else if (lf !== -1) {
        end = lf;
        search = lf + 1;
      } else break;
      this.#line(all.slice(start, end), events);
      start = search;
    }
    this.#rest = all.slice(start);
    return events;
  }

  #line(line: string, events: SseEvent[]): void {
    if (line === "") {
      if (this.#data !== undefined) {
        events.push(
          this.#event === undefined ? { data: this.#data } : { event: this.#event, data: this.#data },
        );
      }
      this.#event = undefined;
      this.#data = undefined;
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(line.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1);
    if (field === "data") this.#data = this.#data === undefined ? value : this.#data + "\n" + value;
    else if (field === "event") this.#event = value;
  }
}

/** One event, framed. */
export function formatSse(data: string, event?: string): string {
  return event === undefined ? `data: ${data}\n\n` : `event: ${event}\ndata: ${data}\n\n`;
}
