import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { parse } from "smol-toml";
import { runCli } from "../../../../src/cli/cli.ts";
import { good } from "../../../support/faults.ts";
import { fromSource, startProgram } from "../../../support/program.ts";
import { fakeProvider } from "../../../support/provider.ts";
import { configuration } from "../../../support/world.ts";
import { inFolder, run, session } from "../../terminal.ts";

const ROUTES = `[router]\nthink = "openrouter,anthropic/claude-3-opus"\n`;
const FILES = {
  "config.toml": `[proxy]\nport = 4000\napi_key = "\${MY_KEY}"\n${ROUTES}`,
  "literal.toml": `[proxy]\napi_key = "written-here"\n${ROUTES}`,
  "open.toml": ROUTES,
  "subscription.toml":
    `[proxy]\napi_key = "$MY_KEY"\n${ROUTES}[[providers]]\nname = "anthropic"\napi_key = "passthrough"\n`,
};
const ENV = { MY_KEY: "the-proxy-key", OPENROUTER_API_KEY: "or-secret" };

const CLIENT_NAMES = ["claude-code", "codex", "openclaw", "opencode"] as const;

/** What Claude Code gets beside the address and the key. */
const GATEWAY = {
  CLAUDE_CODE_GATEWAY_HINT_HEADERS: "1",
  ENABLE_TOOL_SEARCH: "true",
  CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: "1",
};

const PLACES: Readonly<Record<typeof CLIENT_NAMES[number], string>> = {
  "claude-code": ".claude/settings.json",
  codex: ".codex/config.toml",
  openclaw: ".openclaw/openclaw.json",
  opencode: ".config/opencode/opencode.json",
};

type Setup = (...args: readonly string[]) => ReturnType<typeof run>;

/** A home with the configurations in it. Whatever is said or written holds no key. */
const atHome = (work: (setup: Setup, home: string) => Promise<void>) =>
  inFolder(FILES, async (home) => {
    await work(async (...args) => {
      const ran = await run(["setup", ...args], {
        cwd: home,
        env: { ...ENV, PATH: join(home, "bin") },
        columns: 80,
      });
      assert.ok(!/the-proxy-key|or-secret|written-here/.test(ran.out + ran.err), "no key is shown");
      return ran;
    }, home);
    for (const name of readdirSync(home, { recursive: true }).map(String)) {
      if (name.endsWith(".toml") && !name.startsWith(".")) continue;
      if (statSync(join(home, name)).isFile()) {
        assert.ok(!/the-proxy-key/.test(readFileSync(join(home, name), "utf8")), `no key in ${name}`);
      }
    }
  });

