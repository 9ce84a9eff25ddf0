import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/index.ts";
import type { Json } from "../../../src/model/json.ts";
import { sharedWhereThere } from "../../support/shared.ts";

const OWN = new URL("../../fixtures/requests/", import.meta.url);

test("every recorded request of Claude Code is decoded, and goes out again whole", () => {
  let seen = 0;
  for (const url of [OWN, ...sharedWhereThere("fixtures/client-requests/")]) {
    for (const file of readdirSync(url).filter((name) => /^claude|anthropic/.test(name))) {
      const { body } = JSON.parse(readFileSync(new URL(file, url), "utf8"));
      if (!Array.isArray(body?.messages)) continue;
      seen++;
      const conversation = anthropicMessages.request.decode(body);
      const target = { model: "claude-opus-4-8", provider: "anthropic", quirks: [], maxOutput: 128000 };
      const sent = anthropicMessages.request.encode(conversation, target);
      assert.deepEqual(sent.dropped, [], file);
      assert.equal(sent.body.tools?.length ?? 0, body.tools?.length ?? 0, file);
      for (const tool of body.tools ?? []) {
        assert.deepEqual(sent.body.tools.find(({ name }: Json) => name === tool.name), tool, file);
      }
      const calls = (messages: Json) =>
        JSON.stringify(messages).match(/"type":"tool_(?:use|result)"/g)?.length ?? 0;
      assert.equal(calls(sent.body.messages), calls(body.messages), file);
    }
  }
  assert.ok(seen > 5);
});
