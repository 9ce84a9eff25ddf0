/** From a request to its answer: read, classify, route, dispatch. */
import type { Config } from "../config/config.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { HeaderMap, RequestFacts } from "../model/request-facts.ts";
import { dispatch, type OwnRefusal, refuseRouted } from "../dispatch/dispatch.ts";
import type { Exchange } from "../dispatch/exchange.ts";
import { hopsOf } from "../dispatch/headers.ts";
import { type Caller, holdsKey } from "./auth.ts";
import { type Body, readBody } from "./body.ts";
import type { ServerContext } from "./context.ts";
import type { Place } from "./limits.ts";
import { decide, type Decided, type World } from "./decide.ts";
import { withChanges } from "../json/with-changes.ts";
import { eachHeader } from "../runtime/header-record.ts";
import { checkHeaders } from "./wished.ts";
import type { RoutePlan } from "../router/plan.ts";
import { SCRIPT } from "../router/script.ts";
import { rememberedJudge } from "./prompt-memory.ts";
import { Refusal, requestId } from "./errors.ts";
import { count } from "../text/format.ts";
import { BudgetGate } from "./budget-gate.ts";
import { withinKey } from "./key-models.ts";

/** The most characters of a model's name that are kept: statistics, cooldowns and the ledger outlive the request. */
const LONGEST_MODEL = 300;

/** The most proxies that a request may have passed before this one: more are a circle. */
const MOST_HOPS = 5;

/** A request's headers as a plain map, without those that hold a key of the proxy. */
function headerMap(request: Request, config: Config): HeaderMap {
  const map: Record<string, string> = {};
  eachHeader(request.headers, (value, name) => {
    if (!holdsKey(config, value)) map[name] = value;
  });
  return map;
}

/** A request's query with its question mark, without a key of the proxy; "" where it has none. */
function queryOf({ url }: Request, config: Config): string {
  const start = url.indexOf("?");
  if (start === -1) return "";
  const all = [...new URLSearchParams(url.slice(start))];
  const kept = all.filter(([, value]) => !holdsKey(config, value));
  if (kept.length === all.length) return url.slice(start);
  return kept.length === 0 ? "" : `?${new URLSearchParams(kept)}`;
}

/** A request that came in at one of a dialect's endpoints. */
export interface Arrival {
  readonly request: Request;
  readonly dialect: Dialect;
  readonly operation: RequestFacts["operation"];
  readonly config: Config;
  readonly caller: Caller;
}

/** Answers a request to generate, to count tokens or to shorten a history. @throws Refusal */
export async function answer(context: ServerContext, arrival: Arrival): Promise<Response> {
  const { config, caller, operation } = arrival;
  const { state, clock } = context.dispatch;
  const place = context.limits.enter(config.proxy, {
    key: caller.key ?? "",
    inFlight: state.inFlight.size,
    now: clock.now(),
    counts: operation !== "count_tokens",
    named: caller.named,
  });
  let read: Read;
  try {
    read = await readExchange(context, arrival, place);
  } catch (error) {
    place.leave();
    throw error;
  }
  place.read();
  const { exchange, refusal } = read;
  if (refusal !== undefined) return refuseRouted(exchange, context.dispatch, refusal);
  return await dispatch(exchange, context.dispatch);
}

/** A request that was read; `refusal`: a budget does not let it go on. */
interface Read {
  readonly exchange: Exchange;
  readonly refusal?: OwnRefusal;
}

/** The refusal of a rule of the user's; undefined: none refuses. */
function refusalOf({ refuse, rules = [] }: RoutePlan): OwnRefusal | undefined {
  if (refuse === undefined) return undefined;
  const by = rules.at(-1) === SCRIPT ? "the script" : `rule ${JSON.stringify(rules.at(-1))}`;
  return {
    error: {
      status: 403,
      class: "bad_request",
      code: "refused_by_rule",
      message: `terraphim-llm-proxy: ${refuse} (${by})`,
    },
    failure: "refused_by_rule",
  };
}

/** A body without the marks of wishes, which no provider sees; byte for byte as it came otherwise. */
function withoutWishes(
  { bytes, json: body }: Body,
  dialect: Dialect,
  sent: Decided["sent"],
): Pick<Exchange, "bytes" | "body"> {
  if (sent === undefined) return { bytes, body };
  const after = dialect.request.withUserTexts(body, (text) => sent.get(text) ?? text);
  return { bytes: withChanges(bytes, body, after), body: after };
}

/** What the proxy remembers that decides with a request. */
function remembered(
  { dispatch: { state, clock }, learning }: ServerContext,
  { continues }: RequestFacts,
  { key }: Caller,
): Partial<World> {
  return {
    mono: () => clock.mono(),
    judge: rememberedJudge,
    ...learning()?.worldOf(key),
    latency: (target) => state.firstToken(target),
    rotation: (chain) => state.rotation(chain),
    served: (turn) => state.served(turn),
    ...(continues === undefined ? {} : { continued: state.continued(continues) }),
    sessions: (name) => state.sessions.of(name),
    pin: (session) => state.pins.of(session, key),
    clientKey: key,
  };
}

