/** The listening server: starting, moving to another address, stopping without dropping anybody. */
import { listen, type Listener, type ListenOptions } from "../runtime/listen.ts";
import { createApp } from "./app.ts";
import { type Address, withoutBase } from "./auth.ts";
import { Refusal, refuse, requester } from "./errors.ts";
import type { ServerContext } from "./context.ts";
import { isLoopback } from "../text/hosts.ts";

export interface Server {
  /** Where clients on this machine reach it now, `http://HOST:PORT`. */
  readonly url: string;
  readonly port: number;
  /** The address that it listens on: `0.0.0.0` is all of this machine's. */
  readonly hostname: string;
  /** Resolves when it takes connections. */
  readonly ready: Promise<void>;
  /**
   * Listens elsewhere from now on; requests in flight on the old address end there.
   * @throws when it cannot; it listens where it did then.
   */
  rebind(hostname: string, port: number): Promise<void>;
  /**
   * Answers requests for `drainMs` while `/health/ready` fails; then refuses new ones, waits at most `graceMs` for those in
   * flight, and cuts the rest with a proper error event. Resolves to how many were cut.
   * @param drainMs @default 0
   */
  stop(graceMs: number, drainMs?: number): Promise<number>;
  /** Ends at once. */
  kill(): Promise<void>;
}

/**
 * Starts serving.
 * @param guarded headers have a time limit under Deno too; then it takes connections when it is {@link Server.ready}
 * @throws when the address cannot be taken.
 */
export function serve(context: ServerContext, hostname: string, port: number, guarded = false): Server {
  const { state } = context.dispatch;
  let life: Life = "serving";
  const options = listening(context, guarded, () => life);
  const killed = Promise.withResolvers<void>();
  let listener = listen(options(hostname, port));
  const old = new Set<Listener>();

  return {
    get url() {
      return addressOf(listener);
    },
    get port() {
      return listener.port;
    },
    get hostname() {
      return listener.hostname;
    },
    get ready() {
      return listener.ready ?? Promise.resolve();
    },
    async rebind(hostname, port) {
      const before = listener;
      const leave = () => {
        old.add(before);
        before.drain().finally(() => old.delete(before));
      };
      try {
        listener = listen(options(hostname, port));
        await listener.ready;
        return leave();
      } catch (error) {
        if (!isTaken(error) || port !== before.port) throw error;
      }
      // Another host, the same port: the old listener holds it, and gives it up first.
      leave();
      try {
        listener = await listenSoon(options(hostname, port));
        await listener.ready;
      } catch (error) {
        listener = await listenSoon(options(before.hostname, port));
        throw error;
      }
    },
    async stop(graceMs, drainMs = 0) {
      life = "draining";
      await Promise.race([idle(() => false, drainMs), killed.promise]);
      life = "stopping";
      context.stopping?.();
      const drained = listener.drain();
      await idle(() => state.inFlight.size === 0, graceMs);
      const cut = state.inFlight.size;
      for (const flight of state.inFlight) flight.cut("the proxy is stopping");
      // The last events are on their way out; a client that does not read them is not waited for.
      await Promise.race([drained, idle(() => false, 500)]);
      await this.kill();
      return cut;
    },
    async kill() {
      life = "stopping";
      killed.resolve();
      await Promise.all([listener, ...old].map((one) => one.close().catch(() => {})));
    },
  };
}

/** Draining: requests are answered, and balancers see that they should send no more. Stopping: no new ones are. */
type Life = "serving" | "draining" | "stopping";

/** How a server listens at an address. */
function listening(context: ServerContext, guarded: boolean, lifeNow: () => Life) {
  const app = createApp(context);
  const { log, dialects } = context.dispatch;
  /** `reachable`: of the listener that a request came in at, which may have been left since. */
  const answer = (came: Request, reachable: boolean, address: Address): Response | Promise<Response> => {
    const request = withoutBase(came, context.source.current.proxy.basePath);
    const life = lifeNow();
    if (life !== "serving" && request.method === "GET") {
      const [, probe] = /^(?:\w+:\/\/[^/?#]*)?(?:\/v1)?\/health\/(live|ready)$/.exec(request.url) ?? [];
      if (probe === "ready") {
        return Response.json({ status: life }, { status: 503, headers: { "retry-after": "1" } });
      }
      if (probe === "live") return Response.json({ status: "live" });
    }
    if (life === "stopping") {
      const refusal = new Refusal(503, "The proxy is stopping.", { connection: "close", "retry-after": "1" });
      return refuse(refusal, requester(dialects, request));
    }
    return app.fetch(request, reachable, address);
  };
  const onFault = (why: string | undefined) =>
    why === undefined
      ? log("info", "listening again")
      : log("error", `not listening any more, trying again: ${why}`);
  return (hostname: string, port: number): ListenOptions => {
    const reachable = !isLoopback(hostname);
    return {
      hostname,
      port,
      guarded,
      handle: (request, address) => answer(request, reachable, address),
      onFault,
    };
  };
}

const isTaken = (error: unknown) => error instanceof Error && "code" in error && error.code === "EADDRINUSE";

/** Listens on a port that is just being left. @throws when it is not free within a second, or cannot be had at all. */
async function listenSoon(options: ListenOptions): Promise<Listener> {
  const end = performance.now() + 1000;
  for (;;) {
    try {
      return listen(options);
    } catch (error) {
      if (!isTaken(error) || performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

/** `http://127.0.0.1:3456`. */
function addressOf({ hostname, port }: Listener): string {
  const host = hostname === "0.0.0.0" || hostname === "::" ? "127.0.0.1" : hostname;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Resolves when `done()` holds, or after `ms` milliseconds. */
async function idle(done: () => boolean, ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (!done() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
}
