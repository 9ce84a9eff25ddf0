import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { EncodeTarget } from "../../../src/dialects/dialect.ts";
import {
  dialectForTools,
  Draft,
  dropRefused,
  encodedToFit,
  fitAnswerLimit,
  fitEffort,
  fitSampling,
  isLongEnough,
  isWebAddress,
  mapSame,
  mostTools,
  refusedNames,
  reminding,
  traitsOf,
  uniqueTools,
  withoutKeys,
} from "../../../src/dialects/shared/fit.ts";
import type { Conversation } from "../../../src/model/conversation.ts";
import type { Json } from "../../../src/model/json.ts";

const target = (more: Partial<EncodeTarget> = {}): EncodeTarget => ({
  provider: "p",
  model: "m",
  quirks: [],
  ...more,
});

test("a draft that nothing changed is the body itself", () => {
  const body = Object.freeze({ a: 1, b: undefined });
  const draft = new Draft(body);
  draft.set("a", 1);
  draft.set("b", undefined);
  draft.drop("c");
  assert.equal(draft.fitted.body, body);
  assert.deepEqual(draft.fitted.dropped, []);
});

test("a draft's first change copies it, and the body stays as it was", () => {
  const list = [1];
  const body = Object.freeze({ a: 1, list, gone: null, lost: 0 });
  const draft = new Draft(body);
  draft.set("a", 2);
  draft.drop("gone");
  draft.drop("lost", "by_its_name");
  draft.lost("by_its_name");
  assert.deepEqual(draft.fitted, { body: { a: 2, list }, dropped: ["by_its_name"] });
  assert.equal(draft.body.list as Json, list);
  assert.equal(body.a, 1);
});

test("a list whose items stay is the very same list, else one that shares them", () => {
  fc.assert(fc.property(fc.array(fc.object()), fc.nat(20), (list, at) => {
    assert.equal(mapSame(list, (item) => item), list);
    const changed = mapSame(list, (item, index) => index === at ? {} : item);
    assert.equal(changed === list, at >= list.length);
    for (const [index, item] of list.entries()) assert.equal(changed[index] === item, index !== at);
  }));
});

test("an object without keys that it does not have is the very same", () => {
  const object = { a: 1, b: undefined };
  assert.equal(withoutKeys(object, ["b", "c"]), object);
  assert.deepEqual(withoutKeys({ a: 1, c: null }, ["c"]), { a: 1 });
});

test("a body that was encoded is made fit, and what both dropped is named once", () => {
  const encode = encodedToFit(
    () => ({ body: { a: 1 }, dropped: ["x", "y"] }),
    (body) => ({ body: { ...body, b: 2 }, dropped: ["y", "z"] }),
  );
  assert.deepEqual(encode({} as Conversation, target()), { body: { a: 1, b: 2 }, dropped: ["x", "y", "z"] });
});

test("sampling that a model fixes goes, and what is out of its range is brought into it", () => {
  const one = target({ provider: "anthropic", model: "claude-sonnet-4-5" });
  const { ranges = {}, fixed = {} } = traitsOf(one);
  assert.deepEqual([ranges, fixed], [{}, {}], "Claude's sampling is in its own dialect");
  const kimi = target({ provider: "moonshot", model: "kimi-k2.5", rulesOf: "moonshot" });
  const { fixed: kept = {} } = traitsOf(kimi);
  const [[key, value] = ["", 0]] = Object.entries(kept);
  assert.notEqual(key, "");
  const fit = (body: Record<string, Json>, thinks: boolean) => {
    const draft = new Draft(body);
    fitSampling(draft, kimi, thinks);
    return draft.fitted;
  };
  assert.deepEqual(fit({ [key]: value }, true), { body: { [key]: value }, dropped: [] });
  assert.deepEqual(fit({ [key]: Number(value) + 0.5 }, true), { body: {}, dropped: [key] });
  assert.deepEqual(fit({ [key]: null }, true).dropped, []);
});

test("an effort that a model refused becomes the next that it knows", () => {
  const learned = (...names: string[]) =>
    target({ learned: names.map((name) => ({ kind: "effort", name }) as const) });
  assert.equal(fitEffort("xhigh", target()), "xhigh");
  assert.equal(fitEffort("xhigh", learned("xhigh", "max")), "high");
  assert.equal(fitEffort("none", learned("none")), "minimal");
  assert.equal(
    fitEffort("low", learned("none", "minimal", "low", "medium", "high", "xhigh", "max")),
    undefined,
  );
});

