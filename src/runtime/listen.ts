/** Listening for HTTP: what Deno and Bun do differently. */

export interface ListenOptions {
  readonly hostname: string;
  /** 0: any free port. */
  readonly port: number;
  /** Answers a request. Must not throw. */
  readonly handle: (request: Request) => Response | Promise<Response>;
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
export function listen({ hostname, port, handle }: ListenOptions): Listener {
  if (runtime.Bun !== undefined) {
    const server = runtime.Bun.serve({
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
  if (runtime.Deno === undefined) throw new Error("this program runs on Deno or Bun");
  const stop = new AbortController();
  const server = runtime.Deno.serve({
    hostname,
    port,
    signal: stop.signal,
    onListen: () => {},
    onError: failed,
    handler: handle,
  });
  let draining = false;
  return {
    hostname,
    port: server.addr.port,
    drain: () => {
      draining = true;
      return server.shutdown();
    },
    // Deno throws when a listener that is shutting down is aborted; what is left then ends with the process.
    close: () => {
      if (draining) return Promise.resolve();
      stop.abort();
      return server.finished;
    },
  };
}
