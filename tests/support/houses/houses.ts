/** The strict providers by name: what each refuses, in which words, and how it answers. */
import { createHash } from "node:crypto";
import type { Json } from "../../../src/model/json.ts";
import { ANTHROPIC } from "./anthropic.ts";
import type { Style } from "./answers.ts";
import { GOOGLE } from "./google.ts";
import { CEREBRAS, FIREWORKS, GROQ, MINIMAX, OPENROUTER, TOGETHER, XAI, ZAI } from "./hosted.ts";
import { GATEWAY, LLAMACPP, LMSTUDIO, OLLAMA, VLLM } from "./local.ts";
import { MISTRAL } from "./mistral.ts";
import { OPENAI_CHAT, OPENAI_RESPONSES, REASONS } from "./openai.ts";
import type { Dialect, Rule, Violation } from "./rules.ts";
import { REPORTED } from "./reported.ts";
import { DEEPSEEK, MOONSHOT } from "./thinkers.ts";

export interface HouseKind {
  /** Its dialects; the paths are the proxy's own affair. */
  readonly dialects: readonly Dialect[];
  /** Models that people use there; each has rules of its own. */
  readonly models: readonly [string, ...string[]];
  readonly rules: readonly Rule[];
  /** The body of a refusal. */
  readonly error: (violation: Violation, status: number, dialect: Dialect) => Json;
  readonly style: Style;
  /** Models that think. @default all */
  readonly reasons?: RegExp;
  /** Shows the habits of gateways. @default false */
  readonly odd?: boolean;
  /** Its `[[providers]]` block needs this beside name, address and key. */
  readonly block?: string;
}

const ALL: readonly Dialect[] = ["openai-chat", "openai-responses", "anthropic-messages"];
const CHAT: readonly Dialect[] = ["openai-chat"];
const BOTH: readonly Dialect[] = ["openai-chat", "anthropic-messages"];

/** Letters and digits that follow from a number. */
const digest = (count: number, length: number): string =>
  createHash("sha256").update(String(count)).digest("base64").replace(/[^a-zA-Z0-9]/g, "").slice(0, length);

const messagesError = ({ message }: Violation): Json => ({
  type: "error",
  error: { type: "invalid_request_error", message },
  request_id: "req_011CWkB65DcNzK2MiofhXx8b",
});

const openAiError = ({ message, param = "", code }: Violation): Json => ({
  error: { message, type: "invalid_request_error", param: param === "" ? null : param, code: code ?? null },
});

/** Servers that speak Messages too answer there in its shape. */
const either = (chat: HouseKind["error"]): HouseKind["error"] => (violation, status, dialect) =>
  dialect === "anthropic-messages" ? messagesError(violation) : chat(violation, status, dialect);

const callIds: Style["ids"] = ({ count }) => `call_${digest(count, 24)}`;

/** Kimi numbers its calls by tool and place, and begins again in each answer. */
const kimiIds: Style["ids"] = ({ name, index }) => `functions.${name}:${index}`;

const openai: HouseKind = {
  dialects: ["openai-responses", "openai-chat"],
  models: ["gpt-5.5", "gpt-4.1", "gpt-5"],
  rules: [...OPENAI_CHAT, ...OPENAI_RESPONSES],
  error: openAiError,
  style: { ids: callIds },
  reasons: REASONS,
};

const kimi: HouseKind = {
  dialects: BOTH,
  models: ["kimi-k2.6", "kimi-k2.5", "kimi-k3"],
  rules: MOONSHOT,
  error: either(({ message }) => ({ error: { message, type: "invalid_request_error" } })),
  style: { ids: kimiIds, reasoning: "reasoning_content", thinksUnasked: true },
};

