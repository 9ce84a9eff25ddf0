/**
 * Every key of a configuration file, section by section: its type, its range and its default. What needs more than
 * one key to decide (is there such a provider?) is decided where the section is built. docs/configuration.md explains
 * the keys at length.
 */
import { z } from "zod";
import { builtinNames } from "../../catalog/providers.ts";
import { EFFORTS, ROUTE_NAMES } from "../../model/target.ts";
import { AGENTS, ALERT_KINDS } from "../config.ts";
import {
  anyText,
  anything,
  chain,
  flag,
  integer,
  integerOr,
  keys,
  milliseconds,
  needed,
  number,
  oneOf,
  rate,
  routeTarget,
  share,
  table,
  tables,
  text,
  textOrTexts,
  texts,
  textTable,
} from "./fields.ts";

const MANY = Number.MAX_SAFE_INTEGER;

/** Requests that may wait for a provider. */
export const DEFAULT_MAX_QUEUE = 100;

/** Processes that share the port. */
const MOST_WORKERS = 64;

/** Where the proxy listens, who may use it, and its limits. */
const proxy = table({
  /** One that other machines can reach needs a key. */
  host: text('a host name or address, such as "127.0.0.1"').default("127.0.0.1"),
  /** 0 takes a free one. */
  port: integer(0, 65535).default(3456),
  /** Processes that share the port; "auto": one for each core. More than one need a store. */
  workers: integerOr(1, MOST_WORKERS, "auto").default(1),
  /** What clients must send. Unset: open, on this machine only. */
  api_key: anyText().optional(),
  /** Several keys, each with its own limit and statistics. */
  api_keys: keys().optional(),
  /** Opens the dashboard, /metrics and /admin, which no other key then opens. */
  admin_key: anyText().optional(),
  /** A whole request. */
  timeout_ms: milliseconds().default(600_000),
  /** Until a provider accepts the connection. */
  connect_timeout_ms: milliseconds().default(10_000),
  /** Until the first output. Unset: two minutes, and four and a half from a local server. */
  first_token_timeout_ms: milliseconds().optional(),
  /** Between two chunks of an answer. */
  idle_timeout_ms: milliseconds().default(120_000),
  /** A request's body; larger ones get 413. */
  max_body_mb: number(0.001, 1024, "a number (megabytes) from 0.001 to 1,024").default(32),
  /** The bodies of all requests in flight, together; more get 429. */
  max_bodies_mb: number(0.001, 1_048_576, "a number (megabytes) from 0.001 to 1,048,576").default(1024),
  /** Requests in flight at once; more get 429. */
  max_concurrent: integer(1, 1_000_000, "requests").default(4096),
  /** Of each client key. Unset: no limit. */
  requests_per_minute: integer(1, 1_000_000, "requests").optional(),
  /** Time for answers in flight to finish at a stop. */
  stop_grace_ms: milliseconds(0).default(30_000),
  /** At a stop, how long /health/ready fails while requests are still answered. */
  drain_ms: milliseconds(0).default(0),
  /** Between keep-alive comments to a waiting client; 0: none. */
  keep_alive_ms: milliseconds(0).default(15_000),
  /** Origins of web pages that may call. */
  cors_origins: texts('an array of origins, such as ["https://app.example"]').default([]),
  /** Reverse proxies whose X-Forwarded-For is believed. */
  trusted_proxies: texts('an array of addresses or networks, such as ["10.0.0.0/8"]').default([]),
  /** Where a reverse proxy has put it: requests with and without it are answered. */
  base_path: text('a path, such as "/llm"').optional(),
  /** Names in addition to localhost that the `Host` header may carry. */
  allowed_hosts: texts('an array of host names, such as ["proxy.home.example"]').default([]),
  /** The proxy's own certificate and its key: then it speaks HTTPS alone. */
  tls_cert: text("a file with a certificate (PEM)").optional(),
  tls_key: text("a file with the certificate's private key (PEM)").optional(),
}, "[proxy]");

