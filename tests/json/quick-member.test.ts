import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { quickTopLevel } from "../../src/json/quick-member.ts";
import { topLevel } from "../../src/json/top-level.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const quick = (text: string, keys = ["model"]) =>
  quickTopLevel(bytesOf(text), JSON.parse(text.replace(/^\uFEFF/, "")), keys);
const read = (text: string, keys = ["model"]) => topLevel(bytesOf(text), keys);

test("a member is found without reading the text where a search proves its place", () => {
  for (
    const text of [
      `{"model":"old","a":1}`,
      ` {\n"stream":true, "model" :\t"old" }`,
      `{"model":"old","tools":[{"properties":{"model":{"type":"string"}},"required":["model"]}]}`,
      `{"enum":["model"],"model":"old"}`,
      `{"model":"old","messages":[{"model":"older"},{"model":"ol"},{"model":5}]}`,
      `{"a":1}`,
      `{}`,
      `\uFEFF{"model":"old"}`,
      `{"model":"mødel 😀"}`,
    ]
  ) assert.deepEqual(quick(text), read(text), text);
});

test("the text must be read where a search proves nothing", () => {
  for (
    const text of [
      `{"model":"old","model":"old"}`, // repeated
      `{"a":{"model":"old"},"model":"old"}`, // which one is the outermost?
      `{"a":{"model":"x"},"model":"old"}`, // the first one may be a repeated one
      `{"model":"a","x":{"model":"b"},"model":"a"}`,
      String.raw`{"model":"old","\u006dodel":"old"}`,
      String.raw`{"model":"old","a":{"model":"o\u006cd"}}`,
      String.raw`{"model":"a\/b"}`,
      `{"model":null}`,
      `{"model":["old"]}`,
      `[{"model":"old"}]`,
    ]
  ) assert.equal(quick(text), undefined, text);
});

test("whatever the document, what is found is what reading finds", () => {
  const key = fc.constantFrom("model", "store", "user", "stream_options", "a");
  const leaf = fc.oneof(
    fc.constantFrom("model", "old", "new", 'x\\"model', 'x"model":"old', "a/b"),
    fc.constant(null),
    fc.integer(),
    fc.string(),
  );
  const { node } = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie("node"), { maxLength: 3 }),
      fc.dictionary(key, tie("node")),
    ),
  }));
  let found = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(key, node), { maxLength: 6 }),
      fc.boolean(),
      (members, escape) => {
        const name = (text: string) =>
          escape && text === "model" ? String.raw`"mode\u006c"` : JSON.stringify(text);
        const text = `{${
          members.map(([key, value]) => `${name(key)}: ${JSON.stringify(value)}`).join(" ,")
        }}`;
        for (const keys of [["model"], ["stream_options", "model"], ["store", "user"]]) {
          const spans = quick(text, keys);
          if (spans === undefined) continue;
          found++;
          assert.deepEqual(spans, read(text, keys), text);
        }
      },
    ),
    { numRuns: 3000 },
  );
  assert.ok(found > 500);
});
