/** Writes a scripted answer in each dialect, whole or streamed, with the habits of its provider. */
import type { Json } from "../../../src/model/json.ts";
import { type Asked, type AskedTool, isObject, list, toolsOf } from "./rules.ts";

/** A call of a tool that the client offered. */
export interface SaidCall {
  /** Stands in the description of the tool, so that it is found under every name. A tool without one: its name. */
  readonly mark: string;
  /** The mark is the tool's name, whatever the descriptions say. @default false */
  readonly named?: boolean;
  readonly arguments?: Json;
  /** In place of arguments: the free text of a custom tool. */
  readonly input?: string;
}

/** What the model says. */
export interface Said {
  readonly thinking?: string;
  readonly text?: string;
  readonly calls: readonly SaidCall[];
}

/** How arguments are streamed or written; all but the first are seen at gateways (field reports D1 and D2). */
export type Habit = "plain" | "empty-first" | "twice" | "encoded-twice" | "null";

export interface Style {
  /** An id for the call at this place of an answer; `count` grows with every call of the provider. */
  readonly ids: (call: { readonly count: number; readonly index: number; readonly name: string }) => string;
  /** Where thinking is shown in Chat. @default not at all */
  readonly reasoning?: "reasoning_content" | "reasoning" | "reasoning_details";
  /** Whether calls come whole, in one chunk. @default false */
  readonly whole?: boolean;
  /** What ends an answer that calls tools; "stop" does not fit it (field report G1). @default "tool_calls" */
  readonly finish?: "tool_calls" | "stop";
  /** Thinking blocks in Messages without being asked for them. @default false */
  readonly thinksUnasked?: boolean;
  /** Thinking blocks in Messages have no signature. @default false */
  readonly unsigned?: boolean;
  /** Gemini's signature on the first call. @default false */
  readonly thoughtSignatures?: boolean;
}

interface Call {
  readonly id: string;
  readonly name: string;
  readonly namespace?: string;
  /** `shell`: Responses' own local shell. */
  readonly kind: "function" | "custom" | "shell";
  /** JSON, or the text of a custom tool. */
  readonly text: string;
}

/** An answer, ready to be written. */
export interface Spoken {
  readonly asked: Asked;
  readonly style: Style;
  readonly habit: Habit;
  /** Shown to the client; "": thought, but not shown. Undefined: no thinking at all. */
  readonly thinking?: string;
  readonly text?: string;
  readonly calls: readonly Call[];
  /** Marks of the calls whose tools the request does not offer. */
  readonly lost: readonly string[];
  readonly id: string;
}

/** Fits what the model says to what the request offers and asks to see. */
export function spoken(said: Said, asked: Asked, style: Style, options: {
  readonly habit: Habit;
  readonly count: () => number;
  readonly reasons: boolean;
}): Spoken {
  const offered = toolsOf(asked);
  const lost: string[] = [];
  const calls = said.calls.flatMap((call, index): Call[] => {
    const tool = offered.find(({ description }) => call.named !== true && description.includes(call.mark)) ??
      offered.find(({ name, type }) => name === call.mark || (name === "" && type === call.mark));
    if (tool === undefined) {
      lost.push(call.mark);
      return [];
    }
    return [callOf(call, tool, style.ids({ count: options.count(), index, name: tool.name }))];
  });
  const thinking = thinkingOf(said, asked, style, options.reasons);
  return {
    asked,
    style,
    habit: options.habit,
    ...(thinking === undefined ? {} : { thinking }),
    ...(said.text === undefined ? {} : { text: said.text }),
    calls,
    lost,
    id: `${options.count()}`,
  };
}

function callOf(call: SaidCall, tool: AskedTool, id: string): Call {
  const named = {
    id,
    name: tool.name,
    ...(tool.namespace === undefined ? {} : { namespace: tool.namespace }),
  };
  if (tool.type === "local_shell") return { ...named, kind: "shell", text: JSON.stringify(call.arguments) };
  if (call.input === undefined) {
    return { ...named, kind: "function", text: JSON.stringify(call.arguments ?? {}) };
  }
  if (!isObject(tool.schema)) return { ...named, kind: "custom", text: call.input };
  const [property = "input"] = Object.keys(tool.schema.properties ?? {});
  return { ...named, kind: "function", text: JSON.stringify({ [property]: call.input }) };
}

