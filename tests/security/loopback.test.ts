/** "This machine" means the same everywhere: in the configuration, in `Host`, in `Origin`, in a request's target. */
import assert from "node:assert/strict";
import { connect } from "node:http2";
import process from "node:process";
import { test } from "node:test";
import { parseConfig } from "../../src/config/load.ts";
import { canonicalHost, isLoopback, isPrivate } from "../../src/text/hosts.ts";
import { exchange, statusOf } from "./raw.ts";
import { proxyWith } from "../support/world.ts";

const THIS_MACHINE = [
  "127.0.0.1",
  "127.1",
  "127.8.8.8",
  "0x7f.1",
  "2130706433",
  "１２７.0.0.1",
  "localhost",
  "LocalHost",
  "localhost.",
  "proxy.localhost",
  "::1",
  "[::1]",
  "0:0:0:0:0:0:0:1",
  "[0::1]",
  "::1%lo",
  "::ffff:127.0.0.1",
  "[::FFFF:7f00:1]",
];

const OTHERS = [
  "0.0.0.0",
  "::",
  "0",
  "evil.example",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "127.evil.example",
  "::2",
  "::ffff:10.0.0.1",
  "128.0.0.1",
  "",
  "127.0.0.1@evil.example",
  "127.0.0.1, evil.example",
  "evil.example#127.0.0.1",
];

for (const host of THIS_MACHINE) {
  test(`${host} is this machine: no key is needed, and other hosts are refused`, async () => {
    assert.ok(isLoopback(host));
    const read = parseConfig(`[proxy]\nhost = ${JSON.stringify(host)}\n`, { env: {} });
    assert.ok(read.ok);
    await using world = await proxyWith({}, { proxy: `host = ${JSON.stringify(host)}` });
    const { port } = world.server;
    assert.equal(await statusOf(port, "/v1/models", [`Host: evil.example:${port}`]), 403);
    const page = ["Host: evil.example", "Origin: http://evil.example"];
    assert.equal(await statusOf(port, "/v1/models", page), 403);
    assert.equal(await statusOf(port, "/v1/models", ["Host: localhost"]), 200);
  });
}

for (const host of OTHERS) {
  test(`${JSON.stringify(host)} is not this machine: it needs a key, and is refused as Host`, async () => {
    assert.ok(!isLoopback(host));
    assert.equal(parseConfig(`[proxy]\nhost = ${JSON.stringify(host)}\n`, { env: {} }).ok, false);
    await using world = await proxyWith({});
    const { port } = world.server;
    const status = await statusOf(port, "/v1/models", [`Host: ${host}`]);
    // Without any host, a runtime may put its own address in its place.
    assert.ok(status === 403 || status === 400 || (host === "" && status === 200), String(status));
  });
}

test("a host has one spelling", () => {
  assert.deepEqual(
    ["LOCALHOST.", "[0:0::1]", "::ffff:7f00:1", "127.1", "fe80::1%eth0", "bücher.example", "a b", "a@b", "[x"]
      .map(canonicalHost),
    [
      "localhost",
      "::1",
      "127.0.0.1",
      "127.0.0.1",
      "fe80::1%eth0",
      "xn--bcher-kva.example",
      undefined,
      undefined,
      undefined,
    ],
  );
});

test("an address that only begins like a private one is public", () => {
  const urls = [
    "http://10.evil.example",
    "http://192.168.evil.example",
    "http://[2001:db8::1]",
    "http://1.2.3.4",
  ];
  assert.deepEqual(urls.map(isPrivate), urls.map(() => false));
  const near = [
    "http://10.1",
    "http://[::ffff:192.168.0.1]",
    "http://nas",
    "http://nas.lan",
    "http://[fd00::1]",
  ];
  assert.deepEqual(near.map(isPrivate), near.map(() => true));
});

test("the proxy's own names are known in every spelling, with and without a port", async () => {
  await using world = await proxyWith({}, { proxy: 'allowed_hosts = ["Proxy.Home.Example:3456"]' });
  const { port } = world.server;
  for (const host of ["LOCALHOST", "127.1", "[0::1]:99", "proxy.home.example", "PROXY.home.example.:80"]) {
    assert.equal(await statusOf(port, "/v1/models", [`Host: ${host}`]), 200, host);
  }
});

