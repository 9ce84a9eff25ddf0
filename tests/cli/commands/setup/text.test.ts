import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import type { Client, Plan, Task } from "../../../../src/cli/commands/setup/client.ts";
import { clientNamed } from "../../../../src/cli/commands/setup/clients.ts";
import { editText } from "../../../../src/cli/commands/setup/file.ts";
import {
  asDiff,
  byHand,
  installed,
  isHere,
  listing,
  look,
  printed,
  undone,
  written,
} from "../../../../src/cli/commands/setup/text.ts";
import { widthOf } from "../../../../src/text/width.ts";
import { inFolder, session } from "../../terminal.ts";
import { anAim } from "./aim.ts";

const CODEX = clientNamed("codex")!;
const task = (client: Client, changes: Partial<Task> = {}): Task => ({
  client,
  aim: anAim(),
  login: undefined,
  ...changes,
});
const plan = (format: Plan["format"], before: string | undefined, after: string): Plan => ({
  path: "/home/me/file",
  format,
  lines: "",
  edits: [],
  before,
  after,
});
const io = (columns?: number) =>
  session([], { env: { HOME: "/home/me" }, ...(columns === undefined ? {} : { columns }) }).io;

describe("a change that is shown has no key", () => {
  const KEYS = ["made-up-key-1", "made-up-key-2", 'quo"ted\\key-3'];
  const cases: readonly (readonly [format: Plan["format"], text: string])[] = [
    [
      "json",
      JSON.stringify({ apiKey: KEYS[0], env: { MY_TOKEN: KEYS[1] }, deep: [{ password: KEYS[2] }] }, null, 1),
    ],
    ["toml", `api_key = "${KEYS[0]}"\n[x]\nauthorization = ["${KEYS[1]}"]\nsecret = '${KEYS[2]}'\n`],
    ["yaml", `api_key: ${KEYS[0]} # mine\nlist:\n  - token: "${KEYS[1]}"\n  - key: '${KEYS[2]}'\n`],
  ];
  for (const [format, text] of cases) {
    test(`of ${format}, wherever it is`, () => {
      for (const [before, after] of [[text, ""], [undefined, text], [text, `${text}\n`]] as const) {
        const shown = asDiff(io(), plan(format, before, after), anAim());
        for (const key of [...KEYS, JSON.stringify(KEYS[2]).slice(1, -1)]) {
          assert.ok(!shown.includes(key), shown);
        }
      }
    });
  }

  test("which is written now, though the file cannot be parsed", () => {
    const aim = anAim({ key: undefined, secret: KEYS[0] });
    const text = editText("json", "", [{ path: ["a"], value: KEYS[0] }]);
    assert.match(asDiff(io(), plan("json", undefined, text), aim), /^\+ {3}"a": "KEY"$/m);
  });

  test("but names of variables and references to them, which are not keys", () => {
    const text = JSON.stringify({
      apiKey: "${MY_KEY}",
      key: "{env:MY_KEY}",
      apiKeyHelper: "printenv MY_KEY",
      token: "unused",
      env_key: "PROXY_API_KEY",
    });
    const shown = asDiff(io(), plan("json", undefined, text), anAim());
    for (const name of ["${MY_KEY}", "{env:MY_KEY}", "printenv MY_KEY", "unused", "PROXY_API_KEY"]) {
      assert.ok(shown.includes(name), name);
    }
  });
});

test("a change is shown by its lines, below the file's short path", () => {
  assert.equal(
    asDiff(io(), plan("toml", 'model = "a"\n', 'model = "größe"\n'), anAim()),
    '~/file\n- model = "a"\n+ model = "größe"\n\n',
  );
});

test("an address is the proxy's with and without /v1, and localhost is this machine", () => {
  const at = (uses: string | undefined) => isHere(uses, { url: "http://127.0.0.1:4000" });
  for (const uses of ["http://127.0.0.1:4000", "http://127.0.0.1:4000/v1/", "http://localhost:4000/v1"]) {
    assert.equal(at(uses), true, uses);
  }
  for (
    const uses of [
      undefined,
      "",
      "http://127.0.0.1:40001",
      "https://127.0.0.1:4000",
      "http://evil/127.0.0.1:4000",
    ]
  ) {
    assert.equal(at(uses), false, uses);
  }
});

