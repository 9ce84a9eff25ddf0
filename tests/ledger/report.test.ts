import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import fc from "fast-check";
import type { FailureClass } from "../../src/model/failure.ts";
import type { AttemptRecord, Costs, RequestEnd } from "../../src/model/request-end.ts";
import { type Group, report } from "../../src/ledger/report.ts";
import { Ledger, type RequestLedger } from "../../src/ledger/ledger.ts";
import { anAttempt, anEnd, inFolder, NOON, someCosts } from "./sample.ts";
import { onEachStore, type OpenLedger } from "./stores.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

async function filled(
  open: OpenLedger,
  told: readonly (readonly [Partial<RequestEnd>, Costs])[],
): Promise<RequestLedger> {
  const ledger = await open();
  for (const [changes, costs] of told) ledger.add(anEnd({ ...changes, costs }));
  return ledger;
}

onEachStore("a report has its documented fields, and the same ones in each of its parts", async (open) => {
  const report = await (await filled(open, [[{}, someCosts]])).report({ since: NOON - DAY });
  const figures = {
    requests: 1,
    failures: 0,
    fallbacks: 0,
    cancelled: 0,
    tokens: { input: 1000, cache_read: 200, cache_write: 50, output: 300, reasoning: 40 },
    cost_usd: 0.01,
    baseline_usd: 0.04,
    saved_usd: 0.03,
    saved_share: 0.75,
    lost_by_switching_usd: 0,
    estimated_baseline_requests: 0,
    old_baseline_requests: 0,
    plan_requests: 0,
    plan_tokens: 0,
    unpriced_requests: 0,
    no_baseline_requests: 0,
    estimated_requests: 0,
    cache_hit_share: 200 / 1250,
    first_token_ms: { p50: 420, p95: 420 },
  };
  const reliable = { ...figures, attempts: { tried: 1, failed: 0, success_share: 1, failures: {} } };
  assert.deepEqual(report, {
    since: new Date(NOON - DAY).toISOString(),
    ...figures,
    by: {
      route: { think: figures },
      model: { "anthropic/claude-3-opus": reliable },
      provider: { openrouter: reliable },
      client: { "claude-code": figures },
    },
  });
});

onEachStore("a request counts for each rule that matched, and for none where none did", async (open) => {
  const ledger = await filled(open, [
    [{ rules: ["quiet", "thinkers"] }, someCosts],
    [{ rules: ["quiet"] }, someCosts],
    [{}, someCosts],
  ]);
  const { requests, by } = await ledger.report({ since: 0, groups: ["rule"], series: "day" });
  assert.equal(requests, 3);
  const uses = Object.entries(by.rule ?? {}).map(([name, figures]) => [name, figures.requests]);
  assert.deepEqual(uses, [["quiet", 2], ["thinkers", 1]]);
});

onEachStore("the report of an empty ledger has zeros", async (open) => {
  const report = await (await filled(open, [])).report({ since: 0, series: "day" });
  assert.equal(report.requests, 0);
  assert.equal(report.saved_share, 0);
  assert.equal(report.cache_hit_share, null);
  assert.deepEqual(report.first_token_ms, { p50: null, p95: null });
  assert.deepEqual(report.by, { route: {}, model: {}, provider: {}, client: {} });
  assert.deepEqual(report.series, []);
});

onEachStore("an unknown price is counted as unpriced and is in none of the dollars", async (open) => {
  const { cost_usd, baseline_usd, saved_usd, unpriced_requests, tokens } = await (await filled(open, [
    [{}, someCosts],
    [{}, { baseline: 9, estimated: false }],
  ])).report({ since: 0 });
  assert.deepEqual({ cost_usd, baseline_usd, saved_usd, unpriced_requests }, {
    cost_usd: 0.01,
    baseline_usd: 0.04,
    saved_usd: 0.03,
    unpriced_requests: 1,
  });
  assert.equal(tokens.input, 2000);
});

onEachStore("a request with an unknown baseline has saved nothing, and is counted", async (open) => {
  const { cost_usd, baseline_usd, saved_usd, no_baseline_requests } = await (await filled(open, [
    [{}, someCosts],
    [{}, { cost: 0.5, estimated: false }],
  ])).report({ since: 0 });
  assert.deepEqual({ cost_usd, baseline_usd, saved_usd, no_baseline_requests }, {
    cost_usd: 0.51,
    baseline_usd: 0.54,
    saved_usd: 0.03,
    no_baseline_requests: 1,
  });
});

