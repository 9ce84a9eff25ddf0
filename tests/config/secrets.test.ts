import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "../../src/config/load.ts";
import { secretsOf } from "../../src/config/secrets.ts";

test("the tokens in a webhook's path are secrets, its words are not", () => {
  const url = "https://chat.example/hooks/services/T024BE7LD0000/8f3a0c9b1d2e4f56/notifications-of-the-proxy";
  const read = parseConfig(`[[alerts]]\nurl = "${url}"\n`, { env: {}, name: "config.toml" });
  assert.ok(read.ok);
  const secrets = secretsOf(read.config);
  assert.ok(secrets.has("T024BE7LD0000") && secrets.has("8f3a0c9b1d2e4f56"));
  assert.ok(![...secrets].some((secret) => /hooks|services|notifications/.test(secret)));
});
