import assert from "node:assert/strict";
import { test } from "node:test";
import {
  DEMO_KEY,
  demoConfig,
  EXAMPLES,
  FAILOVER,
  requestOf,
} from "../../../../src/cli/commands/demo/examples.ts";
import { requestFor } from "../../../../src/dialects/sample-request.ts";
import { dialects } from "../../../../src/dialects/registry.ts";
import { decide } from "../../../../src/server/decide.ts";
import { good } from "../../../config/support.ts";

const DIALECTS = Object.keys(dialects);
const CONFIG = good(demoConfig("http://127.0.0.1:1", 3456));

test("the examples use three dialects, streamed and whole, and all three models", () => {
  assert.deepEqual([...new Set(EXAMPLES.map(({ dialect }) => dialect))].sort(), [...DIALECTS].sort());
  assert.deepEqual(new Set(EXAMPLES.map(({ stream }) => stream === true)), new Set([true, false]));
  assert.equal(new Set(EXAMPLES.map(({ target }) => target)).size, 3);
});

test("the configuration has no warning, needs its key, and asks the fake provider alone", () => {
  assert.deepEqual(CONFIG.warnings, []);
  assert.deepEqual(CONFIG.proxy.apiKeys, [DEMO_KEY]);
  for (const name of ["openrouter", "groq"]) {
    assert.match(CONFIG.providers.get(name)!.baseUrl, /^http:\/\/127\.0\.0\.1:1\//);
  }
});

for (const { prompt, dialect, model, route, target } of EXAMPLES) {
  test(`"${prompt.slice(0, 50)}" goes to ${route} as it is promised`, () => {
    const { plan } = decide(requestFor(prompt, dialect, model), CONFIG, { now: 0, model: () => undefined });
    assert.deepEqual([plan.route, plan.targets[0]?.model], [route, target]);
  });
}

test("the prompt whose provider refuses has the promised model as its next target", () => {
  const { plan } = decide(requestFor(FAILOVER.prompt), CONFIG, { now: 0, model: () => undefined });
  assert.equal(plan.route, FAILOVER.route);
  assert.deepEqual([plan.targets[0]?.provider, plan.targets[1]?.model], [FAILOVER.refused, FAILOVER.target]);
});

test("a request has its dialect's path, and streams only where it is to", () => {
  for (const example of EXAMPLES) {
    const { path, body } = requestOf(example);
    assert.equal(path, `/v1${dialects[example.dialect].paths.generate}`);
    const { stream, model } = body as { readonly stream?: boolean; readonly model: string };
    assert.deepEqual([stream, model], [example.stream === true ? true : undefined, example.model]);
  }
});
