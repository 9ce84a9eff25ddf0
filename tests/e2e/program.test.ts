import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { fromSource } from "../support/program.ts";
import { programSuite } from "../support/program-suite.ts";
import { workersSuite } from "../support/workers-suite.ts";
import { tempFolder } from "../support/disposable.ts";

programSuite("the program from source", fromSource);
workersSuite("the program from source", fromSource);

test(
  "a program that cannot start its workers ends with the reason",
  process.versions.bun === undefined && process.platform === "linux"
    ? {}
    : { skip: "what keeps it from starting them is a permission of Deno" },
  () => {
    using folder = tempFolder();
    const store = 'url = "postgres://nobody:nothing@127.0.0.1:1/none"';
    const path = folder.write("config.toml", `[proxy]\nport = 0\nworkers = 2\n[store]\n${store}\n`);
    const [file = "", ...args] = fromSource().flatMap((word) =>
      word === "-A" ? ["net", "read", "write", "env", "sys"].map((one) => `--allow-${one}`) : [word]
    );
    const { status, stderr } = spawnSync(file, [...args, "--config", path], {
      encoding: "utf8",
      env: { ...process.env, XDG_DATA_HOME: folder.path, NO_COLOR: "1" },
    });
    assert.equal(status, 1, stderr);
    assert.match(stderr, /Error: the first worker ended 3 times before it was up, .*--allow-run/);
  },
);
