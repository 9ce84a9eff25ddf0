/** What a configuration does with the requests that coding agents send: warnings for `check`, `doctor` and the banner. */
import type { Config, ConfigWarning } from "../config/config.ts";
import type { PricedCatalog } from "../config/priced-catalog.ts";
import type { RequestFacts } from "../model/request-facts.ts";
import type { RouteName, Target } from "../model/target.ts";
import { lacking } from "./fit.ts";
import type { Conditions } from "./plan.ts";
import { route } from "./route.ts";
import { count } from "../text/format.ts";

/** The median size of an agent's request, in tokens. */
const USUAL_TOKENS = 100_000;

/**
 * The share of agents' requests that is longer, in percent: measured in 498 sessions with 36,539 requests of Claude Code,
 * Codex, OpenCode and Pi.
 */
const LONGER: readonly (readonly [tokens: number, percent: number])[] = [
  [43_000, 90],
  [60_000, 80],
  [100_000, 50],
  [131_000, 28],
  [172_000, 10],
  [200_000, 6],
];

/** The key under [router] that sends long requests elsewhere. */
export const THRESHOLD = "long_context_threshold";

/** The routes of an agent's work. Housekeeping has requests as long: it summarises conversations. */
const WORKING: readonly RouteName[] = ["think", "plan_implementation", "build", "background", "default"];

/** A request of an agent's loop, in the middle of a session. */
const USUAL: RequestFacts = {
  dialect: "",
  operation: "generate",
  model: "",
  stream: true,
  system: [],
  messages: [],
  hasImages: false,
  hasDocuments: false,
  toolCount: 20,
  toolNames: [],
  serverTools: [],
  outputKeys: [],
  approxTokens: USUAL_TOKENS,
  maxOutputTokens: 32_000,
  client: "unknown",
  hints: {},
};

/** What is worth knowing before an agent uses the configuration; empty: nothing. */
export function agentWarnings(config: Config, catalog: PricedCatalog): ConfigWarning[] {
  const conditions: Conditions = {
    now: 0,
    minuteOfDay: 0,
    day: 0,
    model: catalog.find,
    latency: () => undefined,
    rotation: () => 0,
  };
  return [
    ...WORKING.flatMap((name) => unableFirst(name, config, conditions) ?? []),
    ...thresholdWarning(config),
  ];
}

/** A warning where the first target of a route that is set cannot take an agent's usual request. */
function unableFirst(name: RouteName, config: Config, conditions: Conditions): ConfigWarning | undefined {
  if (config.router.routes[name] === undefined) return undefined;
  const nothingSaid = {
    kind: "default",
    matched: [],
    complexity: 0,
    isHousekeeping: false,
    isSubagent: false,
    continuesTurn: false,
    why: "",
  } as const;
  const { targets } = route({ ...USUAL, model: `route:${name}` }, nothingSaid, config, conditions);
  const first = targets.find((target) => target.from === "chain" && !isKeyless(target, config));
  const lacks = first === undefined ? undefined : lacking(first, USUAL, conditions);
  if (first === undefined || lacks === undefined) return undefined;
  const instead = targets.find(({ skip }) => skip === undefined);
  return {
    key: `router.${name}`,
    message: `${first.provider},${first.model} cannot take an agent's usual request (${
      count(USUAL_TOKENS)
    } tokens, with tools): ${lacks.startsWith("has ") ? "it" : "its"} ${lacks}. ${
      instead === undefined
        ? "No other target can either: such requests fail."
        : `${instead.provider},${instead.model} takes it instead.`
    }`,
  };
}

const isKeyless = ({ provider }: Target, config: Config): boolean =>
  config.providers.get(provider)?.problem !== undefined;

/** A warning where a threshold sends a large part of all requests to `long_context`, whatever they are for. */
function thresholdWarning({ router: { routes, longContextThreshold: threshold } }: Config): ConfigWarning[] {
  if (routes.long_context === undefined || threshold === undefined) return [];
  const percent = percentLonger(threshold);
  if (percent < 10) return [];
  return [{
    key: `router.${THRESHOLD}`,
    message:
      `${percent} % of agents' requests are longer than ${
        count(threshold)
      } tokens: they go to long_context, whatever they are for. ` +
      "Without this key, only what no other route's window takes does.",
  }];
}

/** The share of agents' requests that is longer, in whole percent; between the measured sizes by linear interpolation. */
function percentLonger(tokens: number): number {
  let [from, above] = [0, 100];
  for (const [to, percent] of LONGER) {
    if (tokens <= to) return Math.round(above - (above - percent) * (tokens - from) / (to - from));
    [from, above] = [to, percent];
  }
  return above;
}
