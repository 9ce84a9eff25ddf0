import assert from "node:assert/strict";
import { test } from "node:test";
import { judgedBy } from "../../../../src/cli/commands/eval/from-ledger.ts";
import { logged } from "../../../../src/ledger/row.ts";
import type { RequestEnd } from "../../../../src/model/request-end.ts";
import type { Feedback } from "../../../../src/server/learning/files.ts";
import { anEnd } from "../../../ledger/sample.ts";

const request = (id: string, changes: Partial<RequestEnd> = {}) => logged(anEnd({ id, ...changes }));
const said = (feedback: { readonly corrections?: readonly object[]; readonly thumbs?: readonly object[] }) =>
  ({ corrections: [], thumbs: [], ...feedback }) as unknown as Feedback;

test("a decision that nobody corrected counts as right, the oldest first", () => {
  const { judged, corrected } = judgedBy(said({}), [request("new", { kind: "build" }), request("old")]);
  assert.deepEqual(judged.map(({ line, prompt, label, decided }) => [line, prompt, label, decided]), [
    [1, "old", "think", "think"],
    [2, "new", "build", "build"],
  ]);
  assert.equal(corrected, 0);
});

test("a correction says what is right and what was decided", () => {
  const corrections = [{ id: "a", from: "build", to: "think" }, { id: "gone", from: "think", to: "build" }];
  const { judged, corrected } = judgedBy(said({ corrections }), [request("a", { kind: "default" })]);
  assert.deepEqual(judged.map(({ label, decided }) => [label, decided]), [["think", "build"]]);
  assert.equal(corrected, 1, "of the decisions that are judged");
});

test("thumbs count for the decisions that are judged", () => {
  const thumbs = [{ id: "a", up: true }, { id: "b", up: false }, { id: "b", up: false }, {
    id: "gone",
    up: true,
  }];
  const { up, down } = judgedBy(said({ thumbs }), [request("a"), request("b")]);
  assert.deepEqual({ up, down }, { up: 1, down: 2 });
});

test("requests that only count tokens, and kinds that are not learned, are not judged", () => {
  const requests = [request("a", { operation: "count_tokens" }), request("b", { kind: "long_context" })];
  assert.deepEqual(judgedBy(said({}), requests).judged, []);
});

test("a request that nobody answered has no target", () => {
  const { judged } = judgedBy(said({}), [request("a", { provider: undefined, model: undefined } as never)]);
  assert.equal(judged[0]?.target, undefined);
});