onEachStore("failures, fallbacks, estimates and cancelled requests are counted apart", async (open) => {
  const free: Costs = { cost: 0, baseline: 0, saved: 0, estimated: false };
  const other = { ...anAttempt, provider: "groq", model: "llama" };
  const { failures, fallbacks, cancelled, estimated_requests } = await (await filled(open, [
    [{}, someCosts],
    [{ status: 502, failure: "unreachable", attempts: [anAttempt, other], fellBack: true }, free],
    [{ attempts: [anAttempt, other], fellBack: true }, { ...someCosts, estimated: true }],
    [{ attempts: [anAttempt, anAttempt] }, someCosts],
    [{ cancelled: true, failure: "cancelled", status: 499 }, free],
    [{ status: 400, failure: "bad_request" }, free],
  ])).report({ since: 0 });
  assert.deepEqual({ failures, fallbacks, cancelled, estimated_requests }, {
    failures: 2,
    fallbacks: 2,
    cancelled: 1,
    estimated_requests: 1,
  });
});

onEachStore(
  "requests without an answer have a part of their own; the dearest part is first",
  async (open) => {
    const { provider: _p, model: _m, ...unanswered } = anEnd();
    const ledger = await open();
    ledger.add({ ...unanswered, status: 502, failure: "unreachable", costs: { cost: 0, estimated: false } });
    ledger.add(anEnd({ model: "cheap", provider: "b", costs: { cost: 0.1, estimated: false } }));
    ledger.add(anEnd({ model: "dear", provider: "a", costs: { cost: 1, estimated: false } }));
    const { by } = await ledger.report({ since: 0 });
    const [tried] = anEnd().attempts;
    assert.deepEqual(Object.keys(by.model!).slice(0, 2), ["dear", "cheap"]);
    assert.ok(Object.keys(by.model!).includes("none"));
    assert.ok(Object.keys(by.provider!).includes(tried!.provider), "tried, though it answered nothing");
  },
);

onEachStore("every try counts for its target, also where a fallback then answered", async (open) => {
  const tried = (provider: string, failure?: FailureClass): AttemptRecord => ({
    provider,
    model: "m",
    dialect: "d",
    startMs: 0,
    ms: 1,
    ...(failure === undefined ? {} : { failure }),
  });
  const at = (provider: string, attempts: readonly AttemptRecord[], set: Partial<RequestEnd> = {}) =>
    anEnd({ provider, model: "m", attempts, fellBack: attempts.length > 1, ...set });
  const ledger = await open();
  ledger.add(at("shaky", [tried("shaky")]));
  ledger.add(at("steady", [tried("shaky", "rate_limited"), tried("steady")]));
  ledger.add(at("steady", [tried("shaky", "unreachable"), tried("steady")]));
  ledger.add(at("shaky", [tried("shaky", "bad_request")], { status: 400, failure: "bad_request" }));
  const { by } = await ledger.report({ since: 0, groups: ["provider", "target", "route"] });
  assert.deepEqual(by.provider?.shaky?.attempts, {
    tried: 4,
    failed: 2,
    success_share: 0.5,
    failures: { rate_limited: 1, unreachable: 1 },
  });
  assert.deepEqual(by.target?.["steady,m"]?.attempts?.tried, 2);
  assert.equal(by.route?.think?.attempts, undefined);
});

onEachStore("names that are special in JavaScript are names like any other", async (open) => {
  const { by } = await (await filled(open, [[{ client: "__proto__", route: "constructor" }, someCosts]]))
    .report({ since: 0 });
  assert.deepEqual(Object.keys(by.client!), ["__proto__"]);
  assert.equal(Object.entries(by.client!)[0]![1].requests, 1);
  assert.deepEqual(Object.keys(by.route!), ["constructor"]);
});

onEachStore("token counts are not requests to a model", async (open) => {
  const ledger = await filled(open, [[{}, someCosts], [{ operation: "count_tokens" }, someCosts]]);
  const { requests, by } = await ledger.report({ since: 0, groups: ["session", "kind"], series: "hour" });
  assert.equal(requests, 1);
  assert.equal(by.session?.s1?.requests, 1);
  assert.equal(by.kind?.think?.requests, 1);
  assert.equal(by.route, undefined);
});

