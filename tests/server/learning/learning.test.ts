import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import type { Kind } from "../../../src/classifier/classification.ts";
import { conversationView } from "../../../src/classifier/prompt/conversation.ts";
import type { Exchange } from "../../../src/dispatch/exchange.ts";
import type { Pin } from "../../../src/dispatch/pins.ts";
import { dataFile } from "../../../src/runtime/data-folder.ts";
import { readDecisions } from "../../../src/server/learning/files.ts";
import { type SiblingMessage, Siblings } from "../../../src/server/siblings.ts";
import { Learner, Learning, MOST_DECISIONS } from "../../../src/server/learning/learning.ts";
import { anEnd } from "../../ledger/sample.ts";
import { classified } from "../../router/world.ts";
import { tempFolder } from "../../support/disposable.ts";
import { configOf, testClock } from "../../support/proxy.ts";
import { requestFacts, user } from "../../support/request-facts.ts";

const DAY = 86_400_000;
const TARGET = { provider: "groq", model: "llama" };

function learning(folder?: string, siblings?: Siblings) {
  const clock = testClock();
  const log: string[] = [];
  const write = (_level: string, message: string) => void log.push(message);
  const options = { clock, folder, log: write, ...(siblings === undefined ? {} : { siblings }) };
  return { clock, log, learns: new Learning(options) };
}

interface Decided {
  readonly id?: string;
  readonly kind?: Kind;
  readonly key?: string;
  readonly session?: string;
  /** The route that was decided, where it is another one. */
  readonly route?: string;
  readonly wished?: boolean;
  readonly set?: Parameters<typeof classified>[0];
  readonly facts?: Parameters<typeof requestFacts>[0];
  readonly pin?: Pick<Pin, "by">;
}

/** A request is decided. */
function decide(learns: Learning, decided: Decided = {}): void {
  const { id = "r1", kind = "think", key, session, route = kind, wished, set = {}, facts = {}, pin } =
    decided;
  const exchange: Partial<Exchange> = {
    id,
    time: 0,
    facts: requestFacts({ client: "codex", ...(session === undefined ? {} : { session }), ...facts }),
    classification: classified({ kind, ...set }),
    plan: {
      route,
      targets: [],
      why: [],
      decision: { kind: "route", name: route, ...(wished === undefined ? {} : { wished }) },
    } as unknown as Exchange["plan"],
    ...(key === undefined ? {} : { clientKey: key }),
  };
  learns.decided(exchange as Exchange, pin as Pin | undefined);
}

const end = (id = "r1") => anEnd({ id, ...TARGET });

/** The corrections, each in a word or two. */
const said = (learns: Learning) =>
  learns.feedback.corrections.map(({ id, from, to, by }) => `${id} ${from}→${to} ${by}`);

describe("a decision", () => {
  test("is remembered from its start, with who answered from its end on", () => {
    const { learns } = learning();
    assert.equal(learns.decision("r1"), undefined);
    decide(learns, { key: "ann", session: "s1" });
    assert.deepEqual([learns.decision("r1")?.key, learns.decision("r1")?.target], ["ann", undefined]);
    learns.ended(end());
    assert.deepEqual(learns.decision("r1")?.target, TARGET);
  });

  test("the client's own requests are not decisions that a user could correct", () => {
    const { learns } = learning();
    decide(learns, { id: "a", set: { isHousekeeping: true } });
    decide(learns, { id: "b", facts: { operation: "count_tokens" } });
    const { prompt: _prompt, ...silent } = classified();
    learns.decided({ ...exchangeOf("c"), classification: silent } as Exchange, undefined);
    for (const id of ["a", "b", "c"]) assert.equal(learns.decision(id), undefined, id);
    learns.ended(end("a"));
    assert.equal(learns.decision("a"), undefined);
  });

  test("that is old is forgotten, the newest ones are not", () => {
    const { learns } = learning();
    for (let i = 0; i <= MOST_DECISIONS; i++) {
      decide(learns, { id: `r${i}` });
      learns.ended(end(`r${i}`));
    }
    assert.equal(learns.decision("r0"), undefined);
    assert.notEqual(learns.decision("r1"), undefined);
    assert.notEqual(learns.decision(`r${MOST_DECISIONS}`), undefined);
  });
});

