/** Which models of a provider serve which kind of work, for configurations that are generated. */

export interface Preset {
  readonly provider: string;
  /** The strongest: architecture, root causes. */
  readonly think: string;
  /** Good at code, fast, and fit for an agent's loop: tools, and where the provider has one a window of 200,000 tokens. */
  readonly code: string;
  /** Takes what is too long for {@link code}; unset: the provider has nothing cheaper than `think` that does. */
  readonly roomy?: string;
  /** The cheapest one that is good enough, with as large a window. */
  readonly cheap: string;
}

/** In order of preference; those whose windows are small come last. */
export const PRESETS: readonly Preset[] = [
  {
    provider: "openrouter",
    think: "anthropic/claude-opus-4.8",
    code: "anthropic/claude-haiku-4.5",
    roomy: "anthropic/claude-sonnet-5",
    cheap: "deepseek/deepseek-v4-flash",
  },
  {
    provider: "anthropic",
    think: "claude-opus-4-8",
    code: "claude-haiku-4-5",
    roomy: "claude-sonnet-5",
    cheap: "claude-haiku-4-5",
  },
  { provider: "openai", think: "gpt-5.5", code: "gpt-5.4-mini", cheap: "gpt-5.4-nano" },
  {
    provider: "google",
    think: "gemini-3.1-pro-preview",
    code: "gemini-3.5-flash",
    cheap: "gemini-3.1-flash-lite",
  },
  { provider: "deepseek", think: "deepseek-v4-pro", code: "deepseek-v4-flash", cheap: "deepseek-v4-flash" },
  { provider: "zai", think: "glm-5.2", code: "glm-4.7", roomy: "glm-5.2", cheap: "glm-4.7-flashx" },
  { provider: "moonshot", think: "kimi-k2.7-code", code: "kimi-k2.7-code", cheap: "kimi-k2.5" },
  {
    provider: "minimax",
    think: "MiniMax-M3",
    code: "MiniMax-M2.7",
    roomy: "MiniMax-M3",
    cheap: "MiniMax-M2.5",
  },
  { provider: "xai", think: "grok-4.3", code: "grok-build-0.1", roomy: "grok-4.3", cheap: "grok-build-0.1" },
  {
    provider: "mistral",
    think: "mistral-large-latest",
    code: "mistral-medium-latest",
    cheap: "mistral-small-latest",
  },
  {
    provider: "fireworks",
    think: "accounts/fireworks/models/glm-5p2",
    code: "accounts/fireworks/models/kimi-k2p7-code",
    roomy: "accounts/fireworks/models/glm-5p2",
    cheap: "accounts/fireworks/models/deepseek-v4-flash",
  },
  {
    provider: "together",
    think: "zai-org/GLM-5.2",
    code: "moonshotai/Kimi-K2.7-Code",
    cheap: "Qwen/Qwen3-235B-A22B-Instruct-2507-tput",
  },
  { provider: "cerebras", think: "zai-glm-4.7", code: "zai-glm-4.7", cheap: "gpt-oss-120b" },
  {
    provider: "groq",
    think: "openai/gpt-oss-120b",
    code: "openai/gpt-oss-120b",
    cheap: "llama-3.1-8b-instant",
  },
];

/** Used without any key: a model on the user's own machine. */
export const LOCAL_PRESET: Preset = {
  provider: "ollama",
  think: "qwen3-coder",
  code: "qwen3-coder",
  cheap: "qwen3-coder",
};
