import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fromSource } from "../support/program.ts";
import { programSuite } from "../support/program-suite.ts";
import { workersSuite } from "../support/workers-suite.ts";

programSuite("the program from source", fromSource);
workersSuite("the program from source", fromSource);

test(
  "a program that cannot start its workers ends with the reason",
  process.versions.bun === undefined && process.platform === "linux"
    ? {}
    : { skip: "what keeps it from starting them is a permission of Deno" },
  () => {
    const folder = mkdtempSync(join(tmpdir(), "workers-"));
    const path = join(folder, "config.toml");
    const store = 'url = "postgres://nobody:nothing@127.0.0.1:1/none"';
    writeFileSync(path, `[proxy]\nport = 0\nworkers = 2\n[store]\n${store}\n`, { mode: 0o600 });
    const [file = "", ...args] = fromSource().flatMap((word) =>
      word === "-A" ? ["net", "read", "write", "env", "sys"].map((one) => `--allow-${one}`) : [word]
    );
    try {
      const { status, stderr } = spawnSync(file, [...args, "--config", path], {
        encoding: "utf8",
        env: { ...process.env, XDG_DATA_HOME: folder, NO_COLOR: "1" },
      });
      assert.equal(status, 1, stderr);
      assert.match(stderr, /Error: the first worker ended 3 times before it was up, .*--allow-run/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
