import assert from "node:assert/strict";
import { test } from "node:test";
import { byWhom } from "../../src/server/admin.ts";
import { good } from "../support/faults.ts";
import { json } from "../support/provider.ts";
import { testClock } from "../support/proxy.ts";
import { proxyWith } from "../support/world.ts";

const CHAT = "openai-chat";
const OUT_OF_QUOTA = json({ error: { code: "insufficient_quota", message: "no" } }, 429);

test("POST /admin/cooldowns/reset ends a cooldown at once", async () => {
  await using world = await proxyWith(
    { primary: OUT_OF_QUOTA, backup: good(CHAT, false, "backup") },
    { dialect: CHAT },
  );
  assert.equal((await world.hear(CHAT)).text, "backup");
  world.primary.answer(good(CHAT, false, "primary"));
  assert.equal((await world.hear(CHAT)).text, "backup");
  const response = await fetch(world.url + "/admin/cooldowns/reset", { method: "POST" });
  assert.deepEqual(await response.json(), { reset: 1 });
  assert.equal((await world.hear(CHAT)).text, "primary");
});

test("POST /admin/cooldowns/reset of another provider resets nothing", async () => {
  await using world = await proxyWith(
    { primary: OUT_OF_QUOTA, backup: good(CHAT, false, "backup") },
    { dialect: CHAT },
  );
  await world.hear(CHAT);
  const nothing = await world.post("/admin/cooldowns/reset", { provider: "another" });
  assert.deepEqual(await nothing.json(), { reset: 0 });
  assert.equal((await world.hear(CHAT)).text, "backup");
});

test("POST /admin/cooldowns/reset names an unknown field", async () => {
  await using world = await proxyWith({ primary: OUT_OF_QUOTA }, { dialect: CHAT });
  const wrong = await world.post("/admin/cooldowns/reset", { provder: "primary" });
  assert.equal(wrong.status, 400);
  assert.match((await wrong.json()).error.message, /provder/);
});

/** Two providers that answer, with their names. */
const answering = (clock = testClock()) =>
  proxyWith({
    primary: { answer: good(CHAT, false, "primary"), key: ["key-a", "key-b"] },
    backup: good(CHAT, false, "backup"),
  }, { dialect: CHAT, clock });

test("a paused provider gets nothing until its time is over, and the list says until when", async () => {
  const clock = testClock();
  await using world = await answering(clock);
  const paused = await world.post("/admin/pause", { provider: "primary", seconds: 60 });
  assert.deepEqual(await paused.json(), { paused: { provider: "primary", model: null, seconds: 60 } });
  assert.equal((await world.hear(CHAT)).text, "backup");
  const { cooldowns } = await (await world.get("/admin/cooldowns")).json();
  assert.deepEqual(
    cooldowns.map((one: { provider: string; seconds_left: number }) => [one.provider, one.seconds_left]),
    [
      ["primary", 60],
    ],
  );
  clock.advance(60_001);
  assert.equal((await world.hear(CHAT)).text, "primary");
});

test("a pause without an end ends by a resume of its own provider alone", async () => {
  await using world = await answering();
  await world.post("/admin/pause", { provider: "primary" });
  const other = await world.post("/admin/resume", { provider: "backup" });
  assert.deepEqual(await other.json(), { resumed: 0 });
  assert.equal((await world.hear(CHAT)).text, "backup");
  assert.deepEqual(await (await world.post("/admin/resume", { provider: "primary" })).json(), { resumed: 1 });
  assert.equal((await world.hear(CHAT)).text, "primary");
});

test("a pause of one key leaves the provider's other key in use", async () => {
  await using world = await answering();
  const provider = world.context.source.current.providers.get("primary")!;
  const [first] = world.state.keys.keysOf(provider, 0);
  await world.post("/admin/pause", { provider: "primary", key: first!.id });
  for (let i = 0; i < 3; i++) assert.equal((await world.hear(CHAT)).text, "primary");
  const used = new Set(world.primary.arrived.map(({ headers }) => headers.authorization));
  assert.deepEqual([...used], ["Bearer key-b"]);
});

