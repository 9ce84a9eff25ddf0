/** A slip in a configuration never shows a secret: not in a message, not in `/health`. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { LiveConfig } from "../../src/config/live/live.ts";
import { parseConfig } from "../../src/config/load.ts";
import { formatProblems, formatWarning } from "../../src/config/problem.ts";
import { silent } from "../../src/log/log.ts";
import { compose } from "../../src/server/compose.ts";
import { serve } from "../../src/server/server.ts";
import { closing, tempFolder } from "../support/disposable.ts";

/** Secrets of every form: of a known provider, a word, one with signs that TOML and URLs know. */
const SECRETS = ["sk-CANARY0123456789abcdef", "CANARYwordonly", "ab$CANARY_secret", "CANARY/+x=="] as const;

/** Everything that a configuration says about a text, as people and as programs get it. */
function saidOf(toml: string): string {
  const read = parseConfig(toml, { env: {}, name: "config.toml" });
  return read.ok
    ? read.config.warnings.map(formatWarning).join("\n")
    : formatProblems(read.problems) + JSON.stringify(read.problems);
}

/** Files that do not parse: a slip near a secret, at every place where one is written. */
const SLIPS: readonly (readonly [what: string, toml: (secret: string) => string])[] = [
  ["a colon in place of the equals sign", (secret) => `[[providers]]\napi_key: "${secret}"\n`],
  ["no equals sign", (secret) => `[[providers]]\napi_key "${secret}"\n`],
  ["no closing quote", (secret) => `[[providers]]\napi_key = "${secret}\n`],
  ["no quotes", (secret) => `[[providers]]\napi_key = ${secret}\n`],
  ["typographic quotes", (secret) => `[[providers]]\napi_key = “${secret}”\n`],
  ["text after the value", (secret) => `[[providers]]\napi_key = "x" ${secret}\n`],
  ["a comment that lost its sign", (secret) => `[proxy]\nport = 1 old key ${secret}\n`],
  ["a missing comma in a list", (secret) => `[proxy]\napi_keys = [\n  "x"\n  "${secret}"\n]\n`],
  ["a missing quote in a list", (secret) => `[proxy]\napi_keys = [\n  "${secret},\n  "x",\n]\n`],
  ["a list that is not closed", (secret) => `[proxy]\napi_keys = ["${secret}"\nport = 1\n`],
  ["a header of any name", (secret) => `[[providers]]\nheaders = { "X-Gateway" = "${secret} }\n`],
  ["a cookie", (secret) => `[providers.headers]\nCookie = ${secret}\n`],
  ["a secret as a bare word", (secret) => `[proxy]\n${secret}\n`],
  ["a secret as a key", (secret) => `[proxy]\n${secret} = \n`],
  ["a secret as a section", (secret) => `[${secret}\nport = 1\n`],
  ["a secret twice as a key", (secret) => `[providers]\n"${secret}" = 1\n"${secret}" = 1\n`],
  ["a secret on a line of its own in a string", (secret) => `[proxy]\nhost = """\n${secret}\n`],
];

for (const [what, toml] of SLIPS) {
  test(`a file that does not parse shows nothing of a secret: ${what}`, () => {
    for (const secret of SECRETS) {
      const said = saidOf(toml(secret));
      assert.notEqual(said, "");
      assert.doesNotMatch(said, /CANARY/, said);
    }
  });
}

