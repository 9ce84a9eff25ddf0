import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readText } from "../../src/files/read.ts";
import { inFolder } from "../cli/terminal.ts";

const TEXT = 'port = 1\nname = "größe 翻译 👋"\n';
const little = (text: string) => Buffer.from(text, "utf16le");
const big = (text: string) => little(text).swap16();

/** Reads these bytes as a file. */
async function read(bytes: Uint8Array, strict = false): Promise<string> {
  let text = "";
  await inFolder({}, (folder) => {
    const path = join(folder, "text");
    writeFileSync(path, bytes);
    text = readText(path, { strict });
  });
  return text;
}

for (
  const [name, bytes] of [
    ["UTF-8", Buffer.from(TEXT)],
    ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${TEXT}`)],
    ["UTF-16 of PowerShell", little(`\ufeff${TEXT}`)],
    ["UTF-16 without a mark", little(TEXT)],
    ["big-endian UTF-16", big(`\ufeff${TEXT}`)],
    ["big-endian UTF-16 without a mark", big(TEXT)],
  ] as const
) {
  test(`${name} is read as it was written`, async () => assert.equal(await read(bytes), TEXT));
}

test("an empty file is an empty text, and one letter is one letter", async () => {
  assert.equal(await read(new Uint8Array()), "");
  assert.equal(await read(Buffer.from("a")), "a");
});

test("UTF-16 that breaks off within a letter is read up to there", async () => {
  assert.match(await read(big("\ufeffab").subarray(0, 5)), /^a/);
});

test("bytes that are not UTF-8 are replaced, or refused where they must be right", async () => {
  const wrong = Buffer.from([0x61, 0xff, 0x62]);
  assert.equal(await read(wrong), "a\ufffdb");
  await assert.rejects(() => read(wrong, true), TypeError);
});

test("a file that is not there is the system's error", () => {
  assert.throws(() => readText("/nowhere/at/all"), { code: "ENOENT" });
});
