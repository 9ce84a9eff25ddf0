import assert from "node:assert/strict";
import { test } from "node:test";
import { withRoute } from "../../src/config/route-edit.ts";

const CASES: readonly (readonly [name: string, before: string, after: string])[] = [
  [
    "keeps comments, spaces and everything else",
    `# mine\n[router]\n  think   =  "a,b"  # best\nbuild = "x,y"\n\n[proxy]\nport = 1\n`,
    `# mine\n[router]\n  think   =  "a,c | d,e"  # best\nbuild = "x,y"\n\n[proxy]\nport = 1\n`,
  ],
  [
    "replaces an array over several lines",
    `[router]\nthink = [\n  "a,b", # first\n  { target = "x,y", effort = "low" },\n]\nbuild = "x,y"\n`,
    `[router]\nthink = "a,c | d,e"\nbuild = "x,y"\n`,
  ],
  [
    "adds a route that is not set behind the last one",
    `[router]\nbuild = "x,y" # b\n\n# next\n[proxy]\nport = 1\n`,
    `[router]\nbuild = "x,y" # b\nthink = "a,c | d,e"\n\n# next\n[proxy]\nport = 1\n`,
  ],
  [
    "adds the section where there is none",
    `[proxy]\nport = 1\n`,
    `[proxy]\nport = 1\n\n[router]\nthink = "a,c | d,e"\n`,
  ],
  ["writes into an empty file", "", `[router]\nthink = "a,c | d,e"\n`],
  ["reads dotted keys", `router.think = "a,b"\n`, `router.think = "a,c | d,e"\n`],
  ["reads inline tables", `router = { think = "a,b" }\n`, `router = { think = "a,c | d,e" }\n`],
  [
    "keeps line ends of Windows",
    `[router]\r\nbuild = "x,y"\r\n`,
    `[router]\r\nbuild = "x,y"\r\nthink = "a,c | d,e"\r\n`,
  ],
  [
    "leaves keys of the same name alone",
    `[router.words]\nthink = ["x"]\n[router]\nthink = "a,b"\n`,
    `[router.words]\nthink = ["x"]\n[router]\nthink = "a,c | d,e"\n`,
  ],
  ["reads a file without a last line end", `[router]`, `[router]\nthink = "a,c | d,e"\n`],
];
for (const [name, before, after] of CASES) {
  test(`changing a route ${name}`, () => {
    assert.equal(withRoute(before, "think", ["a,c", "d,e"]), after);
    assert.equal(withRoute(after, "think", ["a,c", "d,e"]), after, "a second time changes nothing");
  });
}

for (const text of [`[router\n`, `router = 1\n`, `router = { build = "x,y" }\n`]) {
  test(`changing a route refuses ${JSON.stringify(text)}, and spoils nothing`, () => {
    assert.throws(() => withRoute(text, "think", ["a,c"]), { name: "CannotEdit" });
  });
}
