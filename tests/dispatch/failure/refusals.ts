/**
 * What providers say when they refuse, with what it means. `seen`: where the words are from.
 * Ids, names and numbers are replaced.
 */
import type { Scope } from "../../../src/dispatch/failure/failure.ts";
import type { FailureClass } from "../../../src/model/failure.ts";

export interface Refusal {
  readonly class: FailureClass;
  /** Where it is not what the class concerns. */
  readonly scope?: Scope;
  readonly status: number;
  readonly code?: string;
  readonly message: string;
  readonly seen: string;
}

type Row = readonly [status: number, message: string, seen: string, code?: string, scope?: Scope];

const rows = (kind: FailureClass, list: readonly Row[]): readonly Refusal[] =>
  list.map(([status, message, seen, code, scope]) => ({
    class: kind,
    status,
    message,
    seen,
    ...(code === undefined ? {} : { code }),
    ...(scope === undefined ? {} : { scope }),
  }));

const overflow = rows("context_overflow", [
  [400, "prompt is too long: 213462 tokens > 200000 maximum", "Anthropic"],
  [
    400,
    "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length or `max_tokens` and try again",
    "Anthropic",
  ],
  [413, "Request exceeds the maximum size", "Anthropic", "request_too_large"],
  [
    400,
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9100 tokens. Please reduce the length of the messages.",
    "OpenAI",
    "context_length_exceeded",
  ],
  [
    400,
    "Your input exceeds the context window of this model. Please adjust your input and try again.",
    "OpenAI Responses",
  ],
  [
    400,
    "Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300000 tokens.",
    "OpenAI gpt-5",
  ],
  [400, "ValidationException: Input is too long for requested model.", "Bedrock"],
  [
    400,
    "The model returned the following errors: prompt is too long: 210000 tokens > 200000 maximum",
    "Bedrock, wrapped",
  ],
  [400, "This model's maximum prompt length is 131072 but the request contains 537812 tokens.", "xAI"],
  [
    400,
    "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough.",
    "LM Studio",
  ],
  [
    400,
    "The number of tokens to keep from the initial prompt is greater than the context length.",
    "LM Studio",
  ],
  [
    400,
    "prompt token count of 140000 exceeds the limit of 128000",
    "GitHub Copilot",
    "model_max_prompt_tokens_exceeded",
  ],
  [400, "Invalid request: Your request exceeded model token limit: 262144 (requested: 300000)", "Kimi"],
  [400, "Input token length too long", "Kimi"],
  [400, "Range of input length should be [1, 98304]", "Alibaba", "invalid_parameter_error"],
  [400, "length of prompt_tokens (40000) must be less than max_seq_len (32768).", "SiliconFlow", "20015"],
  [
    422,
    "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9000 `inputs` tokens and 100 `max_new_tokens`",
    "Together",
  ],
  [400, "Input (5000 tokens) is longer than the model's context length (4096 tokens).", "Together"],
  [422, "Input validation error: `inputs` must have less than 4096 tokens. Given: 5000", "Hugging Face TGI"],
  [
    400,
    "Total tokens of image and text exceed max message tokens. Request id: x",
    "Volcengine",
    "InvalidParameter",
  ],
  [400, "Prompt exceeds max length", "Z.AI", "1261"],
  [
    400,
    "The decoder prompt (length 5000) is longer than the maximum model length of 4096. Make sure that `max_model_len` is no smaller than the number of text tokens.",
    "vLLM",
  ],
  [
    400,
    "'max_tokens' or 'max_completion_tokens' is too large: 32000. This model's maximum context length is 8192 tokens and your request has 5000 input tokens (32000 > 8192 - 5000).",
    "vLLM, newer",
  ],
  [400, "prompt too long; exceeded max context length by 4 tokens", "Ollama Cloud"],
  [400, "Input exceeds the maximum allowed input length of 262144 tokens", "OpenRouter"],
  [
    400,
    "This endpoint's maximum context length is 131072 tokens. However, you requested about 140000 tokens (130000 of text input, 10000 in the output). Please reduce the length of either one.",
    "OpenRouter",
  ],
  [400, "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).", "Gemini"],
  [
    400,
    "Unable to submit request because the input token count is 1100000 but model only supports up to 1048576. Reduce the input token count and try again.",
    "Vertex",
  ],
  [400, "Please reduce the length of the messages or completion.", "Groq", "context_length_exceeded"],
  [
    400,
    "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
    "Mistral",
  ],
  [400, "invalid params, context window exceeds limit (2013)", "MiniMax"],
  [
    400,
    "the request exceeds the available context size, try increasing it",
    "llama.cpp",
    "exceed_context_size_error",
  ],
  [400, "request (5000 tokens) exceeds the available context size (4096 tokens)", "llama.cpp"],
  [
    400,
    "Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192",
    "Cerebras",
    "context_length_exceeded",
  ],
  [
    400,
    "too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 5000. Try using a shorter prompt.",
    "Cohere",
  ],
  [400, "Prompt has 300000 tokens, but the configured context size is 262144 tokens", "AI21"],
  [400, "The prompt is too long: 140000, model maximum context length: 131072", "Fireworks"],
  [
    400,
    "Requested token count exceeds the model's maximum context length of 32768 tokens. You requested a total of 40000 tokens.",
    "SGLang",
  ],
  [400, "The input (70000 tokens) is longer than the model's context length (65536 tokens).", "SGLang"],
  [400, "Request too large: token count 30000 exceeds the model's context window 16384", "Databricks"],
  [400, "Input length 140000 exceeds the maximum length 131072", "Volcengine"],
  [400, "context length is only 4096 tokens, prompt has 6000", "Jan"],
  [400, "Sequence length exceeds the maximum of 32768", "NVIDIA NIM"],
  [400, "The total number of input tokens is larger than the maximum allowed for this model", "Baidu"],
  [400, "prompt tokens too long", "StepFun"],
  [400, "输入长度超过模型最大上下文", "Zhipu, Chinese"],
  [400, "Your conversation is too long for this model. Shorten it or start a new one.", "Poe"],
  [400, "Input is longer than the maximum number of tokens (32000) supported", "Writer"],
  [422, "The text is too long: 9000 tokens, the limit is 8000", "Nebius"],
  [
    500,
    "This model's maximum context length is 4096 tokens, however you requested 5000 tokens: prompt exceeds it",
    "FastChat",
  ],
]);

