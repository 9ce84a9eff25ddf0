import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  costOf,
  Lines,
  reasonsOf,
  routeOf,
  sizeOf,
  statusOf,
  targetOf,
  timeOf,
  tokensOf,
} from "../../../../src/cli/commands/log/lines.ts";
import { styleOf } from "../../../../src/cli/output/style.ts";
import type { Cell } from "../../../../src/cli/output/table.ts";
import { logged } from "../../../../src/ledger/row.ts";
import type { RequestEnd } from "../../../../src/model/request-end.ts";
import { widthOf } from "../../../../src/text/width.ts";
import { anAttempt, anEnd, NOON } from "../../../ledger/sample.ts";
import { session } from "../../terminal.ts";

const request = (changes: Partial<Record<keyof RequestEnd, unknown>> = {}) =>
  logged(anEnd(changes as Partial<RequestEnd>));
const style = styleOf(session([], { color: true }).io.stdout);
const text = (cell: Cell) => typeof cell === "string" ? cell : cell.text;
const painted = (cell: Cell) => typeof cell === "string" ? cell : cell.paint(cell.text);
const NOBODY = { provider: undefined, model: undefined };

describe("who answered", () => {
  const cases: readonly (readonly [says: string, changes: Partial<Record<keyof RequestEnd, unknown>>])[] = [
    ["openrouter,anthropic/claude-3-opus", {}],
    ["failed: 429 quota exhausted", { ...NOBODY, status: 429, failure: "quota_exhausted" }],
    ["failed: 500", { ...NOBODY, status: 500 }],
    ["cancelled before an answer", { ...NOBODY, cancelled: true, status: 499 }],
    ["the proxy itself", NOBODY],
  ];
  for (const [says, changes] of cases) {
    test(`is "${says}"`, () => assert.equal(text(targetOf(request(changes), style)), says));
  }

  test("is red where it failed, yellow where the client cancelled", () => {
    assert.equal(
      painted(targetOf(request({ status: 500 }), style)),
      style.red("openrouter,anthropic/claude-3-opus"),
    );
    assert.equal(
      painted(targetOf(request({ cancelled: true }), style)),
      style.yellow("openrouter,anthropic/claude-3-opus"),
    );
  });
});

test("the cells of a request are in people's words", () => {
  const one = request();
  assert.deepEqual(
    [routeOf(one, style), statusOf(one, style), tokensOf(one), costOf(one, style), timeOf(one)].map(text),
    ["think", "200", "1.3k+300", "$0.01", "2.4 s"],
  );
  assert.equal(text(routeOf(request({ operation: "count_tokens" }), style)), "count tokens");
  assert.equal(text(statusOf(request({ cancelled: true }), style)), "cancelled");
  assert.equal(text(costOf(request({ costs: { estimated: false } }), style)), "unknown");
});

test("tokens that are estimated are marked, and unknown ones are not 0", () => {
  assert.match(tokensOf(request({ costs: { estimated: true } })), /^~/);
  assert.equal(tokensOf(request({ usage: undefined })), "");
  assert.match(sizeOf(request({ costs: { estimated: true } })), /^claude-code, about .* in, .* out, 2\.4 s$/);
  assert.equal(sizeOf(request({ usage: undefined, status: 503 })), "claude-code, answered 503, 2.4 s");
});

test("reasons are why, then the tries that failed, then how it failed without a try", () => {
  const refused = { ...anAttempt, status: 429, failure: "rate_limited", message: "slow down" };
  const cut = { ...anAttempt, provider: "groq", model: "m", status: undefined, failure: "cut_off" };
  assert.deepEqual(reasonsOf(request({ why: ["a"], attempts: [refused, cut, anAttempt] })), [
    "a",
    "openrouter,anthropic/claude-3-opus: 429 rate limited (slow down)",
    "groq,m: cut off",
  ]);
  assert.deepEqual(reasonsOf(request({ why: ["a"], attempts: [], failure: "bad_request", status: 400 })), [
    "a",
    "bad request",
  ]);
});

describe("lines", () => {
  const lines = (columns?: number) =>
    new Lines(session([], columns === undefined ? {} : { columns }).io.stdout, NOON);

  test("have their head once, and a day of its own above an older request", () => {
    const all = lines(80);
    const first = all.of([request({ time: NOON - 86_400_000 }), request()]);
    const second = all.of([request()]);
    assert.match(
      first,
      /^Time +Route +Answered by +Cost\n2026-11-17\n12:00:00 .*\n(?: .*\n)+2026-11-18\n12:00:00 /,
    );
    assert.doesNotMatch(second, /Time|2026/);
  });

  test("of a pipe are one a request, with the whole moment and the reasons at the end", () => {
    const text = lines().of([request({ why: ["a", "b"] })]);
    assert.equal(text.trimEnd().split("\n").length, 2);
    assert.match(text, /^2026-11-18T12:00:00 .* a; b$/m);
  });

  test("have the request's id, for prefer, in a pipe and on a terminal", () => {
    for (const columns of [undefined, 80, 160]) {
      assert.ok(lines(columns).of([request({ id: "req_4f1d2c" })]).includes("req_4f1d2c"), String(columns));
    }
  });

  test("become wider for a wide cell, and stay so", () => {
    const all = lines();
    const column = (text: string) =>
      text.split("\n").find((line) => line.includes("openrouter"))!.indexOf("openrouter");
    const before = column(all.of([request()]));
    const wide = column(all.of([request({ route: "rule:a-very-long-name-of-a-rule" })]));
    assert.ok(wide > before);
    assert.equal(column(all.of([request()])), wide);
  });

  test("fit the terminal, whatever the names, and without requests only the head is there", () => {
    assert.match(lines(80).of([]), /^Time .*\n$/);
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 80 }),
        fc.integer({ min: 60, max: 200 }),
        (name, columns) => {
          const one = request({ route: name, model: name, client: name, why: [name], attempts: [] });
          for (const line of lines(columns).of([one]).split("\n")) assert.ok(widthOf(line) <= columns, line);
        },
      ),
    );
  });
});
