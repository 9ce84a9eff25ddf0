/** The Hono app: every endpoint, with and without `/v1`, and the checks that come before them. */
import { type Context, Hono } from "hono";
import { cors } from "hono/cors";
import type { Dialect, Dialects } from "../dialects/dialect.ts";
import type { Config, ProxyConfig } from "../config/config.ts";
import { forwardedFor } from "../text/networks.ts";
import type { RequestFacts } from "../model/request-facts.ts";
import { adminEndpoints } from "./admin.ts";
import {
  type Address,
  allow,
  type Caller,
  type From,
  keyFromPath,
  KeyRefusal,
  OPEN,
  type Origin,
  originOf,
} from "./auth.ts";
import type { ServerContext } from "./context.ts";
import { askCredits } from "./credits.ts";
import type { Endpoint } from "./endpoint.ts";
import { callerBy, Refusal, refuse, type RefusedCaller, requester } from "./errors.ts";
import { answer } from "./exchange.ts";
import { guard } from "./guard.ts";
import { detailedHealth, HEALTH, health } from "./health.ts";
import { me } from "./me.ts";
import { learningEndpoints } from "./learning/feedback.ts";
import { modelBody, modelsBody } from "./models.ts";

/** The version that every path begins with; clients may leave it out. */
const VERSION = "/v1";

/** An endpoint that needs nothing of Hono's. */
interface AnsweringEndpoint extends Endpoint {
  readonly take: (request: Request, config: Config, caller: Caller) => Promise<Response>;
}

/** The endpoints that a dialect has to itself. */
function endpointsOf(dialect: Dialect, context: ServerContext): readonly AnsweringEndpoint[] {
  const { generate, countTokens, compact } = dialect.paths;
  const answering = (path: string, operation: RequestFacts["operation"]): AnsweringEndpoint => {
    const take: AnsweringEndpoint["take"] = (request, config, caller) =>
      answer(context, { request, dialect, operation, config, caller });
    return {
      method: "POST",
      path: VERSION + path,
      need: "ask",
      operation,
      take,
      handle: (c, config, caller) => take(c.req.raw, config, caller),
    };
  };
  return [
    answering(generate, "generate"),
    ...(countTokens === undefined ? [] : [answering(countTokens, "count_tokens")]),
    ...(compact === undefined ? [] : [answering(compact, "compact")]),
  ];
}

function endpoints(context: ServerContext): readonly Endpoint[] {
  const { dialects } = context.dispatch;
  const greeting = `terraphim-llm-proxy runs. Point a client's base URL here.\n${endpointsIn(dialects)}\n`;
  return [
    ...Object.values(dialects).flatMap((dialect) => endpointsOf(dialect, context)),
    {
      method: "GET",
      path: "/v1/models",
      handle: (c, config) =>
        c.json(
          modelsBody(config, callerOf(c, dialects).dialect, c.req.header(), new URL(c.req.url).searchParams),
        ),
    },
    {
      method: "GET",
      path: "/v1/models/:id{.+}",
      handle: (c, config) =>
        c.json(modelBody(config, callerOf(c, dialects).dialect, c.req.param("id") ?? "")),
    },
    { method: "GET", path: "/v1/health", open: true, handle: (c) => c.json(health(context)) },
    { method: "GET", path: "/v1/health/live", open: true, handle: (c) => c.json({ status: "live" }) },
    { method: "GET", path: "/v1/health/ready", open: true, handle: (c) => c.json({ status: "ready" }) },
    {
      method: "GET",
      path: "/v1/health/detailed",
      need: "view",
      async handle(c, config) {
        if (c.req.query("credits") !== undefined) await askCredits(config, context.dispatch);
        await Promise.all([context.local.look(config), context.siblings?.ask(HEALTH)]);
        return c.json(detailedHealth(context, config));
      },
    },
    { method: "GET", path: "/v1/me", handle: (_c, config, caller) => me(context, config, caller) },
    ...adminEndpoints(context),
    ...learningEndpoints(context),
    {
      method: "GET",
      path: "/v1/",
      open: true,
      handle: (c, { telemetry }) => c.text(greeting + (telemetry.dashboard ? DASHBOARD : "")),
    },
    { method: "GET", path: "/v1/api/hello", open: true, handle: (c) => c.text("hello\n") },
    ...(context.endpoints ?? []),
  ];
}

