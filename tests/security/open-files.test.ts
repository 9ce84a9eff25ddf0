/** More connections than the system has descriptors for: the program serves again once they are gone. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import process from "node:process";
import { test } from "node:test";
import { executable } from "../support/executable.ts";
import { fromSource, startProgram } from "../support/program.ts";

const FEW_FILES = ["bash", "-c", 'ulimit -n 120; exec "$0" "$@"'];
const CONFIG = '[router]\ndefault = "x,m"\n[[providers]]\nname = "x"\napi_base_url = "http://127.0.0.1:9"\n';

const skip = process.platform === "win32"
  ? "Windows has no such limit"
  : process.versions.bun !== undefined
  ? "Bun's own listener stays"
  : undefined;

const WAYS: readonly (readonly [string, () => readonly string[], string | undefined])[] = [
  ["from source", fromSource, skip],
  ["as an executable", () => [executable.file ?? ""], skip ?? executable.skip],
];

for (const [way, command, why] of WAYS) {
  test(`the program listens again after too many open files, ${way}`, why ? { skip: why } : {}, async () => {
    const program = await startProgram([...FEW_FILES, ...command()], CONFIG);
    const port = Number(new URL(program.url).port);
    const sockets = Array.from({ length: 300 }, () => connect(port, "127.0.0.1").on("error", () => {}));
    try {
      await program.says(/not listening any more, trying again: .*open files/);
      for (const socket of sockets) socket.destroy();
      await program.says(/listening again/);
      assert.equal((await fetch(`${program.url}/health`)).status, 200);
    } finally {
      for (const socket of sockets) socket.destroy();
      await program.close();
    }
  });
}
