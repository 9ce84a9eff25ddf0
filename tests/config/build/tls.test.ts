import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { parseConfig } from "../../../src/config/load.ts";
import { certificate, noCertificates } from "../../support/certificates.ts";
import { tempFolder } from "../../support/disposable.ts";

const skip = { skip: noCertificates };

function loaded(cert: string, key: string) {
  const toml = `[proxy]\ntls_cert = ${JSON.stringify(cert)}\ntls_key = ${JSON.stringify(key)}\n`;
  return parseConfig(toml, { env: {}, name: "test.toml" });
}

/** What is wrong with a pair of files. */
function problemOf(cert: string, key: string): string {
  const result = loaded(cert, key);
  assert.ok(!result.ok);
  assert.equal(result.problems.length, 1);
  return result.problems[0]!.message;
}

test("a pair is read, watched, and known by its names", skip, () => {
  using folder = tempFolder();
  const { cert, key, certPath, keyPath } = certificate(
    folder.path,
    "one",
    "DNS:*.Example.com,DNS:ai.example,IP:::1",
  );
  const result = loaded(certPath, keyPath);
  assert.ok(result.ok);
  assert.deepEqual(result.config.proxy.tls, { cert, key, names: ["*.example.com", "ai.example", "::1"] });
  assert.deepEqual(result.config.files, [certPath, keyPath]);
});

test(
  "files that are missing, not a pair, or not what they should be are problems",
  skip,
  () => {
    using folder = tempFolder();
    const [one, two] = [certificate(folder.path, "one"), certificate(folder.path, "two")];
    const text = folder.at("text");
    writeFileSync(text, "hello");
    const locked = folder.at("locked");
    writeFileSync(
      locked,
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    );
    assert.match(problemOf(one.certPath, two.keyPath), /two\.key is not the private key of .*one\.pem\.$/);
    assert.match(
      problemOf(folder.at("none"), one.keyPath),
      /none cannot be read: there is no such file\.$/,
    );
    assert.match(problemOf(text, one.keyPath), /text has no certificate\.$/);
    assert.match(problemOf(one.certPath, text), /text has no private key that can be used\.$/);
    assert.match(
      problemOf(one.certPath, locked),
      /locked is encrypted: the proxy needs it without a passphrase\.$/,
    );
  },
);

test("a certificate without its key, and a key without its certificate, are problems", () => {
  const only = (line: string) => {
    const result = parseConfig(`[proxy]\n${line}\n`, { env: {}, name: "test.toml" });
    return result.ok ? "" : result.problems.map(({ message }) => message).join();
  };
  assert.match(only('tls_cert = "a.pem"'), /^needs tls_key too/);
  assert.match(only('tls_key = "a.key"'), /^needs tls_cert too/);
});