const rate = rows("rate_limited", [
  [
    413,
    "Request too large for model `llama-3.1-8b-instant` in organization `org_x` service tier `on_demand` on tokens per minute (TPM): Limit 6000, Requested 9000, please reduce your message size and try again. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing",
    "Groq",
    "rate_limit_exceeded",
    "request",
  ],
  [
    429,
    "Rate limit reached for model `llama-3.3-70b-versatile` in organization `org_x` service tier `on_demand` on tokens per minute (TPM): Limit 12000, Used 11000, Requested 3000. Please try again in 11.455s. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing",
    "Groq",
    "rate_limit_exceeded",
  ],
  [
    429,
    "Rate limit reached for gpt-4.1 in organization org-x on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s.",
    "OpenAI",
    "rate_limit_exceeded",
  ],
  [
    429,
    "This request would exceed your organization's rate limit of 30,000 input tokens per minute",
    "Anthropic",
    "rate_limit_error",
  ],
  [429, "Number of request tokens has exceeded your per-minute rate limit", "Anthropic"],
  [400, "Throttling.RateQuota: Requests rate limit exceeded, please try again later.", "Alibaba"],
  [
    429,
    "The Requests Per Minute (RPM) limit of the associated endpoint for your account has been exceeded.",
    "Volcengine",
    "RateLimitExceeded.EndpointRPMExceeded",
  ],
  [429, "High concurrency usage of this API, please reduce concurrency", "Z.AI", "1302"],
  [400, "ThrottlingException: Too many requests, please wait before trying again.", "Bedrock"],
  [429, "Requests rate limit exceeded", "Mistral"],
  [403, "Too many requests: slow down", "a gateway"],
  [500, "rate limit", "MiniMax", "1002"],
  [429, "Rate limit exceeded: free-models-per-min.", "OpenRouter", undefined, "family"],
]);