describe("what is on this machine of a client", () => {
  const posix = { skip: process.platform === "win32" ? "files there have no right to be run" : false };
  const withFile = (text: string, work: (seen: ReturnType<typeof look>, isInstalled: boolean) => void) =>
    inFolder({}, (home) => {
      mkdirSync(join(home, ".codex"));
      if (text !== "") writeFileSync(join(home, ".codex/config.toml"), text);
      const at = { env: { HOME: home } };
      work(look(at, CODEX), installed(at, CODEX));
    });

  test("is its file and what that uses", () =>
    withFile('model_provider = "x"\n[model_providers.x]\nbase_url = "http://x/v1"\n', (seen, isInstalled) => {
      assert.deepEqual([seen.hasFile, seen.uses, seen.program, isInstalled], [
        true,
        "http://x/v1",
        undefined,
        true,
      ]);
    }));

  test("is a file whose use is unknown where it cannot be parsed", () =>
    withFile("not = [TOML", (seen) => assert.deepEqual([seen.hasFile, seen.uses], [true, undefined])));

  test("is nothing where there is neither file nor program", () =>
    withFile(
      "",
      (seen, isInstalled) =>
        assert.deepEqual([seen.hasFile, seen.uses, isInstalled], [false, undefined, false]),
    ));

  test("is its program on PATH", posix, () =>
    inFolder({}, (home) => {
      writeFileSync(join(home, "codex"), "", { mode: 0o755 });
      assert.equal(installed({ env: { HOME: home, PATH: home } }, CODEX), true);
    }));
});

test("no line of what is to be done is wider than the terminal, but what is to be pasted", () => {
  for (const name of ["claude-code", "codex", "goose", "cursor", "cline"]) {
    const client = clientNamed(name)!;
    const text = client.byHand === undefined
      ? printed(io(60), task(client, { login: "me@example.com" }), [{
        path: "/home/me/file",
        lines: "a = 1",
      }])
      : byHand(io(60), task(client), client.byHand(anAim()));
    const wide = text.split("\n").filter((line) => widthOf(line) > 60 && !line.startsWith("  "));
    assert.deepEqual(wide, [], name);
  }
});

test("what was written has its copies, the way back, and the variable that must be set", () => {
  const changed = plan("toml", "a", "b");
  const text = written(io(), task(CODEX), [changed], ["/home/me/file.backup-1"]);
  assert.match(
    text,
    /^Codex now uses http:\/\/127\.0\.0\.1:4000: wrote ~\/file\.\nBackup: ~\/file\.backup-1\n/,
  );
  assert.match(text, /setup codex --undo takes it back\.$/m);
  assert.match(text, /^Set PROXY_API_KEY to this proxy's key where the client starts/m);
  const same = written(io(), task(CODEX, { aim: anAim({ key: undefined }) }), [plan("toml", "a", "a")], []);
  assert.match(same, /already uses .*; ~\/file was not changed\.$/m);
  assert.doesNotMatch(same, /takes it back|Set PROXY/);
});

test("a login that stays, and one that is put out of use, are said", () => {
  const said = (passthrough: boolean) =>
    printed(io(), task(CODEX, { aim: anAim({ passthrough }), login: "me@example.com" }), []);
  assert.match(
    said(false),
    /is logged in \(me@example\.com\)\. With these settings that login is out of use/,
  );
  assert.match(said(true), /is logged in \(me@example\.com\) and stays so/);
});

test("what was taken back is said for each file, and that there was nothing", () => {
  const file = (name: string) => `/home/me/${name}`;
  assert.equal(
    undone(io(), [
      { file: file("a"), how: "restored" },
      { file: file("b"), how: "removed" },
      { file: file("c"), how: "settings" },
      { file: file("d"), how: "missing", backup: file("d.backup") },
    ], []),
    "~/a is as it was before setup.\n~/b was made by setup and is removed.\n" +
      "~/c has changed since setup: only the settings of setup were taken back.\n" +
      "~/d is not there any more. What it was before setup is in ~/d.backup.\n",
  );
  assert.equal(undone(io(), [], []), "setup has changed nothing.\n");
  assert.equal(undone(io(), [], ["codex"]), "setup has changed nothing of codex.\n");
});

test("the list has the main clients, the installed ones, and the names of the others", () =>
  inFolder({}, (home) => {
    mkdirSync(join(home, ".qwen"));
    writeFileSync(join(home, ".qwen/settings.json"), "{}");
    const one = session([], { env: { HOME: home }, columns: 80 });
    listing(one.io, anAim(), false);
    for (const name of ["claude-code", "codex", "openclaw", "opencode"]) {
      assert.match(one.out(), new RegExp(`^${name} +no`, "m"));
    }
    assert.match(one.out(), /^qwen-code +file only +~\/\.qwen\/settings\.json +its own provider$/m);
    assert.match(one.out().replaceAll(/\s+/g, " "), /Also: kilo, .*, gemini-cli To see/);
    assert.match(
      one.out().replaceAll(/\s+/g, " "),
      /base URL http:\/\/127\.0\.0\.1:4000\/v1 .*, key \$PROXY_API_KEY/,
    );
  }));