/** Strict providers without the rules of `reported.ts`. The names are those of the built-in ones, but for `azure`, `gateway` and `bridge`. */
const PLAIN_HOUSES: Readonly<Record<string, HouseKind>> = {
  anthropic: {
    dialects: ["anthropic-messages"],
    models: ["claude-opus-4-8", "claude-haiku-4-5", "claude-sonnet-4-5", "claude-opus-5-5"],
    rules: ANTHROPIC,
    error: messagesError,
    style: { ids: ({ count }) => `toolu_01${digest(count, 22)}` },
  },
  openai,
  azure: {
    ...openai,
    models: ["gpt-5.5", "gpt-4.1"],
    block: `dialects = ["openai-responses", "openai-chat"]`,
  },
  openrouter: {
    dialects: ALL,
    models: ["anthropic/claude-opus-4.8", "google/gemini-3-pro", "anthropic/claude-sonnet-4.5"],
    rules: OPENROUTER,
    error: either((violation) => ({
      error: {
        message: "Provider returned error",
        code: 400,
        metadata: { raw: JSON.stringify(openAiError(violation)), provider_name: "Upstream" },
      },
    })),
    style: { ids: ({ name, index }) => `tool_${index}_${name}`, reasoning: "reasoning_details" },
  },
  groq: {
    dialects: ["openai-chat", "openai-responses"],
    models: ["openai/gpt-oss-120b", "llama-3.3-70b-versatile"],
    rules: GROQ,
    error: ({ message }) => ({ error: { message, type: "invalid_request_error" } }),
    style: { ids: ({ count }) => `call_${digest(count, 4)}${count}`, reasoning: "reasoning", whole: true },
    reasons: /gpt-oss/,
  },
  deepseek: {
    dialects: BOTH,
    models: ["deepseek-v4-pro", "deepseek-v4-flash"],
    rules: DEEPSEEK,
    error: (violation) => openAiError({ code: "invalid_request_error", ...violation }),
    style: {
      ids: ({ count, index }) => `call_${String(index).padStart(2, "0")}_${digest(count, 20)}`,
      reasoning: "reasoning_content",
      thinksUnasked: true,
    },
  },
  google: {
    dialects: CHAT,
    models: ["gemini-3-pro-preview", "gemini-2.5-flash"],
    rules: GOOGLE,
    error: ({ message }) => [{
      error: {
        code: 400,
        message,
        status: "INVALID_ARGUMENT",
        details: [{
          "@type": "type.googleapis.com/google.rpc.BadRequest",
          fieldViolations: [{ description: message }],
        }],
      },
    }],
    style: { ids: ({ index }) => `call_${index}`, whole: true, thoughtSignatures: true },
  },
  cerebras: {
    dialects: CHAT,
    models: ["gpt-oss-120b", "zai-glm-4.7"],
    rules: CEREBRAS,
    error: ({ message, param, code }) => ({ message, type: "invalid_request_error", param, code }),
    style: { ids: ({ count }) => digest(count, 9), reasoning: "reasoning", whole: true },
  },
  mistral: {
    dialects: CHAT,
    models: ["mistral-large-latest", "devstral-2512"],
    rules: MISTRAL,
    error: ({ message, code }, status) => ({
      object: "error",
      message: status === 422 && message.startsWith("{") ? JSON.parse(message) : message,
      type: code === "3230"
        ? "invalid_request_message_order"
        : code === "3280"
        ? "invalid_function_call"
        : "invalid_request_error",
      param: null,
      code: code ?? null,
    }),
    style: { ids: ({ count }) => digest(count, 9), whole: true },
  },
  xai: {
    dialects: ["openai-chat", "openai-responses"],
    models: ["grok-4.6", "grok-4.20-reasoning"],
    rules: XAI,
    error: ({ message }) => ({ code: "Client specified an invalid argument", error: message }),
    style: { ids: ({ count }) => `call_${10_000_000 + count}`, reasoning: "reasoning_content", whole: true },
  },
  together: {
    dialects: CHAT,
    models: ["moonshotai/Kimi-K2.5"],
    rules: TOGETHER,
    error: openAiError,
    style: { ids: kimiIds, reasoning: "reasoning" },
  },
  fireworks: {
    dialects: CHAT,
    models: ["accounts/fireworks/models/glm-5p2", "accounts/fireworks/models/kimi-k2p6"],
    rules: FIREWORKS,
    error: ({ message }) => ({
      error: { object: "error", type: "invalid_request_error", code: "invalid_request_error", message },
    }),
    style: { ids: kimiIds, reasoning: "reasoning_content" },
  },
  zai: {
    dialects: BOTH,
    models: ["glm-5.2"],
    rules: ZAI,
    error: either(({ message, code = "1210" }) => ({ error: { code, message } })),
    style: {
      ids: ({ count }) => `call_${8_469_015_594_668 + count}`,
      reasoning: "reasoning_content",
      thinksUnasked: true,
    },
  },
  moonshot: kimi,
  kimi: { ...kimi, models: ["kimi-for-coding"] },
  minimax: {
    dialects: BOTH,
    models: ["MiniMax-M2.7", "MiniMax-M3"],
    rules: MINIMAX,
    error: ({ message }) => ({
      type: "error",
      error: { type: "bad_request_error", message, http_code: "400" },
      request_id: "0660b098aa1e9dd5a6773a48c479fc89",
    }),
    style: {
      ids: ({ count, index }) => `call_function_${digest(count, 12).toLowerCase()}_${index + 1}`,
      thinksUnasked: true,
    },
  },
  ollama: {
    dialects: ALL,
    models: ["qwen3.5:27b", "gpt-oss:20b"],
    rules: OLLAMA,
    error: either(({ message }) => ({ error: { message, type: "api_error", param: null, code: null } })),
    style: {
      ids: ({ count }) => `call_${digest(count, 8)}`,
      reasoning: "reasoning",
      whole: true,
      unsigned: true,
    },
  },
  lmstudio: {
    dialects: ALL,
    models: ["qwen3.5-27b", "gemma-3-27b-it"],
    rules: LMSTUDIO,
    error: either(openAiError),
    style: {
      ids: ({ count }) => String(100_000_000 + count),
      reasoning: "reasoning_content",
      unsigned: true,
    },
  },
  llamacpp: {
    dialects: BOTH,
    models: ["qwen3.5-27b", "gemma-3-27b-it", "gpt-oss-120b"],
    rules: LLAMACPP,
    error: ({ message }, status) => ({
      error: { code: status, message, type: status === 500 ? "server_error" : "invalid_request_error" },
    }),
    style: { ids: ({ count }) => digest(count, 32), reasoning: "reasoning_content", unsigned: true },
  },
  vllm: {
    dialects: ALL,
    models: ["Qwen/Qwen3.5-27B", "openai/gpt-oss-120b"],
    rules: VLLM,
    error: either(({ message }) => ({ error: { message, type: "BadRequestError", param: null, code: 400 } })),
    style: {
      ids: ({ count }) => `chatcmpl-tool-${createHash("md5").update(String(count)).digest("hex")}`,
      reasoning: "reasoning",
      unsigned: true,
    },
  },
  gateway: {
    dialects: CHAT,
    models: ["qwen3.5-27b", "bedrock-sonnet"],
    rules: GATEWAY,
    error: openAiError,
    style: {
      ids: ({ count }) => `call|${digest(count, 16)}.${count}`,
      reasoning: "reasoning_content",
      finish: "stop",
    },
    odd: true,
  },
  bridge: {
    dialects: ["anthropic-messages"],
    models: ["qwen3.5-coder", "bedrock-nova"],
    rules: GATEWAY,
    error: messagesError,
    style: { ids: ({ name, index }) => `functions.${name}:${index}`, unsigned: true, finish: "stop" },
    odd: true,
    block: `dialects = ["anthropic-messages"]`,
  },
};

/** All strict providers. */
export const HOUSES: Readonly<Record<string, HouseKind>> = Object.fromEntries(
  Object.entries(PLAIN_HOUSES).map((
    [name, kind],
  ) => [name, { ...kind, rules: [...kind.rules, ...REPORTED[name] ?? []] }]),
);