/** What a browser that opens the address itself wants. */
const DASHBOARD = "The dashboard is at /dashboard.\n";

/** What answers requests. */
export interface App {
  /**
   * @param reachable the request came in where other machines can reach the proxy
   * @param address gives the client's address
   */
  readonly fetch: (request: Request, reachable: boolean, address?: Address) => Response | Promise<Response>;
}

/**
 * Builds the app. It holds no state of its own: everything is in `context`. A path has one handler, and the
 * rest runs only when it is needed: a chain of middleware costs more than everything else in Hono.
 */
export function createApp(context: ServerContext): App {
  const app = new Hono();
  const methods = new Map<string, string[]>();
  for (const endpoint of endpoints(context)) {
    const { method, path } = endpoint;
    for (const full of path.startsWith("/v1/") ? [path.replace(/\/$/, ""), path.slice(3)] : [path]) {
      methods.set(full, [...(methods.get(full) ?? []), ...(method === "GET" ? ["GET", "HEAD"] : [method])]);
      app.on(method, full, (c) => {
        const config = context.source.current;
        if (endpoint.open === true) return endpoint.handle(c, config, OPEN);
        const asked: Asked = {
          header: (name) => c.req.header(name),
          origin: originOf(c, context.clock),
          who: () => callerOf(c, context.dispatch.dialects),
        };
        return admitted(context, endpoint, asked, (caller) => endpoint.handle(c, config, caller));
      });
    }
  }
  const { dialects } = context.dispatch;
  const other = unserved(methods, dialects);
  app.notFound((c) => {
    const path = meant(c.req.path);
    if (path === c.req.path || !methods.has(path)) return other.fetch(c.req.raw, c.env);
    const { search } = new URL(c.req.url);
    return app.fetch(new Request(new URL(path + search, c.req.url), c.req.raw), c.env);
  });
  const refused = (refusal: Refusal, caller: RefusedCaller) => {
    context.refused?.(refusal.status);
    return refuse(refusal, caller);
  };
  const failed = (error: Error, caller: RefusedCaller) => {
    if (error instanceof Refusal) return refused(error, caller);
    context.dispatch.log("error", `a request failed inside the proxy: ${error.message}`, {
      stack: error.stack,
    });
    return refused(new Refusal(500, "The proxy itself failed on this request; its log says more."), caller);
  };
  app.onError((error, c) => failed(error, callerOf(c, dialects)));
  other.onError((error, c) => failed(error, callerOf(c, dialects)));
  const direct = directly(context, failed);

  const toPages = new Hono();
  toPages.use("*", (c, next) => cors({ origin: [...context.source.current.proxy.corsOrigins] })(c, next));
  toPages.all("*", (c) => app.fetch(c.req.raw, c.env));
  return {
    fetch(request, reachable, address) {
      const config = context.source.current;
      const { proxy } = config;
      try {
        guard(proxy, request, { reachable, locked: context.door.isLocked(config) }); // before everything else: preflights and unknown paths too
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return refused(error, requester(dialects, request));
      }
      const plain = keyFromPath(request);
      const from: From = { address: clientAddress(proxy, request, { reachable, address }) };
      if (proxy.corsOrigins.length > 0) return toPages.fetch(plain, from);
      return direct(plain, from) ?? app.fetch(plain, from);
    },
  };
}

type Failed = (error: Error, caller: RefusedCaller) => Response;

/** Answers what nearly all requests ask for without a router and its context; undefined: the path is another one. */
function directly(
  context: ServerContext,
  failed: Failed,
): (request: Request, from: From) => Promise<Response> | undefined {
  const { dialects } = context.dispatch;
  const answering = new Map<string, AnsweringEndpoint>();
  for (const endpoint of Object.values(dialects).flatMap((dialect) => endpointsOf(dialect, context))) {
    const { path } = endpoint;
    for (const full of [path, path.slice(VERSION.length)]) {
      if (!answering.has(full)) answering.set(full, endpoint);
    }
  }
  return (request, from) => {
    if (request.method !== "POST") return undefined;
    const { url, headers } = request;
    const start = url.indexOf("/", url.indexOf("//") + 2);
    const end = url.indexOf("?", start);
    const endpoint = answering.get(url.slice(start, end === -1 ? undefined : end));
    if (endpoint === undefined) return undefined;
    const config = context.source.current;
    const asked: Asked = {
      header: (name) => headers.get(name) ?? undefined,
      origin: originOf({ env: from }, context.clock),
      who: () => requester(dialects, request),
    };
    return admitted(context, endpoint, asked, (caller) => endpoint.take(request, config, caller))
      .catch((error) => failed(error, asked.who()));
  };
}

