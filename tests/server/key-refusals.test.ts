import assert from "node:assert/strict";
import { test } from "node:test";
import type { RequestEnd } from "../../src/model/request-end.ts";
import { KeyRefusal } from "../../src/server/auth.ts";
import { keyRefusals } from "../../src/server/key-refusals.ts";
import { testClock } from "../support/proxy.ts";

const REQUEST = { operation: "generate", client: "codex", clientDialect: "openai-chat" } as const;

const refusal = (key: string, code = "key_expired") =>
  new KeyRefusal(key, { status: 401, message: `the key "${key}" expired.`, code });

/** What is kept of refusals, and what takes them. */
function kept() {
  const clock = testClock();
  const ends: RequestEnd[] = [];
  return { clock, ends, refused: keyRefusals(clock, (end) => void ends.push(end)) };
}

test("a refused request is kept as one that nobody was asked for", () => {
  const { clock, ends, refused } = kept();
  refused(refusal("ann"), REQUEST);
  const [end] = ends;
  assert.equal(ends.length, 1);
  assert.deepEqual(
    {
      time: end!.time,
      client: end!.client,
      key: end!.clientKey,
      status: end!.status,
      failure: end!.failure,
      attempts: end!.attempts.length,
      costs: end!.costs,
      cancelled: end!.cancelled,
      fellBack: end!.fellBack,
    },
    {
      time: clock.now(),
      client: "codex",
      key: "ann",
      status: 401,
      failure: "key_expired",
      attempts: 0,
      costs: { estimated: false },
      cancelled: false,
      fellBack: false,
    },
  );
  assert.match(end!.why[0] ?? "", /the key "ann" expired/);
});

test("a client that tries again at once is kept once a second", () => {
  const { clock, ends, refused } = kept();
  for (const ms of [0, 999, 1, 500, 500]) {
    clock.advance(ms);
    refused(refusal("ann"), REQUEST);
  }
  assert.deepEqual(ends.map(({ time }) => time - ends[0]!.time), [0, 1000, 2000]);
  assert.equal(new Set(ends.map(({ id }) => id)).size, 3);
});

test("other keys and other reasons are kept at once", () => {
  const { ends, refused } = kept();
  refused(refusal("ann"), REQUEST);
  refused(refusal("bob"), REQUEST);
  refused(refusal("ann", "rate_limit_exceeded"), REQUEST);
  refused(refusal("ann"), REQUEST);
  assert.deepEqual(ends.map(({ clientKey, failure }) => `${clientKey} ${failure}`), [
    "ann key_expired",
    "bob key_expired",
    "ann rate_limit_exceeded",
  ]);
});
