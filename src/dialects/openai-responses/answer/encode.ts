/**
 * The `response` object (https://platform.openai.com/docs/api-reference/responses/object) for a client, streamed or whole:
 * its items, and the client's own settings as the API gives them back.
 */
import type {
  Response,
  ResponseOutputItem,
  ResponseOutputMessage,
} from "openai/resources/responses/responses";
import type {
  Citation,
  Conversation,
  Part,
  Reply,
  StopReason,
  ToolCallPart,
} from "../../../model/conversation.ts";
import type { ProviderError } from "../../../model/failure.ts";
import type { Json } from "../../../model/json.ts";
import type { Usage } from "../../../model/usage.ts";
import { clientArguments } from "../../shared/client-tools.ts";
import { toolNames } from "../../shared/tool-names.ts";
import { type CalledTool, CalledTools, encodeCall, ITEM_PREFIX } from "../calls.ts";
import { encodeCitations } from "../citations.ts";
import type { WireOutput } from "../content.ts";
import { responseError } from "../error.ts";
import { encodeReasoning, isEmpty } from "../reasoning.ts";
import { encodeFormat } from "../request/encode.ts";
import { encodeStop, REFUSED_TEXT } from "../stop.ts";
import { encodeToolChoice, encodeTools } from "../tools.ts";
import { encodeUsage } from "../usage.ts";

/** Without what the SDK adds, and what no provider of another dialect can know. */
export type WireResponse = Omit<Response, "output_text" | "access_programs">;

/** What the answer is. */
export interface Answer {
  readonly id: string;
  readonly model: string;
  /** Unix seconds; undefined: now. */
  readonly created?: number;
  readonly serviceTier?: string;
}

/** A response at its beginning: in progress, with nothing in it. */
export function beginning(answer: Answer, asked: Conversation): WireResponse {
  const { extensions } = asked;
  return {
    id: responseId(answer.id),
    object: "response",
    created_at: answer.created ?? Math.floor(Date.now() / 1000),
    status: "in_progress",
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: asked.maxTokens ?? null,
    max_tool_calls: extensions.max_tool_calls ?? null,
    model: answer.model,
    output: [],
    parallel_tool_calls: asked.parallelToolCalls ?? true,
    previous_response_id: null,
    prompt_cache_key: asked.promptCacheKey ?? null,
    reasoning: {
      effort: (asked.reasoning?.effort ?? null) as null,
      summary: (asked.reasoning?.summary ?? null) as null,
    },
    safety_identifier: asked.safetyIdentifier ?? null,
    service_tier: (answer.serviceTier ?? asked.serviceTier ?? "auto") as "auto",
    store: false,
    temperature: asked.temperature ?? 1,
    text: textOf(asked),
    tool_choice: "auto",
    tools: [],
    top_logprobs: 0,
    top_p: asked.topP ?? 1,
    truncation: extensions.truncation ?? "disabled",
    usage: null as never,
    user: (asked.user ?? null) as never,
    metadata: { ...asked.metadata },
  } as WireResponse;
}

function textOf({ outputFormat, verbosity }: Conversation): WireResponse["text"] {
  return {
    format: outputFormat === undefined ? { type: "text" } : encodeFormat(outputFormat, (schema) => schema),
    ...(verbosity === undefined ? {} : { verbosity: verbosity as "low" }),
  };
}

/** How the answer ended. */
export interface Ending {
  readonly stop: StopReason;
  readonly usage?: Usage;
  readonly serviceTier?: string;
}

/** A whole response. */
export function completed(
  begun: WireResponse,
  asked: Conversation,
  output: readonly ResponseOutputItem[],
  { stop, usage, serviceTier }: Ending,
): WireResponse {
  return {
    ...begun,
    ...encodeStop(stop),
    output: [...output],
    ...toolFields(asked),
    ...(usage === undefined ? {} : { usage: encodeUsage(usage) }),
    ...(serviceTier === undefined ? {} : { service_tier: serviceTier as "auto" }),
  };
}

/** A response that failed, with what there was of it. */
export function failed(
  begun: WireResponse,
  output: readonly ResponseOutputItem[],
  error: ProviderError,
): WireResponse {
  return {
    ...begun,
    status: "failed",
    output: [...output],
    error: responseError(error) as WireResponse["error"],
  };
}

/** The tools of the request, once an answer: they make up most of its bytes. */
function toolFields(
  { tools, serverTools, toolChoice, extensions }: Conversation,
): Pick<WireResponse, "tools" | "tool_choice"> {
  if (tools.length === 0 && serverTools.length === 0) return { tools: [], tool_choice: "auto" };
  const name = toolNames(tools).wire;
  const list: Json[] = encodeTools(tools, {
    name: (tool) => tool.name,
    schema: (schema) => schema,
    functionsOnly: false,
  });
  for (const tool of serverTools) if (tool.dialect === "openai-responses") list.push(tool.value);
  const choice = toolChoice === undefined
    ? extensions.tool_choice ?? "auto"
    : encodeToolChoice(toolChoice, tools, name, false);
  return { tools: list, tool_choice: choice };
}

