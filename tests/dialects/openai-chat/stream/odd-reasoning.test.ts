/** What providers do differently with reasoning. */
import { chunk } from "../streams.ts";
import { call, CALLS, STOP, text, understands } from "../odd-streams.ts";

understands([
  {
    does: "the same reasoning under two names",
    stream: [chunk({ reasoning: "hm", reasoning_content: "hm" }), chunk({ content: "hi" }), STOP],
    parts: [{ type: "reasoning", text: "hm" }, text("hi")],
  },
  {
    does: "reasoning between texts",
    stream: [chunk({ content: "a" }), chunk({ reasoning: "b" }), chunk({ content: "c" }), STOP],
    parts: [text("a"), { type: "reasoning", text: "b" }, text("c")],
  },
  {
    does: "the thinking in a content list",
    stream: [
      chunk({ content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }] }),
      chunk({ content: [{ type: "text", text: "hi" }] }),
      STOP,
    ],
    parts: [{ type: "reasoning", text: "hm" }, text("hi")],
  },
  {
    does: "summaries with encrypted reasoning",
    stream: [
      chunk({
        reasoning: "one ",
        reasoning_details: [{ type: "reasoning.summary", summary: "one ", id: "rs_1", index: 0 }],
      }),
      chunk({
        reasoning: "two",
        reasoning_details: [{ type: "reasoning.summary", summary: "two", id: "rs_1", index: 0 }],
      }),
      chunk({
        reasoning_details: [{
          type: "reasoning.encrypted",
          data: "enc",
          id: "rs_1",
          format: "openai-responses-v1",
          index: 0,
        }],
      }),
      chunk({ content: "hi" }),
      STOP,
    ],
    parts: [{ type: "reasoning", summary: ["one two"], encrypted: "enc", itemId: "rs_1" }, text("hi")],
  },
  {
    does: "two signed thoughts in a row",
    stream: [
      chunk({ reasoning_details: [{ type: "reasoning.text", text: "a", index: 0 }] }),
      chunk({ reasoning_details: [{ type: "reasoning.text", signature: "A", index: 0 }] }),
      chunk({ reasoning_details: [{ type: "reasoning.text", text: "b", signature: "B", index: 1 }] }),
      STOP,
    ],
    parts: [{ type: "reasoning", text: "a", signature: "A" }, {
      type: "reasoning",
      text: "b",
      signature: "B",
    }],
  },
  {
    does: "thinking in tags at the beginning of the content",
    stream: ["<thi", "nk>\nHm", "m. a < b <", "/think>", "\n\n", "Hello <think>."].map((content) =>
      chunk({ content })
    )
      .concat(STOP),
    parts: [{ type: "reasoning", text: "Hmm. a < b " }, text("Hello <think>.")],
  },
  {
    does: "thinking in tags and a call",
    stream: [
      chunk({ content: "<think>Hm.</think>\n" }),
      chunk({ tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: "{}" } }] }),
      CALLS,
    ],
    parts: [{ type: "reasoning", text: "Hm." }, call("a", "f", "{}")],
    stop: "tool_use",
  },
  {
    does: "what only begins like a tag",
    stream: [chunk({ content: "<" }), chunk({ content: "thin>" }), STOP],
    parts: [text("<thin>")],
  },
  {
    does: "nothing but the beginning of a tag",
    stream: [chunk({ content: "<think" }), STOP],
    parts: [text("<think")],
  },
  {
    does: "thinking in tags that do not end",
    stream: [chunk({ content: "<think>Hm. </thi" }), STOP],
    parts: [{ type: "reasoning", text: "Hm. </thi" }],
  },
]);
