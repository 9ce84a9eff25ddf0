/** What the two dialects of OpenAI have in common: lists of models, error bodies, settings, and the sources of media. */
import { isRecord } from "../../json/shape.ts";
import type { CacheMark, MediaSource } from "../../model/conversation.ts";
import type { ClientError } from "../../model/failure.ts";
import type { Json } from "../../model/json.ts";
import type { ListedModel, SentOn } from "../dialect.ts";

/** What goes on to OpenAI and to copies of its APIs. */
export const SENT_ON: SentOn = {
  headers: ["openai-beta"],
  account: ["chatgpt-account-id", "openai-organization", "openai-project", "x-openai-fedramp"],
};

// Models: https://platform.openai.com/docs/api-reference/models

/** Models have no date of their own here. */
const CREATED = 0;

/**
 * All models: the list has no pages. Codex, which sends its version, reads a list of its own form in `models`; where that
 * is empty it keeps the one that it has.
 * @see https://github.com/openai/codex
 */
export function listModels(models: readonly ListedModel[], query?: URLSearchParams): Json {
  const list = { object: "list", data: models.map(oneModel) };
  return query?.has("client_version") ? { ...list, models: [] } : list;
}

export function oneModel({ id, owner = "terraphim-llm-proxy" }: ListedModel): Json {
  return { id, object: "model", created: CREATED, owned_by: owner };
}

// Errors: https://platform.openai.com/docs/guides/error-codes

/** OpenAI's own words for each class: `type` and, where the client's SDK or agent reads it, `code`. */
export const KINDS: Readonly<
  Record<ClientError["class"], { readonly type: string; readonly code: string | null }>
> = {
  rate_limited: { type: "rate_limit_error", code: "rate_limit_exceeded" },
  quota_exhausted: { type: "insufficient_quota", code: "insufficient_quota" },
  overloaded: { type: "server_error", code: "server_is_overloaded" },
  server_error: { type: "server_error", code: "server_error" },
  unreachable: { type: "server_error", code: "provider_unreachable" },
  timeout: { type: "server_error", code: "timeout" },
  refused_credentials: { type: "authentication_error", code: "provider_credentials_refused" },
  model_unknown: { type: "invalid_request_error", code: "model_not_found" },
  context_overflow: { type: "invalid_request_error", code: "context_length_exceeded" },
  bad_request: { type: "invalid_request_error", code: null },
  content_refused: { type: "invalid_request_error", code: "content_policy_violation" },
  cancelled: { type: "server_error", code: "cancelled" },
  unauthorized: { type: "authentication_error", code: "invalid_api_key" },
  not_found: { type: "invalid_request_error", code: "not_found" },
  method_not_allowed: { type: "invalid_request_error", code: "method_not_allowed" },
  unsupported_media_type: { type: "invalid_request_error", code: "unsupported_media_type" },
  too_large: { type: "invalid_request_error", code: "request_too_large" },
  unsupported: { type: "invalid_request_error", code: "unsupported_parameter" },
};

/** The body of an error answer. */
export function encodeFailure(error: ClientError): Json {
  const kind = KINDS[error.class];
  const overflows = error.class === "context_overflow";
  const body = {
    message: overflows ? overflowMessage(error) : error.message,
    type: error.fields === undefined ? kind.type : error.code ?? kind.type,
    param: error.param ?? null,
    code: overflows ? kind.code : error.code ?? kind.code,
    ...error.fields,
  };
  return error.requestId === undefined ? { error: body } : { error: body, request_id: error.requestId };
}

/** Agents compact at the code, or at OpenAI's own words. */
function overflowMessage({ message, tokens }: ClientError): string {
  const own = tokens === undefined
    ? "Your input exceeds the context window of this model."
    : `This model's maximum context length is ${tokens.most} tokens. However, your messages resulted in ${tokens.asked} tokens.`;
  return `${own} ${message}`;
}

/** Whether an error body says in OpenAI's own way that the prompt is too long. */
export const saysOverflow = (body: string): boolean => body.includes("context_length_exceeded");

// Settings

/** Service tiers, and other dialects' words for them. */
export const SERVICE_TIERS: Readonly<Record<string, string>> = {
  auto: "auto",
  default: "default",
  standard: "default",
  standard_only: "default",
  flex: "flex",
  scale: "scale",
  priority: "priority",
  fast: "fast",
};

/** OpenAI refuses a longer `user`; Claude Code's is about 150 characters. */
export const LONGEST_USER = 64;

/** Thinking budgets as efforts: up to so many tokens. Above the last: "high". */
const EFFORTS: readonly (readonly [tokens: number, effort: string])[] = [
  [2048, "low"],
  [12_000, "medium"],
];

/** The effort that is nearest to a thinking budget in tokens. */
export function effortOf(budget: number): string {
  for (const [tokens, effort] of EFFORTS) if (budget <= tokens) return effort;
  return "high";
}

// Media

const DATA_URL = /^data:([^;,]*)(?:;[^;,]*)*;base64,/i;

/** The source that a URL names: a data URL holds it. */
export function urlSource(url: string): MediaSource {
  const head = url.startsWith("data:") ? DATA_URL.exec(url) : null;
  if (head === null) return { kind: "url", url };
  return { kind: "data", mediaType: head[1] || "application/octet-stream", data: url.slice(head[0].length) };
}

export function dataUrl(mediaType: string, base64: string): string {
  return `data:${mediaType};base64,${base64}`;
}

/** `prompt_cache_breakpoint`, whose lives are 30 minutes and 12 hours. */
export function decodeBreakpoint(part: Readonly<Record<string, Json>>): { readonly cache?: CacheMark } {
  if (!isRecord(part.prompt_cache_breakpoint)) return {};
  return { cache: part.prompt_cache_breakpoint.ttl === "12h" ? { ttl: "1h" } : {} };
}
