import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { runCli } from "../../../../src/cli/cli.ts";
import { type Answer, fakeProvider, json } from "../../../support/provider.ts";
import { inFolder, run, session } from "../../terminal.ts";
import { proxyWith, type ProxyWorld } from "../../../support/world.ts";

const KEY = "the-proxy-key";
const QUOTA: Answer = json(
  { error: { message: "You have reached your monthly limit", code: "insufficient_quota" } },
  429,
  { "retry-after": "900" },
);
const ANSWER: Answer = json({
  id: "x",
  object: "chat.completion",
  model: "small",
  choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 10, completion_tokens: 2 },
});

/** A proxy whose first provider has used up its quota and whose third has no key. */
async function withProxy(work: (world: ProxyWorld, cwd: string) => Promise<void>): Promise<void> {
  await using world = await proxyWith({
    primary: { answer: QUOTA, key: "primary-secret" },
    backup: { answer: ANSWER, key: "backup-secret" },
  }, {
    proxy: `api_key = "${KEY}"`,
    router: 'default = "primary,big | backup,small | mistral,codestral"',
  });
  const body = { model: "auto", messages: [{ role: "user", content: "hello" }] };
  const answer = await world.post("/v1/chat/completions", body, { authorization: `Bearer ${KEY}` });
  assert.equal(answer.status, 200);
  await answer.body?.cancel();
  await inFolder({ "config.toml": world.tomlWithPort }, (cwd) => work(world, cwd));
}

