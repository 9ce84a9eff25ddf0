import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { explainedListenProblem, listenProblem } from "../../src/cli/listen-error.ts";
import { fakeProvider, json } from "../support/provider.ts";
import { proxyWith } from "../support/world.ts";

const error = (code: string) => Object.assign(new Error("the system's words"), { code });

for (
  const [code, says] of [
    ["EADDRINUSE", "port 80 is in use; stop the program that uses it, or choose another port with --port."],
    ["EACCES", "port 80 is reserved for the system; choose one above 1023 with --port."],
    ["EPERM", "port 80 is reserved for the system; choose one above 1023 with --port."],
    ["EADDRNOTAVAIL", "cannot listen on 10.0.0.1: not an address of this machine (try --host 127.0.0.1)."],
    ["ENOTSUP", "cannot listen on 10.0.0.1:80: the system's words"],
  ] as const
) {
  test(`${code} is said in words`, () => assert.equal(listenProblem(error(code), "10.0.0.1", 80), says));
}

test("whatever is thrown is a reason", () => {
  assert.equal(listenProblem("no", "::1", 1), "cannot listen on ::1:1: no");
});

describe("who has a port that is taken", () => {
  const explained = (port: number) => explainedListenProblem(error("EADDRINUSE"), "127.0.0.1", port);

  test("is this program, with its version, its time and its configuration", async () => {
    await using world = await proxyWith({});
    assert.match(
      await explained(world.server.port),
      /^port \d+ is in use: terraphim-llm-proxy 0\.0\.0-test has been running there for \d+ s \(configuration: .*\)\. Use it as it is, at http/,
    );
  });

  test("is this program, which does not show strangers its configuration where it has a key", async () => {
    await using world = await proxyWith({}, { proxy: 'api_key = "made-up-key-of-a-test"' });
    assert.match(await explained(world.server.port), /\(.* status shows its configuration\)/);
  });

  test("is another program, whatever that answers", async () => {
    for (const answer of [json({ version: 7 }), json("hello", 404), json({}, 401)]) {
      await using other = await fakeProvider(answer);
      assert.match(await explained(other.port), /^port \d+ is in use by another program; stop that one/);
    }
  });

  test("is not asked where the problem is another one", async () => {
    await using other = await fakeProvider();
    assert.match(await explainedListenProblem(error("EACCES"), "127.0.0.1", other.port), /is reserved/);
    assert.equal(other.arrived.length, 0);
  });
});