function exchangeOf(id: string): Partial<Exchange> {
  return {
    id,
    time: 0,
    facts: requestFacts(),
    plan: { route: "think", decision: { kind: "route", name: "think" } } as unknown as Exchange["plan"],
  };
}

describe("a correction", () => {
  test("comes of a wish, of a header's pin and of a word about the request", () => {
    const { learns } = learning();
    decide(learns, { id: "a", route: "build", wished: true });
    decide(learns, { id: "b", route: "build", pin: { by: "header" } });
    decide(learns, { id: "c" });
    assert.deepEqual(learns.correct(learns.decision("c")!, "background"), {
      route: "background",
      was: "think",
      learned: false,
    });
    assert.deepEqual(said(learns), [
      "a think→build wish",
      "b think→build header",
      "c think→background feedback",
    ]);
  });

  test("is not what agrees, what only continues a turn, or what names no kind of work", () => {
    const { learns } = learning();
    decide(learns, { id: "a", wished: true });
    decide(learns, { id: "b", route: "build", wished: true, set: { continuesTurn: true } });
    decide(learns, { id: "c", route: "web_search", wished: true });
    decide(learns, { id: "d", route: "build" });
    decide(learns, { id: "e", route: "build", pin: { by: "command" } });
    assert.deepEqual(said(learns), []);
  });

  test("of a session that was pinned by command is one of its latest decision", () => {
    const { learns } = learning();
    for (const [id, session] of [["a", "s1"], ["b", "s1"], ["c", "s2"]] as const) {
      decide(learns, { id, session });
      learns.ended(end(id));
    }
    learns.pinned("s1", "plan-implementation");
    learns.pinned("s2", "groq,llama");
    learns.pinned("nobody's", "build");
    assert.deepEqual(said(learns), ["b think→plan_implementation pin"]);
  });

  test("replaces the one before of the same request", () => {
    const { learns } = learning();
    decide(learns);
    learns.correct(learns.decision("r1")!, "build");
    learns.correct(learns.decision("r1")!, "background");
    assert.deepEqual(said(learns), ["r1 think→background feedback"]);
  });

  test("of a key pushes out that key's oldest, and nobody else's", () => {
    const { learns } = learning();
    decide(learns, { id: "bob's", key: "bob" });
    learns.correct(learns.decision("bob's")!, "build");
    for (let i = 0; i <= 300; i++) {
      decide(learns, { id: `r${i}`, key: "ann" });
      learns.correct(learns.decision(`r${i}`)!, "build");
    }
    const ids = learns.feedback.corrections.map(({ id }) => id);
    assert.equal(ids.length, 301);
    assert.deepEqual(ids.slice(0, 2), ["bob's", "r1"]);
  });
});

describe("thumbs", () => {
  const counted = (learns: Learning, key?: string) =>
    learns.worldOf(key).thumbs?.(TARGET, "think", undefined);

  /** A request of a key, answered and rated. */
  function rate(learns: Learning, id: string, up: boolean, key?: string): void {
    decide(learns, { id, ...(key === undefined ? {} : { key }) });
    learns.ended(end(id));
    assert.deepEqual(learns.rate(learns.decision(id)!, up), { thumb: up ? "up" : "down" });
  }

  test("count for the target, the kind and the key that they were given for", () => {
    const { learns } = learning();
    rate(learns, "a", true, "ann");
    rate(learns, "b", false, "ann");
    rate(learns, "c", false, "bob");
    assert.deepEqual(counted(learns, "ann"), { up: 1, down: 1 });
    assert.deepEqual(counted(learns, "bob"), { up: 0, down: 1 });
    assert.deepEqual(counted(learns), { up: 0, down: 0 });
    const { thumbs } = learns.worldOf("ann");
    assert.deepEqual(thumbs?.({ ...TARGET, model: "other" }, "think", undefined), { up: 0, down: 0 });
    assert.deepEqual(thumbs?.(TARGET, "build", undefined), { up: 0, down: 0 });
    assert.deepEqual(thumbs?.(TARGET, "think", "rust"), { up: 0, down: 0 });
  });

  test("fade with time, and a second one of the same request replaces the first", () => {
    const { learns, clock } = learning();
    rate(learns, "a", true);
    learns.rate(learns.decision("a")!, false);
    assert.deepEqual(counted(learns), { up: 0, down: 1 });
    clock.advance(90 * DAY);
    const { down } = counted(learns)!;
    assert.ok(down > 0 && down < 1, `${down}`);
    clock.advance(3650 * DAY);
    assert.ok(counted(learns)!.down < 0.01);
  });

  test("of a request that nobody has answered are not taken", () => {
    const { learns } = learning();
    decide(learns);
    assert.equal(learns.rate(learns.decision("r1")!, true), undefined);
    assert.deepEqual(learns.feedback.thumbs, []);
  });
});

