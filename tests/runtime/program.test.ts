import assert from "node:assert/strict";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { isEmbedded, onPath, ownExecutable, sameFile, selfCommand } from "../../src/runtime/program.ts";
import { inFolder } from "../cli/terminal.ts";

const posix = { skip: process.platform === "win32" ? "files there have no right to be run" : false };

describe("a program on PATH", posix, () => {
  const put = (path: string, mode: number) => {
    writeFileSync(path, "");
    chmodSync(path, mode);
  };

  test("is the first file that may be run", () =>
    inFolder({}, (folder) => {
      for (const name of ["one", "two"]) mkdirSync(join(folder, name));
      put(join(folder, "one", "agent"), 0o600);
      put(join(folder, "two", "agent"), 0o700);
      const PATH = ["", "/nowhere", join(folder, "one"), join(folder, "two")].join(delimiter);
      assert.equal(onPath({ PATH }, "agent"), join(folder, "two", "agent"));
    }));

  test("is not a folder of that name", () =>
    inFolder({}, (folder) => {
      mkdirSync(join(folder, "one"));
      mkdirSync(join(folder, "one", "agent"));
      put(join(folder, "agent"), 0o700);
      const PATH = [join(folder, "one"), folder].join(delimiter);
      assert.equal(onPath({ PATH }, "agent"), join(folder, "agent"));
    }));

  test("has one of the ends that Windows names", () =>
    inFolder({}, (folder) => {
      put(join(folder, "agent.CMD"), 0o700);
      assert.equal(onPath({ PATH: folder, PATHEXT: ".EXE;.CMD" }, "agent"), join(folder, "agent.CMD"));
      assert.equal(onPath({ PATH: folder }, "agent"), undefined);
    }));

  test("is not there without a PATH", () => assert.equal(onPath({}, "sh"), undefined));
});

test(
  "two paths lead to one file through a link, and to none where one is missing",
  posix,
  () =>
    inFolder({ file: "", other: "" }, (folder) => {
      const [file, link, other] = ["file", "link", "other"].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ];
      symlinkSync(file, link);
      assert.equal(sameFile(file, link), true);
      assert.equal(sameFile(file, other), false);
      assert.equal(sameFile(join(folder, "nothing"), join(folder, "nothing")), false);
    }),
);

test("from source the program has no executable, and the runtime starts it again", () => {
  assert.equal(ownExecutable(), undefined);
  const [file, ...args] = selfCommand();
  assert.equal(file, process.execPath);
  assert.equal(args.at(-1), process.argv[1]);
});

for (
  const [script, is] of [
    ["/$bunfs/root/proxy", true],
    ["B:\\~BUN\\root\\proxy.exe", true],
    ["B:/~BUN/root/proxy.exe", true],
    ["/home/$bunfs/main.ts", false],
    ["C:\\BUN\\main.ts", false],
    ["", false],
  ] as const
) {
  test(`${JSON.stringify(script)} is ${is ? "" : "not "}part of an executable`, () => {
    assert.equal(isEmbedded(script), is);
  });
}
