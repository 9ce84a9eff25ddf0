import assert from "node:assert/strict";
import { test } from "node:test";
import { userTextsIn } from "../../../src/dialects/shared/user-texts.ts";
import type { Json } from "../../../src/model/json.ts";

const inMessages = userTextsIn("messages");
const shout = (text: string) => text.toUpperCase();
const stay = (text: string) => text;

test("only the user's texts change, in every form that they have", () => {
  const body = {
    model: "m",
    messages: [
      { role: "system", content: "be brief" },
      { role: "user", content: "straße" },
      { role: "assistant", content: "ok" },
      {
        role: "user",
        content: [{ type: "text", text: "a", cache_control: {} }, { type: "image", source: {} }],
      },
    ],
  };
  const changed = inMessages(body, shout);
  assert.deepEqual(changed.messages.map(({ content }: Json) => content), [
    "be brief",
    "STRASSE",
    "ok",
    [{ type: "text", text: "A", cache_control: {} }, { type: "image", source: {} }],
  ]);
});

test("what does not change is shared, and a body in which nothing changes is the very same", () => {
  const body = {
    messages: [{ role: "user", content: "A" }, { role: "user", content: [{ text: "B" }, { text: "c" }] }],
  };
  assert.equal(inMessages(body, stay), body);
  const changed = inMessages(body, shout);
  assert.equal(changed.messages[0], body.messages[0]);
  assert.equal(changed.messages[1].content[0], (body.messages[1]!.content as Json)[0]);
  assert.deepEqual(body.messages[1]!.content, [{ text: "B" }, { text: "c" }]);
});

test("a conversation that is one text is the user's", () => {
  assert.deepEqual(userTextsIn("input")({ input: "hi", messages: "x" }, shout), {
    input: "HI",
    messages: "x",
  });
});

test("bodies of any shape stay as they are", () => {
  const odd: Json[] = [
    null,
    7,
    "text",
    [],
    {},
    { messages: 7 },
    { messages: [null, 7, "x", {}, { role: "user" }, { role: "user", content: [null, "x", { text: 7 }] }] },
  ];
  for (const body of odd) assert.equal(inMessages(body, shout), body, JSON.stringify(body));
});
