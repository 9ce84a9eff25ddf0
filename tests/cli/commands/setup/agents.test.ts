import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "smol-toml";
import { AGENTS, configFolder } from "../../../../src/cli/commands/setup/agents.ts";
import type { Client } from "../../../../src/cli/commands/setup/client.ts";
import { edited } from "../../../../src/files/edit.ts";
import { inFolder } from "../../terminal.ts";
import { anAim } from "./aim.ts";

const agent = (name: string): Client => AGENTS.find((one) => one.name === name)!;
const atHome = (
  files: Readonly<Record<string, string>>,
  work: (io: { readonly env: { HOME: string }; readonly cwd: string }) => void,
) =>
  inFolder({}, (home) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(home, name)), { recursive: true });
      writeFileSync(join(home, name), text);
    }
    work({ env: { HOME: home }, cwd: home });
  });

describe("Claude Code", () => {
  const claude = agent("claude-code");
  const file = claude.files[0]!;

  test("is logged in by its token or its account, and not by files that cannot be read", async () => {
    const login = async (files: Readonly<Record<string, string>>) => {
      let whose: string | undefined;
      await atHome(files, (io) => void (whose = claude.login?.(io)));
      return whose;
    };
    assert.equal(await login({}), undefined);
    assert.equal(await login({ ".claude.json": "{", ".claude/.credentials.json": "{}" }), undefined);
    assert.equal(
      await login({ ".claude.json": '{"oauthAccount":{"emailAddress":"me@größe.example"}}' }),
      "me@größe.example",
    );
    assert.equal(
      await login({ ".claude/.credentials.json": '{"claudeAiOauth":{"accessToken":"made-up"}}' }),
      "a Claude subscription",
    );
  });

  test("is overridden by a project's settings, the local ones first", () =>
    atHome({
      ".claude/settings.json": '{"env":{"ANTHROPIC_BASE_URL":"http://shared"}}',
      ".claude/settings.local.json": '{"env":{"OTHER":"x"}}',
    }, (io) => {
      const over = claude.overriding?.(io);
      assert.deepEqual([over?.url, over?.file.endsWith("settings.json")], ["http://shared", true]);
      assert.equal(claude.overriding?.({ ...io, cwd: join(io.cwd, "elsewhere") }), undefined);
    }));

  test("loses what an earlier setup wrote for another kind of key", () => {
    const removed = (aim: Parameters<typeof file.edits>[0]) =>
      file.edits(aim, {}).filter(({ value }) => value === undefined).map(({ path }) => path.join(".")).sort();
    assert.deepEqual(removed(anAim()), ["env.ANTHROPIC_AUTH_TOKEN", "env.ANTHROPIC_CUSTOM_HEADERS"]);
    assert.deepEqual(removed(anAim({ key: undefined, secret: "s" })), [
      "apiKeyHelper",
      "env.ANTHROPIC_CUSTOM_HEADERS",
    ]);
    assert.deepEqual(removed(anAim({ key: undefined, secret: "s", passthrough: true })), [
      "apiKeyHelper",
      "env.ANTHROPIC_AUTH_TOKEN",
    ]);
  });

  test("keeps its own login where a provider takes it, with the proxy's key in another header", () => {
    const { env } = edited({}, file.edits(anAim({ key: undefined, secret: "s", passthrough: true }), {}));
    assert.equal(env.ANTHROPIC_CUSTOM_HEADERS, "X-Proxy-Key: s");
    assert.equal("ANTHROPIC_AUTH_TOKEN" in env, false);
  });

  test("gets on its command line what its settings file would override, and nothing else", () =>
    atHome({
      ".claude/settings.json": '{"env":{"ANTHROPIC_BASE_URL":"http://old","ANTHROPIC_AUTH_TOKEN":"old"}}',
    }, ({ env }) => {
      const { args = [] } = claude.run!({
        ...anAim({ key: undefined, secret: "made-up-secret" }),
        io: { env },
      });
      assert.deepEqual(args.slice(0, 1), ["--settings"]);
      assert.deepEqual(JSON.parse(args[1]!), { env: { ANTHROPIC_BASE_URL: "http://127.0.0.1:4000" } });
    }));

  test("has lines for a shell that name the variable of the key, in quotes", () => {
    const lines = claude.shell!(anAim({ model: "think" }));
    assert.ok(lines.includes('export ANTHROPIC_AUTH_TOKEN="$PROXY_API_KEY"'));
    assert.ok(lines.includes("export ANTHROPIC_BASE_URL=http://127.0.0.1:4000"));
    assert.ok(lines.includes("export ANTHROPIC_MODEL=think"));
    const own = claude.shell!(anAim({ key: undefined, secret: "it's $mine", passthrough: true }));
    assert.ok(own.includes("export ANTHROPIC_CUSTOM_HEADERS='X-Proxy-Key: it'\\''s $mine'"), own.join("\n"));
  });
});

