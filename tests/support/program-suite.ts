/** What the program must do however it is started: from source on either runtime, or as an executable. */
import assert from "node:assert/strict";
import { type AddressInfo, connect, createServer } from "node:net";
import { test } from "node:test";
import { closing } from "./disposable.ts";
import { good } from "./faults.ts";
import { fakeProvider } from "./provider.ts";
import { startProgram } from "./program.ts";
import { hear, request, spoken, written } from "./speech.ts";
import { configuration, type ProviderSetting } from "./world.ts";
import { until } from "./waiting.ts";

/** The product's example; `more`: providers besides its two. */
const config = (
  url: string,
  background = "llama-3.1-8b-instant",
  more: Record<string, ProviderSetting> = {},
) =>
  configuration({ openrouter: url, groq: url }, {
    openrouter: {
      path: "/api/v1",
      key: "$OPENROUTER_API_KEY",
      toml: 'models = ["anthropic/claude-3-opus", "anthropic/claude-3.5-haiku"]',
    },
    groq: { path: "/openai/v1", key: [] },
    ...more,
  }, {
    proxy: 'host = "127.0.0.1"\nport = 3456\napi_key = "my-backup-key"',
    router: `think = "openrouter,anthropic/claude-3-opus"
plan_implementation = "openrouter,anthropic/claude-3.5-haiku"
background = "groq,${background}"`,
  });

const ENV = { OPENROUTER_API_KEY: "or-key", GROQ_API_KEY: "groq-key" };
const KEY = { authorization: "Bearer my-backup-key", "content-type": "application/json" };

const EXAMPLES: readonly (readonly [prompt: string, model: string])[] = [
  ["plan webhook architecture", "anthropic/claude-3-opus"],
  ["plan implementation of webhook handler", "anthropic/claude-3.5-haiku"],
  ["build this feature", "llama-3.1-8b-instant"],
];

