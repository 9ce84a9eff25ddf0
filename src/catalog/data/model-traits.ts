/**
 * What providers and their models take in a request, where it differs from the dialect: a row for a provider (all its
 * models) or for some of its models. A later row overrides what the rows before it say. `source` is where it is
 * documented or reported. What a whole provider refuses in every request is a quirk instead (`../quirks.ts`).
 */

import type { DialectName } from "../../model/request-facts.ts";

/** What a model takes. Undefined: as the dialect says, or not known. Fields are named as in Chat. */
export interface ModelTraits {
  /** Top-level fields of a Chat request that are refused. */
  readonly refuses?: readonly string[];
  /** Top-level fields of a Responses request that are refused. */
  readonly refusesInResponses?: readonly string[];
  /** Top-level fields of a Chat request that have another name here. */
  readonly renames?: Readonly<Record<string, string>>;
  /** The fields of a Chat message that are taken; others are refused. */
  readonly messageFields?: readonly string[];
  /** Words for how hard to think, weakest first; empty: the field itself is refused. */
  readonly efforts?: readonly string[];
  /** Settings of which no other value is taken. */
  readonly fixed?: Readonly<Record<string, number>>;
  /** Settings with the least and the largest value that are taken. */
  readonly ranges?: Readonly<Record<string, readonly [least: number, most: number]>>;
  /** A tool choice that forces a call: refused while the model thinks, or always. */
  readonly forcedTools?: "without-thinking" | "never";
  /** `thinking: {type: "disabled"}` switches thinking off, which is on by default; false: nothing does. */
  readonly thinkingSwitch?: boolean;
  /** What `thinking.type` may be in a Messages request. @default whatever the client says */
  readonly thinkingTypes?: readonly string[];
  /** Its template takes an answer's words or its thinking beside calls, not both. */
  readonly wordsOrThinking?: true;
  /**
   * Chat refuses tools while the model thinks; this dialect takes them. `unasked`: it thinks unless the request says
   * otherwise.
   */
  readonly toolsWhileThinking?: { readonly in: DialectName; readonly unasked: boolean };
  /** Its template wants the user and the assistant in turns. */
  readonly alternates?: true;
  /** Tools that a request may offer at most. */
  readonly mostTools?: number;
  /** Whether images are taken. @default as the price list says */
  readonly images?: false;
  /** Whether an answer's JSON schema is taken; where not, "any JSON object" is. @default true */
  readonly jsonSchema?: boolean;
  /** An answer's format is refused beside tools: it goes out in words. */
  readonly formatBesideTools?: false;
  /** Settings of an answer's text come with its format, in Responses. */
  readonly textFormat?: true;
  /** Types of tools that the provider runs itself and a Responses request may offer. */
  readonly takesServerTools?: readonly string[];
  /** The fields of such a tool that are taken. @default all */
  readonly serverToolFields?: readonly string[];
}

/** A row: it holds for the models of a provider (its built-in name) whose name matches. */
export interface TraitRow {
  readonly at: string;
  readonly models: RegExp;
  readonly traits: ModelTraits;
  readonly source: string;
}

const ALL = /./;

const THREE = ["low", "medium", "high"] as const;
const FOUR = ["none", ...THREE] as const;
const MINIMAL = ["minimal", ...THREE] as const;
const XHIGH = [...THREE, "xhigh"] as const;

/** Chat fields that only some providers have; OpenAI and its strict copies refuse them. */
const VENDOR_FIELDS: readonly string[] = [
  "top_k",
  "min_p",
  "top_a",
  "repetition_penalty",
  "thinking",
  "thinking_budget",
  "enable_thinking",
  "reasoning",
  "include_reasoning",
  "reasoning_format",
  "reasoning_split",
  "chat_template_kwargs",
  "plugins",
  "provider",
  "models",
  "route",
  "transforms",
  "usage",
  "random_seed",
  "safe_prompt",
  "prompt_mode",
  "search_parameters",
  "client_metadata",
  "context_management",
  "cache_control",
  "stop_token_ids",
  "ignore_eos",
  "extra_body",
  "keep_alive",
  "options",
  "think",
];

