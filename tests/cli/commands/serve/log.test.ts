import assert from "node:assert/strict";
import process from "node:process";
import { describe, test } from "node:test";
import { logLiveEvent, logTo, logUncaught } from "../../../../src/cli/commands/serve/log.ts";
import type { LiveEvent } from "../../../../src/config/live/live.ts";
import type { Log } from "../../../../src/log/log.ts";
import { session } from "../../terminal.ts";

/** A log that keeps its lines. */
function kept() {
  const lines: string[] = [];
  const fields: unknown[] = [];
  const log: Log = (level, message, more) => {
    lines.push(`${level}: ${message}`);
    fields.push(more);
  };
  return { log, lines, fields };
}

describe("a reload", () => {
  const said = (event: LiveEvent) => {
    const one = kept();
    logLiveEvent(one.log, event);
    return one;
  };

  test("is logged with its reason, and then each warning", () => {
    const { lines } = said({ kind: "reloaded", reason: "SIGHUP", warnings: ["a", "b"] });
    assert.deepEqual(lines, ["info: SIGHUP: configuration reloaded", "warn: a", "warn: b"]);
  });

  test("of a fixed file says that it is fixed", () => {
    const { lines } = said({ kind: "fixed", reason: "config.toml", warnings: [] });
    assert.deepEqual(lines, ["info: config.toml: configuration fixed and reloaded"]);
  });

  test("of a broken file is one error with all mistakes", () => {
    const { lines, fields } = said({ kind: "broken", reason: "config.toml", problems: ["1", "2"] });
    assert.deepEqual(lines, ["error: config.toml: the configuration has mistakes; keeping the previous one"]);
    assert.deepEqual(fields, [{ problems: ["1", "2"] }]);
  });

  test("that a listener did not survive is an error with the reasons", () => {
    const { lines } = said({ kind: "listener_failed", reason: "SIGHUP", problems: ["1", "2"] });
    assert.deepEqual(lines, ["error: SIGHUP: reloaded with problems: 1; 2"]);
  });
});

test("the log goes to the error stream, in the form that the configuration wants", () => {
  const one = session([]);
  logTo(one.io, { level: "info", json: true })("info", "größe");
  assert.equal(JSON.parse(one.err()).message, "größe");
  assert.equal(one.out(), "");
});

test("an error that nobody caught is logged as long as that is wanted", () => {
  const { log, lines, fields } = kept();
  const before = ["unhandledRejection", "uncaughtException"].map((name) => process.listenerCount(name));
  const stop = logUncaught(log);
  const [listener] = process.listeners("unhandledRejection").slice(-1) as [(why: unknown) => void];
  listener(new Error("lost"));
  listener("just words");
  stop();
  assert.deepEqual(lines, [
    "error: internal error, the proxy keeps running: lost",
    "error: internal error, the proxy keeps running: just words",
  ]);
  assert.match(String((fields[0] as { stack: string }).stack), /log\.test/);
  assert.deepEqual(
    ["unhandledRejection", "uncaughtException"].map((name) => process.listenerCount(name)),
    before,
  );
});
