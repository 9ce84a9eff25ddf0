/** Alerts to a webhook: a real server on loopback. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { signature } from "../../src/server/alerts.ts";
import { good } from "../support/faults.ts";
import { deserted, fakeProvider, json } from "../support/provider.ts";
import { proxyWith } from "../support/world.ts";

const BACKUP = good("openai-chat", false);
const QUOTA = json({ error: { message: "key-of-primary has no credits", code: "insufficient_quota" } }, 429);

/** Runs what would wait for a timer at once. */
const atOnce = (_ms: number, call: () => void) => {
  queueMicrotask(call);
  return () => {};
};

const hook = (url: string, more: string) => `[[alerts]]\nurl = "${url}/hooks/T0/secret-path"\n${more}\n`;

test("a used-up quota and the failover that follows are posted, signed and without secrets", async () => {
  await using webhook = await fakeProvider(json({}));
  await using world = await proxyWith({ primary: QUOTA, backup: BACKUP }, {
    dialect: "openai-chat",
    toml: hook(webhook.url, 'on = ["quota", "failover"]\nsecret = "whsec_c2VjcmV0IG9mIHRoZSBob29r"'),
  });
  await world.hear("openai-chat");
  await webhook.arrives(2);
  const [quota, failover] = webhook.arrived;
  assert.equal(quota?.json.type, "quota");
  assert.equal(failover?.json.type, "failover");
  assert.deepEqual([failover?.json.data.from, failover?.json.data.to], ["primary,m", "backup,m"]);
  assert.ok(!webhook.arrived.some(({ text }) => text.includes("key-of-primary")));
  const { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": signed } = quota?.headers ?? {};
  assert.equal(signed, signature("whsec_c2VjcmV0IG9mIHRoZSBob29r", `${id}.${time}.${quota?.text}`));
});

test("a webhook that fails is asked again, and requests do not wait for it", async () => {
  await using webhook = await fakeProvider(json({}, 503));
  webhook.next(json({}, 503), json({}, 500), json({}));
  await using world = await proxyWith({ primary: QUOTA, backup: BACKUP }, {
    dialect: "openai-chat",
    later: atOnce,
    toml: hook(webhook.url, 'on = ["quota"]'),
  });
  assert.equal((await world.hear("openai-chat")).text, "from the primary");
  await webhook.arrives(3);
  const ids = new Set(webhook.arrived.map(({ headers }) => headers["webhook-id"]));
  assert.equal(ids.size, 1, "the same alert keeps its id");
});

test("the same is reported once, and a spent budget once in its period", async () => {
  await using webhook = await fakeProvider(json({}));
  await using world = await proxyWith({ primary: QUOTA, backup: BACKUP }, {
    dialect: "openai-chat",
    toml: hook(webhook.url, 'format = "slack"\non = ["failover"]'),
  });
  for (let i = 0; i < 3; i++) await world.hear("openai-chat");
  await webhook.arrives(1);
  assert.deepEqual(Object.keys(webhook.arrived[0]?.json), ["text"]);
  assert.equal(webhook.arrived.length, 1);
});

test("the address of a webhook is in no log, also when it does not answer", async () => {
  const webhook = await deserted();
  await using world = await proxyWith({ primary: QUOTA, backup: BACKUP }, {
    dialect: "openai-chat",
    later: atOnce,
    toml: hook(webhook.url, 'on = ["quota"]'),
  });
  await world.hear("openai-chat");
  const said = () => world.proxy.log.find(({ message }) => /an alert was not delivered/.test(message));
  while (said() === undefined) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(!JSON.stringify(world.proxy.log).includes("secret-path"));
});
