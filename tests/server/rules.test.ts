import { test } from "node:test";
import assert from "node:assert/strict";
import { good } from "../support/faults.ts";
import { proxyWith } from "../support/world.ts";

const RULES = `
[[router.rules]]
name = "payroll"
when = { header = { "x-team" = "pay*" } }
refuse = "This team's data stays here."

[[router.rules]]
name = "readers"
when = { header = { "x-team" = "docs" } }
route = "second,m"
`;

test("a rule on a header routes a request", async () => {
  await using world = await proxyWith({
    first: good("openai-chat", false),
    second: good("openai-chat", false),
  }, {
    dialect: "openai-chat",
    toml: RULES,
  });
  const answer = await world.ask("openai-chat", "hi", { headers: { "x-team": "docs" } });
  assert.equal(world.second.arrived.length, 1);
  assert.equal(answer.headers.get("x-routed-model"), "m");
  await answer.text();
});

test("a rule that refuses answers with its text, and no provider hears of the request", async () => {
  await using world = await proxyWith({
    first: good("openai-chat", false),
    second: good("openai-chat", false),
  }, {
    dialect: "openai-chat",
    toml: RULES,
  });
  const answer = await world.ask("openai-chat", "hi", { headers: { "x-team": "payroll" } });
  assert.equal(answer.status, 403);
  const { error } = await answer.json() as {
    readonly error: { readonly message: string; readonly code: string };
  };
  assert.equal(error.code, "refused_by_rule");
  assert.match(error.message, /This team's data stays here\. \(rule "payroll"\)/);
  assert.equal(world.first.arrived.length + world.second.arrived.length, 0);
});

test("a rule that only sets an effort is among the rules of its request's record", async () => {
  await using world = await proxyWith({ first: good("openai-chat", false) }, {
    dialect: "openai-chat",
    toml: '[[router.rules]]\nname = "quiet"\nwhen = {}\neffort = "low"\n',
  });
  await (await world.ask("openai-chat", "hi")).text();
  const [record] = await world.ended(1);
  assert.deepEqual(record?.rules, ["quiet"]);
});
