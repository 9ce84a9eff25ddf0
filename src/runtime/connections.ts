/**
 * Connections that providers keep open. One may be closed by the provider as the next request goes out on it: Deno sends
 * such a request again by itself, Bun reports the broken connection
 * (https://www.rfc-editor.org/rfc/rfc9112#section-9.5).
 */

/** Origins that are remembered. */
const MOST = 1000;
/** A connection that breaks later than this took the request: sending it again could do the work twice. Milliseconds. */
const AT_ONCE = 2000;

export class Connections {
  #kept = new Set<string>();
  /** By URL: a provider has a few, and each request asks twice. */
  readonly #origins = new Map<string, string>();
  readonly #retries: boolean;

  /** @param retries whether broken requests are to be sent again. @default where the runtime does not do it by itself */
  constructor(retries: boolean = ("Bun" in globalThis)) {
    this.#retries = retries;
  }

  /** Whether a request to `url` may go out on a connection that was used before. */
  mayBeOld(url: string): boolean {
    return this.#retries && this.#kept.has(this.#originOf(url));
  }

  /** An answer came: its connection may be kept. */
  answered(url: string, headers: Headers): void {
    if (!this.#retries || headers.get("connection")?.toLowerCase() === "close") return;
    const origin = this.#originOf(url);
    this.#kept.delete(origin);
    this.#kept.add(origin);
    for (const oldest of this.#kept) {
      if (this.#kept.size <= MOST) return;
      this.#kept.delete(oldest);
    }
  }

  #originOf(url: string): string {
    let origin = this.#origins.get(url);
    if (origin === undefined) {
      origin = new URL(url).origin;
      if (this.#origins.size >= MOST) this.#origins.clear();
      this.#origins.set(url, origin);
    }
    return origin;
  }

  /** Whether a connection that broke after `ms` milliseconds was closed under the request. */
  closedUnder(ms: number): boolean {
    return ms < AT_ONCE;
  }
}