test("what a model refused before is found by its kind", () => {
  const one = target({ learned: [{ kind: "role", name: "developer" }, { kind: "field", name: "store" }] });
  assert.deepEqual([refusedNames(one, "role"), refusedNames(one, "beta")], [["developer"], []]);
  assert.deepEqual(refusedNames(target(), "role"), []);
});

test("as many tools as a model takes stay, with the one that the request forces", () => {
  const openai = target({ provider: "openai", model: "gpt-4.1" });
  const tools = Array.from({ length: 130 }, (_, i) => ({ name: `t${i}` }));
  const kept = (tool_choice: Json) => mostTools(tools, new Draft({ tools, tool_choice }), openai);
  assert.equal(mostTools(tools, new Draft({ tools }), target()), tools);
  assert.equal(kept(undefined).length, 128);
  assert.equal(kept({ type: "function", name: "t129" }).at(-1), tools[129]);
  assert.equal(kept({ type: "function", name: "t5" }).at(-1), tools[127]);
  assert.equal(kept({ type: "function", name: "gone" }).at(-1), tools[127]);
});

test("of tools with one name the first stays; lists without such are the very same", () => {
  const draft = new Draft({});
  const one = [{ name: "a" }, { function: { name: "b" } }, { type: "mcp" }, { type: "mcp" }, "odd", null];
  assert.equal(uniqueTools(one, draft), one);
  assert.deepEqual(draft.fitted.dropped, []);
  const twice = [...one, { name: "a", strict: true }, { type: "namespace", name: "a", tools: [] }];
  assert.deepEqual(uniqueTools(twice, draft), [...one, twice.at(-1)]);
  assert.deepEqual(draft.fitted.dropped, ["tools"]);
});

test("a model that refused tools while it thinks gets them in the dialect that has both", () => {
  const refused = target({ learned: [{ kind: "tools_while_thinking", name: "tools" }] });
  assert.equal(dialectForTools({}, refused), "openai-responses");
  assert.equal(dialectForTools({ reasoning_effort: "none" }, refused), undefined);
  assert.equal(dialectForTools({ thinking: { type: "disabled" } }, refused), undefined);
  assert.equal(dialectForTools({ reasoning_effort: "high" }, refused, "none"), undefined);
  assert.equal(dialectForTools(null, target()), undefined);
});

const refusing = (learned: EncodeTarget["learned"], body: Record<string, Json>) => {
  const draft = new Draft(body);
  dropRefused(draft, target({ learned }));
  return draft.fitted;
};

test("a refused field goes from where it was refused, and nowhere from what users and tools say", () => {
  const odd = { odd: 1 };
  const body = {
    messages: [{ role: "user", odd: 1, content: [{ text: "a", odd: 2, input: odd }] }],
    tools: [{ parameters: { properties: odd }, odd: 3 }],
  };
  assert.deepEqual(refusing([{ kind: "field", name: "messages.odd" }], body), {
    body: { messages: [{ role: "user", content: [{ text: "a", input: odd }] }], tools: body.tools },
    dropped: ["messages.odd"],
  });
  assert.deepEqual(refusing([{ kind: "field", name: "odd" }], body).body.tools, [
    { parameters: { properties: odd } },
  ]);
});

test("a refused field that is not there changes nothing; an object that it empties goes", () => {
  const body = { messages: [{ content: "a" }] };
  assert.equal(
    refusing([{ kind: "field", name: "messages.odd" }, { kind: "field", name: "x.y" }], body).body,
    body,
  );
  assert.deepEqual(refusing([{ kind: "field", name: "stream_options.x" }], { stream_options: { x: 1 } }), {
    body: {},
    dropped: ["stream_options.x"],
  });
});

test("a renamed field keeps the value of the new name where both are there", () => {
  const learned = [{ kind: "rename", name: "max_tokens", to: "max_completion_tokens" }] as const;
  assert.deepEqual(refusing(learned, { max_tokens: 5 }).body, { max_completion_tokens: 5 });
  assert.deepEqual(refusing(learned, { max_tokens: 5, max_completion_tokens: 9 }).body, {
    max_completion_tokens: 9,
  });
});

