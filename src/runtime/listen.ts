/** Listening for HTTP: what Deno and Bun do differently. */
import { listenOnNode, type Resolve } from "./listen-node.ts";
import { AGAIN_MS, type Certificate, type Listener, type ListenOptions } from "./listener.ts";

export type { Certificate, Listener, ListenOptions };

/** The parts of `Deno` that are used; its types are not there under Bun. */
interface DenoLike {
  /** Takes an address at once, or throws. */
  listen(options: { hostname: string; port: number }): {
    readonly addr: { readonly hostname: string; readonly port: number };
    close(): void;
  };
  serve(
    options: {
      hostname: string;
      port: number;
      reusePort: boolean;
      cert?: string;
      key?: string;
      signal: AbortSignal;
      onListen: () => void;
      onError: () => Response;
      handler: (
        request: Request,
        info: { readonly remoteAddr: { readonly hostname?: string } },
      ) => Response | Promise<Response>;
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
      tls?: Certificate;
      idleTimeout: number;
      maxRequestBodySize: number;
      development: boolean;
      reusePort: boolean;
      error: () => Response;
      fetch: (
        request: Request,
        server: { requestIP(request: Request): { readonly address: string } | null },
      ) => Response | Promise<Response>;
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

/**
 * Takes an address to learn what it is, and gives it back: `node:http` reports later what it could not have. Of a port that is
 * shared, which others hold already, it learns the host.
 */
const resolver = (deno: DenoLike, shared = false): Resolve => (hostname, port) => {
  const taken = deno.listen({ hostname, port: shared ? 0 : port });
  const { addr } = taken;
  taken.close();
  return shared ? { hostname: addr.hostname, port } : addr;
};

/** Starts listening. @throws when the address cannot be taken; the error's `code` says why (`EADDRINUSE`, …). */
export function listen(options: ListenOptions): Listener {
  const { Bun, Deno } = runtime;
  if (Bun !== undefined) return listenOnBun(Bun, options);
  if (Deno !== undefined) {
    return options.guarded
      ? listenOnNode(options, resolver(Deno, options.shared))
      : new DenoListener(Deno, options);
  }
  throw new Error("this program runs on Deno or Bun");
}

function listenOnBun(bun: BunLike, { hostname, port, shared = false, tls, handle }: ListenOptions): Listener {
  const server = bun.serve({
    hostname,
    port,
    ...(tls !== undefined && { tls }),
    idleTimeout: 0, // streams may be silent for minutes; dispatch has its own limits
    maxRequestBodySize: Number.MAX_SAFE_INTEGER, // the server answers 413 itself, in the client's dialect
    development: false,
    reusePort: shared, // else "development: false" sets it: a second proxy would share the port instead of failing
    error: failed,
    fetch: (request, server) => handle(request, () => server.requestIP(request)?.address),
  });
  return {
    hostname,
    port: server.port,
    drain: () => server.stop(false),
    close: () => server.stop(true),
  };
}

type DenoServer = ReturnType<DenoLike["serve"]>;

/** Milliseconds before it listens again, at most. */
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
    const { hostname, shared = false, tls, handle } = this.#options;
    const server = this.#deno.serve({
      hostname,
      port,
      reusePort: shared,
      ...(tls !== undefined && { cert: tls.cert, key: tls.key }),
      signal: this.#stop.signal,
      onListen: () => {},
      onError: failed,
      handler: (request, info) => handle(request, () => info.remoteAddr.hostname),
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
