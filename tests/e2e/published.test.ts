import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { good } from "../support/faults.ts";
import { fakeProvider } from "../support/provider.ts";
import { configOf, proxyFrom } from "../support/proxy.ts";

/** The published configuration, unchanged; only the way to the providers' hosts leads to a server of the test. */
test("the published configuration and its published requests do what the product promises", async () => {
  await using provider = await fakeProvider((arrived, res) =>
    good(arrived.path.endsWith("/messages") ? "anthropic-messages" : "openai-chat", false)(arrived, res)
  );
  const hosts: string[] = [];
  const toml = readFileSync(new URL("../../examples/published.toml", import.meta.url), "utf8");
  const env = { OPENROUTER_API_KEY: "or-key", GROQ_API_KEY: "groq-key" };
  const { host, port } = configOf(toml, env).proxy;
  assert.equal(`${host}:${port}`, "127.0.0.1:3456");
  await using proxy = proxyFrom(toml, {
    env,
    fetch: ((url: string, init: RequestInit) => {
      const { host, pathname } = new URL(url);
      hosts.push(host);
      return fetch(provider.url + pathname, init);
    }) as typeof fetch,
  });
  const ask = (path: string, body: unknown) =>
    fetch(proxy.url + path, {
      method: "POST",
      headers: { authorization: "Bearer my-backup-key", "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const message = (content: string) => ({
    model: "claude-3-opus",
    messages: [{ role: "user", content }],
    max_tokens: 500,
  });
  const cases: [string, unknown, string, string][] = [
    ["/v1/messages", message("plan webhook architecture"), "anthropic/claude-3-opus", "openrouter.ai"],
    [
      "/v1/messages",
      message("plan implementation of webhook handler"),
      "anthropic/claude-3.5-haiku",
      "openrouter.ai",
    ],
    [
      "/v1/chat/completions",
      { model: "gpt-4", messages: [{ role: "user", content: "plan implementation of a todo app" }] },
      "anthropic/claude-3.5-haiku",
      "openrouter.ai",
    ],
    [
      "/v1/chat/completions",
      { model: "gpt-4", messages: [{ role: "user", content: "build this feature" }] },
      "llama-3.1-8b-instant",
      "api.groq.com",
    ],
    // OpenClaw's old form: no /v1, and a model of the product's own name.
    [
      "/chat/completions",
      {
        model: "terraphim/smart-router",
        messages: [{ role: "user", content: "plan implementation of user auth" }],
      },
      "anthropic/claude-3.5-haiku",
      "openrouter.ai",
    ],
    ["/v1/messages", message("what time is it?"), "anthropic/claude-3.5-haiku", "openrouter.ai"],
  ];
  for (const [path, body, model, host] of cases) {
    const response = await ask(path, body);
    await response.text();
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("x-routed-model"), model);
    assert.equal(provider.arrived.at(-1)?.json.model, model, "the provider receives exactly that model");
    assert.equal(hosts.at(-1), host);
  }
  const refused = await fetch(proxy.url + "/v1/messages", { method: "POST", body: "{}" });
  assert.equal(refused.status, 401);
  await refused.text();
});
