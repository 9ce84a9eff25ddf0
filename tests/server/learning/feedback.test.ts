import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { good } from "../../support/faults.ts";
import { proxyWith } from "../../support/world.ts";

const ROUTER = `
think = "big,m"
build = "small,m"
background = "small,m"
default = "small,m"
`;
const ON = "[learning]\nenabled = true\n";

const world = (toml = ON) =>
  proxyWith({ big: good("openai-chat", false), small: good("openai-chat", false) }, {
    dialect: "openai-chat",
    router: ROUTER,
    toml,
  });

type World = Awaited<ReturnType<typeof world>>;

const body = (prompt: string): string =>
  JSON.stringify({ model: "auto", messages: [{ role: "user", content: prompt }] });

/** Asks, and gives the id, the route and the reason of the answer. */
async function ask(proxy: World, prompt: string) {
  const answer = await proxy.post("/v1/chat/completions", body(prompt));
  await answer.text();
  const header = (name: string) => answer.headers.get(name) ?? "";
  return { id: header("x-request-id"), route: header("x-route"), why: header("x-route-reason") };
}

async function feedback(proxy: World, said: unknown, path = "/v1/feedback") {
  const answer = await proxy.post(path, JSON.stringify(said));
  // deno-lint-ignore no-explicit-any
  return { status: answer.status, body: await answer.json() as any };
}

const NOTES = [
  "write the release notes for the payments service",
  "release notes for version 3 of the mobile app, please",
  "draft release notes from the last two weeks",
  "we need release notes for the billing service",
  "release notes for the search service, in German too",
  "put together the release notes of the mobile app",
  "write up release notes for the public API",
  "release notes for the internal tools, short ones",
  "draft the release notes of the data pipeline",
  "new release notes for the web client",
  "write release notes for the login service",
  "release notes for the mail worker, please",
];

describe("POST /v1/feedback", () => {
  test("twelve corrections of a kind turn the next similar prompt, and undo turns it back", async () => {
    await using proxy = await world();
    const next = "release notes for the gateway, please";
    const before = await ask(proxy, next);
    assert.notEqual(before.route, "think");
    for (const prompt of NOTES) {
      const { id } = await ask(proxy, prompt);
      const { status, body } = await feedback(proxy, { request_id: id, route: "think" });
      assert.equal(status, 200);
      assert.equal(body.learned, true);
    }
    const after = await ask(proxy, next);
    assert.equal(after.route, "think", after.why);
    assert.match(after.why, /learned from \d+ corrections -> think/);
    for (const _ of NOTES) await feedback(proxy, {}, "/admin/learning/undo");
    assert.deepEqual({ ...await ask(proxy, next), id: "" }, { ...before, id: "" });
  });

  test("a thumb is taken, and a second one of the same request replaces it", async () => {
    await using proxy = await world();
    const { id } = await ask(proxy, "what is a monad?");
    assert.deepEqual((await feedback(proxy, { request_id: id, thumb: "up" })).body, {
      request_id: id,
      thumb: "up",
    });
    await feedback(proxy, { request_id: id, thumb: "down" });
    const undone = await feedback(proxy, {}, "/admin/learning/undo");
    assert.deepEqual(undone.body.undone, { request_id: id, thumb: "down" });
    assert.equal((await feedback(proxy, {}, "/admin/learning/undo")).status, 404);
  });

  test("what is not a route or a thumb is refused, with what would be right", async () => {
    await using proxy = await world();
    const { id } = await ask(proxy, "what is a monad?");
    for (
      const [said, words] of [
        [{ request_id: id }, /either "route" or "thumb"/],
        [{ request_id: id, route: "think", thumb: "up" }, /either "route" or "thumb"/],
        [{ request_id: id, route: "thinking" }, /one of think, plan_implementation/],
        [{ request_id: id, thumb: "sideways" }, /"up" or "down"/],
        [{ request_id: 7, thumb: "up" }, /"request_id"/],
        [{ id, thumb: "up" }, /Unknown key "id"/],
      ] as const
    ) {
      const { status, body } = await feedback(proxy, said);
      assert.equal(status, 400);
      assert.match(body.error.message, words);
    }
    const unknown = await feedback(proxy, { request_id: "req_0", thumb: "up" });
    assert.equal(unknown.status, 404);
  });

  test("a wish that contradicts the decision counts as a correction, one that agrees does not", async () => {
    await using proxy = await world();
    await ask(proxy, "@think write the release notes for the payments service");
    await ask(proxy, "@think should we split the monolith, or keep it? weigh the trade-offs");
    const undone = await feedback(proxy, {}, "/admin/learning/undo");
    assert.equal(undone.body.undone.route, "think");
    assert.equal((await feedback(proxy, {}, "/admin/learning/undo")).status, 404);
  });

  test("a client corrects its own requests, an administrator all; each key learns alone", async () => {
    await using proxy = await world(
      `[proxy]\nport = 0\napi_keys = ["key-of-alice-01", "key-of-bob-00002"]\nadmin_key = "key-of-the-admin"\n${ON}`,
    );
    const post = (key: string, path: string, text: string) =>
      proxy.post(path, text, { authorization: `Bearer ${key}` });
    const routeOf = async (key: string) => {
      const answer = await post(key, "/v1/chat/completions", body("release notes for the gateway, please"));
      await answer.text();
      return { id: answer.headers.get("x-request-id")!, route: answer.headers.get("x-route") };
    };
    const say = async (key: string, id: string) =>
      (await post(key, "/v1/feedback", JSON.stringify({ request_id: id, route: "think" }))).status;
    for (let i = 0; i < 6; i++) {
      const { id } = await routeOf("key-of-alice-01");
      assert.equal(await say("key-of-bob-00002", id), 404);
      assert.equal(await say(i % 2 === 0 ? "key-of-alice-01" : "key-of-the-admin", id), 200);
    }
    assert.equal((await routeOf("key-of-alice-01")).route, "think");
    assert.notEqual((await routeOf("key-of-bob-00002")).route, "think");
  });

  test("where learning is off it is refused, and says how to turn it on", async () => {
    await using proxy = await world("");
    const { id } = await ask(proxy, "what is a monad?");
    const { status, body } = await feedback(proxy, { request_id: id, thumb: "up" });
    assert.equal(status, 409);
    assert.match(body.error.message, /enabled = true in \[learning\]/);
  });
});
