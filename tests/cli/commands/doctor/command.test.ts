import assert from "node:assert/strict";
import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { type Answer, type FakeProvider, fakeProvider, json } from "../../../support/provider.ts";
import { startProxy } from "../../../support/proxy.ts";
import { checkClock } from "../../../../src/cli/commands/doctor/machine.ts";
import { ledgerIn } from "../../ledgers.ts";
import { inFolder, lessonIn, run } from "../../terminal.ts";

const SECRET = "provider-secret-key";
const models = (...ids: readonly string[]): Answer => json({ data: ids.map((id) => ({ id })) });

interface Finding {
  readonly check: string;
  readonly state: string;
  readonly found: string;
  readonly fix?: string;
}

const config = (url: string, more = "", block = `api_key = "${SECRET}"`) => `
[proxy]
port = 0
[router]
default = "mine,big-model"
${more}
[[providers]]
name = "mine"
api_base_url = "${url}/v1"
${block}
`;

/** Runs the doctor on a configuration. No part of what it says may hold a secret. */
async function examine(
  toml: string,
  args: readonly string[] = [],
  prepare: (cwd: string) => void = () => {},
): Promise<
  { code: number; findings: readonly Finding[]; of: (check: string) => readonly Finding[]; text: string }
> {
  let result = { code: -1, findings: [] as readonly Finding[], text: "" };
  await inFolder({ "config.toml": toml }, async (cwd) => {
    prepare(cwd);
    const json = await run(["doctor", "-c", "config.toml", "--json", ...args], { cwd });
    const text = await run(["doctor", "-c", "config.toml", ...args], { cwd, columns: 80 });
    for (const said of [json.out, json.err, text.out, text.err]) {
      assert.ok(!said.includes(SECRET), "no key is shown");
      assert.ok(!said.includes("the-proxy-key"), "no key is shown");
    }
    for (const line of text.out.split("\n")) if (!/\S{45}/.test(line)) assert.ok(line.length <= 80, line);
    for (const { check, state, found, fix } of json.json().findings as readonly Finding[]) {
      // A mistake of the file has its cure in its sentence.
      if (state !== "ok" && check !== "Configuration") assert.ok(fix, `${check}: ${found} has a cure`);
    }
    assert.equal(json.code, text.code);
    assert.equal(json.json().ok, json.code === 0);
    result = { code: json.code, findings: json.json().findings, text: text.out };
  });
  return { ...result, of: (check) => result.findings.filter((one) => one.check === check) };
}

async function withProvider(answer: Answer, work: (provider: FakeProvider) => Promise<void>): Promise<void> {
  await using provider = await fakeProvider(answer);
  await work(provider);
}

test("without problems it ends with 0, after fetching the models with the key", () =>
  withProvider(models("big-model"), async (provider) => {
    const { code, findings, of, text } = await examine(config(provider.url));
    assert.equal(code, 0);
    assert.deepEqual(findings.filter(({ state }) => state !== "ok" && state !== "warn"), []);
    assert.match(of("mine")[0]?.found ?? "", /^answers in \d+ ms, 1 model$/);
    assert.equal(provider.arrived[0]?.method, "GET");
    assert.equal(provider.arrived[0]?.path, "/v1/models");
    assert.equal(provider.arrived[0]?.headers.authorization, `Bearer ${SECRET}`);
    assert.match(text, /^ok +mine +answers/m);
  }));

test("--offline asks nobody", () =>
  withProvider(models("big-model"), async (provider) => {
    const { code, of } = await examine(config(provider.url), ["--offline"]);
    assert.equal(code, 0);
    assert.deepEqual(of("mine").map(({ found }) => found), ["key is set"]);
    assert.equal(provider.arrived.length, 0);
  }));

