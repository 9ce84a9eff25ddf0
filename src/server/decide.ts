/**
 * The one maker of a routing decision: for requests, for the `route` command, which sends nothing, and for the benchmark.
 */
import type { Classification } from "../classifier/classification.ts";
import { classify, type Judge } from "../classifier/classify.ts";
import type { Config } from "../config/config.ts";
import type { PricedCatalog } from "../config/priced-catalog.ts";
import type { RequestFacts } from "../model/request-facts.ts";
import { type Session, sessionName } from "../model/session.ts";
import type { Conditions, RoutePlan } from "../router/plan.ts";
import { route } from "../router/route.ts";
import { type Wishes, wishesIn, withoutMarks } from "../router/wishes.ts";
import type { Pin } from "../dispatch/pins.ts";
import { pinOf, wishedBy } from "./wished.ts";

/** What a decision depends on, other than the request and the configuration. */
export interface World
  extends Omit<Conditions, "minuteOfDay" | "day" | "latency" | "rotation" | "session" | "wished"> {
  /** What is remembered of a session, by its name. @default nothing is */
  readonly sessions?: (name: string) => Session | undefined;
  /** The pin of a session, by the client's own name of it. @default none is pinned */
  readonly pin?: (session: string | undefined) => Pin | undefined;
  /** @default nobody's speed is known */
  readonly latency?: Conditions["latency"];
  /** @default nothing was begun */
  readonly rotation?: Conditions["rotation"];
  /** Judges a prompt in its conversation. @default reads it, and remembers nothing */
  readonly judge?: Judge;
  /** Milliseconds that never go back, for the two durations. @default they are 0 */
  readonly mono?: () => number;
  /** `mono` when the request began to be read. @default now */
  readonly started?: number;
}

export interface Decided {
  /** The request's facts, without the marks of wishes. */
  readonly facts: RequestFacts;
  /** The user's texts that hold the mark of a wish, each with what is sent in its place; undefined: none does. */
  readonly sent?: Wishes["sent"];
  /** What the request pins its session to. */
  readonly pins?: Pin;
  readonly classification: Classification;
  readonly plan: RoutePlan;
  /** The name under which the session is remembered; undefined: the client names none. */
  readonly conversation?: string;
  /** Microseconds; reading the request's facts included. */
  readonly classifyUs: number;
  readonly routeUs: number;
}

const UNKNOWN = () => undefined;
const NONE = () => 0;

/** What the router needs to know. The local time is looked up where a rule has hours: few have. */
function conditionsOf(
  world: World,
  session: Session | undefined,
  wished: Conditions["wished"] | undefined,
): Conditions {
  const { now, latency = UNKNOWN, rotation = NONE } = world;
  return {
    now,
    get minuteOfDay() {
      const time = new Date(now);
      return time.getHours() * 60 + time.getMinutes();
    },
    get day() {
      return new Date(now).getDay();
    },
    model: world.model,
    sameModel: world.sameModel,
    rates: world.rates,
    latency,
    rotation,
    redirect: world.redirect,
    served: world.served,
    headers: world.headers,
    clientKey: world.clientKey,
    session,
    wished,
    opinion: world.opinion,
    continued: world.continued,
    script: world.script,
    thumbs: world.thumbs,
    chance: world.chance,
  };
}

/** Classifies and routes a request; rules with hours look at the local time. Nothing is sent, and nothing remembered. */
export function decide(asked: RequestFacts, config: Config, world: World): Decided {
  const { judge, sessions, pin, clientKey, mono = () => 0, started = mono() } = world;
  const wishes = wishesIn(asked, config);
  const facts = wishes === undefined ? asked : withoutMarks(asked, wishes);
  const classification = classify(facts, config.router.words, judge, world.continued);
  const classified = mono();
  const { housekeeping } = classification;
  const conversation = sessions === undefined ? undefined : sessionName(facts, { clientKey, housekeeping });
  const session = conversation === undefined ? undefined : sessions?.(conversation);
  const said = { facts, classification, wishes, headers: world.headers };
  const wished = wishedBy({ ...said, config, pin: pin?.(facts.session) });
  const pins = pinOf({ ...said, time: world.now, clientKey });
  const plan = route(facts, classification, config, conditionsOf(world, session, wished));
  const routed = mono();
  return {
    facts,
    ...(wishes === undefined ? {} : { sent: wishes.sent }),
    ...(pins === undefined ? {} : { pins }),
    classification,
    plan,
    ...(conversation === undefined ? {} : { conversation }),
    classifyUs: (classified - started) * 1000,
    routeUs: (routed - classified) * 1000,
  };
}

/** A decision for programs: what `route --json` prints, and the dashboard shows of a prompt that is tried. */
export function decisionJson({ facts, classification, plan }: Decided, catalog: PricedCatalog): unknown {
  return {
    route: plan.route,
    kind: classification.kind,
    next: classification.next ?? null,
    scores: classification.scores ?? null,
    weights: classification.weights ?? [],
    stuck: classification.stuck?.because ?? null,
    matched: classification.matched,
    language: classification.language ?? null,
    complexity: classification.complexity,
    housekeeping: classification.housekeeping ?? null,
    prompt: classification.prompt ?? null,
    client: facts.client,
    dialect: facts.dialect,
    model: facts.model,
    approx_tokens: facts.approxTokens,
    targets: plan.targets.map(({ provider, model, from, skip }) => {
      const price = catalog.find({ provider, model })?.price;
      return {
        provider,
        model,
        from,
        skip: skip ?? null,
        price: price === undefined ? null : { input: price.input, output: price.output },
      };
    }),
    why: plan.why,
  };
}
