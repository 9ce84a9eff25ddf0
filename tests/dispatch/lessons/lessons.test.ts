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

test("a field that is refused though it is gone ends the request, and nothing is remembered", async () => {
  const refusal = { error: { message: "Unknown parameter: 'odd'.", param: "odd" } };
  await using world = await proxyWith({ there: json(refusal, 400) }, { dialect: "openai-chat" });
  const messages = [{ role: "user", content: "a" }];
  const response = await world.post("/v1/chat/completions", { model: "x", messages, odd: 1 });
  assert.deepEqual([response.status, await response.json()], [400, refusal]);
  assert.equal(world.there.arrived.length, 2);
  const without = await world.post("/v1/chat/completions", { model: "x", messages });
  assert.equal(without.status, 400);
  await without.text();
  assert.equal(world.there.arrived.length, 3);
  assert.deepEqual(world.context.state.lessons.all, []);
});
