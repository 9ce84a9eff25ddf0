import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "../../../src/config/load.ts";
import { formatProblems } from "../../../src/config/problem.ts";
import { bad, onlyProblem } from "../support.ts";
import fc from "fast-check";

const BROKEN = `[proxy]
prot = 3456
host = 5
port = "3456"

[router]
think = "opnrouter,anthropic/claude-opus-4.8"
image = "claude-opus-4.8"
default = ["groq,llama", 7]
long_context_threshold = -1

[[router.rules]]
when = { languages = "rust", hours = "late" }
route = "thnk"

[[router.model_mappings]]
from = "x"

[[providers]]
api_key = "$NOBODY"

[[providers]]
name = "mine"

[log]
level = "loud"
`;

test("all mistakes of a file are reported at once, with place, key, found and expected", () => {
  const problems = bad(BROKEN);
  const reported = problems.map(({ line, column, key, nearest }) => [line, column, key, nearest]);
  assert.deepEqual(reported, [
    [2, 1, "proxy.prot", "port"],
    [3, 1, "proxy.host", undefined],
    [4, 1, "proxy.port", undefined],
    [7, 1, "router.think", "openrouter"],
    [8, 1, "router.image", undefined],
    [9, 26, "router.default[1]", undefined],
    [10, 1, "router.long_context_threshold", undefined],
    [13, 10, "router.rules[0].when.languages", "language"],
    [13, 30, "router.rules[0].when.hours", undefined],
    [14, 1, "router.rules[0].route", "think"],
    [16, 10, "router.model_mappings[0].to", undefined],
    [19, 3, "providers[0].name", undefined],
    [20, 1, "providers[0].api_key", undefined],
    [23, 1, "providers[1].name", undefined],
    [26, 1, "log.level", undefined],
  ]);
  const port = problems[2]!;
  assert.equal(port.file, "test.toml");
  assert.equal(port.found, 'the string "3456"');
  assert.equal(port.expected, "an integer from 0 to 65,535");
});

test("a message has the place, the key and what would be right", () => {
  const lines = formatProblems(bad(BROKEN)).split("\n");
  assert.equal(lines[0], 'test.toml:2:1: proxy.prot: [proxy] has no such key. Did you mean "port"?');
  assert.equal(
    lines[2],
    'test.toml:4:1: proxy.port: got the string "3456", expected an integer from 0 to 65,535.',
  );
  assert.match(
    lines[3]!,
    /^test\.toml:7:1: router\.think: there is no provider "opnrouter", .* Did you mean "openrouter"\?$/,
  );
});

test("a syntax error shows its line and points at the place", () => {
  const problem = onlyProblem('[proxy]\nport = 3456\nhost = "127.0.0.1\n[router]\n');
  assert.equal(problem.line, 3);
  assert.equal(problem.source, 'host = "•••••••••');
  const [, source, pointer] = formatProblems([problem]).split("\n");
  assert.equal(source!.indexOf("host") + problem.column! - 1, pointer!.indexOf("^"));
});

test("a syntax error in a line with a secret does not show the secret", () => {
  for (
    const line of [
      'api_key = "sk-very-secret',
      'headers = { Authorization = "Bearer sk-very-secret"',
      "api_keys = [sk-very-secret]",
    ]
  ) {
    const text = formatProblems(bad(`[[providers]]\n${line}\n`));
    assert.ok(!text.includes("very"), text);
  }
  assert.match(formatProblems(bad('[proxy]\napi_key = "sk-secret')), /api_key = "•••••••••\n/);
});

test("values of secret keys are described, never shown", () => {
  const text = JSON.stringify(
    bad('[proxy]\napi_key = ["sk-very-secret"]\n[[providers]]\nname = "groq"\nheaders = "sk-very-secret"\n'),
  );
  assert.ok(!text.includes("very-secret"), text);
});

test("a key in the wrong section gets the section where it belongs", () => {
  assert.match(onlyProblem("[router]\nport = 3456").message, /belongs in \[proxy\]/);
  assert.match(onlyProblem('[proxy]\nthink = "groq,x"').message, /belongs in \[router\]/);
  assert.match(onlyProblem("zzzzzz = 1").message, /It takes one of|takes one of|the file has no such key/);
});

test("an unknown section names the nearest one", () => {
  assert.equal(onlyProblem("[provider]\nname = 'x'").nearest, "providers");
  assert.equal(onlyProblem("[budget]\nlimit = 1").nearest, "budgets");
  assert.equal(onlyProblem("[server]\nport = 1").nearest, undefined);
});

test("a table in place of an array of tables, and the reverse, is a problem", () => {
  assert.match(
    onlyProblem('[providers]\nname = "groq"').message,
    /expected tables, each under \[\[providers\]\]/,
  );
  assert.match(onlyProblem("[[proxy]]\nport = 1").message, /expected a table, \[proxy\]/);
});

test("names in camel case or with hyphens lead to the key", () => {
  for (
    const [written, meant] of [["apiKey", "api_key"], ["api-key", "api_key"], ["baseUrl", "api_base_url"], [
      "model",
      "models",
    ]]
  ) {
    assert.equal(onlyProblem(`[[providers]]\nname = "groq"\n${written} = "x"\n`).nearest, meant);
  }
  assert.equal(onlyProblem("[proxy]\ntimeout = 5\n").nearest, "timeout_ms");
});

test("no text makes the loader throw", () => {
  const part = fc.constantFrom(
    "[proxy]",
    "[[proxy]]",
    "[router]",
    "[[providers]]",
    "[[router.rules]]",
    "[security]",
    "[[pricing]]",
    "[[budgets]]",
    "port = 1",
    'think = "a"',
    "think = []",
    "name = 1",
    'name = "groq"',
    "when = 1",
    "when = { days = [1979-05-27] }",
    "rules = [1, {}]",
    "model_mappings = [{ from = 1 }]",
    "transformers = 1",
    "rate_limiting = []",
    'api_key = "${"',
    "limit = nan",
    'route = "x"',
    "1979 = 1979-05-27T07:32:00Z",
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const result = parseConfig(parts.join("\n"), { env: {}, name: "t" });
      if (!result.ok) assert.ok(formatProblems(result.problems).length > 0);
    }),
    { numRuns: 500 },
  );
});

