import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "../../src/config/load.ts";
import { formatProblems } from "../../src/config/problem.ts";
import { decide } from "../../src/server/decide.ts";
import { requestFacts, user } from "../support/request-facts.ts";

const BASE = `
[router]
default = "groq,m | ollama,own"
think = "groq,big"
fallback = "openai,gpt-5 | ollama,small"
`;
const NIGHT = `
[[router.rules]]
name = "night"
when = { hours = "22:00-06:00", time_zone = "UTC" }
only = "local"
`;
const AT_NIGHT = Date.UTC(2026, 10, 1, 23);

function planOf(rules: string, prompt = "hello", now = AT_NIGHT) {
  const read = parseConfig(BASE + rules, { env: { GROQ_API_KEY: "g", OPENAI_API_KEY: "o" }, name: "c.toml" });
  assert.ok(read.ok, read.ok ? "" : formatProblems(read.problems));
  const { plan } = decide(requestFacts({ messages: [user(prompt)] }), read.config, {
    now,
    model: () => undefined,
  });
  return {
    ...plan,
    tried: plan.targets.filter(({ skip }) => skip === undefined).map(({ provider, model }) =>
      `${provider},${model}`
    ),
  };
}

test("a rule with only = local keeps every other target from answering, the fallback's too", () => {
  const { tried, targets, why } = planOf(NIGHT);
  assert.deepEqual(tried, ["ollama,own", "ollama,small"]);
  assert.equal(targets[0]!.skip, 'rule "night" allows local only');
  assert.ok(
    why.some((one) => /rule "night" matches \(time\) and allows local only/.test(one)),
    why.join("; "),
  );
});

test("by day all targets may answer", () => {
  const { tried } = planOf(NIGHT, "hello", Date.UTC(2026, 10, 1, 12));
  assert.deepEqual(tried, ["groq,m", "ollama,own", "openai,gpt-5", "ollama,small"]);
});

test("a wish does not get around it", () => {
  assert.deepEqual(planOf(NIGHT, "@think hello").tried, ["ollama,small"]);
  assert.deepEqual(planOf(NIGHT, "@groq,m hello").tried, ["ollama,small"]);
});

test("providers and targets can be allowed by name", () => {
  const rule = (only: string) => `[[router.rules]]\nname = "r"\nwhen = {}\nonly = ${only}\n`;
  assert.deepEqual(planOf(rule('"groq"')).tried, ["groq,m"]);
  assert.deepEqual(planOf(rule('["openai,gpt-*", "local"]')).tried, [
    "ollama,own",
    "openai,gpt-5",
    "ollama,small",
  ]);
});

test("a rule matches until its date, in its time zone", () => {
  const rule =
    `[[router.rules]]\nname = "r"\nwhen = { until = "2026-11-02", time_zone = "Pacific/Auckland" }\nroute = "think"\n`;
  assert.deepEqual(planOf(rule, "hello", Date.UTC(2026, 10, 1, 10)).route, "rule:r");
  assert.deepEqual(planOf(rule, "hello", Date.UTC(2026, 10, 1, 11)).route, "default");
});

test("what is not a time zone or a date is a mistake that says what would be right", () => {
  const wrong =
    `[[router.rules]]\nwhen = { hours = "1-2", time_zone = "Atlantis", until = "soon" }\nroute = "think"\n`;
  const read = parseConfig(BASE + wrong, { env: {}, name: "c.toml" });
  assert.ok(!read.ok);
  const said = formatProblems(read.problems);
  assert.match(said, /expected a time zone, such as "Europe\/Berlin"/);
  assert.match(said, /expected a date, such as "2026-12-31"/);
});

test("a decision prefers the target whose answers were liked, where learning says so", () => {
  const read = parseConfig(
    `${BASE.replace("[router]", '[router]\nstrategy = "preferred"')}[learning]\nenabled = true\n`,
    { env: { GROQ_API_KEY: "g", OPENAI_API_KEY: "o" }, name: "c.toml" },
  );
  assert.ok(read.ok);
  const { plan } = decide(requestFacts({ messages: [user("hello")] }), read.config, {
    now: AT_NIGHT,
    model: () => undefined,
    chance: 0.5,
    thumbs: ({ provider }) => provider === "ollama" ? { up: 3, down: 0 } : { up: 0, down: 0 },
  });
  assert.equal(plan.targets[0]!.provider, "ollama", plan.why.join("; "));
});
