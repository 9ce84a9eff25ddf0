/**
 * The providers that need no `[[providers]]` block, and what is known of each. A new one is a new entry here; only this
 * folder and the tests know these names.
 */
import type { DialectName } from "../../model/request-facts.ts";
import { CHAT_COPY, CHAT_COPY_LATER_SYSTEM, type Quirk } from "../quirks.ts";

/** A provider that is known by its name. */
export interface BuiltinProvider {
  readonly name: string;
  /** How people write it. */
  readonly label: string;
  /** Other names that are accepted, the price catalog's own ids among them. Lower case. */
  readonly aliases?: readonly string[];
  /** What all its endpoints have in common, without a trailing slash. */
  readonly root: string;
  /** Path of each dialect's generation endpoint below {@link root}; the keys are in order of preference. */
  readonly paths: Readonly<Record<DialectName, string>>;
  /** Path below {@link root} that says what is left of prepaid money. */
  readonly credits?: string;
  /** Has Anthropic's `count_tokens` beside its messages endpoint. */
  readonly countTokens?: boolean;
  /** Environment variables that may hold the key; the first one set wins. Empty: it needs none. */
  readonly keys: readonly string[];
  readonly auth: "bearer" | "x-api-key" | "both" | "none";
  /** Headers that every request to it carries. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly quirks: readonly Quirk[];
  /** Its id in the price catalog. */
  readonly catalogId: string;
  /** Other hosts of the provider itself: its key goes there as well. */
  readonly homes?: readonly string[];
  /** Other hosts where the same API is served; what is known of its requests holds there too. */
  readonly hosts?: RegExp;
  /** Names that people give to a provider with the same API. */
  readonly names?: RegExp;
  /** Runs on the user's own machine: needs no key, costs nothing. */
  readonly local?: boolean;
  /** A local server whose port is its own: a base URL with this port is taken for it. */
  readonly port?: number;
  /** Shell commands for a local server: what starts it, and what downloads a model (before the model's name). */
  readonly commands?: { readonly start: string; readonly pull?: string };
}

const CHAT = "/v1/chat/completions";
const RESPONSES = "/v1/responses";
const MESSAGES = "/v1/messages";

