/** Replays traces in virtual time through the router, the accounting and the ledger, with every provider's cache modelled. */
import type { Classification } from "../../src/classifier/classification.ts";
import type { Config } from "../../src/config/config.ts";
import type { PricedCatalog } from "../../src/config/priced-catalog.ts";
import type { Exchange } from "../../src/dispatch/exchange.ts";
import { RequestRecord } from "../../src/dispatch/record.ts";
import { Sessions } from "../../src/dispatch/sessions.ts";
import { dialects } from "../../src/dialects/registry.ts";
import type { RequestEnd } from "../../src/model/request-end.ts";
import type { RequestFacts } from "../../src/model/request-facts.ts";
import { type Session, sessionName } from "../../src/model/session.ts";
import type { Target } from "../../src/model/target.ts";
import type { RoutePlan } from "../../src/router/plan.ts";
import { route } from "../../src/router/route.ts";
import { type Entry, nameOf, served } from "./caches.ts";
import type { TracedRequest, TracedSession } from "./traces.ts";

/** What sessions are replayed with. */
export interface World {
  readonly config: Config;
  readonly catalog: PricedCatalog;
}

/** When every session begins: a Monday at noon. Epoch milliseconds, UTC. */
const START = Date.UTC(2026, 0, 5, 12);

/** A session of the traces as requests that the router takes. */
export class Asked {
  readonly session: TracedSession;
  readonly #system: readonly string[];

  constructor(session: TracedSession) {
    this.session = session;
    this.#system = [" ".repeat(Math.min(session.system * 4, 8_000_000))];
  }

  facts({ context }: TracedRequest): RequestFacts {
    const { id, agent } = this.session;
    return {
      dialect: "anthropic-messages",
      operation: "generate",
      model: "auto",
      stream: true,
      system: this.#system,
      messages: [],
      hasImages: false,
      hasDocuments: false,
      toolCount: 20,
      toolNames: [],
      serverTools: [],
      outputKeys: [],
      approxTokens: context,
      client: agent,
      session: id,
      hints: {},
    };
  }
}

/** The classification of a request whose kind is known. */
function classified({ kind, opensTurn }: TracedRequest): Classification {
  return {
    kind,
    matched: [],
    complexity: 0.5,
    isHousekeeping: false,
    isSubagent: false,
    continuesTurn: !opensTurn,
    why: `labelled → ${kind}`,
  };
}

/** What the router plans for a request. */
export function planned(
  { config, catalog }: World,
  asked: Asked,
  request: TracedRequest,
  session: Session | undefined,
): RoutePlan {
  const now = START + request.at;
  const time = new Date(now);
  return route(asked.facts(request), classified(request), config, {
    now,
    minuteOfDay: time.getUTCHours() * 60 + time.getUTCMinutes(),
    day: time.getUTCDay(),
    model: catalog.find,
    rates: (target, context) => catalog.rates(target, context, now),
    latency: () => undefined,
    rotation: () => 0,
    ...(session === undefined ? {} : { session }),
  });
}

/** The first target of a plan that would be tried; undefined: there is none. */
export function firstOf({ targets }: RoutePlan): Target | undefined {
  const first = targets.find(({ skip }) => skip === undefined);
  return first === undefined ? undefined : { provider: first.provider, model: first.model };
}

/** Dollars for a session at one target from its beginning to its end. */
export function costAt({ catalog }: World, target: Target, { requests, system }: TracedSession): number {
  let entry: Entry | undefined;
  let cost = 0;
  for (const request of requests) {
    const now = served(catalog, target, entry, { request, system });
    entry = now.entry;
    cost += catalog.cost(target, now.usage, START + request.at)?.total ?? 0;
  }
  return cost;
}

/** Replays one session; each request that some target took, as the ledger gets it. */
export function replay(world: World, session: TracedSession): RequestEnd[] {
  const asked = new Asked(session);
  const caches = new Map<string, Entry>();
  const sessions = new Sessions();
  const ends: RequestEnd[] = [];
  for (const request of session.requests) {
    const facts = asked.facts(request);
    const conversation = sessionName(facts, {});
    const remembered = sessions.of(conversation);
    const plan = planned(world, asked, request, remembered);
    const target = firstOf(plan);
    if (target === undefined) continue;
    const { usage, entry } = served(world.catalog, target, caches.get(nameOf(target)), {
      request,
      system: session.system,
    });
    if (entry !== undefined) caches.set(nameOf(target), entry);
    const record = new RequestRecord(exchangeOf(world, { facts, plan, request, conversation }));
    record.attempted({ target, dialect: facts.dialect, started: 0, ended: 0, status: 200 });
    const end = record.end({ status: 200, usage }, 0, remembered);
    sessions.add(end);
    ends.push(end);
  }
  return ends;
}

function exchangeOf(
  { config, catalog }: World,
  { facts, plan, request, conversation }: {
    readonly facts: RequestFacts;
    readonly plan: RoutePlan;
    readonly request: TracedRequest;
    readonly conversation: string | undefined;
  },
): Exchange {
  return {
    id: `${facts.session} ${request.at}`,
    dialect: dialects["anthropic-messages"]!,
    bytes: new Uint8Array(),
    body: {},
    headers: {},
    query: "",
    facts,
    classification: classified(request),
    plan,
    config,
    catalog,
    signal: NEVER,
    time: START + request.at,
    started: 0,
    ...(conversation === undefined ? {} : { conversation }),
    classifyUs: 0,
    routeUs: 0,
  };
}

const NEVER = new AbortController().signal;

/** Dollars for requests at a target by the price of their tokens alone, with the caches of those that served them. */
export function sameTokens({ catalog }: World, target: Target, ends: readonly RequestEnd[]): number {
  let sum = 0;
  for (const { usage, time } of ends) if (usage) sum += catalog.cost(target, usage, time)?.total ?? 0;
  return sum;
}

/** Dollars for a session at a target with its input as it was billed; undefined: its provider had no cache of this kind. */
export function billedAt(
  { catalog }: World,
  target: Target,
  { requests }: TracedSession,
): number | undefined {
  const isMarked = requests.some(({ billed }) => billed.cacheWrite > 0);
  if (isMarked !== (catalog.find(target)?.cache?.kind === "marked")) return undefined;
  let sum = 0;
  for (const { billed: { fresh: input, cacheRead, cacheWrite }, output, at } of requests) {
    const usage = { input, cacheRead, cacheWrite, output, reasoning: 0 };
    sum += catalog.cost(target, usage, START + at)?.total ?? 0;
  }
  return sum;
}

/** Dollars for a request at a target. */
export function requestCost(
  { catalog }: World,
  target: Target,
  entry: Entry | undefined,
  of: { readonly request: TracedRequest; readonly system: number },
): { readonly cost: number; readonly entry: Entry | undefined } {
  const now = served(catalog, target, entry, of);
  return { cost: catalog.cost(target, now.usage, START + of.request.at)?.total ?? 0, entry: now.entry };
}
