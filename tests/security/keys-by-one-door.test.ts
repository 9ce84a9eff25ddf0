/** What leaves for a provider: headers and query by a list, and each credential for nobody but its own provider. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type BuiltinDialect, dialects } from "../../src/dialects/registry.ts";
import { requestHeaders } from "../../src/dispatch/headers.ts";
import { good } from "../support/faults.ts";
import { type Arrived, json } from "../support/provider.ts";
import { configOf } from "../support/proxy.ts";
import { DIALECTS, PATHS, request } from "../support/speech.ts";
import { configuration, proxyWith } from "../support/world.ts";

const PROXY_KEY = "proxy-key-CANARY-0123456789";
const CLAUDE = "sk-ant-oat01-CANARY-of-the-subscriber";
const OPENAI = "sk-CANARY-of-a-developer";
const CHATGPT = "eyJhbGciOiJub25lIn0.eyJDQU5BUlkiOjF9.CANARY";

/** Everything that reached a provider, in one text. */
const reached = (arrived: readonly Arrived[]) =>
  arrived.map(({ path, headers, text }) => `${path}\n${JSON.stringify(headers)}\n${text}`).join("\n");

const FAILING = json({ type: "error", error: { type: "overloaded_error", message: "busy" } }, 529);

/** Headers that people, reverse proxies and gateways add, and that are nobody's business. */
const PRIVATE: Readonly<Record<string, string>> = {
  "x-forwarded-for": "CANARY",
  "x-forwarded-port": "CANARY",
  "x-forwarded-user": "CANARY",
  "x-forwarded-email": "CANARY",
  "x-forwarded-client-cert": "CANARY",
  "x-original-forwarded-for": "CANARY",
  "x-client-ip": "CANARY",
  "x-cluster-client-ip": "CANARY",
  "true-client-ip": "CANARY",
  "cf-connecting-ip": "CANARY",
  "tailscale-user-login": "CANARY",
  "x-auth-request-email": "CANARY",
  "remote-user": "CANARY",
  "api-key": "CANARY",
  "x-goog-api-key": "CANARY",
  "x-auth-token": "CANARY",
  "x-access-token": "CANARY",
  "x-amz-security-token": "CANARY",
  "chatgpt-account-id": "CANARY",
  "openai-organization": "CANARY",
  "openai-project": "CANARY",
  "proxy-authorization": "CANARY",
  cookie: "CANARY=1",
  "x-anything": "CANARY",
};

for (const dialect of DIALECTS) {
  test(`${dialect}: identities, addresses and accounts stay, whatever their header is called`, async () => {
    await using world = await proxyWith({ there: good(dialect, false, "ok") }, { dialect });
    const path = `${PATHS[dialect]}?api_key=CANARY&key=CANARY&beta=true&session=CANARY`;
    const headers = { ...PRIVATE, authorization: `Bearer ${OPENAI}`, "x-session-id": "s-1" };
    assert.equal((await world.post(path, request(dialect, false), headers)).status, 200);
    assert.doesNotMatch(reached(world.there.arrived), /CANARY/);
    assert.equal(world.there.arrived[0]?.headers["x-session-id"], "s-1");
  });
}

test("only listed headers leave, whatever a client invents", () => {
  const key = { id: "1", secret: "k" };
  const config = configOf(configuration(
    {},
    Object.fromEntries(
      DIALECTS.map((dialect) => [dialect, { url: "http://127.0.0.1:9", dialect, key: "k" }]),
    ),
  ));
  const mayLeave =
    /^(user-agent|x-stainless-.*|x-title|http-referer|idempotency-key|traceparent|tracestate|session[_-]id|conversation[_-]id|x-session-.*|x-parent-session-id|x-app|originator|version|thread-id|x-client-request-id|x-claude-code-.*|x-codex-.*|x-openai-(memgen-request|subagent)|x-openclaw-.*|x-proxy-hops|x-opencode-.*|anthropic-.*|openai-beta|content-type|accept|accept-encoding|authorization|x-api-key)$/;
  const names = fc.oneof(
    fc.stringMatching(/^[a-z][a-z0-9_-]{0,30}$/),
    fc.constantFrom("x-app", "user-agent", "anthropic-beta", "openai-beta", ...Object.keys(PRIVATE)),
  );
  fc.assert(
    fc.property(fc.dictionary(names, fc.constant("CANARY")), fc.constantFrom(...DIALECTS), (client, name) => {
      const provider = config.providers.get(name)!;
      const options = { client, provider, key, dialect: dialects[name], stream: false };
      const left = requestHeaders({ ...options, same: true });
      for (const header in left) assert.match(header, mayLeave);
      assert.doesNotMatch(`${left.authorization} ${left["x-api-key"]}`, /CANARY/);
      const across = requestHeaders({ ...options, same: false });
      const kept = Object.keys(across).filter((header) => across[header] === "CANARY");
      assert.deepEqual(kept, "user-agent" in client ? ["user-agent"] : []);
    }),
  );
});

/** Where clients put the proxy's key and their own credential, together. */
const PLACES: readonly (readonly [what: string, path: string, headers: Record<string, string>])[] = [
  ["in both headers", "", { authorization: `Bearer ${PROXY_KEY}`, "x-api-key": PROXY_KEY }],
  ["in X-Proxy-Key and Authorization", "", {
    "x-proxy-key": PROXY_KEY,
    authorization: `Bearer ${PROXY_KEY}`,
  }],
  ["in the path and Authorization", `/k/${PROXY_KEY}`, { authorization: `Bearer ${PROXY_KEY}` }],
  ["in Authorization and a header that goes on", "", {
    authorization: `Bearer ${PROXY_KEY}`,
    "x-session-id": `session-${PROXY_KEY}`,
    "anthropic-beta": PROXY_KEY,
    traceparent: PROXY_KEY,
  }],
];

