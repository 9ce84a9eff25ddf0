import assert from "node:assert/strict";
import { test } from "node:test";
import { inFolder, run } from "../../terminal.ts";
import { proxyWith } from "../../../support/world.ts";

const KEY = "the-proxy-key";

interface World {
  readonly cwd: string;
  readonly url: string;
  /** The route of a prompt of a session. */
  readonly routeOf: (session: string, prompt?: string) => Promise<string | null>;
}

async function withProxy(work: (world: World) => Promise<void>): Promise<void> {
  await using world = await proxyWith({ main: {} }, {
    proxy: `api_key = "${KEY}"`,
    router: 'think = "main,big"\ndefault = "main,small"',
  });
  const routeOf = async (session: string, prompt = "hello") => {
    const body = { model: "auto", messages: [{ role: "user", content: prompt }] };
    const headers = { authorization: `Bearer ${KEY}`, "x-session-id": session };
    const answer = await world.post("/v1/chat/completions", body, headers);
    await answer.text();
    return answer.headers.get("x-route");
  };
  await inFolder({ "config.toml": world.tomlWithPort }, (cwd) => work({ cwd, url: world.url, routeOf }));
}

const args = (...words: string[]) => [...words, "-c", "config.toml"];

test("a pinned session goes to its route until it is unpinned, and status shows it", () =>
  withProxy(async ({ cwd, routeOf }) => {
    assert.equal(await routeOf("s1"), "default");
    const pinned = await run(args("pin", "think", "--session", "s1"), { cwd });
    assert.match(pinned.out, /^Session s1 goes to think\. It stays so until: .*unpin --session s1$/m);
    assert.equal(await routeOf("s1"), "think");
    assert.equal(await routeOf("s2"), "default");
    assert.match(
      (await run(args("status"), { cwd })).out,
      /^Session s1 is pinned to think by command since /m,
    );
    assert.match((await run(args("unpin", "--session", "s1"), { cwd })).out, /^1 pin ended\.$/m);
    assert.equal(await routeOf("s1"), "default");
    assert.doesNotMatch((await run(args("status"), { cwd })).out, /pinned/);
  }));

test("unpin ends what a wish began, though the conversation still holds it", () =>
  withProxy(async ({ cwd, routeOf }) => {
    assert.equal(await routeOf("s1", "@think! hello"), "think");
    assert.equal(await routeOf("s1"), "think");
    const { out } = await run(args("unpin", "--json"), { cwd });
    assert.deepEqual(JSON.parse(out), { unpinned: 1 });
    assert.equal(await routeOf("s1"), "default");
  }));

test("a route that leads nowhere, and a proxy's refusal, are said", () =>
  withProxy(async ({ cwd }) => {
    const { code, err } = await run(args("pin", "thnik", "--session", "s1"), { cwd });
    assert.equal(code, 1);
    assert.match(err, /"route" is "thnik"; expected a route/);
  }));

test("without the proxy's key, and from a web page, nobody pins", () =>
  withProxy(async ({ url, routeOf }) => {
    const body = JSON.stringify({ session: "s1", route: "think" });
    const json = { "content-type": "application/json" };
    const bare = await fetch(`${url}/admin/pin`, { method: "POST", headers: json, body });
    assert.equal(bare.status, 401);
    const headers = { ...json, authorization: `Bearer ${KEY}`, origin: "https://evil.example" };
    const page = await fetch(`${url}/admin/pin`, { method: "POST", headers, body });
    assert.equal(page.status, 403);
    await Promise.all([bare.text(), page.text()]);
    assert.equal(await routeOf("s1"), "default");
  }));
