import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "smol-toml";
import { AGENTS } from "../../src/cli/commands/setup/agents.ts";
import { CLIENTS } from "../../src/cli/commands/setup/clients.ts";
import type { Json } from "../../src/model/json.ts";
import { configOf } from "../support/proxy.ts";

const PAGE = readFileSync(new URL("../../docs/clients.md", import.meta.url), "utf8");

/** The page's blocks of code in a language, each with its heading. */
function blocks(language: string): { readonly under: string; readonly text: string }[] {
  return PAGE.split(/^## /m).slice(1).flatMap((section) => {
    const under = section.slice(0, section.indexOf("\n"));
    return [...section.matchAll(new RegExp("```" + language + "\n(.*?)```", "gs"))].map(([, text = ""]) => ({
      under,
      text,
    }));
  });
}

/** A client's configuration as the page has it. */
function shown(label: string, format: "json" | "toml"): Json[] {
  return blocks(format).filter(({ under }) => under === label).map(({ text }) =>
    format === "json" ? JSON.parse(text) : parse(text)
  );
}

for (const { label, files } of AGENTS) {
  const [file] = files;
  if (file === undefined || file.format === "yaml" || label === "Kilo Code") continue;
  const { format, baseUrl } = file;
  test(`what the page shows for ${label} leads to the proxy`, () => {
    const [configuration, ...more] = shown(label, format);
    assert.deepEqual(more, []);
    assert.match(String(baseUrl?.(configuration)), /^http:\/\/127\.0\.0\.1:3456(\/v1)?$/);
  });
}

test("the page names every client that setup knows, with its source", () => {
  for (const { name } of CLIENTS) assert.match(PAGE, new RegExp(`\\bsetup ${name}\\b`), name);
});

test("every configuration on the page loads, and each subscription block is valid TOML", () => {
  const env = { PROXY_API_KEY: "k", OPENROUTER_API_KEY: "o" };
  const own = blocks("toml").filter(({ text }) => text.includes("[router]"));
  assert.equal(own.length, 2);
  for (const { text } of own) {
    const { providers } = configOf(text, env);
    assert.ok([...providers.values()].some(({ passthrough }) => passthrough));
  }
  const codex = blocks("toml").find(({ text }) => text.includes("requires_openai_auth"));
  const { model_providers: shownProviders }: Json = parse(codex?.text ?? "");
  assert.deepEqual({ ...shownProviders.terraphim.env_http_headers }, { "X-Proxy-Key": "PROXY_API_KEY" });
});

test("a login with ChatGPT is sent to the address that the page names, as it is", () => {
  const text = blocks("toml").find(({ text }) => text.includes("chatgpt.com"))?.text ?? "";
  const provider = configOf(text, { OPENROUTER_API_KEY: "o" }).providers.get("chatgpt");
  assert.deepEqual(provider?.dialects, ["openai-responses"]);
  assert.equal(provider?.endpoints["openai-responses"], "https://chatgpt.com/backend-api/codex/responses");
});