test("a request too short for a model's cache gets no marks, one of unknown length does", () => {
  const long = (inputTokens: number | undefined, more: Partial<EncodeTarget> = {}) =>
    isLongEnough(target({ ...more, ...(inputTokens !== undefined && { inputTokens }) }));
  assert.deepEqual([long(undefined), long(1023), long(1024), long(0)], [true, false, true, false]);
  // https://platform.claude.com/docs/en/build-with-claude/prompt-caching#cache-limitations
  const haiku = { provider: "anthropic", model: "claude-haiku-4-5" };
  assert.deepEqual([long(2000, haiku), long(5000, haiku)], [false, true]);
});

test("texts among the user's are marked, media beside them are not", () => {
  assert.equal(reminding("ü"), "<system-reminder>\nü\n</system-reminder>");
  const image = { type: "image_url" };
  assert.deepEqual(reminding([{ type: "text", text: "a" }, image, null]), [
    { type: "text", text: "<system-reminder>\na\n</system-reminder>" },
    image,
    null,
  ]);
  assert.deepEqual(reminding(undefined), []);
});

test("an address in the web is one by its scheme", () => {
  for (const url of ["http://a", "HTTPS://a"]) assert.equal(isWebAddress(url), true);
  for (const url of ["data:image/png;base64,AA", "httpx://a", "", undefined, 7]) {
    assert.equal(isWebAddress(url), false);
  }
});

test("an answer's limit over the model's is lowered under each of its names", () => {
  const fit = (body: Record<string, Json>, most: number | undefined) => {
    const draft = new Draft(body);
    fitAnswerLimit(draft, ["max_tokens", "max_completion_tokens"], most);
    return draft.fitted;
  };
  const body = Object.freeze({ max_tokens: 100, max_completion_tokens: 101 });
  assert.deepEqual(fit(body, 100), {
    body: { max_tokens: 100, max_completion_tokens: 100 },
    dropped: ["max_completion_tokens"],
  });
  for (const most of [101, undefined]) assert.equal(fit(body, most).body, body);
  for (const odd of ["200", null, true]) assert.deepEqual(fit({ max_tokens: odd }, 100).dropped, []);
});

test("a limit that a refusal named leaves room to answer beside thinking", () => {
  const to = (budget: Json) =>
    refusing([{ kind: "limit", name: "max_tokens", to: "1000" }], {
      max_tokens: 5000,
      thinking: { type: "enabled", budget_tokens: budget },
    }).body.thinking.budget_tokens;
  assert.deepEqual([1000, 4000, 999, undefined].map(to), [800, 800, 999, undefined]);
});

test("thinking that a request asks for in any dialect decides where its tools go", () => {
  const to = (model: string) => (body: Json) => dialectForTools(body, target({ provider: "openai", model }));
  const asks = [
    { reasoning_effort: "low" },
    { reasoning: { effort: "low" } },
    { thinking: { type: "enabled" } },
    { output_config: { effort: "low" } },
  ];
  assert.deepEqual(asks.map(to("gpt-5.4")), asks.map(() => "openai-responses"));
  assert.deepEqual([{}, { reasoning_effort: null }].map(to("gpt-5.4")), [undefined, undefined]);
  assert.equal(to("gpt-5.5")({}), "openai-responses", "it thinks unasked");
  assert.equal(to("gpt-5.5")({ reasoning_effort: "none" }), undefined);
});

test("sampling at the ends of its range stays, and what is beyond goes to the nearer end", () => {
  const zai = target({ provider: "zai", model: "glm-4.6", rulesOf: "zai" });
  const fit = (top_p: Json) => {
    const draft = new Draft({ top_p });
    fitSampling(draft, zai, false);
    return [draft.body.top_p, draft.fitted.dropped.length];
  };
  assert.deepEqual([0.01, 0.5, 1].map(fit), [[0.01, 0], [0.5, 0], [1, 0]]);
  assert.deepEqual([0, -1, 1.01, 2].map(fit), [[0.01, 1], [0.01, 1], [1, 1], [1, 1]]);
  assert.deepEqual(fit("2"), ["2", 0]);
});
