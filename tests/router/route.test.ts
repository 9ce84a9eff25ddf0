import { globPattern } from "../../src/text/match.ts";
import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { ROUTE_NAMES, type RouteName } from "../../src/model/target.ts";
import type { Strategy } from "../../src/config/config.ts";
import type { Conditions } from "../../src/router/plan.ts";
import { chain, model, plan, provider, type Setting, skipped, tried } from "./world.ts";

/** The product's own example: no default, no build, no block for Groq. */
const EXAMPLE: Setting["routes"] = {
  think: "openrouter,anthropic/claude-3-opus",
  plan_implementation: "openrouter,anthropic/claude-3.5-haiku",
  background: "groq,llama-3.1-8b-instant",
};

for (
  const [kind, route, target] of [
    ["think", "think", "openrouter,anthropic/claude-3-opus"],
    ["plan_implementation", "plan_implementation", "openrouter,anthropic/claude-3.5-haiku"],
    ["build", "background", "groq,llama-3.1-8b-instant"],
    ["background", "background", "groq,llama-3.1-8b-instant"],
    ["default", "plan_implementation", "openrouter,anthropic/claude-3.5-haiku"],
  ] as const
) {
  test(`with the product's own example, ${kind} goes to ${target}`, () => {
    const planned = plan({ facts: { model: "gpt-4" }, words: { kind }, config: { routes: EXAMPLE } });
    assert.equal(planned.route, route);
    assert.deepEqual(tried(planned), [target]);
  });
}

/** [what is asked for, the routes that are set, the one that takes it]. */
const HAND_ON: readonly [RouteName, RouteName[], RouteName | undefined][] = [
  ["plan_implementation", ["build", "background", "default", "think"], "build"],
  ["plan_implementation", ["background", "default", "think"], "background"],
  ["plan_implementation", ["default", "think"], "default"],
  ["plan_implementation", ["think"], "think"],
  ["build", ["background", "default", "plan_implementation"], "background"],
  ["build", ["default", "plan_implementation"], "default"],
  ["build", ["plan_implementation", "think"], "plan_implementation"],
  ["background", ["default", "build", "think"], "default"],
  ["background", ["build", "think"], "think"],
  ["think", ["default", "plan_implementation"], "default"],
  ["think", ["plan_implementation", "background"], "plan_implementation"],
  ["think", ["background", "build"], "background"],
  ["long_context", ["default", "image"], "default"],
  ["image", ["think", "background"], "background"],
  ["web_search", ["think"], "think"],
  ["default", ["plan_implementation", "background", "think"], "plan_implementation"],
  ["default", ["background", "think"], "background"],
  ["default", ["think", "build"], "think"],
  ["default", ["build"], "build"],
  ["default", ["image", "web_search", "long_context"], undefined],
];

for (const [asked, set, takes] of HAND_ON) {
  test(`unset ${asked} with ${set.join(", ")} set goes to ${takes ?? "nobody"}`, () => {
    const routes = Object.fromEntries(set.map((name) => [name, `groq,${name}`]));
    const planned = plan({ facts: { model: asked }, config: { routes } });
    assert.deepEqual(tried(planned), takes === undefined ? [] : [`groq,${takes}`]);
    assert.equal(planned.route, takes ?? asked);
    if (takes !== undefined) {
      assert.equal(planned.targets[0]!.from, "handed_on");
      assert.equal(planned.why.at(-1), `the route ${asked} is not set: ${takes} takes its work`);
    }
  });
}

test("an empty plan says which routes would have to be set", () => {
  const planned = plan({ words: { kind: "think" } });
  assert.deepEqual(planned.targets, []);
  assert.equal(
    planned.why.at(-1),
    "no target: none of think, default, plan_implementation, background, build is set in [router]; " +
      `set "default" to give every request one`,
  );
});

