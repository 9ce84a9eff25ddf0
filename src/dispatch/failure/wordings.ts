/**
 * What providers say that no rule over words can know: codes, numbers, and sentences that mean something else than they
 * say. The first one that fits decides; see `parts.ts` for the rule, which is asked next.
 */
import type { FailureClass } from "../../model/failure.ts";
import type { Scope } from "./failure.ts";

export interface Wording {
  readonly class: FailureClass;
  /** What it concerns, where that is not what the class concerns. */
  readonly scope?: Scope;
  /** Statuses for which it holds; 200: an error inside a 200 answer. @default all of them */
  readonly status?: readonly number[];
  /** Over the error's `code` and `type`, each by itself. */
  readonly code?: RegExp;
  /** Over the error's message. */
  readonly message?: RegExp;
  /** Where the form is documented or was seen. */
  readonly source: string;
}

export const WORDINGS: readonly Wording[] = [
  // A 200 answer with one of MiniMax's numbers: other providers use the same numbers with statuses, for something else.
  {
    class: "rate_limited",
    status: [200],
    code: /^(1002|1039|1041|2045)$/,
    source:
      "MiniMax: requests, tokens and connections a minute (platform.minimax.io/docs/api-reference/errorcode)",
  },
  { class: "timeout", status: [200], code: /^1001$/, source: "MiniMax: timeout" },
  {
    class: "server_error",
    status: [200],
    code: /^(1000|1013|1024|1033)$/,
    source: "MiniMax: its own failures",
  },
  { class: "refused_credentials", status: [200], code: /^(1004|2049)$/, source: "MiniMax: the key" },
  // Limits of a minute that sound like used-up quotas.
  {
    class: "rate_limited",
    message: /(?<!\b(?:free|hour|day|week|month) )allocated quota exceeded|error-code#token-limit/i,
    source: "Alibaba: the tokens of a minute (help.aliyun.com/en/model-studio/rate-limit)",
  },
  {
    class: "rate_limited",
    message: /Resource has been exhausted \(e\.g\. check quota\)/i,
    source: "Google: the words of every RESOURCE_EXHAUSTED without details",
  },
  {
    class: "rate_limited",
    message: /\bonline_prediction_requests_per_base_model\b/,
    source: "Vertex: requests a minute (cloud.google.com/vertex-ai/generative-ai/docs/quotas)",
  },
  // The request is too long for the model, or one of its fields is.
  {
    class: "rate_limited",
    status: [413],
    code: /^rate_limit_exceeded$/,
    source: "Groq: a request above the tokens of a minute (console.groq.com/docs/rate-limits)",
  },
  {
    class: "context_overflow",
    code:
      /^(context_length_exceeded|request_too_large|model_context_window_exceeded|exceed_context_size_error|1261|prompt_too_long)$/,
    source: "OpenAI error codes; Anthropic errors (413 request_too_large); llama.cpp server; Z.AI 1261",
  },
  {
    class: "bad_request",
    status: [400, 422],
    code: /^(string_above_max_length|array_above_max_length|integer_above_max_value)$/,
    source: "OpenAI error codes: one field is above its own limit",
  },
  {
    class: "bad_request",
    scope: "request",
    code: /^(invalid_encrypted_content|previous_response_not_found)$/,
    source: "OpenAI: another account's reasoning or answer, also inside a stream",
  },
  {
    class: "bad_request",
    status: [400],
    message: /max_(?:completion_)?tokens[`'"]? must be less than or equal to/i,
    source: "Groq: an answer's limit above the model's, which speaks of the window too",
  },
  {
    class: "bad_request",
    status: [400],
    message: /maximum tokens you requested exceeds? the model limit/i,
    source: "Bedrock: the same",
  },
  {
    class: "context_overflow",
    status: [400],
    message:
      /max_(?:completion_|new_|output_)?tokens[`'"]? must be (?:at least|greater than|positive).{0,20} -\d/i,
    source: "vLLM: what the prompt leaves of the window is less than nothing (github.com/vllm-project/vllm)",
  },
  // The account has no more.
  {
    class: "quota_exhausted",
    code:
      /^(insufficient_quota|billing_error|billing_hard_limit_reached|billing_not_active|insufficient_balance|insufficient_credits|insufficient_user_quota|usage_limit_reached|usage_not_included|quota_exceeded|credits_exhausted|exceeded_current_quota_error|Arrearage|AccountOverdueError|OperationDenied\.ServiceOverdue|CreditsError|MonthlyLimitError|\w*UsageLimitError|1113|1304|1308|1309|1310|1316|1008|2056|30001|50002)$/,
    source:
      "OpenAI error codes; Anthropic billing_error; Codex usage_limit_reached; Moonshot; Z.AI 1113, 1304 and 1308 to 1310 (docs.z.ai/api-reference/api-code); MiniMax 1008 and 2056; Alibaba Arrearage; Volcengine AccountOverdueError; SiliconFlow 30001; opencode Zen",
  },
  {
    class: "quota_exhausted",
    scope: "key+model",
    code: /^(AllocationQuota\.FreeTierOnly|SetLimitExceeded|QuotaExceeded)$/,
    source: "Alibaba: a model's free tier; Volcengine: the inference limit that is set for a model",
  },
  {
    class: "quota_exhausted",
    scope: "family",
    message: /free-models-per-day/i,
    source:
      "OpenRouter: requests a day to all models that end in :free (openrouter.ai/docs/api-reference/limits)",
  },
  {
    class: "rate_limited",
    scope: "family",
    message: /free-models-per-min/i,
    source: "OpenRouter: the same for a minute",
  },
  {
    class: "quota_exhausted",
    scope: "request",
    message: /extra usage is required for (?:long context|1m context)/i,
    source: "Anthropic subscriptions, with status 429: shorter requests are answered",
  },
  {
    class: "quota_exhausted",
    message: /third[ -]party apps?.{0,40}extra usage|you'?ve hit your (?:usage )?limit|out of extra usage/i,
    source: "Anthropic subscriptions, with status 400 or 429",
  },
  {
    class: "quota_exhausted",
    message: /make sure your account is in good standing/i,
    source: "Alibaba: the words of Arrearage, also where a gateway drops the code",
  },
  // The provider does not believe the key.
  {
    class: "refused_credentials",
    code:
      /^(authentication_error|invalid_api_key|invalid_authentication|unauthorized|account_deactivated|InvalidApiKey|AuthenticationError)$/,
    status: [200, 400, 401, 403, 412, 429],
    source: "Anthropic errors; OpenAI error codes; Alibaba; Volcengine",
  },
  {
    class: "refused_credentials",
    code: /^(100[0-4]|111[0-2]|1121|1220|1313|2049)$/,
    status: [400, 401, 403, 412, 429, 434],
    source: "Z.AI 1000 to 1220, and 1313 for its fair use policy; MiniMax 2049",
  },
  // The model is not there.
  {
    class: "model_unknown",
    code:
      /^(model_not_found|model_not_available|model_decommissioned|unknown_model|invalid_model|model_not_exist|ModelNotFound|ModelNotOpen|UnsupportedModel|OperationDenied\.ServiceNotOpen|InvalidEndpoint\.ClosedEndpoint|InvalidEndpointOrModel\.\w+|1211|1311|20012|30003)$/,
    source:
      "OpenAI model_not_found; Groq model_decommissioned; Z.AI 1211, and 1311 for a plan without the model; SiliconFlow 20012 and 30003; Alibaba; Volcengine",
  },
  // Too many requests, and too much load.
  {
    class: "overloaded",
    code:
      /^(overloaded_error|server_is_overloaded|overloaded|service_unavailable|engine_overloaded|engine_overloaded_error|slow_down|capacity_exceeded|ServerOverloaded|3505|1305|1312|50505)$/,
    source:
      "Anthropic overloaded_error; OpenAI Responses server_is_overloaded; Mistral 3505; Z.AI 1305, 1312; SiliconFlow 50505",
  },
  {
    class: "rate_limited",
    code: /^(RateLimitExceeded(\.\w+)?|1302|1303|1002)$/i,
    status: [400, 429, 500],
    source: "Volcengine; Z.AI 1302 and 1303; MiniMax 1002",
  },
  // The answer that the request deserves.
  {
    class: "content_refused",
    code:
      /^(content_policy_violation|content_filter|moderation_blocked|safety|cyber_policy_violation|invalid_prompt|DataInspectionFailed|data_inspection_failed|1301|1026|1027)$/,
    source:
      "OpenAI content_policy_violation; Azure content_filter; OpenAI Responses invalid_prompt; Alibaba; Z.AI 1301; MiniMax 1026 and 1027",
  },
  {
    class: "server_error",
    message: /bootstrap room|disaggregated request/i,
    source: "SGLang: a router that did not reach its workers, called a bad request",
  },
  { class: "timeout", code: /^(timeout_error|timeout)$/, source: "Anthropic timeout_error" },
  {
    class: "server_error",
    scope: "request",
    code: /^(tool_use_failed|json_validate_failed|output_parse_failed)$/,
    source:
      "Groq: the model's output was not the tool call or the JSON that it had to be (console.groq.com/docs/errors)",
  },
  {
    class: "server_error",
    code: /^(abort|network_error|insufficient_system_resource|empty_answer|stream_cut)$/,
    source: "Finish reasons of Z.AI and DeepSeek, and what this proxy calls an answer that holds none",
  },
];

/** What a status says by itself, where neither a wording nor a rule knows the words. */
export const STATUSES: readonly (readonly [statuses: readonly number[], FailureClass, source: string])[] = [
  [[401, 403], "refused_credentials", "RFC 9110 15.5.2 and 15.5.4"],
  [[402], "quota_exhausted", "RFC 9110 15.5.3; OpenRouter and DeepSeek use it for no credit"],
  [[404], "model_unknown", "Anthropic not_found_error; RFC 9110 15.5.5"],
  [[408, 504, 522, 524], "timeout", "RFC 9110 15.5.9 and 15.6.5; OpenRouter 408; Cloudflare 522 and 524"],
  [[413], "context_overflow", "RFC 9110 15.5.14"],
  [[429], "rate_limited", "RFC 6585 4"],
  [[498, 503, 529], "overloaded", "Groq 498 (flex capacity); RFC 9110 15.6.4; Anthropic 529"],
];

/** Codes of a rate limit at any status, after the words were asked. */
export const RATE_CODE =
  /^(rate_limit_error|rate_limit_exceeded|rate_limited|too_many_requests|resource_exhausted)$/i;
/** Codes of a refused key at any status, after the words were asked: some providers use them for used-up quotas. */
export const KEY_CODE = /^(permission_error|permission_denied|forbidden)$/i;
/** Codes of a failure of the server. */
export const SERVER_CODE =
  /^(api_error|server_error|internal_error|internal_server_error|upstream_error|provider_error|vector_store_timeout)$/i;

/** A form of refusal whose dates name no zone and are not in UTC. */
export interface LocalTime {
  /** Over the error's codes, each by itself. */
  readonly code?: RegExp;
  /** Over the error's message. */
  readonly message?: RegExp;
  /** The zone of its dates: `+08:00`. */
  readonly offset: string;
  /** Where it was seen. */
  readonly source: string;
}

/** The first one of which anything fits decides. */
export const LOCAL_TIMES: readonly LocalTime[] = [
  {
    code: /^(?:130[89]|131\d|132[01])$/,
    message: /usage limit reached for \d+ ?hour|weekly\/monthly limit exhausted/i,
    offset: "+08:00",
    source:
      "Z.AI, in both languages (github.com/can1357/oh-my-pi/issues/11014: the date beside the reset of the usage API; github.com/diegosouzapw/OmniRoute/issues/14479)",
  },
  {
    message: /[\u4e00-\u9fff]/,
    offset: "+08:00",
    source: "A sentence in Chinese: China has one zone (docs.bigmodel.cn/cn/api/api-code 1308 and 1310)",
  },
];

/** A reset further away than this makes a rate limit a used-up quota. Milliseconds. */
export const QUOTA_RESET_MS = 5 * 60_000;
