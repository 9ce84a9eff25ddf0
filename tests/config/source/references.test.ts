import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadConfig } from "../../../src/config/load.ts";
import { expandText } from "../../../src/config/source/references.ts";
import { bad, good, onlyProblem, warnings } from "../support.ts";
import fc from "fast-check";
import { tempFolder } from "../../support/disposable.ts";

const sources = (env: Record<string, string>) => ({ env, file: () => ({ problem: "no files here" }) });
const expand = (text: string, env: Record<string, string> = {}) => expandText(text, sources(env));

test("$NAME, ${NAME}, defaults and $$ are replaced, also inside a string", () => {
  const env = { TOKEN: "t0k", EMPTY: "", lower: "l" };
  const cases: [string, string][] = [
    ["$TOKEN", "t0k"],
    ["${TOKEN}", "t0k"],
    ["Bearer ${TOKEN}", "Bearer t0k"],
    ["Bearer $TOKEN", "Bearer t0k"],
    ["https://$lower.example/${TOKEN}/", "https://l.example/t0k/"],
    ["${NONE:-fallback}", "fallback"],
    ["${EMPTY:-fallback}", "fallback"],
    ["${NONE:-}", ""],
    ["$$TOKEN", "$TOKEN"],
    ["pa$$word", "pa$word"],
    ["costs 5$", "costs 5$"],
    ["$5", "$5"],
    ["abc$TOKEN", "abc$TOKEN"],
    ["$TOKEN$TOKEN", "t0k$TOKEN"],
  ];
  for (const [text, value] of cases) assert.deepEqual(expand(text, env).value, value, text);
});

test("a missing or empty variable and a malformed reference are reported by name", () => {
  const reason = (text: string) => expand(text, { EMPTY: "" }).missing.map((one) => one.reason);
  assert.deepEqual(reason("$NONE"), ["NONE is not set"]);
  assert.deepEqual(reason("${NONE} and ${EMPTY}"), ["NONE is not set", "EMPTY is empty"]);
  assert.match(reason("${OPEN")[0]!, /no closing "}"/);
  assert.match(reason("${not a name}")[0]!, /not a variable's name/);
});

test("a string without references is unchanged", () => {
  fc.assert(fc.property(fc.string().filter((text) => !text.includes("$")), (text) => {
    assert.deepEqual(expand(text), { value: text, reference: false, missing: [] });
  }));
});

test("a variable's value is never expanded again", () => {
  assert.equal(expand("$A", { A: "$B ${B} $$", B: "no" }).value, "$B ${B} $$");
});

test("numbers and flags may come from the environment", () => {
  const config = good('[proxy]\nport = "$PORT"\n[log]\njson = "${JSON}"\n', { PORT: "8080", JSON: "yes" });
  assert.equal(config.proxy.port, 8080);
  assert.equal(config.log.json, true);
  assert.match(onlyProblem('[proxy]\nport = "$PORT"', { PORT: "many" }).message, /expected an integer/);
});

test("regular expressions, patterns and words keep their dollar signs", () => {
  const config = good(
    '[router]\nwords = { plan = ["$plan"] }\n[[router.rules]]\nwhen = { regex = "done$NOW" }\nroute = "think"\n',
  );
  assert.equal(config.router.rules[0]!.when.regex?.source, "done$NOW");
  assert.deepEqual(config.router.words.plan, ["$plan"]);
});

test("the proxy's own key must be there; a provider's key may be missing", () => {
  const problem = onlyProblem('[proxy]\napi_key = "$PROXY_API_KEY"\n');
  assert.equal(problem.key, "proxy.api_key");
  assert.equal(problem.message, "PROXY_API_KEY is not set.");
  assert.equal(problem.line, 2);
  const config = good(
    '[router]\nthink = "mine,m"\n[[providers]]\nname = "mine"\napi_base_url = "https://x.example"\napi_key = "$MINE"\n',
  );
  assert.equal(config.providers.get("mine")!.problem, "MINE is not set");
  assert.deepEqual(config.providers.get("mine")!.apiKeys, []);
  assert.deepEqual(config.warnings, [{
    file: "test.toml",
    line: 6,
    key: "providers[0].api_key",
    message: "MINE is not set: mine cannot be used, and is skipped in think.",
  }]);
});

test("a variable that another section needs is an error, a trace collector's one a warning", () => {
  assert.equal(bad('[proxy]\nhost = "$HOST_NAME"\n').map(({ key }) => key).join(), "proxy.host");
  const config = good('[telemetry]\notlp_endpoint = "http://c:4318"\notlp_headers = { a = "${NONE}" }\n');
  assert.equal(config.telemetry.otlpEndpoint, undefined);
  assert.match(warnings(config)[0]!, /NONE is not set: no traces are sent/);
});

function folder(run: (path: string) => void): void {
  using folder = tempFolder();
  run(folder.path);
}

test("${file:PATH} gives the first line of a file, which is watched too", () => {
  folder((path) => {
    const file = join(path, "config.toml");
    writeFileSync(file, '[[providers]]\nname = "groq"\napi_key = "${file:secret}"\n');
    const missing = loadConfig(file, { env: {} });
    assert.ok(missing.ok);
    assert.match(missing.config.providers.get("groq")!.problem!, /there is no such file/);
    writeFileSync(join(path, "secret"), "gsk-1\nmore\n");
    const result = loadConfig(file, { env: {} });
    assert.ok(result.ok);
    assert.deepEqual(result.config.providers.get("groq")!.apiKeys, ["gsk-1"]);
    assert.ok(result.config.files.includes(join(path, "secret")));
  });
});
