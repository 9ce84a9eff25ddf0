/** The proxy's own certificate: HTTPS on each listener, and another certificate without a stop. */
import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { serve } from "../../src/server/server.ts";
import { certificate, getFrom, noCertificates, type Pair, shownBy } from "../support/certificates.ts";
import { fromSource, startProgram } from "../support/program.ts";
import { proxyWith } from "../support/world.ts";
import { closing, tempFolder } from "../support/disposable.ts";

const skip = { skip: noCertificates };
const NAMES = ["localhost", "127.0.0.1"];
const tlsOf = ({ cert, key }: Pair) => ({ cert, key, names: NAMES });

for (const guarded of [false, true]) {
  test(
    `a ${guarded ? "guarded" : "plain"} listener speaks HTTPS, and then shows another certificate`,
    skip,
    async () => {
      using folder = tempFolder();
      const [one, two] = [certificate(folder.path, "one"), certificate(folder.path, "two")];
      await using world = await proxyWith({});
      await using server = closing(
        serve(world.context, "127.0.0.1", 0, { guarded, tls: tlsOf(one) }),
        (one) => one.kill(),
      );
      await server.ready;
      const { url, port } = server;
      assert.equal(url, `https://127.0.0.1:${port}`);
      assert.equal((await getFrom(`${url}/health/live`, one.cert)).status, 200);
      await server.rebind("127.0.0.1", port, tlsOf(two));
      assert.equal(server.url, url);
      assert.equal(await shownBy(port), "two");
      assert.equal((await getFrom(`${url}/health/live`, two.cert)).status, 200);
    },
  );
}

test(
  "a running proxy follows its certificate's files, and keeps the old pair at a mistake",
  skip,
  async () => {
    using folder = tempFolder();
    const [one, two] = [certificate(folder.path, "one"), certificate(folder.path, "two")];
    const [used, usedKey] = [folder.at("used.pem"), folder.at("used.key")];
    copyFileSync(one.certPath, used);
    copyFileSync(one.keyPath, usedKey);
    const toml = `[proxy]\ntls_cert = ${JSON.stringify(used)}\ntls_key = ${JSON.stringify(usedKey)}\n` +
      '[router]\ndefault = "ollama,x"\n';
    await using program = await startProgram(fromSource(), toml);
    const port = Number(new URL(program.url).port);
    assert.equal(program.url, `https://127.0.0.1:${port}`);
    assert.equal(await shownBy(port), "one");
    copyFileSync(two.certPath, used);
    await program.says(/used\.key is not the private key of the certificate in .*used\.pem/);
    assert.equal(await shownBy(port), "one");
    copyFileSync(two.keyPath, usedKey);
    await program.says(/using the new certificate/);
    assert.equal(await shownBy(port), "two");
  },
);

test(
  "status trusts a proxy's own certificate where NODE_EXTRA_CA_CERTS names it",
  skip,
  async () => {
    using folder = tempFolder();
    const one = certificate(folder.path, "one");
    const toml = `[proxy]\ntls_cert = ${JSON.stringify(one.certPath)}\ntls_key = ${
      JSON.stringify(one.keyPath)
    }\n[router]\ndefault = "ollama,x"\n`;
    await using program = await startProgram(fromSource(), toml);
    const [file = "", ...args] = fromSource();
    const asked = spawnSync(file, [
      ...args,
      "status",
      "--url",
      program.url,
      "--config",
      join(program.folder, "config.toml"),
    ], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: one.certPath, NO_COLOR: "1" },
      encoding: "utf8",
    });
    assert.match(asked.stdout, new RegExp(` on ${program.url}\n`), asked.stderr);
  },
);
