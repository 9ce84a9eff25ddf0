/** More connections than the system has descriptors for: the program serves again once they are gone. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import process from "node:process";
import { test } from "node:test";
import { startProgram } from "../support/program.ts";
import { inTest, WAYS } from "./ways.ts";
import { configuration } from "../support/world.ts";

const FEW_FILES = ["bash", "-c", 'ulimit -n 120; exec "$0" "$@"'];
const CONFIG = configuration({}, { x: { url: "http://127.0.0.1:9" } });

const skip = process.platform === "win32" ? "Windows has no such limit" : undefined;

/** The status of `/health`; undefined: no answer within a second. */
async function health(url: string): Promise<number | undefined> {
  try {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(1000) });
    await answer.text();
    return answer.status;
  } catch {
    return undefined;
  }
}

for (const [way, command, why] of WAYS) {
  test(`the program serves again after too many open files, ${way}`, inTest(skip ?? why), async () => {
    await using program = await startProgram([...FEW_FILES, ...command()], CONFIG);
    const port = Number(new URL(program.url).port);
    const opened = Array.from({ length: 300 }, () => {
      const socket = connect(port, "127.0.0.1");
      const settled = new Promise<void>((resolve) => {
        socket.once("connect", () => resolve());
        socket.on("error", () => resolve());
      });
      return { socket, settled };
    });
    await Promise.all(opened.map(({ settled }) => settled));
    await health(program.url); // with every descriptor taken
    for (const { socket } of opened) socket.destroy();
    let status: number | undefined;
    for (let tries = 0; status === undefined && tries < 20; tries++) status = await health(program.url);
    assert.equal(status, 200, program.said());
  });
}
