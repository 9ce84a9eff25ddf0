import assert from "node:assert/strict";
import { test } from "node:test";
import { OPENAI_FIELDS } from "../../../src/catalog/data/model-traits.ts";
import type { EncodeTarget } from "../../../src/dialects/dialect.ts";
import { applySettings, fitRequest } from "../../../src/dialects/openai-responses/fit.ts";
import type { Json } from "../../../src/model/json.ts";

const target = (quirks: readonly string[] = [], more: Partial<EncodeTarget> = {}): EncodeTarget => ({
  provider: "p",
  model: "m",
  quirks,
  ...more,
});
const fit = (body: Json, quirks: readonly string[] = [], more: Partial<EncodeTarget> = {}) =>
  fitRequest(body, target(quirks, more));

test("fields that only OpenAI knows are kept from strict providers; the user's name goes", () => {
  const own = Object.fromEntries(OPENAI_FIELDS.map((field) => [field, "x"]));
  const { body, dropped } = fit({ ...own, user: "u", text: { verbosity: "low", format: {} } }, [
    "strict-fields",
  ]);
  assert.deepEqual(body, { user: "u", text: { format: {} } });
  assert.ok(dropped.includes("verbosity") && dropped.includes("prompt_cache_key"));
});

test("a model that does not think is not asked to, and gets nothing encrypted", () => {
  const include = ["reasoning.encrypted_content", "file_search_call.results"];
  assert.deepEqual(fit({ include }, ["fixed-sampling"], { reasoning: false }).body, {
    include: include.slice(1),
  });
  assert.deepEqual(fit({ include: include.slice(0, 1) }, ["fixed-sampling"], { reasoning: false }).body, {});
  const { body, dropped } = fit({ reasoning: { effort: "high", summary: "auto" } }, [], {
    provider: "openai",
    model: "gpt-4.1",
  });
  assert.deepEqual([body, dropped], [{}, ["reasoning"]]);
});

test("an effort that the model refused becomes the next, and the rest of the setting stays", () => {
  const { body, dropped } = fit({ reasoning: { effort: "xhigh", summary: "auto" } }, [], {
    learned: [{ kind: "effort", name: "xhigh" }],
  });
  assert.deepEqual([body.reasoning, dropped], [{ effort: "high", summary: "auto" }, ["reasoning_effort"]]);
});

test("sampling goes to a model that thinks only where it is switched off", () => {
  const body = { temperature: 0.2, top_p: 1 };
  const thinks = { reasoning: true };
  assert.deepEqual(fit(body, ["fixed-sampling"], thinks), { body: { top_p: 1 }, dropped: ["temperature"] });
  const off = { ...body, reasoning: { effort: "none" } };
  assert.equal(fit(off, ["fixed-sampling"], thinks).body.temperature, 0.2);
});

test("a target's settings are said in the dialect's words; a limit only lowers the client's", () => {
  const thinks = target([], { reasoning: true });
  assert.deepEqual(
    applySettings(
      { reasoning: { summary: "auto", effort: "low" } },
      { effort: "high", temperature: 0 },
      thinks,
    ),
    { temperature: 0, reasoning: { summary: "auto", effort: "high" } },
  );
  assert.deepEqual(applySettings({}, { effort: "high" }, target([], { reasoning: false })), {});
  const limit = (max_output_tokens: Json) => applySettings({ max_output_tokens }, { maxTokens: 50 }, thinks);
  assert.deepEqual(
    [limit(20), limit(99), limit(null), limit("9")].map(({ max_output_tokens }) => max_output_tokens),
    [
      20,
      50,
      50,
      50,
    ],
  );
});

test("schemas of functions are cleaned, also in namespaces and in items; other tools stay", () => {
  const parameters = { type: "object", properties: {}, additionalProperties: false };
  const clean = { type: "object", properties: {} };
  const fn = { type: "function", name: "f", parameters };
  const custom = { type: "custom", name: "c" };
  const body = {
    tools: [fn, custom, { type: "namespace", name: "ns", tools: [fn, null] }],
    input: [{ type: "additional_tools", tools: [fn] }],
  };
  const fitted = fit(body, ["no-additional-properties"]).body;
  assert.deepEqual(fitted.tools, [
    { ...fn, parameters: clean },
    custom,
    { type: "namespace", name: "ns", tools: [{ ...fn, parameters: clean }, null] },
  ]);
  assert.equal(fitted.tools[1], custom);
  assert.deepEqual(fitted.input, [{ type: "additional_tools", tools: [{ ...fn, parameters: clean }] }]);
});

test("a function without parameters gets an empty object's where a provider needs one", () => {
  const body = {
    tools: [{ type: "function", name: "f" }, { type: "function", name: "g", parameters: null }],
  };
  assert.equal(fit(body).body, body);
  for (const { parameters } of fit(body, ["tools-need-properties"]).body.tools) {
    assert.deepEqual(parameters.properties, {});
  }
});

test("an output schema that a model does not enforce is put in words after the instructions", () => {
  const format = { type: "json_schema", name: "n", schema: { type: "object" } };
  const learned = [{ kind: "json_schema", name: "json_schema" }] as const;
  const { body, dropped } = fit({ instructions: "Ü.", text: { format, verbosity: "low" } }, [], { learned });
  assert.deepEqual(body.text, { format: { type: "json_object" }, verbosity: "low" });
  assert.match(body.instructions, /^Ü\.\n\n.*JSON Schema:\n\{"type":"object"\}$/s);
  assert.deepEqual(dropped, ["structured_output"]);
  assert.match(fit({ text: { format } }, [], { learned }).body.instructions, /^Answer with/);
});

test("marks, image details and files that a provider does not take are dropped or said its way", () => {
  const content = [
    { type: "input_text", text: "a", cache_control: { type: "ephemeral" } },
    { type: "input_image", image_url: "data:image/png;base64,AA", detail: "original" },
    { type: "input_image", image_url: "https://a/b.png", detail: "low" },
  ];
  const input = [{ role: "user", content }, { type: "function_call_output", call_id: "c", output: content }];
  const { body, dropped } = fit({ input }, ["no-cache-control", "no-original-detail", "no-image-urls"]);
  for (const parts of [body.input[0].content, body.input[1].output]) {
    assert.deepEqual(parts[0], { type: "input_text", text: "a" });
    assert.deepEqual(parts.slice(1).map(({ detail }: Json) => detail), ["auto", "low"]);
  }
  assert.deepEqual(dropped, ["cache_control", "images"]);
});

test("system texts in front become one, and later ones are the user's, marked", () => {
  const system = (content: Json) => ({ role: "system", content });
  const user = { role: "user", content: "hi" };
  const quirks = ["system-first-only"];
  const body = { instructions: "a", input: [system([{ text: "b" }, { text: "c" }]), user, system("d")] };
  assert.deepEqual(fit(body, quirks).body, {
    instructions: "a\n\nb\n\nc",
    input: [user, { role: "user", content: "<system-reminder>\nd\n</system-reminder>" }],
  });
  const one = { input: [system("b"), user] };
  assert.equal(fit(one, quirks).body, one);
  const only = fit({ input: [system("a"), system("b")] }, quirks).body;
  assert.deepEqual(only, { instructions: "a\n\nb", input: [] });
});

test("bodies of odd shapes are taken as they are", () => {
  const quirks = ["strict-fields", "no-developer-role", "system-first-only", "functions-only"];
  const odd: Json[] = [null, 7, [], "x", {}, { input: [null, 7], tools: [null], text: "x", reasoning: 7 }];
  for (const body of odd) assert.deepEqual(fit(body, quirks), { body, dropped: [] });
});
