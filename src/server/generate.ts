/** The generating endpoints: read, classify, route, dispatch. */
import type { Config } from "../config/config.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { HeaderMap, RequestFacts } from "../model/request-facts.ts";
import { dispatch } from "../dispatch/dispatch.ts";
import type { Exchange } from "../dispatch/exchange.ts";
import type { Caller } from "./auth.ts";
import { readBody } from "./body.ts";
import type { ServerContext } from "./context.ts";
import { decide } from "./decide.ts";
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
  const catalog = context.catalogOf(config);
  const spending = new Spending(context.budgets(), facts.client);
  const { state } = context.dispatcher;
  const decided = decide(facts, config, {
    now: time,
    mono: () => clock.mono(),
    started,
    ofPrompt: rememberedPrompt,
    model: catalog.find,
    latency: (target) => state.firstToken(target),
    rotation: state.turn,
    served: (turn) => state.served(turn),
    redirect: (name) => spending.redirect(name),
  });
  const extraHeaders = spending.settle();
  return {
    id: requestId(),
    dialect,
    bytes,
    body: json,
    headers,
    query: queryOf(request),
    facts,
    ...decided,
    config,
    catalog,
    signal: request.signal,
    time,
    started: arrived,
    clientKey: caller.key,
    extraHeaders,
    turn: decided.plan.turn,
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