describe("what a provider answers", () => {
  const html: Answer = (_, res) => {
    res.writeHead(200, { "content-type": "text/html" });
    res.end("<html>welcome</html>");
  };
  const repeating: Answer = (arrived, res) => {
    res.writeHead(401, { "content-type": "application/json" });
    res.end(
      JSON.stringify({ error: { message: `Incorrect API key provided: ${arrived.headers.authorization}` } }),
    );
  };
  const cases: readonly (readonly [name: string, Answer, state: string, found: RegExp])[] = [
    ["a refused key, even when the answer repeats it", repeating, "fail", /^rejects its key \(401\)$/],
    ["a forbidden one", json({}, 403), "fail", /^rejects its key \(403\)$/],
    [
      "no list",
      json({}, 404),
      "ok",
      /^answers in \d+ ms; it has no model list \(404\), so its key was not checked$/,
    ],
    ["something that is no list", json({ hello: 1 }), "ok", /it has no model list \(200\)/],
    ["a used-up quota", json({}, 402), "fail", /^has reached a limit \(402\)$/],
    ["an error of its own", json({}, 503), "fail", /^returns server errors \(503\)$/],
    [
      "a redirect",
      json("", 301, { location: "http://127.0.0.1:1/" }),
      "fail",
      /^a redirect \(301\) answers at http/,
    ],
    ["a web page", html, "fail", /^a web page answers at http/],
    [
      "a cut connection",
      (_, res) => void res.destroy(),
      "fail",
      /^(cannot be reached|not running) at http:.*: /,
    ],
  ];
  for (const [name, answer, state, found] of cases) {
    test(`${name} is a ${state}`, () =>
      withProvider(answer, async (provider) => {
        const { code, of } = await examine(config(provider.url));
        assert.equal(of("mine")[0]?.state, state);
        assert.match(of("mine")[0]?.found ?? "", found);
        assert.equal(code, state === "fail" ? 1 : 0);
        assert.equal(provider.arrived.every(({ path }) => path === "/v1/models"), true);
      }));
  }

  test("trouble of one is only a warning where another target works", () =>
    withProvider(json({}, 503), (ill) =>
      withProvider(models("small"), async (well) => {
        const toml = config(ill.url, `fallback = "spare,small"`) +
          `[[providers]]\nname = "spare"\napi_base_url = "${well.url}"\napi_key = "${SECRET}"\n`;
        const { code, of } = await examine(toml);
        assert.equal(code, 0);
        assert.deepEqual(of("mine").map(({ state, found }) => [state, found]), [
          ["warn", "returns server errors (503); other targets take over"],
        ]);
        assert.equal(of("spare")[0]?.state, "ok");
      })));

  test("where every target is ill, each must be fixed", () =>
    withProvider(json({}, 503), async (ill) => {
      const toml = config(ill.url, `fallback = "spare,small"`) +
        `[[providers]]\nname = "spare"\napi_base_url = "${ill.url}"\napi_key = "${SECRET}"\n`;
      const { code, of, text } = await examine(toml);
      assert.equal(code, 1);
      assert.deepEqual([...of("mine"), ...of("spare")].map(({ state }) => state), ["fail", "fail"]);
      assert.match(text, /\n2 problems to fix\.\n$/);
    }));

  test("each of several keys is tried", () =>
    withProvider((arrived, res) => {
      const good = arrived.headers.authorization === `Bearer ${SECRET}-2`;
      return (good ? models("big-model") : json({}, 401))(arrived, res);
    }, async (provider) => {
      const { code, of } = await examine(
        config(provider.url, "", `api_keys = ["${SECRET}-1", "${SECRET}-2"]`),
      );
      assert.equal(code, 1);
      assert.equal(of("mine")[0]?.found, "rejects key 1 (401)");
      assert.match(of("mine")[1]?.found ?? "", /^key 2: answers in/);
    }));

  test("a credential that clients bring is not looked for", () =>
    withProvider(json({}, 401), async (provider) => {
      const { code, of } = await examine(config(provider.url, "", `api_key = "passthrough"`));
      assert.equal(code, 0);
      assert.match(of("mine")[0]?.found ?? "", /clients send their own credential$/);
      assert.equal(provider.arrived[0]?.headers.authorization, undefined);
    }));

  test("an Anthropic endpoint is asked in its own way", () =>
    withProvider(models("big-model-20260101"), async (provider) => {
      const { code, of } = await examine(
        config(provider.url, "", `api_key = "${SECRET}"\ndialects = ["anthropic-messages"]`),
      );
      assert.equal(code, 0);
      assert.equal(provider.arrived[0]?.path, "/v1/models?limit=1000");
      assert.equal(provider.arrived[0]?.headers["anthropic-version"], "2023-06-01");
      assert.equal(of("mine").length, 1, "a snapshot of the model is the model");
    }));

  test("an open list does not hide a key that is refused", () =>
    withProvider((arrived, res) => {
      const answer = arrived.path.endsWith("/key")
        ? json({ error: {} }, 401)
        : models("anthropic/claude-3-opus");
      return answer(arrived, res);
    }, async (provider) => {
      const { code, of } = await examine(`
[proxy]
port = 0
[router]
default = "openrouter,anthropic/claude-3-opus"
[[providers]]
name = "openrouter"
api_base_url = "${provider.url}/api/v1"
api_key = "${SECRET}"
`);
      assert.equal(code, 1);
      assert.equal(of("openrouter")[0]?.found, "rejects its key (401)");
    }));
});