onEachStore("since counts from that millisecond on, until up to before it", async (open) => {
  const ledger = await filled(open, [0, 1, 2, 3].map((i) => [{ time: NOON + i }, someCosts] as const));
  assert.equal((await ledger.report({ since: NOON + 1 })).requests, 3);
  assert.equal((await ledger.report({ since: NOON + 1, until: NOON + 3 })).requests, 2);
});

onEachStore(
  "a series has every local day or hour from the first request to the last, without gaps",
  async (open) => {
    const ledger = await filled(
      open,
      [0, 30 * 60_000, 3 * DAY].map((after) => [{ time: NOON + after }, someCosts] as const),
    );
    const days = (await ledger.report({ since: 0, series: "day" })).series!;
    assert.deepEqual(days.map(({ requests }) => requests), [2, 0, 0, 1]);
    assert.deepEqual(
      days.map(({ start }) => new Date(start).getTime()),
      [NOON, ...[19, 20, 21].map((day) => new Date(2026, 10, day).getTime())],
    );
    const hours = (await ledger.report({ since: NOON - 2 * HOUR, until: NOON + 2 * HOUR, series: "hour" }))
      .series!;
    assert.deepEqual(hours.map(({ requests }) => requests), [0, 0, 2]);
  },
);

onEachStore("hours of many months are given as days", async (open) => {
  const ledger = await filled(
    open,
    [0, 200 * DAY].map((after) => [{ time: NOON + after }, someCosts] as const),
  );
  assert.equal((await ledger.report({ since: 0, series: "hour" })).series!.length, 201);
});

onEachStore("dollars spent can be summed by route and client", async (open) => {
  const ledger = await filled(open, [
    [{ route: "think", client: "codex" }, { cost: 1, estimated: false }],
    [{ route: "think", client: "openclaw" }, { cost: 2, estimated: false }],
    [{ route: "build", client: "codex" }, { cost: 4, estimated: false }],
    [{ route: "build", client: "codex" }, { estimated: false }],
    [{ route: "think", client: "codex", time: NOON - 1 }, { cost: 8, estimated: false }],
  ]);
  assert.equal(await ledger.spent(NOON), 7);
  assert.equal(await ledger.spent(NOON, { route: "think" }), 3);
  assert.equal(await ledger.spent(NOON, { client: "codex" }), 5);
  assert.equal(await ledger.spent(NOON, { route: "think", client: "codex" }), 1);
  assert.equal(await ledger.spent(0), 15);
});

const anyRequest = fc.record({
  time: fc.integer({ min: NOON - 40 * DAY, max: NOON }),
  route: fc.constantFrom("think", "build", "background"),
  client: fc.constantFrom("codex", "claude-code", "curl"),
  session: fc.option(fc.constantFrom("s1", "s2", "s3"), { nil: undefined }),
  target: fc.option(fc.constantFrom("a,x", "b,y", "b,z"), { nil: undefined }),
  input: fc.nat(200_000),
  output: fc.nat(20_000),
  cost: fc.option(fc.double({ min: 0, max: 5, noNaN: true }), { nil: undefined }),
  baseline: fc.option(fc.double({ min: 0, max: 50, noNaN: true }), { nil: undefined }),
  status: fc.constantFrom(200, 200, 200, 429, 502),
  firstTokenMs: fc.option(fc.nat(60_000), { nil: undefined }),
});

