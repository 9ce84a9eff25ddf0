/**
 * Prices of long contexts, which the snapshot in `models.json` lacks: dollars per million tokens from a context size on, as
 * the providers' own pages have them.
 */
import type { Price, Rates } from "../../model/price.ts";

export interface Tiers {
  /** Whose price it is: `PROVIDER MODEL` of the list. */
  readonly of: readonly string[];
  /** Smallest first. */
  readonly tiers: NonNullable<Price["tiers"]>;
  readonly source: string;
}

/** One price from a context size on. */
const above = (tokens: number, price: Rates) => ({ fromTokens: tokens + 1, price });

const GOOGLE = "https://ai.google.dev/gemini-api/docs/pricing";
const OPENAI = "https://developers.openai.com/api/docs/pricing";
const XAI = "https://docs.x.ai/docs/models";
const ALIBABA = "https://www.alibabacloud.com/help/en/model-studio/model-pricing";

export const TIERS: readonly Tiers[] = [
  {
    of: [
      "google gemini-2.5-pro",
      "openrouter google/gemini-2.5-pro",
      "openrouter google/gemini-2.5-pro-preview",
      "openrouter google/gemini-2.5-pro-preview-05-06",
    ],
    tiers: [above(200_000, { input: 2.5, output: 15, cacheRead: 0.25 })],
    source: GOOGLE,
  },
  {
    of: [
      "google gemini-3.1-pro-preview",
      "google gemini-3.1-pro-preview-customtools",
      "openrouter google/gemini-3.1-pro-preview",
      "openrouter google/gemini-3.1-pro-preview-customtools",
    ],
    tiers: [above(200_000, { input: 4, output: 18, cacheRead: 0.4 })],
    source: GOOGLE,
  },
  {
    of: [
      "anthropic claude-sonnet-4-5",
      "anthropic claude-sonnet-4-5-20250929",
      "openrouter anthropic/claude-sonnet-4",
      "openrouter anthropic/claude-sonnet-4.5",
    ],
    tiers: [above(200_000, { input: 6, output: 22.5, cacheRead: 0.6, cacheWrite: 7.5 })],
    source: "https://platform.claude.com/docs/en/about-claude/pricing#long-context-pricing",
  },
  {
    of: ["openai gpt-5.4", "openrouter openai/gpt-5.4"],
    tiers: [above(272_000, { input: 5, output: 22.5, cacheRead: 0.5 })],
    source: OPENAI,
  },
  {
    of: ["openai gpt-5.5", "openrouter openai/gpt-5.5"],
    tiers: [above(272_000, { input: 10, output: 45, cacheRead: 1 })],
    source: OPENAI,
  },
  {
    of: [
      "openai gpt-5.4-pro",
      "openai gpt-5.5-pro",
      "openrouter openai/gpt-5.4-pro",
      "openrouter openai/gpt-5.5-pro",
    ],
    tiers: [above(272_000, { input: 60, output: 270 })],
    source: OPENAI,
  },
  {
    of: [
      "xai grok-4.3",
      "xai grok-4.20-0309-reasoning",
      "xai grok-4.20-0309-non-reasoning",
      "xai grok-4.20-multi-agent-0309",
      "openrouter x-ai/grok-4.3",
      "openrouter x-ai/grok-4.20",
      "openrouter x-ai/grok-4.20-multi-agent",
    ],
    tiers: [above(200_000, { input: 2.5, output: 5, cacheRead: 0.4 })],
    source: XAI,
  },
  {
    of: ["alibaba qwen3-coder-plus"],
    tiers: [
      above(32_000, { input: 1.8, output: 9 }),
      above(128_000, { input: 3, output: 15 }),
      above(256_000, { input: 6, output: 60 }),
    ],
    source: ALIBABA,
  },
  {
    of: ["alibaba qwen3-coder-flash"],
    tiers: [
      above(32_000, { input: 0.5, output: 2.5 }),
      above(128_000, { input: 0.8, output: 4 }),
      above(256_000, { input: 1.6, output: 9.6 }),
    ],
    source: ALIBABA,
  },
];
