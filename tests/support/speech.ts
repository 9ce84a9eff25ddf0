/** What each dialect's provider says and its client hears: small legal answers, and a strict reading of them. */
import type { BuiltinDialect } from "../../src/dialects/registry.ts";

export const DIALECTS: readonly BuiltinDialect[] = ["anthropic-messages", "openai-chat", "openai-responses"];

export const PATHS: Readonly<Record<BuiltinDialect, string>> = {
  "anthropic-messages": "/v1/messages",
  "openai-chat": "/v1/chat/completions",
  "openai-responses": "/v1/responses",
};

/** A request that every dialect understands. */
export function request(dialect: BuiltinDialect, stream: boolean, prompt = "hi"): Record<string, unknown> {
  if (dialect === "openai-responses") return { model: "auto", stream, input: prompt };
  const body = { model: "auto", stream, messages: [{ role: "user", content: prompt }] };
  return dialect === "anthropic-messages" ? { ...body, max_tokens: 100 } : body;
}

const named = (type: string, rest: object) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
const chunk = (rest: object) =>
  `data: ${
    JSON.stringify({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m", ...rest })
  }\n\n`;

/** A streamed answer's events: the prelude (nothing to show), the output, the end. */
export interface Spoken {
  readonly prelude: readonly string[];
  readonly output: readonly string[];
  readonly end: readonly string[];
}

/** A streamed text answer of two pieces. */
export function spoken(dialect: BuiltinDialect, text: string): Spoken {
  const [a, b] = [text.slice(0, text.length >> 1), text.slice(text.length >> 1)];
  switch (dialect) {
    case "anthropic-messages":
      return {
        prelude: [
          named("message_start", {
            message: {
              id: "msg_1",
              type: "message",
              role: "assistant",
              model: "m",
              content: [],
              stop_reason: null,
              stop_sequence: null,
              usage: { input_tokens: 7, output_tokens: 1 },
            },
          }),
          named("ping", {}),
        ],
        output: [
          named("content_block_start", { index: 0, content_block: { type: "text", text: "" } }) +
          named("content_block_delta", { index: 0, delta: { type: "text_delta", text: a } }),
          named("content_block_delta", { index: 0, delta: { type: "text_delta", text: b } }),
        ],
        end: [
          named("content_block_stop", { index: 0 }),
          named("message_delta", {
            delta: { stop_reason: "end_turn", stop_sequence: null },
            usage: { output_tokens: 5 },
          }),
          named("message_stop", {}),
        ],
      };
    case "openai-chat":
      return {
        prelude: [
          chunk({ choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }] }),
        ],
        output: [a, b].map((piece) =>
          chunk({ choices: [{ index: 0, delta: { content: piece }, finish_reason: null }] })
        ),
        end: [
          chunk({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }),
          chunk({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 } }),
          "data: [DONE]\n\n",
        ],
      };
    case "openai-responses": {
      const place = { item_id: "msg_1", output_index: 0, content_index: 0 };
      const item = (status: string, content: unknown[]) => ({
        type: "message",
        id: "msg_1",
        role: "assistant",
        status,
        content,
      });
      const part = { type: "output_text", text, annotations: [] };
      const response = (status: string, output: unknown[], usage: unknown) => ({
        id: "resp_1",
        object: "response",
        created_at: 1,
        status,
        model: "m",
        output,
        usage,
        error: null,
        incomplete_details: null,
      });
      let number = 0;
      const next = (type: string, rest: object) => named(type, { sequence_number: number++, ...rest });
      return {
        prelude: [
          next("response.created", { response: response("in_progress", [], null) }),
          next("response.in_progress", { response: response("in_progress", [], null) }),
        ],
        output: [
          next("response.output_item.added", { output_index: 0, item: item("in_progress", []) }) +
          next("response.content_part.added", { ...place, part: { ...part, text: "" } }) +
          next("response.output_text.delta", { ...place, delta: a }),
          next("response.output_text.delta", { ...place, delta: b }),
        ],
        end: [
          next("response.output_text.done", { ...place, text }),
          next("response.content_part.done", { ...place, part }),
          next("response.output_item.done", { output_index: 0, item: item("completed", [part]) }),
          next("response.completed", {
            response: response("completed", [item("completed", [part])], {
              input_tokens: 7,
              output_tokens: 5,
              total_tokens: 12,
            }),
          }),
        ],
      };
    }
  }
}

