import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Classification, Kind } from "../../src/classifier/classification.ts";
import type { Conditions } from "../../src/router/plan.ts";
import { model, plan, type Setting, tried } from "./world.ts";

const ROUTES: Setting["routes"] = {
  think: "openrouter,opus",
  plan_implementation: "openrouter,haiku",
  build: "openrouter,haiku",
  background: "groq,llama",
  default: "openrouter,haiku",
};
const PRICES: Readonly<Record<string, number>> = { opus: 5, haiku: 1, llama: 0.05 };
const priced: Conditions["model"] = (target) => {
  const input = PRICES[target.model];
  return input === undefined ? undefined : model(target, { price: { input, output: input * 5 } });
};

const weighed = (kind: Kind, next: Kind, lead: number): Partial<Classification> => {
  const scores = { think: 0, plan_implementation: 0, build: 0, background: 0, default: 0 };
  scores[kind] = 0.5 + lead / 2;
  scores[next] = 0.5 - lead / 2;
  return { kind, next, scores, why: `the model says → ${kind}` };
};
const planned = (
  words: Partial<Classification>,
  config: Setting = {},
  conditions: Partial<Conditions> = {},
) => plan({ words, config: { routes: ROUTES, ...config }, conditions: { model: priced, ...conditions } });

describe("a kind that leads by too little", () => {
  test("think is replaced by the next kind where that is cheaper, and the reason says so", () => {
    const { route, why } = planned(weighed("think", "build", 0.1));
    assert.equal(route, "build");
    assert.deepEqual(why.slice(1), [
      "the model says → think",
      "think leads by 0.10 only, and build is cheaper → build",
    ]);
  });

  test("think stays where it leads by more, the next is not cheaper, or a rule decided", () => {
    assert.equal(planned(weighed("think", "build", 0.31)).route, "think");
    const cheap = { ...ROUTES, think: "groq,llama" };
    assert.equal(planned(weighed("think", "build", 0.1), { routes: cheap }).route, "think");
    const same = { ...ROUTES, build: "openrouter,opus" };
    assert.equal(planned(weighed("think", "build", 0.1), { routes: same }).route, "think");
    assert.equal(planned({ kind: "think" }).route, "think");
  });

  test("another kind stays, whatever comes next", () => {
    assert.equal(planned(weighed("build", "background", 0.05)).route, "build");
    assert.equal(planned(weighed("build", "think", 0.05)).route, "build");
  });

  test("with as_decided it is as if it led", () => {
    assert.equal(planned(weighed("think", "build", 0.1), { whenUnsure: "as_decided" }).route, "think");
  });

  test("with a route's name that route takes all doubtful turns, and no others", () => {
    const { route, why } = planned(weighed("background", "build", 0.1), { whenUnsure: "default" });
    assert.equal(route, "default");
    assert.equal(why.at(-1), "background leads by 0.10 only → default");
    assert.equal(planned(weighed("background", "build", 0.3), { whenUnsure: "default" }).route, "background");
  });

  test("a second opinion comes before all of that, and is not looked at without a doubt", () => {
    const opinion = { kind: "background", by: "ollama,small" } as const;
    const { route, why, isDoubtful } = planned(weighed("think", "build", 0.1), {}, { opinion });
    assert.equal(route, "background");
    assert.equal(why.at(-1), "think leads by 0.10 only: ollama,small says background → background");
    assert.equal(isDoubtful, true);
    assert.equal(planned(weighed("think", "build", 0.5), {}, { opinion }).route, "think");
  });

  test("a plan says that it is doubtful only where the kind decided", () => {
    const words = weighed("think", "build", 0.1);
    assert.equal(planned(words).isDoubtful, true);
    assert.equal(planned(weighed("think", "build", 0.5)).isDoubtful, undefined);
    const asked = plan({ facts: { model: "think" }, words, config: { routes: ROUTES } });
    assert.equal(asked.isDoubtful, undefined);
  });
});

describe("a plan that is carried out", () => {
  const words = { kind: "build", carriesOutPlan: true, why: "carries out a plan → build" } as const;

  test("goes to build where that is set", () => assert.equal(planned(words).route, "build"));

  test("goes to plan_implementation where it is not, as the published rule has it", () => {
    const { build: _, ...routes } = ROUTES;
    const { route, why } = planned(words, { routes });
    assert.equal(route, "plan_implementation");
    assert.equal(why.at(-1), "it carries out a plan, and the route build is not set → plan_implementation");
    assert.equal(planned({ kind: "build" }, { routes }).route, "background");
  });
});

describe("a turn that is stuck", () => {
  const stuck = (kind: Kind, times = 3): Partial<Classification> => ({
    kind,
    stuck: { times, because: `the same call failed ${times} times in this turn` },
  });

  test("goes up to the next tier with another model, and says why", () => {
    const { route, why, targets } = planned(stuck("build"));
    assert.equal(route, "think");
    assert.equal(why.at(-1), "the same call failed 3 times in this turn: up from build → think");
    assert.equal(targets[0]!.model, "opus");
    assert.equal(planned(stuck("background")).route, "build");
    assert.equal(planned(stuck("default")).route, "think");
  });

  test("goes up by one tier only", () => {
    const routes = { ...ROUTES, plan_implementation: "openrouter,sonnet" };
    assert.equal(planned(stuck("build", 9), { routes }).route, "plan_implementation");
  });

  test("stays below the count, on the highest tier, and where it is off", () => {
    assert.equal(planned(stuck("build", 2)).route, "build");
    assert.equal(planned(stuck("think", 9)).route, "think");
    assert.equal(planned(stuck("build", 9), { escalate: { after: 0 } }).route, "build");
    const { think: _, ...routes } = ROUTES;
    assert.equal(planned(stuck("build", 9), { routes }).route, "build");
  });

  test("goes straight to the route that the configuration names", () => {
    assert.equal(planned(stuck("background"), { escalate: { after: 3, to: "think" } }).route, "think");
    assert.deepEqual(tried(planned(stuck("build", 2), { escalate: { after: 2, to: "default" } })), [
      "openrouter,haiku",
    ]);
  });

  test("is not moved where the request itself decides: a named model, a rule, an image", () => {
    const config = { routes: { ...ROUTES, image: "openai,sees" } };
    assert.equal(plan({ facts: { model: "build" }, words: stuck("build"), config }).route, "build");
    assert.equal(plan({ facts: { hasImages: true }, words: stuck("build"), config }).route, "image");
  });

  test("goes up from where a doubt has put it", () => {
    const words = { ...weighed("think", "build", 0.1), stuck: stuck("build").stuck };
    assert.equal(planned(words).route, "think");
  });
});