/** Fields of OpenAI's account and features that strict copies refuse. */
export const OPENAI_FIELDS: readonly string[] = [
  "store",
  "metadata",
  "prompt_cache_key",
  "prompt_cache_retention",
  "safety_identifier",
  "service_tier",
  "user",
  "verbosity",
  "logit_bias",
  "prediction",
  "modalities",
  "audio",
  "web_search_options",
];

const without = (fields: readonly string[], ...taken: readonly string[]): string[] =>
  fields.filter((field) => !taken.includes(field));

const OPENAI_EFFORTS =
  "https://platform.openai.com/docs/api-reference/chat/create#chat-create-reasoning_effort";
const KIMI =
  "https://platform.moonshot.ai/docs/guide/kimi-k2-5-quickstart#parameters-differences-in-request-body";
const NEW_KIMI = /kimi-k2\.[5-9]|kimi-k[3-9]|kimi-for-coding/;

const KIMI_ROWS = (at: string): readonly TraitRow[] => [
  {
    at,
    models: NEW_KIMI,
    traits: {
      fixed: { temperature: 1, top_p: 0.95, presence_penalty: 0, frequency_penalty: 0, n: 1 },
      forcedTools: "without-thinking",
      thinkingSwitch: true,
    },
    source: KIMI,
  },
  {
    at,
    models: /kimi-k2\.7-code/,
    traits: {
      efforts: [],
      forcedTools: "never",
      thinkingSwitch: false,
      thinkingTypes: ["enabled", "adaptive"],
    },
    source: "https://platform.kimi.ai/docs/guide/use-thinking-effort",
  },
  {
    at,
    models: /kimi-k[3-9]/,
    traits: {
      refuses: ["thinking"],
      efforts: ["low", "high", "max"],
      forcedTools: "never",
      thinkingSwitch: false,
      thinkingTypes: ["enabled", "adaptive"],
    },
    source: "https://platform.kimi.ai/docs/guide/use-reasoning-effort",
  },
  {
    at,
    models: /kimi-k2-thinking/,
    traits: { forcedTools: "never" },
    source: "https://platform.moonshot.ai/docs/guide/use-kimi-k2-thinking-model",
  },
];

const efforts = (at: string, models: RegExp, words: readonly string[], source: string): TraitRow => ({
  at,
  models,
  traits: { efforts: words },
  source,
});

