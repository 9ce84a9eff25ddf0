/** A small world for tests of the router: a configuration written in a line, conditions, a classification. */
import type { ModelInfo } from "../../src/model/price.ts";
import type { Classification } from "../../src/classifier/classification.ts";
import type { Chain, Target } from "../../src/model/target.ts";
import type { Config, Provider, RouterConfig, Rule } from "../../src/config/config.ts";
import type { RequestFacts } from "../../src/model/request-facts.ts";
import type { Conditions, RoutePlan } from "../../src/router/plan.ts";
import { route } from "../../src/router/route.ts";
import { requestFacts } from "../support/request-facts.ts";

/** `"a,x | b,y"` as targets. */
export const chain = (text: string): Chain =>
  text.split("|").map((part) => {
    const [provider, ...model] = part.trim().split(",");
    return { provider: provider!, model: model.join(",") };
  });

export const provider = (name: string, set: Partial<Provider> = {}): Provider => ({
  name,
  origin: "builtin",
  baseUrl: `http://${name}.test/v1`,
  endpoints: { "openai-chat": `http://${name}.test/v1/chat/completions` },
  dialects: ["openai-chat"],
  apiKeys: ["key"],
  passthrough: false,
  headers: {},
  auth: "bearer",
  models: [],
  quirks: [],
  rulesOf: name,
  catalogId: name,
  local: false,
  maxQueue: 0,
  timeouts: { connect: 1, firstToken: 1, idle: 1, total: 1 },
  ...set,
});

/** Providers of every test: `openrouter`, `groq`, `anthropic`, `openai` and `ollama`. */
const PROVIDERS = ["openrouter", "groq", "anthropic", "openai", "ollama"].map((name) => provider(name));

export interface Setting extends Partial<Omit<RouterConfig, "routes" | "fallback">> {
  /** Routes by name, each a chain in a line. */
  readonly routes?: Partial<Record<keyof RouterConfig["routes"], string>>;
  readonly fallback?: string;
  readonly providers?: readonly Provider[];
}

export function configOf(setting: Setting = {}): Config {
  const { routes = {}, fallback, providers = [], ...router } = setting;
  const all = [...PROVIDERS, ...providers];
  const part: Pick<Config, "router" | "providers"> = {
    providers: new Map(all.map((one) => [one.name, one])),
    router: {
      routes: Object.fromEntries(Object.entries(routes).map(([name, text]) => [name, chain(text)])),
      longContextThreshold: 60_000,
      fallback: fallback === undefined ? [] : chain(fallback),
      whenUnsure: "cheaper",
      escalate: { after: 3 },
      strategy: "fill_first",
      keepWarm: 0,
      sticky: "cost",
      simpleBelow: 0.12,
      wishes: true,
      byName: new Map(),
      rules: [],
      mappings: [],
      exclusions: [],
      words: { plan: [], implementation: [], think: [], background: [], negation: [] },
      ...router,
    },
  };
  return part as Config;
}

export const classified = (set: Partial<Classification> = {}): Classification => ({
  kind: "default",
  matched: [],
  prompt: "hello",
  complexity: 0.3,
  isHousekeeping: false,
  isSubagent: false,
  continuesTurn: false,
  why: `the words say → ${set.kind ?? "default"}`,
  ...set,
});

export const conditionsOf = (set: Partial<Conditions> = {}): Conditions => ({
  now: 0,
  minuteOfDay: 12 * 60,
  day: 3,
  model: () => undefined,
  latency: () => undefined,
  rotation: () => 0,
  ...set,
});

export const rule = (name: string, when: Rule["when"], to: string): Rule => ({
  name,
  when,
  route: to === "auto"
    ? { kind: "auto" }
    : to.includes(",")
    ? { kind: "chain", chain: chain(to) }
    : { kind: "route", name: to },
});

/** What is known of a model; what matters to the test goes in `set`. */
export const model = (target: Target, set: Partial<ModelInfo> = {}): ModelInfo => ({
  ...target,
  context: 0,
  maxOutput: 0,
  tools: true,
  image: true,
  reasoning: false,
  ...set,
});

export interface Asked {
  readonly facts?: Partial<RequestFacts>;
  readonly words?: Partial<Classification>;
  readonly config?: Setting;
  readonly conditions?: Partial<Conditions>;
}

export const plan = ({ facts, words, config, conditions }: Asked): RoutePlan =>
  route(requestFacts(facts), classified(words), configOf(config), conditionsOf(conditions));

/** The targets that would be tried, in a line each. */
export const tried = (planned: RoutePlan): string[] =>
  planned.targets.filter((t) => t.skip === undefined).map((t) => `${t.provider},${t.model}`);

/** The reasons of those that would not, by target. */
export const skipped = (planned: RoutePlan): Record<string, string> =>
  Object.fromEntries(
    planned.targets.filter((t) => t.skip !== undefined).map((t) => [`${t.provider},${t.model}`, t.skip!]),
  );