const quota = rows("quota_exhausted", [
  [
    429,
    "You exceeded your current quota, please check your plan and billing details.",
    "OpenAI",
    "insufficient_quota",
  ],
  [
    400,
    "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
    "Anthropic",
  ],
  [
    400,
    "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.",
    "Anthropic",
  ],
  [
    400,
    "Third-party apps now draw from your extra usage, not your plan limits. Add more at claude.ai/settings/usage and keep going.",
    "Anthropic subscription",
  ],
  [
    400,
    "You're out of extra usage. Add more at claude.ai/settings/usage and keep going.",
    "Anthropic subscription",
  ],
  [429, "The usage limit has been reached", "Codex", "usage_limit_reached"],
  [402, "Insufficient credits. Add more using https://openrouter.ai/settings/credits", "OpenRouter"],
  [
    402,
    "This request requires more credits, or fewer max_tokens. You requested up to 4096 tokens, but can only afford 1200.",
    "OpenRouter",
  ],
  [
    403,
    "Key limit exceeded (monthly limit). Manage it using https://openrouter.ai/settings/keys",
    "OpenRouter",
  ],
  [
    429,
    "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day",
    "OpenRouter",
    undefined,
    "family",
  ],
  [402, "Insufficient Balance", "DeepSeek"],
  [
    429,
    "Your account org-x <ak-y> is suspended, please check your plan and billing details",
    "Moonshot",
    "exceeded_current_quota_error",
  ],
  [429, "Your account is in arrears, please recharge and try again", "Z.AI", "1113"],
  [429, "Usage limit reached for 5 hour. Your limit will reset at 2026-11-22 18:00:00", "Z.AI", "1308"],
  [429, "Your GLM Coding Plan package has expired and is temporarily unavailable", "Z.AI", "1309"],
  [429, "Weekly/Monthly Limit Exhausted. Your limit will reset at 2026-12-01 00:00:00", "Z.AI", "1310"],
  [500, "insufficient balance", "MiniMax", "1008"],
  [400, "Access denied, please make sure your account is in good standing.", "Alibaba", "Arrearage"],
  [
    403,
    'The free tier of the model has been exhausted. If you wish to continue access the model on a paid basis, please disable the "use free tier only" mode in the management console.',
    "Alibaba",
    "AllocationQuota.FreeTierOnly",
    "key+model",
  ],
  [
    403,
    "The request failed because your account has an overdue balance.",
    "Volcengine",
    "AccountOverdueError",
  ],
  [
    429,
    "Your account x has reached the set inference limit for the doubao-pro model, and the model service has been paused.",
    "Volcengine",
    "SetLimitExceeded",
    "key+model",
  ],
  [403, "Sorry, your account balance is insufficient", "SiliconFlow", "30001"],
  [
    429,
    "Rate limit reached for model `llama-3.3-70b-versatile` in organization `org_x` on tokens per day (TPD): Limit 100000, Used 97050, Requested 3619. Please try again in 9m38.016s.",
    "Groq",
    "rate_limit_exceeded",
    "key+model",
  ],
  [429, "Too many tokens per day, please wait before trying again.", "Bedrock", "ThrottlingException"],
  [
    429,
    "Your project has exceeded its monthly spending cap. Please go to AI Studio to manage your project spend cap.",
    "Gemini",
  ],
  [
    429,
    "Your prepayment credits are depleted. Please go to AI Studio to manage your project and billing.",
    "Gemini",
  ],
  [403, "You have run out of credits. Please add funds to your account.", "Fireworks"],
  [429, "you've reached your weekly usage limit, please upgrade", "Ollama Cloud"],
  [403, "Your team has either used all available credits or reached its monthly spending limit.", "xAI"],
  [401, "Insufficient balance. Manage your billing here", "opencode Zen", "CreditsError"],
  [429, "Monthly usage limit reached. Resets in 12 days.", "opencode Zen"],
  [402, "You have exceeded your monthly included credits for Inference Providers.", "Hugging Face"],
  [403, "insufficient_user_quota: 用户额度不足", "one-api", "insufficient_user_quota"],
  [429, "余额不足或无可用资源包,请充值。", "Zhipu, Chinese", "1113"],
  [429, "Daily request limit reached for your plan", "a gateway"],
]);

