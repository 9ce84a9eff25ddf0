/** Streamed answers as providers of each dialect send them: one text, a piece an event. */
import type { BuiltinDialect } from "../src/dialects/registry.ts";

const sse = (data: unknown, event?: string) =>
  `${event === undefined ? "" : `event: ${event}\n`}data: ${
    typeof data === "string" ? data : JSON.stringify(data)
  }\n\n`;

const typed = (data: { readonly type: string; readonly [field: string]: unknown }) => sse(data, data.type);

const PIECES = [
  " the",
  " webhook",
  " is",
  " checked",
  ",",
  " then",
  " queued",
  "; “once”",
  " it",
  " is",
  " done",
];

const piece = (i: number) => PIECES[i % PIECES.length]!;

/** A stream's events: what comes before the text, a piece each, and what ends it. */
export const STREAMS: Readonly<Record<BuiltinDialect, (pieces: number) => string[]>> = {
  "openai-chat": (pieces) => {
    const chunk = (delta: unknown, finish: string | null = null) =>
      sse({
        id: "chatcmpl-1",
        object: "chat.completion.chunk",
        created: 1,
        model: "bench-model",
        system_fingerprint: "fp_1",
        choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      });
    return [
      chunk({ role: "assistant", content: "" }),
      ...Array.from({ length: pieces }, (_, i) => chunk({ content: piece(i) })),
      chunk({}, "stop"),
      sse({
        id: "chatcmpl-1",
        object: "chat.completion.chunk",
        created: 1,
        model: "bench-model",
        choices: [],
        usage: { prompt_tokens: 812, completion_tokens: pieces, total_tokens: 812 + pieces },
      }),
      sse("[DONE]"),
    ];
  },
  "anthropic-messages": (pieces) => [
    typed({
      type: "message_start",
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "bench-model",
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 812, output_tokens: 1 },
      },
    }),
    typed(
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    ),
    ...Array.from(
      { length: pieces },
      (_, i) =>
        typed({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: piece(i) } }),
    ),
    typed({ type: "content_block_stop", index: 0 }),
    typed(
      {
        type: "message_delta",
        delta: { stop_reason: "end_turn", stop_sequence: null },
        usage: { output_tokens: pieces },
      },
    ),
    typed({ type: "message_stop" }),
  ],
  "openai-responses": (pieces) => {
    let sequence = 0;
    const event = (type: string, rest: Readonly<Record<string, unknown>>) =>
      typed({ type, sequence_number: sequence++, ...rest });
    const at = { item_id: "msg_1", output_index: 0, content_index: 0 };
    const response = (status: string, rest: Readonly<Record<string, unknown>> = {}) => ({
      response: {
        id: "resp_1",
        object: "response",
        created_at: 1,
        model: "bench-model",
        status,
        output: [],
        ...rest,
      },
    });
    const text = Array.from({ length: pieces }, (_, i) => piece(i)).join("");
    const part = { type: "output_text", text, annotations: [] };
    const item = { id: "msg_1", type: "message", role: "assistant", status: "completed", content: [part] };
    return [
      event("response.created", response("in_progress")),
      event("response.output_item.added", {
        output_index: 0,
        item: { ...item, status: "in_progress", content: [] },
      }),
      event("response.content_part.added", { ...at, part: { ...part, text: "" } }),
      ...Array.from(
        { length: pieces },
        (_, i) => event("response.output_text.delta", { ...at, delta: piece(i) }),
      ),
      event("response.output_text.done", { ...at, text }),
      event("response.content_part.done", { ...at, part }),
      event("response.output_item.done", { output_index: 0, item }),
      event(
        "response.completed",
        response("completed", {
          output: [item],
          usage: { input_tokens: 812, output_tokens: pieces, total_tokens: 812 + pieces },
        }),
      ),
    ];
  },
};
