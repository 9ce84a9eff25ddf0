import assert from "node:assert/strict";
import { test } from "node:test";
import { serverToolName } from "../../../src/dialects/shared/server-tools.ts";

test("a provider's own tool has one name, whatever its version and its provider", () => {
  const names: Readonly<Record<string, string>> = {
    // https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview
    web_search_20250305: "web_search",
    web_fetch_20250910: "web_fetch",
    // https://platform.openai.com/docs/guides/tools
    web_search: "web_search",
    web_search_preview_2025_03_11: "web_search",
    file_search: "file_search",
    image_generation: "image_generation",
    mcp: "mcp",
    browser_search: "web_search",
    "openrouter:web_search": "web_search",
  };
  for (const [type, name] of Object.entries(names)) assert.equal(serverToolName(type), name, type);
});

test("a tool that the client runs is not a server tool", () => {
  const types = [
    "function",
    "custom",
    "bash_20250124",
    "text_editor_20250728",
    "local_shell",
    "",
    "my_web_search",
  ];
  for (const type of types) assert.equal(serverToolName(type), undefined, type);
  for (const odd of [undefined, null, 7, { type: "mcp" }]) assert.equal(serverToolName(odd), undefined);
});