test("a built-in provider without a block is among those that can be paused", async () => {
  await using world = await proxyWith({}, { router: 'default = "ollama,m"' });
  const response = await world.post("/admin/pause", { provider: "olama" });
  assert.match((await response.json()).error.message, /must be one of: ollama\. Did you mean "ollama"\?$/);
});

test("what cannot be paused is refused in words that say what can", async () => {
  await using world = await answering();
  const refused = async (body: object) => {
    const response = await world.post("/admin/pause", body);
    assert.equal(response.status, 400);
    return (await response.json()).error.message as string;
  };
  assert.match(await refused({}), /"provider" must be one of: primary, backup\.$/);
  assert.match(await refused({ provider: "größe" }), /must be one of/);
  assert.match(
    await refused({ provider: "primry" }),
    /must be one of: primary, backup\. Did you mean "primary"\?$/,
  );
  assert.match(await refused({ provider: "primary", model: 7 }), /"model" must be a string/);
  assert.match(
    await refused({ provider: "primary", key: "00000000" }),
    /must be the id of a key of primary: [0-9a-f]{8}, [0-9a-f]{8}\.$/,
  );
  for (const seconds of [0, -1, "60", 1e12]) {
    assert.match(await refused({ provider: "primary", seconds }), /"seconds" must be a number above 0/);
  }
});

test("a pinned session goes where it was sent, until it is unpinned", async () => {
  await using world = await proxyWith({ one: good(CHAT, false, "one"), two: good(CHAT, false, "two") }, {
    dialect: CHAT,
    router: 'default = "one,m"\nthink = "two,m"',
  });
  const headers = { "x-session-id": "größe-1" };
  const hear = async () => (await world.hear(CHAT, "hi", { headers })).text;
  const pin = await world.post("/admin/pin", { session: " größe-1 ", route: "think" });
  const { pinned } = await pin.json();
  assert.deepEqual(pinned, { session: "größe-1", route: "think" });
  assert.deepEqual(world.state.pins.list().map(({ session, to, by }) => [session, to, by]), [
    ["größe-1", "think", "command"],
  ]);
  assert.ok(["one", "two"].includes(await hear()));
  assert.deepEqual(await (await world.post("/admin/unpin", { session: "größe-1" })).json(), { unpinned: 1 });
  assert.deepEqual(await (await world.post("/admin/unpin", {})).json(), { unpinned: 0 });
});

test("a pin without a session, or to nowhere, is refused by name", async () => {
  await using world = await answering();
  const refused = async (body: object) => {
    const response = await world.post("/admin/pin", body);
    assert.equal(response.status, 400);
    return (await response.json()).error.message as string;
  };
  for (const session of [undefined, "", "  ", 7, "x".repeat(201)]) {
    assert.match(await refused({ session, route: "think" }), /"session" must be the client's name/);
  }
  for (const route of [undefined, "", "nowhere", 7]) {
    assert.match(await refused({ session: "s", route }), /^"route" is /);
  }
});

test("every change is logged with who made it", async () => {
  await using world = await answering();
  await world.post("/admin/pause", { provider: "primary", model: "m", seconds: 90 });
  await world.post("/admin/resume", {});
  await world.post("/admin/cooldowns/reset", { provider: "primary" });
  const lines = world.log.map(({ message }) => message).filter((line) => line.endsWith("(/admin)"));
  assert.deepEqual(lines, [
    "primary,m paused for 1 min 30 s without a key (/admin)",
    "1 pause ended without a key (/admin)",
    "0 cooldowns of primary ended without a key (/admin)",
  ]);
  assert.equal(byWhom("alice", "dashboard"), "by alice (dashboard)");
  assert.equal(byWhom("1a2b3c4d", "/admin"), "by key 1a2b3c4d (/admin)");
});