export const TRAIT_ROWS: readonly TraitRow[] = [
  {
    at: "openai",
    models: ALL,
    traits: { refuses: VENDOR_FIELDS, mostTools: 128 },
    source: "https://platform.openai.com/docs/api-reference/chat/create",
  },
  efforts("openai", /^(gpt-[34]|chatgpt|gpt-5-chat)/, [], OPENAI_EFFORTS),
  efforts("openai", /^o\d/, THREE, OPENAI_EFFORTS),
  efforts("openai", /^gpt-5(-mini|-nano|-\d{4}|$)/, MINIMAL, OPENAI_EFFORTS),
  efforts("openai", /^gpt-5-codex/, THREE, OPENAI_EFFORTS),
  efforts("openai", /^gpt-5-pro/, ["high"], OPENAI_EFFORTS),
  efforts("openai", /^gpt-5\.1/, FOUR, OPENAI_EFFORTS),
  efforts("openai", /^gpt-5\.1-codex/, THREE, OPENAI_EFFORTS),
  efforts("openai", /^gpt-5\.1-codex-max/, XHIGH, OPENAI_EFFORTS),
  efforts("openai", /^gpt-5\.[2-5]/, ["none", ...XHIGH], OPENAI_EFFORTS),
  efforts("openai", /^gpt-5\.[2-5]\d?-codex/, XHIGH, OPENAI_EFFORTS),
  efforts("openai", /^gpt-5\.[2-5]-pro/, ["medium", "high", "xhigh"], OPENAI_EFFORTS),
  efforts("openai", /^gpt-5\.\d-chat/, ["medium"], OPENAI_EFFORTS),
  {
    at: "openai",
    models: /^gpt-5\.4/,
    traits: { toolsWhileThinking: { in: "openai-responses", unasked: false } },
    source: "https://github.com/openai/openai-openapi/issues/541",
  },
  {
    at: "openai",
    models: /^gpt-(?:5\.[5-9]|[6-9])/,
    traits: { toolsWhileThinking: { in: "openai-responses", unasked: true } },
    source: "https://github.com/BerriAI/litellm/pull/34569",
  },
  efforts(
    "openrouter",
    ALL,
    ["none", "minimal", ...XHIGH],
    "https://openrouter.ai/docs/use-cases/reasoning-tokens",
  ),
  {
    at: "groq",
    models: ALL,
    traits: {
      refuses: [
        ...without(OPENAI_FIELDS, "user", "service_tier"),
        ...without(VENDOR_FIELDS, "reasoning_format", "include_reasoning"),
        "logprobs",
        "top_logprobs",
      ],
      refusesInResponses: ["include", "truncation", "client_metadata", "top_logprobs"],
      messageFields: ["role", "content", "tool_calls", "tool_call_id", "reasoning", "function_call"],
      efforts: [],
      fixed: { n: 1 },
      takesServerTools: ["browser_search", "code_interpreter", "mcp"],
      jsonSchema: false,
      mostTools: 128,
    },
    source: "https://console.groq.com/docs/openai",
  },
  {
    at: "groq",
    models: ALL,
    traits: { formatBesideTools: false },
    source: "https://console.groq.com/docs/structured-outputs",
  },
  efforts("groq", /gpt-oss/, THREE, "https://console.groq.com/docs/reasoning#options-for-reasoning-effort"),
  {
    at: "groq",
    models: /gpt-oss|kimi-k2|llama-4/,
    traits: { jsonSchema: true },
    source: "https://console.groq.com/docs/structured-outputs#supported-models",
  },
  {
    at: "mistral",
    models: ALL,
    traits: {
      refuses: [
        ...without(OPENAI_FIELDS, "metadata", "prediction"),
        ...without(VENDOR_FIELDS, "random_seed", "safe_prompt", "prompt_mode"),
        "logprobs",
        "top_logprobs",
        "functions",
        "function_call",
      ],
      renames: { seed: "random_seed" },
      messageFields: ["role", "content", "tool_calls", "tool_call_id", "prefix"],
      efforts: [],
      ranges: { temperature: [0, 1.5] },
    },
    source: "https://docs.mistral.ai/api/endpoint/chat",
  },
  efforts(
    "mistral",
    /mistral-(?:small|medium)-(?:26|latest)/,
    ["none", "high"],
    "https://docs.mistral.ai/capabilities/reasoning",
  ),
  {
    at: "google",
    models: ALL,
    traits: {
      refuses: [...without(OPENAI_FIELDS, "user", "modalities", "audio"), ...VENDOR_FIELDS],
      messageFields: [
        "role",
        "content",
        "name",
        "tool_calls",
        "tool_call_id",
        "extra_content",
        "refusal",
        "function_call",
      ],
      efforts: ["none", ...MINIMAL],
    },
    source: "https://ai.google.dev/gemini-api/docs/openai",
  },
  {
    at: "google",
    models: /gemini-[12]/,
    traits: { formatBesideTools: false },
    source: "https://github.com/googleapis/python-genai/issues/867",
  },
  efforts(
    "google",
    /gemini-(?:2\.5-pro|[3-9])/,
    MINIMAL,
    "https://ai.google.dev/gemini-api/docs/openai#thinking",
  ),
  {
    at: "cerebras",
    models: ALL,
    traits: {
      refuses: [
        "frequency_penalty",
        "logit_bias",
        "presence_penalty",
        "parallel_tool_calls",
        "service_tier",
        "store",
        "metadata",
        "prompt_cache_retention",
        "safety_identifier",
        "verbosity",
        "modalities",
        "audio",
        "web_search_options",
        ...VENDOR_FIELDS,
      ],
      messageFields: ["role", "content", "name", "tool_calls", "tool_call_id", "reasoning"],
      efforts: THREE,
      ranges: { temperature: [0, 1.5] },
    },
    source: "https://inference-docs.cerebras.ai/resources/openai",
  },
  efforts("cerebras", /glm/, ["none"], "https://inference-docs.cerebras.ai/capabilities/reasoning"),
  {
    at: "fireworks",
    models: ALL,
    traits: {
      refuses: without(VENDOR_FIELDS, "top_k", "min_p", "repetition_penalty", "thinking", "ignore_eos"),
    },
    source: "https://docs.fireworks.ai/api-reference/post-chatcompletions",
  },
  {
    at: "fireworks",
    models: /glm/,
    traits: {
      refuses: [
        ...without(VENDOR_FIELDS, "top_k", "min_p", "repetition_penalty", "thinking", "ignore_eos"),
        "prompt_cache_retention",
      ],
    },
    source: "https://github.com/earendil-works/pi/issues/7676",
  },
  {
    at: "xai",
    models: ALL,
    traits: {
      efforts: [],
      // https://github.com/router-for-me/CLIProxyAPI/issues/5214
      mostTools: 200,
      takesServerTools: ["web_search", "x_search", "file_search", "code_interpreter", "mcp"],
      serverToolFields: [
        "type",
        "filters",
        "enable_image_understanding",
        "search_context_size",
        "user_location",
      ],
    },
    source: "https://docs.x.ai/docs/guides/tools/overview",
  },
  {
    at: "xai",
    models: /^grok-(?:4(?!.*non-reasoning)|3-mini|code|build)/,
    traits: { refuses: ["presence_penalty", "frequency_penalty", "stop"] },
    source: "https://docs.x.ai/docs/guides/reasoning",
  },
  efforts("xai", /^grok-3-mini/, ["low", "high"], "https://docs.x.ai/docs/guides/reasoning"),
  efforts(
    "xai",
    /^grok-(?:4\.[3-9]|[5-9]|latest)/,
    FOUR,
    "https://docs.x.ai/developers/model-capabilities/text/reasoning#effort-levels",
  ),
  efforts(
    "xai",
    /multi-agent/,
    XHIGH,
    "https://docs.x.ai/developers/model-capabilities/text/reasoning#effort-levels",
  ),
  {
    at: "deepseek",
    models: ALL,
    traits: {
      images: false,
      jsonSchema: false,
      efforts: [...XHIGH, "max"],
      forcedTools: "without-thinking",
      thinkingSwitch: true,
    },
    source: "https://api-docs.deepseek.com/guides/thinking_mode",
  },
  {
    at: "deepseek",
    models: /deepseek-reasoner/,
    traits: { refuses: ["logprobs", "top_logprobs"] },
    source: "https://api-docs.deepseek.com/guides/reasoning_model",
  },
  {
    at: "zai",
    models: ALL,
    traits: {
      jsonSchema: false,
      ranges: { temperature: [0, 1], top_p: [0.01, 1] },
      thinkingSwitch: true,
    },
    source: "https://docs.z.ai/api-reference/llm/chat-completion",
  },
  {
    at: "zai",
    models: /glm-5\.[3-9]/,
    traits: {
      efforts: ["low", "high", "max"],
      thinkingSwitch: false,
      thinkingTypes: ["enabled", "adaptive"],
    },
    source: "https://github.com/mnfst/modelparams.dev/pull/327",
  },
  ...KIMI_ROWS("moonshot"),
  ...KIMI_ROWS("kimi"),
  {
    at: "minimax",
    models: ALL,
    traits: { ranges: { temperature: [0.01, 1] }, fixed: { n: 1 } },
    source: "https://platform.minimax.io/docs/api-reference/text-openai-api",
  },
  {
    at: "minimax",
    models: /minimax-m[3-9]/,
    traits: { thinkingTypes: ["adaptive", "disabled"] },
    source: "https://platform.minimax.io/docs/api-reference/text-anthropic-api",
  },
  {
    at: "llamacpp",
    models: /gpt-oss/,
    traits: { wordsOrThinking: true },
    source: "https://github.com/ggml-org/llama.cpp/issues/17040",
  },
  ...["llamacpp", "lmstudio", "vllm"].map((at): TraitRow => ({
    at,
    models: /gemma-?[1-3]|mistral-7b|mixtral/,
    traits: { alternates: true },
    source: "https://github.com/idiap/sdialog/issues/122",
  })),
  {
    at: "lmstudio",
    models: ALL,
    traits: { textFormat: true },
    source: "https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/1576",
  },
  efforts("ollama", ALL, FOUR, "https://docs.ollama.com/api/openai-compatibility"),
  efforts("lmstudio", ALL, THREE, "https://lmstudio.ai/docs/developer/openai-compat/responses"),
  efforts("vllm", ALL, FOUR, "https://docs.vllm.ai/en/stable/features/reasoning_outputs"),
];
