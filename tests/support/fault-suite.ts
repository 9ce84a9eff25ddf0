import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuiltinDialect } from "../../src/dialects/registry.ts";
import { type Fault, FAULTS, good } from "./faults.ts";
import { DIALECTS, hear } from "./speech.ts";
import { proxyWith } from "./world.ts";

/** One fault of a primary with a healthy backup behind it. */
async function play(
  fault: Fault,
  client: BuiltinDialect,
  spoken: BuiltinDialect,
  stream: boolean,
): Promise<void> {
  const limits = fault.slow ? "timeout_ms = 20000\nfirst_token_timeout_ms = 300\nidle_timeout_ms = 300" : "";
  await using world = await proxyWith({
    primary: { answer: fault.answer(spoken, stream), dialect: spoken },
    backup: { answer: good(client, stream, "from the backup"), dialect: client },
  }, { proxy: limits });
  const { primary, backup } = world;
  const response = await world.ask(client, "hi", { stream });
  const heard = await hear(client, response);
  assert.equal(primary.arrived.length, 1, "the primary was asked once");
  switch (fault.outcome) {
    case "backup":
      assert.deepEqual({ ...heard }, {
        status: 200,
        text: "from the backup",
        ends: 1,
        errors: 0,
        error: "",
      });
      assert.equal(backup.arrived.length, 1);
      assert.equal(response.headers.get("x-routed-provider"), "backup");
      assert.equal(response.headers.get("x-attempts"), "2");
      break;
    case "primary":
      assert.deepEqual({ ...heard }, {
        status: 200,
        text: "from the primary",
        ends: 1,
        errors: 0,
        error: "",
      });
      assert.equal(backup.arrived.length, 0);
      assert.equal(response.headers.get("x-attempts"), "1");
      break;
    case "refusal":
      assert.equal(heard.errors, 1);
      assert.ok(heard.status === 400 || heard.status === 422);
      assert.equal(backup.arrived.length, 0);
      assert.equal(response.headers.get("x-should-retry"), "false");
      break;
    case "error after output":
      assert.equal(heard.errors, 1, "one error event");
      assert.ok("from the primary".startsWith(heard.text) && heard.text.length > 0, heard.text);
      assert.ok(heard.ends <= 1);
      assert.ok(heard.error.length > 0);
      assert.equal(backup.arrived.length, 0, "what was half shown is not tried again");
  }
  const [record] = await world.ended(1);
  assert.equal(world.records.length, 1);
  assert.equal(record?.attempts.length, fault.outcome === "backup" ? 2 : 1);
  assert.equal(world.state.inFlight.size, 0);
}

/** Registers every fault for one client dialect: a file each, so that they can run side by side. */
export function faultSuite(client: BuiltinDialect): void {
  for (const spoken of DIALECTS) {
    for (const stream of [false, true]) {
      for (const fault of FAULTS) {
        if (fault.only !== undefined && (fault.only === "stream") !== stream) continue;
        const how = `${stream ? "streaming " : ""}${client} client, ${spoken} provider`;
        test(`${how}: ${fault.name} → ${fault.outcome}`, () => play(fault, client, spoken, stream));
      }
    }
  }
}
