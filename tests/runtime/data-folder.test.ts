import assert from "node:assert/strict";
import { isAbsolute } from "node:path";
import { test } from "node:test";
import { dataFolder } from "../../src/runtime/data-folder.ts";

for (
  const [platform, env, expected] of [
    ["linux", {}, "/home/ada/.local/share/terraphim-llm-proxy"],
    ["linux", { XDG_DATA_HOME: "/data" }, "/data/terraphim-llm-proxy"],
    ["linux", { XDG_DATA_HOME: "relative" }, "/home/ada/.local/share/terraphim-llm-proxy"],
    ["linux", { XDG_DATA_HOME: "" }, "/home/ada/.local/share/terraphim-llm-proxy"],
    ["darwin", {}, "/home/ada/Library/Application Support/terraphim-llm-proxy"],
    ["darwin", { XDG_DATA_HOME: "/data" }, "/data/terraphim-llm-proxy"],
    ["win32", { LOCALAPPDATA: "C:\\Local" }, "C:\\Local\\terraphim-llm-proxy"],
  ] as const
) {
  test(`on ${platform} with ${JSON.stringify(env)} data is kept in ${expected}`, () => {
    assert.equal(dataFolder({ env, platform, home: "/home/ada" }), expected);
  });
}

test("on this machine the folder is an absolute path", () => assert.ok(isAbsolute(dataFolder())));