/** The conditions of a rule. */
const conditions = {
  /** Whole words: at least one of them. */
  any: textOrTexts("a word or an array of words").optional(),
  /** Every one of them. */
  all: textOrTexts("a word or an array of words").optional(),
  /** Not one of them. */
  none: textOrTexts("a word or an array of words").optional(),
  /** Matches in any case. */
  regex: text("a regular expression (string)").optional(),
  /** Programming languages of the prompt. */
  language: textOrTexts('a language or an array of them, such as "rust"').optional(),
  min_complexity: share().optional(),
  max_complexity: share().optional(),
  /** Local times of day: `"22:00-06:00"` or `[22, 6]`. */
  hours: anything().optional(),
  /** `"mon-fri"`, `["sat", "sun"]`, `"weekend"`. */
  days: anything().optional(),
  /** Where the hours and days are: `"Europe/Berlin"`. Unset: where this machine is. */
  time_zone: text('a time zone, such as "Europe/Berlin"').optional(),
  /** Until this date, or this time of a date. */
  until: text('a date, such as "2026-12-31" or "2026-12-31 18:00"').optional(),
  client: textOrTexts('a client or an array of them, such as "codex"').optional(),
  /** A pattern over the model that the request names. */
  model: text('a pattern over model names, such as "claude-*"').optional(),
  min_tokens: integer(0, MANY, "tokens").optional(),
  /** Which of a client's agents asks: `"main"`, `"main|subagent"`. */
  agent: textOrTexts(`one or several of ${AGENTS.join(", ")}`).optional(),
  /** A pattern over what the client calls its agent. */
  agent_type: textOrTexts('an agent of the client or an array of them, such as "Explore"').optional(),
  mode: oneOf("plan", "normal").optional(),
  /** Patterns over headers of the request; all must match. */
  header: textTable('a table of patterns, such as { "x-team" = "a*" }').optional(),
  /** The name of the key that the client sent, or its id, as the ledger shows it. */
  key: textOrTexts("the name or id of a key or an array of them").optional(),
  /** Since the session's first request. */
  session_age: text('a time, such as "> 1h" or "10m-2h"').optional(),
  /** The number of the prompt in its conversation. */
  turn: z.union([z.number(), text()], { error: 'a number or a range, such as ">= 5"' }).optional(),
  /** The tool that the agent called last. */
  tool: textOrTexts('the name of a tool or an array of them, such as "Bash"').optional(),
  /** A tool that the request offers. */
  tool_offered: textOrTexts('the name of a tool or an array of them, such as "mcp__*"').optional(),
  /** How sure the classifier is of the kind of work. */
  confidence: text('a range from 0 to 1, such as "< 0.5"').optional(),
  /** The turn is stuck, see [router.escalate]. */
  escalated: flag().optional(),
  /** The client's working folder, whole or its last name. */
  project: textOrTexts('a folder or an array of them, such as "shop" or "/work/*"').optional(),
};

/** When a rule matches: all conditions that are given must hold. They nest three deep. */
const whenInside = table(conditions, "{ … }");
const whenNested = nesting(whenInside);
const when = table(
  {
    ...conditions,
    all_of: tables(whenNested, "all_of").optional(),
    any_of: tables(whenNested, "any_of").optional(),
  },
  "when = { … }",
);

/** Conditions that may hold others. */
function nesting(inner: typeof whenInside) {
  const list = (name: string) => tables(inner, name).optional();
  return table({ ...conditions, all_of: list("all_of"), any_of: list("any_of") }, "{ … }");
}

/** The replacement for a provider that is not named: any that is built in. */
const SOME_PROVIDER = builtinNames()[0]!;

const rule = table({
  /** Unset: `rule 1`, `rule 2`, … */
  name: text().optional(),
  when: needed(when, {}),
  /** Unset: the content decides. */
  route: routeTarget().optional(),
  /** For whatever target answers. */
  effort: oneOf(...EFFORTS).optional(),
  /** The only targets that may answer, fallbacks too: `"local"`, providers, or targets with `*`. */
  only: textOrTexts('"local", or targets, such as "groq" or ["groq,*", "ollama,*"]').optional(),
  /** Added to the request's reasons. */
  reason: text("a text for people").optional(),
  /** Refuses the request with this text. */
  refuse: text("a text for the client").optional(),
}, "[[router.rules]]");

const mapping = table({
  /** What a client may ask for, with `*` and `?`. */
  from: needed(text('a pattern over model names, such as "claude-opus-*"'), "unnamed"),
  to: needed(routeTarget(), "auto"),
  /** The answer carries the client's own model name. */
  bidirectional: flag().default(false),
}, "[[router.model_mappings]]");

/** Models that are never used. */
const exclusion = table({
  provider: needed(text("the name of a provider"), SOME_PROVIDER),
  patterns: needed(textOrTexts('patterns over model names, such as ["*:free"]'), "unnamed"),
}, "[[router.model_exclusions]]");

const words = () => texts("an array of words").default([]);

/** When a turn that is stuck goes to a stronger route. */
const escalate = table({
  /** How often the same fails in a turn, or is reported by the user. 0: never. */
  after: integer(0, 1000, "times").default(3),
  /** Unset: one tier up. */
  to: oneOf(...ROUTE_NAMES).optional(),
}, "[router.escalate]");

