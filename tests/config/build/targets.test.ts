import assert from "node:assert/strict";
import { test } from "node:test";
import { bad, good, onlyProblem, warnings } from "../support.ts";

const WANTED = { provider: "anthropic", model: "claude-opus-4-8", settings: { effort: "high" } };

test("settings follow a target's name, or are keys of a table, in every list of targets", () => {
  const { router } = good(`
[router]
think = "anthropic,claude-opus-4-8?effort=high"
build = { target = "anthropic,claude-opus-4-8", effort = "high" }
default = ["openai,gpt-5.2", { target = "anthropic,claude-opus-4-8", effort = "High" }]
fallback = "openai,gpt-5.2?temperature=0.5 | anthropic,claude-opus-4-8?effort=high"
[[router.rules]]
when = { any = "x" }
route = { target = "anthropic,claude-opus-4-8", effort = "high" }
[[router.model_mappings]]
from = "a"
to = "anthropic,claude-opus-4-8?effort=high"
`);
  assert.deepEqual(router.routes.think, [WANTED]);
  assert.deepEqual(router.routes.build, [WANTED]);
  assert.deepEqual(router.routes.default?.[1], WANTED);
  assert.deepEqual(router.fallback[1], WANTED);
  for (const to of [router.rules[0]!.route, router.mappings[0]!.to]) {
    assert.deepEqual(to, { kind: "chain", chain: [WANTED] });
  }
});

test("a wrong setting is a problem with the nearest name, wherever it is written", () => {
  const route = (value: string) => onlyProblem(`[router]\nthink = ${value}\n`);
  const word = route('"anthropic,claude-opus-4-8?effort=hihg"');
  assert.match(word.message, /there is no effort "hihg"/);
  assert.equal(word.nearest, "high");
  assert.equal(route('"anthropic,claude-opus-4-8?efort=high"').nearest, "effort");
  assert.match(route('"anthropic,claude-opus-4-8?max_tokens=0"').message, /max_tokens is "0"/);
  assert.match(
    route('{ target = "anthropic,x", effort = "hihg" }').message,
    /got the string "hihg", expected "none"/,
  );
  const [unknown] = bad('[router]\nthink = ["anthropic,x", { target = "anthropic,y", efort = "low" }]\n');
  assert.match(unknown!.message, /has no such key/);
  assert.deepEqual([unknown!.line, unknown!.nearest], [2, "effort"]);
  assert.match(route('{ effort = "low" }').message, /is missing/);
});

test("a target for any model is refused where one model is needed, and as a part of a name", () => {
  const message = (text: string) => onlyProblem(text).message;
  good('[router]\ndefault = "anthropic,* | openrouter,anthropic/* | ollama,x"\n');
  assert.match(message('[ledger]\nbaseline = "anthropic,*"\n'), /this key needs one model/);
  assert.match(message('[router.judge]\ntarget = "ollama,*"\n'), /this key needs one model/);
  assert.match(message('[router]\ndefault = "anthropic,claude-*"\n'), /cannot be a part of a name/);
  const near = onlyProblem('[router]\ndefault = "openrouter,antropic/*"\n');
  assert.match(near.message, /no model whose name begins with "antropic\/"/);
  assert.equal(near.nearest, "openrouter,anthropic/*");
});

test("a route of targets for any model alone is a warning: a request may name no model", () => {
  const only = warnings(good('[router]\ndefault = "ollama,*"\n'));
  assert.ok(only.some((message) => message.includes('ask for a route or "auto" have no target here')));
  const both = warnings(good('[router]\ndefault = "ollama,*"\nfallback = "ollama,x"\n'));
  assert.ok(!both.some((message) => message.includes("have no target here")));
});
