import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  hiding,
  type Io,
  isNarrow,
  type Out,
  printJson,
  safeIo,
  untilSignal,
  wantsColor,
} from "../../src/cli/io.ts";
import { Scrubber } from "../../src/text/secrets.ts";
import { session } from "./terminal.ts";

test("colour is for terminals; FORCE_COLOR and NO_COLOR decide otherwise", () => {
  assert.equal(wantsColor({}, true), true);
  assert.equal(wantsColor({}, false), false);
  assert.equal(wantsColor({ TERM: "dumb" }, true), false);
  assert.equal(wantsColor({ NO_COLOR: "1" }, true), false);
  assert.equal(wantsColor({ NO_COLOR: "" }, true), true);
  assert.equal(wantsColor({ FORCE_COLOR: "1", NO_COLOR: "1" }, false), true);
  assert.equal(wantsColor({ FORCE_COLOR: "0" }, true), false);
});

test("a terminal is narrow below 60 columns, and a pipe never is", () => {
  const out = (columns?: number) => ({ columns }) as Out;
  assert.deepEqual([59, 60, 1, undefined].map((columns) => isNarrow(out(columns))), [
    true,
    false,
    true,
    false,
  ]);
});

test("what a terminal would obey is shown, but for control sequences of the program's own", () => {
  const one = session([], { columns: 80 });
  safeIo(one.io).stdout.write("a\x1b[2Jb\n", "\x1b[?25l");
  assert.equal(one.out(), "\x1b[?25la\\u001b[2Jb\n");
});

test("secrets are taken out of both streams from then on", () => {
  const one = session([]);
  const io = hiding(one.io);
  io.stdout.write("key sk-made-up-secret-1 ");
  io.hide?.(new Scrubber(["sk-made-up-secret-1"]));
  io.stdout.write("then sk-made-up-secret-1");
  io.stderr.write("and sk-made-up-secret-1 größe");
  assert.match(one.out(), /^key sk-made-up-secret-1 then (?!.*secret-1)/);
  assert.doesNotMatch(one.err(), /secret-1/);
  assert.match(one.err(), / größe$/);
  assert.equal(io.stdout.isTTY, one.io.stdout.isTTY);
});

test("JSON is indented, ends with a line end, and keeps what is not ASCII", () => {
  const one = session([]);
  printJson(one.io, { größe: ["翻译"] });
  assert.equal(one.out(), '{\n  "größe": [\n    "翻译"\n  ]\n}\n');
});

describe("work that is repeated", () => {
  test("ends at a signal, which it sees, and leaves no listener", async () => {
    const one = session([]);
    let listeners = 0;
    const io: Io = {
      ...one.io,
      onSignal(signal, listener) {
        listeners++;
        const end = one.io.onSignal(signal, listener);
        return () => {
          listeners--;
          end();
        };
      },
    };
    const signals: AbortSignal[] = [];
    await untilSignal(io, 0, (signal) => {
      if (signals.push(signal) === 3) one.signal("SIGTERM");
    });
    assert.equal(signals.length, 3);
    assert.equal(signals[2]?.aborted, true);
    assert.equal(listeners, 0);
  });

  test("does not begin where nobody reads the output any more", async () => {
    const gone = AbortSignal.abort();
    const { io } = session([]);
    let times = 0;
    await untilSignal({ ...io, stdout: { ...io.stdout, gone } }, 0, () => void times++);
    assert.equal(times, 0);
  });

  test("ends when the reader goes away while it waits", async () => {
    const reader = new AbortController();
    const { io } = session([]);
    const ended = untilSignal({ ...io, stdout: { ...io.stdout, gone: reader.signal } }, 2 ** 30, () => {});
    reader.abort();
    await ended;
  });

  test("rejects with what it throws", async () => {
    await assert.rejects(
      () => untilSignal(session([]).io, 0, () => Promise.reject(new Error("no"))),
      /^Error: no$/,
    );
  });
});
