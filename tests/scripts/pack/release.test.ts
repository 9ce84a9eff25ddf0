/** What a release says of itself: its contents and its changes. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { sectionOf } from "../../../scripts/release-notes.ts";
import { sbom } from "../../../scripts/pack/sbom.ts";

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

test("the SBOM lists what the program uses, with what that needs, and its hashes", () => {
  const { version, imports } = JSON.parse(read("deno.json"));
  const lock = JSON.parse(read("deno.lock"));
  const document = JSON.parse(sbom({ version, imports, lock, used: ["hono", "@opentelemetry/sdk-trace"] }));
  assert.deepEqual([document.bomFormat, document.specVersion], ["CycloneDX", "1.6"]);
  const names = document.components.map(({ name }: { name: string }) => name);
  assert.ok(names.includes("hono") && names.includes("@opentelemetry/sdk-trace"), names.join(" "));
  assert.ok(names.includes("@opentelemetry/core"), "what that needs");
  assert.ok(!names.includes("openai"));
  for (const { version, purl, hashes } of document.components) {
    assert.match(purl, /^pkg:npm\/(?:%40[\w.-]+\/)?[\w.-]+@\d/);
    assert.match(version, /^\d+\.\d+\.\d+/);
    assert.match(hashes[0].content, /^[0-9a-f]{128}$/);
  }
});

test("the notes of a release are its section of the changelog", () => {
  const text =
    "# Changelog\n\n## Unreleased\n\n- new\n\n## 1.2.3 - 2026-11-01\n\n- old\n\n## 1.2.2\n\n- older\n";
  assert.equal(sectionOf(text, "1.2.3"), "- old");
  assert.equal(sectionOf(text, "Unreleased"), "- new");
  assert.equal(sectionOf(text, "9.9.9"), undefined);
});
