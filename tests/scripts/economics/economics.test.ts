import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { economics, worldOf } from "../../../scripts/economics/economics.ts";
import { page } from "../../../scripts/economics/page.ts";
import { readTraces } from "../../../scripts/economics/traces.ts";
import { shared, withoutShared } from "../../support/shared.ts";

const file = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** Real sessions, where they lie beside the checkout. */
const TRACES = "traces/dev.jsonl";

interface Turn {
  readonly kind: string;
  /** Seconds before it. */
  readonly gap?: number;
  /** Tokens of each request's input. */
  readonly contexts: readonly number[];
  readonly reset?: boolean;
}

/** A session, as a line of a file. */
function line(turns: readonly Turn[]): string {
  return JSON.stringify({
    id: JSON.stringify(turns).slice(0, 60),
    agent: "claude-code",
    systemTokens: 15_000,
    turns: turns.map(({ kind, gap = 20, contexts, reset }) => ({
      gapSeconds: gap,
      kind,
      requests: contexts.map((fresh, i) => ({
        fresh,
        output: 200,
        gapSeconds: i === 0 ? gap : 5,
        ...(i === 0 && reset ? { reset } : {}),
      })),
    })),
  });
}

/** So many requests, each 2,000 tokens longer than the one before. */
const growing = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + 2000 * i);

const SESSIONS = [
  // From the strong model to the one that builds, and back again after minutes.
  line([
    { kind: "think", contexts: growing(30_000, 5) },
    { kind: "build", contexts: growing(42_000, 20) },
    { kind: "think", gap: 100, contexts: growing(84_000, 3) },
    { kind: "build", gap: 900, contexts: growing(92_000, 6) },
  ]),
  // A chore between two pieces of work.
  line([
    { kind: "build", contexts: growing(60_000, 8) },
    { kind: "background", contexts: growing(78_000, 2) },
    { kind: "build", contexts: growing(83_000, 8) },
  ]),
  // Compacted on the way.
  line([
    { kind: "build", contexts: growing(140_000, 10) },
    { kind: "build", contexts: growing(30_000, 10), reset: true },
    { kind: "think", contexts: growing(52_000, 4) },
  ]),
].join("\n");

function of(text: string, config = "examples/quality-first.toml") {
  const world = worldOf(file(config));
  assert.ok(!("problem" in world));
  return economics(world, readTraces(text).sessions);
}

test("what the ledger claims was saved is what was saved", () => {
  const { figures, median_error } = of(SESSIONS);
  const { claimed_saved_usd: claimed, true_saved_usd: saved } = figures;
  assert.ok(saved > 0);
  assert.ok(Math.abs(claimed / saved - 1) < 0.03, `${claimed} is not ${saved}`);
  assert.ok(median_error < 0.01);
  assert.equal(figures.true_saved_usd, figures.all_baseline_usd - figures.cost_usd);
});

test("sessions that stay where leaving costs more pay no more than those that always leave", () => {
  const { figures: { cost_usd, naive_usd, cheapest_usd, lost_by_switching_usd }, stayed } = of(SESSIONS);
  assert.ok(stayed > 0);
  assert.ok(cost_usd <= naive_usd * 1.01, `${cost_usd} against ${naive_usd}`);
  assert.ok(cost_usd <= cheapest_usd * 1.02, `${cost_usd} against ${cheapest_usd}`);
  assert.ok(cheapest_usd <= Math.min(cost_usd, naive_usd) + 1e-6);
  assert.ok(lost_by_switching_usd > 0 && lost_by_switching_usd < cost_usd);
});

test("the same tokens at the baseline's price claim too much where a target has no cache", () => {
  const { figures, same_tokens_saved_usd } = of(SESSIONS, "examples/published.toml");
  assert.ok(same_tokens_saved_usd > 1.5 * figures.true_saved_usd);
  assert.ok(Math.abs(figures.claimed_saved_usd / figures.true_saved_usd - 1) < 0.03);
});

test("everything on one model has saved nothing and lost nothing", () => {
  const { figures } = of(line([{ kind: "think", contexts: growing(30_000, 9) }]));
  assert.deepEqual(
    [figures.cost_usd, figures.claimed_saved_usd, figures.lost_by_switching_usd].map((one) => one.toFixed(6)),
    [figures.all_baseline_usd.toFixed(6), "0.000000", "0.000000"],
  );
});

test("sessions without turns, requests or numbers, and unknown kinds, are taken as they are", () => {
  const odd = [
    "{}",
    '{"id":"a","turns":[]}',
    '{"turns":[{"kind":"build"},{"requests":[]},{"kind":"song","requests":[{},{"fresh":-3},null]}]}',
    '{"turns":[{"kind":"dance","requests":[{"fresh":5000,"gapSeconds":"x"},{"fresh":1e9}]}]}',
  ];
  const { figures } = of(odd.join("\n\n"));
  assert.equal(figures.sessions, 4);
  for (const [name, value] of Object.entries(figures)) assert.ok(Number.isFinite(value), name);
});

test("the figures for programs have the promised names, and no others", () => {
  assert.deepEqual(Object.keys(of("").figures), [
    "sessions",
    "all_baseline_usd",
    "cost_usd",
    "naive_usd",
    "cheapest_usd",
    "claimed_saved_usd",
    "true_saved_usd",
    "lost_by_switching_usd",
  ]);
});

test("nothing to replay comes to nothing", () => {
  assert.deepEqual(new Set(Object.values(of("").figures)), new Set([0]));
  assert.match(page(of("")), /^0 sessions, 0 requests/);
});

test("a line that holds no session is reported by its number", () => {
  const { sessions, unread } = readTraces(`${line([])}\nnot json\n[1]\n\n{}`);
  assert.deepEqual([sessions.length, unread], [2, [2, 3]]);
});

test(
  "real sessions: what is claimed is true, and staying is near the cheapest way",
  { skip: withoutShared(TRACES) },
  () => {
    const { figures, median_error } = of(readFileSync(shared(TRACES), "utf8"));
    assert.ok(Math.abs(figures.claimed_saved_usd / figures.true_saved_usd - 1) < 0.03);
    assert.ok(figures.cost_usd <= figures.naive_usd * 1.01);
    assert.ok(figures.cost_usd <= figures.cheapest_usd * 1.02);
    assert.ok(median_error < 0.01);
  },
);
