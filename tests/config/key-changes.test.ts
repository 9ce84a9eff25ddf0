import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type ClientKey, KeyRing, readClientKeys, writeClientKeys } from "../../src/config/client-keys.ts";
import {
  addKey,
  keyLimits,
  keyNamed,
  KeyProblem,
  type KeySettings,
  keyState,
  publicKey,
  revokeKey,
  rotateKey,
  setKey,
} from "../../src/config/key-changes.ts";
import { inFolder } from "../cli/terminal.ts";

const NOW = new Date(2026, 10, 20, 12).getTime();
const DAY = 86_400_000;

/** What a change says is wrong: the setting, and the sentence. */
function problem(change: () => unknown): { readonly setting: string | undefined; readonly says: string } {
  try {
    change();
  } catch (error) {
    assert.ok(error instanceof KeyProblem);
    return { setting: error.setting, says: error.message };
  }
  throw new Error("the change was made");
}

const alice = () => addKey([], " Alice ", { budget: "5/day", rpm: 60, models: "think,build" }, NOW);

describe("a key that is added", () => {
  test("has its name in lower case, its settings, and a key that opens", () => {
    const { keys, of, key } = alice();
    assert.deepEqual(keys, [of]);
    assert.deepEqual(
      [of.name, of.role, of.budget, of.requestsPerMinute, of.models],
      ["alice", "client", { limit: 5, period: "day" }, 60, ["think", "build"]],
    );
    assert.equal(new KeyRing(keys).find(key)?.key, of);
  });

  test("takes no name twice, and says whether the name can be had again", () => {
    const { keys } = alice();
    assert.match(problem(() => addKey(keys, "ALICE", {}, NOW)).says, /already\. Rotate it/);
    const revoked = revokeKey(keys, "alice", NOW).keys;
    assert.match(problem(() => addKey(revoked, "alice", {}, NOW)).says, /in the ledger\. Use another name/);
  });

  for (const name of ["", " ", "größe", "none", "0123abcd", "a".repeat(41)]) {
    test(`cannot be called ${JSON.stringify(name.slice(0, 12))}`, () => {
      const { setting, says } = problem(() => addKey([], name, {}, NOW));
      assert.equal(setting, "name");
      assert.ok(says.includes(JSON.stringify(name)));
    });
  }
});

describe("a setting that cannot be kept is refused, and named", () => {
  const wrong: readonly (readonly [setting: keyof KeySettings, values: readonly string[]])[] = [
    ["budget", ["5", "5/year", "0/day", "-5/day", "5 / day", `${"9".repeat(400)}/day`, "$/day"]],
    ["expires", ["soon", "0d", "1.5h", "7", "2026-11-20", "2027-02-30", "2027-00-10", `${"9".repeat(20)}w`]],
    ["team", ["a b", "größe", "none"]],
  ];
  for (const [setting, values] of wrong) {
    for (const value of values) {
      test(`${setting} ${JSON.stringify(value.slice(0, 20))}`, () => {
        const found = problem(() => addKey([], "a", { [setting]: value }, NOW));
        assert.equal(found.setting, setting);
        assert.match(found.says, new RegExp(`^${setting} must be .*, not `));
      });
    }
  }
});

test("the last of an end is the day before it, in local time", () => {
  const { of } = addKey([], "a", { expires: "2027-01-31" }, NOW);
  assert.equal(of.expires, new Date(2027, 0, 31).getTime());
  assert.equal(addKey([], "a", { expires: "90d" }, NOW).of.expires, NOW + 90 * DAY);
});

test("a list of models with commas of their own is divided by semicolons", () => {
  assert.deepEqual(addKey([], "a", { models: "groq,llama-*; claude-*;" }, NOW).of.models, [
    "groq,llama-*",
    "claude-*",
  ]);
});

test("a change touches the settings that are given, and empty ones are taken away", () => {
  const { keys } = alice();
  const { of } = setKey(keys, "alice", { rpm: 0, budget: "", team: "Ops" }, NOW);
  assert.deepEqual(keyLimits(of), ["only think build"]);
  assert.deepEqual([of.team, "budget" in of, "requestsPerMinute" in of], ["ops", false, false]);
  assert.deepEqual(keys[0]?.budget, { limit: 5, period: "day" }, "the list that was given stays as it was");
});

