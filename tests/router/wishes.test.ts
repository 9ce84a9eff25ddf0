import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { wishesIn, withoutMarks } from "../../src/router/wishes.ts";
import { dialects } from "../../src/dialects/registry.ts";
import { clientRequests } from "../support/client-requests.ts";
import { configOf } from "../support/proxy.ts";
import { assistant, requestFacts, user } from "../support/request-facts.ts";

const TOML = `
[router]
think = "anthropic,claude-opus-4-8"
default = "openrouter,anthropic/claude-3-opus | groq,llama-3.3-70b-versatile"
[[providers]]
name = "anthropic"
api_key = "sk-ant-of-the-test"
models = ["claude-haiku-4-5"]
[[providers]]
name = "openrouter"
api_key = "sk-or-of-the-test"
[[providers]]
name = "groq"
api_key = "gsk-of-the-test"
`;
const CONFIG = configOf(TOML);

const wishes = (...prompts: string[]) =>
  wishesIn(
    requestFacts({ messages: prompts.flatMap((text) => [user(text), assistant("Done.")]).slice(0, -1) }),
    CONFIG,
  );

describe("what is a wish", () => {
  for (
    const [prompt, name, sent] of [
      ["@think about the cache", "think", "about the cache"],
      ["@plan-implementation the parser", "plan-implementation", "the parser"],
      ["@think: about it", "think", "about it"],
      ["@opus why does it fail?", "opus", "why does it fail?"],
      ["@haiku, please", "haiku", "please"],
      ["@claude-haiku-4-5 say it", "claude-haiku-4-5", "say it"],
      ["@groq,llama-3.3-70b-versatile fix it", "groq,llama-3.3-70b-versatile", "fix it"],
      ["@opus?effort=low fix it", "opus?effort=low", "fix it"],
      ["[Image #1] @src/app.ts @think about it", "think", "[Image #1] @src/app.ts about it"],
      ["@auto go on", "auto", "go on"],
      ["@think\n\nWhat is it?", "think", "What is it?"],
      ["@think", "think", "Continue."],
    ] as const
  ) {
    test(JSON.stringify(prompt), () => {
      const found = wishes(prompt);
      assert.equal(found?.latest?.name, name);
      assert.deepEqual([...found!.sent], [[prompt, sent]]);
    });
  }
});

describe("what is not a wish", () => {
  for (
    const prompt of [
      "@src/think.ts is broken",
      "@think.ts is broken",
      "@agent-think do it",
      "@README.md",
      "@Think about it",
      "@claude fix it",
      "@mini fix it",
      "@nobody,some-model fix it",
      "fix it @think",
      "mail me@think please",
      "what does @think do?",
      "```\n@think\n```",
    ]
  ) test(JSON.stringify(prompt), () => assert.equal(wishes(prompt), undefined));

  test("anything, where wishes are off", () => {
    const off = configOf(TOML.replace("[router]", "[router]\nwishes = false"));
    assert.equal(wishesIn(requestFacts({ messages: [user("@think hard")] }), off), undefined);
  });
});

describe("how long it holds", () => {
  test("one of an earlier prompt is over, and its mark is cut out too", () => {
    const found = wishes("@think about it", "fix it");
    assert.equal(found?.latest, undefined);
    assert.equal(found?.lasting, undefined);
    assert.deepEqual([...found!.sent.values()], ["about it"]);
  });

  test("one with an exclamation mark lasts until @auto", () => {
    assert.deepEqual(wishes("@think! about it", "fix it")?.lasting, { name: "think", lasts: true });
    assert.equal(wishes("@think! about it", "@auto fix it", "go on")?.lasting?.name, "auto");
    assert.equal(wishes("@think! about it", "@opus! fix it", "go on")?.lasting?.name, "opus");
  });

  test("the text that is sent is the same while the conversation grows", () => {
    const one = wishes("@think! about it")!;
    const more = wishes("@think! about it", "fix it", "@auto go on")!;
    assert.deepEqual([...more.sent].slice(0, 1), [...one.sent]);
  });
});

test("a family is its newest configured model", () => {
  const { byName } = CONFIG.router;
  assert.deepEqual(byName.get("opus"), { provider: "anthropic", model: "claude-opus-4-8" });
  assert.deepEqual(byName.get("llama"), { provider: "groq", model: "llama-3.3-70b-versatile" });
});

test("a message full of marks is not looked at for long", () => {
  const text = `x ${"@think ".repeat(50_000)}`;
  assert.equal(wishes(text), undefined);
});

describe("the marks of every client's prompts are cut out, and nothing else", () => {
  for (const { name, path, headers, body, expect: { prompt } } of clientRequests()) {
    const text = JSON.stringify(body);
    const written = prompt === null || prompt === undefined ? undefined : JSON.stringify(prompt).slice(1, -1);
    if (written === undefined || !text.includes(written)) continue;
    test(name, () => {
      const marked = JSON.parse(text.replaceAll(written, `@think ${written}`));
      const dialect = Object.values(dialects).find((one) => path.includes(one.paths.generate)) ??
        dialects["anthropic-messages"];
      const facts = dialect.inspect(marked, headers, text.length);
      const found = wishesIn(facts, CONFIG);
      const sent = dialect.request.withUserTexts(marked, (one) => found?.sent.get(one) ?? one);
      assert.equal(JSON.stringify(sent), text);
      const plain = dialect.inspect(body, headers, text.length);
      assert.deepEqual(withoutMarks(facts, found!).messages, plain.messages);
    });
  }

  for (
    const [client, text, sent] of [
      [
        "Claude Code",
        "<session>\n@think plan it\n</session>\n\nWrite a title.",
        "<session>\nplan it\n</session>",
      ],
      ["opencode", '"@think plan it"', '"plan it"'],
      ["Codex", "@think plan it", "plan it"],
    ] as const
  ) {
    test(`in the request for a title of ${client}`, () => {
      const found = wishesIn(requestFacts({ messages: [user(text)] }), CONFIG);
      assert.ok(found?.sent.get(text)?.startsWith(sent), found?.sent.get(text));
    });
  }
});
