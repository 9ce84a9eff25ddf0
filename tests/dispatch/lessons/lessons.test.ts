import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import {
  FORGOTTEN_AFTER_MS,
  Lessons,
  lessonSaver,
  readLessons,
} from "../../../src/dispatch/lessons/lessons.ts";
import { json } from "../../support/provider.ts";
import { testClock } from "../../support/proxy.ts";
import { DIALECTS, PATHS, written } from "../../support/speech.ts";
import { proxyWith } from "../../support/world.ts";
import { tempFolder } from "../../support/disposable.ts";
import type { Json } from "../../../src/model/json.ts";

const TARGET = { provider: "there", model: "m" };

test("a lesson holds for its own target, and once", () => {
  const saved: number[] = [];
  const lessons = new Lessons([], (all) => void saved.push(all.length));
  const learned = { ...TARGET, lesson: { kind: "field", name: "store" }, at: 1, message: "no" } as const;
  lessons.learn(learned);
  lessons.learn({ ...learned, at: 2 });
  assert.deepEqual(lessons.of(TARGET), [{ kind: "field", name: "store" }]);
  assert.deepEqual(lessons.of({ ...TARGET, model: "other" }), []);
  assert.deepEqual(saved, [1]);
});

test("lessons come back from their file with their dates, until they are a month old", () => {
  using folder = tempFolder();
  const path = folder.at("lessons.json");
  const save = lessonSaver(path, () => {});
  save([{ ...TARGET, lesson: { kind: "rename", name: "a", to: "b" }, at: 5000, message: "no" }]);
  assert.match(readFileSync(path, "utf8"), /1970-01-01T00:00:05/);
  assert.deepEqual(readLessons(path, 6000).map(({ at, lesson }) => [at, lesson.name]), [[5000, "a"]]);
  assert.deepEqual(readLessons(path, 5000 + FORGOTTEN_AFTER_MS), []);
  writeFileSync(path, '[{"provider":1},{"provider":"p","model":"m","message":"","at":"x","lesson":{}}]');
  assert.deepEqual(readLessons(path, 0), []);
  writeFileSync(path, "{");
  assert.deepEqual(readLessons(path, 0), []);
});

for (const dialect of DIALECTS) {
  test(`${dialect}: a refused field is taken out once, and then always, over a restart`, async () => {
    const refusal = { error: { message: "Unknown parameter: 'odd_field'.", param: "odd_field" } };
    await using world = await proxyWith({
      there: (arrived, res) =>
        "odd_field" in arrived.json
          ? json(refusal, 400)(arrived, res)
          : json(written(dialect, "ok"))(arrived, res),
    }, { dialect, router: 'default = "there,the-model"', dataFolder: tempFolder(), clock: testClock() });
    const body =
      '{"model":"x", "odd_field":1,"max_tokens":5, "n":1.0,"messages":[{"role":"user","content":"a"}],"input":"a"}';
    const ask = async () => {
      const response = await world.post(PATHS[dialect], body);
      await response.text();
      return [response.status, response.headers.get("x-translation-dropped")];
    };
    assert.deepEqual(await ask(), [200, "odd_field"]);
    assert.equal(world.there.arrived.length, 2);
    assert.equal(
      world.there.arrived[1]?.text,
      body.replace('"x"', '"the-model"').replace('"odd_field":1,', ""),
    );
    assert.ok(world.log.some(({ message }) => message.includes('without the field "odd_field"')));
    assert.deepEqual(await ask(), [200, "odd_field"]);
    assert.equal(world.there.arrived.length, 3);
    await world.restart();
    assert.deepEqual(await ask(), [200, "odd_field"]);
    assert.equal(world.there.arrived.length, 4);
  });
}

/** What a gateway needs that it names in a refusal, the request that lacks it, and what the repaired one has. */
const NEEDS: readonly (readonly [
  name: string,
  message: string,
  body: (dialect: string) => Json,
  has: (body: Json) => boolean,
])[] = [
  [
    "a limit of the answer is lowered",
    "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]",
    () => ({ max_tokens: 100_000, messages: [{ role: "user", content: "a" }] }),
    (body) => body.max_tokens === 8192,
  ],
  [
    "the user's words follow an answer in the last place",
    "Assistant response prefill is incompatible with enable_thinking.",
    () => ({
      max_tokens: 5,
      messages: [{ role: "user", content: "a" }, { role: "assistant", content: "b" }],
    }),
    (body) => body.messages.at(-1).role === "user",
  ],
  [
    "the tools of a history are defined, and none may be called",
    "Bedrock doesn't support tool calling without `tools=` param specified.",
    (dialect) => ({
      max_tokens: 5,
      messages: dialect === "openai-chat"
        ? [
          { role: "user", content: "a" },
          {
            role: "assistant",
            content: null,
            tool_calls: [{ id: "c", type: "function", function: { name: "Bash", arguments: "{}" } }],
          },
          { role: "tool", tool_call_id: "c", content: "ok" },
        ]
        : [
          { role: "user", content: "a" },
          { role: "assistant", content: [{ type: "tool_use", id: "c", name: "Bash", input: {} }] },
          { role: "user", content: [{ type: "tool_result", tool_use_id: "c", content: "ok" }] },
        ],
    }),
    (body) =>
      (body.tools?.[0]?.function ?? body.tools?.[0])?.name === "Bash" &&
      (body.tool_choice?.type ?? body.tool_choice) === "none",
  ],
];

for (const [name, message, body, has] of NEEDS) {
  for (const dialect of ["openai-chat", "anthropic-messages"] as const) {
    test(`${dialect}: ${name} where a gateway wants it, and from then on`, async () => {
      await using world = await proxyWith({
        there: (arrived, res) =>
          has(arrived.json)
            ? json(written(dialect, "ok"))(arrived, res)
            : json({ error: { message, type: "invalid_request_error" } }, 400)(arrived, res),
      }, { dialect });
      for (const asked of [2, 3]) {
        const response = await world.post(PATHS[dialect], { model: "x", ...body(dialect) });
        await response.text();
        assert.deepEqual([response.status, world.there.arrived.length], [200, asked]);
      }
    });
  }
}