for (const [what, prefix, headers] of PLACES) {
  test(`the proxy's own key reaches no provider: ${what}`, async () => {
    await using world = await proxyWith({
      sub: {
        answer: good("anthropic-messages", false, "ok"),
        key: "passthrough",
        toml: 'passthrough = ["unknown"]',
      },
      backup: { answer: good("anthropic-messages", false, "backup"), key: "bbbbbbbb" },
    }, { dialect: "anthropic-messages", toml: `[proxy]\napi_key = "${PROXY_KEY}"` });
    const path = `${prefix}/v1/messages?beta=${encodeURIComponent(PROXY_KEY)}&key=${PROXY_KEY}`;
    const response = await world.post(path, request("anthropic-messages", false), headers);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("x-routed-provider"), "backup");
    assert.equal(world.sub.arrived.length, 0, "a request without a credential of its own is not sent");
    assert.ok(!reached(world.backup.arrived).includes(PROXY_KEY));
  });
}

test("a request without a credential of its own skips the passthrough target, with a reason", async () => {
  await using world = await proxyWith({
    sub: { answer: good("anthropic-messages", false, "ok"), key: "passthrough" },
  }, { dialect: "anthropic-messages" });
  const response = await world.ask("anthropic-messages");
  assert.equal(response.status, 400);
  assert.match(await response.text(), /sub,m: passthrough: the request has no credential of its own/);
  assert.equal(world.sub.arrived.length, 0);
});

/** [the client, its headers, the providers' names that its credential reaches] with a login of each provider in the file. */
const LOGINS: readonly (readonly [BuiltinDialect, Record<string, string>, readonly string[]])[] = [
  ["anthropic-messages", { authorization: `Bearer ${CLAUDE}` }, ["claude"]],
  ["anthropic-messages", { "x-api-key": CLAUDE }, ["claude"]],
  ["openai-chat", { authorization: `Bearer ${CLAUDE}` }, ["claude"]],
  ["openai-responses", { authorization: `Bearer ${CHATGPT}`, "chatgpt-account-id": "acc-CANARY" }, [
    "chatgpt",
  ]],
  ["openai-responses", { authorization: `Bearer ${CHATGPT}` }, []],
  ["openai-chat", { authorization: `Bearer ${OPENAI}` }, ["chatgpt"]],
  ["anthropic-messages", { authorization: `Bearer ${OPENAI}` }, ["chatgpt"]],
  ["anthropic-messages", { authorization: "Bearer of-no-known-form-CANARY" }, []],
  ["anthropic-messages", { authorization: "Basic dXNlcjpDQU5BUlk=CANARY" }, []],
];

for (const [client, headers, reaches] of LOGINS) {
  const kind = Object.entries(headers).map(([name, value]) => `${name} ${value.slice(0, 14)}…`).join(", ");
  test(`${client} with ${kind} reaches ${reaches.join() || "no login"}`, async () => {
    const login = { answer: FAILING, key: "passthrough" };
    await using world = await proxyWith({
      claude: { ...login, dialect: "anthropic-messages" },
      mirror: { ...login, dialect: "anthropic-messages" },
      chatgpt: { ...login, dialect: "openai-responses" },
      backup: { answer: good("openai-chat", false, "backup"), key: "bbbbbbbb", dialect: "openai-chat" },
    });
    const response = await world.ask(client, "hi", { headers });
    assert.equal(response.status, 200);
    await response.text();
    const { claude, mirror, chatgpt } = world;
    const seen = Object.entries(world.fakes).filter(([, { arrived }]) => /CANARY/.test(reached(arrived)));
    assert.deepEqual(seen.map(([name]) => name), reaches);
    assert.deepEqual(
      [claude, mirror, chatgpt].filter(({ arrived }) => arrived.length > 0).length,
      reaches.length,
    );
    const account = chatgpt.arrived[0]?.headers["chatgpt-account-id"];
    if (account !== undefined) assert.equal(account, "acc-CANARY");
    assert.equal(account !== undefined, headers["chatgpt-account-id"] !== undefined);
  });
}

test("a provider that is bound to clients by name gets their credential, and nobody else's", async () => {
  await using world = await proxyWith({
    gateway: {
      answer: good("anthropic-messages", false, "ok"),
      key: [],
      toml: 'passthrough = "Claude-Code"',
    },
  }, { dialect: "anthropic-messages" });
  const ask = (headers: Record<string, string>) =>
    world.post("/v1/messages", request("anthropic-messages", false), {
      authorization: "Bearer gateway-token",
      ...headers,
    });
  assert.equal((await ask({ "user-agent": "claude-cli/2.1" })).status, 200);
  assert.equal(world.gateway.arrived[0]?.headers.authorization, "Bearer gateway-token");
  const other = await ask({ "user-agent": "curl/8" });
  assert.equal(other.status, 400);
  assert.match(await other.text(), /passthrough: curl is not one of its clients/);
  assert.equal(world.gateway.arrived.length, 1);
});

test("the query of a provider's own URL stays, and the client's does not replace it", async () => {
  await using world = await proxyWith({
    there: { answer: good("anthropic-messages", false, "ok"), path: "/v1?beta=no&v=1" },
  }, { dialect: "anthropic-messages" });
  await (await world.post("/v1/messages?beta=true&v=2", request("anthropic-messages", false))).text();
  assert.equal(world.there.arrived[0]?.path, "/v1/messages?beta=no&v=1");
});
