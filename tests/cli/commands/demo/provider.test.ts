import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { requestOf } from "../../../../src/cli/commands/demo/examples.ts";
import { type DemoProvider, startDemoProvider } from "../../../../src/cli/commands/demo/provider.ts";
import type { BuiltinDialect } from "../../../../src/dialects/registry.ts";
import { hear } from "../../../support/speech.ts";
import { closing } from "../../../support/disposable.ts";

const DIALECTS: readonly BuiltinDialect[] = ["anthropic-messages", "openai-chat", "openai-responses"];

const demoProvider = () => closing(startDemoProvider(), (one) => one.stop());

function ask(
  { url }: DemoProvider,
  dialect: BuiltinDialect,
  stream: boolean,
  headers: Record<string, string>,
) {
  const example = { prompt: "plan a garden", dialect, model: "a-model", stream, route: "", target: "" };
  const { path, body } = requestOf(example);
  return fetch(`${url}/api${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

for (const dialect of DIALECTS) {
  describe(dialect, () => {
    for (const stream of [false, true]) {
      test(`answers ${stream ? "in a stream" : "whole"} with what it was asked, by which model, and with usage`, async () => {
        await using provider = demoProvider();
        const response = await ask(provider, dialect, stream, { authorization: "Bearer made-up" });
        const type = response.headers.get("content-type") ?? "";
        assert.ok(type.startsWith(stream ? "text/event-stream" : "application/json"), type);
        const copy = response.clone();
        const heard = await hear(dialect, response);
        assert.equal(heard.status, 200);
        assert.match(heard.text, /^You asked a-model: "plan a garden"\./);
        assert.equal(heard.errors, 0);
        assert.equal(heard.ends, 1);
        const text = await copy.text();
        if (!stream || dialect !== "openai-chat") assert.match(text, /"(input|prompt)_tokens":\s*[1-9]/);
        if (stream) assert.ok(text.split("\n\n").length > 20, "word by word");
      });
    }

    test("wants a key", async () => {
      await using provider = demoProvider();
      const response = await ask(provider, dialect, false, {});
      assert.equal(response.status, 401);
      assert.match(await response.text(), /No key was sent/);
    });
  });
}

test("knows no other path, method or body", async () => {
  await using provider = demoProvider();
  const { url } = provider;
  const headers = { authorization: "Bearer x", "content-type": "application/json" };
  const statuses = await Promise.all([
    fetch(`${url}/v1/models`),
    fetch(`${url}/v1/messages`),
    fetch(`${url}/v1/messages`, { method: "POST", headers, body: "{" }),
  ].map(async (asked) => {
    const response = await asked;
    await response.text();
    return response.status;
  }));
  assert.deepEqual(statuses, [404, 405, 400]);
});