const credentials = rows("refused_credentials", [
  [400, "This organization has been disabled.", "Anthropic"],
  [
    400,
    "This credential is only authorized for use with Claude Code and cannot be used for other API requests.",
    "Anthropic",
  ],
  [
    400,
    "The long context beta is not yet available for this subscription.",
    "Anthropic",
    undefined,
    "key+model",
  ],
  [
    403,
    "OAuth authentication is currently not allowed for this organization.",
    "Anthropic",
    "permission_error",
  ],
  [
    401,
    "OAuth token has expired. Please obtain a new token or refresh your existing token.",
    "Anthropic",
    "authentication_error",
  ],
  [400, "API key not valid. Please pass a valid API key.", "Gemini"],
  [400, "API key expired. Please renew the API key.", "Gemini"],
  [
    400,
    "Incorrect API key provided: [redacted]. You can obtain an API key from https://console.x.ai.",
    "xAI",
  ],
  [400, "User location is not supported for the API use.", "Gemini", "FAILED_PRECONDITION", "provider"],
  [
    403,
    "Country, region, or territory not supported",
    "OpenAI",
    "unsupported_country_region_territory",
    "provider",
  ],
  [
    400,
    "Your organization must be verified to stream this model. Please go to the settings and click on Verify Organization.",
    "OpenAI",
    undefined,
    "key+model",
  ],
  [400, "Your organization must be verified to use the model `gpt-5`.", "OpenAI", undefined, "key+model"],
  [412, "Account suspended", "Fireworks"],
  [429, "Your account has been locked, please contact customer service to unlock", "Z.AI", "1112"],
  [403, "Your project has been denied access. Please contact support.", "Gemini"],
  [403, "Account suspended.", "AIHubMix"],
  [400, "The account associated with this API key has been deactivated", "a gateway"],
  [
    403,
    "Your account is not active, please check your billing details on our website.",
    "OpenAI",
    "account_deactivated",
  ],
  [400, "Workspace has been archived and is no longer active", "a gateway"],
  [401, "Invalid access token or token expired.", "Alibaba"],
  [400, "Invalid API-key provided.", "Alibaba", "InvalidApiKey"],
  [403, "Permission denied: Consumer 'projects/1' has been suspended.", "Google", "PERMISSION_DENIED"],
  [400, "Your current plan does not allow API access", "a gateway"],
  [400, "Your subscription has expired", "a gateway"],
  [403, "real-name verification is required for your account", "SiliconFlow"],
]);

const unknown = rows("model_unknown", [
  [404, "The model `gpt-9` does not exist or you do not have access to it.", "OpenAI", "model_not_found"],
  [404, "model: claude-9", "Anthropic", "not_found_error"],
  [400, "foo/bar is not a valid model ID", "OpenRouter"],
  [404, "No endpoints found for foo/bar.", "OpenRouter"],
  [404, "No allowed providers are available for the selected model.", "OpenRouter"],
  [400, "The model `x` has been decommissioned and is no longer supported.", "Groq", "model_decommissioned"],
  [404, "model 'qwen9' not found, try pulling it first", "Ollama"],
  [400, "Model Not Exist", "DeepSeek", "invalid_request_error"],
  [400, "Model does not exist. Please check it carefully.", "SiliconFlow", "20012"],
  [403, "Project `proj_x` does not have access to model `gpt-5`", "OpenAI", "model_not_found"],
  [403, "Your API key does not have permission to use the specified model.", "a gateway"],
  [400, "Model does not exist, please check the model code", "Z.AI", "1211"],
  [
    404,
    "models/gemini-9 is not found for API version v1beta, or is not supported for generateContent.",
    "Gemini",
  ],
  [
    404,
    "Publisher Model `projects/p/models/x` was not found or your project does not have access to it.",
    "Vertex",
  ],
  [400, "Invalid model: x", "Mistral", "1500"],
  [404, "The model x does not exist.", "vLLM", "NotFoundError"],
  [
    404,
    "Your account has not activated the model doubao. Please activate the model service in the Ark Console.",
    "Volcengine",
    "ModelNotOpen",
  ],
  [
    400,
    "Unable to access non-serverless model x. Please visit the site to create and start a new dedicated endpoint for the model.",
    "Together",
    "model_not_available",
  ],
  [403, "The model x is gated and you do not have access. Request access first.", "Hugging Face"],
  [400, "The requested model is not supported.", "GitHub Copilot", "model_not_supported"],
  [410, "The model has reached its end of life and is no longer available.", "NVIDIA"],
  [404, "The API deployment for this resource does not exist.", "Azure", "DeploymentNotFound"],
]);

