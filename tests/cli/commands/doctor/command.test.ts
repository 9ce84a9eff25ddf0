import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fakeProvider } from "../../../support/provider.ts";
import { inFolder, run } from "../../terminal.ts";
import { config, examine, models, SECRET } from "./examine.ts";

test("without problems it ends with 0, after fetching the models with the key", async () => {
  await using provider = await fakeProvider(models("big-model"));
  const { code, findings, of, text } = await examine(config(provider.url));
  assert.equal(code, 0);
  assert.deepEqual(findings.filter(({ state }) => state !== "ok" && state !== "warn"), []);
  assert.match(of("mine")[0]?.found ?? "", /^answers in \d+ ms, 1 model$/);
  assert.equal(provider.arrived[0]?.method, "GET");
  assert.equal(provider.arrived[0]?.path, "/v1/models");
  assert.equal(provider.arrived[0]?.headers.authorization, `Bearer ${SECRET}`);
  assert.match(text, /^ok +mine +answers/m);
});

test("--offline asks nobody", async () => {
  await using provider = await fakeProvider(models("big-model"));
  const { code, of } = await examine(config(provider.url), ["--offline"]);
  assert.equal(code, 0);
  assert.deepEqual(of("mine").map(({ found }) => found), ["key is set"]);
  assert.equal(provider.arrived.length, 0);
});

test("--fix takes files from other users, and reports them no more", {
  skip: process.platform === "win32" && "modes are not Windows'",
}, () =>
  inFolder({ "config.toml": config("http://127.0.0.1:9") }, async (cwd) => {
    chmodSync(join(cwd, "config.toml"), 0o644);
    const said = async (...more: string[]) =>
      (await run(["doctor", "-c", join(cwd, "config.toml"), "--offline", ...more], { cwd })).out;
    assert.match((await said()).replaceAll(/\s+/g, " "), /other users of this machine can read it/);
    assert.match(await said("--fix"), /fixed: .*config\.toml is yours alone now/);
    assert.doesNotMatch(await said(), /other users/);
  }));