describe("what was said", () => {
  test("is taken back, the latest first or by its request", () => {
    const { learns, clock } = learning();
    assert.equal(learns.undo(), undefined);
    for (const id of ["a", "b", "c"]) {
      decide(learns, { id });
      learns.ended(end(id));
    }
    learns.correct(learns.decision("a")!, "build");
    clock.advance(1);
    learns.rate(learns.decision("b")!, true);
    clock.advance(1);
    learns.correct(learns.decision("c")!, "build");
    assert.equal(learns.undo("a")?.id, "a");
    assert.equal(learns.undo("a"), undefined);
    assert.equal(learns.undo()?.id, "c");
    assert.equal(learns.undo()?.id, "b");
    assert.equal(learns.undo(), undefined);
  });

  test("is forgotten for one key or for all", () => {
    const { learns } = learning();
    for (const [id, key] of [["a", "ann"], ["b", "bob"], ["c", "ann"]] as const) {
      decide(learns, { id, key });
      learns.correct(learns.decision(id)!, "build");
    }
    assert.equal(learns.reset("ann"), 2);
    assert.deepEqual(learns.feedback.corrections.map(({ id }) => id), ["b"]);
    assert.equal(learns.reset(), 1);
    assert.equal(learns.reset(), 0);
  });
});

describe("after a restart", () => {
  test("decisions and what was said of them are known", () => {
    using folder = tempFolder();
    const { learns } = learning(folder.path);
    decide(learns, { key: "ann" });
    learns.ended(end());
    learns.correct(learns.decision("r1")!, "build");
    const again = learning(folder.path).learns;
    assert.equal(again.decision("r1")?.key, "ann");
    assert.deepEqual(said(again), ["r1 think→build feedback"]);
  });

  test("the file of decisions does not grow without an end", () => {
    using folder = tempFolder();
    const { learns } = learning(folder.path);
    for (let i = 0; i <= 2 * MOST_DECISIONS; i++) {
      decide(learns, { id: `r${i}` });
      learns.ended(end(`r${i}`));
    }
    const path = dataFile(folder.path, "decisions");
    const lines = readFileSync(path, "utf8").split("\n").length - 1;
    assert.equal(lines, MOST_DECISIONS);
    assert.equal(readDecisions(path, 1)[0]?.id, `r${2 * MOST_DECISIONS}`);
  });

  test("a damaged file is left as it is: the log says so once, and requests go on", () => {
    using folder = tempFolder();
    const path = dataFile(folder.path, "learned");
    folder.write("learned.json", "not ours");
    const { learns, log } = learning(folder.path);
    decide(learns);
    learns.ended(end());
    learns.correct(learns.decision("r1")!, "build");
    assert.deepEqual(said(learns), ["r1 think→build feedback"]);
    assert.equal(readFileSync(path, "utf8"), "not ours");
    assert.equal(log.filter((line) => line.startsWith("nothing is learned, and nothing kept:")).length, 1);
  });

  test("a folder that cannot be written costs no request either", () => {
    using folder = tempFolder();
    const { learns, log } = learning(folder.path);
    mkdirSync(dataFile(folder.path, "decisions"));
    for (const id of ["a", "b"]) {
      decide(learns, { id });
      learns.ended(end(id));
    }
    assert.notEqual(learns.decision("b"), undefined);
    assert.equal(log.filter((line) => line.includes("will be forgotten at a restart")).length, 1);
  });
});