/** @throws Refusal (400) */
function refuseLongModel({ length }: string): void {
  if (length <= LONGEST_MODEL) return;
  throw new Refusal(
    400,
    `The model's name has ${count(length)} characters; at most ${LONGEST_MODEL} are allowed.`,
  );
}

/** What was decided, and the part of it that the caller may have. */
interface Permission {
  readonly decided: Decided;
  readonly plan: RoutePlan;
  /** A budget, a rule or the key does not let the request go on. */
  readonly refusal: OwnRefusal | undefined;
}

/** What a decision is made with. */
interface Deciding {
  /** The request's. */
  readonly id: string;
  readonly world: World;
  readonly gate: BudgetGate;
  readonly catalog: Exchange["catalog"];
}

/** Decides where a request goes. Where that is in doubt a second opinion counts, unless the request is refused anyway. */
async function permittedFor(
  { opinions }: ServerContext,
  { config, caller, operation }: Arrival,
  asked: RequestFacts,
  { id, world, gate, catalog }: Deciding,
): Promise<Permission> {
  const permitted = (decided: Decided): Permission => {
    const { plan, refusal: forbidden } = withinKey(decided.plan, caller.named);
    return { decided, plan, refusal: gate.refusal() ?? refusalOf(plan) ?? forbidden };
  };
  const first = permitted(decide(asked, config, world));
  const { decided: { facts, classification, plan: { isDoubtful } }, refusal } = first;
  // Nothing may come between a check of a budget and what is kept of it: another request would be let in for the same money.
  const kept = (permission: Permission): Permission => {
    const { plan, refusal } = permission;
    if (refusal === undefined && operation !== "count_tokens") {
      gate.reserve(id, plan.route, () => expectedCost(plan, facts, catalog));
    }
    return permission;
  };
  if (isDoubtful !== true || config.router.judge === undefined || refusal !== undefined) return kept(first);
  const opinion = await opinions.of({ facts, classification, config, catalog, clientKey: caller.key });
  return kept(permitted(decide(asked, config, opinion === undefined ? world : { ...world, opinion })));
}

/** Tokens that an answer is expected to have; less where the client allows less. */
const USUAL_OUTPUT = 1000;

/** Dollars that a request is expected to cost at its first target, without a cache; 0: no known price. */
function expectedCost(
  { targets }: RoutePlan,
  { approxTokens, maxOutputTokens = USUAL_OUTPUT }: RequestFacts,
  catalog: Exchange["catalog"],
): number {
  const target = targets.find(({ skip }) => skip === undefined);
  if (target === undefined) return 0;
  const output = Math.min(maxOutputTokens, USUAL_OUTPUT);
  return catalog.cost(target, { input: approxTokens, cacheRead: 0, cacheWrite: 0, output, reasoning: 0 })
    ?.total ?? 0;
}

/** Reads a request and decides where it goes. No target is tried. @throws Refusal */
async function readExchange(
  context: ServerContext,
  arrival: Arrival,
  place: Place,
): Promise<Read> {
  const { request, dialect, operation, config, caller } = arrival;
  const { clock, state } = context.dispatch;
  const time = clock.now();
  const arrived = clock.mono();
  const read = await readBody(request, { most: config.proxy.maxBodyBytes, room: place });
  const headers = headerMap(request, config);
  if (hopsOf(headers) >= MOST_HOPS) {
    throw new Refusal(
      508,
      `This request has passed ${MOST_HOPS} proxies: an api_base_url leads back to the proxy itself.`,
    );
  }
  const started = clock.mono();
  const facts = dialect.inspect(read.json, headers, read.size, operation);
  refuseLongModel(facts.model);
  checkHeaders(headers, facts, config);
  const catalog = context.catalogOf(config);
  const spender = { client: facts.client, key: caller.key, team: caller.named?.team };
  const gate = new BudgetGate(context.budgets(), spender);
  const { script } = config.router;
  const world: World = {
    ...(script === undefined ? {} : { script: await context.scripts.of(script) }),
    ...remembered(context, facts, caller),
    now: time,
    started,
    model: catalog.find,
    sameModel: catalog.sameModel,
    rates: (target, tokens) => catalog.rates(target, tokens, time),
    headers,
    redirect: (name) => gate.redirect(name),
  };
  const id = requestId();
  const deciding = { id, catalog, gate, world };
  const { decided, plan, refusal } = await permittedFor(context, arrival, facts, deciding);
  const { pins, sent } = decided;
  if (pins !== undefined && refusal === undefined) state.pins.set(pins);
  const { bytes, body } = withoutWishes(read, dialect, sent);
  const exchange: Exchange = {
    id,
    dialect,
    bytes,
    body,
    headers,
    query: queryOf(request, config),
    facts: decided.facts,
    classification: decided.classification,
    conversation: decided.conversation,
    classifyUs: decided.classifyUs,
    routeUs: decided.routeUs,
    plan,
    config,
    catalog,
    signal: request.signal,
    time,
    started: arrived,
    clientKey: caller.key,
    over: () => place.leave(),
    extraHeaders: gate.warning(),
  };
  context.learning()?.decided(exchange, pins);
  return { exchange, ...(refusal === undefined ? {} : { refusal }) };
}
