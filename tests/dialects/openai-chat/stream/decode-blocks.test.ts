/** What providers do differently with tool calls. */
import { chunk, piece } from "../streams.ts";
import { call, CALLS, ROLE, STOP, text, understands } from "../odd-streams.ts";

understands([
  {
    does: "a whole tool call in one chunk",
    stream: [
      ROLE,
      chunk({ tool_calls: [piece({ index: 0, id: "a", type: "function" }, "f", '{"x":1}')] }),
      CALLS,
    ],
    parts: [call("a", "f", '{"x":1}')],
    stop: "tool_use",
  },
  {
    does: '"stop" although a tool is called',
    stream: [chunk({ tool_calls: [piece({ index: 0, id: "a" }, "f", "{}")] }), STOP],
    parts: [call("a", "f", "{}")],
    stop: "tool_use",
  },
  {
    does: '"tool_calls" although none is called',
    stream: [chunk({ content: "hi" }), CALLS],
    parts: [text("hi")],
    stop: "end_turn",
  },
  {
    does: "the id in every piece",
    stream: [
      chunk({ tool_calls: [piece({ index: 0, id: "a" }, "f", "")] }),
      chunk({ tool_calls: [piece({ index: 0, id: "a" }, undefined, '{"x"')] }),
      chunk({ tool_calls: [piece({ index: 0, id: "a" }, undefined, ":1}")] }),
      CALLS,
    ],
    parts: [call("a", "f", '{"x":1}')],
    stop: "tool_use",
  },
  {
    does: "id and name in every piece",
    stream: [
      chunk({ tool_calls: [piece({ index: 0, id: "a" }, "f", '{"x"')] }),
      chunk({ tool_calls: [piece({ index: 0, id: "a" }, "f", ":1}")] }),
      CALLS,
    ],
    parts: [call("a", "f", '{"x":1}')],
    stop: "tool_use",
  },
  {
    does: "another id with each piece, and the name in each",
    stream: ["", '{"pa', 'th":"a"}'].map((args, i) =>
      chunk({ tool_calls: [{ index: 0, id: `c${i}`, function: { name: "Read", arguments: args } }] })
    ).concat(CALLS),
    parts: [call("c0", "Read", '{"path":"a"}')],
    stop: "tool_use",
  },
  {
    does: "empty strings for id and name after the first piece",
    stream: [
      chunk({ tool_calls: [piece({ index: 0, id: "a" }, "f", '{"x"')] }),
      chunk({ tool_calls: [piece({ index: 0, id: "" }, "", ":1}")] }),
      CALLS,
    ],
    parts: [call("a", "f", '{"x":1}')],
    stop: "tool_use",
  },
  {
    does: "the id first and the name a piece later",
    stream: [
      chunk({ tool_calls: [piece({ index: 0, id: "a" })] }),
      chunk({ tool_calls: [piece({ index: 0 }, "f", "{}")] }),
      CALLS,
    ],
    parts: [call("a", "f", "{}")],
    stop: "tool_use",
  },
  {
    does: "no id at all",
    stream: [
      chunk({ tool_calls: [piece({ index: 0 }, "f", '{"x"'), piece({ index: 1 }, "g", "{}")] }),
      chunk({ tool_calls: [piece({ index: 0 }, undefined, ":1}")] }),
      CALLS,
    ],
    parts: [call("call_made_1", "f", '{"x":1}'), call("call_made_2", "g", "{}")],
    stop: "tool_use",
  },
  {
    does: "no index, whole calls",
    stream: [chunk({ tool_calls: [piece({ id: "a" }, "f", "{}"), piece({ id: "b" }, "g", "{}")] }), CALLS],
    parts: [call("a", "f", "{}"), call("b", "g", "{}")],
    stop: "tool_use",
  },
  {
    does: "no index, pieces",
    stream: [
      chunk({ tool_calls: [piece({ id: "a" }, "f", '{"x"')] }),
      chunk({ tool_calls: [piece({}, undefined, ":1}")] }),
      chunk({ tool_calls: [piece({ id: "b" }, "g", '{"y"')] }),
      chunk({ tool_calls: [piece({ id: "b" }, undefined, ":2}")] }),
      CALLS,
    ],
    parts: [call("a", "f", '{"x":1}'), call("b", "g", '{"y":2}')],
    stop: "tool_use",
  },
  {
    does: "index 0 for every call, ids of their own",
    stream: [
      chunk({ tool_calls: [piece({ index: 0, id: "a" }, "f", "{}")] }),
      chunk({ tool_calls: [piece({ index: 0, id: "b" }, "f", "{}")] }),
      CALLS,
    ],
    parts: [call("a", "f", "{}"), call("b", "f", "{}")],
    stop: "tool_use",
  },
  {
    does: "index 0 for every call and no ids",
    stream: [
      chunk({ tool_calls: [piece({ index: 0 }, "f", '{"x":1}'), piece({ index: 0 }, "f", '{"x":2}')] }),
      STOP,
    ],
    parts: [call("call_made_1", "f", '{"x":1}'), call("call_made_2", "f", '{"x":2}')],
    stop: "tool_use",
  },
  {
    does: "the same id for two calls",
    stream: [
      chunk({ tool_calls: [piece({ index: 0, id: "a" }, "f", "{}")] }),
      chunk({ tool_calls: [piece({ index: 1, id: "a" }, "g", "{}")] }),
      CALLS,
    ],
    parts: [call("a", "f", "{}"), call("call_made_1", "g", "{}")],
    stop: "tool_use",
  },
  {
    does: "arguments as an object",
    stream: [
      chunk({ tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: { x: 1 } } }] }),
      CALLS,
    ],
    parts: [call("a", "f", '{"x":1}')],
    stop: "tool_use",
  },
  {
    does: "no arguments",
    stream: [chunk({ tool_calls: [piece({ index: 0, id: "a" }, "f")] }), CALLS],
    parts: [call("a", "f", "{}")],
    stop: "tool_use",
  },
  {
    does: "text after tool calls",
    stream: [
      chunk({ content: "one" }),
      chunk({ tool_calls: [piece({ index: 0, id: "a" }, "f", '{"x"')] }),
      chunk({ content: "two" }),
      chunk({ tool_calls: [piece({ index: 0 }, undefined, ":1}")] }),
      CALLS,
    ],
    parts: [text("one"), call("a", "f", '{"x":1}'), text("two")],
    stop: "tool_use",
  },
  {
    does: "a custom tool",
    stream: [
      chunk({
        tool_calls: [{ index: 0, id: "a", type: "custom", custom: { name: "patch", input: "*** B" } }],
      }),
      chunk({ tool_calls: [{ index: 0, custom: { input: "egin" } }] }),
      CALLS,
    ],
    parts: [{ type: "tool_call", id: "a", name: "patch", kind: "custom", arguments: "*** Begin" }],
    stop: "tool_use",
  },
  {
    does: "a legacy function_call",
    stream: [
      chunk({ function_call: { name: "f", arguments: "" } }),
      chunk({ function_call: { arguments: "{}" } }),
      chunk({}, "function_call"),
    ],
    parts: [call("call_made_1", "f", "{}")],
    stop: "tool_use",
  },
  {
    does: "Gemini's thought signature",
    stream: [
      chunk({
        tool_calls: [{
          index: 0,
          id: "a",
          function: { name: "f", arguments: "{}" },
          extra_content: { google: { thought_signature: "sig" } },
        }],
      }, "stop"),
    ],
    parts: [{ type: "tool_call", id: "a", name: "f", kind: "function", arguments: "{}", signature: "sig" }],
    stop: "tool_use",
  },
  {
    does: "the second call's head under the first one's index",
    stream: [
      chunk({ tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: "" } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] }),
      chunk({ tool_calls: [{ index: 0, id: "b", function: { name: "g", arguments: "" } }] }),
      chunk({ tool_calls: [{ index: 1, function: { arguments: '{"b":' } }] }),
      chunk({ tool_calls: [{ index: 1, function: { arguments: "2}" } }] }),
      CALLS,
    ],
    parts: [call("a", "f", '{"a":1}'), call("b", "g", '{"b":2}')],
    stop: "tool_use",
  },
  {
    does: "all arguments so far in each piece",
    stream: ['{"a', '{"a":"x', '{"a":"x"}', '{"a":"x"}'].map((args) =>
      chunk({ tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: args } }] })
    ).concat(CALLS),
    parts: [call("a", "f", '{"a":"x"}')],
    stop: "tool_use",
  },
  {
    does: "one call once more under another index",
    stream: [
      chunk({ tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: "" } }] }),
      chunk({ tool_calls: [{ index: 0, id: "a", function: { arguments: '{"a":1}' } }] }),
      chunk({ tool_calls: [{ index: 1, id: "a", function: { name: "f", arguments: '{"a":1}' } }] }),
      CALLS,
    ],
    parts: [call("a", "f", '{"a":1}')],
    stop: "tool_use",
  },
  {
    does: "a tool's name with its model's own marks",
    stream: [
      chunk({
        tool_calls: [{ index: 0, id: "a", function: { name: "f<|channel|>commentary", arguments: "{}" } }],
      }),
      CALLS,
    ],
    parts: [call("a", "f", "{}")],
    stop: "tool_use",
  },
]);
