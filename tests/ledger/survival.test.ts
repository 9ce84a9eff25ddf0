import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import type { Readable } from "node:stream";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { report } from "../../src/ledger/report.ts";
import { inFolder } from "./sample.ts";
import { closing } from "../support/disposable.ts";

const CHILD = fileURLToPath(new URL("./proxy-child.ts", import.meta.url));
/** What runs a script, in the runtime that runs these tests. */
const RUN = "deno" in process.versions ? [process.execPath, "run", "-A", "--no-check"] : [process.execPath];

type Child = ChildProcessByStdio<null, Readable, Readable>;

function start(args: readonly string[], before: readonly string[] = []): Child {
  const [program, ...rest] = [...before, ...RUN, CHILD, ...args];
  return spawn(program!, rest, { stdio: ["ignore", "pipe", "pipe"] });
}

interface Added {
  readonly id: string;
  readonly time: number;
}

/** What a child printed until `enough` (then it is killed without warning) or its own end. */
async function listen(child: Child, enough: (added: readonly Added[]) => boolean) {
  const added: Added[] = [];
  let counted = "";
  let rest = "";
  let errors = "";
  let killed = false;
  child.stderr.on("data", (chunk) => errors += chunk);
  child.stdout.on("data", (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const [id, time] = line.split(" ");
      if (id === "counted") counted = line;
      else added.push({ id: id!, time: Number(time) });
    }
    if (!killed && enough(added)) {
      killed = true;
      child.kill("SIGKILL");
    }
  });
  await new Promise<void>((resolve) => child.on("close", () => resolve()));
  return { added, counted, errors };
}

function inspect(path: string): { ids: string[]; sound: unknown } {
  using db = closing(new DatabaseSync(path));
  return {
    sound: Object.values(db.prepare("PRAGMA integrity_check").get()!)[0],
    ids: db.prepare("SELECT id FROM requests ORDER BY seq").all().map((row) => String(row.id)),
  };
}

for (
  const { step, enough, when } of [
    {
      step: 1,
      enough: (t: readonly Added[]) => t.at(-1)!.time - t[0]!.time > 1300,
      when: "between two batches",
    },
    { step: 200, enough: (t: readonly Added[]) => t.length > 8000, when: "in the middle of writing" },
    { step: 20, enough: (t: readonly Added[]) => t.length > 3000, when: "under load" },
  ]
) {
  test(`a proxy killed ${when} loses at most its last second, and the file stays sound`, () =>
    inFolder(async (folder) => {
      const path = join(folder, "ledger.sqlite");
      const { added, errors } = await listen(start([path, "killed", "0", String(step)]), enough);
      const { ids, sound } = inspect(path);
      assert.equal(sound, "ok", errors);
      assert.equal(new Set(ids).size, ids.length);
      const written = new Set(ids);
      const last = added.at(-1)!.time;
      const lost = added.filter(({ id, time }) => time < last - 1000 && !written.has(id));
      assert.deepEqual(lost, []);

      // The next run goes on in the same file.
      const after = await listen(start([path, "next", "3", "3"]), () => false);
      assert.equal(after.errors, "");
      assert.equal(report(path, { since: 0 }).requests, ids.length + 3);
    }));
}

test("two proxies on one file write every request of both", () =>
  inFolder(async (folder) => {
    const path = join(folder, "ledger.sqlite");
    const both = await Promise.all(
      ["one", "two"].map((name) => listen(start([path, name, "4000", "40"]), () => false)),
    );
    assert.deepEqual(both.map(({ errors }) => errors), ["", ""]);
    const { ids, sound } = inspect(path);
    assert.equal(sound, "ok");
    assert.equal(ids.length, 8000);
    assert.equal(new Set(ids).size, 8000);
    const { requests, by } = report(path, { since: 0 });
    assert.equal(requests, 8000);
    assert.equal(by.route?.think?.requests, 8000);
  }));

test("with a full disk requests are counted in memory, and it is logged once", {
  skip: process.platform === "win32" && "no ulimit on Windows",
}, () =>
  inFolder(async (folder) => {
    const path = join(folder, "ledger.sqlite");
    // No file may grow over 200 KiB; without the signal, writing more fails as on a full disk.
    const limited = ["sh", "-c", `trap '' XFSZ; ulimit -f 400; exec "$@"`, "sh"];
    const { counted, errors } = await listen(start([path, "full", "4000", "100"], limited), () => false);
    assert.match(errors, /^warn: the ledger .* cannot be written \(.+\); counting in memory until it can$/m);
    assert.equal(counted, "counted 4000 memory");
    const { ids, sound } = inspect(path);
    assert.equal(sound, "ok");
    assert.ok(ids.length < 4000);
  }));
