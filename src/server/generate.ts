/** The generating endpoints: read, classify, route, dispatch. */
import { classify } from "../classifier/classify.ts";
import type { Config } from "../config/config.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { HeaderMap, RequestFacts } from "../model/request-facts.ts";
import { dispatch } from "../dispatch/dispatch.ts";
import type { Exchange } from "../dispatch/exchange.ts";
import type { Conditions } from "../router/plan.ts";
import { route } from "../router/route.ts";
import type { Caller } from "./auth.ts";
import { readBody } from "./body.ts";
import type { ServerContext } from "./context.ts";
import { rememberedPrompt } from "./prompt-memory.ts";
import { requestId } from "./request-id.ts";
import { Spending } from "./budget-gate.ts";

/** A request's headers as a plain map, without the one that carried the proxy's own key. */
export function headerMap(request: Request, caller: Caller): HeaderMap {
  const map: Record<string, string> = {};
  request.headers.forEach((value, name) => map[name] = value);
  if (caller.header !== undefined) delete map[caller.header];
  return map;
}

/** A request's query with its question mark; "" where it has none. */
function queryOf({ url }: Request): string {
  const start = url.indexOf("?");
  return start === -1 ? "" : url.slice(start);
}

/** The world as the router is told of it. */
export function conditionsAt(context: ServerContext, now: number): Conditions {
  const time = new Date(now);
  const { state } = context.dispatcher;
  return {
    minuteOfDay: time.getHours() * 60 + time.getMinutes(),
    day: time.getDay(),
    model: context.model,
    latency: (target) => state.firstToken(target),
    rotation: state.turn,
    served: (turn) => state.served(turn),
  };
}

/** Reads a request and decides where it goes. Nothing is sent. @throws Refusal */
export async function readExchange(
  context: ServerContext,
  config: Config,
  dialect: Dialect,
  request: Request,
  caller: Caller,
  operation: RequestFacts["operation"],
): Promise<Exchange> {
  const { clock } = context.dispatcher;
  const time = clock.now();
  const arrived = clock.mono();
  const { bytes, json } = await readBody(request, config.proxy.maxBodyBytes);
  const headers = headerMap(request, caller);
  const started = clock.mono();
  const facts = dialect.inspect(json, headers, bytes.length, operation);
  const classification = classify(facts, config.router.words, rememberedPrompt);
  const classified = clock.mono();
  const spending = new Spending(context.budgets(), facts.client);
  const plan = route(facts, classification, config, {
    ...conditionsAt(context, time),
    redirect: (name) => spending.redirect(name),
  });
  const extraHeaders = spending.settle();
  const routed = clock.mono();
  return {
    id: requestId(),
    dialect,
    bytes,
    body: json,
    headers,
    query: queryOf(request),
    facts,
    classification,
    plan,
    config,
    signal: request.signal,
    time,
    started: arrived,
    clientKey: caller.key,
    classifyUs: (classified - started) * 1000,
    routeUs: (routed - classified) * 1000,
    extraHeaders,
    turn: plan.turn,
  };
}

/** Answers `POST /v1/messages`, `/v1/chat/completions` or `/v1/responses`. @throws Refusal */
export async function generate(
  context: ServerContext,
  config: Config,
  dialect: Dialect,
  request: Request,
  caller: Caller,
): Promise<Response> {
  const exchange = await readExchange(context, config, dialect, request, caller, "generate");
  const { state } = context.dispatcher;
  context.limits.enter(config.proxy, caller.key ?? "", state.inFlight.size, exchange.time);
  return await dispatch(exchange, context.dispatcher);
}