test("a model that its provider does not list is a warning, with the nearest", () =>
  withProvider(models("big-modle", "other"), async (provider) => {
    const { code, of } = await examine(config(provider.url));
    assert.equal(code, 0);
    assert.deepEqual(of("mine")[1], {
      check: "mine",
      state: "warn",
      found: "does not list big-model (did you mean big-modle?)",
      fix: "Check the name of the model.",
    });
  }));

test("a local server is listed with its models, or with how to start it", () =>
  withProvider(models("qwen3-coder:latest"), async (provider) => {
    const toml = (url: string, model: string) => `
[proxy]
port = 0
[router]
default = "ollama,${model}"
[[providers]]
name = "ollama"
api_base_url = "${url}"
`;
    const well = await examine(toml(provider.url, "qwen3-coder"));
    assert.equal(well.code, 0);
    assert.equal(well.of("ollama").length, 1);
    const lacking = await examine(toml(provider.url, "llama9"));
    assert.equal(lacking.of("ollama")[1]?.fix, "ollama pull llama9");
    const closed = await fakeProvider();
    await closed.close();
    const off = await examine(toml(closed.url, "qwen3-coder"));
    assert.equal(off.code, 1);
    assert.match(off.of("ollama")[0]?.found ?? "", /^not running at http.*: connection refused$/);
    assert.equal(off.of("ollama")[0]?.fix, "Start it: ollama serve.");
  }));

test("a missing key names the variable; a route that has nothing else must be fixed", () =>
  withProvider(models("big-model"), async (provider) => {
    const { code, of } = await examine(config(provider.url, `think = "mistral,codestral"`));
    assert.equal(code, 1);
    assert.equal(of("Routes")[0]?.state, "fail");
    assert.match(
      of("Routes")[0]?.found ?? "",
      /^think has no usable target \(mistral\)$/,
    );
    assert.match(of("mistral")[0]?.fix ?? "", /export MISTRAL_API_KEY=…/);
    const rescued = await examine(config(provider.url, `think = "mistral,codestral | mine,big-model"`));
    assert.equal(rescued.code, 0);
    assert.equal(rescued.of("mistral")[0]?.state, "warn");
  }));

test("a window too small for agents is a warning, once for all routes that begin with the model", () =>
  withProvider(models("gpt-4", "big-model"), async (provider) => {
    const small = 'think = "mine,gpt-4 | mine,big-model"\nbuild = "mine,gpt-4 | mine,big-model"';
    const { code, of } = await examine(config(provider.url, small));
    assert.equal(code, 0);
    const [finding, ...more] = of("Agents");
    assert.deepEqual(more, []);
    assert.match(
      finding?.found ?? "",
      /^router\.think, router\.build: mine,gpt-4 cannot take an agent's usual request \(100,000 tokens, with tools\): its context window of 8,192 tokens is too small/,
    );
    assert.match(finding?.fix ?? "", /^Put a model with a larger window first/);
    const { of: ofLarge } = await examine(config(provider.url));
    assert.deepEqual(ofLarge("Agents"), []);
  }));

test("every mistake of the configuration is listed, and the other checks still run", async () => {
  const { code, of } = await examine(`[proxy]\nprot = 1\n[router]\nthink = "nobody,x"\n`);
  assert.equal(code, 1);
  assert.equal(of("Configuration").length, 2);
  assert.match(of("Configuration")[0]?.found ?? "", /config\.toml:2:1: .*prot.*Did you mean "port"/);
  assert.equal(of("Data folder")[0]?.state, "ok");
});

