import assert from "node:assert/strict";
import { test } from "node:test";
import {
  builtinLocals,
  localModelWarnings,
  runningServers,
} from "../../../../src/cli/commands/doctor/local.ts";
import { good } from "../../../config/support.ts";
import { deserted, fakeProvider, json } from "../../../support/provider.ts";
import { configuration } from "../../../support/world.ts";

const listing = (...ids: string[]) => json({ object: "list", data: ids.map((id) => ({ id })) });

test("the servers that are built in have an address each, and need no key", () => {
  const locals = builtinLocals();
  assert.deepEqual(locals.map(({ name }) => name), ["ollama", "lmstudio", "llamacpp", "vllm"]);
  for (const { baseUrl, problem } of locals) {
    assert.match(baseUrl, /^http:\/\/127\.0\.0\.1:\d+/);
    assert.equal(problem, undefined);
  }
});

test("servers that run and have a model are found; one without a model or without a list is not", async () => {
  await using full = await fakeProvider(listing("llama3.2:latest"));
  await using empty = await fakeProvider(listing());
  const gone = await deserted();
  const local = ({ url }: { readonly url: string }) => ({ url, key: [], toml: "local = true" });
  const config = good(configuration({}, { empty: local(empty), full: local(full), gone: local(gone) }));
  const named = ["empty", "full", "gone"].flatMap((name) => config.providers.get(name) ?? []);
  assert.deepEqual(await runningServers(named), [
    { provider: "full", label: "full", models: ["llama3.2:latest"] },
  ]);
});

test("a model that a running server does not have is a warning with what it has", async () => {
  await using there = await fakeProvider(listing("llama3.2:latest", "a", "b", "c", "d", "e"));
  const config = good(`[router]
default = "ollama,qwen3-coder | ollama,llama3.2"
[[providers]]
name = "ollama"
api_base_url = "${there.url}/v1"
`);
  assert.deepEqual(await localModelWarnings(config, new Map()), [{
    key: "ollama",
    message:
      "does not list qwen3-coder; it has llama3.2:latest, a, b, c, d, …. ollama pull qwen3-coder downloads it.",
  }]);
  assert.deepEqual(await localModelWarnings(config, new Map([["ollama", there.url]])), []);
});