function thinkingOf(said: Said, asked: Asked, style: Style, reasons: boolean): string | undefined {
  if (said.thinking === undefined || !reasons) return undefined;
  const { thinking } = asked.body;
  if (asked.dialect !== "anthropic-messages") {
    return thinking?.type === "disabled" ? undefined : said.thinking;
  }
  if (thinking?.type === "disabled" || (thinking === undefined && style.thinksUnasked !== true)) {
    return undefined;
  }
  return thinking?.display === "omitted" && style.thinksUnasked !== true ? "" : said.thinking;
}

/** One server-sent event. */
const event = (data: Json, name?: string): string =>
  `${name === undefined ? "" : `event: ${name}\n`}data: ${
    typeof data === "string" ? data : JSON.stringify(data)
  }\n\n`;

const halves = (text: string): string[] => {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)].filter((one) => one !== "");
};

/** The arguments as a gateway writes them. */
const written = ({ habit }: Spoken, { text, kind }: Call): string =>
  kind !== "function"
    ? text
    : habit === "encoded-twice"
    ? JSON.stringify(text)
    : habit === "null" && text === "{}"
    ? "null"
    : text;

// Messages

function messagesContent(spoken: Spoken): Json[] {
  const { asked, style, thinking, text, calls } = spoken;
  return [
    ...(thinking === undefined ? [] : [{
      type: "thinking",
      thinking,
      signature: style.unsigned === true ? "" : asked.seals.make(asked.model, thinking),
    }]),
    ...(text === undefined ? [] : [{ type: "text", text }]),
    ...calls.map((call) => ({
      type: "tool_use",
      id: call.id,
      name: call.name,
      input: JSON.parse(written(spoken, call)),
    })),
  ];
}

const MESSAGES_USAGE = {
  input_tokens: 9,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 7,
};

function message(spoken: Spoken, content: Json[], stop: string | null): Json {
  return {
    id: `msg_${spoken.id}`,
    type: "message",
    role: "assistant",
    model: spoken.asked.model,
    content,
    stop_reason: stop,
    stop_sequence: null,
    usage: MESSAGES_USAGE,
  };
}

const messagesStop = ({ calls, style }: Spoken) =>
  calls.length > 0 && style.finish !== "stop" ? "tool_use" : "end_turn";

function messagesEvents(spoken: Spoken): string[] {
  const send = (data: Json) => event(data, data.type);
  const out = [send({ type: "message_start", message: message(spoken, [], null) }), send({ type: "ping" })];
  messagesContent(spoken).forEach((block, index) => {
    const delta = (delta: Json) => send({ type: "content_block_delta", index, delta });
    const start = (content_block: Json) =>
      out.push(send({ type: "content_block_start", index, content_block }));
    if (block.type === "thinking") {
      start({ type: "thinking", thinking: "", signature: "" });
      out.push(...halves(block.thinking).map((thinking) => delta({ type: "thinking_delta", thinking })));
      if (block.signature !== "") out.push(delta({ type: "signature_delta", signature: block.signature }));
    } else if (block.type === "text") {
      start({ type: "text", text: "" });
      out.push(...halves(block.text).map((text) => delta({ type: "text_delta", text })));
    } else {
      start({ ...block, input: {} });
      out.push(
        ...halves(JSON.stringify(block.input)).map((partial_json) =>
          delta({ type: "input_json_delta", partial_json })
        ),
      );
    }
    out.push(send({ type: "content_block_stop", index }));
  });
  out.push(send({
    type: "message_delta",
    delta: { stop_reason: messagesStop(spoken), stop_sequence: null },
    usage: MESSAGES_USAGE,
  }));
  out.push(send({ type: "message_stop" }));
  return out;
}

// Chat

function chatReasoning({ asked, style, thinking }: Spoken): Json {
  if (!thinking || style.reasoning === undefined) return {};
  if (style.reasoning !== "reasoning_details") return { [style.reasoning]: thinking };
  const detail = /claude/.test(asked.model)
    ? {
      type: "reasoning.text",
      text: thinking,
      signature: asked.seals.make(asked.model, thinking),
      format: "anthropic-claude-v1",
    }
    : { type: "reasoning.text", text: thinking, format: "unknown" };
  return { reasoning: thinking, reasoning_details: [{ ...detail, index: 0 }] };
}

