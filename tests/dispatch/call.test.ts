/** Making the call: packed answers, and what the ways to a provider say when none came. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { test } from "node:test";
import * as zlib from "node:zlib";
import { connectionError, reachable } from "../../src/dispatch/call.ts";
import { type Answer, json } from "../support/provider.ts";
import { DIALECTS, spoken, written } from "../support/speech.ts";
import { proxyWith } from "../support/world.ts";
import { closing } from "../support/disposable.ts";

const PACKERS = {
  gzip: [zlib.gzipSync, zlib.createGzip],
  deflate: [zlib.deflateSync, zlib.createDeflate],
  br: [zlib.brotliCompressSync, zlib.createBrotliCompress],
  zstd: [zlib.zstdCompressSync, zlib.createZstdCompress],
} as const;

for (const [encoding, [pack, stream]] of Object.entries(PACKERS)) {
  for (const dialect of DIALECTS) {
    test(`an answer that is packed with ${encoding} unasked is read (${dialect})`, async () => {
      const packed: Answer = (_arrived, res) => {
        res.writeHead(200, { "content-type": "application/json", "content-encoding": encoding });
        res.end(pack(JSON.stringify(written(dialect, "unpacked"))));
      };
      await using world = await proxyWith({ there: packed }, { dialect });
      assert.equal((await world.hear(dialect)).text, "unpacked");
      assert.equal(world.there.arrived[0]?.headers["accept-encoding"], "identity");
    });

    test(`a stream that is packed with ${encoding} unasked is read as it comes (${dialect})`, async () => {
      const { prelude, output, end } = spoken(dialect, "unpacked");
      const goOn = Promise.withResolvers<void>();
      const packed: Answer = async (_arrived, res) => {
        res.writeHead(200, { "content-type": "text/event-stream", "content-encoding": encoding });
        const packer = stream();
        packer.pipe(res);
        packer.write([...prelude, output[0]].join(""));
        packer.flush();
        await goOn.promise;
        packer.end([...output.slice(1), ...end].join(""));
      };
      await using world = await proxyWith({ there: packed }, { dialect });
      const response = await world.ask(dialect, "hi", { stream: true });
      goOn.resolve(); // the answer began before the provider went on
      assert.match(await response.text(), /unpacked|unp/);
    });
  }
}

test("a packed answer that is broken is a failure, and the next target answers", async () => {
  for (const encoding of Object.keys(PACKERS)) {
    await using world = await proxyWith({
      there: json("{}", 200, { "content-encoding": encoding }),
      backup: json(written("openai-chat", "from the backup")),
    }, { dialect: "openai-chat" });
    assert.equal((await world.hear("openai-chat")).text, "from the backup", encoding);
  }
});

test("connection errors of both runtimes have the same words", () => {
  const words = (message: string, code = "") => connectionError(Object.assign(new Error(message), { code }));
  for (
    const [seen, said] of [
      ["client error (Connect): proxy authentication required", /asks for a login.*HTTPS_PROXY/],
      ["Proxy refused to open a tunnel: 407 Proxy Authentication Required", /asks for a login.*HTTPS_PROXY/],
      ["client error (Connect): unsuccessful tunnel", /forward proxy did not open/],
      ["ERR_PROXY_TUNNEL: Proxy refused to open a tunnel: 502 Bad Gateway", /forward proxy did not open/],
      ["invalid peer certificate: UnknownIssuer", /unknown authority.*NODE_EXTRA_CA_CERTS/],
      ["unable to verify the first certificate", /unknown authority.*NODE_EXTRA_CA_CERTS/],
      ["self signed certificate in certificate chain", /unknown authority.*NODE_EXTRA_CA_CERTS/],
      ["invalid peer certificate: Expired", /has expired/],
      ["certificate has expired", /has expired/],
      ["invalid peer certificate: NotValidForName", /for another host/],
      ["ERR_TLS_CERT_ALTNAME_INVALID", /for another host/],
    ] as const
  ) assert.match(words(seen), said, seen);
});

/** Runs with variables of the environment, and takes them back. */
async function withEnv(env: Readonly<Record<string, string>>, run: () => Promise<void>): Promise<void> {
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, env);
  try {
    await run();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

test("whether there is a connection is asked of the forward proxy that the request takes", async () => {
  using proxy = closing(createServer().listen(0, "127.0.0.1"));
  await once(proxy, "listening");
  const env = {
    HTTPS_PROXY: `127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    NO_PROXY: "direct.invalid",
  };
  await withEnv(env, async () => {
    assert.equal(await reachable("https://only-through-the-proxy.invalid/v1", 2000), true);
    assert.equal(await reachable("https://direct.invalid/v1", 2000), false);
    assert.match(
      connectionError(new Error("connection refused"), "https://only-through-the-proxy.invalid"),
      /^connection refused \(through the forward proxy 127\.0\.0\.1:\d+\)$/,
    );
  });
});

test("a forward proxy's 407 says where its login goes", async () => {
  const answer: Answer = (_arrived, res) => {
    res.writeHead(407, { "content-type": "text/html", "proxy-authenticate": "Basic" });
    res.end("<html>login</html>");
  };
  await using world = await proxyWith({ there: answer }, { dialect: "openai-chat" });
  const heard = await world.hear("openai-chat");
  assert.equal(heard.status, 502);
  assert.match(heard.error, /asks for a login: set it in HTTPS_PROXY/);
});
