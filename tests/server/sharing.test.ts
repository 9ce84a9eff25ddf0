/** What one replica says and another takes: two on one database. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CooledPlace } from "../../src/dispatch/cooldown/cooldowns.ts";
import { KeyIds } from "../../src/dispatch/keys.ts";
import { DispatchState } from "../../src/dispatch/state.ts";
import { SignedIn } from "../../src/server/dashboard/sign-in.ts";
import { share } from "../../src/server/sharing.ts";
import { connectTo } from "../../src/store/connection.ts";
import { SharedValues } from "../../src/store/shared.ts";
import { closing } from "../support/disposable.ts";
import { freshDatabase, withoutPostgres } from "../support/postgres.ts";
import { testClock } from "../support/proxy.ts";
import { until } from "../support/waiting.ts";

const skip = { skip: withoutPostgres };
const MINUTE = 60_000;

async function replica(url: string) {
  const connection = connectTo(url, { firstPauseMs: 20, longestPauseMs: 50 });
  await connection.tried;
  const clock = testClock(Date.now());
  const values = new SharedValues(connection, { now: () => clock.now(), batchMs: 1, lookMs: 20 });
  const state = new DispatchState(undefined, undefined, new KeyIds());
  const signedIn = new SignedIn();
  const kept: string[] = [];
  await share(values, {
    state,
    signedIn,
    clock,
    log: () => {},
    keepInstallation: (installation) => void kept.push(installation),
  });
  return closing({
    state,
    signedIn,
    clock,
    kept,
    values,
    async close() {
      await values.close();
      await connection.close();
    },
  });
}

type Replica = Awaited<ReturnType<typeof replica>>;

async function two(work: (one: Replica, other: Replica) => Promise<void>): Promise<void> {
  const url = await freshDatabase();
  await using one = await replica(url);
  await using other = await replica(url);
  await work(one, other);
}

const listed = ({ state, clock }: Replica) => state.cooldowns.list(clock.now());

const nameOf = ({ provider, model, key }: CooledPlace) => [provider, model, key].join();

describe("cooldowns", () => {
  test(
    "of every kind of place arrive as they are, and end one by one",
    skip,
    () =>
      two(async (one, other) => {
        const places = [
          { provider: "a" },
          { provider: "a", model: 'm,\n"é' },
          { provider: "a", key: "k" },
          { provider: "a", model: "m", key: "k" },
        ];
        const now = one.clock.now();
        for (const place of places) one.state.cooldowns.pause(place, now, now + MINUTE);
        await until(() => listed(other).length === places.length);
        const sorted = (replica: Replica) =>
          listed(replica).toSorted((a, b) => nameOf(a) < nameOf(b) ? -1 : 1);
        assert.deepEqual(sorted(other), sorted(one));
        other.state.cooldowns.resume(({ model }) => model === "m");
        await until(() => listed(one).length === 3);
        assert.ok(listed(one).every(({ model }) => model !== "m"));
      }),
  );

  test(
    "whose time is over are over everywhere, and nobody needs to say so",
    skip,
    () =>
      two(async (one, other) => {
        const now = one.clock.now();
        one.state.cooldowns.pause({ provider: "a" }, now, now + MINUTE);
        await until(() => listed(other).length === 1);
        for (const { clock } of [one, other]) clock.advance(2 * MINUTE);
        assert.deepEqual([listed(one), listed(other)], [[], []]);
      }),
  );

  test("of before a replica started are known to it when it starts", skip, async () => {
    const url = await freshDatabase();
    await using one = await replica(url);
    const now = one.clock.now();
    one.state.cooldowns.pause({ provider: "a" }, now, now + MINUTE);
    await one.values.flush();
    await using late = await replica(url);
    assert.deepEqual(listed(late).map(({ provider }) => provider), ["a"]);
  });
});

test(
  "a pin is the other's too, and a pin to somewhere else replaces it",
  skip,
  () =>
    two(async (one, other) => {
      const since = one.clock.now();
      one.state.pins.set({ session: "s", to: "think", by: "command", since });
      await until(() => other.state.pins.list().length === 1);
      assert.equal(other.state.pins.list()[0]?.to, "think");
      other.clock.advance(1);
      other.state.pins.set({ session: "s", to: "build", by: "wish", since: other.clock.now() });
      await until(() => one.state.pins.list()[0]?.to === "build");
    }),
);

test(
  "what is left of a plan is said, at most once a second for each credential",
  skip,
  () =>
    two(async (one, other) => {
      const saw = (used: number) =>
        one.state.headrooms.saw(
          { provider: "p", key: "k" },
          [{ window: "5h", used, ofPlan: true }],
          one.clock.now(),
        );
      const known = () => other.state.headrooms.of({ provider: "p", key: "k" }, other.clock.now())[0]?.used;
      saw(0.1);
      await until(() => known() === 0.1);
      one.clock.advance(500);
      saw(0.2);
      one.clock.advance(600);
      saw(0.3);
      await until(() => known() !== 0.1);
      assert.equal(known(), 0.3);
    }),
);

test(
  "a browser that signed in at one replica is signed in at all, until it signs out at any",
  skip,
  () =>
    two(async (one, other) => {
      const { id, secret } = one.signedIn.open("label", one.clock.now());
      const key = () => other.signedIn.keyOfPage(id, secret, other.clock.now());
      await until(() => key() === "label");
      assert.equal(other.signedIn.keyOfPage(id, "another secret", other.clock.now()), undefined);
      other.signedIn.end(id);
      await until(() => one.signedIn.keyOf(id, one.clock.now()) === undefined);
    }),
);

test(
  "all make the same ids of keys, and the later ones keep what they agreed on",
  skip,
  () =>
    two((one, other) => {
      assert.equal(other.state.keys.of("sk-some-key"), one.state.keys.of("sk-some-key"));
      assert.deepEqual(one.kept, []);
      assert.deepEqual(other.kept, [one.state.keys.installation]);
      return Promise.resolve();
    }),
);
