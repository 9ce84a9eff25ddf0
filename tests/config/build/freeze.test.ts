import assert from "node:assert/strict";
import { test } from "node:test";
import { good } from "../support.ts";

test("a configuration cannot be changed, at any depth", () => {
  const config = good('[router]\nthink = "ollama,a"\n');
  const provider = config.providers.get("groq")!;
  const map = config.providers as Map<string, unknown>;
  const attempts: (() => unknown)[] = [
    () => Object.assign(config.proxy, { port: 1 }),
    () => (config.router.routes.think as unknown[]).push(1),
    () => Object.assign(config.router.routes.think![0]!, { model: "b" }),
    () => Object.assign(provider.headers, { a: "b" }),
    () => (provider.quirks as unknown as unknown[]).push(1),
    () => map.set("x", 1),
    () => map.delete("groq"),
    () => map.clear(),
  ];
  for (const attempt of attempts) assert.throws(attempt, TypeError);
  assert.equal(config.providers.get("groq"), provider);
});