/** Gives the client's address where its guesses count: from other machines, and from a trusted proxy on this one. */
function clientAddress(
  { trustedProxies }: ProxyConfig,
  { headers }: Request,
  { reachable, address }: { readonly reachable: boolean; readonly address: Address | undefined },
): Address | undefined {
  const forwarded = trustedProxies.length === 0 ? null : headers.get("x-forwarded-for");
  if (forwarded === null) return reachable ? address : undefined;
  return () => {
    const direct = address?.();
    if (direct === undefined) return undefined;
    const client = forwardedFor(direct, forwarded, trustedProxies);
    return reachable || client !== direct ? client : undefined;
  };
}

/** A request as far as its key goes. */
interface Asked {
  readonly header: (name: string) => string | undefined;
  readonly origin: Origin;
  readonly who: () => RefusedCaller;
}

/** Answers a request to an endpoint whose key is for that. @throws Refusal; one of a key with a name is kept */
async function admitted(
  context: ServerContext,
  { need = "any", operation }: Endpoint,
  { header, origin, who }: Asked,
  take: (caller: Caller) => Response | Promise<Response>,
): Promise<Response> {
  try {
    const caller = context.door.admit(context.source.current, header, origin);
    allow(caller, need);
    return await take(caller);
  } catch (error) {
    if (error instanceof KeyRefusal && operation !== undefined) {
      const { dialect, client } = who();
      context.keyRefused(error, { operation, client, clientDialect: dialect.name });
    }
    throw error;
  }
}

/** The path that was meant where a base URL ends in a slash, or has the `/v1` that the client adds by itself. */
function meant(path: string): string {
  return path.replace(/\/{2,}/g, "/").replace(/^(\/v1)+(?=\/v1(\/|$))/, "").replace(/(?<=.)\/$/, "");
}

/** Refuses requests that no endpoint takes: known paths with another method, then everything else. */
function unserved(methods: ReadonlyMap<string, readonly string[]>, dialects: Dialects): Hono {
  const app = new Hono();
  for (const [path, allowed] of methods) {
    app.all(path, (c) => {
      if (c.req.header("upgrade")?.toLowerCase() === "websocket") {
        throw new Refusal(426, "WebSocket is not supported; use POST.", {
          upgrade: "HTTP/1.1",
        });
      }
      const allow = allowed.join(", ");
      throw new Refusal(405, `Method ${c.req.method} not allowed; use ${allow}.`, { allow });
    });
  }
  app.notFound((c) => {
    const refusal = new Refusal(
      404,
      `No endpoint at ${withoutKey(c.req.path).slice(0, 200)}. ${endpointsIn(dialects)}`,
    );
    return refuse(refusal, callerOf(c, dialects));
  });
  return app;
}

/** A path to show. What follows a `k` is a key, wherever the base URL was put together wrongly. */
const withoutKey = (path: string): string => path.replace(/(\/(?:k|%6b)\/+)[^/]+/gi, "$1…");

function callerOf(c: Context, dialects: Dialects): RefusedCaller {
  return callerBy(dialects, c.req.path, c.req.header());
}

/** The endpoints, in a sentence. */
function endpointsIn(dialects: Dialects): string {
  const paths = Object.values(dialects).flatMap(({ paths: { generate, countTokens, compact } }) => [
    VERSION + generate,
    ...(countTokens === undefined ? [] : [VERSION + countTokens]),
    ...(compact === undefined ? [] : [VERSION + compact]),
  ]);
  return `The endpoints are POST ${paths.join(", ")}, and GET /v1/models, /health.`;
}
