import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { managerOf } from "../../../../src/cli/commands/service/manager.ts";
import { isNewer, restart, runUpgrade } from "../../../../src/cli/commands/upgrade/run.ts";
import { VERSION } from "../../../../src/cli/command.ts";
import { fakeProvider } from "../../../support/provider.ts";
import { inFolder, session } from "../../terminal.ts";

test("a version is newer by its numbers", () => {
  assert.equal(isNewer("0.10.0", "0.9.9"), true);
  assert.equal(isNewer("0.2.0", "0.2.0"), false);
  assert.equal(isNewer("0.2.0", "1.0.0"), false);
});

test("what follows the three numbers does not make a version newer", () => {
  assert.equal(isNewer("0.2.0-rc.1", "0.2.0"), false);
  assert.equal(isNewer("0.2.1-rc.1", "0.2.0"), true);
  assert.equal(isNewer("größe", "0.2.0"), false);
});

test("an upgrade whose service does not restart has worked, and says what to do", {
  skip: process.platform === "linux" ? false : "the fake systemctl is Linux's",
}, () =>
  inFolder({}, (home) => {
    const PATH = [home, process.env.PATH].join(delimiter);
    const io = { ...session([], { cwd: home }).io, env: { HOME: home, PATH } };
    const systemctl = (script: string) =>
      writeFileSync(join(home, "systemctl"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    systemctl("exit 0");
    assert.deepEqual(restart(io), { restarted: false }, "there is none");
    const { file } = managerOf(io);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "");
    assert.deepEqual(restart(io), { restarted: true });
    systemctl("echo 'no bus' >&2; exit 1");
    const { restarted, problem = "" } = restart(io);
    assert.ok(!restarted);
    assert.match(
      problem,
      /still runs the old version: .* failed: no bus; restart it yourself: .* service restart\.\n$/,
    );
  }));

describe("upgrade --check", () => {
  const SUMS = (version: string, sum: string) => ({
    "/SHA256SUMS": `${sum}  VERSION\n`,
    "/VERSION": `${version}\n`,
  });
  const sha256 = async (text: string) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toHex();

  /** Asks whether a release is newer. `files`: by their paths; others are not there. */
  async function check(files: Readonly<Record<string, string>>, key = "") {
    await using server = await fakeProvider(({ path }, res) => {
      const text = files[path];
      res.writeHead(text === undefined ? 404 : 200);
      res.end(text);
    });
    const one = session([]);
    const options = { check: true, rollback: false, from: server.url, key, json: false };
    const code = await runUpgrade(one.io, options).catch((error: Error) => error.message);
    return { code, out: one.out() };
  }

  test("names a newer version, or says that this one is the newest", async () => {
    const newer = await check(SUMS("999.0.0", await sha256("999.0.0\n")));
    assert.equal(newer.code, 0);
    assert.match(newer.out, /^999\.0\.0 is there; this is /);
    const same = await check(SUMS(VERSION, await sha256(`${VERSION}\n`)));
    assert.deepEqual(same, { code: 0, out: `${VERSION} is the newest version.\n` });
  });

  test("believes no version whose checksum is another one", async () => {
    assert.match(String((await check(SUMS("999.0.0", "0".repeat(64)))).code), /checksum of VERSION is wrong/);
  });

  test("believes no list of sums without the signature of its key", async () => {
    const files = SUMS("999.0.0", await sha256("999.0.0\n"));
    assert.match(String((await check(files, "RWkey")).code), /SHA256SUMS\.minisig: status 404/);
    const signed = { ...files, "/SHA256SUMS.minisig": "untrusted\nAAAA\n" };
    assert.match(
      String((await check(signed, "RWkey")).code),
      /the signature of .* is wrong\. Nothing was changed/,
    );
  });

  test("says what is missing, and what is not a version", async () => {
    assert.match(
      String((await check({})).code),
      /cannot download .*SHA256SUMS: status 404\. Nothing was changed/,
    );
    assert.match(String((await check({ "/SHA256SUMS": "" })).code), /VERSION: status 404/);
    const odd = SUMS("latest", await sha256("latest\n"));
    assert.match(String((await check(odd)).code), /VERSION is not a version/);
  });
});

test("a program that runs from source is upgraded by git alone", async () => {
  const one = session([]);
  await assert.rejects(
    () => runUpgrade(one.io, { check: false, rollback: true, json: false }),
    /runs from source: git pull/,
  );
});
