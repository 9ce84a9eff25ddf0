/** Any value of any key is accepted, or reported with its line; none ends the program. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { keysAt } from "../../../src/config/schema/check.ts";
import { parseConfig } from "../../../src/config/load.ts";
import { formatProblems, formatWarning, type KeyPath } from "../../../src/config/problem.ts";

/** Values of every kind that TOML has, as they are written. */
const VALUES = [
  '""',
  '"x"',
  '"a,b"',
  '"$NOBODY"',
  '"${"',
  '"\\u0000\\n"',
  "0",
  "-1",
  "1.5",
  "9007199254740993",
  "inf",
  "nan",
  "true",
  "1979-05-27T07:32:00Z",
  "07:32:00",
  "[]",
  '[""]',
  "[1, [2, [3]]]",
  '["x", { y = 1 }]',
  "{}",
  '{ x = { y = "z" } }',
  "[{}, {}]",
];

/** Every key of every section, old ones too, with what must come before its section, and the rest of it. */
const PLACES: readonly (readonly [
  header: string,
  path: KeyPath,
  before: string,
  more: readonly string[],
  within?: string,
])[] = [
  ["", [], "", ["pricing", "security", "management", "oauth", "webhooks"]],
  ["[proxy]", ["proxy"], "", ["log_level"]],
  ["[router]", ["router"], "", ["code", "code_generation", "pattern_rules"]],
  ["[router.words]", ["router", "words"], "", []],
  ["[[router.rules]]", ["router", "rules", 0], "", [], 'when = {}\nroute = "auto"'],
  ["[router.rules.when]", ["router", "rules", 0, "when"], '[[router.rules]]\nroute = "auto"\n', []],
  [
    "[[router.model_mappings]]",
    ["router", "model_mappings", 0],
    "",
    ["default"],
    'from = "x"\nto = "auto"',
  ],
  [
    "[[router.model_exclusions]]",
    ["router", "model_exclusions", 0],
    "",
    [],
    'provider = "groq"\npatterns = "x"',
  ],
  [
    "[[providers]]",
    ["providers", 0],
    "",
    ["transformers"],
    'name = "mine"\napi_base_url = "https://x.example/v1"',
  ],
  ["[[providers]]", ["providers", 0], "", ["transformers"], 'name = "openrouter"'],
  ["[log]", ["log"], "", []],
  ["[ledger]", ["ledger"], "", []],
  ["[[prices]]", ["prices", 0], "", [], 'provider = "groq"\nmodel = "x"\ninput = 1\noutput = 1'],
  ["[[budgets]]", ["budgets", 0], "", [], "limit = 1"],
  ["[telemetry]", ["telemetry"], "", []],
  ["[learning]", ["learning"], "", []],
  ["[security.rate_limiting]", ["nothing"], "", ["enabled", "requests_per_minute", "concurrent_requests"]],
  ["[management.logging]", ["nothing"], "", ["level"]],
];

for (const [header, path, before, more, within = ""] of PLACES) {
  test(`${header || "the file"} ${within.split("\n", 1)[0]}: any value of any key is accepted or reported`, () => {
    const keys = [...keysAt(path), ...more, "unheard_of"];
    assert.ok(keys.length > 1);
    for (const key of keys) {
      const others = within.split("\n").filter((line) => !line.startsWith(`${key} =`)).join("\n");
      for (const value of VALUES) {
        const source = `${before}${header}\n${others}\n${key} = ${value}\n`;
        const read = parseConfig(source, { env: {}, name: "c.toml" });
        const words = read.ok
          ? read.config.warnings.map(formatWarning).join("\n")
          : formatProblems(read.problems);
        if (!read.ok) assert.ok(words.startsWith("c.toml:"), `${source}${words}`);
        assert.doesNotMatch(words, /undefined|\[object|NaN/, `${source}${words}`);
      }
    }
  });
}
