import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { DIALECTS } from "../support/speech.ts";
import { proxyWith } from "../support/world.ts";

const KEY = { authorization: "Bearer proxy-key" };

/** A proxy with a key, before one provider of every dialect. */
const guarded = (more = "") =>
  proxyWith({ there: { key: "secret-key", toml: 'models = ["the-model", "thinker"]' } }, {
    dialect: DIALECTS,
    router: 'default = "there,the-model"\nthink = "there,thinker"',
    toml: `[proxy]\napi_key = "proxy-key"\nmax_body_mb = 1\n${more}`,
  });

const PATHS = ["/v1/messages", "/v1/chat/completions", "/v1/responses"] as const;

/** What an error looks like to each dialect's client. */
// deno-lint-ignore no-explicit-any
function checkError(path: string, body: any): string {
  if (path.includes("messages")) {
    assert.equal(body.type, "error");
    assert.equal(typeof body.error.type, "string");
  } else assert.ok("code" in body.error && "type" in body.error);
  assert.equal(typeof body.error.message, "string");
  return body.error.message;
}

for (const path of [...PATHS, ...PATHS.map((path) => path.slice(3))]) {
  test(`${path} refuses what is wrong in the caller's dialect and names the cause`, async () => {
    await using world = await guarded();
    const cases: [number, RegExp, string | Uint8Array, Record<string, string>][] = [
      [401, /needs a key/, "{}", {}],
      [401, /not one of this proxy's/, "{}", { "x-api-key": "wrong" }],
      [415, /text\/plain/, "{}", { ...KEY, "content-type": "text/plain" }],
      [400, /not valid JSON/, '{"model": }', KEY],
      [400, /empty/, "", KEY],
      [400, /JSON object/, "[1]", KEY],
      [413, /larger than 1 MiB/, JSON.stringify({ a: "x".repeat(1024 * 1024) }), KEY],
      [415, /content encoding/, "{}", { ...KEY, "content-encoding": "compress" }],
      [400, /not valid gzip/, "{}", { ...KEY, "content-encoding": "gzip" }],
      [413, /larger/, gzipSync("x".repeat(2 * 1024 * 1024)), { ...KEY, "content-encoding": "gzip" }],
    ];
    for (const [status, message, body, headers] of cases) {
      const response = await world.post(path, body, headers);
      assert.equal(response.status, status, `${message}`);
      assert.match(checkError(path, await response.json()), message);
      assert.match(response.headers.get("x-request-id") ?? "", /^req_/);
    }
    const wrongMethod = await fetch(world.url + path, { method: "PUT", headers: KEY });
    assert.equal(wrongMethod.status, 405);
    assert.equal(wrongMethod.headers.get("allow"), "POST");
    checkError(path, await wrongMethod.json());
  });
}

test("an unknown path is a 404 that lists the endpoints", async () => {
  await using world = await guarded();
  const response = await world.get("/v2/nothing");
  assert.equal(response.status, 404);
  assert.match((await response.json()).error.message, /\/v2\/nothing.*\/v1\/chat\/completions/);
  const anthropic = await fetch(world.url + "/v2/nothing", {
    headers: { "anthropic-version": "2023-06-01" },
  });
  assert.equal((await anthropic.json()).type, "error");
});

test("each way to send the proxy's key works, and the key never reaches a provider", async () => {
  await using world = await guarded();
  const body = { model: "auto", messages: [{ role: "user", content: "hi" }] };
  for (
    const [path, headers] of [
      ["/v1/chat/completions", KEY],
      ["/chat/completions", { "x-api-key": "proxy-key" }],
      ["/v1/chat/completions", { "x-proxy-key": "proxy-key" }],
      ["/k/proxy-key/v1/chat/completions", {}],
      ["/k/proxy-key/chat/completions", {}],
      ["/v1/v1/chat/completions", KEY],
      ["//v1/chat/completions", KEY],
      ["/v1/chat/completions/?beta=true", KEY],
    ] as const
  ) {
    const response = await world.post(path, body, headers);
    assert.equal(response.status, 200, path);
    await response.text();
    const arrived = world.there.arrived.at(-1);
    assert.equal(arrived?.path.split("?")[0], "/v1/chat/completions");
    assert.ok(!JSON.stringify(arrived?.headers).includes("proxy-key"));
    assert.equal(arrived?.headers["authorization"], "Bearer secret-key");
  }
  for (const key of ["nope", "..%2f", "a%0d%0aX-Evil:1", "%00", "%D0%BA", "%zz", ""]) {
    const wrong = await world.post(`/k/${key}/v1/chat/completions`, body);
    assert.equal(wrong.status, 401, key);
    assert.match(await wrong.text(), /key/);
  }
});

test("health is open and shows the configuration; its details need the key, without secrets", async () => {
  await using world = await guarded();
  for (const path of ["/health", "/v1/health"]) {
    const health = await (await fetch(world.url + path)).json();
    assert.equal(health.status, "ok");
    assert.equal(health.config.ok, true);
  }
  const shut = await world.get("/health/detailed");
  assert.equal(shut.status, 401);
  await shut.text();
  const text = await (await fetch(world.url + "/health/detailed", { headers: KEY })).text();
  assert.ok(!text.includes("secret-key") && !text.includes("proxy-key"));
  const there = JSON.parse(text).providers.find((provider: { name: string }) => provider.name === "there");
  assert.equal(there.keys, 1);
  assert.deepEqual(there.cooldowns, []);
});

test("the probes that clients send at their start are answered", async () => {
  await using world = await guarded();
  for (const path of ["/", "/v1", "/api/hello", "/v1/api/hello"]) {
    const response = await fetch(world.url + path, { method: "HEAD" });
    assert.equal(response.status, 200, path);
    assert.equal(await response.text(), "");
  }
});

test("the address itself names the dashboard, without a key", async () => {
  await using world = await guarded();
  assert.match(await (await fetch(`${world.url}/`)).text(), /The dashboard is at \/dashboard\./);
});

test("a WebSocket upgrade on the responses path gets 426, so that Codex falls back to POST", async () => {
  await using world = await guarded();
  for (const path of ["/v1/responses", "/responses"]) {
    const answer = await raw(
      world.server.port,
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer proxy-key\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
    assert.match(answer, /^HTTP\/1\.1 426 /);
    assert.match(answer, /WebSocket is not supported; use POST/);
  }
});

test("a request for another host, or from a web page, is refused", async () => {
  await using world = await guarded();
  const answer = await raw(
    world.server.port,
    "GET /health HTTP/1.1\r\nHost: evil.example:3456\r\nConnection: close\r\n\r\n",
  );
  assert.match(answer, /^HTTP\/1\.1 403 /);
  assert.match(answer, /evil\.example/);
  for (const origin of ["https://evil.example", "null"]) {
    const page = await world.post("/v1/chat/completions", {}, { ...KEY, origin });
    assert.equal(page.status, 403);
    assert.equal(page.headers.get("access-control-allow-origin"), null);
    await page.text();
  }
});

test("an origin that the configuration names may call", async () => {
  await using world = await guarded('cors_origins = ["https://app.example"]');
  const headers = { ...KEY, origin: "https://app.example" };
  const response = await fetch(world.url + "/v1/models", { headers });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("access-control-allow-origin"), "https://app.example");
  await response.text();
  const preflight = await fetch(world.url + "/v1/chat/completions", {
    method: "OPTIONS",
    headers: { origin: "https://app.example", "access-control-request-method": "POST" },
  });
  assert.ok(preflight.status === 204 || preflight.status === 200);
  await preflight.text();
});

test("more requests a minute than allowed from one key are refused with the time to wait", async () => {
  await using world = await guarded("requests_per_minute = 2");
  const body = { model: "auto", messages: [{ role: "user", content: "hi" }] };
  const statuses: number[] = [];
  for (let i = 0; i < 3; i++) {
    const response = await world.post("/v1/chat/completions", body, KEY);
    statuses.push(response.status);
    if (response.status === 429) assert.ok(Number(response.headers.get("retry-after")) >= 1);
    await response.text();
  }
  assert.deepEqual(statuses, [200, 200, 429]);
  assert.equal(world.there.arrived.length, 2);
});

test("a body packed with gzip is unpacked for the provider", async () => {
  await using world = await guarded();
  const body = gzipSync('{"model":"auto","messages":[{"role":"user","content":"hi"}]}');
  const response = await world.post("/v1/chat/completions", body, { ...KEY, "content-encoding": "gzip" });
  assert.equal(response.status, 200);
  await response.text();
  assert.equal(
    world.there.arrived[0]?.text,
    '{"model":"the-model","messages":[{"role":"user","content":"hi"}]}',
  );
  assert.equal(world.there.arrived[0]?.headers["content-encoding"], undefined);
});

test("a body of several zstd frames is read to its end", async () => {
  await using world = await guarded();
  const skipped = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
  const text = `{"model":"auto","messages":[{"role":"user","content":"${"hi ".repeat(200_000)}"}]}`;
  const half = zstdCompressSync(Buffer.from(text.slice(0, 40)));
  const rest = zstdCompressSync(Buffer.from(text.slice(40)));
  const body = new Uint8Array(Buffer.concat([half, skipped, rest]));
  const response = await world.post("/v1/chat/completions", body, { ...KEY, "content-encoding": "zstd" });
  assert.equal(response.status, 200);
  await response.text();
  assert.equal(world.there.arrived[0]?.text.length, text.length + "the-model".length - "auto".length);
});

/** Sends bytes as they are and gives back what comes until the other side closes or falls silent. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let seen = "";
    const done = () => {
      socket.destroy();
      resolve(seen);
    };
    socket.on("data", (chunk) => {
      seen += chunk;
      const head = seen.indexOf("\r\n\r\n");
      const length = /content-length: (\d+)/i.exec(seen)?.[1];
      if (head !== -1 && length !== undefined && seen.length >= head + 4 + Number(length)) done();
      if (/\r\n0\r\n\r\n$/.test(seen)) done();
    });
    socket.on("end", done);
    socket.on("error", reject);
  });
}