/** Registers the tests for one way to start it. `command` is asked for at the first test. */
export function programSuite(name: string, command: () => readonly string[], skip?: string): void {
  const run = (what: string, body: () => Promise<void>) =>
    test(`${name}: ${what}`, skip === undefined ? {} : { skip }, body);

  run("ignores an offered upgrade, and answers the next request on its connection", async () => {
    await using provider = await fakeProvider(good("openai-chat", false, "hello"));
    await using program = await startProgram(command(), config(provider.url), ENV);
    const body = JSON.stringify({ model: "groq,m", messages: [{ role: "user", content: "hi" }] });
    const asking = (offer: string) =>
      `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer my-backup-key\r\n` +
      `content-type: application/json\r\n${offer}content-length: ${body.length}\r\n\r\n${body}`;
    for (const name of ["h2c", "websocket"]) {
      const socket = connect(Number(new URL(program.url).port), "127.0.0.1");
      socket.write(
        asking(`connection: Upgrade, HTTP2-Settings\r\nupgrade: ${name}\r\nhttp2-settings: AAMAAABk\r\n`),
      );
      let text = "";
      let asked = 1;
      for await (const piece of socket) {
        text += piece;
        const answered = text.split("hello").length - 1;
        if (answered === 2) break;
        if (answered < asked) continue;
        asked++;
        socket.write(asking(""));
      }
      assert.match(text, /^HTTP\/1\.1 200 .*HTTP\/1\.1 200 /s, name);
    }
  });

  run("greets, routes the product's examples, and tells where each went", async () => {
    await using provider = await fakeProvider((arrived, res) =>
      good(arrived.path.endsWith("/messages") ? "anthropic-messages" : "openai-chat", false, "hello")(
        arrived,
        res,
      )
    );
    await using program = await startProgram(command(), config(provider.url), ENV);
    for (const [prompt, model] of EXAMPLES) {
      const response = await fetch(`${program.url}/v1/messages`, {
        method: "POST",
        headers: KEY,
        body: JSON.stringify({
          model: "claude-3-opus",
          messages: [{ role: "user", content: prompt }],
          max_tokens: 500,
        }),
      });
      assert.equal(response.headers.get("x-routed-model"), model);
      assert.equal((await hear("anthropic-messages", response)).text, "hello");
      assert.equal(provider.arrived.at(-1)?.json.model, model);
    }
    // The banner: address, routes, providers, how to point a client here.
    await program.says(/listening on http:\/\/127\.0\.0\.1:\d+\n/);
    await program.says(/^ {2}think +openrouter,anthropic\/claude-3-opus$/m);
    await program.says(/Ready: openrouter, groq/);
    await program.says(/setup claude-code[^]*any other +http/);
    assert.ok(!program.said().includes("or-key") && !program.said().includes("my-backup-key"));
  });

  run("streams", async () => {
    await using provider = await fakeProvider(good("openai-chat", true, "hello in pieces"));
    await using program = await startProgram(command(), config(provider.url), ENV);
    const response = await fetch(`${program.url}/v1/chat/completions`, {
      method: "POST",
      headers: KEY,
      body: JSON.stringify(request("openai-chat", true, "build this feature")),
    });
    assert.equal((await hear("openai-chat", response)).text, "hello in pieces");
  });

  run(
    "takes an edited configuration while requests run, and keeps the last good one",
    async () => {
      await using provider = await fakeProvider();
      await using program = await startProgram(command(), config(provider.url), ENV);
      let stop = false;
      const statuses = new Map<number, number>();
      const load = Array.from({ length: 4 }, async () => {
        while (!stop) {
          const response = await fetch(`${program.url}/v1/chat/completions`, {
            method: "POST",
            headers: KEY,
            body: JSON.stringify(request("openai-chat", false, "build this feature")),
          });
          await response.text();
          statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
        }
      });
      const arrivesAs = async (model: string) => {
        const before = performance.now();
        await until(() => {
          assert.ok(
            performance.now() - before < 10_000,
            `the edit to ${model} never took effect:\n${program.said()}`,
          );
          return provider.arrived.at(-1)?.json.model === model;
        });
      };
      await arrivesAs("llama-3.1-8b-instant");
      program.edit(config(provider.url, "another-model"));
      await arrivesAs("another-model");

      program.edit("[router]\nthink = 5\n");
      const health = async () =>
        (await (await fetch(`${program.url}/health/detailed`, { headers: KEY })).json()).config;
      await until(async () => !(await health()).ok);
      const { problems } = await health();
      assert.match(JSON.stringify(problems), /think/);
      const count = provider.arrived.length;
      await provider.arrives(count + 10);
      assert.equal(provider.arrived.at(-1)?.json.model, "another-model");

      program.edit(config(provider.url, "right-model"));
      await arrivesAs("right-model");
      assert.equal((await health()).ok, true);
      stop = true;
      await Promise.all(load);
      assert.deepEqual([...statuses.keys()], [200], "no request was dropped");
    },
  );

  run("sends a request again under which a kept connection was closed, and once only", async () => {
    const seen = { connections: 0, requests: 0 };
    const answer = JSON.stringify(written("openai-chat", "hello"));
    // Each connection takes one request, and is closed without a byte as the second one comes.
    using provider = closing(createServer((socket) => {
      seen.connections++;
      let got = "";
      let answered = false;
      socket.on("error", () => {});
      socket.on("data", (bytes) => {
        got += bytes;
        const head = got.indexOf("\r\n\r\n") + 4;
        const length = Number(/content-length: (\d+)/i.exec(got)?.[1] ?? NaN);
        if (head < 4 || !(got.length >= head + length)) return;
        got = "";
        seen.requests++;
        if (answered) return socket.destroy();
        answered = true;
        const size = `content-length: ${answer.length}\r\n\r\n`;
        socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${size}${answer}`);
      });
    }));
    await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
    const { port } = provider.address() as AddressInfo;
    await using program = await startProgram(command(), config(`http://127.0.0.1:${port}`), ENV);
    for (let i = 0; i < 4; i++) {
      const response = await fetch(`${program.url}/v1/chat/completions`, {
        method: "POST",
        headers: KEY,
        body: JSON.stringify(request("openai-chat", false, "build this feature")),
      });
      assert.equal((await hear("openai-chat", response)).text, "hello");
      assert.equal(response.headers.get("x-attempts"), "1");
    }
    assert.equal(seen.connections, 4);
    assert.ok(seen.requests <= 7, `${seen.requests}`);
  });

  run("asks this machine directly, and other hosts through the forward proxy", async () => {
    await using provider = await fakeProvider(good("openai-chat", false, "direct"));
    await using forward = await fakeProvider(good("openai-chat", false, "through the proxy"));
    const elsewhere = config(provider.url, undefined, { away: { url: "http://away.invalid", key: [] } });
    const env = { ...ENV, HTTP_PROXY: forward.url, HTTPS_PROXY: forward.url, NO_PROXY: "", no_proxy: "" };
    await using program = await startProgram(command(), elsewhere, env);
    const ask = async (model: string) => {
      const body = JSON.stringify({ ...request("openai-chat", false, "hi"), model });
      const sent = { method: "POST", headers: KEY, body };
      return (await hear("openai-chat", await fetch(`${program.url}/v1/chat/completions`, sent))).text;
    };
    assert.equal(await ask("groq,m"), "direct");
    assert.equal(forward.arrived.length, 0);
    assert.equal(await ask("away,m"), "through the proxy");
  });

  run("finishes the request in flight at SIGTERM, and then ends with 0", async () => {
    const { prelude, output, end } = spoken("openai-chat", "to the end");
    let go = () => {};
    const resume = new Promise<void>((resolve) => go = resolve);
    await using provider = await fakeProvider(async (_arrived, res) => {
      res.writeHead(200, { "content-type": "text/event-stream" });
      for (const event of [...prelude, output[0] ?? ""]) res.write(event);
      await resume;
      for (const event of [...output.slice(1), ...end]) res.write(event);
      res.end();
    });
    await using program = await startProgram(command(), config(provider.url), ENV);
    const response = await fetch(`${program.url}/v1/chat/completions`, {
      method: "POST",
      headers: KEY,
      body: JSON.stringify(request("openai-chat", true, "build this feature")),
    });
    const heard = hear("openai-chat", response);
    program.signal("SIGTERM");
    await program.says(/stopp/i);
    go();
    assert.deepEqual(await heard, { status: 200, text: "to the end", ends: 1, errors: 0, error: "" });
    assert.equal(await program.exited, 0);
  });
}
