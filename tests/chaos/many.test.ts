import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { closing } from "../support/disposable.ts";
import { fromSource, startProgram } from "../support/program.ts";
import { fakeProvider } from "../support/provider.ts";
import { request } from "../support/speech.ts";
import { configuration } from "../support/world.ts";

/** More than a runtime's own limit on requests in flight, 256 under Bun. */
const MANY = 320;

test("hundreds of requests to providers are in flight at once, and none waits for another", async () => {
  await using provider = await fakeProvider(() => {});
  await using program = await startProgram(
    fromSource(),
    configuration({ there: provider.url }, { there: {} }),
  );
  const { hostname, port } = new URL(program.url);
  const body = JSON.stringify(request("openai-chat", true));
  // By hand: this process's own requests have the same limit.
  using sockets = closing([] as Socket[], (all) => all.forEach((socket) => socket.destroy()));
  for (let i = 0; i < MANY; i++) {
    const socket = connect(Number(port), hostname);
    socket.on("error", () => {});
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    sockets.push(socket);
  }
  await provider.arrives(MANY);
  assert.equal(provider.arrived.length, MANY);
  const { in_flight } = await (await fetch(`${program.url}/health/detailed`)).json();
  assert.equal(in_flight, MANY);
});