onEachStore(
  "property: the parts of every group and of the series add up to the total, exactly",
  async (open) => {
    const groups: Group[] = ["route", "model", "provider", "client", "kind", "session"];
    const nano = (dollars: number) => Math.round(dollars * 1e9);
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRequest, { maxLength: 60 }),
        fc.constantFrom("hour", "day"),
        async (requests, series) => {
          const ledger = await open();
          for (const { target, session, input, output, cost, baseline, firstTokenMs, ...rest } of requests) {
            const { session: _s, provider: _p, model: _m, firstTokenMs: _f, ...record } = anEnd(rest);
            const [provider, model] = target?.split(",") ?? [];
            ledger.add({
              ...record,
              ...(session && { session }),
              ...(provider && { provider, model }),
              ...(firstTokenMs !== undefined && { firstTokenMs }),
              usage: { input, output, cacheRead: 3, cacheWrite: 2, reasoning: 1 },
              costs: {
                ...(cost !== undefined && { cost }),
                ...(baseline !== undefined && { baseline }),
                estimated: false,
              },
            });
          }
          const total = await ledger.report({ since: 0, groups, series });
          assert.equal(total.requests, requests.length);
          assert.equal(total.tokens.input, requests.reduce((sum, { input }) => sum + input, 0));
          const expected = requests.reduce((sum, { cost }) => sum + nano(cost ?? 0), 0);
          assert.equal(nano(total.cost_usd), expected);
          assert.equal(nano(total.saved_usd), nano(total.baseline_usd) - nano(total.cost_usd));
          for (const parts of [...groups.map((group) => Object.values(total.by[group]!)), total.series!]) {
            const sum = (of: (figures: typeof total | typeof parts[number]) => number) => {
              assert.equal(parts.reduce((all, part) => all + of(part), 0), of(total));
            };
            sum((f) => f.requests);
            sum((f) => f.failures);
            sum((f) => f.unpriced_requests);
            sum((f) => f.no_baseline_requests);
            sum((f) => f.tokens.input + f.tokens.cache_read + f.tokens.cache_write + f.tokens.output);
            sum((f) => nano(f.cost_usd));
            sum((f) => nano(f.baseline_usd));
            sum((f) => nano(f.saved_usd));
          }
        },
      ),
      { numRuns: 40 },
    );
  },
);

test("a hundred thousand requests are all in the report, each where it belongs", () =>
  inFolder((folder) => {
    const path = join(folder, "ledger.sqlite");
    const ledger = new Ledger({ path, batchMs: HOUR, batchRows: Infinity });
    for (let i = 0; i < 100_000; i++) {
      ledger.add(
        anEnd({
          time: NOON - i * 60_000,
          route: i % 4 === 0 ? "think" : "background",
          model: `m${i % 5}`,
          usage: { input: i % 10, cacheRead: 0, cacheWrite: 0, output: 1, reasoning: 0 },
          firstTokenMs: i % 1000,
          costs: { cost: 0.000_001 * (i % 3), baseline: 0.000_002, estimated: false },
        }),
      );
    }
    ledger.close();
    const { requests, tokens, cost_usd, baseline_usd, by, first_token_ms, series } = report(path, {
      since: 0,
      series: "day",
    });
    assert.equal(requests, 100_000);
    assert.deepEqual(tokens, {
      input: 450_000,
      cache_read: 0,
      cache_write: 0,
      output: 100_000,
      reasoning: 0,
    });
    assert.equal(cost_usd, 0.099_999);
    assert.equal(baseline_usd, 0.2);
    assert.equal(by.route!.think!.requests, 25_000);
    assert.deepEqual(Object.values(by.model!).map((part) => part.requests), Array(5).fill(20_000));
    assert.deepEqual(first_token_ms, { p50: 499, p95: 949 });
    assert.equal(series!.reduce((sum, day) => sum + day.requests, 0), 100_000);
  }));

onEachStore(
  "what switching lost, estimates and what a plan paid for are reported beside the savings",
  async (open) => {
    const report = await (await filled(open, [
      [{}, { ...someCosts, basis: "session", lost: 0.002 }],
      [{}, { ...someCosts, basis: "estimate", lost: 0.001 }],
      [{}, { cost: 0, baseline: 0, saved: 0, estimated: false, onPlan: true }],
    ])).report({ since: 0 });
    assert.equal(report.lost_by_switching_usd, 0.003);
    assert.equal(report.cost_usd, 0.02);
    assert.deepEqual(
      [
        report.estimated_baseline_requests,
        report.old_baseline_requests,
        report.plan_requests,
        report.plan_tokens,
      ],
      [1, 0, 1, 1550],
    );
    assert.equal(report.by.route?.think?.lost_by_switching_usd, 0.003);
  },
);

test("what another program wrote into a cell of tries is not counted", () =>
  inFolder((folder) => {
    const path = join(folder, "ledger.sqlite");
    const ledger = new Ledger({ path });
    for (let i = 0; i < 4; i++) ledger.add(anEnd({ fellBack: true }));
    ledger.close();
    const db = new DatabaseSync(path);
    const cells = ["1", '[1, "x", null]', "not JSON"];
    cells.forEach((cell, at) =>
      db.prepare("UPDATE requests SET attempts = ? WHERE seq = ?").run(cell, at + 1)
    );
    db.close();
    assert.equal(report(path, { since: 0 }).by.provider?.openrouter?.attempts?.tried, 1);
  }));