test("the fallback follows every chain, once, and without repeating a target", () => {
  const config = { routes: { think: "groq,a | openai,b" }, fallback: "openai,b | ollama,c | ollama,c" };
  const planned = plan({ words: { kind: "think" }, config });
  assert.deepEqual(planned.targets.map(({ model, from }) => [model, from]), [
    ["a", "chain"],
    ["b", "chain"],
    ["c", "fallback"],
  ]);
  assert.deepEqual(tried(plan({ facts: { model: "groq,x" }, config })), ["groq,x", "openai,b", "ollama,c"]);
  assert.deepEqual(tried(plan({ config: { fallback: "ollama,c" } })), ["ollama,c"]);
});

const KNOWN: Conditions["model"] = (target) => {
  switch (target.model) {
    case "small":
      return model(target, { context: 8192, maxOutput: 4096 });
    case "blind":
      return model(target, { image: false });
    case "handless":
      return model(target, { tools: false });
    default:
      return undefined;
  }
};
const fits = (facts: object, routes: string, setting: Setting = {}, conditions: Partial<Conditions> = {}) =>
  skipped(plan({
    facts,
    words: { kind: "think" },
    config: { routes: { think: routes }, ...setting },
    conditions: { model: KNOWN, ...conditions },
  }));

test("a target is skipped where its context window does not take the tokens", () => {
  assert.deepEqual(fits({ approxTokens: 130_000 }, "groq,small | groq,unknown"), {
    "groq,small": "context window of 8,192 tokens is too small for about 130,000",
  });
  assert.deepEqual(fits({ approxTokens: 8_192 }, "groq,small"), {});
  assert.deepEqual(fits({ approxTokens: 8_193 }, "groq,small"), {
    "groq,small": "context window of 8,192 tokens is too small for about 8,193",
  });
});

test("the answer that the client allows needs room too, up to the model's own limit", () => {
  assert.deepEqual(fits({ approxTokens: 6_000, maxOutputTokens: 3_000 }, "groq,small"), {
    "groq,small": "context window of 8,192 tokens is too small for about 6,000 and an answer of up to 3,000",
  });
  assert.deepEqual(fits({ approxTokens: 4_000, maxOutputTokens: 64_000 }, "groq,small"), {});
});

test("a limit above any need is not a reason to skip: it is lowered when sent", () => {
  const conditions: Partial<Conditions> = {
    model: (target) => model(target, { context: 131_072, maxOutput: 131_072 }),
  };
  const wide = { approxTokens: 20_000, maxOutputTokens: 128_000 };
  assert.deepEqual(fits(wide, "groq,llama", {}, conditions), {});
  assert.deepEqual(Object.keys(fits({ ...wide, approxTokens: 125_000 }, "groq,llama", {}, conditions)), [
    "groq,llama",
  ]);
});

test("images go only to models that see, tools only to models that call them", () => {
  const routes = "groq,blind | groq,handless | groq,unknown";
  assert.deepEqual(fits({ hasImages: true }, routes), { "groq,blind": "has no image input" });
  assert.deepEqual(fits({ toolCount: 1 }, routes), { "groq,handless": "has no tool calls" });
  assert.deepEqual(fits({}, routes), {});
});

test("a provider that cannot be used is skipped with its own reason", () => {
  const providers = [provider("keyless", { problem: "KEYLESS_API_KEY is not set" })];
  assert.deepEqual(fits({}, "keyless,a | groq,b", { providers }), {
    "keyless,a": "KEYLESS_API_KEY is not set",
  });
});

test("an excluded model is skipped even when it is asked for by name", () => {
  const exclusions = [{ provider: "openrouter", patterns: [globPattern("*:free")] }];
  const reason = `excluded by [[router.model_exclusions]] ("*:free")`;
  assert.deepEqual(fits({}, "openrouter,a:FREE | groq,a:free | openrouter,a", { exclusions }), {
    "openrouter,a:FREE": reason,
  });
  assert.deepEqual(fits({ model: "openrouter,a:free" }, "groq,x", { exclusions }), {
    "openrouter,a:free": reason,
  });
});

test("a provider of another dialect fits, since requests are re-encoded", () => {
  assert.deepEqual(fits({ dialect: "anthropic-messages" }, "groq,a"), {});
});

