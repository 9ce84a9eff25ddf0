import assert from "node:assert/strict";
import { test } from "node:test";
import { good, warnings } from "../support.ts";

test("a missing key names the variable, the line and the routes that need it", () => {
  const config = good(
    '[router]\nthink = "groq,a"\nfallback = "groq,b"\n[[router.model_mappings]]\nfrom = "x"\nto = "groq,c"\n',
  );
  assert.deepEqual(config.warnings, [{
    file: "test.toml",
    line: 2,
    key: "router.think",
    message: 'GROQ_API_KEY is not set: groq cannot be used, and is skipped in think, fallback, mapping "x".',
  }]);
});

test("a provider without its key is a warning at its own line where it has a block", () => {
  const block = (key: string) =>
    `[[providers]]\nname = "mine"\napi_base_url = "https://llm.example/v1"\n${key}\n`;
  const [warning] = good(block('api_key = "$MINE"')).warnings;
  assert.deepEqual([warning?.key, warning?.line], ["providers[0].api_key", 4]);
  assert.match(warning!.message, /^MINE is not set: mine cannot be used \(no route names it\)\.$/);
});

test("a built-in provider that no route names is not missed", () => {
  assert.deepEqual(warnings(good('[router]\nthink = "ollama,m"\n')), []);
});

test("a strategy by thumbs is a warning where no thumbs are taken", () => {
  const text = '[router]\nstrategy = "preferred"\n';
  assert.match(warnings(good(text)).join(), /none are taken: set enabled = true in \[learning\]/);
  assert.deepEqual(warnings(good(`${text}[learning]\nenabled = true\n`)), []);
});
