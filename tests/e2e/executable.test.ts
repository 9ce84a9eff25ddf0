import assert from "node:assert/strict";
import { copyFileSync, rmSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { executable } from "../support/executable.ts";
import { programSuite } from "../support/program-suite.ts";
import { startProgram } from "../support/program.ts";
import { workersSuite } from "../support/workers-suite.ts";
import { tempFolder } from "../support/disposable.ts";

programSuite("the executable", () => [executable.file ?? ""], executable.skip);
workersSuite("the executable", () => [executable.file ?? ""], executable.skip);

const skip = executable.skip ?? (process.platform === "linux" ? undefined : "workers are for Linux");

test(
  "a worker that is started again is of the version that runs, though the file is gone",
  skip === undefined ? {} : { skip },
  async () => {
    using folder = tempFolder();
    const file = folder.at("program");
    copyFileSync(executable.file ?? "", file);
    const toml = '[proxy]\nworkers = 2\n[store]\nurl = "postgres://nobody:nothing@127.0.0.1:1/none"\n';
    await using program = await startProgram([file], toml);
    await program.says(/worker 2 is up/);
    rmSync(file);
    const [, pid] = /worker 2 is up \(process (\d+)\)/.exec(program.said()) ?? [];
    process.kill(Number(pid), "SIGKILL");
    await program.says(/worker 2 is up[^]*worker 2 is up/);
    program.signal("SIGTERM");
    assert.equal(await program.exited, 0);
  },
);
