import assert from "node:assert/strict";
import { test } from "node:test";
import { type SiblingMessage, Siblings } from "../../src/server/siblings.ts";

/** A worker, and what it has said to its supervisor. */
function worker() {
  const said: SiblingMessage[] = [];
  return { siblings: new Siblings((message) => void said.push(message)), said };
}

/** Answers the question that was asked last, as the supervisor does. */
function answered({ siblings, said }: ReturnType<typeof worker>, values: readonly unknown[]): void {
  const last = said.findLast((message) => message.kind === "ask");
  assert.ok(last !== undefined);
  siblings.take({ kind: "answers", id: last.id, values });
}

test("a question gets the answers to itself, in whatever order they come", async () => {
  const { siblings, said } = worker();
  const [metrics, health] = [siblings.ask("metrics"), siblings.ask("health")];
  const [first, second] = said.flatMap((message) => message.kind === "ask" ? [message] : []);
  assert.deepEqual([first!.what, second!.what], ["metrics", "health"]);
  siblings.take({ kind: "answers", id: second!.id, values: ["h"] });
  siblings.take({ kind: "answers", id: first!.id, values: ["a", "b"] });
  assert.deepEqual(await metrics, ["a", "b"]);
  assert.deepEqual(await health, ["h"]);
});

test("the answers of before stay known until there are others", async () => {
  const one = worker();
  assert.deepEqual(one.siblings.said("metrics"), []);
  const first = one.siblings.ask("metrics");
  answered(one, [1]);
  await first;
  const second = one.siblings.ask("metrics");
  assert.deepEqual(one.siblings.said("metrics"), [1]);
  answered(one, []);
  await second;
  assert.deepEqual(one.siblings.said("metrics"), []);
});

test("a worker's own answer goes with its question only where it has one", () => {
  const { siblings, said } = worker();
  void siblings.ask("metrics", { own: 1 });
  void siblings.ask("metrics");
  assert.deepEqual(said[0], { kind: "ask", id: 1, what: "metrics", own: { own: 1 } });
  assert.ok(!("own" in said[1]!));
});

test("another's question is answered with what is so now, and an unknown one with nothing", () => {
  const { siblings, said } = worker();
  let requests = 1;
  siblings.answer("metrics", () => requests);
  siblings.take({ kind: "ask", id: 7, what: "metrics" });
  requests = 2;
  siblings.take({ kind: "ask", id: 8, what: "metrics" });
  siblings.take({ kind: "ask", id: 9, what: "toString" });
  assert.deepEqual(said, [
    { kind: "answer", id: 7, value: 1 },
    { kind: "answer", id: 8, value: 2 },
    { kind: "answer", id: 9, value: undefined },
  ]);
});

test("what others tell reaches the listener of its topic alone", () => {
  const { siblings, said } = worker();
  const heard: unknown[] = [];
  siblings.on("ended", (value) => void heard.push(value));
  siblings.tell("ended", { id: "r1" });
  assert.deepEqual(said, [{ kind: "tell", topic: "ended", value: { id: "r1" } }]);
  siblings.take({ kind: "tell", topic: "ended", value: 1 });
  siblings.take({ kind: "tell", topic: "alert", value: 2 });
  assert.deepEqual(heard, [1]);
});

test("late and unasked answers change nothing", async () => {
  const one = worker();
  const asked = one.siblings.ask("metrics");
  answered(one, [1]);
  answered(one, [2]);
  one.siblings.take({ kind: "answers", id: 99, values: [3] });
  assert.deepEqual(await asked, [1]);
  assert.deepEqual(one.siblings.said("metrics"), [1]);
});

test("questions that are open when the supervisor ends get no answers, and wait no longer", async () => {
  const { siblings } = worker();
  const open = [siblings.ask("metrics"), siblings.ask("health")];
  siblings.orphan();
  assert.deepEqual(await Promise.all(open), [[], []]);
  assert.deepEqual(await siblings.ask("metrics"), []);
});
