/** A conversation as a Messages request. @see https://platform.claude.com/docs/en/api/messages */
import type { Conversation, Message } from "../../model/conversation.ts";
import type { Encoded, EncodeTarget } from "../dialect.ts";
import type { Json } from "../../model/json.ts";
import { toolNames } from "../shared/tool-names.ts";
import { CacheMarks } from "./cache.ts";
import { type Block, type BlockRules, textBlock } from "./content-encode.ts";
import { encodeMessages, systemBlocks, type WireMessage } from "./messages-encode.ts";
import { modelTraits } from "./models.ts";
import {
  encodeFormat,
  encodeMaxTokens,
  encodeRest,
  encodeSampling,
  reportNoPlace,
} from "./settings-encode.ts";
import { encodeThinkingConfig } from "./thinking.ts";
import { encodeTools } from "./tools.ts";

/** The request for a target, and the names of what was left out. */
export function encodeRequest(conversation: Conversation, target: EncodeTarget): Encoded {
  const dropped = new Set<string>();
  const lost = (field: string) => void dropped.add(field);
  const traits = modelTraits(target.model);
  const marks = new CacheMarks(!target.quirks.includes("no-cache-control"));
  const names = toolNames(conversation.tools);
  const rules: BlockRules = { from: conversation.dialect, names, marks, lost };

  const { tools, choice, forced } = encodeTools(conversation, target, traits, names, marks, lost);
  const maxTokens = encodeMaxTokens(conversation, target, traits, lost);
  const { thinking, effort, on } = encodeThinkingConfig(
    conversation,
    target,
    traits,
    maxTokens,
    forced,
    lost,
  );
  const { format, instruction } = encodeFormat(conversation.outputFormat, conversation, target, traits, lost);

  const [leading, rest] = splitSystem(conversation.messages);
  const system = leading.flatMap(({ parts }) => systemBlocks(parts, rules));
  if (instruction !== undefined) system.push(textBlock(instruction));
  const messages = encodeMessages(rest, {
    ...rules,
    laterSystem: traits.laterSystem && !target.quirks.includes("system-first-only"),
    prefill: traits.prefill && !on,
  });

  const body: Record<string, Json> = { model: target.model, max_tokens: maxTokens };
  if (system.length > 0) body.system = system;
  body.messages = messages;
  if (tools !== undefined) body.tools = tools;
  if (choice !== undefined) body.tool_choice = choice;
  if (thinking !== undefined) body.thinking = thinking;
  if (effort !== undefined || format !== undefined) {
    body.output_config = { ...(effort !== undefined && { effort }), ...(format !== undefined && { format }) };
  }
  Object.assign(body, encodeSampling(conversation, traits, on, lost), encodeRest(conversation, target, lost));
  if (conversation.stream) body.stream = true;
  reportNoPlace(conversation, lost);
  const unthinking = conversation.reasoning?.enabled === true && !on;
  for (const [field, value] of Object.entries(conversation.extensions)) {
    const idle = field === "context_management" && unthinking; // clearing thinking is refused without any
    if (conversation.dialect === "anthropic-messages" && !idle) body[field] = value;
    else lost(field);
  }

  if (cachesItself(conversation)) marks.markEnds([system.at(-1) ?? tools?.at(-1), lastBlock(messages)]);
  marks.limit();
  if (marks.seen > 0 && !marks.allowed) lost("cache_control");
  return { body, dropped: [...dropped] };
}

/** System and developer messages before the first other one. */
function splitSystem(messages: readonly Message[]): readonly [readonly Message[], readonly Message[]] {
  const at = messages.findIndex(({ role }) => role !== "system" && role !== "developer");
  return at === -1 ? [messages, []] : [messages.slice(0, at), messages.slice(at)];
}

/**
 * Agents of OpenAI's dialects count on caching that needs no marks; without any, every step of their loop would pay
 * for the whole conversation again. A single question without tools is not worth a cache write.
 */
function cachesItself({ dialect, tools, promptCacheKey }: Conversation): boolean {
  return dialect !== "anthropic-messages" && (tools.length > 0 || promptCacheKey !== undefined);
}

/** The last block that may carry a mark. */
function lastBlock(messages: readonly WireMessage[]): Block | undefined {
  return messages.at(-1)?.content.findLast(({ type }) => type !== "thinking" && type !== "redacted_thinking");
}
