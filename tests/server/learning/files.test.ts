import assert from "node:assert/strict";
import { statSync } from "node:fs";
import process from "node:process";
import { describe, test } from "node:test";
import {
  appendDecision,
  type Feedback,
  feedbackText,
  type KeptDecision,
  readDecisions,
  readFeedback,
  writeDecisions,
  writeFeedback,
} from "../../../src/server/learning/files.ts";
import { KINDS } from "../../../src/classifier/learned/situation.ts";
import { tempFolder } from "../../support/disposable.ts";

const features = (...pairs: [hash: number, value: number][]) => ({
  hashes: Uint32Array.from(pairs, ([hash]) => hash),
  values: Uint8Array.from(pairs, ([, value]) => value),
});
const scores = KINDS.map((_, i) => i / 10);
const TARGET = { provider: "groq", model: "llama" };

const decision = (id: string, more: Partial<KeptDecision> = {}): KeptDecision => ({
  id,
  time: 1,
  kind: "think",
  route: "think",
  client: "codex",
  ...more,
});

const SAID: Feedback = {
  corrections: [{
    id: "r1",
    time: 1,
    key: "ann",
    from: "think",
    to: "build",
    by: "wish",
    features: features([0, 1], [0xffff_ffff, 255], [7, 128]),
    scores,
  }],
  thumbs: [{ id: "r2", time: 2, up: false, kind: "build", language: "c++", target: TARGET }],
};

const onlyUnix = { skip: process.platform === "win32" };

describe("what the user said", () => {
  test("is read as it was written, to the bit", () => {
    using folder = tempFolder();
    writeFeedback(folder.at("learned.json"), SAID);
    const read = readFeedback(folder.at("learned.json"));
    const [one] = read.corrections;
    assert.deepEqual([...one!.features.hashes], [0, 0xffff_ffff, 7]);
    assert.deepEqual([...one!.features.values], [1, 255, 128]);
    assert.deepEqual(JSON.parse(feedbackText(read)), JSON.parse(feedbackText(SAID)));
    assert.deepEqual(read.thumbs, SAID.thumbs);
  });

  test("is nothing where there is no file", () => {
    using folder = tempFolder();
    assert.deepEqual(readFeedback(folder.at("none.json")), { corrections: [], thumbs: [] });
  });

  test("of a file that another program or version wrote is not guessed: the error names the file", () => {
    using folder = tempFolder();
    const text = feedbackText(SAID);
    const wrong = [
      "",
      "{",
      "[]",
      "null",
      text.slice(0, -1),
      text.replace('"version":1', '"version":2'),
      text.replace('"to":"build"', '"to":"dance"'),
      text.replace('"by":"wish"', '"by":"fate"'),
    ];
    for (const other of wrong) {
      const path = folder.write("learned.json", other);
      assert.throws(() => readFeedback(path), /learned\.json is not a file of corrections/, other);
    }
  });
});

describe("decisions", () => {
  test("are read in the order of their requests, the latest of each", () => {
    using folder = tempFolder();
    const path = folder.at("a", "b", "decisions.jsonl");
    appendDecision(path, decision("r1"));
    appendDecision(path, decision("r2", { key: "ann", session: "s\u2028é", language: "go", target: TARGET }));
    appendDecision(path, decision("r1", { kind: "build" }));
    const read = readDecisions(path, 10);
    assert.deepEqual(read.map(({ id, kind }) => `${id} ${kind}`), ["r1 build", "r2 think"]);
    assert.equal(read[1]!.session, "s\u2028é");
    assert.deepEqual(read[1]!.target, TARGET);
  });

  test("keep the features that a correction learns from", () => {
    using folder = tempFolder();
    const path = folder.at("decisions.jsonl");
    const learnable = { features: features([5, 6], [1 << 31 >>> 0, 9]), scores };
    writeDecisions(path, [
      decision("r1", { learnable }),
      decision("r2", { learnable: { features: features(), scores } }),
    ]);
    const [one, other] = readDecisions(path, 10);
    assert.deepEqual(one!.learnable, learnable);
    assert.equal(other!.learnable?.features.hashes.length, 0);
  });

  test("of a broken line are skipped: a program that was killed wrote half of it", () => {
    using folder = tempFolder();
    const path = folder.at("decisions.jsonl");
    appendDecision(path, decision("r1"));
    const line = JSON.stringify(decision("r2"));
    const more = `${line.slice(0, 20)}\n\n${line.replace("think", "dance")}\n${
      JSON.stringify(decision("r3"))
    }\n{`;
    folder.write("more.jsonl", `${JSON.stringify(decision("r1"))}\n${more}`);
    assert.deepEqual(readDecisions(folder.at("more.jsonl"), 10).map(({ id }) => id), ["r1", "r3"]);
    assert.deepEqual(readDecisions(path, 10).map(({ id }) => id), ["r1"]);
  });

  test("are the latest ones where there are more than are wanted", () => {
    using folder = tempFolder();
    const path = folder.at("decisions.jsonl");
    writeDecisions(path, ["r1", "r2", "r3"].map((id) => decision(id)));
    assert.deepEqual(readDecisions(path, 2).map(({ id }) => id), ["r2", "r3"]);
    assert.deepEqual(readDecisions(folder.at("none.jsonl"), 2), []);
  });
});

test("only the user can read what is kept", onlyUnix, () => {
  using folder = tempFolder();
  appendDecision(folder.at("d", "decisions.jsonl"), decision("r1"));
  writeFeedback(folder.at("d", "learned.json"), SAID);
  const modeOf = (...names: string[]) => statSync(folder.at("d", ...names)).mode & 0o777;
  assert.deepEqual([modeOf(), modeOf("decisions.jsonl"), modeOf("learned.json")], [0o700, 0o600, 0o600]);
});
