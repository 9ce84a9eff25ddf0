import assert from "node:assert/strict";
import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { deserted, fakeProvider } from "../../../support/provider.ts";
import { proxyFrom } from "../../../support/proxy.ts";
import { ledgerIn } from "../../ledgers.ts";
import { inFolder, lessonIn, run } from "../../terminal.ts";
import { config, examine, type Finding, models } from "./examine.ts";

test("a window too small for agents is a warning, once for all routes that begin with the model", async () => {
  await using provider = await fakeProvider(models("gpt-4", "big-model"));
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
});

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

  test("a free port is well, a taken one must be fixed", async () => {
    await using provider = await fakeProvider(models("big-model"));
    const free = await deserted();
    assert.match(
      (await examine(withPort(provider.url, free.port))).of("Proxy")[0]?.found ?? "",
      /^not running; 127\.0\.0\.1:\d+ is free$/,
    );
    const { code, of } = await examine(withPort(provider.url, provider.port));
    assert.equal(code, 1);
    assert.match(of("Proxy")[0]?.found ?? "", /is not terraphim-llm-proxy \(status 200\)$/);
  });

  test("a running proxy is found, and whether it has another configuration or key", async () => {
    await using provider = await fakeProvider(models("big-model"));
    const key = `\napi_key = "the-proxy-key"`;
    await using proxy = proxyFrom(config(provider.url).replace("port = 0", `port = 0${key}`));
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
      /requires a key, and this configuration has none: set admin_key in \[proxy\]$/,
    );
    assert.match(stranger.of("Proxy")[0]?.fix ?? "", /^Set admin_key under \[proxy\]/);
  });
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

  test("files that others can read are a warning with a fix", {
    skip: process.platform === "win32" && "modes are not Windows'",
  }, async () => {
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
