/** What providers do differently with a stream's shape, its end and its usage. */
import { chunk } from "../streams.ts";
import { ROLE, STOP, text, understands, USAGE } from "../odd-streams.ts";

understands([
  {
    does: "usage in a last chunk with empty choices",
    stream: [ROLE, chunk({ content: "hi" }), STOP, { choices: [], usage: USAGE }],
    parts: [text("hi")],
    output: 7,
  },
  {
    does: "usage in the chunk with the finish reason",
    stream: [ROLE, chunk({ content: "hi" }), chunk({}, "stop", { usage: USAGE })],
    parts: [text("hi")],
    output: 7,
  },
  {
    does: "usage under x_groq alone",
    stream: [chunk({ content: "hi" }), chunk({}, "stop", { x_groq: { usage: USAGE } })],
    parts: [text("hi")],
    output: 7,
  },
  {
    does: "a running usage in every chunk",
    stream: [
      chunk({ content: "h" }, null, { usage: { ...USAGE, completion_tokens: 1 } }),
      chunk({ content: "i" }, null, { usage: { ...USAGE, completion_tokens: 2 } }),
      chunk({}, "stop", { usage: USAGE }),
    ],
    parts: [text("hi")],
    output: 7,
  },
  {
    does: "usage in a chunk with a choice, after the finish reason",
    stream: [chunk({ content: "hi" }), STOP, chunk({ content: "" }, null, { usage: USAGE })],
    parts: [text("hi")],
    output: 7,
  },
  {
    does: "text after a chunk with the finish reason and usage",
    stream: [chunk({ content: "h" }, "stop", { usage: USAGE }), chunk({ content: "i" })],
    parts: [text("hi")],
    output: 7,
  },
  {
    does: "zero usage first and the counts later",
    stream: [
      chunk({ content: "hi" }),
      chunk({}, "stop", { usage: { prompt_tokens: 0, completion_tokens: 0 } }),
      { choices: [], usage: USAGE },
    ],
    parts: [text("hi")],
    output: 7,
  },
  {
    does: "a first chunk without choices",
    stream: [{ id: "", model: "", choices: [], prompt_filter_results: [] }, chunk({ content: "hi" }), STOP],
    parts: [text("hi")],
  },
  {
    does: "null content between texts",
    stream: [chunk({ content: null }), chunk({ content: "hi" }), STOP],
    parts: [text("hi")],
  },
  { does: "an empty answer", stream: [ROLE, STOP], parts: [] },
  {
    does: "a finish reason and no end mark",
    stream: [chunk({ content: "hi" }), STOP],
    parts: [text("hi")],
    open: true,
  },
  { does: "an end mark and no finish reason", stream: [chunk({ content: "hi" })], parts: [text("hi")] },
  {
    does: "a usage chunk and neither finish reason nor end mark",
    stream: [chunk({ content: "hi" }), { choices: [], usage: USAGE }],
    parts: [text("hi")],
    open: true,
    output: 7,
  },
  {
    does: "an empty finish reason in every chunk",
    stream: [chunk({ content: "h" }, ""), chunk({ content: "i" }, ""), STOP],
    parts: [text("hi")],
  },
  {
    does: "the finish reason in every chunk",
    stream: [chunk({ content: "h" }, "stop"), chunk({ content: "i" }, "stop")],
    parts: [text("hi")],
  },
  {
    does: "the last text in the chunk with the finish reason",
    stream: [chunk({ content: "h" }), chunk({ content: "i" }, "length")],
    parts: [text("hi")],
    stop: "max_tokens",
  },
  {
    does: "several choices",
    stream: [
      { choices: [{ index: 1, delta: { content: "no" } }] },
      { choices: [{ index: 0, delta: { content: "yes" } }, { index: 1, delta: { content: "no" } }] },
      { choices: [{ index: 1, delta: {}, finish_reason: "length" }] },
      STOP,
    ],
    parts: [text("yes")],
  },
  {
    does: "a choice without an index",
    stream: [{ choices: [{ delta: { content: "hi" } }] }, STOP],
    parts: [text("hi")],
  },
  {
    does: "a message instead of a delta",
    stream: [{
      choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
    }],
    parts: [text("hi")],
  },
  {
    does: "a message beside an empty delta",
    stream: [{ choices: [{ index: 0, delta: {}, message: { content: "hi" }, finish_reason: "stop" }] }],
    parts: [text("hi")],
  },
  {
    does: "a refusal",
    stream: [chunk({ refusal: "I can" }), chunk({ refusal: "not." }), STOP],
    parts: [{ type: "refusal", text: "I cannot." }],
    stop: "refusal",
  },
  {
    does: "annotations",
    stream: [
      chunk({ content: "rain" }),
      chunk({ annotations: [{ type: "url_citation", url_citation: { url: "https://a", title: "A" } }] }),
      STOP,
    ],
    parts: [{ type: "text", text: "rain", citations: [{ url: "https://a", title: "A" }] }],
  },
  {
    does: "a native finish reason that says more",
    stream: [{
      choices: [{ index: 0, delta: {}, finish_reason: "content_filter", native_finish_reason: "refusal" }],
    }],
    parts: [],
    stop: "refusal",
  },
]);