describe("the proxy's address", () => {
  const withPort = (url: string, port: number, key = "") =>
    config(url).replace("port = 0", `port = ${port}${key}`);

  test("a free port is well, a taken one must be fixed", () =>
    withProvider(models("big-model"), async (provider) => {
      const free = await fakeProvider();
      await free.close();
      assert.match(
        (await examine(withPort(provider.url, free.port))).of("Proxy")[0]?.found ?? "",
        /^not running; 127\.0\.0\.1:\d+ is free$/,
      );
      const { code, of } = await examine(withPort(provider.url, provider.port));
      assert.equal(code, 1);
      assert.match(of("Proxy")[0]?.found ?? "", /is not terraphim-llm-proxy \(status 200\)$/);
    }));

  test("a running proxy is found, and whether it has another configuration or key", () =>
    withProvider(models("big-model"), async (provider) => {
      const key = `\napi_key = "the-proxy-key"`;
      await using proxy = startProxy(config(provider.url).replace("port = 0", `port = 0${key}`));
      const port = proxy.server.port;
      const { code, of } = await examine(withPort(provider.url, port, key));
      assert.equal(code, 0);
      assert.match(of("Proxy")[0]?.found ?? "", /^running on http:\/\/127\.0\.0\.1:\d+ for /);
      assert.ok(of("Proxy").some(({ found }) => /it uses another configuration/.test(found)));
      assert.ok(
        of("Proxy").some(({ found }) => /it is version 0\.0\.0-test, this program is version/.test(found)),
      );
      const stranger = await examine(withPort(provider.url, port));
      assert.equal(stranger.code, 1);
      assert.match(
        stranger.of("Proxy")[0]?.found ?? "",
        /requires a key, and this configuration has none$/,
      );
    }));
});

describe("files", () => {
  const offline = (prepare: (cwd: string) => void, more = "") =>
    examine(
      config("http://127.0.0.1:9") + `[ledger]\npath = "./ledger.sqlite"\n${more}`,
      ["--offline"],
      prepare,
    );

  test("a ledger is counted; requests without a price are reported", async () => {
    const { code, of } = await offline((cwd) => void ledgerIn(cwd, [{}, { unpriced: true }]));
    assert.equal(code, 0);
    assert.match(
      of("Ledger").map(({ found }) => found).join("\n"),
      /\n2 requests, the newest \d+ s ago\n1 request without a known price/,
    );
  });

  test("a damaged ledger must be fixed", async () => {
    const { code, of } = await offline((cwd) =>
      writeFileSync(join(cwd, "ledger.sqlite"), "no database at all, but long enough to be looked at", {
        mode: 0o600,
      })
    );
    assert.equal(code, 1);
    assert.match(of("Ledger").at(-1)?.found ?? "", /cannot be read: it is damaged/);
  });

  test("files that others can read are a warning with a fix", async () => {
    if (process.platform === "win32") return;
    const { code, of } = await offline((cwd) => {
      chmodSync(ledgerIn(cwd, [{}]), 0o644);
      chmodSync(join(cwd, "config.toml"), 0o644);
    });
    assert.equal(code, 0);
    assert.match(of("Ledger").at(-1)?.fix ?? "", /^chmod 600 .*ledger\.sqlite$/);
    assert.match(of("Configuration").map(({ found }) => found).join("\n"), /chmod 600/);
  });

  test("a folder that is a file cannot hold anything", async () => {
    const { code, of } = await examine(
      config("http://127.0.0.1:9") + `[ledger]\npath = "./config.toml/ledger.sqlite"\n`,
      ["--offline"],
    );
    assert.equal(code, 1);
    assert.match(of("Ledger")[0]?.found ?? "", /config\.toml is a file, not a folder$/);
  });

  test("a disabled ledger is not a problem", async () => {
    const { code, of } = await offline(() => {}, "enabled = false");
    assert.equal(code, 0);
    assert.deepEqual(of("Ledger").map(({ found }) => found), ["disabled: [ledger] enabled = false"]);
  });

  test("a list of models that became unusable is a warning", async () => {
    await inFolder({ "config.toml": config("http://127.0.0.1:9"), "models.json": "{" }, async (cwd) => {
      const folder = join(cwd, "terraphim-llm-proxy");
      mkdirSync(folder);
      renameSync(join(cwd, "models.json"), join(folder, "models.json"));
      const { json } = await run(["doctor", "-c", "config.toml", "--offline", "--json"], {
        cwd,
        env: { XDG_DATA_HOME: cwd },
      });
      const found = json().findings.find(({ check }: Finding) => check === "Models");
      assert.match(found.found, /^using the built-in list: .*models\.json/);
    });
  });

  test("what models refused is listed, and is not a problem", async () => {
    await inFolder({ "config.toml": config("http://127.0.0.1:9") }, async (cwd) => {
      lessonIn(cwd);
      const { json, code } = await run(["doctor", "-c", "config.toml", "--offline", "--json"], {
        cwd,
        env: { XDG_DATA_HOME: cwd },
      });
      const found = json().findings.find(({ check }: Finding) => check === "Refused");
      assert.match(found.found, /mine,big-model: without the field "store", .* ago/);
      assert.deepEqual([found.state, code], ["ok", 0]);
    });
  });
});