function put(home: string, place: string, text: string, mode = 0o600): string {
  const path = join(home, place);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

// deno-lint-ignore no-explicit-any
const json = (home: string, place: string): any => JSON.parse(readFileSync(join(home, place), "utf8"));

describe("setup CLIENT prints what belongs into the client's file, and writes nothing", () => {
  for (const client of CLIENT_NAMES) {
    test(client, () =>
      atHome(async (setup, home) => {
        const { code, out } = await setup(client);
        assert.equal(code, 0);
        assert.match(out, new RegExp(`reads ~/${PLACES[client].replaceAll(".", "\\.")}\\. Add this to it:`));
        assert.match(out, /http:\/\/127\.0\.0\.1:4000/);
        assert.match(out, /MY_KEY/);
        for (const line of out.split("\n")) assert.ok(line.length <= 80, line);
        assert.ok(!existsSync(join(home, PLACES[client])));
        const printed = (await setup(client, "--json")).json();
        assert.equal(printed.file, join(home, PLACES[client]));
        assert.equal(printed.key_variable, "MY_KEY");
        const lines = client === "codex" ? parse(printed.lines) : JSON.parse(printed.lines);
        assert.ok(Object.keys(lines).length > 0);
      }));
  }
});

describe("setup CLIENT --write", () => {
  test("Claude Code gets the base URL and a way to the key; the rest stays, with a backup", () =>
    atHome(async (setup, home) => {
      const text = `{\n  "permissions": { "allow": ["Bash(ls:*)"] },\n  "env": {\n    "A": "1"\n  }\n}\n`;
      const path = put(home, PLACES["claude-code"], text, 0o640);
      const { code, out } = await setup("claude-code", "--write");
      assert.equal(code, 0);
      assert.deepEqual(json(home, PLACES["claude-code"]), {
        permissions: { allow: ["Bash(ls:*)"] },
        env: { A: "1", ANTHROPIC_BASE_URL: "http://127.0.0.1:4000", ...GATEWAY },
        apiKeyHelper: "printenv MY_KEY",
      });
      const [backup = ""] = readdirSync(dirname(path)).filter((name) => name.includes(".backup-"));
      assert.equal(readFileSync(join(dirname(path), backup), "utf8"), text);
      assert.match(out, /Backup: ~\/\.claude\/settings\.json\.backup-/);
      if (process.platform !== "win32") assert.equal(statSync(path).mode & 0o777, 0o640, "the mode stays");
      const again = await setup("claude-code", "--write");
      assert.match(again.out, /already uses .* was not changed/);
      assert.equal(readdirSync(dirname(path)).length, 2, "no second backup");
    }));

  test("Codex gets a provider that names the variable, and keeps its comments", () =>
    atHome(async (setup, home) => {
      put(home, PLACES.codex, `# mine\nmodel = "gpt-5"\n\n[analytics]\nenabled = false\n`);
      assert.equal((await setup("codex", "--write")).code, 0);
      const text = readFileSync(join(home, PLACES.codex), "utf8");
      assert.match(text, /^# mine\nmodel = "gpt-5"$/m);
      const { model_provider, model_providers, model, analytics } = parse(text);
      assert.deepEqual({ model_provider, model, analytics: { ...analytics as object } }, {
        model_provider: "terraphim",
        model: "gpt-5",
        analytics: { enabled: false },
      });
      assert.deepEqual({ ...(model_providers as { terraphim: object }).terraphim }, {
        name: "Terraphim LLM Proxy",
        base_url: "http://127.0.0.1:4000/v1",
        wire_api: "responses",
        env_key: "MY_KEY",
      });
    }));

  test("OpenClaw gets a provider and a model; JSON5 stays JSON5; its list of allowed models grows", () =>
    atHome(async (setup, home) => {
      put(
        home,
        PLACES.openclaw,
        `{\n  // mine\n  agents: { defaults: { model: 'a/b', modelPolicy: { allow: ['a/*'] } } },\n}\n`,
      );
      assert.equal((await setup("openclaw", "--write")).code, 0);
      const text = readFileSync(join(home, PLACES.openclaw), "utf8");
      assert.match(text, /^ {2}\/\/ mine$/m);
      assert.match(text, /model: \{"primary":"terraphim\/auto"\}/);
      assert.match(text, /allow: \["a\/\*","terraphim\/\*"\]/);
      assert.match(text, /"apiKey": "\$\{MY_KEY\}"/);
      assert.match(text, /"baseUrl": "http:\/\/127\.0\.0\.1:4000\/v1"/);
    }));

  test("opencode gets a provider and a model, in the file that it has", () =>
    atHome(async (setup, home) => {
      assert.equal((await setup("opencode", "--write")).code, 0);
      const { $schema, provider, model } = json(home, PLACES.opencode);
      assert.equal($schema, "https://opencode.ai/config.json");
      assert.equal(model, "terraphim/auto");
      assert.deepEqual(provider.terraphim.options, {
        baseURL: "http://127.0.0.1:4000/v1",
        apiKey: "{env:MY_KEY}",
      });
      if (process.platform !== "win32") {
        assert.equal(
          statSync(join(home, PLACES.opencode)).mode & 0o777,
          0o600,
          "a new file is the user's alone",
        );
      }
      put(home, ".config/opencode/opencode.jsonc", "{} // mine\n");
      assert.match((await setup("opencode", "--write")).out, /opencode\.jsonc/);
    }));

  test("--model asks for a route or a model instead of leaving it to each prompt", () =>
    atHome(async (setup, home) => {
      for (const client of CLIENT_NAMES) {
        assert.equal((await setup(client, "--write", "--model", "think")).code, 0);
      }
      assert.equal(json(home, PLACES["claude-code"]).env.ANTHROPIC_MODEL, "think");
      assert.equal(parse(readFileSync(join(home, PLACES.codex), "utf8")).model, "think");
      const openclaw = json(home, PLACES.openclaw);
      assert.equal(openclaw.agents.defaults.model.primary, "terraphim/think");
      assert.equal(openclaw.models.providers.terraphim.models[0].id, "think");
      assert.deepEqual(Object.keys(json(home, PLACES.opencode).provider.terraphim.models), ["think"]);
    }));

  test("a symbolic link stays one: the file that it leads to is written", () =>
    atHome(async (setup, home) => {
      if (process.platform === "win32") return;
      const real = put(home, "dotfiles/claude.json", "{}\n");
      mkdirSync(join(home, ".claude"));
      symlinkSync(real, join(home, PLACES["claude-code"]));
      assert.equal((await setup("claude-code", "--write")).code, 0);
      assert.match(readFileSync(real, "utf8"), /ANTHROPIC_BASE_URL/);
      assert.equal(readFileSync(join(home, PLACES["claude-code"]), "utf8"), readFileSync(real, "utf8"));
    }));

  test("a file that it cannot parse stays unchanged, with the lines to add by hand", () =>
    atHome(async (setup, home) => {
      for (
        const [client, text] of [
          ["claude-code", `{"env": []}`],
          ["claude-code", `{"env": `],
          ["codex", "model = = 1\n"],
          ["codex", `model_providers = { a = { name = "x" } }\n`],
        ] as const
      ) {
        const path = put(home, PLACES[client], text);
        const { code, out, err } = await setup(client, "--write");
        assert.equal(code, 1);
        assert.equal(out, "");
        assert.match(err, /was not changed: [^{]*\.\s+Add\s+this\s+yourself:\n\n/);
        assert.match(err, /http:\/\/127\.0\.0\.1:4000/);
        assert.equal(readFileSync(path, "utf8"), text);
        assert.equal(readdirSync(dirname(path)).length, 1, "nothing beside it");
      }
    }));

  test("--json tells the file, the backup and whether anything changed", () =>
    atHome(async (setup, home) => {
      put(home, PLACES.codex, "");
      const first = (await setup("codex", "--write", "--json")).json();
      assert.equal(first.changed, true);
      assert.ok(existsSync(first.backup));
      const second = (await setup("codex", "--write", "--json")).json();
      assert.deepEqual([second.changed, second.backup], [false, null]);
    }));
});

describe("the key", () => {
  test("that is written in the configuration itself gets the default variable", () =>
    atHome(async (setup) => {
      const { out } = await setup("codex", "-c", "literal.toml");
      assert.match(out, /env_key = "PROXY_API_KEY"/);
      assert.match(out, /Set PROXY_API_KEY to this proxy's key where the client starts/);
    }));

  test("is not set where the proxy has none", () =>
    atHome(async (setup) => {
      assert.doesNotMatch((await setup("codex", "-c", "open.toml")).out, /env_key/);
      assert.match((await setup("claude-code", "-c", "open.toml")).out, /"ANTHROPIC_AUTH_TOKEN": "unused"/);
      assert.match((await setup("openclaw", "-c", "open.toml")).out, /"apiKey": "unused"/);
    }));

  test("travels beside the client's own credential where a provider takes that one", () =>
    atHome(async (setup) => {
      const claude = (await setup("claude-code", "-c", "subscription.toml")).out;
      assert.doesNotMatch(claude, /apiKeyHelper|ANTHROPIC_AUTH_TOKEN/);
      assert.match(claude, /export ANTHROPIC_CUSTOM_HEADERS="X-Proxy-Key: \$MY_KEY"/);
      const codex = parse((await setup("codex", "-c", "subscription.toml", "--json")).json().lines);
      const { terraphim } = codex.model_providers as { terraphim: Record<string, unknown> };
      assert.equal(terraphim.requires_openai_auth, true);
      assert.equal(terraphim.env_key, undefined);
      assert.deepEqual({ ...terraphim.env_http_headers as object }, { "X-Proxy-Key": "MY_KEY" });
    }));
});

describe("setup without a client", () => {
  test("lists the clients, which are installed, and what each uses", () =>
    atHome(async (setup, home) => {
      const program = put(home, "bin/codex", "#!/bin/sh\n", 0o755);
      await setup("claude-code", "--write");
      put(
        home,
        PLACES.opencode,
        `{"model": "x/y", "provider": {"x": {"options": {"baseURL": "http://other/v1"}}}}`,
      );
      const { code, out } = await setup();
      assert.equal(code, 0);
      for (const line of out.split("\n")) assert.ok(line.length <= 80, line);
      assert.match(out, /^claude-code +file only +~\/\.claude\/settings\.json +this proxy$/m);
      assert.match(out, /^codex +yes +~\/\.codex\/config\.toml +its own provider$/m);
      assert.match(out, /^openclaw +no +~\/\.openclaw\/openclaw\.json$/m);
      assert.match(out, /^opencode +file only +.* +http:\/\/other\/v1$/m);
      const { clients } = (await setup("--json")).json();
      assert.deepEqual(
        clients.slice(0, 4).map((
          { name, program, set_up }: Record<string, unknown>,
        ) => [name, program, set_up]),
        [["claude-code", null, true], ["codex", program, false], ["openclaw", null, false], [
          "opencode",
          null,
          false,
        ]],
      );
    }));

  test("a wrong client, address or combination ends with 2 and says what is wrong", () =>
    atHome(async (setup) => {
      const cases: readonly (readonly [string[], RegExp])[] = [
        [["clade-code"], /claude-code[^]*codex/],
        [["--write"], /Name the client: setup claude-code --write/],
        [["codex", "--write", "--print"], /cannot be combined/],
        [["codex", "--url", "ftp://x"], /must be a URL/],
      ];
      for (const [args, says] of cases) {
        const { code, err } = await setup(...args);
        assert.equal(code, 2, args.join(" "));
        assert.match(err, says);
      }
    }));

  test("--url points the clients at a proxy elsewhere", () =>
    atHome(async (setup) => {
      assert.match(
        (await setup("codex", "--url", "https://llm.example/v1/")).out,
        /base_url = "https:\/\/llm\.example\/v1"/,
      );
    }));
});

describe("a login that Claude Code has", () => {
  const login = (home: string) =>
    put(home, ".claude.json", `{"oauthAccount": {"emailAddress": "me@example.org"}}`);

  test("stays in use: no token is written, and it says so", () =>
    atHome(async (setup, home) => {
      login(home);
      const { out } = await setup("claude-code", "--write", "--no-test");
      const { env, apiKeyHelper } = json(home, PLACES["claude-code"]);
      assert.equal(env.ANTHROPIC_AUTH_TOKEN, undefined);
      assert.equal(apiKeyHelper, undefined);
      assert.match(out, /is logged in \(me@example\.org\) and stays so/);
      assert.match(out.replaceAll("\n", " "), /needs api_key = "passthrough"/);
    }));

  test("is put out of use only with --replace-login, and it says that", () =>
    atHome(async (setup, home) => {
      login(home);
      const { out } = await setup("claude-code", "--write", "--replace-login", "--no-test");
      assert.equal(json(home, PLACES["claude-code"]).apiKeyHelper, "printenv MY_KEY");
      assert.match(out.replaceAll("\n", " "), /that login is out of use/);
    }));
});

describe("names and numbers", () => {
  test("claude, cc and claude code are Claude Code, code is VS Code", () =>
    atHome(async (setup) => {
      for (const words of [["claude"], ["cc"], ["claude", "code"], ["claude-code"]]) {
        assert.match((await setup(...words)).out, /^Claude Code reads/, words.join(" "));
      }
      assert.match((await setup("code")).out, /^VS Code\n/);
    }));

  test("the window is one that most routes have", () =>
    atHome(async (setup, home) => {
      const routes = ["think", "build", "background"].map((name) => `${name} = "anthropic,claude-3-opus"\n`)
        .join("");
      put(home, "wide.toml", `[router]\n${routes}long_context = "google,gemini-2.5-pro"\n`);
      const { lines } = (await setup("opencode", "--json", "-c", "wide.toml")).json();
      assert.equal(JSON.parse(lines).provider.terraphim.models.auto.limit.context, 200_000);
    }));

  test("a user's own gateway setting stays", () =>
    atHome(async (setup, home) => {
      put(home, PLACES["claude-code"], `{"env": {"ENABLE_TOOL_SEARCH": "auto"}}`);
      await setup("claude-code", "--write", "--no-test");
      assert.equal(json(home, PLACES["claude-code"]).env.ENABLE_TOOL_SEARCH, "auto");
    }));
});

describe("--key", () => {
  test("writes the key itself into the file, and never shows it", () =>
    inFolder(FILES, async (home) => {
      const setup = (...args: string[]) => run(["setup", ...args], { cwd: home, env: ENV });
      const { out } = await setup("codex", "--yes", "--key", "a-key-of-mine", "--no-test");
      const provider = (parse(readFileSync(join(home, PLACES.codex), "utf8")).model_providers as {
        terraphim: { experimental_bearer_token: string };
      }).terraphim;
      assert.equal(provider.experimental_bearer_token, "a-key-of-mine");
      assert.doesNotMatch(out, /a-key-of-mine/);
      assert.match((await setup("codex", "--key", "$OTHER_KEY")).out, /env_key = "OTHER_KEY"/);
    }));
});

describe("asking", () => {
  const answering = async (answer: string, work: (home: string, out: string) => void) =>
    await inFolder(FILES, async (home) => {
      const { io, out } = session(["setup", "codex", "--no-test"], { cwd: home, env: ENV, columns: 80 });
      const asked: string[] = [];
      assert.equal(
        await runCli({
          ...io,
          ask: (question) => {
            asked.push(question);
            return Promise.resolve(answer);
          },
        }),
        0,
      );
      assert.deepEqual(asked, ["Write this change? [y/N] "]);
      work(home, out());
    });

  test("shows the lines that come and go, and writes at yes", () =>
    answering("y", (home, out) => {
      assert.match(out, /^\+ model_provider = "terraphim"$/m);
      assert.match(out, /setup codex --undo takes it back/);
      assert.ok(existsSync(join(home, PLACES.codex)));
    }));

  test("writes nothing at anything else", () =>
    answering("", (home, out) => {
      assert.match(out, /Nothing was changed\./);
      assert.ok(!existsSync(join(home, ".codex")));
    }));
});

describe("after writing", () => {
  test("one request goes through the proxy, and its answer is named", async () => {
    await using provider = await fakeProvider(good("openai-chat", false, "ready"));
    await using program = await startProgram(
      fromSource(),
      configuration({ mine: provider.url }, { mine: {} }, { proxy: 'api_key = "k"' }),
    );
    await inFolder({}, async (home) => {
      const { out, code } = await run(["setup", "codex", "--yes", "--url", program.url, "--key", "k"], {
        cwd: home,
      });
      assert.equal(code, 0);
      assert.match(out, /A test request was answered by mine,m in \d/);
      assert.equal(provider.arrived.length, 1);
    });
  });

  test("no proxy is a hint how to start it, not a failure", () =>
    atHome(async (setup) => {
      const { out, code } = await setup("codex", "--yes", "--url", "http://127.0.0.1:9");
      assert.equal(code, 0);
      assert.match(
        out,
        /No proxy answers at http:\/\/127\.0\.0\.1:9 yet\. Start it: terraphim-llm-proxy --config /,
      );
    }));
});

test("the lines that are shown have no key, neither a new one nor the user's others", () =>
  inFolder(FILES, async (home) => {
    const SETTINGS = [
      "{",
      `  "apiKeyHelper": "cat ~/made-up-0001",`,
      `  "env": {`,
      `    "OTHER_API_KEY": "sk-made-up-0002",`,
      `    "ANTHROPIC_MODEL": "opus",`,
      `    "MAX_TOKENS": 4096,`,
      `    "PASSWORDS": ["made-up-0003"],`,
      `    "GITHUB_TOKEN": "made-up\\"0004"`,
      "  }",
      "}",
      "",
    ].join("\n");
    put(home, PLACES["claude-code"], SETTINGS);
    put(
      home,
      ".hermes/config.yaml",
      "providers:\n  work:\n    api_keys:\n    - made-up-0005\n    max_tokens: 99\n",
    );
    for (const [client, expected] of [["claude-code", 'MAX_TOKENS": 4096'], ["hermes", "max_tokens: 99"]]) {
      for (const key of [[], ["--key", "sk-made-up-0006"]]) {
        const args = ["setup", client ?? "", "--write", "--no-test", ...key];
        const { code, out, err } = await run(args, { cwd: home, env: ENV });
        assert.equal(code, 0, err);
        assert.ok(!/made-up/.test(out), out);
        assert.match(out, /\bKEY\b/);
        if (key.length > 0) continue;
        assert.ok(out.includes(expected ?? ""), `a number is shown: ${out}`);
        assert.match(out, /MY_KEY/, "the name of a variable is shown");
      }
    }
  }));
