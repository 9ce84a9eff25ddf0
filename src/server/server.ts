/** The listening server: starting, moving to another address, stopping without dropping anybody. */
import { listen, type Listener, type ListenOptions } from "../runtime/listen.ts";
import { createApp } from "./app.ts";
import { type Address, withoutBase } from "./auth.ts";
import { Refusal, refuse, requester } from "./errors.ts";
import type { ServerContext } from "./context.ts";
import { isLoopback } from "../text/hosts.ts";
import type { Tls } from "../config/config.ts";
import { urlOf } from "../config/own-url.ts";

export interface Server {
  /** Where clients on this machine reach it now, `http://HOST:PORT` or `https://NAME:PORT`. */
  readonly url: string;
  readonly port: number;
  /** The address that it listens on: `0.0.0.0` is all of this machine's. */
  readonly hostname: string;
  /** Resolves when it takes connections. */
  readonly ready: Promise<void>;
  /**
   * Listens elsewhere, or with another certificate, from now on; requests in flight on the old address end there.
   * @throws when it cannot; it listens as it did then.
   */
  rebind(hostname: string, port: number, tls?: Tls): Promise<void>;
  /**
   * Answers requests for `drainMs` while `/health/ready` fails; then refuses new ones, waits at most `graceMs` for those in
   * flight, and cuts the rest with a proper error event. Resolves to how many were cut.
   * @param drainMs @default 0
   */
  stop(graceMs: number, drainMs?: number): Promise<number>;
  /** Ends at once. */
  kill(): Promise<void>;
}

export interface ServeOptions {
  /** Headers have a time limit under Deno too; then it takes connections when it is {@link Server.ready}. @default false */
  readonly guarded?: boolean;
  /** Other workers of this program listen there too. @default false */
  readonly shared?: boolean;
  /** Connections are encrypted with it. @default undefined (they are not) */
  readonly tls?: Tls | undefined;
}

/**
 * Starts serving.
 * @throws when the address cannot be taken.
 */
export function serve(
  context: ServerContext,
  hostname: string,
  port: number,
  { guarded = false, shared = false, tls }: ServeOptions = {},
): Server {
  const { state } = context.dispatch;
  let life: Life = "serving";
  const killed = Promise.withResolvers<void>();
  const place = new ListeningPlace(listening(context, { guarded, shared }, () => life), {
    hostname,
    port,
    tls,
  });

  return {
    get url() {
      return place.url;
    },
    get port() {
      return place.listener.port;
    },
    get hostname() {
      return place.listener.hostname;
    },
    get ready() {
      return place.listener.ready ?? Promise.resolve();
    },
    rebind: (hostname, port, tls) => place.move({ hostname, port, tls }),
    async stop(graceMs, drainMs = 0) {
      life = "draining";
      await Promise.race([idle(() => false, drainMs), killed.promise]);
      life = "stopping";
      context.stopping?.();
      const drained = place.listener.drain();
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
      await place.close();
    },
  };
}

/** Where a server listens, and how. */
interface Place {
  readonly hostname: string;
  readonly port: number;
  readonly tls: Tls | undefined;
}

/** The listener of a server, and those that it has left while requests are in flight on them. */
class ListeningPlace {
  listener: Listener;
  #tls: Tls | undefined;
  readonly #options: (place: Place) => ListenOptions;
  readonly #old = new Set<Listener>();

  /** @throws when the address cannot be taken */
  constructor(options: (place: Place) => ListenOptions, place: Place) {
    this.#options = options;
    this.#tls = place.tls;
    this.listener = listen(options(place));
  }

  get url(): string {
    const { hostname: host, port } = this.listener;
    return urlOf({ host, port, ...(this.#tls && { tls: this.#tls }) });
  }

  /** @throws when it cannot; it listens as it did then */
  async move(to: Place): Promise<void> {
    const before = this.listener;
    const isHere = to.hostname === before.hostname && to.port === before.port;
    if (isHere && this.#tls && to.tls && before.renew !== undefined) {
      before.renew(to.tls);
      this.#tls = to.tls;
      return;
    }
    try {
      this.listener = listen(this.#options(to));
      await this.listener.ready;
      this.#tls = to.tls;
      return this.#leave(before);
    } catch (error) {
      if (!isTaken(error) || to.port !== before.port) throw error;
    }
    // The same port, another host or certificate: the old listener holds it, and gives it up first.
    this.#leave(before);
    try {
      this.listener = await listenSoon(this.#options(to));
      await this.listener.ready;
      this.#tls = to.tls;
    } catch (error) {
      const { hostname, port } = before;
      this.listener = await listenSoon(this.#options({ hostname, port, tls: this.#tls }));
      throw error;
    }
  }

  /** Ends everything at once. */
  async close(): Promise<void> {
    await Promise.all([this.listener, ...this.#old].map((one) => one.close().catch(() => {})));
  }

  #leave(listener: Listener): void {
    this.#old.add(listener);
    listener.drain().finally(() => this.#old.delete(listener));
  }
}

/** Draining: requests are answered, and balancers see that they should send no more. Stopping: no new ones are. */
type Life = "serving" | "draining" | "stopping";

/** How a server listens at an address. */
function listening(
  context: ServerContext,
  how: Pick<ListenOptions, "guarded" | "shared">,
  lifeNow: () => Life,
) {
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
  return ({ hostname, port, tls }: Place): ListenOptions => {
    const reachable = !isLoopback(hostname);
    return {
      hostname,
      port,
      ...how,
      tls,
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

/** Resolves when `done()` holds, or after `ms` milliseconds. */
async function idle(done: () => boolean, ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (!done() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
}
