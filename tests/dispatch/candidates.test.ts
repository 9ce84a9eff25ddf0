import assert from "node:assert/strict";
import { test } from "node:test";
import { good } from "../support/faults.ts";
import { json } from "../support/provider.ts";
import { hear, request, written } from "../support/speech.ts";
import { proxyWith } from "../support/world.ts";

const PATH = "/v1/messages";
const ask = (headers = {}) => [PATH, request("anthropic-messages", false), headers] as const;

test("several keys of a provider take turns, and each cools down by itself", async () => {
  await using world = await proxyWith({
    there: {
      key: ["key-a", "key-b", "key-c"],
      answer: (arrived, res) => {
        const key = arrived.headers["authorization"] ?? arrived.headers["x-api-key"] ?? "";
        const answer = key.endsWith("key-b")
          ? json({ type: "error", error: { type: "rate_limit_error", message: "b is used up" } }, 429, {
            "retry-after": "600",
          })
          : good("anthropic-messages", false, key);
        return answer(arrived, res);
      },
    },
  }, { dialect: "anthropic-messages" });
  for (let i = 0; i < 9; i++) {
    const response = await world.post(...ask());
    assert.equal(response.status, 200, "a key that is used up is not the client's trouble");
    await response.text();
  }
  const used = world.there.arrived.map(({ headers }) =>
    (headers["authorization"] ?? headers["x-api-key"] ?? "").slice(-1)
  );
  assert.equal(used.filter((key) => key === "b").length, 1, "the key that cools is not asked again");
  assert.ok(used.filter((key) => key === "a").length >= 3 && used.filter((key) => key === "c").length >= 3);
  const health = JSON.stringify(await (await world.get("/health/detailed")).json());
  assert.ok(!/key-[abc]/.test(health), "no key is shown");
});

/** A subscription before a provider with a key of its own. */
const subscription = (
  sub = good("anthropic-messages", false, "subscription"),
  backup = good("anthropic-messages", false, "backup"),
) =>
  proxyWith({ sub: { answer: sub, key: "passthrough" }, backup: { answer: backup, key: "backup-key" } }, {
    dialect: "anthropic-messages",
    toml: '[proxy]\napi_key = "proxy-key"',
  });

test("a subscription gets the client's credential, and its backup the backup's own key", async () => {
  await using world = await subscription();
  const own = { "x-proxy-key": "proxy-key", authorization: "Bearer sk-ant-oat01-one" };
  const first = await hear("anthropic-messages", await world.post(...ask(own)));
  assert.equal(first.text, "subscription");
  assert.equal(world.sub.arrived[0]?.headers["authorization"], "Bearer sk-ant-oat01-one");
  assert.equal(world.sub.arrived[0]?.headers["x-proxy-key"], undefined);

  world.sub.answer(
    json({ type: "error", error: { type: "rate_limit_error", message: "5-hour limit reached" } }, 429),
  );
  const second = await hear("anthropic-messages", await world.post(...ask(own)));
  assert.equal(second.text, "backup");
  const sent = JSON.stringify(world.backup.arrived[0]?.headers);
  assert.match(sent, /backup-key/);
  assert.ok(!sent.includes("oat01") && !sent.includes("proxy-key"));

  // Another subscriber is not held back by the first one's limit.
  world.sub.answer(good("anthropic-messages", false, "subscription"));
  const other = { "x-proxy-key": "proxy-key", authorization: "Bearer sk-ant-oat01-two" };
  assert.equal((await hear("anthropic-messages", await world.post(...ask(other)))).text, "subscription");
  assert.equal((await hear("anthropic-messages", await world.post(...ask(own)))).text, "backup");
});

test("the proxy's key in the path leaves the client's own headers to the subscription", async () => {
  await using world = await subscription();
  const response = await world.post("/k/proxy-key" + PATH, request("anthropic-messages", false), {
    "x-api-key": "sk-ant-api03-client",
  });
  assert.equal((await hear("anthropic-messages", response)).text, "subscription");
  assert.equal(world.sub.arrived[0]?.headers["x-api-key"], "sk-ant-api03-client");
});

test("a client that sends only the proxy's key never gives it to a subscription's provider", async () => {
  await using world = await subscription(
    json({ type: "error", error: { type: "authentication_error", message: "no" } }, 401),
  );
  const response = await world.post(...ask({ authorization: "Bearer proxy-key" }));
  assert.equal((await hear("anthropic-messages", response)).text, "backup");
  for (const { headers } of [...world.sub.arrived, ...world.backup.arrived]) {
    assert.ok(!JSON.stringify(headers).includes("proxy-key"));
  }
});

test("the client gets listed headers of the provider that answered, and none of a failed one", async () => {
  const leaky = {
    "set-cookie": "id=1",
    "x-internal": "secret",
    server: "x",
    "retry-after": "7",
    "x-ratelimit-limit": "1",
  };
  await using world = await subscription(
    json({ type: "error", error: { type: "x", message: "x" } }, 500, leaky),
    (arrived, res) =>
      json(written("anthropic-messages", "hi"), 200, {
        ...leaky,
        "x-ratelimit-limit": "2",
        "request-id": "theirs",
        "retry-after": "9",
      })(arrived, res),
  );
  const response = await world.post(
    ...ask({ "x-proxy-key": "proxy-key", authorization: "Bearer sk-ant-oat01-t" }),
  );
  await response.text();
  assert.equal(response.headers.get("x-ratelimit-limit"), "2");
  assert.equal(response.headers.get("request-id"), "theirs");
  for (const name of ["set-cookie", "x-internal", "server"]) {
    assert.equal(response.headers.get(name), null, name);
  }
});
