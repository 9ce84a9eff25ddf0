/** A Messages request as a conversation. @see https://platform.claude.com/docs/en/api/messages */
import { isRecord, listOf, stringOf } from "../../../json/shape.ts";
import type { Conversation, OutputFormat } from "../../../model/conversation.ts";
import type { Json } from "../../../model/json.ts";
import { bodyObject, UnsupportedRequest } from "../../dialect.ts";
import { decodeMessages } from "../messages.ts";
import { decodeReasoning } from "../reasoning.ts";
import { decodeToolChoice, decodeTools } from "../tools.ts";

/** Fields that need what only Anthropic keeps or runs: without them the request would mean something else. */
const NEEDS_ANTHROPIC: Readonly<Record<string, string>> = {
  container: "the files in a code execution container are kept by Anthropic",
  mcp_servers: "MCP servers are called by Anthropic itself",
  thread: "the earlier messages of a thread are kept by Anthropic",
};

/** Fields that are read here; the others travel as extensions. */
const READ: ReadonlySet<string> = new Set([
  "model",
  "stream",
  "system",
  "messages",
  "tools",
  "tool_choice",
  "max_tokens",
  "temperature",
  "top_p",
  "top_k",
  "stop_sequences",
  "thinking",
  "output_config",
  "output_format",
  "metadata",
  "service_tier",
]);

/** @throws UnsupportedRequest for fields that a provider of another dialect cannot serve. */
export function decodeRequest(json: Json): Conversation {
  const body = bodyObject(json);
  refuse(body);
  const { output_config: config, metadata } = body;
  const effort = isRecord(config) ? config.effort : undefined;
  const user = isRecord(metadata) ? stringOf(metadata.user_id) : undefined;
  const stop = listOf(body.stop_sequences).filter((text) => typeof text === "string");
  const format = decodeFormat(
    isRecord(config) && isRecord(config.format) ? config.format : body.output_format,
  );
  return {
    dialect: "anthropic-messages",
    model: stringOf(body.model) ?? "",
    stream: body.stream === true,
    messages: decodeMessages(body),
    ...decodeTools(body.tools),
    ...decodeToolChoice(body.tool_choice),
    ...number("maxTokens", body.max_tokens),
    ...number("temperature", body.temperature),
    ...number("topP", body.top_p),
    ...number("topK", body.top_k),
    ...(stop.length > 0 && { stop }),
    ...decodeReasoning(body.thinking, effort),
    ...(format !== undefined && { outputFormat: format }),
    ...(user !== undefined && { user }),
    ...decodeServiceTier(body.service_tier),
    extensions: Object.fromEntries(
      Object.entries(body).filter(([field, value]) =>
        !READ.has(field) && value !== null && value !== undefined
      ),
    ),
  };
}

function refuse(body: Record<string, Json>): void {
  for (const [field, why] of Object.entries(NEEDS_ANTHROPIC)) {
    const value = body[field];
    if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) continue;
    throw new UnsupportedRequest(
      field,
      `${field} works only with a provider of the Messages dialect: ${why}`,
    );
  }
}

/** A setting that is a number, to spread; nothing where it is not one. */
export function number<Field extends string>(
  field: Field,
  value: Json,
): { readonly [field in Field]?: number } {
  return typeof value === "number" ? { [field]: value } as { [field in Field]: number } : {};
}

function decodeFormat(format: Json): OutputFormat | undefined {
  if (!isRecord(format) || format.type !== "json_schema" || !isRecord(format.schema)) return undefined;
  return { type: "json_schema", schema: format.schema };
}

function decodeServiceTier(tier: Json): { readonly serviceTier?: string } {
  if (typeof tier !== "string") return {};
  return { serviceTier: tier === "standard_only" ? "default" : tier };
}
