import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Answer, json } from "../../../support/provider.ts";
import { inFolder, run } from "../../terminal.ts";
import { proxyWith, type ProxyWorld } from "../../../support/world.ts";

const KEY = "the-proxy-key";
const QUOTA: Answer = json(
  { error: { message: "You have reached your monthly limit", code: "insufficient_quota" } },
  429,
  { "retry-after": "604800" },
);

interface World {
  readonly world: ProxyWorld;
  readonly cwd: string;
  /** The provider that answers a request. */
  readonly answering: () => Promise<string | null>;
}

/** A proxy whose first provider has used up its quota. */
async function withProxy(work: (world: World) => Promise<void>): Promise<void> {
  await using world = await proxyWith({
    primary: { answer: QUOTA, key: "primary-secret" },
    backup: { key: "backup-secret" },
  }, {
    proxy: `api_key = "${KEY}"`,
    router: 'default = "primary,big | backup,small"',
  });
  const answering = async () => {
    const body = { model: "auto", messages: [{ role: "user", content: "hello" }] };
    const answer = await world.post("/v1/chat/completions", body, { authorization: `Bearer ${KEY}` });
    await answer.body?.cancel();
    return answer.headers.get("x-routed-provider");
  };
  assert.equal(await answering(), "backup");
  world.primary.next();
  await inFolder({ "config.toml": world.tomlWithPort }, (cwd) => work({ world, cwd, answering }));
}

describe("cooldowns, reset, pause and resume", () => {
  const args = (...words: string[]) => [...words, "-c", "config.toml"];

  test("cooldowns lists what is cooling down, and reset ends it", () =>
    withProxy(async ({ cwd }) => {
      const listed = await run(args("cooldowns"), { cwd });
      assert.match(listed.out, /^primary: key [0-9a-f]{8}: quota exhausted until .*monthly limit/m);
      assert.match((await run(args("reset", "backup"), { cwd })).out, /^0 cooldowns ended\.$/m);
      assert.match((await run(args("reset", "primary"), { cwd })).out, /^1 cooldown ended\.$/m);
      assert.match((await run(args("cooldowns"), { cwd })).out, /^Nothing is cooling down or paused\.$/m);
    }));

  test("a paused provider is not asked until it is resumed", () =>
    withProxy(async ({ cwd, answering }) => {
      const paused = await run(args("pause", "backup"), { cwd });
      assert.match(paused.out, /^backup is paused\. It stays so until: .*resume backup$/m);
      assert.match((await run(args("cooldowns"), { cwd })).out, /^backup: paused until it is resumed$/m);
      assert.match((await run(args("status"), { cwd })).out, /backup +paused/);
      assert.notEqual(await answering(), "backup");
      await run(args("reset"), { cwd });
      assert.notEqual(await answering(), "backup");
      assert.match((await run(args("resume", "backup"), { cwd })).out, /^1 pause ended\.$/m);
      assert.equal(await answering(), "backup");
    }));

  test("a pause may be for one model, and for a time", () =>
    withProxy(async ({ cwd, world }) => {
      const { out } = await run(args("pause", "backup,small", "--for", "2h", "--json"), { cwd });
      assert.deepEqual(JSON.parse(out), { paused: { provider: "backup", model: "small", seconds: 7200 } });
      const [pause] = world.state.cooldowns.list(Date.now());
      assert.equal(pause?.model, "small");
      assert.equal((await run(args("resume"), { cwd })).code, 0);
    }));

  test("a pause may be for one key of a provider, by its id", () =>
    withProxy(async ({ cwd, world }) => {
      const wrong = await run(args("pause", "backup", "--key", "nobodys"), { cwd });
      const [, id = ""] = /key of backup: ([0-9a-f]{8})/.exec(wrong.err) ?? [];
      assert.equal((await run(args("pause", "backup", "--key", id), { cwd })).code, 0);
      const [pause] = world.state.cooldowns.list(Date.now()).filter((one) => one.class === "paused");
      assert.equal(pause?.key, id);
      assert.match((await run(args("resume", "backup", "--key", id), { cwd })).out, /^1 pause ended\.$/m);
    }));

  test("an unknown provider or a wrong time is refused with what would be right", () =>
    withProxy(async ({ cwd }) => {
      const unknown = await run(args("pause", "nobody"), { cwd });
      assert.equal(unknown.code, 1);
      assert.match(unknown.err, /must be one of: primary, backup/);
      const time = await run(args("pause", "backup", "--for", "soon"), { cwd });
      assert.equal(time.code, 2);
      assert.match(time.err, /--for must be a time such as/);
    }));

  test("all of them need the proxy's key, and say where no proxy answers", () =>
    withProxy(async ({ cwd, world }) => {
      for (const path of ["/admin/cooldowns/reset", "/admin/pause", "/admin/resume"]) {
        const response = await world.post(path, {});
        assert.equal(response.status, 401, path);
        await response.body?.cancel();
      }
      const nobody = await run(args("cooldowns", "--url", "http://127.0.0.1:9"), { cwd });
      assert.equal(nobody.code, 1);
      assert.match(nobody.err, /No proxy answers at/);
    }));
});
