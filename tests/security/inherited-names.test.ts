/** Names that every JavaScript object inherits are words like any other, wherever a client or a file writes them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "../../src/config/load.ts";
import { formatProblems, formatWarning } from "../../src/config/problem.ts";
import type { Json } from "../../src/model/json.ts";
import { type Answer, type FakeProvider, json } from "../support/provider.ts";
import { type ProviderSetting, proxyWith } from "../support/world.ts";

const INHERITED = ["constructor", "__proto__", "toString", "hasOwnProperty"] as const;

/** Copies of a value, each with one of its strings replaced. */
function* mutants(value: Json, word: string): Generator<Json> {
  if (typeof value === "string") yield word;
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      for (const mutant of mutants(item, word)) yield value.with(index, mutant);
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      for (const mutant of mutants(item, word)) yield { ...value, [key]: mutant };
    }
  }
}

const REQUESTS: readonly (readonly [path: string, body: Json])[] = [
  ["/v1/messages", {
    model: "auto",
    max_tokens: 9,
    service_tier: "auto",
    system: [{ type: "text", text: "x" }],
    thinking: { type: "enabled", budget_tokens: 5 },
    tool_choice: { type: "auto" },
    tools: [{ name: "t", input_schema: { type: "object" } }, {
      type: "web_search_20250305",
      name: "web_search",
    }],
    messages: [
      { role: "user", content: [{ type: "text", text: "hi" }] },
      { role: "assistant", content: [{ type: "tool_use", id: "c", name: "t", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "c", content: "ok" }] },
    ],
  }],
  ["/v1/chat/completions", {
    model: "auto",
    service_tier: "auto",
    reasoning_effort: "low",
    verbosity: "low",
    tool_choice: "auto",
    response_format: { type: "text" },
    tools: [{ type: "function", function: { name: "t", parameters: { type: "object" } } }],
    messages: [
      { role: "user", content: [{ type: "text", text: "hi" }] },
      {
        role: "assistant",
        tool_calls: [{ id: "c", type: "function", function: { name: "t", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "c", content: "ok" },
    ],
  }],
  ["/v1/responses", {
    model: "auto",
    service_tier: "auto",
    truncation: "auto",
    reasoning: { effort: "low", summary: "auto" },
    text: { format: { type: "text" }, verbosity: "low" },
    tool_choice: "auto",
    tools: [{ type: "function", name: "t", parameters: { type: "object" } }, { type: "web_search" }],
    input: [
      { type: "message", role: "user", content: [{ type: "input_text", text: "hi" }] },
      { type: "function_call", call_id: "c", name: "t", arguments: "{}" },
      { type: "function_call_output", call_id: "c", output: "ok" },
      {
        type: "local_shell_call",
        call_id: "d",
        status: "completed",
        action: { type: "exec", command: ["ls"] },
      },
    ],
  }],
];

const SPEAKS = ["openai-chat", "anthropic-messages", "openai-responses"] as const;

/** The proxy with a provider for each dialect, each with the dialect's name. */
const speaking = (answer?: Answer) => {
  const setting = (dialect: string): ProviderSetting => ({ dialect, ...(answer && { answer }) });
  return proxyWith(Object.fromEntries(SPEAKS.map((name) => [name, setting(name)])), {
    router: 'default = "openai-chat,m"',
  });
};

for (const [path, body] of REQUESTS) {
  test(`${path} takes an inherited name for a word in every field`, async () => {
    await using world = await speaking(json({ error: { message: "no", type: "constructor" } }, 400));
    for (const speaks of SPEAKS) {
      for (const word of INHERITED) {
        for (const mutant of mutants(body, word)) {
          const response = await world.post(path, {
            ...mutant,
            model: mutant.model === word ? word : `${speaks},m`,
          });
          const text = await response.text();
          assert.ok(response.status < 500, `${response.status} ${text} to ${JSON.stringify(mutant)}`);
        }
      }
    }
    for (const { text } of Object.values<FakeProvider>(world.fakes).flatMap(({ arrived }) => arrived)) {
      assert.doesNotMatch(text, /native code/);
    }
    assert.doesNotMatch(JSON.stringify(world.log), /native code|failed inside/);
  });
}

/** JSON that JavaScript cannot turn into a text by itself: an integer that keeps its digits, an object with a `toString`. */
const NO_TEXT = ["9007199254740993", '{"toString":1,"valueOf":1}'] as const;

for (const [path, body] of REQUESTS) {
  test(`${path} takes a value that is not a text in every field`, async () => {
    await using world = await speaking();
    for (const speaks of SPEAKS) {
      for (const bait of NO_TEXT) {
        for (const mutant of mutants(body, "BAIT")) {
          const named = mutant.model === "BAIT" ? mutant : { ...mutant, model: `${speaks},m` };
          const response = await world.post(path, JSON.stringify(named).replace('"BAIT"', bait));
          const text = await response.text();
          assert.ok(response.status < 500, `${response.status} ${text} to ${JSON.stringify(mutant)}`);
        }
      }
    }
    assert.doesNotMatch(JSON.stringify(world.log), /primitive value|failed inside/);
  });
}

test("an inherited name is not a content encoding", async () => {
  await using world = await proxyWith({});
  for (const word of INHERITED) {
    const response = await world.post("/v1/messages", "{}", { "content-encoding": word });
    assert.equal(response.status, 415, word);
    await response.text();
  }
});

test("an inherited name in a configuration or the environment is an unknown word", () => {
  for (const word of INHERITED) {
    for (
      const toml of [
        `[log]\nlevel = "${word}"\n`,
        `[[providers]]\nname = "groq"\nquirks = ["${word}"]\n`,
        `[[providers]]\nname = "groq"\ndialects = ["${word}"]\n`,
        `[proxy]\napi_key = "$${word}"\n`,
        `[router]\nstrategy = "${word}"\n`,
        `[router]\nthink = "${word},x"\n`,
        `[router]\nwords = { implementation = ["${word}"] }\n[proxy]\nx = 1\n`,
      ]
    ) {
      const read = parseConfig(toml, { env: {} });
      assert.equal(read.ok, false, toml);
      assert.doesNotMatch(read.ok ? "" : formatProblems(read.problems), /native code|\[object/);
    }
    const read = parseConfig("", { env: { LOG_LEVEL: word } });
    assert.ok(read.ok);
    assert.equal(read.config.log.level, "info");
    assert.match(read.config.warnings.map(formatWarning).join(), /ignoring LOG_LEVEL/);
  }
});

test("an inherited name among the user's words is classified like any other", async () => {
  await using world = await proxyWith({}, {
    router: 'words = { implementation = ["constructor"], plan = ["toString"] }',
  });
  const messages = [{ role: "user", content: "constructor toString" }];
  const response = await world.post("/v1/chat/completions", { model: "auto", messages });
  assert.ok(response.status !== 500, await response.text());
});