/** Providers on the Internet, in the order in which they are listed. */
const HOSTED: readonly BuiltinProvider[] = [
  {
    // https://openrouter.ai/docs/api-reference: chat, an Anthropic "skin" and responses under one base.
    name: "openrouter",
    label: "OpenRouter",
    root: "https://openrouter.ai/api",
    paths: { "openai-chat": CHAT, "anthropic-messages": MESSAGES, "openai-responses": RESPONSES },
    credits: "/v1/credits", // https://openrouter.ai/docs/api-reference/get-credits
    keys: ["OPENROUTER_API_KEY"],
    auth: "bearer",
    headers: { "X-Title": "terraphim-llm-proxy" },
    quirks: [
      "reasoning-details",
      "top-k",
      "file-urls",
      "no-original-detail",
      "functions-only",
      // https://openrouter.ai/docs/guides/best-practices/prompt-caching
      "session-id",
      "cache-marks",
      // https://openrouter.ai/docs/use-cases/usage-accounting
      "states-cost",
      "whole-items",
    ],
    catalogId: "openrouter",
  },
  {
    // https://console.groq.com/docs/openai
    name: "groq",
    label: "Groq",
    root: "https://api.groq.com/openai",
    paths: { "openai-chat": CHAT, "openai-responses": RESPONSES },
    keys: ["GROQ_API_KEY"],
    auth: "bearer",
    quirks: [
      ...CHAT_COPY,
      "no-file-ids",
      "strict-fields",
      "no-reasoning-fields",
      "plain-names",
      "tidy-required",
    ],
    catalogId: "groq",
  },
  {
    // https://docs.anthropic.com/en/api/messages
    name: "anthropic",
    label: "Anthropic",
    aliases: ["claude"],
    root: "https://api.anthropic.com",
    paths: { "anthropic-messages": MESSAGES },
    countTokens: true,
    keys: ["ANTHROPIC_API_KEY"],
    auth: "x-api-key",
    quirks: ["billing-block", "text-failures"],
    catalogId: "anthropic",
    hosts: /(?:^|\.)anthropic\.com$/,
  },
  {
    // https://platform.openai.com/docs/api-reference
    name: "openai",
    label: "OpenAI",
    root: "https://api.openai.com",
    paths: { "openai-responses": RESPONSES, "openai-chat": CHAT },
    keys: ["OPENAI_API_KEY"],
    auth: "bearer",
    quirks: [
      "no-cache-control",
      "max-completion-tokens",
      "fixed-sampling",
      "object-schemas",
      "no-reasoning-fields",
      "encrypted-reasoning",
      // https://platform.openai.com/docs/guides/prompt-caching
      "cache-key",
      "plain-names",
    ],
    catalogId: "openai",
    names: /^azure/,
    // Azure's resources, and the login with ChatGPT.
    hosts:
      /(?:\.openai\.azure\.com|\.cognitiveservices\.azure\.com|\.services\.ai\.azure\.com|^chatgpt\.com)$/,
  },
  {
    // https://api-docs.deepseek.com/guides/anthropic_api
    name: "deepseek",
    label: "DeepSeek",
    root: "https://api.deepseek.com",
    paths: { "openai-chat": "/chat/completions", "anthropic-messages": "/anthropic/v1/messages" },
    keys: ["DEEPSEEK_API_KEY"],
    auth: "both",
    quirks: [
      ...CHAT_COPY_LATER_SYSTEM,
      "no-file-ids",
      "no-empty-messages",
      "reasoning-content",
      "max-tokens",
      "no-server-tools",
      "plain-names",
    ],
    catalogId: "deepseek",
  },
  {
    // https://ai.google.dev/gemini-api/docs/openai
    name: "google",
    label: "Google Gemini",
    aliases: ["gemini", "google-gemini"],
    root: "https://generativelanguage.googleapis.com",
    paths: { "openai-chat": "/v1beta/openai/chat/completions" },
    keys: ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"],
    auth: "bearer",
    quirks: [
      ...CHAT_COPY_LATER_SYSTEM,
      "no-file-ids",
      "no-additional-properties",
      "no-schema-keyword",
      "gemini-schemas",
      "thought-signatures",
      "strict-fields",
      "no-reasoning-fields",
      "letter-first-names",
      "joined-answers",
      "user-first",
      "ends-with-user",
      "named-results",
    ],
    catalogId: "google",
  },
  {
    // https://inference-docs.cerebras.ai/api-reference/chat-completions
    name: "cerebras",
    label: "Cerebras",
    root: "https://api.cerebras.ai",
    paths: { "openai-chat": CHAT },
    keys: ["CEREBRAS_API_KEY"],
    auth: "bearer",
    quirks: [
      ...CHAT_COPY,
      "no-file-ids",
      "strict-fields",
      "no-format-limits",
      "no-reasoning-fields",
      "one-strictness",
      "plain-names",
    ],
    catalogId: "cerebras",
  },
  {
    // https://docs.mistral.ai/api/endpoint/chat: unknown fields are refused; usage comes unasked.
    name: "mistral",
    label: "Mistral",
    root: "https://api.mistral.ai",
    paths: { "openai-chat": CHAT },
    keys: ["MISTRAL_API_KEY"],
    auth: "bearer",
    quirks: [
      ...CHAT_COPY,
      "no-file-ids",
      "no-empty-messages",
      "strict-fields",
      "no-stream-options",
      "short-call-ids",
      "answer-after-results",
      "user-first",
      "thinking-parts",
      "max-tokens",
      "no-reasoning-fields",
      "plain-names",
    ],
    catalogId: "mistral",
  },
  {
    // https://docs.x.ai/docs/api-reference
    name: "xai",
    label: "xAI",
    aliases: ["x-ai", "grok"],
    root: "https://api.x.ai",
    paths: { "openai-chat": CHAT, "openai-responses": RESPONSES },
    keys: ["XAI_API_KEY"],
    auth: "bearer",
    // https://docs.x.ai/developers/advanced-api-usage/prompt-caching/maximizing-cache-hits
    quirks: [
      ...CHAT_COPY_LATER_SYSTEM,
      "no-empty-messages",
      "text-beside-calls",
      "encrypted-reasoning",
      "cache-key",
      "conversation-id",
      "plain-names",
      "no-null-choices",
      "tidy-required",
    ],
    catalogId: "xai",
  },
  {
    // https://docs.together.ai/docs/openai-api-compatibility
    name: "together",
    label: "Together AI",
    aliases: ["togetherai", "together-ai"],
    root: "https://api.together.xyz",
    paths: { "openai-chat": CHAT },
    keys: ["TOGETHER_API_KEY", "TOGETHERAI_API_KEY"],
    auth: "bearer",
    quirks: [...CHAT_COPY, "no-file-ids", "top-k"],
    catalogId: "togetherai",
  },
  {
    // https://docs.fireworks.ai/tools-sdks/openai-compatibility
    name: "fireworks",
    label: "Fireworks AI",
    aliases: ["fireworks-ai", "fireworksai"],
    root: "https://api.fireworks.ai/inference",
    paths: { "openai-chat": CHAT },
    keys: ["FIREWORKS_API_KEY"],
    auth: "bearer",
    // https://docs.fireworks.ai/guides/prompt-caching
    quirks: [...CHAT_COPY, "top-k", "session-affinity"],
    catalogId: "fireworks-ai",
  },
  {
    // https://docs.z.ai: the Anthropic endpoint serves both the pay-as-you-go and the coding plan.
    name: "zai",
    label: "Z.AI",
    aliases: ["z.ai", "z-ai", "zhipu", "zhipuai"],
    root: "https://api.z.ai/api",
    paths: { "openai-chat": "/paas/v4/chat/completions", "anthropic-messages": "/anthropic/v1/messages" },
    keys: ["ZAI_API_KEY", "ZHIPU_API_KEY"],
    auth: "both",
    quirks: [
      ...CHAT_COPY_LATER_SYSTEM,
      "no-file-ids",
      "no-empty-messages",
      "reasoning-content",
      "max-tokens",
      "user-first",
      "no-server-tools",
      "plain-names",
    ],
    catalogId: "zai",
    hosts: /^open\.bigmodel\.cn$/,
    homes: ["open.bigmodel.cn"],
  },
  {
    // https://platform.moonshot.ai/docs
    name: "moonshot",
    label: "Moonshot AI",
    aliases: ["moonshotai", "moonshot-ai"],
    root: "https://api.moonshot.ai",
    paths: { "openai-chat": CHAT, "anthropic-messages": "/anthropic/v1/messages" },
    keys: ["MOONSHOT_API_KEY"],
    auth: "both",
    quirks: [
      ...CHAT_COPY_LATER_SYSTEM,
      "no-file-ids",
      "no-empty-messages",
      "reasoning-content",
      "types-in-alternatives",
      "tools-need-properties",
      "no-server-tools",
      // https://platform.moonshot.ai/docs/api/chat#request-body
      "cache-key",
      "plain-names",
      "letter-first-names",
      "no-null-choices",
      "tidy-required",
    ],
    catalogId: "moonshotai",
    hosts: /^api\.moonshot\.cn$/,
    homes: ["api.moonshot.cn"],
  },
  {
    // https://www.kimi.com/code/docs: the membership's own endpoint, chat and messages under one base.
    name: "kimi",
    label: "Kimi Code",
    aliases: ["kimi-for-coding"],
    root: "https://api.kimi.com/coding",
    paths: { "anthropic-messages": MESSAGES, "openai-chat": CHAT },
    keys: ["KIMI_API_KEY"],
    auth: "both",
    quirks: [
      ...CHAT_COPY_LATER_SYSTEM,
      "no-file-ids",
      "no-empty-messages",
      "reasoning-content",
      "types-in-alternatives",
      "tools-need-properties",
      "no-server-tools",
      // https://platform.moonshot.ai/docs/api/chat#request-body
      "cache-key",
      "plain-names",
      "letter-first-names",
      "no-null-choices",
      "tidy-required",
    ],
    catalogId: "moonshotai",
  },
  {
    // https://platform.minimax.io/docs
    name: "minimax",
    label: "MiniMax",
    root: "https://api.minimax.io",
    paths: { "anthropic-messages": "/anthropic/v1/messages", "openai-chat": CHAT },
    keys: ["MINIMAX_API_KEY"],
    auth: "both",
    quirks: [...CHAT_COPY, "no-file-ids", "tools-need-properties", "no-server-tools"],
    catalogId: "minimax",
    hosts: /^api\.minimaxi\.com$/,
    homes: ["api.minimaxi.com"],
  },
];