/** Which model is asked where the margin of a kind is small. */
const judge = table({
  target: needed(text('a target, "provider,model"'), `${SOME_PROVIDER},unnamed`),
  timeout_ms: integer(1, 60_000, "milliseconds").default(300),
}, "[router.judge]");

/** Which model for which kind of work. A route that is not set hands on to another. */
const router = table({
  think: chain().optional(),
  plan_implementation: chain().optional(),
  build: chain().optional(),
  background: chain().optional(),
  default: chain().optional(),
  long_context: chain().optional(),
  image: chain().optional(),
  web_search: chain().optional(),
  /** What a client's subagents ask. Unset: like any other request. */
  subagent: chain().optional(),
  /** Questions of little complexity. Unset: like any other. */
  simple: chain().optional(),
  /** The complexity below which a question is simple. */
  simple_below: share().default(0.12),
  /** Tried after every chain. */
  fallback: chain().optional(),
  /** From this size on a request counts as long. Unset: where the other routes' windows end. */
  long_context_threshold: integer(1, MANY, "tokens").optional(),
  /** What happens where the margin of a kind is small: the cheaper kind, the leading one, or a route. */
  when_unsure: oneOf("cheaper", "as_decided", ...ROUTE_NAMES).default("cheaper"),
  escalate: escalate.prefault({}),
  judge: judge.optional(),
  /** The order of a chain's targets. */
  strategy: oneOf("fill_first", "round_robin", "latency_optimized", "cost_optimized", "preferred").default(
    "fill_first",
  ),
  /** When a session keeps its model though a turn is routed to a cheaper one: where leaving costs more, never, or always. */
  sticky: oneOf("cost", "never", "session").default("cost"),
  /** How many requests keep a session's cache warm while its user thinks. 0: none. */
  keep_warm: integer(0, 10, "requests").default(0),
  /** A prompt may name where it goes: `@think`. */
  wishes: flag().default(true),
  /** A function of the user's own that decides where no rule does. */
  script: table({ path: needed(text("a file that ends in .ts or .js"), "route.ts") }, "[router.script]")
    .optional(),
  /** A folder of Markdown files whose words lead somewhere, after the rules. */
  taxonomy: text("a folder with Markdown files").optional(),
  rules: tables(rule, "[[router.rules]]").default([]),
  model_mappings: tables(mapping, "[[router.model_mappings]]").default([]),
  model_exclusions: tables(exclusion, "[[router.model_exclusions]]").default([]),
  /** The user's own words in addition to the built-in lists. */
  words: table({
    plan: words(),
    implementation: words(),
    think: words(),
    background: words(),
    negation: words(),
  }, "[router.words]").prefault({}),
}, "[router]");

/** A provider. What a block over a built-in one leaves unset stays as it is built in. */
const provider = table({
  name: text("the name of the provider"),
  api_base_url: text("an http or https URL (string)").optional(),
  api_key: anyText('a string, such as "$GROQ_API_KEY"').optional(),
  /** A session keeps one of them; each has its own cooldown. */
  api_keys: keys().optional(),
  /** Clients whose own credential it gets, of whatever form. */
  passthrough: textOrTexts('a client or an array of them, such as "claude-code"').optional(),
  /** For `GET /v1/models`. */
  models: texts("an array of model names").default([]),
  /** What it speaks, best first. */
  dialects: textOrTexts("a dialect or an array of dialects").optional(),
  /** Of each request. */
  headers: textTable('a table of strings, such as { "X-Title" = "mine" }').default({}),
  /** How the key is sent. */
  auth: oneOf("bearer", "x-api-key", "both", "none").optional(),
  /** What its API cannot take. */
  quirks: texts("an array of quirk names").optional(),
  /** true, false, or the URL of its endpoint. */
  count_tokens: anything().optional(),
  /** Runs on the user's own machine: needs no key, costs nothing. */
  local: flag().optional(),
  /** The last part of its plan, kept for some routes. */
  reserve: share().optional(),
  /** Those routes, or rules by their names. */
  reserve_for: textOrTexts('a route or an array of routes, such as ["think"]').optional(),
  /** Its keys are of a flat plan: no token has a price. A login that a client sends along is known by its form. */
  flat_plan: flag().default(false),
  /** Requests in flight at once. Unset: no limit. */
  max_concurrent: integer(1, 1_000_000, "requests").optional(),
  /** Requests that may wait when {@link max_concurrent} is reached. */
  max_queue: integer(0, 1_000_000, "requests").default(DEFAULT_MAX_QUEUE),
  /** These four: unset, as in [proxy]. */
  timeout_ms: milliseconds().optional(),
  connect_timeout_ms: milliseconds().optional(),
  first_token_timeout_ms: milliseconds().optional(),
  idle_timeout_ms: milliseconds().optional(),
}, "[[providers]]");

