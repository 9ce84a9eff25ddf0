import assert from "node:assert/strict";
import { test } from "node:test";
import { good } from "../support/faults.ts";
import { type FakeProvider, json } from "../support/provider.ts";
import { testClock } from "../support/proxy.ts";
import { request } from "../support/speech.ts";
import { proxyWith, type ProxyWorld, type WorldSetting } from "../support/world.ts";

const DIALECTS = [
  ["anthropic-messages", "/v1/messages", "x-claude-code-session-id"],
  ["openai-chat", "/v1/chat/completions", "x-session-id"],
  ["openai-responses", "/v1/responses", "x-session-id"],
] as const;
type Dialect = typeof DIALECTS[number][0];

/** A proxy before one provider with so many keys. */
const keyed = (keys: number, setting: WorldSetting = {}) =>
  proxyWith({
    there: {
      answer: good("openai-chat", false, "ok"),
      key: Array.from({ length: keys }, (_, at) => `key-${at}`),
    },
  }, setting);

/** The key of each request so far, in order. */
const keysIn = ({ arrived }: FakeProvider): string[] =>
  arrived.map(({ headers }) => (headers["authorization"] ?? headers["x-api-key"] ?? "").slice(-5));

async function ask(
  world: ProxyWorld,
  session: string | undefined,
  dialect: Dialect = "openai-chat",
): Promise<void> {
  const [, path, header] = DIALECTS.find(([name]) => name === dialect)!;
  const headers: Record<string, string> = session === undefined ? {} : { [header]: session };
  const response = await world.post(path, request(dialect, false), headers);
  assert.equal(response.status, 200);
  await response.text();
}

/** How many sessions each key serves. */
function sessionsByKey(keys: Iterable<string>): number[] {
  const count = new Map<string, number>();
  for (const key of keys) count.set(key, (count.get(key) ?? 0) + 1);
  return [...count.values()].sort((a, b) => a - b);
}

for (const [dialect] of DIALECTS) {
  test(`a session of 50 requests keeps one of two keys, and one of three: ${dialect}`, async () => {
    for (const keys of [2, 3]) {
      await using world = await keyed(keys);
      await ask(world, undefined, dialect);
      for (let at = 0; at < 50; at++) await ask(world, "s1", dialect);
      assert.equal(new Set(keysIn(world.there).slice(1)).size, 1);
    }
  });
}

test("ten sessions spread over two keys evenly, also when they begin together", async () => {
  await using world = await keyed(2);
  await Promise.all(Array.from({ length: 10 }, (_, at) => ask(world, `s${at}`)));
  assert.deepEqual(sessionsByKey(keysIn(world.there)), [5, 5]);
  for (let at = 0; at < 10; at++) await ask(world, `t${at}`);
  assert.deepEqual(sessionsByKey(keysIn(world.there)), [10, 10]);
});

test("a 429 moves the sessions of its key alone; the key takes new ones when it is back", async () => {
  const clock = testClock();
  await using world = await keyed(3, { clock });
  const sessions = Array.from({ length: 9 }, (_, at) => `s${at}`);
  const round = async (names: readonly string[]) => {
    const from = world.there.arrived.length;
    for (const name of names) await ask(world, name);
    return keysIn(world.there).slice(from);
  };
  const before = await round(sessions);
  assert.deepEqual(sessionsByKey(before), [3, 3, 3]);

  const limited = before[0]!;
  world.there.answer((arrived, res) =>
    (arrived.headers["authorization"]?.endsWith(limited)
      ? json({ error: { message: "slow down", type: "rate_limit_error" } }, 429, { "retry-after": "60" })
      : good("openai-chat", false, "ok"))(arrived, res)
  );
  await round(sessions);
  const after = await round(sessions);
  sessions.forEach((name, at) => {
    if (before[at] === limited) assert.notEqual(after[at], limited, name);
    else assert.equal(after[at], before[at], name);
  });

  world.there.answer(good("openai-chat", false, "ok"));
  clock.advance(61_000);
  assert.deepEqual(await round(sessions), after, "moved sessions stay where their cache is now");
  assert.deepEqual(await round(["n0", "n1"]), [limited, limited]);
});

test("requests without a session take turns", async () => {
  await using world = await keyed(2);
  for (let at = 0; at < 4; at++) await ask(world, undefined);
  assert.deepEqual(keysIn(world.there), ["key-0", "key-1", "key-0", "key-1"]);
});
