import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parse } from "smol-toml";
import { stringify } from "yaml";
import { tomlOf } from "../../../../src/cli/commands/import/imported.ts";
import { liteLlm } from "../../../../src/cli/commands/import/litellm.ts";
import { anyData, INHERITED } from "./inherited.ts";

const entry = (model_name: string, model: string) => ({ model_name, litellm_params: { model } });
const read = (data: unknown) => liteLlm.read(stringify(data));

test("a strategy that is not known here is dropped with the reason, whatever its name", () => {
  for (const routing_strategy of [...INHERITED, "magic", 7]) {
    const { tree, left } = read({
      model_list: [entry("a", "openai/gpt-4")],
      router_settings: { routing_strategy },
    });
    assert.ok(left.some(({ path }) => path === "routing_strategy"), String(routing_strategy));
    assert.doesNotMatch(JSON.stringify(tree), /native code/);
  }
});

test("settings that are not known are dropped with the reason, whatever their names", () => {
  const settings = JSON.parse(`{${INHERITED.map((name) => `"${name}":1`)},"magic":1}`);
  const { left } = read({ model_list: [entry("a", "openai/gpt-4")], general_settings: settings });
  for (const { path, why } of left) assert.equal(why, "there is nothing like it here", path);
  assert.equal(left.length, INHERITED.length + 1);
});

test("whatever a file holds, it is refused in words or becomes TOML", () => {
  const keys = [
    "model_list",
    "model_name",
    "litellm_params",
    "model",
    "api_base",
    "api_key",
    "rpm",
    "fallbacks",
  ];
  fc.assert(
    fc.property(anyData([...keys, "router_settings", "routing_strategy", "master_key"]), (data) => {
      let made;
      try {
        made = read({
          model_list: [entry("a", "openai/gpt-4"), data],
          router_settings: data,
          general_settings: data,
        });
      } catch (error) {
        assert.equal((error as Error).name, "Error");
        return;
      }
      parse(tomlOf(made, "x"));
    }),
  );
});
