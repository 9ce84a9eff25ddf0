import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type LogOptions, openLog } from "../../src/log/logtape.ts";

/** A log that keeps what it writes. */
function kept(options: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const log = openLog({
    level: "info",
    json: false,
    color: false,
    write: (line) => void lines.push(line),
    ...options,
  });
  return { log, lines };
}

describe("a log for people", () => {
  test("has time, level and message on a line", () => {
    const { log, lines } = kept();
    log("warn", "größe: 翻译");
    assert.match(lines.join(""), /^\d\d:\d\d:\d\d WRN größe: 翻译\n$/i);
  });

  test("has no line of a level below its own", () => {
    const { log, lines } = kept({ level: "warn" });
    for (const level of ["debug", "info", "warn", "error"] as const) log(level, `said ${level}`);
    assert.deepEqual(lines.map((line) => /said (\w+)/.exec(line)?.[1]), ["warn", "error"]);
  });

  test("has braces as they are, whatever fields there are", () => {
    const { log, lines } = kept();
    log("info", "got {model} and {{}}", { model: "secret" });
    assert.match(lines.join(""), /got \{model\} and \{\{\}\}\n$/);
  });

  test("has one line for a message with line ends", () => {
    const { log, lines } = kept();
    log("error", "one\n12:00:00 INF forged");
    assert.equal(lines.join("").split("\n").length, 2);
  });

  test("has the mistakes of a configuration on lines of their own below", () => {
    const { log, lines } = kept();
    log("error", "kept", { problems: ["a.toml:1: wrong\n  1 | x", "a.toml:2: wrong"] });
    assert.deepEqual(lines.join("").split("\n").slice(1), [
      "  a.toml:1: wrong",
      "    1 | x",
      "  a.toml:2: wrong",
      "",
    ]);
  });

  test("has colours on a terminal only", () => {
    const [plain, colored] = [false, true].map((color) => {
      const { log, lines } = kept({ color });
      log("error", "x");
      return lines.join("");
    });
    assert.ok(!plain!.includes("\x1b"));
    assert.ok(colored!.includes("\x1b"));
  });
});

test("a log of JSON has an object a line, with the fields and the whole message", () => {
  const { log, lines } = kept({ json: true });
  log("info", "one\ntwo {x}", { status: 200, tokens: { input: 3 } });
  assert.equal(lines.length, 1);
  const { message, level, status, tokens } = JSON.parse(lines[0]!);
  assert.deepEqual([message, level, status, tokens], ["one\ntwo {x}", "INFO", 200, { input: 3 }]);
});

test("a log that is opened again writes to its new place alone, also by the hand of the first", () => {
  const first = kept();
  const second = kept();
  first.log("info", "x");
  assert.equal(first.lines.length, 0);
  assert.equal(second.lines.length, 1);
});
