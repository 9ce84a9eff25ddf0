/** The Anthropic Messages dialect. @see https://platform.claude.com/docs/en/api/messages */
import { formatSse } from "../../bytes/sse.ts";
import type { Json } from "../../model/json.ts";
import type { Dialect } from "../dialect.ts";
import { decodeReply } from "./answer/decode.ts";
import { encodeReply } from "./answer/encode.ts";
import { encodedToFit } from "../shared/fit.ts";
import { decodeFailure } from "../shared/error.ts";
import { userTextsIn } from "../shared/user-texts.ts";
import { encodeFailure, failureEvent, saysOverflow } from "./error.ts";
import { applySettings, fitRequest } from "./fit.ts";
import { LIMITS } from "./limits.ts";
import { listModels, oneModel } from "./models.ts";
import { decodeRequest } from "./request/decode.ts";
import { encodeRequest } from "./request/encode.ts";
import { inspectAnthropicMessages } from "./request/inspect.ts";
import { historyEdits, needsReencode } from "./request/passthrough.ts";
import { AnthropicStreamDecoder } from "./stream/decode.ts";
import { AnthropicStreamEncoder } from "./stream/encode.ts";
import { AnthropicStreamWatch } from "./stream/watch.ts";
import { decodeUsage } from "./usage.ts";

export const anthropicMessages: Dialect = {
  name: "anthropic-messages",
  paths: { generate: "/messages", countTokens: "/messages/count_tokens", models: "/models" },
  matches: (path, headers) => path.includes("/messages") || headers["anthropic-version"] !== undefined,
  matchesBody,
  // https://platform.claude.com/docs/en/api/versioning
  headers: { "anthropic-version": "2023-06-01" },
  sentOn: { headers: ["anthropic-"], query: ["beta"] },
  example: (prompt, model) => ({ model, messages: [{ role: "user", content: prompt }], max_tokens: 1024 }),
  provider: {
    auth: "both",
    isAt: (name, { hostname, pathname }) =>
      /(^|\.)anthropic\.com$/.test(hostname) || /\/anthropic(\/|$)/.test(pathname) ||
      /^(anthropic|claude)\b/i.test(name),
    // https://docs.anthropic.com/en/api/models-list: 20 a page where nothing is said
    modelsQuery: { limit: "1000" },
  },
  models: { list: listModels, one: oneModel },
  countTokens: {
    encode: (tokens) => ({ input_tokens: tokens }),
    decode: (json) => typeof json?.input_tokens === "number" ? json.input_tokens : undefined,
  },
  inspect: inspectAnthropicMessages,
  request: {
    decode: decodeRequest,
    withUserTexts: userTextsIn("messages"),
    encode: encodedToFit(encodeRequest, fitRequest),
    needsReencode,
    edits: historyEdits,
    settings: applySettings,
    fit: fitRequest,
  },
  reply: { decode: decodeReply, encode: encodeReply, callIds: /^[a-zA-Z0-9_-]{1,64}$/ },
  stream: {
    decoder: () => new AnthropicStreamDecoder(),
    encoder: (asked) => new AnthropicStreamEncoder(asked),
    watch: () => new AnthropicStreamWatch(),
    keepAlive: formatSse('{"type":"ping"}', "ping"),
  },
  limits: LIMITS,
  usage: (json) => decodeUsage(json?.usage),
  failure: { decode: decodeFailure, encode: encodeFailure, event: failureEvent, saysOverflow },
};

/** Fields that only this dialect has. */
const OWN_FIELDS = ["system", "anthropic_version", "thinking", "stop_sequences"];

/** A body with `messages` and no other dialect's roles, that has a field which only this one has or requires. */
function matchesBody(body: Json): boolean {
  if (body.input !== undefined) return false;
  const roles: unknown[] = Array.isArray(body.messages) ? body.messages.map((one: Json) => one?.role) : [];
  if (roles.some((role) => role === "system" || role === "developer" || role === "tool")) return false;
  return body.max_tokens !== undefined || OWN_FIELDS.some((field) => body[field] !== undefined) ||
    (Array.isArray(body.tools) && body.tools.some((tool: Json) => tool?.input_schema !== undefined));
}
