import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { test } from "node:test";
import type { LoadResult } from "../../../src/config/load.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { targetText } from "../../../src/text/target-settings.ts";
import { decide } from "../../../src/server/decide.ts";
import { requestFor } from "../../../src/dialects/sample-request.ts";
import { tempFolder } from "../../support/disposable.ts";

const CONFIG = `[router]
default = "ollama,small"
think = "ollama,big"
taxonomy = "concepts"

[[router.rules]]
name = "mine"
when = { any = ["terraphim"] }
route = "think"
`;

/** What a folder with these files loads as. */
function load(files: Readonly<Record<string, string>>): LoadResult {
  using folder = tempFolder();
  for (const [name, text] of Object.entries({ "config.toml": CONFIG, ...files })) {
    mkdirSync(dirname(folder.at(name)), { recursive: true });
    writeFileSync(folder.at(name), text);
  }
  return loadConfig(folder.at("config.toml"), { env: {} });
}

const QUICK = "# Quick\nroute:: groq, llama-3.1-8b-instant\npriority:: 30\nsynonyms:: tiny, one-liner\n";
const DEEP = "# Deep\n\n- route:: think\n- priority:: 80\n- synonyms:: root cause, Ursache\n";

test("concepts are rules behind one's own, the highest priority first, with their words", () => {
  const result = load({
    "concepts/quick.md": QUICK,
    "concepts/more/deep-work.md": DEEP,
    "concepts/README.md": "notes",
  });
  assert.ok(result.ok);
  const rules = result.config.router.rules.map(({ name, when, route }) => [
    name,
    when.any,
    route?.kind === "chain" ? route.chain.map(targetText).join() : route?.kind === "route" ? route.name : "",
  ]);
  assert.deepEqual(rules, [
    ["mine", ["terraphim"], "think"],
    ["deep-work", ["deep work", "root cause", "ursache"], "think"],
    ["quick", ["quick", "tiny", "one-liner"], "groq,llama-3.1-8b-instant"],
  ]);
});

test("a prompt with a concept's word goes where the concept leads", () => {
  const result = load({ "concepts/quick.md": QUICK, "concepts/deep.md": DEEP });
  assert.ok(result.ok);
  const { config } = result;
  const routeOf = (prompt: string) =>
    decide(requestFor(prompt), config, { now: 0, model: () => undefined }).plan.route;
  assert.equal(routeOf("write me a one-liner for that"), "rule:quick");
  assert.equal(routeOf("a tiny look at the root cause"), "rule:deep");
  assert.equal(routeOf("hello"), "default");
});

test("a wrong folder, provider, route or priority is an error that names the file", () => {
  for (
    const [files, says] of [
      [{}, /the folder concepts cannot be read/],
      [{ "concepts/a.md": "route:: nobody, m" }, /concepts.a\.md: there is no provider "nobody"/],
      [
        { "concepts/a.md": "route:: thnik" },
        /concepts.a\.md: route:: "thnik" is neither a route nor a target/,
      ],
      [
        { "concepts/a.md": "route:: think\npriority:: high" },
        /concepts.a\.md: priority:: "high" is not a number/,
      ],
    ] as const
  ) {
    const result = load(files);
    assert.ok(!result.ok);
    assert.match(result.problems.map(({ message }) => message).join("\n"), says);
  }
});

test("a concept leads to targets with settings, as a route does", () => {
  const result = load({ "concepts/deep.md": "route:: ollama, big?effort=high | ollama,small\n" });
  assert.ok(result.ok);
  const route = result.config.router.rules.at(-1)?.route;
  assert.ok(route?.kind === "chain");
  assert.deepEqual(route.chain.map(targetText), ["ollama,big?effort=high", "ollama,small"]);
});