describe("what is on this machine beside the proxy", () => {
  const elsewhere = (cwd: string) => {
    mkdirSync(join(cwd, ".codex"));
    writeFileSync(
      join(cwd, ".codex/config.toml"),
      `model_provider = "x"\n[model_providers.x]\nbase_url = "http://elsewhere/v1"\n`,
    );
  };

  test("a client that setup pointed here and that leads elsewhere now is a warning, once", () =>
    withProvider(models("big-model"), async ({ url }) => {
      const toml = config(url).replace("port = 0", "port = 4000");
      await inFolder({ "config.toml": toml }, async (cwd) => {
        elsewhere(cwd);
        const said = async () => (await run(["doctor", "-c", "config.toml", "--offline"], { cwd })).out;
        assert.doesNotMatch(await said(), /Codex/, "nobody pointed it here");
        await run(["setup", "codex", "--yes", "--no-test"], { cwd });
        assert.match(await said(), /^ok +Codex +uses this proxy$/m);
        writeFileSync(
          join(cwd, ".codex/config.toml"),
          `model_provider = "x"\n[model_providers.x]\nbase_url = "http://elsewhere/v1"\n`,
        );
        const text = await said();
        assert.equal(text.match(/Codex/g)?.length, 1);
        assert.match(text, /^warn +Codex +was set up, and leads to http:\/\/elsewhere\/v1 now/m);
        assert.match(text, /setup codex --yes/);
      });
    }));

  test("a project's settings that override Claude Code's are named", () =>
    inFolder({ "config.toml": `[proxy]\nport = 4000\n[router]\nthink = "groq,m"\n` }, async (cwd) => {
      await run(["setup", "claude-code", "--yes", "--no-test"], { cwd });
      writeFileSync(
        join(cwd, ".claude/settings.local.json"),
        `{"env": {"ANTHROPIC_BASE_URL": "http://other"}}`,
      );
      const { out } = await run(["doctor", "--offline"], { cwd });
      assert.match(
        out,
        /Claude Code +~\/\.claude\/settings\.local\.json overrides its settings and leads to http:\/\/other/,
      );
    }));

  test("a project's model that overrides opencode's is named", () =>
    inFolder({ "config.toml": `[proxy]\nport = 4000\n[router]\nthink = "groq,m"\n` }, async (cwd) => {
      await run(["setup", "opencode", "--yes", "--no-test"], { cwd });
      writeFileSync(join(cwd, "opencode.jsonc"), `{ "model": "openai/gpt-5.5" } // this project's`);
      const { out } = await run(["doctor", "--offline"], { cwd });
      assert.match(
        out,
        /opencode +~\/opencode\.jsonc overrides its settings and leads to the provider openai/,
      );
      writeFileSync(join(cwd, "opencode.jsonc"), `{ "model": "terraphim/think" }`);
      assert.match((await run(["doctor", "--offline"], { cwd })).out, /^ok +opencode +uses this proxy$/m);
    }));

  test("--fix takes files from other users, and reports them no more", {
    skip: process.platform === "win32" && "modes are not Windows'",
  }, () =>
    inFolder({ "config.toml": config("http://127.0.0.1:9") }, async (cwd) => {
      chmodSync(join(cwd, "config.toml"), 0o644);
      const said = async (...more: string[]) =>
        (await run(["doctor", "-c", join(cwd, "config.toml"), "--offline", ...more], { cwd })).out;
      assert.match((await said()).replaceAll(/\s+/g, " "), /other users of this machine can read it/);
      assert.match(await said("--fix"), /fixed: .*config\.toml is yours alone now/);
      assert.doesNotMatch(await said(), /other users/);
    }));

  test("a clock that is far off is a warning", () => {
    const [finding] = checkClock([600_000, 601_000, -5]);
    assert.match(finding?.found ?? "", /10 min ahead of the providers'/);
    assert.deepEqual(checkClock([1000, -1000]), []);
  });
});
