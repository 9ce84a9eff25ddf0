import assert from "node:assert/strict";
import { test } from "node:test";
import { creditsUrl, creditsUsed } from "../../src/catalog/credits.ts";

test("the share that is used is between nothing and all", () => {
  const used = (total_credits: number, total_usage: number) =>
    creditsUsed({ data: { total_credits, total_usage } });
  assert.deepEqual([used(10, 2.5), used(10, 12), used(10, 0), used(10, -1)], [0.25, 1, 0, 0]);
});

for (
  const wrong of [
    undefined,
    null,
    "x",
    [],
    {},
    { data: null },
    { data: { total_credits: 0, total_usage: 0 } },
    {
      data: { total_credits: "9", total_usage: 1 },
    },
    { data: { total_credits: 9 } },
    { data: { total_credits: -1, total_usage: 0 } },
  ]
) {
  test(`${JSON.stringify(wrong)} says nothing about credits`, () =>
    assert.equal(creditsUsed(wrong), undefined));
}

const paths = { "openai-chat": "/v1/chat/completions", "anthropic-messages": "/v1/messages" };

test("the address is beside the endpoint whose path is the provider's own", () => {
  const at = (endpoints: Readonly<Record<string, string>>) =>
    creditsUrl(endpoints, { paths, credits: "/v1/credits" });
  assert.equal(
    at({ "openai-chat": "https://x.test/api/v1/chat/completions" }),
    "https://x.test/api/v1/credits",
  );
  assert.equal(
    at({ "openai-chat": "https://x.test/else", "anthropic-messages": "https://x.test/v1/messages" }),
    "https://x.test/v1/credits",
  );
});

test("an endpoint with another path, and a provider without credits, have no such address", () => {
  const chat = { "openai-chat": "https://x.test/api/v1/chat/completions" };
  assert.equal(creditsUrl(chat, { paths }), undefined);
  assert.equal(creditsUrl({ "openai-chat": "https://x.test/api/chat" }, { paths, credits: "/c" }), undefined);
  assert.equal(
    creditsUrl({ "openai-responses": "https://x.test/v1/messages" }, { paths, credits: "/c" }),
    undefined,
  );
  assert.equal(creditsUrl({}, { paths, credits: "/c" }), undefined);
});