/** Two workers on one folder, each with what it learns; they hear each other at once. */
function workers(folder: string) {
  const said = (to: () => Siblings) => (message: SiblingMessage) => {
    if (message.kind === "tell") to().take(message);
  };
  const one: Siblings = new Siblings(said(() => other));
  const other: Siblings = new Siblings(said(() => one));
  return [learning(folder, one).learns, learning(folder, other).learns] as const;
}

describe("workers on one folder", () => {
  test("know each other's decisions, whichever of them takes the feedback", () => {
    using folder = tempFolder();
    const [one, other] = workers(folder.path);
    decide(one, { session: "s1" });
    one.ended(end());
    assert.deepEqual(other.decision("r1")?.target, TARGET);
    other.pinned("s1", "build");
    assert.deepEqual(said(one), ["r1 think→build pin"]);
  });

  test("add to what the other has taken, and take back each other's", () => {
    using folder = tempFolder();
    const [one, other] = workers(folder.path);
    for (const [learns, id] of [[one, "a"], [other, "b"]] as const) {
      decide(learns, { id });
      learns.ended(end(id));
      learns.correct(learns.decision(id)!, "build");
    }
    for (const each of [one, other]) {
      assert.deepEqual(each.feedback.corrections.map(({ id }) => id), ["a", "b"]);
    }
    assert.equal(one.undo("b")?.id, "b");
    assert.deepEqual(other.feedback.corrections.map(({ id }) => id), ["a"]);
  });

  test("without others, a decision that is not remembered is not looked for", () => {
    using folder = tempFolder();
    const { learns } = learning(folder.path);
    decide(learns);
    const late = learning(folder.path).learns;
    learns.ended(end());
    assert.equal(late.decision("r1"), undefined);
  });
});

describe("prompts", () => {
  const WORDS = configOf("").router.words;
  const PROMPTS = ["payments", "search", "billing", "mail", "login", "audit", "cart", "order", "user", "web"]
    .map(
      (name) => `write the release notes for the ${name} service`,
    );

  /** What a prompt of a key is judged to be. */
  const judgedBy = (learns: Learning, prompt: string, key?: string) =>
    learns.judgeFor(key)(conversationView(requestFacts({ messages: [user(prompt)] })), WORDS);

  test("like those that a key was corrected on go where it said, for that key alone", () => {
    const { learns } = learning();
    const next = "write the release notes for the gateway service";
    const { kind: before } = judgedBy(learns, next, "ann");
    const to = before === "background" ? "think" : "background";
    for (const [i, prompt] of PROMPTS.entries()) {
      const { kind, learnable } = judgedBy(learns, prompt, "ann");
      decide(learns, { id: `r${i}`, key: "ann", kind, set: learnable === undefined ? {} : { learnable } });
      learns.correct(learns.decision(`r${i}`)!, to);
    }
    assert.equal(judgedBy(learns, next, "ann").kind, to);
    assert.equal(judgedBy(learns, next, "bob").kind, before);
    assert.equal(judgedBy(learns, next).kind, before);
    learns.reset("ann");
    assert.equal(judgedBy(learns, next, "ann").kind, before);
  });

  test("keep what a correction would learn from, also where nothing was corrected yet", () => {
    const { learns } = learning();
    assert.ok((judgedBy(learns, PROMPTS[0]!).learnable?.features.hashes.length ?? 0) > 0);
  });
});

test("learning begins and ends with the configuration, and stays over other reloads", () => {
  const [on, off] = ["[learning]\nenabled = true\n", ""].map((toml) => configOf(toml));
  const learner = new Learner(off!, { clock: testClock(), folder: undefined, log: () => {} });
  const now = () => learner.learning;
  assert.equal(now(), undefined);
  learner.reconfigure(on!);
  const first = now();
  assert.notEqual(first, undefined);
  learner.reconfigure(configOf('[learning]\nenabled = true\n[log]\nlevel = "warn"\n'));
  assert.equal(now(), first);
  learner.reconfigure(off!);
  assert.equal(now(), undefined);
});
