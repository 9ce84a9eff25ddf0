/** Whole answers of the static provider, by the path that is asked. */

const TEXT =
  "Here is the plan: first the signature, then the queue, then the retries, each with its own test. ".repeat(
    6,
  );

export const WHOLE: Readonly<Record<string, string>> = {
  "/v1/messages": JSON.stringify({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "bench-model",
    content: [{ type: "text", text: TEXT }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: {
      input_tokens: 812,
      cache_read_input_tokens: 4096,
      cache_creation_input_tokens: 0,
      output_tokens: 150,
    },
  }),
  "/v1/chat/completions": JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "bench-model",
    choices: [{
      index: 0,
      message: { role: "assistant", content: TEXT, refusal: null },
      logprobs: null,
      finish_reason: "stop",
    }],
    usage: { prompt_tokens: 812, completion_tokens: 150, total_tokens: 962 },
  }),
  "/v1/responses": JSON.stringify({
    id: "resp_1",
    object: "response",
    created_at: 1,
    status: "completed",
    model: "bench-model",
    output: [{
      type: "message",
      id: "msg_1",
      status: "completed",
      role: "assistant",
      content: [{ type: "output_text", text: TEXT, annotations: [] }],
    }],
    usage: { input_tokens: 812, output_tokens: 150, total_tokens: 962 },
  }),
};
