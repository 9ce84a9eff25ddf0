import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parse } from "smol-toml";
import { ccr } from "../../../../src/cli/commands/import/ccr.ts";
import { tomlOf } from "../../../../src/cli/commands/import/imported.ts";
import { anyData, INHERITED } from "./inherited.ts";

const read = (data: unknown) => ccr.read(JSON.stringify(data));

test("a route that is not known here is dropped with the reason, whatever its name", () => {
  const Router = JSON.parse(
    `{"custom":"a,b","longContext":"a,c",${INHERITED.map((name) => `"${name}":"a,b"`)}}`,
  );
  const { tree, left } = read({ Providers: [], Router });
  assert.deepEqual(tree.router, { long_context: "a,c" });
  assert.deepEqual(
    left.map(({ path }) => path).sort(),
    ["custom", ...INHERITED].map((name) => `Router.${name}`).sort(),
  );
  for (const { why } of left) assert.equal(why, "there is no such route here");
});

test("a level of the log that is not known is not carried over", () => {
  for (const LOG_LEVEL of [...INHERITED, "loud", 7]) {
    assert.equal("log" in read({ Providers: [], LOG_LEVEL }).tree, false);
  }
  assert.deepEqual(read({ Providers: [], LOG_LEVEL: "trace" }).tree.log, { level: "debug" });
});

test("a port or a time that is not a number is the default", () => {
  const { tree } = read({ Providers: [], PORT: "many", API_TIMEOUT_MS: -1 });
  assert.deepEqual(tree.proxy, { host: "127.0.0.1", port: 3456 });
});

test("whatever a file holds, it is refused in words or becomes TOML", () => {
  const keys = [
    "Providers",
    "Router",
    "name",
    "api_base_url",
    "api_key",
    "models",
    "transformer",
    "use",
    "default",
  ];
  fc.assert(
    fc.property(
      anyData([...keys, "longContext", "longContextThreshold", "HOST", "PORT", "LOG_LEVEL"]),
      (data) => {
        let made;
        try {
          made = read({ Providers: [data], Router: data, ...(typeof data === "object" ? data : {}) });
        } catch (error) {
          assert.match((error as Error).message, /^it has no list "Providers"$/);
          return;
        }
        parse(tomlOf(made, "x"));
      },
    ),
  );
});
