import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { remember, standingOf } from "../../../src/config/source/used-folders.ts";
import { inFolder } from "../../cli/terminal.ts";

/** A folder with a configuration, and the place of a user whose data folder is in it. */
const withFile = (
  work: (
    path: string,
    place: { readonly env: Record<string, string>; readonly platform: string },
    list: string,
  ) => void,
) =>
  inFolder(
    { "config.toml": "# mine\n" },
    (folder) =>
      work(
        join(folder, "config.toml"),
        { env: { XDG_DATA_HOME: join(folder, "data") }, platform: "linux" },
        join(
          folder,
          "data/terraphim-llm-proxy/folders.json",
        ),
      ),
  );

test("a file is used once it was remembered, until it changes and back again", () =>
  withFile((path, place) => {
    assert.equal(standingOf(path, place), "unknown");
    remember(path, place);
    assert.equal(standingOf(path, place), "used");
    writeFileSync(path, "# other\n");
    assert.equal(standingOf(path, place), "changed");
    writeFileSync(path, "# mine\n");
    assert.equal(standingOf(path, place), "used");
  }));

test("the .env beside a file is a part of it", () =>
  withFile((path, place) => {
    remember(path, place);
    writeFileSync(join(path, "../.env"), "A=b\n");
    assert.equal(standingOf(path, place), "changed");
  }));

test("a file that is not there is unknown, and remembering it does nothing", () =>
  withFile((path, place) => {
    rmSync(path);
    remember(path, place);
    assert.equal(standingOf(path, place), "unknown");
  }));

test(
  "a link is what it leads to",
  { skip: process.platform === "win32" ? "links need rights there" : false },
  () =>
    withFile((path, place) => {
      const link = join(path, "../link.toml");
      symlinkSync(path, link);
      remember(link, place);
      assert.equal(standingOf(path, place), "used");
    }),
);

test("a damaged list trusts nothing, and is written again", () =>
  withFile((path, place, list) => {
    remember(path, place);
    for (const damaged of ["", "[]", "null", "{", '"x"']) {
      writeFileSync(list, damaged);
      assert.equal(standingOf(path, place), "unknown", damaged);
    }
    remember(path, place);
    assert.equal(standingOf(path, place), "used");
  }));

test("a data folder that cannot be written is not an error", () =>
  withFile((path, place) => {
    writeFileSync(join(path, "../data"), "a file in the way");
    remember(path, place);
    assert.equal(standingOf(path, place), "unknown");
  }));

test("the oldest files are forgotten when there are more than 500", () =>
  withFile((path, place, list) => {
    mkdirSync(join(list, ".."), { recursive: true });
    const known = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`/file/${index}`, "x"]));
    writeFileSync(list, JSON.stringify(known));
    remember(path, place);
    const kept = Object.keys(JSON.parse(readFileSync(list, "utf8")));
    assert.deepEqual([kept.length, kept[0], kept.includes("/file/499")], [500, "/file/1", true]);
    assert.equal(standingOf(path, place), "used");
  }));