test("where nothing fits, the plan stays and every target says why", () => {
  const reasons = fits({ hasImages: true, approxTokens: 9_000 }, "groq,small | groq,blind", {
    fallback: "openai,blind",
  });
  assert.deepEqual(Object.keys(reasons), ["groq,small", "groq,blind", "openai,blind"]);
});

test("a redirect sends the request another way, and says why", () => {
  const asked: string[] = [];
  const redirect = (to: string): Conditions["redirect"] => (route) => {
    asked.push(route);
    return {
      route: "budget:daily",
      to: to.includes(",") ? { kind: "chain", chain: chain(to) } : { kind: "route", name: to },
      why: "the budget daily is spent",
    };
  };
  const words = { kind: "think" } as const;
  const first = plan({
    words,
    config: { routes: EXAMPLE },
    conditions: { redirect: redirect("background") },
  });
  assert.equal(first.route, "background");
  assert.deepEqual(tried(first), ["groq,llama-3.1-8b-instant"]);
  assert.equal(first.why.at(-1), "the budget daily is spent: the route background takes it");
  const second = plan({ words, config: { routes: EXAMPLE }, conditions: { redirect: redirect("ollama,q") } });
  assert.equal(second.route, "budget:daily");
  assert.deepEqual(tried(second), ["ollama,q"]);
  assert.deepEqual(asked, ["think", "think"]);
});

test("whatever is set and asked: routing ends, repeats no target, and always gives a reason", () => {
  const line = fc.constantFrom("groq,a", "groq,a | openai,b", "ollama,c:1 | groq,a", "");
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...ROUTE_NAMES), line),
      fc.oneof(
        fc.constantFrom(...ROUTE_NAMES, "auto", "gpt-4", "groq:x|openai,y", "|", ":", ","),
        fc.string(),
      ),
      fc.constantFrom<Strategy>("fill_first", "round_robin", "latency_optimized", "cost_optimized"),
      fc.constantFrom("think", "plan_implementation", "build", "background", "default"),
      fc.nat(),
      (routes, asked, strategy, kind, rotation) => {
        const set = Object.fromEntries(Object.entries(routes).filter(([, text]) => text !== ""));
        const planned = plan({
          facts: { model: asked },
          words: { kind: kind as "think" },
          config: { routes: set, strategy, fallback: "ollama,last" },
          conditions: { rotation: () => rotation },
        });
        const names = planned.targets.map(({ provider, model }) => `${provider},${model}`);
        assert.equal(new Set(names).size, names.length);
        assert.ok(names.includes("ollama,last"));
        assert.ok(planned.why.length > 0 && planned.why.every((line) => line !== "" && !line.includes("\n")));
      },
    ),
  );
});

const BEGUN = {
  target: { provider: "openai", model: "gpt-5" },
  key: "k1",
  kind: "build",
  decision: { kind: "route", name: "build" },
} as const;

test("a request that continues an answer without the user's words repeats the decision", () => {
  const routes = { build: "groq,a | openai,gpt-5-mini", default: "openai,small" };
  const words = { kind: "build", why: "it continues a turn → build", prompt: undefined } as const;
  const planned = plan({ words, config: { routes }, conditions: { continued: BEGUN } });
  assert.equal(planned.route, "build");
  assert.deepEqual(tried(planned), ["openai,gpt-5-mini"]);
  assert.deepEqual(skipped(planned), { "groq,a": "only openai has the answer that the request continues" });
  assert.deepEqual(planned.why.slice(1), ["it continues a turn → build"]);
});

test("a new prompt is routed by itself, at the provider that has the conversation", () => {
  const routes = { think: "groq,b | openai,gpt-5-pro", default: "openai,small" };
  const planned = plan({ words: { kind: "think" }, config: { routes }, conditions: { continued: BEGUN } });
  assert.equal(planned.route, "think");
  assert.deepEqual(tried(planned), ["openai,gpt-5-pro"]);
});

test("where no target of the route is at that provider, the one that answered before is asked", () => {
  const routes = { think: "groq,b", default: "groq,small" };
  const planned = plan({ words: { kind: "think" }, config: { routes }, conditions: { continued: BEGUN } });
  assert.deepEqual(tried(planned), ["openai,gpt-5"]);
});
