/** Files that the program writes: the user's alone, never through a stranger's link, never another program's. */
import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { loadConfig } from "../../src/config/load.ts";
import { Ledger } from "../../src/ledger/ledger.ts";
import { report } from "../../src/ledger/report.ts";
import { anEnd, notes } from "../ledger/sample.ts";
import { inFolder, run } from "../cli/terminal.ts";
import { startProgram } from "../support/program.ts";
import { configuration } from "../support/world.ts";
import { inTest, WAYS } from "./ways.ts";
import { tempFolder } from "../support/disposable.ts";

const skip = process.platform === "win32" ? "Windows has no file modes" : undefined;

async function inPlace(work: (folder: string) => void | Promise<void>): Promise<void> {
  using folder = tempFolder();
  await work(folder.path);
}

/** What a path of a ledger may lead to by mistake. */
const BAIT: readonly (readonly [name: string, bytes: string])[] = [
  [".bashrc", "export PATH=$PATH:~/bin\n".repeat(40)],
  ["id_ed25519", `-----BEGIN OPENSSH PRIVATE KEY-----\n${"b3BlbnNzaC1rZXk".repeat(30)}\n`],
  ["config.toml", '[router]\ndefault = "x,y"\n'.repeat(20)],
  ["photo.sqlite", "\x89PNG\r\n\x1a\n".repeat(100)],
  ["short", "x"],
  ["damaged.db", `SQLite format 3\0${"\xff".repeat(5000)}`],
];

for (const [name, bytes] of BAIT) {
  test(`a ledger whose path leads to ${name} leaves it as it is, and counts in memory`, () =>
    inPlace((folder) => {
      const path = join(folder, name);
      writeFileSync(path, bytes, { encoding: "latin1", mode: 0o644 });
      const { log, lines } = notes();
      const ledger = new Ledger({ path, log });
      ledger.add(anEnd());
      ledger.flush();
      assert.equal(ledger.report({ since: 0 }).requests, 1);
      ledger.close();
      assert.ok(readFileSync(path, "latin1") === bytes, "the file is as it was");
      assert.deepEqual(readdirSync(folder), [name]);
      assert.match(lines[0] ?? "", /cannot be written/);
      assert.throws(() => report(path, { since: 0 }), /cannot be read/);
      if (process.platform !== "win32") assert.equal(statSync(path).mode & 0o777, 0o644);
    }));
}

test("another program's database keeps its tables and its mode", () =>
  inPlace((folder) => {
    const path = join(folder, "places.sqlite");
    const db = new DatabaseSync(path);
    db.exec("CREATE TABLE bookmarks (url TEXT)");
    db.close();
    const before = readFileSync(path);
    new Ledger({ path, log: notes().log }).close();
    assert.deepEqual(readFileSync(path), before);
  }));

test("a ledger of ours under any name is set aside when it is damaged", () =>
  inPlace((folder) => {
    const path = join(folder, "spending.db");
    const first = new Ledger({ path });
    for (let i = 0; i < 500; i++) first.add(anEnd({ id: `r${i}` }));
    first.close();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4096);
    writeFileSync(path, bytes);
    const second = new Ledger({ path, log: notes().log });
    second.add(anEnd());
    second.close();
    assert.ok(readdirSync(folder).some((name) => name.startsWith("spending.db.corrupt-")));
  }));

test(
  "a ledger is not made through a link in a folder that others can write",
  inTest(skip),
  () =>
    inPlace((folder) => {
      const shared = join(folder, "shared");
      mkdirSync(shared);
      chmodSync(shared, 0o777);
      for (const suffix of ["", "-wal", "-shm"]) {
        const target = join(folder, `target${suffix}`);
        const path = join(shared, `l${suffix === "" ? "" : suffix.slice(1)}.sqlite`);
        symlinkSync(target, path + suffix);
        const { log, lines } = notes();
        new Ledger({ path, log }).close();
        assert.equal(existsSync(target), false, suffix);
        assert.match(lines[0] ?? "", /symbolic link in a folder that others can write/);
      }
    }),
);

test(
  "init --force does not write through a link in a folder that others can write",
  inTest(skip),
  () =>
    inPlace(async (folder) => {
      const shared = join(folder, "shared");
      mkdirSync(shared);
      chmodSync(shared, 0o777);
      writeFileSync(join(folder, "target"), "mine");
      symlinkSync(join(folder, "target"), join(shared, "config.toml"));
      const { code, err } = await run(["init", "--force"], { cwd: shared });
      assert.notEqual(code, 0);
      assert.match(err, /symbolic link/);
      assert.equal(readFileSync(join(folder, "target"), "utf8"), "mine");
    }),
);

test(
  "a configuration, its .env and its folder that others can write are reported",
  inTest(skip),
  () =>
    inFolder({ "config.toml": '[router]\ndefault = "ollama,m"\n', ".env": "A=b\n" }, (folder) => {
      const path = join(folder, "config.toml");
      const messages = () => {
        const result = loadConfig(path, { env: {} });
        return (result.ok ? result.config.warnings : result.warnings).map(({ message }) => message).join(
          "\n",
        );
      };
      for (const one of [path, join(folder, ".env")]) chmodSync(one, 0o600);
      chmodSync(folder, 0o700);
      assert.doesNotMatch(messages(), /other users/);
      chmodSync(path, 0o666);
      assert.match(messages(), /can change it, and so where keys are sent: chmod go-w/);
      chmodSync(path, 0o600);
      chmodSync(join(folder, ".env"), 0o602);
      assert.match(messages(), /which keys are used/);
      chmodSync(join(folder, ".env"), 0o600);
      chmodSync(folder, 0o777);
      assert.match(messages(), /put another configuration there/);
      chmodSync(folder, 0o1777);
      assert.doesNotMatch(messages(), /another configuration/);
      chmodSync(folder, 0o700);
    }),
);

for (const [way, command, why] of WAYS) {
  test(`files are the user's alone under umask 0, ${way}`, inTest(skip ?? why), async () => {
    const open = ["bash", "-c", 'umask 0; mkdir -p "$XDG_DATA_HOME/terraphim-llm-proxy"; exec "$0" "$@"'];
    await using program = await startProgram(
      [...open, ...command()],
      configuration({ x: "http://127.0.0.1:9" }, { x: {} }),
    );
    const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "x" }] });
    const headers = { "content-type": "application/json" };
    await (await fetch(`${program.url}/v1/chat/completions`, { method: "POST", headers, body })).text();
    program.signal("SIGTERM");
    await program.exited;
    const data = join(program.folder, "data", "terraphim-llm-proxy");
    assert.equal(statSync(data).mode & 0o777, 0o700);
    const files = readdirSync(data);
    assert.ok(files.includes("ledger.sqlite"), files.join());
    for (const name of files) assert.equal(statSync(join(data, name)).mode & 0o777, 0o600, name);
  });
}