function chatCall(spoken: Spoken, call: Call, index: number): Json {
  const signed = spoken.style.thoughtSignatures === true && index === 0
    ? { extra_content: { google: { thought_signature: spoken.asked.seals.hide("thought", call.id) } } }
    : {};
  return call.kind === "custom"
    ? { id: call.id, type: "custom", custom: { name: call.name, input: call.text } }
    : {
      id: call.id,
      type: "function",
      function: { name: call.name, arguments: written(spoken, call) },
      ...signed,
    };
}

const chatFinish = ({ calls, style }: Spoken) => calls.length === 0 ? "stop" : style.finish ?? "tool_calls";

const CHAT_USAGE = { prompt_tokens: 9, completion_tokens: 7, total_tokens: 16 };

function chatCompletion(spoken: Spoken): Json {
  return {
    id: `chatcmpl-${spoken.id}`,
    object: "chat.completion",
    created: 1_795_000_000,
    model: spoken.asked.model,
    choices: [{
      index: 0,
      message: {
        role: "assistant",
        content: spoken.text ?? null,
        ...chatReasoning(spoken),
        ...(spoken.calls.length === 0
          ? {}
          : { tool_calls: spoken.calls.map((call, index) => chatCall(spoken, call, index)) }),
      },
      finish_reason: chatFinish(spoken),
    }],
    usage: CHAT_USAGE,
  };
}

/** The chunks of a call's arguments, in the order in which they are sent. */
function argumentPieces({ style, habit }: Spoken, text: string): string[] {
  if (habit === "empty-first") return ["{}", ...halves(text)];
  if (habit === "twice") return [text, text];
  return style.whole === true ? [text] : halves(text);
}

function chatCallChunks(spoken: Spoken, call: Call, index: number): Json[] {
  const whole = chatCall(spoken, call, index);
  if (call.kind === "custom") return [{ index, ...whole }];
  const [head = "", ...rest] = argumentPieces(spoken, whole.function.arguments);
  return [
    { index, ...whole, function: { name: call.name, arguments: head } },
    ...rest.map((piece) => ({ index, function: { arguments: piece } })),
  ];
}

function chatEvents(spoken: Spoken): string[] {
  const chunk = (delta: Json, finish: string | null = null, more: Json = {}) =>
    event({
      id: `chatcmpl-${spoken.id}`,
      object: "chat.completion.chunk",
      created: 1_795_000_000,
      model: spoken.asked.model,
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...more,
    });
  const reasoning = chatReasoning(spoken);
  const perCall = spoken.calls.map((call, index) => chatCallChunks(spoken, call, index));
  const rounds = Math.max(0, ...perCall.map((chunks) => chunks.length));
  // Pieces of parallel calls come interleaved, each with its index.
  const calls = Array.from(
    { length: rounds },
    (_, round) => perCall.flatMap((chunks) => chunks.slice(round, round + 1)),
  )
    .flat();
  const asksUsage = spoken.asked.body.stream_options?.include_usage === true;
  return [
    chunk({ role: "assistant", content: spoken.text === undefined ? null : "" }),
    ...(Object.keys(reasoning).length === 0 ? [] : [chunk(reasoning)]),
    ...halves(spoken.text ?? "").map((content) => chunk({ content })),
    ...calls.map((call) => chunk({ tool_calls: [call] })),
    chunk({}, chatFinish(spoken), asksUsage ? {} : { usage: CHAT_USAGE }),
    ...(asksUsage
      ? [
        event({
          id: `chatcmpl-${spoken.id}`,
          object: "chat.completion.chunk",
          created: 1_795_000_000,
          model: spoken.asked.model,
          choices: [],
          usage: CHAT_USAGE,
        }),
      ]
      : []),
    event("[DONE]"),
  ];
}

// Responses

function responsesItems(spoken: Spoken): Json[] {
  const { asked, thinking, text, calls, id } = spoken;
  const hidden = list(asked.body.include).includes("reasoning.encrypted_content");
  return [
    ...(thinking === undefined ? [] : [{
      id: `rs_${id}`,
      type: "reasoning",
      summary: [{ type: "summary_text", text: thinking }],
      ...(hidden ? { encrypted_content: asked.seals.hide("account", thinking) } : {}),
    }]),
    ...(text === undefined ? [] : [{
      id: `msg_${id}`,
      type: "message",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text, annotations: [], logprobs: [] }],
    }]),
    ...calls.map((call, index) => responsesCall(call, `${id}_${index}`)),
  ];
}

