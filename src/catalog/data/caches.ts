/**
 * How providers keep the beginning of a conversation, and for how long: a row for some models, or for those of one
 * provider. The first row that matches holds. What a read and a write cost is in the list of prices. Where a source gives
 * a range, the row has the longer life: a baseline that keeps its cache for longer costs less, so that savings are not
 * overstated.
 */
import type { CacheRules } from "../../model/price.ts";

/** A row: it holds for models whose bare name matches, at one provider (its id in the list of prices) or at all. */
export interface CacheRow {
  readonly at?: string;
  readonly models: RegExp;
  /** Undefined: the provider reads every request afresh. */
  readonly rules: CacheRules | undefined;
  readonly source: string;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Anthropic's: what a request marks is written for five minutes, and each read begins them again. */
const marked = (leastTokens: number): CacheRules => ({ kind: "marked", lifeMs: 5 * MINUTE, leastTokens });
const automatic = (lifeMs: number, leastTokens: number): CacheRules => ({
  kind: "automatic",
  lifeMs,
  leastTokens,
});

const ANTHROPIC = "https://platform.claude.com/docs/en/build-with-claude/prompt-caching";
const OPENAI = "https://developers.openai.com/api/docs/guides/prompt-caching";
const GOOGLE = "https://ai.google.dev/gemini-api/docs/caching";
const OPENROUTER = "https://openrouter.ai/docs/guides/best-practices/prompt-caching";

const ALL = /./;

export const CACHE_ROWS: readonly CacheRow[] = [
  { models: /(^|-)claude-(opus|fable|mythos)-5/, rules: marked(512), source: ANTHROPIC },
  { models: /(^|-)claude-opus-4-7/, rules: marked(2048), source: ANTHROPIC },
  { models: /(^|-)claude-(opus-4-[56]|haiku-4-5)/, rules: marked(4096), source: ANTHROPIC },
  { models: /(^|-)claude-(3-5-haiku|haiku-3-5|3-haiku|haiku-3)/, rules: marked(2048), source: ANTHROPIC },
  { models: /(^|-)claude-/, rules: marked(1024), source: ANTHROPIC },

  // From GPT-5.5 on, a prefix is kept for up to 24 hours; older models keep it for 5 to 10 minutes without use.
  { models: /^gpt-(5-[5-9]|[6-9])/, rules: automatic(24 * HOUR, 1024), source: OPENAI },
  { at: "openai", models: ALL, rules: automatic(10 * MINUTE, 1024), source: OPENAI },
  { at: "azure", models: ALL, rules: automatic(10 * MINUTE, 1024), source: OPENAI },
  { models: /^(gpt-(4o|4-1|5)|o[134]|codex)/, rules: automatic(10 * MINUTE, 1024), source: OPENAI },

  // Google says how much, OpenRouter (of Gemini) how long: three to five minutes on average.
  { models: /^gemini-2-5/, rules: automatic(5 * MINUTE, 2048), source: `${GOOGLE} ${OPENROUTER}` },
  { models: /^gemini-/, rules: automatic(5 * MINUTE, 4096), source: `${GOOGLE} ${OPENROUTER}` },

  // "A few hours to a few days", in units of 64 tokens.
  {
    at: "deepseek",
    models: ALL,
    rules: automatic(4 * HOUR, 64),
    source: "https://api-docs.deepseek.com/guides/kv_cache",
  },
  {
    at: "groq",
    models: /^(gpt-oss|kimi-k2)/,
    rules: automatic(2 * HOUR, 128),
    source: "https://console.groq.com/docs/prompt-caching",
  },
  { at: "groq", models: ALL, rules: undefined, source: "https://console.groq.com/docs/prompt-caching" },
  {
    at: "cerebras",
    models: ALL,
    rules: automatic(HOUR, 128),
    source: "https://inference-docs.cerebras.ai/capabilities/prompt-caching",
  },
];

/** What is assumed of a provider that sells cache reads and says nothing of their life. */
export const ASSUMED_CACHE: CacheRules = automatic(5 * MINUTE, 1024);
