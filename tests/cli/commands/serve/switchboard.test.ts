import assert from "node:assert/strict";
import { test } from "node:test";
import { type Extension, Switchboard } from "../../../../src/cli/commands/serve/switchboard.ts";
import { counter, type Family } from "../../../../src/server/metrics/families.ts";
import { METRICS, together } from "../../../../src/server/metrics/merge.ts";
import { Siblings } from "../../../../src/server/siblings.ts";

/** Workers on one switchboard, without processes in between. */
function workers(count: number, board: Switchboard) {
  return Array.from({ length: count }, () => {
    const extension: Extension = { send: (message) => siblings.take(message) };
    const siblings = new Siblings((message) => board.take(extension, message));
    board.connect(extension);
    return { siblings, extension };
  });
}

const requests = (
  value: number,
): Family[] => [counter("requests_total", "Requests.", [{ value, labels: {} }])];

/** How many requests a worker says that all had. */
async function totalFrom(siblings: Siblings, own: number): Promise<number | undefined> {
  const others = await siblings.ask(METRICS, requests(own)) as Family[][];
  return together([requests(own), ...others]).find(({ name }) => name === "requests_total")?.values[0]?.value;
}

test("a question gets the answers of all other workers, and is remembered", async () => {
  const [one, two, three] = workers(3, new Switchboard());
  for (const [at, { siblings }] of [one!, two!, three!].entries()) siblings.answer("number", () => at);
  assert.deepEqual([...await two!.siblings.ask("number")].sort(), [0, 2]);
  assert.deepEqual([...two!.siblings.said("number")].sort(), [0, 2]);
  assert.deepEqual(one!.siblings.said("number"), []);
});

test("a worker that does not answer in time is missing from the answers", async () => {
  const board = new Switchboard(5);
  const [one, two] = workers(2, board);
  two!.siblings.answer("number", () => 2);
  board.connect({ send: () => {} });
  assert.deepEqual(await one!.siblings.ask("number"), [2]);
});

test("a worker that ends while it is asked does not keep the others waiting", async () => {
  const board = new Switchboard(60_000);
  const [one] = workers(1, board);
  const silent: Extension = { send: () => board.disconnect(silent) };
  board.connect(silent);
  assert.deepEqual(await one!.siblings.ask("number"), []);
});

test("what a worker tells reaches all others and not itself", () => {
  const all = workers(3, new Switchboard());
  const heard: string[] = [];
  for (const [at, { siblings }] of all.entries()) {
    siblings.on("topic", (value) => heard.push(`${at} ${value}`));
  }
  all[1]!.siblings.tell("topic", "hello");
  assert.deepEqual(heard, ["0 hello", "2 hello"]);
});

test("what a worker counted before it ended stays in the sum", async () => {
  const board = new Switchboard();
  const [one, two] = workers(2, board);
  two!.siblings.answer(METRICS, () => requests(5));
  assert.equal(await totalFrom(one!.siblings, 3), 8);
  board.disconnect(two!.extension);
  assert.equal(await totalFrom(one!.siblings, 4), 9);
  const [three] = workers(1, board);
  three!.siblings.answer(METRICS, () => requests(1));
  assert.equal(await totalFrom(one!.siblings, 4), 10);
});

test("without a supervisor every question ends without answers", async () => {
  const siblings = new Siblings(() => {});
  const answers = siblings.ask("number");
  siblings.orphan();
  assert.deepEqual(await answers, []);
});
