import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runCli } from "../../../../src/cli/cli.ts";
import { deserted, fakeProvider, sse } from "../../../support/provider.ts";
import { configuration } from "../../../support/world.ts";
import { inFolder, run, type Session, session, type Surroundings } from "../../terminal.ts";

const CONFIG = `[proxy]
port = 0
[router]
default = "ollama,qwen3-coder"
`;

/** A clock that goes on by a second with each look. */
function secondByLook(): () => number {
  let now = 0;
  return () => now += 1000;
}

/** Serves in a folder with `config.toml` until `work` is over. Resolves to the exit code. */
async function serving(
  args: readonly string[],
  surroundings: Surroundings,
  work: (session: Session, url: string) => Promise<void>,
): Promise<number> {
  const one = session(args, { now: secondByLook(), ...surroundings });
  const ended = runCli(one.io);
  const listening = one.says(/http:\/\/127\.0\.0\.1:\d+/);
  const early = ended.then((code): never => assert.fail(`it ended with ${code}: ${one.err()}`));
  early.catch(() => {});
  const [url] = await Promise.race([listening, early]);
  try {
    await work(one, url);
  } finally {
    one.signal("SIGTERM");
    one.signal("SIGTERM");
  }
  return await ended;
}

const healthy = async (url: string) => (await (await fetch(`${url}/health`)).json()).status;
const edit = (cwd: string, text: string) => writeFileSync(join(cwd, "config.toml"), text, { mode: 0o600 });

test("serves without a command, says where in one line of the log, and ends with 0 at SIGTERM", () =>
  inFolder({ "config.toml": CONFIG }, async (cwd) => {
    const code = await serving(["--config", "config.toml"], { cwd }, async ({ out, err }, url) => {
      assert.equal(await healthy(url), "ok");
      assert.match(out(), new RegExp(`^terraphim-llm-proxy \\S+ listening on ${url}\n`));
      assert.match(
        err(),
        new RegExp(`INF listening on ${url}, configuration: ${join(cwd, "config.toml")}\n`),
      );
    });
    assert.equal(code, 0);
  }));

test("on a terminal a banner shows address, routes, providers and the settings of clients", () =>
  inFolder({
    "config.toml": CONFIG + 'think = "openrouter,anthropic/claude-opus-4.8"\n' +
      '[[providers]]\nname = "ollama"\napi_base_url = "http://127.0.0.1:1"\n',
  }, async (cwd) => {
    await serving(["serve"], { cwd, columns: 80 }, ({ out }, url) => {
      const text = out();
      assert.match(text, new RegExp(`listening on ${url}\n`));
      assert.match(text, /^ {2}think +no usable target \(openrouter\)$/m);
      assert.match(text, /^ {2}default +ollama,qwen3-coder$/m);
      assert.match(
        text,
        /Not running: ollama \(http:\/\/127\.0\.0\.1:1\)\n +Not usable: openrouter \(OPENROUTER_API_KEY is not set\)/,
      );
      assert.match(text, new RegExp(`any other +${url}/v1 \\(Anthropic's SDK: without /v1\\)\n`));
      assert.match(text, / setup codex\n/);
      for (const line of text.split("\n")) assert.ok(line.length <= 80 || line.includes(cwd), line);
      assert.ok(text.split("\n").length <= 24);
      return Promise.resolve();
    });
  }));

test("a port in use is an error that says what to do, and ends with 1", () =>
  inFolder({ "config.toml": CONFIG }, async (cwd) => {
    await using other = await fakeProvider();
    const { port } = other;
    const { code, err, out } = await run(["--port", String(port)], { cwd });
    assert.equal(code, 1);
    assert.equal(out, "");
    assert.match(
      err,
      new RegExp(`Error: port ${port} is in use by another program; stop that one, or choose another port`),
    );
  }));

test("a port where this program runs already is an error that says so, and what it runs with", () =>
  inFolder({ "config.toml": CONFIG }, async (cwd) => {
    await serving([], { cwd }, async (_, url) => {
      const { port } = new URL(url);
      const { code, err } = await run(["--port", port], { cwd });
      assert.equal(code, 1);
      assert.match(
        err,
        new RegExp(
          `Error: port ${port} is in use: terraphim-llm-proxy \\S+ has been running there for .* ` +
            `\\(configuration: ${
              join(cwd, "config.toml")
            }\\)\\. Use it as it is, at ${url}; or stop it first`,
        ),
      );
    });
    edit(cwd, CONFIG.replace("port = 0", 'port = 0\napi_key = "a-key-of-this-proxy"'));
    await serving([], { cwd }, async (_, url) => {
      const { err } = await run(["--port", new URL(url).port], { cwd });
      assert.match(
        err,
        /has been running there for .* \(terraphim-llm-proxy status shows its configuration\)/,
      );
    });
  }));

test("an address that is not this machine's is an error", () =>
  inFolder(
    {
      "config.toml": '[proxy]\napi_key = "proxy-key-0123456789"\nport = 0\n[router]\ndefault = "ollama,a"\n',
    },
    async (cwd) => {
      const { code, err } = await run(["--host", "192.0.2.1"], { cwd });
      assert.equal(code, 1);
      assert.match(err, /192\.0\.2\.1/);
    },
  ));

test("a configuration with mistakes ends with 2 and lists all of them", () =>
  inFolder({ "config.toml": '[proxy]\nprot = 1\n[router]\nthink = "nobody,x"\n' }, async (cwd) => {
    const { code, err } = await run([], { cwd });
    assert.equal(code, 2);
    assert.match(err, /2 mistakes:\nconfig\.toml:2|2 mistakes:\n[^\n]*config\.toml:2/);
    assert.match(err, /Did you mean "port"\?/);
  }));

