import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ClientKey } from "../../src/config/client-keys.ts";
import { KeyRefusal } from "../../src/server/auth.ts";
import { Refusal } from "../../src/server/errors.ts";
import { Limits } from "../../src/server/limits.ts";
import { configOf } from "../support/proxy.ts";

const proxyOf = (lines = "") => configOf(`[proxy]\n${lines}`).proxy;
const arriving = (more = {}) => ({ key: "k1", inFlight: 0, now: 0, counts: true, ...more });

const named = (limits: Partial<ClientKey>): ClientKey => ({
  name: "ann",
  role: "client",
  created: 0,
  secrets: [],
  ...limits,
});

/** The refusal that a piece of work ends with. */
function refusalOf(work: () => unknown): Refusal {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return error;
  }
  return assert.fail("nothing was refused");
}

describe("requests in flight", () => {
  test("those being read and those being answered count together", () => {
    const limits = new Limits();
    const proxy = proxyOf("max_concurrent = 3\n");
    const place = limits.enter(proxy, arriving({ inFlight: 1 }));
    limits.enter(proxy, arriving({ inFlight: 1 }));
    const refusal = refusalOf(() => limits.enter(proxy, arriving({ inFlight: 1 })));
    assert.equal(refusal.status, 429);
    assert.match(refusal.message, /^3 requests are in flight; this proxy's max_concurrent is 3\.$/);
    assert.equal(refusal.headers["retry-after"], "1");
    place.read();
    limits.enter(proxy, arriving({ inFlight: 1 }));
  });

  test("a place is given back once, however often its request ends", () => {
    const limits = new Limits();
    const proxy = proxyOf("max_concurrent = 2\n");
    const place = limits.enter(proxy, arriving());
    for (const end of [place.read, place.read, place.leave, place.leave]) end();
    limits.enter(proxy, arriving());
    limits.enter(proxy, arriving());
    assert.equal(refusalOf(() => limits.enter(proxy, arriving())).status, 429);
  });
});

describe("bodies in flight", () => {
  const proxy = proxyOf("max_body_mb = 1\nmax_bodies_mb = 2\n");
  const MIB = 1024 * 1024;

  test("their bytes fill the room exactly, and one more does not fit", () => {
    const limits = new Limits();
    const [a, b] = [limits.enter(proxy, arriving()), limits.enter(proxy, arriving())];
    a.take(MIB);
    b.take(MIB);
    assert.match(refusalOf(() => b.take(1)).message, /have 2 MiB, this proxy's max_bodies_mb/);
    b.leave();
    a.take(MIB);
    assert.equal(refusalOf(() => a.take(1)).status, 429);
  });

  test("a body stays in memory while its request is answered, and is gone at its end", () => {
    const limits = new Limits();
    const [a, b] = [limits.enter(proxy, arriving()), limits.enter(proxy, arriving())];
    a.take(2 * MIB);
    a.read();
    assert.equal(refusalOf(() => b.take(1)).status, 429);
    a.leave();
    b.take(2 * MIB);
  });

  test("bytes that come after the end of their request are refused, and held nowhere", () => {
    const limits = new Limits();
    const [a, b] = [limits.enter(proxy, arriving()), limits.enter(proxy, arriving())];
    a.leave();
    assert.equal(refusalOf(() => a.take(1)).status, 400);
    b.take(2 * MIB);
  });
});

describe("requests a minute", () => {
  const proxy = proxyOf("requests_per_minute = 2\n");

  test("each key has its own minute, which fills evenly", () => {
    const limits = new Limits();
    const enter = (key: string, now: number) => limits.enter(proxy, arriving({ key, now })).leave();
    enter("a", 0);
    enter("a", 0);
    const refusal = refusalOf(() => enter("a", 0));
    assert.match(refusal.message, /More than 2 requests a minute from one key/);
    assert.equal(refusal.headers["retry-after"], "30");
    enter("b", 0);
    assert.equal(refusalOf(() => enter("a", 500)).headers["retry-after"], "30", "rounded up");
    assert.equal(refusalOf(() => enter("a", 29_999)).headers["retry-after"], "1");
    enter("a", 30_000);
    assert.equal(refusalOf(() => enter("a", 30_000)).status, 429);
  });

  test("an hour of silence saves no more than a minute's requests", () => {
    const limits = new Limits();
    const enter = (now: number) => limits.enter(proxy, arriving({ now })).leave();
    enter(0);
    enter(3_600_000);
    enter(3_600_000);
    assert.equal(refusalOf(() => enter(3_600_000)).status, 429);
  });

  test("what does not count takes nothing of the minute, and is never refused for it", () => {
    const limits = new Limits();
    for (let i = 0; i < 10; i++) limits.enter(proxy, arriving({ counts: false })).leave();
    limits.enter(proxy, arriving()).leave();
    limits.enter(proxy, arriving()).leave();
    limits.enter(proxy, arriving({ counts: false })).leave();
  });

  test("a key's own number comes before the proxy's, and the refusal carries its name", () => {
    const limits = new Limits();
    const ann = named({ requestsPerMinute: 3 });
    const enter = () => limits.enter(proxy, arriving({ key: "ann", named: ann })).leave();
    for (let i = 0; i < 3; i++) enter();
    const refusal = refusalOf(enter);
    assert.ok(refusal instanceof KeyRefusal);
    assert.equal(refusal.key, "ann");
    assert.equal(refusal.headers["retry-after"], "20");
    assert.match(refusal.message, /more than 3 requests a minute with the key "ann"/);
    assert.deepEqual(limits.left(ann, 0), { requests: 0 });
    assert.deepEqual(limits.left(ann, 40_000), { requests: 2 });
  });

  test("a limit that is raised while a key is at it counts from then on", () => {
    const limits = new Limits();
    const enter = (perMinute: number, now: number) =>
      limits.enter(proxyOf(`requests_per_minute = ${perMinute}\n`), arriving({ now })).leave();
    enter(1, 0);
    assert.equal(refusalOf(() => enter(1, 0)).status, 429);
    assert.equal(refusalOf(() => enter(60, 0)).headers["retry-after"], "1");
    enter(60, 1000);
  });
});

describe("tokens a minute", () => {
  const proxy = proxyOf();
  const ann = named({ tokensPerMinute: 600 });
  const enter = (limits: Limits, now: number) =>
    limits.enter(proxy, arriving({ key: "ann", named: ann, now })).leave();

  test("a request is let in while anything is left; what it used over that delays the next", () => {
    const limits = new Limits();
    enter(limits, 0);
    limits.used(ann, 599, 0);
    assert.deepEqual(limits.left(ann, 0), { tokens: 1 });
    enter(limits, 0);
    limits.used(ann, 601, 0);
    assert.deepEqual(limits.left(ann, 0), { tokens: 0 });
    const refusal = refusalOf(() => enter(limits, 0));
    assert.ok(refusal instanceof KeyRefusal);
    assert.match(refusal.message, /more than 600 tokens a minute with the key "ann"/);
    assert.equal(refusal.headers["retry-after"], "60");
    enter(limits, 61_000);
  });

  test("at nothing left a request waits, for as long as what is over takes", () => {
    const waitAt = (used: number) => {
      const limits = new Limits();
      limits.used(ann, used, 0);
      return refusalOf(() => enter(limits, 0)).headers["retry-after"];
    };
    assert.deepEqual([600, 601, 615, 1200].map(waitAt), ["1", "1", "2", "60"]);
  });

  test("keys without such a limit have nothing to use up", () => {
    const limits = new Limits();
    const free = named({});
    limits.used(free, 1e9, 0);
    assert.deepEqual(limits.left(free, 0), {});
    limits.enter(proxy, arriving({ named: free }));
  });
});
