/** Servers on the user's own machine: they need no key and cost nothing. */
import type { BuiltinProvider } from "./providers.ts";
import { CHAT_COPY } from "./quirks.ts";

const CHAT = "/v1/chat/completions";
const RESPONSES = "/v1/responses";
const MESSAGES = "/v1/messages";

export const LOCAL: readonly BuiltinProvider[] = [
  {
    // https://docs.ollama.com/api: chat, responses and messages under its own root.
    name: "ollama",
    label: "Ollama",
    root: "http://127.0.0.1:11434",
    paths: { "openai-chat": CHAT, "openai-responses": RESPONSES, "anthropic-messages": MESSAGES },
    keys: [],
    auth: "bearer",
    quirks: CHAT_COPY,
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
    quirks: [...CHAT_COPY, "tools-need-properties", "system-first-only", "top-k"],
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
    quirks: [...CHAT_COPY, "system-first-only", "top-k"],
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
    quirks: [...CHAT_COPY, "system-first-only", "top-k"],
    catalogId: "vllm",
    local: true,
    commands: { start: "vllm serve MODEL" },
  },
];
