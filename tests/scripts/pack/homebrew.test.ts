import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { formula } from "../../../scripts/pack/homebrew.ts";

const FILES = ["linux-x64", "linux-arm64", "macos-x64", "macos-arm64"].map((name) =>
  `terraphim-llm-proxy-${name}`
);
const sumOf = (index: number) => String(index).repeat(64);
const sums = FILES.map((file, index) => `${sumOf(index + 1)}  ${file}\n`).join("") +
  `${sumOf(9)}  terraphim-llm-proxy-windows-x64.exe\n`;
const release = {
  version: "1.2.3",
  url: "https://downloads.example/v1.2.3",
  homepage: "https://example/project",
  sums,
};

/** Whether there is a Ruby to ask. */
const ruby = spawnSync("ruby", ["--version"]).status === 0;

test("a formula names each system's executable with its own sum", () => {
  const text = formula(release);
  FILES.forEach((file, index) => {
    assert.ok(
      text.includes(`url "https://downloads.example/v1.2.3/${file}"\n      sha256 "${sumOf(index + 1)}"`),
    );
  });
  assert.ok(text.includes('version "1.2.3"'));
  assert.ok(text.includes('homepage "https://example/project"'));
  assert.ok(!text.includes("windows"));
});

test("a release without one of the executables has no formula, and it says which are missing", () => {
  const some = sums.replaceAll(/^.*arm64\n/gm, "");
  assert.throws(
    () => formula({ ...release, sums: some }),
    /no sum of terraphim-llm-proxy-macos-arm64, terraphim-llm-proxy-linux-arm64/,
  );
});

test("the formula is Ruby", { skip: !ruby && "Ruby is not installed" }, () => {
  const { status, stderr } = spawnSync("ruby", ["-c"], { input: formula(release), encoding: "utf8" });
  assert.equal(status, 0, stderr);
});