const log = table({
  level: oneOf("error", "warn", "info", "debug").default("info"),
  /** A JSON object a line. */
  json: flag().default(false),
}, "[log]");

/** What every request cost, in a SQLite file. */
const ledger = table({
  enabled: flag().default(true),
  /** Unset: in the user's data folder. */
  path: text("the path of a file (string)").optional(),
  keep_days: integer(1, 36_500, "days").default(365),
  /** What savings are measured against. Unset: the first target of `think`. */
  baseline: text('a target, "provider,model"').optional(),
}, "[ledger]");

/** Where replicas share what they know. */
const store = table({
  /** Of a PostgreSQL database. Unset: the files of the data folder. */
  url: anyText('a PostgreSQL URL (string), such as "postgres://user@host/database"').optional(),
  /** Requests whose limits cannot be checked while the database is away. */
  when_down: oneOf("allow", "refuse").default("allow"),
}, "[store]");

/** A price over the built-in list, in dollars per million tokens. */
const price = table({
  provider: needed(text("the name of a provider"), SOME_PROVIDER),
  model: needed(text("the name of a model"), "unnamed"),
  input: needed(rate(), 0),
  output: needed(rate(), 0),
  cache_read: rate().optional(),
  cache_write: rate().optional(),
  /** Holds only at these times of day, in UTC. */
  hours: anything().optional(),
  /** Holds only on these days. */
  days: anything().optional(),
  /** Where the hours and days are. Unset: UTC. */
  time_zone: text('a time zone, such as "Asia/Shanghai"').optional(),
  /** Holds only from this context size on. */
  from_tokens: integer(1, MANY, "tokens").optional(),
}, "[[prices]]");

const budget = table({
  /** Unset: `budget 1`, `budget 2`, … */
  name: text().optional(),
  period: oneOf("day", "month").default("month"),
  /** Dollars. */
  limit: needed(number(0.000001, Number.MAX_VALUE, "dollars, a number above 0"), 1),
  /** The part of the limit from which on to warn. */
  warn_at: share().default(0.8),
  /** Counts only requests of this route. */
  route: text("the name of a route").optional(),
  /** Counts only requests of this client. */
  client: text("the name of a client").optional(),
  /** Counts only requests with this key. */
  key: text("the name or id of a key").optional(),
  /** Counts only requests with the keys of this team. */
  team: text("the name of a team").optional(),
  /** Where requests go at the limit. */
  then: routeTarget('"refuse", the name of a route, or "provider,model" (or a chain of them)').default(
    "refuse",
  ),
}, "[[budgets]]");

const telemetry = table({
  /** `GET /metrics`. */
  metrics: flag().default(true),
  /** `GET /dashboard`. */
  dashboard: flag().default(true),
  /** The dashboard may change something; false: it only shows. */
  dashboard_actions: flag().default(true),
  /** OTLP/HTTP base URL. Unset: no traces. */
  otlp_endpoint: anyText("an http or https URL (string)").optional(),
  otlp_headers: textTable("a table of strings").default({}),
}, "[telemetry]");

/** What the user's corrections teach. */
const learning = table({
  enabled: flag().default(false),
}, "[learning]");

const alert = table({
  url: needed(anyText("an http or https URL (string)"), ""),
  /** Unset: everything. */
  on: z.array(oneOf(...ALERT_KINDS), { error: `an array of ${ALERT_KINDS.join(", ")}` }).default([
    ...ALERT_KINDS,
  ]),
  format: oneOf("json", "slack").default("json"),
  /** For the signature. */
  secret: anyText().optional(),
  /** More are not sent. */
  per_hour: integer(1, 3600, "alerts").default(20),
}, "[[alerts]]");

export const fileSchema = table({
  proxy: proxy.prefault({}),
  router: router.prefault({}),
  providers: tables(provider, "[[providers]]").default([]),
  log: log.prefault({}),
  ledger: ledger.prefault({}),
  store: store.prefault({}),
  prices: tables(price, "[[prices]]").default([]),
  budgets: tables(budget, "[[budgets]]").default([]),
  telemetry: telemetry.prefault({}),
  learning: learning.prefault({}),
  alerts: tables(alert, "[[alerts]]").default([]),
}, "a section");

/** A file whose every key has the right type, and its default where the file does not set it. */
export type FileConfig = z.infer<typeof fileSchema>;
export type ProxyBlock = FileConfig["proxy"];
export type RouterBlock = FileConfig["router"];
export type ProviderBlock = FileConfig["providers"][number];
export type RuleBlock = RouterBlock["rules"][number];
export type WhenBlock = RuleBlock["when"];
export type BudgetBlock = FileConfig["budgets"][number];