test("off loopback it does not start without a key", () =>
  inFolder({ "config.toml": CONFIG }, async (cwd) => {
    const { code, err } = await run(["--host", "0.0.0.0"], { cwd });
    assert.equal(code, 2);
    assert.match(err, /other machines can reach 0\.0\.0\.0/);
  }));

test("SIGHUP reads the file again; what the command line says overrides it even then", () =>
  inFolder({ "config.toml": CONFIG }, async (cwd) => {
    await serving(["--port", "0", "--log-level", "info", "--log-json"], { cwd }, async (one, url) => {
      const from = one.length();
      edit(cwd, CONFIG.replace("port = 0", "port = 1") + '[log]\nlevel = "error"\njson = false\n');
      one.signal("SIGHUP");
      const [line] = await one.says(/\{.*configuration reloaded.*\}\n/, from);
      assert.match(JSON.parse(line).message, /SIGHUP: configuration reloaded/);
      assert.equal(await healthy(url), "ok");
    });
  }));

test("a mistake in an edit is logged with its place and changes nothing; so is its fix", () =>
  inFolder({ "config.toml": CONFIG }, async (cwd) => {
    await serving([], { cwd }, async (one, url) => {
      let from = one.length();
      edit(cwd, `${CONFIG}\nthikn = "ollama,a"\n`);
      one.signal("SIGHUP");
      await one.says(
        /ERR SIGHUP: the configuration has mistakes[^\n]*\n[^\n]*config\.toml:6[^\n]*Did you mean "think"\?/,
        from,
      );
      assert.equal(await healthy(url), "degraded");
      from = one.length();
      edit(cwd, CONFIG);
      one.signal("SIGHUP");
      await one.says(/INF SIGHUP: configuration fixed and reloaded/, from);
      assert.equal(await healthy(url), "ok");
    });
  }));

test("another port in the file moves the proxy there; one that is taken leaves it where it is", () =>
  inFolder({ "config.toml": CONFIG }, async (cwd) => {
    await using other = await fakeProvider();
    const { port: occupied } = other;
    const { port: free } = await deserted();
    await serving([], { cwd }, async (one, url) => {
      let from = one.length();
      edit(cwd, CONFIG.replace("port = 0", `port = ${occupied}`));
      one.signal("SIGHUP");
      await one.says(
        new RegExp(
          `ERR SIGHUP: .*keeping the previous one\n {2}still listening on ${url}: port ${occupied} is in use`,
        ),
        from,
      );
      assert.equal(await healthy(url), "degraded");

      from = one.length();
      edit(cwd, CONFIG.replace("port = 0", `port = ${free}`));
      one.signal("SIGHUP");
      await one.says(new RegExp(`INF now listening on http://127\\.0\\.0\\.1:${free}`), from);
      assert.equal(await healthy(`http://127.0.0.1:${free}`), "ok");
      await one.says(/INF SIGHUP: configuration fixed and reloaded/, from);
    });
  }));

test("the log's level follows the file", () =>
  inFolder({ "config.toml": CONFIG }, async (cwd) => {
    await serving([], { cwd }, async (one, url) => {
      const from = one.length();
      edit(cwd, `${CONFIG}[log]\njson = true\n`);
      one.signal("SIGHUP");
      await one.says(/configuration reloaded/, from);
      const after = one.length();
      edit(cwd, `${CONFIG}[log]\njson = true\nlevel = "info"\n# again\n`);
      one.signal("SIGHUP");
      const [line] = await one.says(/\{.*configuration reloaded.*\}\n/, after);
      assert.equal(JSON.parse(line).level, "INFO");
      assert.equal(await healthy(url), "ok");
    });
  }));

/** Serves, and has an answer in flight that never ends; `work` sends the signals. */
async function answering(
  now: () => number,
  work: (one: Session, ended: Promise<number>) => Promise<void>,
): Promise<void> {
  await using provider = await fakeProvider(
    sse(['data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n']),
  );
  provider.answer((_arrived, res) => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    res.write('data: {"id":"x","choices":[{"index":0,"delta":{"content":"never ending"}}]}\n\n');
  });
  await inFolder({
    "config.toml": configuration({ mine: provider.url }, { mine: {} }, { proxy: "port = 0" }),
  }, async (cwd) => {
    const one = session([], { cwd, now });
    const ended = runCli(one.io);
    const [url] = await one.says(/http:\/\/127\.0\.0\.1:\d+/);
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "auto", stream: true, messages: [{ role: "user", content: "hello" }] }),
    });
    const body = response.text().catch(() => "cut");
    await work(one, ended);
    await provider.close();
    await body;
  });
}

test("the first signal lets a request in flight finish, the second exits at once", () =>
  answering(secondByLook(), async (one, ended) => {
    one.signal("SIGTERM");
    await one.says(/stopping; requests in flight have up to 30 s to finish/);
    one.signal("SIGTERM");
    await one.says(/second signal: exiting now/);
    assert.equal(await ended, 0);
  }));

test("a signal that a task runner repeats within a second is the same one", async () => {
  let now = 0;
  await answering(() => now, async (one, ended) => {
    one.signal("SIGINT");
    await one.says(/stopping; requests in flight/);
    now = 999;
    one.signal("SIGINT");
    one.signal("SIGTERM");
    assert.doesNotMatch(one.err(), /second signal/);
    now = 1000;
    one.signal("SIGINT");
    await one.says(/second signal: exiting now/);
    assert.equal(await ended, 0);
  });
});
