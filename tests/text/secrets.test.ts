import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import { Scrubber } from "../../src/text/secrets.ts";

const KEY = 'Xq7/b+9ZkW"pL2\\vN4%sT8=mR';
const scrubber = new Scrubber([KEY, "word-key", "ollama", "short"]);

const FORMS: readonly (readonly [what: string, text: string])[] = [
  ["as it is", KEY],
  ["in JSON", JSON.stringify(KEY)],
  ["in JSON, all escaped", KEY.replace(/[^]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)],
  ["in a URL", encodeURIComponent(KEY)],
  ["in HTML", KEY.replaceAll('"', "&quot;")],
  ["over two lines", `${KEY.slice(0, 9)}\n${KEY.slice(9)}`],
  ["over two lines of a JSON string", `${KEY.slice(0, 9)}\\n${KEY.slice(9)}`],
  ["with spaces", KEY.match(/.{1,4}/g)!.join(" ")],
  ["without its beginning", KEY.slice(6)],
  ["without its end", KEY.slice(0, -6)],
  ["in base64", Buffer.from(KEY).toString("base64")],
  ["in the middle of base64", Buffer.from(`user:${KEY} and more`).toString("base64")],
  ["in base64 for URLs", Buffer.from(`ab${KEY}`).toString("base64url")],
];

for (const [what, form] of FORMS) {
  test(`a secret is found ${what}`, () => {
    const clean = scrubber.scrub(`refused: ${form}. Try again`);
    assert.match(clean, /^refused: "?\[redacted\]=?"?\. Try again$/);
  });
}

test("short secrets are found as whole words, and placeholders stay", () => {
  assert.equal(scrubber.scrub("key word-key of ollama, short"), "key [redacted] of ollama, short");
});

test("what only looks like a key is redacted in texts from outside", () => {
  const text = "no sk-proj-0123456789abcdefghij";
  assert.equal(scrubber.scrub(text), "no [redacted]");
  assert.equal(scrubber.conceal(text), text);
});

test("a text without a secret stays as it is, whatever it holds", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
    assert.equal(scrubber.conceal(text), text);
  }));
});

test("a text is judged the same however often it comes, and after any number of others", () => {
  const known = new Scrubber([KEY]);
  const texts = Array.from({ length: 600 }, (_, i) => i % 2 === 0 ? `route ${i}` : `key ${KEY} ${i}`);
  for (const text of [...texts, ...texts]) {
    assert.equal(known.scrub(text), text.replace(KEY, "[redacted]"));
    assert.equal(known.conceal(text), text.replace(KEY, "[redacted]"));
  }
});

test("a secret at any place of any text is found, and the text around it stays", () => {
  const around = fc.string({ maxLength: 40 }).map((text) => text.replace(/[^a-j ]/g, ""));
  fc.assert(fc.property(around, around, (before, after) => {
    assert.equal(scrubber.conceal(`${before}<${KEY}>${after}`), `${before}<[redacted]>${after}`);
  }));
});

test("a text of a megabyte is read in linear time", () => {
  const text = "%41\\n &amp; Xq7/b+9ZkW".repeat(50_000);
  assert.ok(scrubber.conceal(text).length > 0);
});