/** Servers on the user's own machine: they need no key and cost nothing. */
const LOCAL: readonly BuiltinProvider[] = [
  {
    // https://docs.ollama.com/api: chat, responses and messages under its own root.
    name: "ollama",
    label: "Ollama",
    root: "http://127.0.0.1:11434",
    paths: { "openai-chat": CHAT, "openai-responses": RESPONSES, "anthropic-messages": MESSAGES },
    keys: [],
    auth: "bearer",
    quirks: [...CHAT_COPY, "no-file-ids", "max-tokens", "no-server-tools", "no-image-urls", "text-results"],
    catalogId: "ollama",
    local: true,
    commands: { start: "ollama serve", pull: "ollama pull" },
    port: 11434,
  },
  {
    // https://lmstudio.ai/docs/developer: refuses tools whose parameters lack `properties`.
    name: "lmstudio",
    label: "LM Studio",
    aliases: ["lm-studio"],
    root: "http://127.0.0.1:1234",
    paths: { "openai-chat": CHAT, "openai-responses": RESPONSES, "anthropic-messages": MESSAGES },
    keys: [],
    auth: "bearer",
    quirks: [
      ...CHAT_COPY,
      "no-file-ids",
      "tools-need-properties",
      "top-k",
      "no-server-tools",
      "no-image-urls",
      "text-results",
    ],
    catalogId: "lmstudio",
    local: true,
    commands: { start: "lms server start" },
    port: 1234,
  },
  {
    // https://github.com/ggml-org/llama.cpp/tree/master/tools/server
    name: "llamacpp",
    label: "llama.cpp server",
    aliases: ["llama.cpp", "llama-cpp", "llama-server"],
    root: "http://127.0.0.1:8080",
    paths: { "openai-chat": CHAT, "anthropic-messages": MESSAGES },
    countTokens: true,
    keys: [],
    auth: "bearer",
    quirks: [...CHAT_COPY, "no-file-ids", "top-k", "no-server-tools", "ends-with-user"],
    catalogId: "llamacpp",
    local: true,
    commands: { start: "llama-server -m MODEL --port 8080" },
  },
  {
    // https://docs.vllm.ai/en/stable/serving/openai_compatible_server
    name: "vllm",
    label: "vLLM",
    root: "http://127.0.0.1:8000",
    paths: { "openai-chat": CHAT, "openai-responses": RESPONSES, "anthropic-messages": MESSAGES },
    keys: [],
    auth: "bearer",
    quirks: [...CHAT_COPY, "no-file-ids", "top-k", "no-server-tools", "ends-with-user", "whole-items"],
    catalogId: "vllm",
    local: true,
    commands: { start: "vllm serve MODEL" },
  },
];

/** All of them: the hosted ones, then the ones on the user's own machine. */
export const BUILTIN_PROVIDERS: readonly BuiltinProvider[] = [...HOSTED, ...LOCAL];
