/** Which models of a provider serve which kind of work, for configurations that are generated. */

export interface Preset {
  readonly provider: string;
  /** The strongest: architecture, root causes. */
  readonly think: string;
  /** Good at code, and fast. */
  readonly code: string;
  /** The cheapest one that is good enough. */
  readonly cheap: string;
}

/** In order of preference. */
export const PRESETS: readonly Preset[] = [
  {
    provider: "openrouter",
    think: "anthropic/claude-opus-4.8",
    code: "anthropic/claude-haiku-4.5",
    cheap: "deepseek/deepseek-v4-flash",
  },
  { provider: "anthropic", think: "claude-opus-4-8", code: "claude-haiku-4-5", cheap: "claude-haiku-4-5" },
  { provider: "openai", think: "gpt-5.5", code: "gpt-5.4-mini", cheap: "gpt-5.4-nano" },
  {
    provider: "google",
    think: "gemini-3.1-pro-preview",
    code: "gemini-3.5-flash",
    cheap: "gemini-3.1-flash-lite",
  },
  { provider: "deepseek", think: "deepseek-v4-pro", code: "deepseek-v4-flash", cheap: "deepseek-v4-flash" },
  { provider: "zai", think: "glm-5.2", code: "glm-4.7", cheap: "glm-4.5-air" },
  { provider: "moonshot", think: "kimi-k2.7-code", code: "kimi-k2.7-code", cheap: "kimi-k2.5" },
  { provider: "minimax", think: "MiniMax-M3", code: "MiniMax-M2.7", cheap: "MiniMax-M2.5" },
  { provider: "xai", think: "grok-4.3", code: "grok-build-0.1", cheap: "grok-build-0.1" },
  {
    provider: "mistral",
    think: "mistral-large-latest",
    code: "codestral-latest",
    cheap: "mistral-small-latest",
  },
  {
    provider: "fireworks",
    think: "accounts/fireworks/models/glm-5p2",
    code: "accounts/fireworks/models/kimi-k2p7-code",
    cheap: "accounts/fireworks/models/gpt-oss-20b",
  },
  {
    provider: "together",
    think: "zai-org/GLM-5.2",
    code: "moonshotai/Kimi-K2.7-Code",
    cheap: "openai/gpt-oss-20b",
  },
  { provider: "cerebras", think: "zai-glm-4.7", code: "zai-glm-4.7", cheap: "gpt-oss-120b" },
  {
    provider: "groq",
    think: "openai/gpt-oss-120b",
    code: "llama-3.3-70b-versatile",
    cheap: "llama-3.1-8b-instant",
  },
];

/** Preferred for cheap work where they have a key: they are fast and cost next to nothing. */
export const CHEAP_FIRST: readonly string[] = ["groq", "cerebras"];

/** Used without any key: a model on the user's own machine. */
export const LOCAL_PRESET: Preset = {
  provider: "ollama",
  think: "qwen3-coder",
  code: "qwen3-coder",
  cheap: "qwen3-coder",
};
