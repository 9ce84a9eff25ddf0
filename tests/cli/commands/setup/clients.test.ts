/** What every client of `setup` keeps, whichever it is. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Aim } from "../../../../src/cli/commands/setup/client.ts";
import { clientNamed, CLIENTS } from "../../../../src/cli/commands/setup/clients.ts";
import { dataIn, editText } from "../../../../src/cli/commands/setup/file.ts";
import { isHere } from "../../../../src/cli/commands/setup/text.ts";
import { anAim } from "./aim.ts";

const SECRET = "made-up-proxy-key-1";
const AIMS: readonly (readonly [what: string, aim: Aim])[] = [
  ["a key in a variable", anAim()],
  ["the key itself", anAim({ key: undefined, secret: SECRET })],
  ["no key", anAim({ key: undefined })],
  ["a login of its own", anAim({ passthrough: true })],
  ["a fixed model", anAim({ model: "think" })],
];

test("a client is found by its name and its aliases, in any case", () => {
  for (const client of CLIENTS) {
    for (const word of [client.name, ...client.aliases ?? []]) {
      assert.equal(clientNamed(word.toUpperCase())?.name, client.name);
    }
  }
  for (const word of ["", "größe", "claude code", "toString"]) assert.equal(clientNamed(word), undefined);
});

test("each name and each label belongs to one client", () => {
  const words = CLIENTS.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  assert.deepEqual([...new Set(words)], words);
  assert.equal(new Set(CLIENTS.map(({ label }) => label)).size, CLIENTS.length);
});

for (const client of CLIENTS) {
  describe(client.name, () => {
    test("has a file that may be changed, or steps by hand", () => {
      assert.ok(client.files.length > 0 || (client.byHand?.(anAim()) ?? []).length > 0);
    });

    for (const [what, aim] of client.files.length === 0 ? [] : AIMS) {
      test(`leads to the proxy with ${what}, and a second setup changes nothing`, () => {
        const texts = client.files.map(({ format, edits, fresh }) => {
          const text = fresh === undefined ? "" : `${JSON.stringify(fresh)}\n`;
          return editText(format, text, edits(aim, dataIn(format, text)));
        });
        assert.ok(texts.join("\n").includes(aim.url));
        client.files.forEach(({ format, edits, baseUrl }, index) => {
          const now = dataIn(format, texts[index]!);
          if (baseUrl !== undefined) assert.equal(isHere(String(baseUrl(now)), aim), true);
          assert.equal(editText(format, texts[index]!, edits(aim, now)), texts[index]);
        });
        assert.equal(texts.join("\n").includes(SECRET) && aim.secret === undefined, false);
      });
    }

    for (const [what, aim] of client.run === undefined ? [] : AIMS) {
      test(`is started with ${what} in its arguments and its environment alone`, () => {
        const { args = [], env = {}, copyIn } = client.run!({ ...aim, io: { env: { HOME: "/nowhere" } } });
        const all = [...args, ...Object.values(env)];
        assert.ok(copyIn !== undefined || all.some((text) => text.includes(aim.url)));
        for (const text of all) assert.equal(typeof text, "string");
        if (aim.secret !== undefined) {
          assert.ok(args.every((arg) => !arg.includes(SECRET)), "other users see a program's arguments");
        }
      });
    }
  });
}