/** A whole text answer. */
export function written(dialect: BuiltinDialect, text: string): unknown {
  switch (dialect) {
    case "anthropic-messages":
      return {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "m",
        content: [{ type: "text", text }],
        stop_reason: "end_turn",
        stop_sequence: null,
        usage: { input_tokens: 7, output_tokens: 5 },
      };
    case "openai-chat":
      return {
        id: "c1",
        object: "chat.completion",
        created: 1,
        model: "m",
        choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
        usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 },
      };
    case "openai-responses":
      return {
        id: "resp_1",
        object: "response",
        created_at: 1,
        status: "completed",
        model: "m",
        error: null,
        incomplete_details: null,
        output: [{
          type: "message",
          id: "msg_1",
          role: "assistant",
          status: "completed",
          content: [{ type: "output_text", text, annotations: [] }],
        }],
        usage: { input_tokens: 7, output_tokens: 5, total_tokens: 12 },
      };
  }
}

/** A dialect's own error event in a stream with status 200. */
export function errorEvent(dialect: BuiltinDialect, type = "overloaded_error"): string {
  const message = "the provider's trouble";
  switch (dialect) {
    case "anthropic-messages":
      return named("error", { error: { type, message } });
    case "openai-chat":
      return `data: ${JSON.stringify({ error: { message, type, code: 503 } })}\n\n`;
    case "openai-responses":
      return named("response.failed", {
        sequence_number: 99,
        response: {
          id: "resp_1",
          object: "response",
          status: "failed",
          output: [],
          error: { code: "server_is_overloaded", message },
        },
      });
  }
}

/** What a client made of an answer. */
export interface Heard {
  readonly status: number;
  /** All text, in order. */
  readonly text: string;
  /** Terminal events, or 1 for a whole answer. */
  readonly ends: number;
  /** Error events, or 1 for an error answer. */
  readonly errors: number;
  readonly error: string;
}

/** Reads an answer as a strict client of the dialect. @throws when it is not legal. */
export async function hear(dialect: BuiltinDialect, response: Response): Promise<Heard> {
  const { status } = response;
  const body = await response.text();
  if (!(response.headers.get("content-type") ?? "").includes("event-stream")) {
    const json = JSON.parse(body);
    if (status !== 200) return { status, text: "", ends: 0, errors: 1, error: String(json.error.message) };
    const text = dialect === "anthropic-messages"
      ? json.content.map((part: { text: string }) => part.text).join("")
      : dialect === "openai-chat"
      ? json.choices[0].message.content
      : json.output[0].content[0].text;
    return { status, text, ends: 1, errors: 0, error: "" };
  }
  if (!/\n\n$/.test(body)) {
    throw new Error(`the stream ends within an event: ${JSON.stringify(body.slice(-80))}`);
  }
  let text = "";
  let ends = 0;
  let errors = 0;
  let error = "";
  for (const event of body.split("\n\n").slice(0, -1)) {
    if (event.startsWith(":")) continue;
    const data = /^data: (.*)$/m.exec(event)?.[1];
    if (data === undefined) throw new Error(`an event without data: ${event}`);
    if (data === "[DONE]") {
      ends++;
      continue;
    }
    if (ends > 0 && dialect !== "openai-chat") throw new Error(`an event after the end: ${event}`);
    const json = JSON.parse(data);
    const name = /^event: (.*)$/m.exec(event)?.[1];
    if (dialect !== "openai-chat" && name !== json.type) {
      throw new Error(`the event's name is not its type: ${event}`);
    }
    if (json.error !== undefined || json.type === "response.failed" || json.type === "error") {
      errors++;
      error = String(json.error?.message ?? json.response?.error?.message ?? json.message);
    }
    if (json.type === "message_stop" || json.type === "response.completed") ends++;
    text += json.delta?.text ?? json.choices?.[0]?.delta?.content ??
      (json.type === "response.output_text.delta" ? json.delta : "");
  }
  return { status, text, ends, errors, error };
}
