import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isSigned } from "../../../../src/cli/commands/upgrade/minisign.ts";
import { inFolder } from "../../terminal.ts";

const DATA = new TextEncoder().encode("abc  file\n");
const minisign = spawnSync("minisign", ["-v"]).status === 0;

for (const legacy of [false, true]) {
  test(
    `a signature of minisign is accepted, and nothing that was changed${legacy ? " (its older form)" : ""}`,
    minisign ? {} : { skip: "minisign is not installed" },
    () =>
      inFolder({}, async (folder) => {
        const at = (name: string) => join(folder, name);
        writeFileSync(at("sums"), DATA);
        const made = spawnSync("minisign", ["-G", "-W", "-p", at("k.pub"), "-s", at("k.key")], {
          encoding: "utf8",
        });
        assert.equal(made.status, 0, made.stderr);
        const signed = spawnSync("minisign", [
          "-S",
          ...(legacy ? ["-l"] : []),
          "-s",
          at("k.key"),
          "-m",
          at("sums"),
        ], { encoding: "utf8" });
        assert.equal(signed.status, 0, signed.stderr);
        const signature = readFileSync(at("sums.minisig"), "utf8");
        const key = readFileSync(at("k.pub"), "utf8").trim().split("\n")[1] ?? "";
        assert.equal(await isSigned(DATA, signature, key), true);
        assert.equal(await isSigned(new TextEncoder().encode("abd  file\n"), signature, key), false);
        assert.equal(
          await isSigned(DATA, signature.replace(/^trusted comment: ./m, "trusted comment: X"), key),
          false,
        );
        const other = Buffer.from(key, "base64");
        other[41]! ^= 1;
        assert.equal(await isSigned(DATA, signature, other.toString("base64")), false);
        assert.equal(await isSigned(DATA, "", key), false);
      }),
  );
}
