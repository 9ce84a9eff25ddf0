import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  FORGOTTEN_AFTER_MS,
  Lessons,
  lessonSaver,
  readLessons,
} from "../../../src/dispatch/lessons/lessons.ts";
import { fakeProvider, json } from "../../support/provider.ts";
import { startProxy, testClock } from "../../support/proxy.ts";
import { written } from "../../support/speech.ts";
import type { BuiltinDialect } from "../../../src/dialects/registry.ts";

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

test("lessons come back from their file with their dates, until they are a month old", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "lessons-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "lessons.json");
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

const PATHS: Readonly<Record<BuiltinDialect, string>> = {
  "anthropic-messages": "/v1/messages",
  "openai-chat": "/v1/chat/completions",
  "openai-responses": "/v1/responses",
};

const config = (url: string, dialect: BuiltinDialect) => `
[router]
default = "there,the-model"
[[providers]]
name = "there"
api_base_url = "${url}/v1"
api_key = "k"
dialects = ["${dialect}"]
`;

for (const dialect of Object.keys(PATHS) as BuiltinDialect[]) {
  test(`${dialect}: a refused field is taken out once, and then always, over a restart`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "lessons-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const refusal = { error: { message: "Unknown parameter: 'odd_field'.", param: "odd_field" } };
    const provider = await fakeProvider((arrived, res) =>
      "odd_field" in arrived.json
        ? json(refusal, 400)(arrived, res)
        : json(written(dialect, "ok"))(arrived, res)
    );
    t.after(() => provider.close());
    const body =
      '{"model":"x", "odd_field":1,"max_tokens":5, "n":1.0,"messages":[{"role":"user","content":"a"}],"input":"a"}';
    const ask = async (proxy: ReturnType<typeof startProxy>) => {
      const response = await proxy.post(PATHS[dialect], body);
      await response.text();
      return [response.status, response.headers.get("x-translation-dropped")];
    };
    const clock = testClock();
    const first = startProxy(config(provider.url, dialect), { dataFolder: folder, clock });
    assert.deepEqual(await ask(first), [200, "odd_field"]);
    assert.equal(provider.arrived.length, 2);
    assert.equal(provider.arrived[1]?.text, body.replace('"x"', '"the-model"').replace('"odd_field":1,', ""));
    assert.ok(first.log.some(({ message }) => message.includes('without the field "odd_field"')));
    assert.deepEqual(await ask(first), [200, "odd_field"]);
    assert.equal(provider.arrived.length, 3);
    await first.close();
    const second = startProxy(config(provider.url, dialect), { dataFolder: folder, clock });
    t.after(() => second.close());
    assert.deepEqual(await ask(second), [200, "odd_field"]);
    assert.equal(provider.arrived.length, 4);
  });
}

test("a field that is refused though it is gone ends the request, and nothing is remembered", async (t) => {
  const refusal = { error: { message: "Unknown parameter: 'odd'.", param: "odd" } };
  const provider = await fakeProvider(json(refusal, 400));
  t.after(() => provider.close());
  const proxy = startProxy(config(provider.url, "openai-chat"));
  t.after(() => proxy.close());
  const messages = [{ role: "user", content: "a" }];
  const response = await proxy.post("/v1/chat/completions", { model: "x", messages, odd: 1 });
  assert.deepEqual([response.status, await response.json()], [400, refusal]);
  assert.equal(provider.arrived.length, 2);
  const without = await proxy.post("/v1/chat/completions", { model: "x", messages });
  assert.equal(without.status, 400);
  await without.text();
  assert.equal(provider.arrived.length, 3);
  assert.deepEqual(proxy.context.state.lessons.all, []);
});