test("the other keys of a table that lacks one are still checked", () => {
  const reported = bad(`
[[router.rules]]
route = "thnk"

[[router.model_mappings]]
to = "opnrouter,x"

[[router.model_exclusions]]
provider = "opnai"
patterns = []

[[prices]]
provider = "olama"
model = "m"

[[budgets]]
limit = 0
then = "auto"
`).map(({ key }) => key);
  assert.deepEqual(reported.sort(), [
    "budgets[0].limit",
    "budgets[0].then",
    "prices[0].input",
    "prices[0].output",
    "prices[0].provider",
    "router.model_exclusions[0].patterns",
    "router.model_exclusions[0].provider",
    "router.model_mappings[0].from",
    "router.model_mappings[0].to",
    "router.rules[0].route",
    "router.rules[0].when",
  ]);
});

test("a table that cannot be used does not shift the places of the others", () => {
  const problems = bad("[[providers]]\n[[providers]]\nname = 'a b'\n[[providers]]\nname = 'mine'\n");
  assert.deepEqual(problems.map(({ key, line }) => [key, line]), [
    ["providers[0].name", 1],
    ["providers[1].name", 3],
    ["providers[2].name", 5],
  ]);
});

test("an array with a wrong item is not used, so that no message names the wrong item", () => {
  const problems = bad('[router]\ndefault = ["groq,a", 5, "nobody,b"]\n');
  assert.deepEqual(problems.map(({ key }) => key), ["router.default[1]"]);
});

const ONE: readonly (readonly [what: string, toml: string, message: string])[] = [
  [
    "an item of a list",
    '[[providers]]\nname = "groq"\nmodels = ["a", 5]\n',
    "test.toml:3:16: providers[0].models[1]: got the integer 5, expected a non-empty string.",
  ],
  [
    "an empty array",
    '[[router.rules]]\nwhen = { any = [] }\nroute = "auto"\n',
    "test.toml:2:10: router.rules[0].when.any: got an empty array, expected a word or an array of words.",
  ],
  [
    "a date in place of a table",
    "proxy = 1979-05-27\n",
    "test.toml:1:1: proxy: got a date, expected a table, [proxy].",
  ],
  [
    "a header that is not a string",
    '[[providers]]\nname = "groq"\nheaders = { "X-Id" = 5 }\n',
    "test.toml:3:13: providers[0].headers.X-Id: got the integer 5, expected a string.",
  ],
  [
    "a header's name",
    '[[providers]]\nname = "groq"\nheaders = { "X Id" = "5" }\n',
    'test.toml:3:13: providers[0].headers."X Id": "X Id" is not a valid header name.',
  ],
  [
    "a header of two lines",
    '[[providers]]\nname = "groq"\nheaders = { "X-Id" = "a\\nb" }\n',
    "test.toml:3:13: providers[0].headers.X-Id: contains characters that an HTTP header cannot carry.",
  ],
  [
    "a provider without a model",
    '[router]\ndefault = "groq"\n',
    'test.toml:2:1: router.default: "groq" names no model; expected "groq,model".',
  ],
  [
    "a model without a provider",
    '[router]\ndefault = "claude-3-opus"\n',
    'test.toml:2:1: router.default: "claude-3-opus" names no provider; expected "provider,model".',
  ],
  [
    "a key inside a rule",
    '[[router.rules]]\nwhen = { langage = "rust" }\nroute = "think"\n',
    'test.toml:2:10: router.rules[0].when.langage: when in [[router.rules]] has no such key. Did you mean "language"?',
  ],
  [
    "a host",
    '[proxy]\nhost = "not a host"\n',
    'test.toml:2:1: proxy.host: "not a host" is not a host name or address.',
  ],
];

for (const [what, toml, message] of ONE) {
  test(`${what}: the message says where and what is wrong`, () => {
    assert.equal(formatProblems(bad(toml)), message);
  });
}

test("an unknown provider is reported with the known ones", () => {
  const { message } = onlyProblem('[router]\ndefault = "acmecorp,x"\n');
  assert.match(
    message,
    /^there is no provider "acmecorp", neither configured nor built in; expected one of openrouter, groq, /,
  );
});
