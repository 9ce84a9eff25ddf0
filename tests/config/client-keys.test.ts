import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import {
  budgetsOf,
  changeClientKeys,
  type ClientKey,
  clientKeyIn,
  holdsNamedKey,
  invalidity,
  KeyRing,
  membersOf,
  NAME_FORM,
  newKey,
  readClientKeys,
} from "../../src/config/client-keys.ts";
import { inFolder } from "../cli/terminal.ts";

/** A key of this name, and its text. */
function made(
  name: string,
  more: Partial<ClientKey> = {},
): { readonly text: string; readonly key: ClientKey } {
  const { key: text, secret } = newKey();
  return { text, key: { name, role: "client", created: 0, secrets: [secret], ...more } };
}

describe("a ring of keys", () => {
  const alice = made("alice");
  const bob = made("bob");
  const ring = new KeyRing([alice.key, bob.key]);

  test("finds whose key was sent, by the whole of it", () => {
    assert.equal(ring.find(alice.text)?.key.name, "alice");
    assert.equal(ring.find(bob.text)?.key.name, "bob");
    assert.equal(ring.named("bob"), bob.key);
  });

  test("knows no key with the id of one and the secret of another", () => {
    const crossed = alice.text.slice(0, 13) + bob.text.slice(13);
    assert.equal(ring.find(crossed), undefined);
  });

  for (const wrong of ["", "tlp_", "sk-ant-x", " ", "größe", "tlp_00000000_".padEnd(56, "x")]) {
    test(`knows no key ${JSON.stringify(wrong)}`, () => assert.equal(ring.find(wrong), undefined));
  }

  test("finds a key that has been rotated, with the moment until which it is valid", () => {
    const old = made("carol");
    const [secret] = old.key.secrets;
    const rotated = { ...old.key, secrets: [{ ...secret!, until: 500 }, newKey().secret] };
    assert.deepEqual(new KeyRing([rotated]).find(old.text), { key: rotated, until: 500 });
  });
});

test("a file of keys holds no key, and a key is not made twice", () => {
  const one = newKey();
  assert.match(one.key, /^tlp_[0-9a-f]{8}_[\w-]{43}$/);
  assert.ok(!JSON.stringify(one.secret).includes(one.key.slice(13)));
  assert.notEqual(one.key, newKey().key);
});

test("a text that holds a key with a name is known, wherever the key is", () => {
  const { key } = newKey();
  assert.equal(holdsNamedKey(`Bearer ${key}`), true);
  assert.equal(holdsNamedKey(`/v1/${key}/x?${key}`), true);
  assert.equal(holdsNamedKey(key.slice(0, -1)), false);
});

test("a key is revoked for good, and expires or is rotated at its moment", () => {
  const { key } = made("a", { expires: 100 });
  assert.equal(invalidity(key, 99), undefined);
  assert.equal(invalidity(key, 100), "expired");
  assert.equal(invalidity(key, 50, 51), undefined);
  assert.equal(invalidity(key, 50, 50), "rotated");
  assert.equal(invalidity({ ...key, revoked: 1 }, 0, 0), "revoked");
});

for (const name of ["alice", "a", "0x", "a.b-c_d@e", "a".repeat(40), "0123456"]) {
  test(`${name.slice(0, 12)} is a name`, () => assert.ok(NAME_FORM.test(name)));
}
for (const name of ["", "none", "0123abcd", "-a", "a b", "A", "größe", "a".repeat(41), "a\n"]) {
  test(`${JSON.stringify(name.slice(0, 12))} is not a name`, () => assert.ok(!NAME_FORM.test(name)));
}

test("the budgets of keys refuse, each by its key's name, and teams have their members", () => {
  const keys = [
    made("a", { budget: { limit: 5, period: "day" }, team: "x" }).key,
    made("b", { team: "x", revoked: 1 }).key,
    made("c").key,
  ];
  assert.deepEqual(budgetsOf(keys).map(({ name, limit, then }) => [name, limit, then.kind]), [
    ["key a", 5, "refuse"],
  ]);
  assert.deepEqual(membersOf(keys, "x"), ["a", "b"], "a revoked one's requests are in the ledger");
});

describe("the file", () => {
  const write = (folder: string, text: string) => {
    const path = join(folder, "keys.json");
    writeFileSync(path, text);
    return path;
  };

  test("that is not there has no keys", () => assert.deepEqual(readClientKeys("/nowhere/keys.json"), []));

  test("has what was written, and is the user's alone", () =>
    inFolder({}, (folder) => {
      const path = join(folder, "data", "keys.json");
      const { key } = made("alice", { team: "größe", models: ["groq,*"] });
      changeClientKeys(path, () => [key]);
      assert.deepEqual(readClientKeys(path), [key]);
      if (process.platform !== "win32") assert.equal(statSync(path).mode & 0o777, 0o600);
      assert.ok(!existsSync(`${path}.lock`));
    }));

  for (
    const [name, text, says] of [
      ["is not JSON", "{tlp_secret", /keys\.json cannot be read: it is not JSON\.$/],
      [
        "is of a newer version",
        '{"version":2,"keys":"other"}',
        /by a newer version of this program \(format 2\)/,
      ],
      ["has a wrong value", '{"version":1,"keys":[{"name":7}]}', /is damaged at keys\.0\.name\.$/],
      ["is no table", "null", /is damaged\.$/],
    ] as const
  ) {
    test(`that ${name} is an error that quotes nothing of it`, () =>
      inFolder({}, (folder) => {
        assert.throws(() => readClientKeys(write(folder, text)), (error: Error) => {
          assert.match(error.message, says);
          assert.doesNotMatch(error.message, /tlp_secret|other/);
          return true;
        });
      }));
  }

  test("that is a folder says so in words", () =>
    inFolder({}, (folder) => {
      mkdirSync(join(folder, "keys.json"));
      assert.throws(() => readClientKeys(join(folder, "keys.json")), /cannot be read: it is a folder\.$/);
    }));

  test("stays as it is where a change fails, and the next change goes on", () =>
    inFolder({}, (folder) => {
      const path = join(folder, "keys.json");
      changeClientKeys(path, () => [made("a").key]);
      const before = readFileSync(path, "utf8");
      assert.throws(() =>
        changeClientKeys(path, () => {
          throw new Error("no");
        }), /no/);
      assert.equal(readFileSync(path, "utf8"), before);
      changeClientKeys(path, (keys) => [...keys, made("b").key]);
      assert.deepEqual(readClientKeys(path).map(({ name }) => name), ["a", "b"]);
    }));

  test("is changed where a program that ended left its lock long ago", () =>
    inFolder({}, (folder) => {
      const path = join(folder, "keys.json");
      mkdirSync(`${path}.lock`);
      utimesSync(`${path}.lock`, new Date(0), new Date(0));
      changeClientKeys(path, () => [made("a").key]);
      assert.equal(readClientKeys(path).length, 1);
    }));
});

test("a key that was kept elsewhere is read, and anything else is dropped", () => {
  const { key } = made("a");
  assert.deepEqual(clientKeyIn(JSON.parse(JSON.stringify(key))), key);
  for (const wrong of [null, [], "a", {}, { ...key, role: "root" }, { ...key, models: [] }]) {
    assert.equal(clientKeyIn(wrong), undefined);
  }
});
