/** Listening for HTTP: what Deno and Bun do differently. */

export interface ListenOptions {
  readonly hostname: string;
  /** 0: any free port. */
  readonly port: number;
  /** Answers a request. Must not throw. */
  readonly handle: (request: Request) => Response | Promise<Response>;
  /**
   * Called when it stops listening though nobody asked it to, with the reason, and with `undefined` when it listens again.
   * Only Deno does: it takes "too many open files" for the end.
   */
  readonly onFault?: (why: string | undefined) => void;
}

export interface Listener {
  readonly hostname: string;
  /** The port that was taken. */
  readonly port: number;
  /** Takes no new connections; resolves when the last answer has gone out. */
  drain(): Promise<void>;
  /** Ends everything at once. */
  close(): Promise<void>;
}

/** The parts of `Deno` that are used; its types are not there under Bun. */
interface DenoLike {
  serve(
    options: {
      hostname: string;
      port: number;
      signal: AbortSignal;
      onListen: () => void;
      onError: () => Response;
      handler: (request: Request) => Response | Promise<Response>;
    },
  ): {
    readonly addr: { readonly port: number };
    readonly finished: Promise<void>;
    shutdown(): Promise<void>;
  };
}

/** The parts of `Bun` that are used. */
interface BunLike {
  serve(
    options: {
      hostname: string;
      port: number;
      idleTimeout: number;
      maxRequestBodySize: number;
      development: boolean;
      reusePort: boolean;
      error: () => Response;
      fetch: (request: Request) => Response | Promise<Response>;
    },
  ): { readonly port: number; stop(force?: boolean): Promise<void> };
}

const runtime = globalThis as unknown as { Deno?: DenoLike; Bun?: BunLike };

/** Which runtime this is, with its version. */
export function runtimeName(): string {
  const versions = globalThis as unknown as {
    Deno?: { version: { deno: string } };
    Bun?: { version: string };
  };
  if (versions.Bun !== undefined) return `bun ${versions.Bun.version}`;
  return `deno ${versions.Deno?.version.deno ?? ""}`;
}

const failed = () => new Response(null, { status: 500 });

/** Starts listening. @throws when the address cannot be taken; the error's `code` says why (`EADDRINUSE`, …). */
export function listen(options: ListenOptions): Listener {
  const { Bun, Deno } = runtime;
  if (Bun !== undefined) return listenOnBun(Bun, options);
  if (Deno !== undefined) return new DenoListener(Deno, options);
  throw new Error("this program runs on Deno or Bun");
}

function listenOnBun(bun: BunLike, { hostname, port, handle }: ListenOptions): Listener {
  const server = bun.serve({
    hostname,
    port,
    idleTimeout: 0, // streams may be silent for minutes; dispatch has its own limits
    maxRequestBodySize: Number.MAX_SAFE_INTEGER, // the server answers 413 itself, in the client's dialect
    development: false,
    reusePort: false, // which "development: false" sets: a second proxy would share the port instead of failing
    error: failed,
    fetch: handle,
  });
  return {
    hostname,
    port: server.port,
    drain: () => server.stop(false),
    close: () => server.stop(true),
  };
}

type DenoServer = ReturnType<DenoLike["serve"]>;

/** Milliseconds before it listens again, at first and at most. */
const AGAIN_MS = 100;
const AGAIN_MOST_MS = 5000;

/**
 * Deno's listener ends for ever at an error that passes, such as too many open files
 * (https://github.com/denoland/deno/issues/10148). It is started again until it is closed.
 */
class DenoListener implements Listener {
  readonly hostname: string;
  readonly port: number;
  readonly #deno: DenoLike;
  readonly #options: ListenOptions;
  readonly #stop = new AbortController();
  #server: DenoServer;
  #state: "listening" | "draining" | "closed" = "listening";
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(deno: DenoLike, options: ListenOptions) {
    this.#deno = deno;
    this.#options = options;
    this.#server = this.#start(options.port);
    this.hostname = options.hostname;
    this.port = this.#server.addr.port;
  }

  async drain(): Promise<void> {
    this.#state = "draining";
    clearTimeout(this.#again);
    await this.#server.shutdown();
  }

  // Deno throws when a listener that is shutting down is aborted; what is left then ends with the process.
  close(): Promise<void> {
    clearTimeout(this.#again);
    if (this.#state === "draining") return Promise.resolve();
    this.#state = "closed";
    this.#stop.abort();
    return this.#server.finished.catch(() => {});
  }

  #start(port: number): DenoServer {
    const { hostname, handle } = this.#options;
    const server = this.#deno.serve({
      hostname,
      port,
      signal: this.#stop.signal,
      onListen: () => {},
      onError: failed,
      handler: handle,
    });
    const ended = (why: string) => {
      if (this.#state !== "listening" || this.#server !== server) return;
      this.#options.onFault?.(why);
      this.#listenAgain(AGAIN_MS);
    };
    server.finished.then(
      () => ended("its listener ended"),
      (error: unknown) => ended(error instanceof Error ? error.message : String(error)),
    );
    return server;
  }

  #listenAgain(wait: number): void {
    this.#again = setTimeout(() => {
      try {
        this.#server = this.#start(this.port);
        this.#options.onFault?.(undefined);
      } catch {
        this.#listenAgain(Math.min(wait * 2, AGAIN_MOST_MS));
      }
    }, wait);
  }
}
