import assert from "node:assert/strict";
import { test } from "node:test";
import { Frames } from "../../../src/cli/output/frames.ts";
import type { Out } from "../../../src/cli/io.ts";

/** A terminal that keeps what is written to it. */
function terminal(size: { readonly columns?: number; readonly rows?: number } | undefined) {
  const written: string[] = [];
  const out: Out = {
    write: (text, control = "") => void written.push(control + text),
    isTTY: size !== undefined,
    ...size,
    color: false,
    gone: new AbortController().signal,
  };
  return { frames: new Frames(out), written };
}

test("in a pipe frames follow each other, an empty line between, and nothing else", () => {
  const { frames, written } = terminal(undefined);
  frames.draw("one\n");
  frames.draw("two\n");
  frames.end();
  assert.equal(written.join(""), "one\n\ntwo\n");
});

test("on a terminal each frame is drawn over the one before, and the cursor returns at the end", () => {
  const { frames, written } = terminal({ columns: 80, rows: 24 });
  frames.draw("one\ntwo\n");
  frames.draw("three\n");
  frames.draw("four\n");
  frames.end();
  assert.deepEqual(written, [
    "\x1b[?25l\x1b[Jone\ntwo\n",
    "\x1b[2A\r\x1b[Jthree\n",
    "\x1b[1A\r\x1b[Jfour\n",
    "\x1b[?25h",
  ]);
});

test("a line wider than the terminal counts as the lines that it takes, without its colours", () => {
  const { frames, written } = terminal({ columns: 10, rows: 24 });
  frames.draw(`\x1b[31m${"x".repeat(10)}\x1b[39m\n${"翻".repeat(6)}\n\n`);
  frames.draw("next\n");
  assert.ok(written[1]!.startsWith("\x1b[4A\r"), JSON.stringify(written[1]));
});

test("a frame that is higher than the terminal is cut, so that it can be drawn over", () => {
  for (const rows of [24, 3, 2, 1]) {
    const { frames, written } = terminal({ columns: 80, rows });
    frames.draw(Array.from({ length: 50 }, (_, index) => `${index}\n`).join(""));
    const lines = written[0]!.split("\n").slice(0, -1);
    assert.ok(lines.length <= Math.max(1, rows - 1), `${lines.length} of ${rows}`);
    assert.match(lines.at(-1)!, /…$/);
  }
});

test("a frame that just fits is whole", () => {
  const { frames, written } = terminal({ columns: 80, rows: 4 });
  frames.draw("1\n2\n3\n");
  assert.equal(written[0], "\x1b[?25l\x1b[J1\n2\n3\n");
});

test("nothing is written at the end where nothing was drawn", () => {
  const { frames, written } = terminal({ columns: 80, rows: 4 });
  frames.end();
  assert.deepEqual(written, []);
});
