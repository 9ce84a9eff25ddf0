/**
 * Every key that a configuration file may hold, section by section. Types and ranges are decided here; what
 * needs more than one key to decide (does the provider exist?) is decided where the section is built.
 */
import { BUILTIN_PROVIDERS } from "../../catalog/providers.ts";
import type { z } from "zod";
import {
  anyText,
  anything,
  chain,
  dollars,
  flag,
  keys,
  milliseconds,
  needed,
  number,
  oneOf,
  routeTarget,
  table,
  tables,
  text,
  textOrTexts,
  texts,
  textTable,
  whole,
} from "./fields.ts";

const MANY = Number.MAX_SAFE_INTEGER;
const share = (what: string) => number(0, 1, `${what}, a number from 0 to 1`);

const timeouts = {
  timeout_ms: milliseconds().optional(),
  connect_timeout_ms: milliseconds().optional(),
  first_token_timeout_ms: milliseconds().optional(),
  idle_timeout_ms: milliseconds().optional(),
};

const proxy = table({
  host: text("a host's name or address in quotes").optional(),
  port: whole(0, 65535).optional(),
  api_key: anyText("a key in quotes").optional(),
  api_keys: keys("a list of keys in quotes").optional(),
  ...timeouts,
  max_body_mb: number(0.001, 1024, "a number of megabytes from 0.001 to 1,024").optional(),
  max_concurrent: whole(1, 1_000_000, "requests").optional(),
  requests_per_minute: whole(1, 1_000_000, "requests").optional(),
  stop_grace_ms: whole(0, 86_400_000, "milliseconds").optional(),
  keep_alive_ms: whole(0, 86_400_000, "milliseconds").optional(),
  cors_origins: texts('a list of origins, like ["https://app.example"]').optional(),
  allowed_hosts: texts('a list of host names, like ["proxy.home.example"]').optional(),
}, "[proxy]");

const when = table({
  any: textOrTexts("a word or a list of words").optional(),
  all: textOrTexts("a word or a list of words").optional(),
  none: textOrTexts("a word or a list of words").optional(),
  regex: text("a regular expression in quotes").optional(),
  language: textOrTexts('a language or a list of them, like "rust"').optional(),
  min_complexity: share("a share").optional(),
  max_complexity: share("a share").optional(),
  hours: anything().optional(),
  days: anything().optional(),
  client: textOrTexts('a client or a list of them, like "codex"').optional(),
  model: text('a pattern over the model asked for, like "claude-*"').optional(),
  min_tokens: whole(0, MANY, "tokens").optional(),
}, "when = { … }");

/** Stands in for a provider that is not named: any that is built in. */
const SOME_PROVIDER = BUILTIN_PROVIDERS[0]?.name ?? "";

const rule = table({
  name: text().optional(),
  when: needed(when, {}),
  route: needed(routeTarget(), "auto"),
}, "[[router.rules]]");

const mapping = table({
  from: needed(text('a pattern over model names, like "claude-opus-*"'), "unnamed"),
  to: needed(routeTarget(), "auto"),
  bidirectional: flag().optional(),
}, "[[router.model_mappings]]");

const exclusion = table({
  provider: needed(text("a provider's name"), SOME_PROVIDER),
  patterns: needed(textOrTexts('patterns over model names, like ["*:free"]'), "unnamed"),
}, "[[router.model_exclusions]]");

const words = texts("a list of words");

const router = table({
  think: chain().optional(),
  plan_implementation: chain().optional(),
  build: chain().optional(),
  background: chain().optional(),
  default: chain().optional(),
  long_context: chain().optional(),
  image: chain().optional(),
  web_search: chain().optional(),
  fallback: chain().optional(),
  long_context_threshold: whole(1, MANY, "tokens").optional(),
  strategy: oneOf("fill_first", "round_robin", "latency_optimized", "cost_optimized").optional(),
  rules: tables(rule, "[[router.rules]]").optional(),
  model_mappings: tables(mapping, "[[router.model_mappings]]").optional(),
  model_exclusions: tables(exclusion, "[[router.model_exclusions]]").optional(),
  words: table({
    plan: words.optional(),
    implementation: words.optional(),
    think: words.optional(),
    background: words.optional(),
    negation: words.optional(),
  }, "[router.words]").optional(),
}, "[router]");

const provider = table({
  name: text("the provider's name"),
  api_base_url: text("an http or https URL in quotes").optional(),
  api_key: anyText('a key, or a reference to one like "$GROQ_API_KEY"').optional(),
  api_keys: keys("a list of keys, or of references to them").optional(),
  models: texts("a list of model names").optional(),
  dialects: textOrTexts("a dialect's name or a list of them").optional(),
  headers: textTable('header names and texts, like { "X-Title" = "mine" }').optional(),
  auth: oneOf("bearer", "x-api-key", "both", "none").optional(),
  quirks: texts("a list of quirk names").optional(),
  count_tokens: anything().optional(),
  local: flag().optional(),
  max_concurrent: whole(1, 1_000_000, "requests").optional(),
  max_queue: whole(0, 1_000_000, "requests").optional(),
  ...timeouts,
}, "[[providers]]");

const log = table({
  level: oneOf("error", "warn", "info", "debug").optional(),
  json: flag().optional(),
}, "[log]");

const ledger = table({
  enabled: flag().optional(),
  path: text("a file's path in quotes").optional(),
  keep_days: whole(1, 36_500, "days").optional(),
  baseline: text('a target, "provider,model"').optional(),
}, "[ledger]");

const price = table({
  provider: needed(text("a provider's name"), SOME_PROVIDER),
  model: needed(text("a model's name"), "unnamed"),
  input: needed(dollars("dollars per million tokens"), 0),
  output: needed(dollars("dollars per million tokens"), 0),
  cache_read: dollars("dollars per million tokens").optional(),
  cache_write: dollars("dollars per million tokens").optional(),
  hours: anything().optional(),
  from_tokens: whole(1, MANY, "tokens").optional(),
}, "[[prices]]");

const budget = table({
  name: text().optional(),
  period: oneOf("day", "month").optional(),
  limit: needed(number(0.000001, Number.MAX_VALUE, "dollars, a number above 0"), 1),
  warn_at: share("the share at which to warn").optional(),
  route: text("a route's name").optional(),
  client: text("a client's name").optional(),
  then: textOrTexts('"refuse", a route\'s name, or "provider,model" (or a chain of them)').optional(),
}, "[[budgets]]");

const telemetry = table({
  metrics: flag().optional(),
  dashboard: flag().optional(),
  otlp_endpoint: anyText("an http or https URL in quotes").optional(),
  otlp_headers: textTable("header names and texts").optional(),
}, "[telemetry]");

export const fileSchema = table({
  proxy: proxy.optional(),
  router: router.optional(),
  providers: tables(provider, "[[providers]]").optional(),
  log: log.optional(),
  ledger: ledger.optional(),
  prices: tables(price, "[[prices]]").optional(),
  budgets: tables(budget, "[[budgets]]").optional(),
  telemetry: telemetry.optional(),
}, "a section");

/** A file whose every key has the right type. */
export type FileConfig = z.infer<typeof fileSchema>;
export type ProxyBlock = NonNullable<FileConfig["proxy"]>;
export type RouterBlock = NonNullable<FileConfig["router"]>;
export type ProviderBlock = NonNullable<FileConfig["providers"]>[number];
export type RuleBlock = NonNullable<RouterBlock["rules"]>[number];
export type BudgetBlock = NonNullable<FileConfig["budgets"]>[number];