describe("a key that is rotated", () => {
  test("opens no more at once, where nothing else is said", () => {
    const first = alice();
    const second = rotateKey(first.keys, "alice", undefined, NOW);
    const ring = new KeyRing(second.keys);
    assert.equal(ring.find(first.key), undefined);
    assert.equal(ring.find(second.key)?.until, undefined);
  });

  test("is valid for the time that it is kept, and a second rotation makes that no longer", () => {
    const first = alice();
    const second = rotateKey(first.keys, "alice", "1h", NOW);
    assert.equal(new KeyRing(second.keys).find(first.key)?.until, NOW + DAY / 24);
    const third = rotateKey(second.keys, "alice", "1d", NOW);
    assert.equal(new KeyRing(third.keys).find(first.key)?.until, NOW + DAY / 24);
    assert.equal(new KeyRing(third.keys).find(second.key)?.until, NOW + DAY);
    const later = rotateKey(third.keys, "alice", "1d", NOW + DAY / 2);
    assert.equal(new KeyRing(later.keys).find(first.key), undefined, "it was over, and is forgotten");
  });

  test("is not kept for a wrong time", () => {
    assert.equal(problem(() => rotateKey(alice().keys, "alice", "forever", NOW)).setting, "keep");
  });
});

test("a revoked key can neither be changed nor rotated nor revoked again", () => {
  const { keys, of } = revokeKey(alice().keys, "alice", NOW);
  assert.deepEqual(keyState(of, NOW), { isValid: false, words: "revoked on 2026-11-20" });
  for (
    const change of [
      () => setKey(keys, "alice", {}, NOW),
      () => rotateKey(keys, "alice", undefined, NOW),
      () => revokeKey(keys, "alice", NOW),
    ]
  ) assert.match(problem(change).says, /was revoked on 2026-11-20/);
});

test("a key that nobody has is missing, by its name", () => {
  try {
    keyNamed([], "Bob");
    assert.fail();
  } catch (error) {
    assert.deepEqual((error as KeyProblem).about, { name: "bob", is: "missing" });
  }
});

test("the state of a key is in words, with its day", () => {
  const { of } = addKey([], "a", { expires: "2026-12-24" }, NOW);
  assert.equal(keyState(of, NOW).words, "valid until 2026-12-24");
  assert.deepEqual(keyState(of, of.expires!), { isValid: false, words: "expired on 2026-12-24" });
});

test("what is shown of a key has every setting and no hash", () => {
  const { of } = alice();
  const shown = publicKey(of);
  assert.deepEqual([shown.budget, shown.tokens_per_minute, shown.expires_at], [
    { limit_usd: 5, period: "day" },
    null,
    null,
  ]);
  const text = JSON.stringify(shown);
  for (const { id, salt, hash } of of.secrets) {
    for (const secret of [id, salt, hash]) assert.ok(!text.includes(secret));
  }
});

test("whatever settings are taken, the file that holds them can be read again and shown", () =>
  inFolder({}, (folder) => {
    const path = join(folder, "keys.json");
    const amount = fc.oneof(fc.nat(), fc.constant("9".repeat(310)), fc.constant("0.0000001"));
    const settings = fc.record({
      budget: fc.tuple(amount, fc.constantFrom("/day", "/month", "")).map((parts) => parts.join("")),
      expires: fc.tuple(amount, fc.constantFrom("m", "h", "d", "w")).map((parts) => parts.join("")),
      rpm: fc.nat(),
      models: fc.string(),
      team: fc.constantFrom("", "ops", "a b"),
    }, { requiredKeys: [] });
    fc.assert(
      fc.property(settings, (given) => {
        let keys: readonly ClientKey[];
        try {
          ({ keys } = addKey([], "a", given, NOW));
        } catch (error) {
          assert.ok(error instanceof KeyProblem);
          return;
        }
        writeClientKeys(path, keys);
        const [read] = readClientKeys(path);
        assert.deepEqual(read, keys[0]);
        assert.ok(publicKey(read!).created_at);
        keyState(read!, NOW);
      }),
    );
  }));