describe("Codex", () => {
  const codex = agent("codex");

  test("gets its provider as settings that are TOML, whatever is in them", () => {
    const { args = [], env } = codex.run!({
      ...anAim({ key: undefined, secret: "s", model: 'a "b" ü' }),
      io: { env: {} },
    });
    assert.deepEqual(args.filter((_, index) => index % 2 === 0), args.filter((arg) => arg === "-c"));
    const read = parse(args.filter((arg) => arg !== "-c").join("\n"));
    assert.deepEqual(JSON.parse(JSON.stringify(read)), {
      model_provider: "terraphim",
      model_providers: {
        terraphim: {
          name: "Terraphim LLM Proxy",
          base_url: "http://127.0.0.1:4000/v1",
          wire_api: "responses",
          env_key: "TERRAPHIM_PROXY_KEY",
        },
      },
      model: 'a "b" ü',
    });
    assert.deepEqual(env, { TERRAPHIM_PROXY_KEY: "s" });
  });

  test("has its file where CODEX_HOME says, and an empty one does not count", () => {
    const path = (env: Record<string, string>) => codex.files[0]!.path({ env: { HOME: "/home/me", ...env } });
    assert.equal(path({}), "/home/me/.codex/config.toml");
    assert.equal(path({ CODEX_HOME: "" }), "/home/me/.codex/config.toml");
    assert.equal(path({ CODEX_HOME: "/c" }), "/c/config.toml");
  });
});

describe("OpenClaw", () => {
  const { edits, baseUrl } = agent("openclaw").files[0]!;

  test("keeps a mode that is set, and a list of allowed models grows once", () => {
    const now = {
      models: { mode: "replace" },
      agents: { defaults: { modelPolicy: { allow: ["a/*"] }, model: "a/b" } },
    };
    const after = edited(now, edits(anAim(), now));
    assert.equal(after.models.mode, "replace");
    assert.deepEqual(after.agents.defaults.modelPolicy.allow, ["a/*", "terraphim/*"]);
    assert.deepEqual(after.agents.defaults.model, { primary: "terraphim/auto" });
    assert.deepEqual(edited(after, edits(anAim(), after)), after);
    assert.equal(baseUrl!(after), "http://127.0.0.1:4000/v1");
  });

  test("has no address of its own where its model is a built-in provider's", () => {
    assert.equal(baseUrl!({ agents: { defaults: { model: { primary: "anthropic/x" } } } }), undefined);
    assert.equal(baseUrl!({}), undefined);
  });
});

describe("opencode", () => {
  const opencode = agent("opencode");

  test("is overridden by a project's file that names another provider than the proxy", async () => {
    const over = async (text: string) => {
      let found: { readonly url: string } | undefined;
      await atHome({ "opencode.json": text }, (io) => void (found = opencode.overriding?.(io)));
      return found?.url;
    };
    assert.equal(await over('{"model":"openai/gpt-5.5"}'), "the provider openai");
    assert.equal(
      await over('{"model":"mine/x","provider":{"mine":{"options":{"baseURL":"http://mine"}}}}'),
      "http://mine",
    );
    assert.equal(await over('{"model":"terraphim/think"}'), undefined);
    assert.equal(await over("{}"), undefined);
    assert.equal(await over("not JSON"), undefined);
  });

  test("has its commented file where there is one", () =>
    atHome({ ".config/opencode/opencode.jsonc": "// mine" }, (io) => {
      assert.match(opencode.files[0]!.path(io), /opencode\.jsonc$/);
      assert.match(agent("kilo").files[0]!.path(io), /kilo\.json$/);
    }));
});

test("the folder of configurations is XDG's, and an empty one does not count", () => {
  assert.equal(configFolder({ env: { HOME: "/h", XDG_CONFIG_HOME: "/x" } }), "/x");
  assert.equal(configFolder({ env: { HOME: "/h", XDG_CONFIG_HOME: "" } }), "/h/.config");
});
