import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { EXAMPLES } from "../../src/cli/commands/demo/examples.ts";
import { fromSource } from "../support/program.ts";
import { fakeProvider } from "../support/provider.ts";

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** Keys that must not matter: the demonstration is not to reach anybody's account. */
const ENV = { ...process.env, NO_COLOR: "1", OPENROUTER_API_KEY: "a-real-key", GROQ_API_KEY: "a-real-key" };

function demo(...args: string[]) {
  const [file = "", ...before] = fromSource();
  const child = spawn(file, [...before, "demo", ...args], { env: ENV, stdio: ["ignore", "pipe", "pipe"] });
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk: Uint8Array) => said.out += new TextDecoder().decode(chunk));
  child.stderr.on("data", (chunk: Uint8Array) => said.err += new TextDecoder().decode(chunk));
  const ended = once(child, "close").then(([code]) => Number(code));
  return { child, said, ended };
}

test("the demonstration routes every published prompt as promised, with reasons and savings", async () => {
  const { said, ended } = demo("--once", "--port", "0");
  assert.equal(await ended, 0, said.err);
  assert.equal(said.err, "");
  const lines = said.out.split("\n");
  for (const { prompt, route, target } of EXAMPLES) {
    const at = lines.indexOf(`"${prompt}"`);
    assert.notEqual(at, -1, prompt);
    const [kind, model, price, routed, cost] = lines[at + 1]!.split(/ {2,}/);
    assert.deepEqual([kind, model], [route, target]);
    assert.match(price!, /^\$[\d.]+$/);
    assert.match(routed!, /^[\d.]+ (µs|ms)$/);
    assert.match(cost!, /^\$0\.0\d+$/);
    assert.match(lines[at + 2]!, /^ {2}"(plan|build)"/, "the reason");
  }
  assert.match(
    said.out,
    /9 requests cost \$0\.\d+\. On anthropic\/claude-3-opus alone: \$0\.\d+\. \d\d % saved\.\nEach prompt counts by itself, with nothing read from a cache\.\n\n/,
  );
  assert.ok(
    said.out.endsWith(
      "Now groq refuses everything, and the next target takes over:\n\n" +
        '"build this feature" → background\n' +
        '  1. groq,llama-3.1-8b-instant: rate limited, "Rate limit reached: the demonstration plays this."\n' +
        "  2. openrouter,anthropic/claude-3.5-haiku: answered, and the client got its 200\n",
    ),
    said.out,
  );
  assert.ok(!said.out.includes("a-real-key"));
  // The README shows some of these lines; times and spaces differ from run to run.
  const plain = (line: string) => line.replace(/[\d.]+ (?:µs|ms)/g, "TIME").replace(/\s+/g, " ");
  const shown = /```console\n([^]*?)```/.exec(README)?.[1]?.trimEnd().split("\n") ?? [];
  assert.equal(shown.length, 9);
  for (const line of shown) assert.ok(line === "…" || lines.map(plain).includes(plain(line)), line);
});

test("for programs it is JSON", async () => {
  const { said, ended } = demo("--once", "--json", "--port", "0");
  assert.equal(await ended, 0, said.err);
  const { ok, requests, cost_usd, baseline_usd, saved_share, failover } = JSON.parse(said.out);
  assert.equal(ok, true);
  assert.deepEqual(
    requests.map(({ prompt, route, model }: Record<string, string>) => [prompt, route, model]),
    EXAMPLES.map(({ prompt, route, target }) => [prompt, route, target]),
  );
  const sum = requests.reduce((total: number, { cost_usd }: { cost_usd: number }) => total + cost_usd, 0);
  assert.ok(Math.abs(sum - cost_usd) < 1e-9);
  assert.deepEqual(
    failover.attempts.map(({ provider, status }: Record<string, unknown>) => [provider, status]),
    [["groq", 429], ["openrouter", 200]],
  );
  assert.ok(saved_share > 0 && Math.abs(1 - cost_usd / baseline_usd - saved_share) < 1e-9);
});

test("it keeps running for the user's own requests, logs them, and ends at SIGTERM", async () => {
  const { child, said, ended } = demo("--port", "0");
  try {
    while (!said.out.includes("Requests are logged here")) await once(child.stdout, "data");
    const url = /keeps running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said.out)?.[1];
    const at = /sign in with the key (\S+):\n\n {2}(http\S+)\n/.exec(said.out);
    assert.deepEqual(at?.slice(1), ["my-backup-key", `${url}/dashboard`]);
    const shown = await fetch(`${url}/dashboard/data`, { headers: { "x-proxy-key": "my-backup-key" } });
    assert.equal((await shown.json()).state.config.origin, "the demonstration's own");
    const curl = /-d '([^]*?)'\n/.exec(said.out)?.[1] ?? "";
    const response = await fetch(`${url}/v1/messages`, {
      method: "POST",
      headers: { authorization: "Bearer my-backup-key", "content-type": "application/json" },
      body: curl,
    });
    assert.equal(response.headers.get("x-routed-model"), "anthropic/claude-3-opus");
    assert.match(
      (await response.json()).content[0].text,
      /You asked anthropic\/claude-3-opus: "plan the architecture"/,
    );
    while (!/think → openrouter,anthropic\/claude-3-opus 200/.test(said.err)) {
      await once(child.stderr, "data");
    }
    // Not child.kill(): Deno then reports the signal instead of the exit code.
    process.kill(child.pid ?? 0, "SIGTERM");
    assert.equal(await ended, 0);
  } finally {
    child.kill("SIGKILL");
  }
});

test("a port that is in use is an error, and nothing keeps running", async () => {
  await using server = await fakeProvider();
  const { port } = server;
  const { said, ended } = demo("--once", "--port", String(port));
  assert.equal(await ended, 1);
  assert.match(said.err, new RegExp(`port ${port} is in use`));
  assert.equal(said.out, "");
});
