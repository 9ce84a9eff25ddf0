import assert from "node:assert/strict";
import { test } from "node:test";
import type { CacheRules, ModelInfo, Rates } from "../../src/model/price.ts";
import type { Session } from "../../src/model/session.ts";
import type { Target } from "../../src/model/target.ts";
import type { Conditions } from "../../src/router/plan.ts";
import { model, plan, type Setting, tried } from "./world.ts";

const MINUTE = 60_000;
const NOW = 1_000_000_000;

const MARKED: CacheRules = { kind: "marked", lifeMs: 5 * MINUTE, leastTokens: 1024 };

/** Anthropic's shares of the input price. */
const anthropic = (input: number): Rates => ({
  input,
  output: input * 5,
  cacheRead: input / 10,
  cacheWrite: input * 1.25,
});

const RATES: Readonly<Record<string, Rates>> = {
  opus: anthropic(5),
  sonnet: anthropic(2),
  haiku: anthropic(1),
  cheap: { input: 0.1, output: 0.4 },
};

const info = (target: Target): ModelInfo => model(target, { cache: MARKED });

const sonnet: Target = { provider: "openrouter", model: "sonnet" };

/** A session that a target served a minute ago. */
const servedBy = (target: Target, set: Partial<Session> = {}): Session => ({
  prefixes: [{ target, tokens: 100_000, time: NOW - MINUTE }],
  context: 100_000,
  perEstimate: 1,
  time: NOW - MINUTE,
  kind: "build",
  route: "build",
  started: 0,
  requests: 9,
  turnRequests: 9,
  oneTarget: true,
  ...set,
});

const ROUTES: Setting["routes"] = {
  think: "openrouter,opus",
  build: "openrouter,sonnet",
  background: "openrouter,haiku",
  default: "groq,cheap",
};

interface Asked {
  readonly kind?: "think" | "build" | "background" | "default";
  readonly session?: Session;
  readonly setting?: Setting;
  readonly conditions?: Partial<Conditions>;
  readonly continuesTurn?: boolean;
  readonly model?: string;
  readonly tokens?: number;
}

const planOf = ({ kind = "background", session, setting, conditions, continuesTurn, ...facts }: Asked) =>
  plan({
    facts: { approxTokens: facts.tokens ?? 101_000, model: facts.model ?? "auto" },
    words: { kind, continuesTurn: continuesTurn === true },
    config: { routes: ROUTES, longContextThreshold: undefined, ...setting },
    conditions: {
      now: NOW,
      model: info,
      rates: (target) => RATES[target.model],
      ...(session === undefined ? {} : { session }),
      ...conditions,
    },
  });

const firstOf = (asked: Asked) => tried(planOf(asked))[0];

test("a session stays where leaving costs more, and the reason has the sum", () => {
  const planned = planOf({ session: servedBy(sonnet) });
  assert.deepEqual(tried(planned), ["openrouter,sonnet", "openrouter,haiku"]);
  assert.equal(
    planned.why.at(-1),
    "stays on sonnet: about $0.29 against $0.32 at haiku, whose cache is cold",
  );
  assert.equal(planned.targets[0]?.from, "kept");
});

test("a session leaves for a model at a tenth of the price", () => {
  assert.equal(firstOf({ kind: "default", session: servedBy(sonnet) }), "groq,cheap");
});

test("a session leaves where the cheaper model's cache is warm too", () => {
  const haiku = { target: { ...sonnet, model: "haiku" }, tokens: 90_000, time: NOW - 2 * MINUTE };
  const [last] = servedBy(sonnet).prefixes;
  assert.equal(firstOf({ session: servedBy(sonnet, { prefixes: [last, haiku] }) }), "openrouter,haiku");
});

test("a session leaves where its own cache is cold", () => {
  const [last] = servedBy(sonnet).prefixes;
  const cold = servedBy(sonnet, { prefixes: [{ ...last, time: NOW - 6 * MINUTE }] });
  assert.equal(firstOf({ session: cold }), "openrouter,haiku");
  assert.equal(firstOf({ session: servedBy(sonnet), tokens: 50_000 }), "openrouter,haiku"); // compacted
});

test("a session leaves where its client marked nothing, so that nothing was kept", () => {
  const [last] = servedBy(sonnet).prefixes;
  const unmarked = servedBy(sonnet, { prefixes: [{ ...last, marked: 0 }] });
  assert.equal(firstOf({ session: unmarked }), "openrouter,haiku");
});

test("a session goes up at once", () => {
  assert.equal(firstOf({ kind: "think", session: servedBy(sonnet) }), "openrouter,opus");
});

test("a turn keeps its model to its end", () => {
  const opus = { ...sonnet, model: "opus" };
  assert.equal(firstOf({ kind: "build", session: servedBy(opus), continuesTurn: true }), "openrouter,opus");
});

test("with never, a session goes where each turn is routed", () => {
  assert.equal(
    firstOf({ session: servedBy(sonnet), setting: { sticky: "never" } }),
    "openrouter,haiku",
  );
});

test("with session, a session never goes down, warm or cold", () => {
  const [last] = servedBy(sonnet).prefixes;
  const cold = servedBy(sonnet, { prefixes: [{ ...last, time: NOW - 60 * MINUTE }] });
  assert.equal(
    firstOf({ kind: "default", session: cold, setting: { sticky: "session" } }),
    "openrouter,sonnet",
  );
});

test("without a session or a known price, a turn goes where it is routed", () => {
  assert.equal(firstOf({}), "openrouter,haiku");
  assert.equal(
    firstOf({ session: servedBy(sonnet), conditions: { rates: () => undefined } }),
    "openrouter,haiku",
  );
});

test("a named model, a spent budget and a model that cannot take the request are not overridden", () => {
  const session = servedBy(sonnet);
  assert.equal(firstOf({ session, model: "openrouter,haiku" }), "openrouter,haiku");
  assert.equal(firstOf({ session, model: "route:background" }), "openrouter,haiku");
  const redirect: Conditions["redirect"] = () => ({
    route: "budget:b",
    to: { kind: "route", name: "background" },
    why: "spent",
  });
  assert.equal(firstOf({ kind: "build", session, conditions: { redirect } }), "openrouter,haiku");
  const small = (target: Target) => ({ ...info(target), context: target.model === "sonnet" ? 100_000 : 0 });
  assert.equal(firstOf({ session, conditions: { model: small } }), "openrouter,haiku");
});

test("a fallback keeps the session that it served until it is cheaper to return", () => {
  const setting = { routes: { default: "groq,haiku | openrouter,haiku" } };
  const session = servedBy({ provider: "openrouter", model: "haiku" });
  const planned = planOf({ kind: "default", session, setting });
  assert.deepEqual(tried(planned), ["openrouter,haiku", "groq,haiku"]);
  const [last] = session.prefixes;
  const cold = { ...session, prefixes: [{ ...last, time: NOW - 6 * MINUTE }] as const };
  assert.equal(firstOf({ kind: "default", session: cold, setting }), "groq,haiku");
});

test("a fallback that costs less than the first target gives the session back at once", () => {
  const setting = { routes: { default: "groq,opus | openrouter,haiku" } };
  const session = servedBy({ provider: "openrouter", model: "haiku" });
  assert.equal(firstOf({ kind: "default", session, setting }), "groq,opus");
});
