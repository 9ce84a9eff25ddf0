import assert from "node:assert/strict";
import { test } from "node:test";
import { EXAMPLES } from "../../../../src/cli/commands/demo/examples.ts";
import {
  type Accounted,
  asJson,
  failover,
  invitation,
  rows,
  summary,
} from "../../../../src/cli/commands/demo/report.ts";
import type { Report } from "../../../../src/ledger/report.ts";
import { anAttempt } from "../../../ledger/sample.ts";
import { widthOf } from "../../../../src/text/width.ts";
import { session } from "../../terminal.ts";

const EXAMPLE = EXAMPLES[0]!;
const out = (columns?: number) => session([], columns === undefined ? {} : { columns }).io.stdout;
const answered = (changes: Partial<Accounted> = {}): Accounted => ({
  example: EXAMPLE,
  status: 200,
  id: "r1",
  route: EXAMPLE.route,
  provider: "openrouter",
  model: EXAMPLE.target,
  why: ["kind think", '"plan" without an implementation word'],
  routeMs: 0.123456,
  bytes: 10,
  asPromised: true,
  cost: 0.0012,
  attempts: [anAttempt],
  ...changes,
});
const PRICED = () => ({ price: { input: 15, output: 75 } }) as never;
const row = (changes: Partial<Accounted>, columns?: number, model: () => undefined = PRICED) =>
  rows(out(columns), EXAMPLES, model).row(answered(changes));
const report = { requests: 9, cost_usd: 0.25, baseline_usd: 1, saved_share: 0.75 } as Report;

test("an answered prompt has its route, its model, its price, its cost and the reason", () => {
  assert.match(
    row({}),
    /^"plan webhook architecture"\nthink +anthropic\/claude-3-opus +\$15 +123 µs +\$0\.0012\n +"plan" without an implementation word\n$/,
  );
});

test("what was promised is said only where it came otherwise", () => {
  assert.doesNotMatch(row({}), /promised/);
  assert.match(
    row({ asPromised: false, route: "", model: "" }),
    /^none +nowhere[^]* promised: think, anthropic\/claude-3-opus$/m,
  );
});

test("an unknown cost or price is not 0", () => {
  const { cost: _, ...unknown } = answered();
  assert.match(rows(out(), EXAMPLES, () => undefined).row(unknown), / \? .* unknown$/m);
  assert.match(rows(out(40), EXAMPLES, () => undefined).row(unknown), /^ *cost unknown$/m);
});

test("on a narrow terminal a row is lines of their own, none too wide", () => {
  const text = row(
    { why: ["a reason that is longer than a line of forty columns is"], asPromised: false },
    40,
  );
  for (const line of text.split("\n")) assert.ok(widthOf(line) <= 40, line);
  assert.ok(text.replaceAll(/\s+/g, " ").includes("promised: think, anthropic/claude-3-opus"));
});

test("the sum says what was spent, what one model alone would have cost, and the share", () => {
  for (const columns of [undefined, 80, 40]) {
    assert.match(
      summary(out(columns), report, "opus").replaceAll(/\s+/g, " "),
      /^9 requests cost \$0\.25\. On opus alone: \$1\.00\. 75 % saved\./,
    );
  }
});

test("a request whose first provider refused has every try, with the provider's words", () => {
  const attempts = [{ ...anAttempt, failure: "rate_limited" as const, message: "slow down" }, {
    ...anAttempt,
    provider: "groq",
    model: "m",
  }];
  const text = failover(out(), answered({ attempts }), "openrouter");
  assert.match(
    text,
    /^Now openrouter refuses everything, and the next target takes over:\n\n"plan webhook architecture" → think\n/,
  );
  assert.match(text, /^ {2}1\. openrouter,anthropic\/claude-3-opus: rate limited, "slow down"$/m);
  assert.match(text, /^ {2}2\. groq,m: answered, and the client got its 200$/m);
});

test("the line to send a prompt with can be pasted into a shell, on a narrow terminal too", () => {
  for (const columns of [80, 40]) {
    const text = invitation(out(columns), "http://127.0.0.1:3456", "the-key");
    const body = /-d '([^']*)'/.exec(text)?.[1] ?? "";
    assert.equal(JSON.parse(body).messages[0].content, "plan the architecture");
    assert.ok(text.includes("http://127.0.0.1:3456/dashboard"));
    for (const line of text.split("\n")) assert.ok(widthOf(line) <= columns, line);
  }
});

test("as JSON it is well only where every prompt and the rescued one went as promised", () => {
  const json = (one: Accounted, rescued: Accounted) =>
    asJson({ url: "http://x", answered: [one], report, baseline: "opus", rescued }) as {
      readonly ok: boolean;
      readonly requests: readonly Record<string, unknown>[];
    };
  assert.equal(json(answered(), answered()).ok, true);
  assert.equal(json(answered({ asPromised: false }), answered()).ok, false);
  assert.equal(json(answered(), answered({ asPromised: false })).ok, false);
  const { cost: _, ...unknown } = answered();
  const [request] = json(unknown, answered()).requests;
  assert.deepEqual([request?.cost_usd, request?.route_ms, request?.stream], [null, 0.123, false]);
});