/** Other dialects' ids, made to look like a response's. */
export function responseId(id: string): string {
  return id.startsWith("resp_") ? id : `resp_${id === "" ? crypto.randomUUID().replaceAll("-", "") : id}`;
}

// The items of an answer, as a client of this dialect reads them, streamed or whole.

/**
 * Makes the ids of items. They must be unique over a whole conversation, whose client sends them all back, so they
 * come from a random number and not from the provider's id, which some providers repeat.
 */
export class ItemIds {
  #base = crypto.randomUUID().replaceAll("-", "");
  #count = 0;
  #callIds = new Set<string>();

  /** The item's own id where it is of this dialect, else a new one. */
  item(prefix: string, own?: string): string {
    if (own !== undefined && own.startsWith(prefix)) return own;
    return `${prefix}${this.#base}${this.#count++}`;
  }

  /** The call's own id, unless it has none or the id was used before: clients distinguish calls by it. */
  call(own: string): string {
    let id = own === "" ? `call_${this.#base}${this.#count++}` : own;
    while (this.#callIds.has(id)) id = `${own}_${this.#count++}`;
    this.#callIds.add(id);
    return id;
  }
}

export function textContent(text: string, citations: readonly Citation[] | undefined): WireOutput {
  return { type: "output_text", annotations: encodeCitations(citations, text.length), logprobs: [], text };
}

export function refusalContent(text: string): WireOutput {
  return { type: "refusal", refusal: text };
}

export function messageItem(
  id: string,
  phase: string | undefined,
  content: WireOutput[],
  status: ResponseOutputMessage["status"] = "completed",
): ResponseOutputMessage {
  return {
    type: "message",
    id,
    status,
    role: "assistant",
    ...(phase === undefined ? {} : { phase: phase as "commentary" }),
    content,
  };
}

/** The arguments of a call as the client's tool takes them. A function without arguments takes an empty object. */
export function argumentsFor(tool: CalledTool, given: string): string {
  if (tool.kind === "function") return given === "" ? "{}" : given;
  return tool.asFunction ? clientArguments(tool.kind, given) : given;
}

/** The item of a call to the client's tool. */
export function callItem(tool: CalledTool, id: string, itemId: string, given: string): ResponseOutputItem {
  return encodeCall({ ...tool, id, arguments: argumentsFor(tool, given) }, itemId);
}

/** The items of a whole answer: texts in a row are one message, as long as they are of one phase. */
function outputItems(parts: readonly Part[], tools: CalledTools, ids: ItemIds): ResponseOutputItem[] {
  const items: ResponseOutputItem[] = [];
  let message: { phase: string | undefined; content: WireOutput[] } | undefined;
  const content = (phase: string | undefined): WireOutput[] => {
    if (message === undefined || message.phase !== phase) {
      message = { phase, content: [] };
      items.push(messageItem(ids.item("msg_"), phase, message.content));
    }
    return message.content;
  };
  for (const part of parts) {
    switch (part.type) {
      case "text":
        if (part.text === "" && part.citations === undefined) continue;
        content(part.phase).push(textContent(part.text, part.citations));
        continue;
      case "refusal":
        content(undefined).push(refusalContent(part.text));
        continue;
      case "reasoning":
        if (isEmpty(part)) continue;
        items.push(encodeReasoning(part, ids.item("rs_", part.itemId)));
        break;
      case "tool_call":
        items.push(call(part, tools, ids));
        break;
      case "opaque":
        if (part.dialect !== "openai-responses") continue;
        items.push(part.value);
        break;
      default:
        continue;
    }
    message = undefined;
  }
  return items;
}

function call(part: ToolCallPart, tools: CalledTools, ids: ItemIds): ResponseOutputItem {
  const tool = tools.find(part);
  return callItem(tool, ids.call(part.id), ids.item(ITEM_PREFIX[tool.kind], part.itemId), part.arguments);
}

/** The response for a client. */
export function encodeReply(reply: Reply, asked: Conversation): WireResponse {
  const ids = new ItemIds();
  const items = outputItems(reply.parts, new CalledTools(asked), ids);
  const begun = beginning(reply, asked);
  if (reply.error !== undefined) return failed(begun, items, reply.error);
  if (reply.stop === "refusal" && !reply.parts.some((part) => part.type === "refusal")) {
    items.push(messageItem(ids.item("msg_"), undefined, [refusalContent(REFUSED_TEXT)]));
  }
  return completed(begun, asked, items, reply);
}