const unsupported = rows("unsupported", [
  [404, "No endpoints found that support image input", "OpenRouter"],
  [
    404,
    "No endpoints found that support tool use. To learn more about provider routing, visit: https://openrouter.ai/docs",
    "OpenRouter",
  ],
  [404, "No endpoints found that can handle the requested parameters.", "OpenRouter"],
  [404, "No endpoints found that support the provided 'tool_choice' value.", "OpenRouter"],
  [400, "/models/x is not a multimodal model", "vLLM"],
  [400, "this model does not support image input", "Ollama Cloud"],
  [400, "registry.ollama.ai/library/x does not support tools", "Ollama"],
  [400, 'Cannot read "image.png" (this model does not support image input). Inform the user.', "a gateway"],
  [400, "This model cannot read images", "a gateway"],
  [400, "`tool calling` is not supported with this model", "Groq"],
  [400, "Tool calling not supported for this model", "a gateway"],
  [400, "This model does not support `response_format` of type json_schema", "Groq"],
  [400, "Invalid content type. image_url is only supported by certain models.", "OpenAI"],
  [400, "Unsupported content part type for text-only server: image_url", "FreeToken"],
  [400, "Function calling is not enabled for models/gemma-3", "Gemini"],
  [400, "Developer instruction is not enabled for models/gemma-3", "Gemini"],
  [400, "Image input modality is not enabled for models/gemma-3", "Gemini"],
  [422, "Audio input is not supported by this model", "a gateway"],
  [400, "This model does not support the effort parameter.", "Anthropic"],
  [
    400,
    "Unsupported parameter: 'temperature' is not supported with this model.",
    "OpenAI",
    "unsupported_parameter",
  ],
  [400, "image_url is not supported by this model", "Alibaba"],
  [400, "thinking is not supported by this model", "a gateway"],
  [400, "该模型不支持图片输入", "Zhipu, Chinese"],
]);

const busy = rows("overloaded", [
  [529, "Overloaded", "Anthropic", "overloaded_error"],
  [503, "The engine is currently overloaded, please try again later", "OpenAI"],
  [429, "The engine is currently overloaded, please try again later", "Moonshot", "engine_overloaded_error"],
  [503, "The model is overloaded. Please try again later.", "Gemini"],
  [503, "x is currently over capacity. Please try again and back off exponentially.", "Groq"],
  [
    429,
    "We're experiencing high traffic right now! Please try again soon.",
    "Cerebras",
    "too_many_requests_error",
  ],
  [429, "Service tier capacity exceeded for this model.", "Mistral", "3505"],
  [400, "Selected model is at capacity. Please try a different model.", "Codex"],
  [503, "System is too busy now. Please try again later.", "SiliconFlow", "50505"],
  [429, "The service is temporarily overloaded, please try again later", "Z.AI", "1305"],
  [503, "当前分组上游负载已饱和,请稍后再试", "new-api"],
  [500, "no healthy upstream: no available server", "a gateway"],
]);

const request = rows("bad_request", [
  [400, "max_tokens: must be at least 1", "Anthropic", "invalid_request_error"],
  [
    400,
    "max_tokens: 100000 > 8192, which is the maximum allowed number of output tokens for claude-3-5-sonnet",
    "Anthropic",
    "invalid_request_error",
  ],
  [
    400,
    "max_tokens is too large: 100000. This model supports at most 16384 completion tokens, whereas you provided 100000.",
    "OpenAI",
    "invalid_value",
  ],
  [
    400,
    "Invalid 'messages[0].content': string too long. Expected a string with maximum length 1048576, but got a string with length 2000000 instead.",
    "OpenAI",
    "string_above_max_length",
  ],
  [
    400,
    "Invalid 'tools[0].function.name': string too long. Expected a string with maximum length 64, but got a string with length 80 instead.",
    "OpenAI",
    "string_above_max_length",
  ],
  [
    400,
    "messages.1.content.0.image.source.base64: image exceeds 5 MB maximum",
    "Anthropic",
    "invalid_request_error",
  ],
  [400, "messages: text content blocks must be non-empty", "Anthropic", "invalid_request_error"],
  [400, "`max_tokens` must be greater than `thinking.budget_tokens`", "Anthropic", "invalid_request_error"],
  [
    400,
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.",
    "OpenAI",
    "invalid_request_error",
  ],
  [422, "body.messages.0.role: Input should be 'system', 'user', 'assistant' or 'tool'", "Mistral"],
  [
    400,
    "tools.0.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12",
    "Anthropic",
    "invalid_request_error",
  ],
  [400, "Range of max_tokens should be [1, 8192]", "Alibaba", "invalid_parameter_error"],
  [400, "Unrecognized request argument supplied: foo", "OpenAI", "invalid_request_error"],
  [400, "Missing required parameter: 'messages'.", "OpenAI", "missing_required_parameter"],
  [
    400,
    "Invalid value: 'user2'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
    "OpenAI",
    "invalid_value",
  ],
  [400, "We could not parse the JSON body of your request.", "OpenAI"],
  [
    400,
    "tool_use ids were found without tool_result blocks immediately after",
    "Anthropic",
    "invalid_request_error",
  ],
  [400, "temperature: range: 0..1", "Anthropic", "invalid_request_error"],
]);

