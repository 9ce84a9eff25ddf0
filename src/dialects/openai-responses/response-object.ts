/**
 * The `response` object (https://platform.openai.com/docs/api-reference/responses/object) that a client of this dialect
 * reads, with its own settings in it as the API gives them back.
 */
import type { Response, ResponseOutputItem } from "openai/resources/responses/responses";
import type { Conversation, StopReason } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import type { ProviderError } from "../../model/failure.ts";
import type { Usage } from "../../model/usage.ts";
import { toolNames } from "../shared/tool-names.ts";
import { responseError } from "./failure.ts";
import { writeEnd } from "./status.ts";
import { writeFormat } from "./text-format.ts";
import { writeToolChoice } from "./tool-choice.ts";
import { writeTools } from "./tools.ts";
import { writeUsage } from "./usage.ts";

/** What the SDK adds, or what no provider of another dialect can know, is left out. */
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
    format: outputFormat === undefined ? { type: "text" } : writeFormat(outputFormat, (schema) => schema),
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
    ...writeEnd(stop),
    output: [...output],
    ...toolFields(asked),
    ...(usage === undefined ? {} : { usage: writeUsage(usage) }),
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
  const list: Json[] = writeTools(tools, {
    name: (tool) => tool.name,
    schema: (schema) => schema,
    functionsOnly: false,
  });
  for (const tool of serverTools) if (tool.dialect === "openai-responses") list.push(tool.value);
  const choice = toolChoice === undefined
    ? extensions.tool_choice ?? "auto"
    : writeToolChoice(toolChoice, tools, name, false);
  return { tools: list, tool_choice: choice };
}

/** Other dialects' ids, made to look like a response's. */
export function responseId(id: string): string {
  return id.startsWith("resp_") ? id : `resp_${id === "" ? crypto.randomUUID().replaceAll("-", "") : id}`;
}
