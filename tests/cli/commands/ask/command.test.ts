import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, json } from "../../../support/provider.ts";
import { inFolder, run } from "../../terminal.ts";
import { proxyWith } from "../../../support/world.ts";

const KEY = "the-proxy-key";
const TWO: Answer = json({
  id: "x",
  object: "chat.completion",
  model: "small",
  choices: [{
    index: 0,
    message: { role: "assistant", content: "1 + 1 is 2.\nReally." },
    finish_reason: "stop",
  }],
  usage: { prompt_tokens: 1_000_000, completion_tokens: 0 },
});

async function withProxy(
  answer: Answer,
  work: (cwd: string) => Promise<void>,
  setting = "api_key",
): Promise<void> {
  await using world = await proxyWith({ main: answer }, {
    proxy: `${setting} = "${KEY}"`,
    router: 'think = "main,big"\ndefault = "main,small"',
    toml: '[[prices]]\nprovider = "main"\nmodel = "small"\ninput = 0.5\noutput = 1',
  });
  await inFolder({ "config.toml": world.tomlWithPort }, work);
}

test("ask prints the route, the cost, the reason and the answer", () =>
  withProxy(TWO, async (cwd) => {
    const { code, out } = await run(["ask", "what is 1 + 1?", "-c", "config.toml"], { cwd });
    assert.equal(code, 0);
    const lines = out.split("\n");
    assert.equal(lines[0], "default → main,small, $0.50");
    assert.match(out, /model "auto": routed by content/);
    assert.match(out, /\n\n1 \+ 1 is 2\.\nReally\.\n$/);
  }));

test("ask --json has the same, and a wish counts", () =>
  withProxy(TWO, async (cwd) => {
    const { out } = await run(["ask", "@think", "is it 2?", "--json", "-c", "config.toml"], { cwd });
    const said = JSON.parse(out);
    assert.equal(said.route, "think");
    assert.equal(said.model, "big");
    assert.equal(said.answer, "1 + 1 is 2.\nReally.");
    assert.equal(said.cost_usd, null);
  }));

test("ask sends the admin key where the configuration has no other", () =>
  withProxy(TWO, async (cwd) => {
    const { code, err } = await run(["ask", "hello", "-c", "config.toml"], { cwd });
    assert.equal(code, 0, err);
  }, "admin_key"));

test("ask says why a request failed", () =>
  withProxy(json({ error: { message: "no such model" } }, 400), async (cwd) => {
    const { code, err } = await run(["ask", "hello", "-c", "config.toml"], { cwd });
    assert.equal(code, 1);
    assert.match(err, /no such model/);
  }));

test("ask needs a prompt, and a proxy that runs", () =>
  inFolder({ "config.toml": '[proxy]\nport = 1\n[router]\ndefault = "ollama,m"\n' }, async (cwd) => {
    const none = await run(["ask", "-c", "config.toml"], { cwd });
    assert.equal(none.code, 2);
    assert.match(none.err, /Give a prompt/);
    const alone = await run(["ask", "hello", "-c", "config.toml"], { cwd });
    assert.equal(alone.code, 1);
    assert.match(alone.err, /No proxy answers at http:\/\/127\.0\.0\.1:1/);
  }));