test("a page of the proxy's own may call it, however it spells its name", async () => {
  await using world = await proxyWith({});
  const { port } = world.server;
  const from = (host: string, origin: string) =>
    statusOf(port, "/v1/models", [`Host: ${host}`, `Origin: ${origin}`]);
  assert.equal(await from("LOCALHOST:80", "http://localhost"), 200);
  assert.equal(await from(`localhost:${port}`, `http://localhost:${port}`), 200);
  assert.equal(await from(`localhost:${port}`, "http://localhost:1"), 403);
  assert.equal(await from(`localhost:${port}`, "null"), 403);
  assert.equal(await from("localhost", "file://localhost"), 403);
});

test("a target that names another host is refused, whatever Host says", {
  skip: process.versions.bun === undefined
    ? false
    : "Bun drops the target's host; browsers send the same one as Host",
}, async () => {
  await using world = await proxyWith({});
  const { port } = world.server;
  for (const target of ["http://evil.example/v1/models", "HTTP://EVIL.example:99/v1/models"]) {
    assert.equal(await statusOf(port, target, ["Host: 127.0.0.1"]), 403, target);
  }
  assert.equal(await statusOf(port, `http://localhost:${port}/v1/models`, ["Host: 127.0.0.1"]), 200);
});

test("HTTP/2 without TLS is checked by its authority", {
  skip: process.versions.bun === undefined ? false : "Bun's server does not speak HTTP/2 without TLS",
}, async () => {
  await using world = await proxyWith({});
  const { url } = world;
  const status = (authority: string) =>
    new Promise<number>((resolve, reject) => {
      const session = connect(url);
      session.on("error", reject);
      const stream = session.request({ ":path": "/v1/models", ":authority": authority });
      stream.on("response", (headers) => {
        resolve(Number(headers[":status"]));
        stream.close();
        session.destroy();
      });
      stream.on("error", reject);
      stream.end();
    });
  assert.equal(await status("evil.example"), 403);
  assert.equal(await status("localhost"), 200);
});

test("a preflight of an allowed page is refused under another host", async () => {
  await using world = await proxyWith({}, { proxy: 'cors_origins = ["https://app.example"]' });
  const { port } = world.server;
  const preflight = (host: string) =>
    exchange(
      port,
      `OPTIONS /v1/messages HTTP/1.1\r\nHost: ${host}\r\nOrigin: https://app.example\r\n` +
        "Access-Control-Request-Method: POST\r\nConnection: close\r\n\r\n",
    );
  const foreign = await preflight("evil.example");
  assert.match(foreign, /^HTTP\/1\.1 403 /);
  assert.doesNotMatch(foreign, /access-control-allow/i);
  assert.match(await preflight("localhost"), /access-control-allow-origin: https:\/\/app\.example/i);
});

test("unknown paths are refused under another host too", async () => {
  await using world = await proxyWith({});
  const { port } = world.server;
  assert.equal(await statusOf(port, "/nothing", ["Host: evil.example"]), 403);
  assert.equal(await statusOf(port, "/nothing", ["Host: localhost"]), 404);
});

test("a key in the path is in no answer, however the path was put together", async () => {
  await using world = await proxyWith({}, { proxy: 'api_key = "CANARY-key-0123456789"' });
  const { url } = world;
  const paths = [
    "/k/CANARY-key-0123456789",
    "/k/CANARY-key-0123456789?x",
    "/v1/k/CANARY-key-0123456789/v1/x",
  ];
  for (const path of [...paths, "/%6b/CANARY-key-0123456789", "//k//CANARY-key-0123456789/x"]) {
    const text = await (await fetch(url + path)).text();
    assert.doesNotMatch(text, /CANARY/, path);
  }
  assert.equal((await fetch(`${url}/k/CANARY-key-0123456789/v1/models`)).status, 200);
});
