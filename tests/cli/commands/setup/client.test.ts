import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import {
  type Aim,
  aimOf,
  hasKey,
  keyText,
  shellKey,
  type Wanted,
} from "../../../../src/cli/commands/setup/client.ts";
import { catalogFor } from "../../../../src/cli/configuration.ts";
import { loadConfig } from "../../../../src/config/load.ts";
import { good } from "../../../config/support.ts";
import { configuration } from "../../../support/world.ts";
import { inFolder } from "../../terminal.ts";
import { anAim } from "./aim.ts";

/** What a client is pointed to with this configuration. */
function aimed(toml: string, wanted: Wanted = {}, env: Readonly<Record<string, string>> = {}): Aim {
  const config = good(toml, env);
  return aimOf(config, catalogFor({ env: { HOME: "/nowhere" } }, config), wanted);
}

test("the address is the configuration's, or the one that is wanted, without /v1 and slashes", () => {
  assert.equal(aimed("[proxy]\nport = 4000\n").url, "http://127.0.0.1:4000");
  assert.equal(
    aimed('[proxy]\nhost = "0.0.0.0"\napi_key = "made-up-key-of-the-proxy"\n').url,
    "http://127.0.0.1:3456",
  );
  for (const url of ["https://ai.example/v1/", "https://ai.example/", "https://ai.example/v1"]) {
    assert.equal(aimed("", { url }).url, "https://ai.example");
  }
});

describe("the key", () => {
  const WITH_KEY = '[proxy]\napi_key = "made-up-key-of-the-proxy"\n';

  test("is not there where the proxy requires none", () => {
    const { key, secret } = aimed("");
    assert.deepEqual({ key, secret }, { key: undefined, secret: undefined });
  });

  test("is a variable, never the key that the configuration holds", () => {
    const aim = aimed(WITH_KEY);
    assert.deepEqual([aim.key, aim.secret], ["PROXY_API_KEY", undefined]);
  });

  for (const [wanted, key] of [["$MINE", "MINE"], ["${MINE_2}", "MINE_2"]] as const) {
    test(`${wanted} is the variable ${key}`, () => {
      const aim = aimed(WITH_KEY, { key: wanted });
      assert.deepEqual([aim.key, aim.secret], [key, undefined]);
    });
  }

  test("that is wanted as it is, is written", () => {
    const aim = aimed(WITH_KEY, { key: "$not a name" });
    assert.deepEqual([aim.key, aim.secret], [undefined, "$not a name"]);
  });

  for (
    const [written, variable] of [
      ['api_key = "$MINE"', "MINE"],
      ['api_key = " ${MINE} "', "MINE"],
      ['api_keys = ["$FIRST", "$SECOND"]', "FIRST"],
      ['api_key = "env:MINE-OF-ME"', "PROXY_API_KEY"],
    ] as const
  ) {
    test(`has the variable of ${written}`, () =>
      inFolder({}, (folder) => {
        const path = join(folder, "config.toml");
        writeFileSync(path, `[proxy]\n${written}\n`);
        const env = {
          MINE: "made-up-key-of-the-proxy",
          FIRST: "made-up-key-of-the-1",
          SECOND: "made-up-key-of-the-2",
        };
        const loaded = loadConfig(path, { env });
        assert.ok(loaded.ok);
        assert.equal(
          aimOf(loaded.config, catalogFor({ env: { HOME: folder } }, loaded.config), {}).key,
          variable,
        );
      }));
  }

  test("in a client's file is itself, a reference, or a word where none is needed", () => {
    const reference = (variable: string) => `<${variable}>`;
    assert.equal(keyText(anAim(), reference), "<PROXY_API_KEY>");
    assert.equal(keyText(anAim({ secret: "s" }), reference), "s");
    assert.equal(keyText(anAim({ key: undefined }), reference), "unused");
    assert.equal(shellKey(anAim()), '"$PROXY_API_KEY"');
    assert.deepEqual(
      [anAim(), anAim({ key: undefined }), anAim({ key: undefined, secret: "s" })].map(hasKey),
      [
        true,
        false,
        true,
      ],
    );
  });
});

describe("the window", () => {
  const [SMALL, LARGE] = ["mine,small", "mine,large"];
  const routes = (toml: string) => {
    const config = good(configuration({ mine: "http://127.0.0.1:1" }, { mine: {} }, { router: toml }));
    const find = ({ model }: { readonly model: string }) =>
      model === "unknown"
        ? undefined
        : { context: model === "small" ? 8000 : 400_000, maxOutput: model === "small" ? 2000 : 64_000 };
    return aimOf(config, { find } as never, {});
  };

  test("is one that more than half of the routes have", () => {
    assert.equal(routes(`think = "${LARGE}"\nbuild = "${LARGE}"\nbackground = "${SMALL}"`).context, 400_000);
    assert.equal(routes(`think = "${LARGE}"\nbuild = "${SMALL}"\nbackground = "${SMALL}"`).context, 8000);
    assert.equal(routes(`think = "${LARGE}"\nbuild = "${SMALL}"`).context, 8000);
  });

  test("of a route is the largest of its chain's", () => {
    assert.equal(routes(`think = "${SMALL} | ${LARGE}"`).context, 400_000);
  });

  test("and the output limit have defaults where nothing is known of the models", () => {
    const { context, maxOutput } = routes('think = "mine,unknown"');
    assert.deepEqual([context, maxOutput], [200_000, 32_000]);
  });

  test("has an output limit that every model of the routes has, within bounds", () => {
    assert.equal(routes(`think = "${LARGE}"`).maxOutput, 32_000);
    assert.equal(routes(`think = "${LARGE} | ${SMALL}"`).maxOutput, 4096);
  });
});

test("a provider that takes the client's own credential leaves the client's login in use", () => {
  assert.equal(aimed("").passthrough, false);
  const block = '[[providers]]\nname = "anthropic"\napi_key = "passthrough"\n';
  assert.equal(aimed(block).passthrough, true);
});

test("a key in a shell's line is that key, whatever signs it has", {
  skip: process.platform === "win32" ? "there is no POSIX shell" : false,
}, () => {
  for (const secret of ["plain-key_1", "it's", '"$HOME" `id`', "a b", "größe", "!x;y&z|*"]) {
    const line = `printf %s ${shellKey(anAim({ key: undefined, secret }))}`;
    assert.equal(spawnSync("sh", ["-c", line], { encoding: "utf8" }).stdout, secret);
  }
});
