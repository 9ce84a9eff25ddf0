/** How providers say no, as data. The first pattern that fits decides; the status alone decides where none does. */
import type { FailureClass } from "../../model/failure.ts";

export interface FailurePattern {
  readonly class: FailureClass;
  /** Statuses for which it holds; undefined: any, also an error inside a 200 answer. */
  readonly status?: readonly number[];
  /** Over the error's `code` and `type`, each by itself. */
  readonly code?: RegExp;
  /** Over the error's message. */
  readonly message?: RegExp;
  /** Where the form is documented or was seen. */
  readonly source: string;
}

export const FAILURE_PATTERNS: readonly FailurePattern[] = [
  // The request is too long for the model.
  {
    class: "context_overflow",
    code:
      /^(context_length_exceeded|string_above_max_length|request_too_large|model_context_window_exceeded)$/,
    source: "OpenAI error codes; Anthropic errors (413 request_too_large)",
  },
  {
    class: "context_overflow",
    status: [400, 413, 422],
    message:
      /prompt is too long|maximum context length|context (length|window|size).{0,40}(exceed|limit|maximum)|exceeds? .{0,40}context (length|window|size)|input (is|length).{0,30}too long|too many (input )?tokens|reduce the length of (the|your)|input token count .{0,40}exceeds|request (entity|payload)? ?too large|exceed.{0,20}max(imum)?[_ ](prompt|input|sequence)/i,
    source: "Anthropic, OpenAI, Groq, Gemini, Mistral, Together, llama.cpp and vLLM messages",
  },
  { class: "context_overflow", status: [413], source: "RFC 9110 15.5.14" },

  // The account has no more.
  {
    class: "quota_exhausted",
    code:
      /^(insufficient_quota|billing_error|billing_hard_limit_reached|billing_not_active|insufficient_balance|insufficient_credits|usage_limit_reached|usage_not_included|quota_exceeded|credits_exhausted|exceeded_current_quota_error|1113)$/,
    source: "OpenAI error codes; Anthropic billing_error; Codex usage_limit_reached; Moonshot; Z.AI 1113",
  },
  {
    class: "quota_exhausted",
    status: [400, 402, 403, 429],
    message:
      /credit balance is too low|insufficient (balance|credits?|quota|funds)|exceeded your current quota|(usage|spend(ing)?|weekly|monthly|daily|hourly|session|5-hour|account)( usage)? (limit|quota|cap|budget)( has been| was| is)? ?(reached|hit|exceeded|exhausted)|(reached|hit|exceeded) your (usage|spend(ing)?|weekly|monthly|daily|session|account|specified api usage) (limit|quota|limits)|you'?ve (hit|reached) your (usage )?limit|out of (extra usage|credits)|requires more credits|add (more )?credits|purchase (more )?credits|key limit exceeded|recharge|free-models-per-day/i,
    source:
      "Anthropic (credit balance, usage limits), OpenAI, OpenRouter (402; key limit exceeded), DeepSeek 402, Ollama Cloud",
  },
  {
    class: "quota_exhausted",
    status: [402],
    source: "RFC 9110 15.5.3; OpenRouter and DeepSeek use it for no credit",
  },

  // The provider does not believe the key.
  {
    class: "refused_credentials",
    code:
      /^(authentication_error|invalid_api_key|permission_error|invalid_authentication|unauthorized|account_deactivated)$/,
    source: "Anthropic errors; OpenAI error codes",
  },
  {
    class: "refused_credentials",
    status: [400, 403],
    message:
      /api[ _-]?key (not valid|is invalid|not found|expired|has been)|invalid api[ _-]?key|incorrect api key/i,
    source: "Gemini answers 400 to a bad key; Mistral, xAI",
  },

  // The model is not there.
  {
    class: "model_unknown",
    code:
      /^(model_not_found|model_not_available|model_decommissioned|unknown_model|invalid_model|model_not_exist|1211)$/,
    source: "OpenAI model_not_found; Groq model_decommissioned; Z.AI 1211",
  },
  {
    class: "model_unknown",
    status: [400, 403, 404, 410, 422],
    message:
      /model.{0,120}(not found|does not exist|do(es)? not have access|is not supported|not available|unknown|decommissioned|deprecated|not a valid|no longer|is not a known|not exist)|(unknown|invalid|no such|unsupported) model|not a valid model|no endpoints found|no allowed providers/i,
    source: "OpenRouter (not a valid model ID, no endpoints found), Groq, Ollama, Together, DeepSeek, Gemini",
  },
  { class: "model_unknown", status: [404], source: "Anthropic not_found_error; RFC 9110 15.5.5" },

  // Too many requests, and too much load.
  {
    class: "overloaded",
    code:
      /^(overloaded_error|server_is_overloaded|overloaded|service_unavailable|engine_overloaded|slow_down|capacity_exceeded|3505)$/,
    source: "Anthropic overloaded_error; OpenAI Responses server_is_overloaded; Mistral 3505",
  },
  {
    class: "overloaded",
    status: [500, 502, 503, 429],
    message:
      /overloaded|over capacity|at capacity|no capacity|service (is )?temporarily unavailable|engine is currently/i,
    source: "Moonshot engine_overloaded, Together, Cerebras, Groq 'over capacity'",
  },
  {
    class: "overloaded",
    status: [529, 503, 498],
    source: "Anthropic 529; RFC 9110 15.6.4; Groq 498 (flex capacity)",
  },
  {
    class: "rate_limited",
    code:
      /^(rate_limit_error|rate_limit_exceeded|rate_limited|too_many_requests|resource_exhausted|1302|1305)$/i,
    source: "Anthropic rate_limit_error; OpenAI rate_limit_exceeded; Gemini RESOURCE_EXHAUSTED; Z.AI 1302",
  },
  { class: "rate_limited", status: [429], source: "RFC 6585 4" },

  // The answer that the request deserves.
  {
    class: "content_refused",
    code:
      /^(content_policy_violation|content_filter|moderation_blocked|safety|cyber_policy_violation|invalid_prompt)$/,
    source: "OpenAI content_policy_violation; Azure content_filter; OpenAI Responses invalid_prompt",
  },
  {
    class: "content_refused",
    status: [400, 403, 422],
    message:
      /content (policy|management policy|filter)|flagged by moderation|requires moderation|safety (policy|system)/i,
    source: "OpenRouter 403 moderation; Azure content filter",
  },
  { class: "refused_credentials", status: [401, 403], source: "RFC 9110 15.5.2 and 15.5.4" },
  {
    class: "timeout",
    status: [408, 504, 524],
    source: "RFC 9110 15.5.9 and 15.6.5; OpenRouter 408; Cloudflare 524",
  },
  { class: "timeout", code: /^(timeout_error|timeout)$/, source: "Anthropic timeout_error" },
  {
    class: "server_error",
    code:
      /^(api_error|server_error|internal_error|internal_server_error|upstream_error|provider_error|vector_store_timeout)$/,
    source: "Anthropic api_error; OpenAI server_error",
  },
  {
    class: "bad_request",
    code: /^(invalid_request_error|invalid_request|validation_error)$/,
    source: "Anthropic, OpenAI",
  },
];

/** A reset further away than this makes a 429 a used-up quota. Milliseconds. */
export const QUOTA_RESET_MS = 5 * 60_000;