describe("status", () => {
  test("shows each provider: ready, cooling down with reason and time, or without a key", () =>
    withProxy(async ({ url }, cwd) => {
      const { code, out } = await run(["status", "-c", "config.toml"], { cwd, columns: 80 });
      assert.equal(code, 0);
      for (const line of out.split("\n")) assert.ok(line.length <= 80, line);
      assert.match(out, new RegExp(`^terraphim-llm-proxy 0.0.0-test on ${url}$`, "m"));
      assert.match(out, /^Up \d+ s, 0 requests in flight$/m);
      assert.match(out, /^Configuration active since .*\n {2}built from the keys in the environment$/m);
      assert.match(out, /^primary +cooling down \((15 min|14 min 5\d s) left\) +0 +0$/m);
      assert.match(
        out.replace(/\s+/g, " "),
        /quota exhausted until \d\d:\d\d:\d\d \(1[45] min[^)]*\): You have reached your monthly limit/,
      );
      assert.match(out, /^backup +ready +0 +0$/m);
      assert.match(out, /^mistral +MISTRAL_API_KEY is not set +0 +0$/m);
      assert.ok(!/secret/.test(out));
    }));

  test("--json is what the proxy says, with its address", () =>
    withProxy(async ({ url }, cwd) => {
      const { code, out, json } = await run(["status", "-c", "config.toml", "--json"], { cwd });
      assert.equal(code, 0);
      const { url: at, status, providers } = json();
      assert.equal(at, url);
      assert.equal(status, "ok");
      const [primary, backup] = providers;
      assert.equal(primary.cooldowns[0].class, "quota_exhausted");
      assert.deepEqual(backup.cooldowns, []);
      assert.ok(!/secret|the-proxy-key/.test(out));
    }));

  test("--url asks another place, with and without a scheme", () =>
    withProxy(async ({ server }, cwd) => {
      for (const url of [`127.0.0.1:${server.port}`, `http://127.0.0.1:${server.port}/v1`]) {
        const { code, out } = await run(["status", "-c", "config.toml", "--url", url], { cwd });
        assert.equal(code, 0, out);
      }
      assert.equal((await run(["status", "-c", "config.toml", "--url", "ftp://x"], { cwd })).code, 2);
    }));

  test("--watch draws each state in place of the one before, and gives the cursor back at Ctrl-C", () =>
    withProxy(async ({ url, post }, cwd) => {
      const { io, says, signal, out } = session(["status", "--watch", "-c", "config.toml"], {
        cwd,
        columns: 80,
      });
      const running = runCli(io);
      await says(/primary +cooling down/);
      await post("/admin/cooldowns/reset", {}, { authorization: `Bearer ${KEY}` });
      await says(/primary +ready/);
      signal("SIGINT");
      assert.equal(await running, 0);
      const text = out();
      assert.ok(text.startsWith("\x1b[?25l"), "the cursor is hidden");
      assert.ok(text.endsWith("\x1b[?25h"), "and shown again");
      const visible = text.replaceAll("\x1b", "ESC");
      const first = visible.split(/ESC\[\d+A/)[0] ?? "";
      const height = first.split("\n").length - 1;
      assert.equal(/ESC\[(\d+)A/.exec(visible)?.[1], String(height), "back to the first line");
      assert.ok(text.includes(url));
    }));

  test("--watch goes on while nothing answers", () =>
    withProxy(async (world, cwd) => {
      const { io, says, signal } = session(["status", "--watch", "-c", "config.toml"], { cwd });
      const running = runCli(io);
      await says(/backup +ready/);
      await world.server.kill();
      await says(/No proxy answers at .*: connection refused\.\nRetrying every second\./);
      signal("SIGINT");
      assert.equal(await running, 0);
    }));

  test("--watch --json is an object a line", () =>
    withProxy(async (_, cwd) => {
      const { io, says, signal, out } = session(["status", "--watch", "--json", "-c", "config.toml"], {
        cwd,
      });
      const running = runCli(io);
      await says(/\n.+\n/);
      signal("SIGINT");
      await running;
      for (const line of out().trimEnd().split("\n")) assert.equal(JSON.parse(line).status, "ok");
    }));
});

describe("status without a proxy to show ends with 1", () => {
  test("when nothing listens there: it says where it asked and what to do", () =>
    withProxy(async (world, cwd) => {
      await world.server.kill();
      const { code, out, err } = await run(["status", "-c", "config.toml"], { cwd });
      assert.equal(code, 1);
      assert.equal(out, "");
      assert.match(err, /No proxy answers at http:\/\/127\.0\.0\.1:\d+: connection refused\.\nStart it with/);
      const json = (await run(["status", "-c", "config.toml", "--json"], { cwd })).json();
      assert.equal(json.status, "unreachable");
    }));

  test("when the proxy runs with another key", () =>
    withProxy(async ({ url }, cwd) => {
      const { code, err } = await run(["status", "--url", url], {
        cwd: `${cwd}/nowhere`,
        env: { PROXY_API_KEY: "wrong" },
      });
      assert.equal(code, 1);
      assert.match(err, /rejects the key of this configuration: it runs with another one/);
    }));

  for (
    const [name, answer] of [
      ["something else answers", json({ ok: true })],
      ["something else answers with an error", json("no", 500)],
      ["a redirect answers, which is not followed", json("", 302, { location: "http://127.0.0.1:1/" })],
    ] as const
  ) {
    test(`when ${name}`, async () => {
      await using other = await fakeProvider(answer);
      const { code, err } = await run(["status", "--url", other.url]);
      assert.equal(code, 1);
      assert.match(err, /The server at .* is not terraphim-llm-proxy \(status \d+\)/);
      assert.equal(other.arrived.length, 1);
    });
  }
});

describe("status with a file that has become wrong", () => {
  const edited = (cwd: string, change: (toml: string) => string) =>
    writeFileSync(join(cwd, "config.toml"), change(readFileSync(join(cwd, "config.toml"), "utf8")));

  const broken = [
    ["an unknown key", (toml: string) => toml.replace("[router]", "[router]\nthnk = 1")],
    ["a syntax error", (toml: string) => toml.replace("[router]", "[router]\nthink = openrouter")],
    ["a wrong value", (toml: string) => `${toml}\n[log]\nlevel = 5\n`],
  ] as const;
  for (const [name, change] of broken) {
    test(`asks the running proxy and says both: ${name}`, () =>
      withProxy(async ({ url }, cwd) => {
        edited(cwd, change);
        const { code, out, err } = await run(["status", "-c", "config.toml"], { cwd, columns: 80 });
        assert.equal(code, 1);
        assert.match(out, new RegExp(`^terraphim-llm-proxy 0.0.0-test on ${url}$`, "m"));
        assert.match(out, /^backup +ready/m);
        assert.match(err, /^Error: the configuration has a mistake:\n\S*config\.toml:\d+/);
      }));
  }

  test("--json has the file's mistakes beside what the proxy says", () =>
    withProxy(async (_, cwd) => {
      edited(cwd, (toml) => toml.replace("[router]", "[router]\nthnk = 1"));
      const { code, json } = await run(["status", "-c", "config.toml", "--json"], { cwd });
      assert.equal(code, 1);
      assert.equal(json().status, "ok");
      assert.match(json().file.problems.join(), /thnk/);
    }));

  test("without a proxy it says both too, and ends with 2", () =>
    withProxy(async (world, cwd) => {
      await world.server.kill();
      edited(cwd, (toml) => toml.replace("[router]", "[router]\nthnk = 1"));
      const { code, err } = await run(["status", "-c", "config.toml"], { cwd });
      assert.equal(code, 2);
      assert.match(err, /thnk[^]*\nNo proxy answers at http:\/\/127\.0\.0\.1:\d+: connection refused\./);
    }));

  test("a key below the mistake cannot be read: it says what the proxy says without one", () =>
    withProxy(async ({ url, server }, cwd) => {
      edited(cwd, () => `[proxy]\nport = ${server.port}\nhost = 127.0.0.1\napi_key = "${KEY}"\n`);
      const { code, err } = await run(["status", "-c", "config.toml"], { cwd });
      assert.equal(code, 1);
      assert.match(err, /config\.toml:3:/);
      assert.match(err, new RegExp(`terraphim-llm-proxy 0.0.0-test runs on ${url} and has been up for`));
    }));

  test("mistakes that the proxy has met too are said once", async () => {
    await inFolder({ "config.toml": "[router]\nthnk = 1\n" }, async (cwd) => {
      const problem = "config.toml:2:1: router.thnk: unknown key.";
      await using server = await fakeProvider(json({
        status: "degraded",
        version: "1.0.0",
        uptime_seconds: 90,
        config: {
          path: join(cwd, "config.toml"),
          ok: false,
          loaded_at: null,
          reloads: 0,
          problems: [problem],
        },
        in_flight: 0,
        providers: [],
      }));
      const { code, out, err } = await run(["status", "--url", server.url], { cwd });
      assert.equal(code, 1);
      assert.match(out, /Configuration has mistakes\n[^]*router\.thnk/);
      assert.equal(err, "");
    });
  });

  test("a cooldown can be ended while the file is wrong", () =>
    withProxy(async (_, cwd) => {
      edited(cwd, (toml) => toml.replace("[router]", "[router]\nthnk = 1"));
      const { code, out } = await run(["reset", "primary", "-c", "config.toml"], { cwd });
      assert.equal(code, 0);
      assert.equal(out, "1 cooldown ended.\n");
    }));
});

test("a proxy whose configuration file broke is shown with the mistakes, and ends with 1", async () => {
  const health = {
    status: "degraded",
    version: "1.0.0",
    uptime_seconds: 90,
    config: {
      path: "/etc/config.toml",
      ok: false,
      loaded_at: new Date(0).toISOString(),
      reloads: 2,
      broken_at: new Date().toISOString(),
      problems: ['config.toml:3:1: proxy.prot: unknown key. Did you mean "port"?'],
    },
    in_flight: 3,
    providers: [{
      name: "many",
      base_url: "http://x",
      keys: 2,
      problem: null,
      in_flight: 3,
      waiting: 4,
      last_failure: { at: new Date(Date.now() - 60_000).toISOString(), message: "503 overloaded" },
      cooldowns: [{
        class: "rate_limited",
        model: null,
        key: "aabbccdd",
        message: "slow down",
        until: new Date().toISOString(),
        seconds_left: 12,
      }],
    }],
  };
  await using server = await fakeProvider(json(health));
  const { code, out } = await run(["status", "--url", server.url], { columns: 80 });
  assert.equal(code, 1);
  assert.match(out, /^Up 1 min 30 s, 3 requests in flight$/m);
  assert.match(out, /^Configuration has mistakes since \d\d:\d\d\n {2}\/etc\/config\.toml$/m);
  assert.match(out, /^ {2}config\.toml:3:1: proxy\.prot: unknown key\. Did you mean "port"\?$/m);
  assert.match(out, /^many +partly available +3 +4$/m);
  assert.match(out, /^ +key aabbccdd: rate limited until \d\d:\d\d:\d\d \(12 s\): slow down$/m);
  assert.match(out, /^ +last failure 1 min ago: 503 overloaded$/m);
});