const content = rows("content_refused", [
  [400, "Your request was rejected as a result of our safety system.", "OpenAI", "content_policy_violation"],
  [403, "Your input was flagged by moderation", "OpenRouter"],
  [
    400,
    "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
    "Azure",
    "content_filter",
  ],
  [400, "Input or output data may contain inappropriate content.", "Alibaba", "DataInspectionFailed"],
  [400, "System detected potentially unsafe or sensitive content in input or generation.", "Z.AI", "1301"],
  [
    400,
    "The request failed because the input text may contain sensitive information.",
    "Volcengine",
    "SensitiveContentDetected",
  ],
  [400, "Output blocked by content filtering policy", "Anthropic", "invalid_request_error"],
]);

const server = rows("server_error", [
  [405, "Method Not Allowed", "a gateway"],
  [407, "Proxy Authentication Required", "a gateway"],
  [409, "Conflict", "a gateway"],
  [412, "Precondition Failed", "a gateway"],
  [421, "Misdirected Request", "a gateway"],
  [423, "Locked", "a gateway"],
  [425, "Too Early", "a gateway"],
  [451, "Unavailable For Legal Reasons", "a gateway"],
  [499, "Client Closed Request", "a gateway"],
  [400, "Provider returned error", "OpenRouter"],
  [500, "model requires more system memory (12 GiB) than is available", "Ollama"],
  [500, "Internal server error", "Anthropic", "api_error"],
]);

