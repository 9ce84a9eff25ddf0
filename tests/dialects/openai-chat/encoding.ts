/** A table of settings and the test that each of its lines becomes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Conversation } from "../../../src/model/conversation.ts";
import type { EncodeTarget } from "../../../src/dialects/dialect.ts";
import type { Json } from "../../../src/model/json.ts";
import { openAiChat } from "../../../src/dialects/openai-chat/index.ts";

const EMPTY: Conversation = {
  dialect: "anthropic-messages",
  model: "asked",
  stream: false,
  messages: [],
  tools: [],
  serverTools: [],
  extensions: {},
};

/** The request of a conversation with these fields. */
export function encode(
  fields: Partial<Conversation>,
  target: Partial<EncodeTarget> = {},
): { body: Json; dropped: readonly string[] } {
  return openAiChat.request.encode({ ...EMPTY, ...fields }, {
    model: "m",
    provider: "p",
    quirks: [],
    ...target,
  });
}

export interface Case {
  readonly that: string;
  readonly fields: Partial<Conversation>;
  readonly target?: Partial<EncodeTarget>;
  /** Besides model and messages. */
  readonly body: Json;
  readonly dropped?: readonly string[];
}

/** One test a line. */
export function writes(cases: readonly Case[]): void {
  for (const { that, fields, target, body, dropped = [] } of cases) {
    test(that, () => {
      const encoded = encode(fields, target);
      const { model, messages, ...rest } = encoded.body;
      assert.equal(model, target?.model ?? "m");
      assert.deepEqual(messages, []);
      assert.deepEqual(JSON.parse(JSON.stringify(rest)), body);
      assert.deepEqual(encoded.dropped, dropped);
    });
  }
}