function responsesCall({ id, name, namespace, kind, text }: Call, item: string): Json {
  const status = "completed";
  const within = namespace === undefined ? {} : { namespace };
  if (kind === "custom") {
    return { id: `ctc_${item}`, type: "custom_tool_call", call_id: id, name, ...within, input: text, status };
  }
  if (kind === "shell") {
    return {
      id: `lsh_${item}`,
      type: "local_shell_call",
      call_id: id,
      action: { type: "exec", env: {}, ...JSON.parse(text) },
      status,
    };
  }
  return { id: `fc_${item}`, type: "function_call", call_id: id, name, ...within, arguments: text, status };
}

function response(spoken: Spoken, output: Json[], status: string): Json {
  return {
    id: `resp_${spoken.asked.seals.hide("response", spoken.id)}`,
    object: "response",
    created_at: 1_795_000_000,
    status,
    error: null,
    incomplete_details: null,
    model: spoken.asked.model,
    output,
    parallel_tool_calls: true,
    store: false,
    usage: status === "completed"
      ? {
        input_tokens: 9,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: 7,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 16,
      }
      : null,
  };
}

function responsesEvents(spoken: Spoken): string[] {
  const items = responsesItems(spoken);
  let sequence_number = 0;
  const send = (data: Json) => event({ ...data, sequence_number: sequence_number++ }, data.type);
  const out = [
    send({ type: "response.created", response: response(spoken, [], "in_progress") }),
    send({ type: "response.in_progress", response: response(spoken, [], "in_progress") }),
  ];
  items.forEach((item, output_index) => {
    const at = { item_id: item.id, output_index };
    const begun = { ...item, ...("status" in item ? { status: "in_progress" } : {}) };
    if (item.type === "message") begun.content = [];
    if (item.type === "reasoning") begun.summary = [];
    if (item.type === "function_call") begun.arguments = "";
    if (item.type === "custom_tool_call") begun.input = "";
    out.push(send({ type: "response.output_item.added", output_index, item: begun }));
    out.push(...itemDeltas(item).map((data) => send({ ...data, ...at })));
    out.push(send({ type: "response.output_item.done", output_index, item }));
  });
  out.push(send({ type: "response.completed", response: response(spoken, items, "completed") }));
  return out;
}

/** The events between an item's begin and end. */
function itemDeltas(item: Json): Json[] {
  if (item.type === "message") {
    const [part] = item.content;
    const at = { content_index: 0 };
    return [
      { type: "response.content_part.added", ...at, part: { ...part, text: "" } },
      ...halves(part.text).map((delta) => ({
        type: "response.output_text.delta",
        ...at,
        delta,
        logprobs: [],
      })),
      { type: "response.output_text.done", ...at, text: part.text, logprobs: [] },
      { type: "response.content_part.done", ...at, part },
    ];
  }
  if (item.type === "reasoning") {
    const [part] = item.summary;
    const at = { summary_index: 0 };
    return [
      { type: "response.reasoning_summary_part.added", ...at, part: { ...part, text: "" } },
      ...halves(part.text).map((delta) => ({ type: "response.reasoning_summary_text.delta", ...at, delta })),
      { type: "response.reasoning_summary_text.done", ...at, text: part.text },
      { type: "response.reasoning_summary_part.done", ...at, part },
    ];
  }
  const [kind, text] = item.type === "function_call"
    ? ["function_call_arguments", item.arguments]
    : item.type === "custom_tool_call"
    ? ["custom_tool_call_input", item.input]
    : ["", ""];
  if (kind === "") return [];
  const field = kind === "function_call_arguments" ? "arguments" : "input";
  return [
    ...halves(text).map((delta) => ({ type: `response.${kind}.delta`, delta })),
    { type: `response.${kind}.done`, [field]: text },
  ];
}

/** The whole answer, as JSON. */
export function wholeAnswer(spoken: Spoken): Json {
  switch (spoken.asked.dialect) {
    case "anthropic-messages":
      return message(spoken, messagesContent(spoken), messagesStop(spoken));
    case "openai-chat":
      return chatCompletion(spoken);
    case "openai-responses":
      return response(spoken, responsesItems(spoken), "completed");
  }
}

/** The answer as server-sent events. */
export function streamedAnswer(spoken: Spoken): string[] {
  switch (spoken.asked.dialect) {
    case "anthropic-messages":
      return messagesEvents(spoken);
    case "openai-chat":
      return chatEvents(spoken);
    case "openai-responses":
      return responsesEvents(spoken);
  }
}
