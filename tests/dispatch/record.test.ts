import assert from "node:assert/strict";
import { test } from "node:test";
import type { DispatchDeps, Exchange } from "../../src/dispatch/exchange.ts";
import { Recording } from "../../src/dispatch/record.ts";
import { toRow } from "../../src/ledger/row.ts";
import type { RequestEnd } from "../../src/model/request-end.ts";

/** The recording of a request that is routed, with the ends that it reports. */
function aRecording(): { recording: Recording; ends: RequestEnd[] } {
  const ends: RequestEnd[] = [];
  const exchange = {
    id: "req_1",
    time: 0,
    started: 0,
    facts: { dialect: "openai-chat", client: "curl", operation: "generate", stream: false, model: "auto" },
    classification: { kind: "default" },
    plan: { route: "default", why: [] },
    headers: {},
    classifyUs: 0,
    routeUs: 0,
    config: { ledger: {}, router: { routes: {} } },
    catalog: { cost: () => undefined },
  } as unknown as Exchange;
  const deps = { clock: { now: () => 0, mono: () => 0 }, onEnd: (end: RequestEnd) => void ends.push(end) };
  return { recording: new Recording(exchange, deps as unknown as DispatchDeps), ends };
}

const failed = (model: string) => ({
  target: { provider: "p", model },
  dialect: "openai-chat",
  started: 0,
} as const);

test("an attempt that is recorded just after the end belongs to the request, and so does its fallback", () => {
  const { recording, ends } = aRecording();
  recording.attempted(failed("first"));
  recording.finish({ status: 499, cancelled: true });
  assert.equal(ends[0]!.fellBack, false);
  recording.attempted(failed("second"));
  const row = toRow(ends[0]!);
  assert.equal(row.fallback, 1);
  assert.equal(JSON.parse(String(row.attempts)).length, 2);
});

test("a request ends once, whoever says so again", () => {
  const { recording, ends } = aRecording();
  recording.finish({ status: 200 });
  recording.finish({ status: 502, failure: "broken" });
  assert.deepEqual(ends.map(({ status }) => status), [200]);
});
