/** The Hono app: every endpoint, with and without `/v1`, and the checks that stand before them. */
import { type Context, Hono } from "hono";
import { cors } from "hono/cors";
import type { Config } from "../config/config.ts";
import { dialects } from "../dialects/dialects.ts";
import type { DialectName } from "../dialects/dialect.ts";
import { authenticate, type Caller } from "./auth.ts";
import type { ServerContext } from "./context.ts";
import { countTokens } from "./count-tokens.ts";
import { callersDialect, Refusal, refuse } from "./errors.ts";
import { generate } from "./generate.ts";
import { guard } from "./guard.ts";
import { detailedHealth, health } from "./health.ts";
import { modelBody, modelsBody } from "./models.ts";

/** The endpoints that generate, by path below the root or `/v1`. */
const GENERATING: Readonly<Record<string, DialectName>> = {
  "/messages": "anthropic-messages",
  "/chat/completions": "openai-chat",
  "/responses": "openai-responses",
};

type Handler = (c: Context, config: Config, caller: Caller) => Response | Promise<Response>;

/** Builds the app. It holds no state of its own: everything is in `context`. */
export function createApp(context: ServerContext): Hono {
  const app = new Hono();
  const methods = new Map<string, string[]>();

  /** Registers an endpoint with and without `/v1`, behind the checks. `open`: without a key. */
  function endpoint(method: string, path: string, open: boolean, handler: Handler): void {
    for (
      const full
        of path.startsWith("/health") || path === "/" || path.startsWith("/api/") || path.startsWith("/admin")
          ? [path]
          : [path, `/v1${path}`]
    ) {
      methods.set(full, [...(methods.get(full) ?? []), method]);
      app.on(method, full, (c) => {
        const config = context.config();
        guard(config.proxy, c.req.header("host"), c.req.header("origin"));
        return handler(c, config, open ? {} : authenticate(config, (name) => c.req.header(name)));
      });
    }
  }

  app.use("*", async (c, next) => {
    const { corsOrigins } = context.config().proxy;
    return corsOrigins.length === 0 ? await next() : await cors({ origin: [...corsOrigins] })(c, next);
  });

  for (const [path, name] of Object.entries(GENERATING)) {
    endpoint(
      "POST",
      path,
      false,
      (c, config, caller) => generate(context, config, dialects[name], c.req.raw, caller),
    );
  }
  endpoint(
    "POST",
    "/messages/count_tokens",
    false,
    (c, config, caller) => countTokens(context, config, dialects["anthropic-messages"], c.req.raw, caller),
  );
  endpoint("GET", "/responses", true, (c) => {
    if (c.req.header("upgrade")?.toLowerCase() !== "websocket") {
      throw new Refusal(405, "This path takes POST.", { allow: "POST" });
    }
    throw new Refusal(426, "WebSocket is not spoken here; send the request as POST.", {
      upgrade: "HTTP/1.1",
    });
  });
  endpoint(
    "GET",
    "/models",
    false,
    (c, config) => c.json(modelsBody(config, caller(c), new URL(c.req.url).searchParams)),
  );
  endpoint(
    "GET",
    "/models/:id{.+}",
    false,
    (c, config) => c.json(modelBody(config, caller(c), c.req.param("id") ?? "")),
  );
  endpoint("GET", "/health", true, (c) => c.json(health(context)));
  endpoint("GET", "/health/detailed", false, (c, config) => c.json(detailedHealth(context, config)));
  endpoint("GET", "/", true, (c) => c.text(GREETING));
  endpoint("GET", "/api/hello", true, (c) => c.text("hello\n"));

  // Known paths with another method, then everything else.
  for (const [path, allowed] of methods) {
    app.all(path, (c) => {
      const allow = allowed.includes("GET") ? ["HEAD", ...allowed] : allowed;
      throw new Refusal(405, `${c.req.method} is not taken here; this path takes ${allow.join(", ")}.`, {
        allow: allow.join(", "),
      });
    });
  }
  app.notFound((c) => {
    const refusal = new Refusal(404, `There is nothing at ${c.req.path.slice(0, 200)}. ${ENDPOINTS}`);
    return refuse(refusal, dialects[caller(c)]);
  });
  app.onError((error, c) => {
    if (error instanceof Refusal) return refuse(error, dialects[caller(c)]);
    context.dispatcher.log("error", `a request failed inside the proxy: ${error.message}`, {
      stack: error.stack,
    });
    return refuse(
      new Refusal(500, "The proxy itself failed on this request; its log says more."),
      dialects[caller(c)],
    );
  });
  return app;
}

function caller(c: Context): DialectName {
  return callersDialect(c.req.path, (name) => c.req.header(name));
}

const ENDPOINTS =
  "The endpoints are POST /v1/messages, /v1/messages/count_tokens, /v1/chat/completions, /v1/responses, and GET /v1/models, /health.";

const GREETING = `terraphim-llm-proxy runs. Point a client's base URL here.\n${ENDPOINTS}\n`;
