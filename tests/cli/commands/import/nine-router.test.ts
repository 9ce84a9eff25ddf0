import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parse } from "smol-toml";
import { tomlOf } from "../../../../src/cli/commands/import/imported.ts";
import { nineRouter } from "../../../../src/cli/commands/import/nine-router.ts";
import { anyData } from "./inherited.ts";

test("a file without connections is refused with what to do", () => {
  for (const text of ["{}", "[]", "null", '{"providerConnections":{}}']) {
    assert.throws(
      () => nineRouter.read(text),
      /^Error: it has no list "providerConnections"; export the database/,
    );
  }
});

test("whatever a file holds, it is refused in words or becomes TOML", () => {
  const keys = [
    "provider",
    "name",
    "apiKey",
    "isActive",
    "authType",
    "combos",
    "models",
    "alias",
    "settings",
    "key",
  ];
  fc.assert(
    fc.property(anyData([...keys, "modelAliases", "apiKeys", "providerSpecificData", "baseUrl"]), (data) => {
      const file = {
        providerConnections: [data, { provider: "openai", authType: "apikey", apiKey: "k" }],
        combos: [data],
        modelAliases: data,
        apiKeys: [data],
        settings: data,
      };
      parse(tomlOf(nineRouter.read(JSON.stringify(file)), "x"));
    }),
  );
});
