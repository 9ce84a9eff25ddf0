import assert from "node:assert/strict";
import { test } from "node:test";
import type { Exchange } from "../../src/dispatch/exchange.ts";
import { RequestRecord } from "../../src/dispatch/record.ts";
import type { Failure } from "../../src/dispatch/failure/failure.ts";

/** The record of a request that arrived at 100 on the monotonic clock. */
function aRecord(): RequestRecord {
  return new RequestRecord({
    id: "req_1",
    time: 0,
    started: 100,
    facts: {
      dialect: "openai-chat",
      client: "curl",
      operation: "generate",
      stream: false,
      model: "auto",
      messages: [],
    },
    classification: { kind: "default" },
    plan: { route: "default", why: [] },
    headers: {},
    classifyUs: 0,
    routeUs: 0,
    config: { ledger: {}, router: { routes: {} } },
    catalog: { cost: () => undefined },
  } as unknown as Exchange);
}

const attempt = (model: string, started: number, failure?: Partial<Failure>) => ({
  target: { provider: "p", model },
  dialect: "openai-chat",
  started,
  ended: started + 5,
  status: failure === undefined ? 200 : 500,
  ...(failure === undefined ? {} : { failure: failure as Failure }),
});

test("an attempt keeps when it began, from the request's arrival on, and what it took", () => {
  const record = aRecord();
  record.attempted(attempt("m", 130));
  const [only] = record.end({ status: 200 }, 150).attempts;
  assert.deepEqual([only?.startMs, only?.ms], [30, 5]);
});

test("a request fell back when a second target was tried, not when the first was tried again", () => {
  const record = aRecord();
  record.attempted(attempt("first", 101, { class: "bad_request" }));
  record.attempted(attempt("first", 110, { class: "overloaded" }));
  assert.equal(record.end({ status: 503 }, 120).fellBack, false);
  record.attempted(attempt("second", 120));
  assert.equal(record.end({ status: 200 }, 130).fellBack, true);
});

test("the target that answered is the last attempt's; undefined when that failed", () => {
  const record = aRecord();
  record.attempted(attempt("first", 101, { class: "overloaded", message: "busy" }));
  assert.equal(record.end({ status: 503, failure: "overloaded" }, 110).model, undefined);
  record.attempted(attempt("second", 110));
  const end = record.end({ status: 200 }, 140);
  assert.deepEqual([end.provider, end.model, end.durationMs], ["p", "second", 40]);
});
