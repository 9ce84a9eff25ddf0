/**
 * Keys of the Rust predecessor's files that mean nothing here, and what to use instead. They load with a warning.
 * Keys that have an equivalent are not here: `legacy.ts` turns them into it.
 */

/** Whole sections, by name. */
export const LEGACY_SECTIONS: Readonly<Record<string, string>> = {
  oauth: 'has no effect: to use a client\'s own login with a provider, set api_key = "passthrough" there.',
  management:
    "has no effect: /health/detailed, /metrics and /dashboard are part of the proxy and need its key.",
  webhooks: "has no effect: read /metrics or the log to be told of events.",
  retry: "has no effect: a failed target is not asked again, the next one of the chain is.",
  session: "has no effect: the requests of one turn keep their model without it.",
  sessions: "has no effect: the requests of one turn keep their model without it.",
  cache: "has no effect: providers' own prompt caches are used as the client marks them.",
  cost: 'has no effect: use [[budgets]] for limits and strategy = "cost_optimized" in [router].',
  performance: 'has no effect: use strategy = "latency_optimized" in [router].',
  rolegraph: "has no effect: use [[router.rules]] and [router.words].",
  metrics: "has no effect: use metrics in [telemetry].",
};

/** Single keys, by section. */
export const LEGACY_KEYS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  security: {
    ssrf_protection: "has no effect: only the configured and built-in providers are ever called.",
    enable_api_key_auth: "has no effect: a key is asked for as soon as [proxy] has one.",
    allowed_origins: "has no effect: use cors_origins in [proxy] to name the origins.",
  },
  router: {
    fast_reasoning: "has no effect: write a rule under [[router.rules]], or use background.",
    pattern_rules:
      "has no effect: write [[router.rules]] with when = { any = [words] }, in the order wanted.",
    taxonomy_path: "has no effect: use [[router.rules]] and [router.words].",
    enable_sessions: "has no effect: the requests of one turn keep their model without it.",
    session_ttl_seconds: "has no effect: the requests of one turn keep their model without it.",
    enable_cost_optimization: 'has no effect: use strategy = "cost_optimized".',
    default_budget_daily_usd: 'has no effect: use [[budgets]] with period = "day".',
    enable_performance_optimization: 'has no effect: use strategy = "latency_optimized".',
    performance_test_interval_seconds: 'has no effect: use strategy = "latency_optimized".',
  },
};

/** The words of a provider's `transformers` that are known; all but "anthropic" say what is known anyway. */
export const TRANSFORMERS: readonly string[] = [
  "anthropic",
  "cerebras",
  "cleancache",
  "deepseek",
  "enhancetool",
  "gemini",
  "groq",
  "maxtoken",
  "ollama",
  "openai",
  "openrouter",
  "reasoning",
  "sampling",
  "tooluse",
];