/** Files that parse, with a mistake in a value that holds a secret. */
const MISTAKES: readonly (readonly [what: string, toml: string])[] = [
  ["a reference that is not closed", '[[providers]]\nname = "groq"\napi_key = "${sk-CANARY0123"\n'],
  ["a secret as a reference", '[[providers]]\nname = "groq"\napi_key = "${sk-CANARY0123}"\n[proxy]\nx = 1\n'],
  ["a reference that is not closed, in [proxy]", '[proxy]\napi_key = "${sk-CANARY0123"\n'],
  ["a secret as a variable", '[[providers]]\nname = "groq"\napi_key = "$sk_CANARY0123456789abcdef"\n'],
  [
    "credentials in a URL of a mistyped scheme",
    '[[providers]]\nname = "x"\napi_base_url = "htps://user:CANARY@x.example/v1?key=CANARY"\n',
  ],
  [
    "credentials in a URL without a scheme",
    '[[providers]]\nname = "x"\napi_base_url = "user:CANARY@x.example?key=CANARY#CANARY"\n',
  ],
  [
    "a password with every sign",
    '[[providers]]\nname = "x"\napi_base_url = "https//user:CANARY?x#CANARY/@x.example"\n',
  ],
  ["credentials in a URL", '[[providers]]\nname = "x"\napi_base_url = "https://user:CANARY@x.example"\n'],
  ["a query in a collector's URL", '[telemetry]\notlp_endpoint = "htp://user:CANARY@c?token=CANARY"\n'],
  ["a URL as a host", '[proxy]\nhost = "http://user:CANARY@h/?x=CANARY"\n'],
  ["credentials in an origin", '[proxy]\ncors_origins = ["https://user:CANARY@x.example/?key=CANARY"]\n'],
  ["a secret in place of a number", '[proxy]\nport = "sk-CANARY0123456789abcdef"\n'],
  ["a secret as the name of a key", '[proxy]\n"sk-CANARY0123456789abcdef" = 1\n'],
  ["a secret as a provider's name", '[router]\nthink = "CANARY0123456789abcdefABCDEF,x"\n'],
  ["a secret as a target", '[router]\nthink = "sk-CANARY0123456789abcdef"\n'],
  ["a secret as a word", '[log]\nlevel = "sk-CANARY0123456789abcdef"\n'],
];

for (const [what, toml] of MISTAKES) {
  test(`a message about a wrong value shows no secret: ${what}`, () => {
    const said = saidOf(toml);
    assert.notEqual(said, "");
    assert.doesNotMatch(said, /CANARY/, said);
  });
}

test("messages still name models, variables and addresses", () => {
  const long = "anthropic/claude-3.5-haiku-20241022-extended";
  assert.match(saidOf(`[router]\nthink = "nobody,${long}"\n`), /nobody/);
  assert.match(
    saidOf('[proxy]\napi_key = "$TEAM_2_OPENROUTER_API_KEY_FOR_EUROPE"\n'),
    /\$?TEAM_2_OPENROUTER_API_KEY/,
  );
  assert.match(
    saidOf('[[providers]]\nname = "x"\napi_base_url = "htps://u:p@x.example/v1?key=1"\n'),
    /"htps:\/\/x\.example\/v1" is not an http or https URL/,
  );
  assert.match(
    saidOf(`[[router.model_exclusions]]\nprovider = "${long}"\npatterns = "x"\n`),
    new RegExp(long),
  );
});

test("health without a key tells that a file has mistakes, and neither which nor where it is", async () => {
  using folder = tempFolder();
  const path = folder.at("config.toml");
  writeFileSync(path, '[proxy]\napi_key = "proxy-key-0123456789"\n', { mode: 0o600 });
  const opened = LiveConfig.open({ option: path, env: {} });
  assert.ok(opened.ok);
  await using composed = closing(compose({ source: opened.live, log: silent, version: "0.0.0-test" }));
  await using server = closing(serve(composed.context, "127.0.0.1", 0), (one) => one.kill());
  using live = closing(opened.live);
  writeFileSync(path, "[proxy]\nport = true\nprot = 1\n");
  await live.reload("test");
  const text = await (await fetch(`${server.url}/health`)).text();
  const { status, config } = JSON.parse(text);
  assert.deepEqual([status, config.ok, config.mistakes], ["degraded", false, 2]);
  assert.ok(!text.includes(folder.path) && !text.includes("prot"), text);
  const headers = { "x-proxy-key": "proxy-key-0123456789" };
  const details = await (await fetch(`${server.url}/health/detailed`, { headers })).json();
  assert.equal(details.config.path, path);
  assert.match(details.config.problems.join("\n"), /prot/);
});
