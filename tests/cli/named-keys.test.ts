import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CliError } from "../../src/cli/command.ts";
import { changeKeys, placeOfKeys, readKeys } from "../../src/cli/named-keys.ts";
import { addKey } from "../../src/config/key-changes.ts";
import { good } from "../config/support.ts";
import { inFolder, session } from "./terminal.ts";

const CONFIG = good("");
const SHARED = good('[store]\nurl = "postgres://me:made-up-password@127.0.0.1:1/x"\n');

test("keys are read and changed in the data folder, and a change gives back what it made", () =>
  inFolder({}, async (cwd) => {
    const { io } = session([], { cwd });
    assert.deepEqual(await readKeys(io, CONFIG), []);
    const { of } = await changeKeys(io, CONFIG, (keys) => addKey(keys, "alice", {}, 0));
    assert.equal(of.name, "alice");
    await changeKeys(io, CONFIG, (keys) => addKey(keys, "bob", {}, 0));
    assert.deepEqual((await readKeys(io, CONFIG)).map(({ name }) => name), ["alice", "bob"]);
  }));

test("a change that fails leaves the keys as they were", () =>
  inFolder({}, async (cwd) => {
    const { io } = session([], { cwd });
    await changeKeys(io, CONFIG, (keys) => addKey(keys, "alice", {}, 0));
    await assert.rejects(() => changeKeys(io, CONFIG, (keys) => addKey(keys, "alice", {}, 0)), /already/);
    assert.equal((await readKeys(io, CONFIG)).length, 1);
  }));

test("a damaged file ends the command with its reason", () =>
  inFolder({}, async (cwd) => {
    const data = join(cwd, ".local/share/terraphim-llm-proxy");
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, "keys.json"), "{");
    const { io } = session([], { cwd, env: { XDG_DATA_HOME: join(cwd, ".local/share") } });
    await assert.rejects(() => readKeys(io, CONFIG), (error: Error) => {
      assert.match(error.message, /keys\.json cannot be read: it is not JSON\.$/);
      return error instanceof CliError;
    });
  }));

test("a store that does not answer ends the command, without its password", () =>
  inFolder({}, async (cwd) => {
    await assert.rejects(() => readKeys(session([], { cwd }).io, SHARED), (error: Error) => {
      assert.doesNotMatch(error.message, /made-up-password/);
      return error instanceof CliError;
    });
  }));

test("people read where the keys are: a short path, or the store", () => {
  const io = { env: { HOME: "/home/me", XDG_DATA_HOME: "/home/me/data" } };
  assert.equal(placeOfKeys(io, CONFIG), "~/data/terraphim-llm-proxy/keys.json");
  assert.equal(placeOfKeys(io, SHARED), "the store");
});