/** Written down after the rule was: how well it does on what it was not made for was measured on these. */
const unseen: readonly Refusal[] = [
  ...rows("refused_credentials", [
    [
      429,
      "Your account is currently inactive. Please check your account information",
      "documents of providers and gateways",
    ],
    [429, "Account has irregular activities and has been locked", "documents of providers and gateways"],
    [403, "You do not have permission to access web_search", "documents of providers and gateways"],
    [
      401,
      "Authentication parameter not received in Header, unable to authenticate",
      "documents of providers and gateways",
    ],
    [
      403,
      "Forbidden – key(abc123) allowed only from approved IP ranges.",
      "documents of providers and gateways",
    ],
    [403, "Forbidden – channel has been disabled.", "documents of providers and gateways"],
    [401, "You must be a member of an organization to use the API", "documents of providers and gateways"],
    [403, "Workspace access denied.", "documents of providers and gateways"],
    [400, "invalid api key", "documents of providers and gateways"],
    [
      400,
      "This model is not available in your region",
      "documents of providers and gateways",
      undefined,
      "key+model",
    ],
    [400, "Your team has been suspended", "documents of providers and gateways"],
    [400, "API key has been revoked", "documents of providers and gateways"],
    [400, "Account verification required before using the API", "documents of providers and gateways"],
  ]),
  ...rows("unsupported", [
    [400, "Current model does not support embeddings call method", "documents of providers and gateways"],
    [
      400,
      "This model only support stream mode, please enable the stream parameter to access the model.",
      "documents of providers and gateways",
    ],
    [400, "This model does not support enable_search.", "documents of providers and gateways"],
    [400, "This model doesn't accept images", "documents of providers and gateways"],
    [400, "Vision is not supported", "documents of providers and gateways"],
    [400, "function calling is unsupported by this deployment", "documents of providers and gateways"],
  ]),
  ...rows("rate_limited", [
    [
      503,
      "Rate limited by provider – contact support to request higher concurrency or try again later.",
      "documents of providers and gateways",
    ],
    [
      429,
      "The Tokens Per Minute (TPM) limit of the associated endpoint for your account has been exceeded.",
      "documents of providers and gateways",
    ],
    [429, "Concurrency limit reached for requests", "documents of providers and gateways"],
    [429, "You have exceeded your request limit.", "documents of providers and gateways"],
    [429, "Requests throttling triggered.", "documents of providers and gateways"],
  ]),
  ...rows("model_unknown", [
    [
      403,
      "Forbidden – key(abc123) not authorized to access the requested model.",
      "documents of providers and gateways",
    ],
    [
      404,
      "Accessing the model via Model ID is not allowed for your account. Please use a custom endpoint ID instead.",
      "documents of providers and gateways",
    ],
    [403, "Model access denied.", "documents of providers and gateways"],
    [
      403,
      "Access to this model is restricted to enterprise customers",
      "documents of providers and gateways",
    ],
    [400, "The model 'foo' has been retired", "documents of providers and gateways"],
    [400, "Unknown model: foo", "documents of providers and gateways"],
    [404, "Could not find model foo", "documents of providers and gateways"],
  ]),
  ...rows("quota_exhausted", [
    [
      403,
      "Your account balance is insufficient. Please recharge your account to continue using the API.",
      "documents of providers and gateways",
      "insufficient_user_quota",
    ],
    [
      403,
      "Operation is denied because your account balance is overdue, please go to the Volc Trading Center to recharge in order to continue using the service.",
      "documents of providers and gateways",
    ],
    [
      402,
      "You exceeded your current quota, please check your plan and billing details",
      "documents of providers and gateways",
    ],
    [
      429,
      "Allocated quota exceeded, please increase your quota limit.",
      "documents of providers and gateways",
    ],
    [500, "token usage exceeds the plan limit: usage limit exceeded", "documents of providers and gateways"],
    [400, "Your trial has expired. Add a payment method to continue.", "documents of providers and gateways"],
    [403, "You've used all of your included requests this month", "documents of providers and gateways"],
    [
      429,
      "Daily free quota for this model has been reached",
      "documents of providers and gateways",
      undefined,
      "key+model",
    ],
  ]),
  ...rows("context_overflow", [
    [400, "prompt is too long", "documents of providers and gateways", "prompt_too_long"],
    [400, "Range of input length should be [1, 129024]", "documents of providers and gateways"],
    [400, "maximum context length exceeded: 200123 > 200000", "documents of providers and gateways"],
    [400, "input has 140000 tokens which is over the limit of 131072", "documents of providers and gateways"],
    [413, "Payload Too Large", "documents of providers and gateways"],
    [400, "messages exceed the model's token budget of 32k tokens", "documents of providers and gateways"],
    [422, "Conversation too long: please start a new conversation", "documents of providers and gateways"],
  ]),
  ...rows("bad_request", [
    [
      400,
      "The thinking_budget parameter must be a positive integer and not greater than 38912",
      "documents of providers and gateways",
    ],
    [
      400,
      "parameter.enable_thinking must be set to false for non-streaming calls",
      "documents of providers and gateways",
    ],
    [
      400,
      "Required parameter(s) missing or invalid, please check the request parameters.",
      "documents of providers and gateways",
    ],
    [400, "'messages' is a required property", "documents of providers and gateways"],
    [400, "tools[3].function.parameters: invalid JSON schema", "documents of providers and gateways"],
    [400, "Invalid base64 image data", "documents of providers and gateways"],
    [400, "Unexpected role 'system' after role 'user'", "documents of providers and gateways"],
  ]),
  ...rows("content_refused", [
    [
      400,
      "The request failed because the input image may contain sensitive information.",
      "documents of providers and gateways",
    ],
    [400, "Output data may contain inappropriate content.", "documents of providers and gateways"],
  ]),
  ...rows("overloaded", [
    [
      429,
      "The service is currently experiencing high demand. Please retry shortly.",
      "documents of providers and gateways",
    ],
  ]),
];

export const REFUSALS: readonly Refusal[] = [
  ...overflow,
  ...rate,
  ...quota,
  ...credentials,
  ...unknown,
  ...unsupported,
  ...busy,
  ...request,
  ...content,
  ...server,
  ...unseen,
];
