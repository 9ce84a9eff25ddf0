/**
 * The configuration as the rest of the program sees it: one frozen value, with every reference resolved, every default
 * filled in and every pattern compiled. `load.ts` makes it from a TOML file; the defaults are those of an empty file, set
 * in `schema/sections.ts`.
 */
import type { Zone } from "../text/zoned-time.ts";
import type { Chain, Effort, RouteName, Target } from "../model/target.ts";
import type { DialectName } from "../model/request-facts.ts";
import type { Pattern } from "../text/match.ts";
import type { Network } from "../text/networks.ts";
import type { Range } from "../text/range.ts";

/** A provider, configured or built in, with everything needed to call it. */
export interface Provider {
  readonly name: string;
  /** "config": it has a `[[providers]]` block, which may change a built-in one. */
  readonly origin: "config" | "builtin";
  /** Base URL as configured, without a trailing slash or query. To show; requests use {@link endpoints}. */
  readonly baseUrl: string;
  /** Full URL of each dialect's generation endpoint. Its keys are the dialects that the provider speaks. */
  readonly endpoints: Readonly<Record<DialectName, string>>;
  /** Full URL of Anthropic's `count_tokens`, where the provider has one. */
  readonly countTokensUrl?: string;
  /** Full URL that says what is left of prepaid money, where the provider has one. */
  readonly creditsUrl?: string;
  /** The dialects in order of preference for translation. Never empty. */
  readonly dialects: readonly DialectName[];
  /** In order. Empty for a provider that needs none, or whose key is missing (see {@link problem}). */
  readonly apiKeys: readonly string[];
  /** The variable that each of them came from; "" where the file itself has it. @default none is known */
  readonly apiKeyNames?: readonly string[];
  /** Sends the client's own credential (`api_key = "passthrough"`). @default false */
  readonly passthrough: boolean;
  /** The clients whose credential it gets, of whatever form. @default undefined (those with a credential of its form) */
  readonly passthroughClients?: readonly string[];
  /** Extra headers of each request. @default {} */
  readonly headers: Readonly<Record<string, string>>;
  /** How the key is sent. "both": in both headers, for gateways that read only one. @default as its API expects */
  readonly auth: "bearer" | "x-api-key" | "both" | "none";
  /** The models that `GET /v1/models` lists; other models are accepted too. @default [] */
  readonly models: readonly string[];
  /** What the provider refuses in a request body, by name; see `catalog/quirks.ts`. */
  readonly quirks: readonly string[];
  /** The built-in provider whose models it serves, as far as rules for requests go; else its own name. */
  readonly rulesOf: string;
  /** The provider's id in the price catalog (`together` -> `togetherai`). */
  readonly catalogId: string;
  /** Runs on the user's own machine: needs no key, costs nothing. */
  readonly local: boolean;
  /** The last part of its plan, and whose it is. @default undefined (everybody's) */
  readonly reserve?: {
    /** 0 to 1. */
    readonly share: number;
    /** Routes, or rules by their names. */
    readonly routes: readonly string[];
  };
  /** Its keys are of a flat plan: no token has a price. @default false */
  readonly flatPlan?: boolean;
  /** Requests in flight at once. @default undefined (no limit) */
  readonly maxConcurrent?: number;
  /** Requests that may wait when {@link maxConcurrent} is reached. @default 100 */
  readonly maxQueue: number;
  /** @default those of the proxy */
  readonly timeouts: Timeouts;
  /** Why the provider cannot be used (`OPENROUTER_API_KEY is not set`). Undefined: it can. */
  readonly problem?: string;
}

/** Milliseconds. None is longer than {@link total}. */
export interface Timeouts {
  /** Until the provider accepts the connection. @default 10_000 */
  readonly connect: number;
  /** Until the first output. @default 120_000, and 270_000 for local servers */
  readonly firstToken: number;
  /** Between two chunks of an answer. @default 120_000 */
  readonly idle: number;
  /** The whole request. @default 600_000 */
  readonly total: number;
}

/** Whose request it is, as far as the client says: its main agent, one that this one started, or its own use. */
export const AGENTS = ["main", "subagent", "workflow", "compaction", "auxiliary"] as const;

export type Agent = typeof AGENTS[number];

/** When a rule matches: all conditions that are set must hold. */
export interface When {
  /** Whole words, in lower case; `any`: at least one, `all`: every one, `none`: not one. */
  readonly any?: readonly string[];
  readonly all?: readonly string[];
  readonly none?: readonly string[];
  readonly regex?: Pattern;
  /** Programming languages of the prompt. */
  readonly language?: readonly string[];
  /** 0 to 1. */
  readonly minComplexity?: number;
  readonly maxComplexity?: number;
  /** `[from, to)` in minutes after local midnight; `from > to` crosses midnight. */
  readonly hours?: readonly [number, number];
  /** 0 = Sunday. */
  readonly days?: readonly number[];
  /** Where the hours and days are. @default undefined (where this machine is) */
  readonly zone?: Zone;
  /** Epoch milliseconds: matches before it. */
  readonly until?: number;
  readonly client?: readonly string[];
  /** Matches the model that the request names. */
  readonly model?: Pattern;
  /** Tokens of the whole request. */
  readonly minTokens?: number;
  readonly agent?: readonly Agent[];
  /** What the client calls its agent: `Explore`. */
  readonly agentType?: readonly Pattern[];
  /** The client's agent plans, and may not change anything. */
  readonly mode?: "plan" | "normal";
  /** Headers of the request, names in lower case; each must be there and match. */
  readonly headers?: readonly { readonly name: string; readonly pattern: Pattern }[];
  /** The name of the proxy's key that was sent, or its id. */
  readonly key?: readonly Pattern[];
  /** Milliseconds since the session's first request. */
  readonly sessionAge?: Range;
  /** The number of the prompt in its conversation: 1 for the first. */
  readonly turn?: Range;
  /** A tool that the request offers, and one that the agent called last. */
  readonly toolOffered?: readonly Pattern[];
  readonly toolCalled?: readonly Pattern[];
  /** The probability of the kind of work, 0 to 1; 1 where a rule or a signal decided. */
  readonly confidence?: Range;
  /** The turn is stuck as often as `[router.escalate]` says. */
  readonly escalated?: boolean;
  /** The client's working folder, whole or its last name. */
  readonly project?: readonly Pattern[];
  /** Every one of them must hold; at least one of them. */
  readonly allOf?: readonly When[];
  readonly anyOf?: readonly When[];
}

/** Targets that a rule allows. */
export interface Only {
  /** As it is written, for people. */
  readonly text: string;
  /** Those of this machine. */
  readonly local: boolean;
  /** Over `provider,model`. */
  readonly patterns: readonly Pattern[];
}

/** A way of the user's own, `[[router.rules]]`. The first that matches decides. */
export interface Rule {
  /** @default `rule 1`, `rule 2`, … by position */
  readonly name: string;
  readonly when: When;
  /** Undefined: the content decides, with {@link effort}. */
  readonly route?: RouteTarget;
  /** For whatever target answers, in place of its own. */
  readonly effort?: Effort;
  /** The only targets that may answer, those of the fallback too. */
  readonly only?: Only;
  /** Added to the request's reasons. */
  readonly reason?: string;
  /** Refuses the request with this text. */
  readonly refuse?: string;
}

/** Where a rule or mapping leads: to targets, to a route, or ("auto") to the route that the content decides. */
export type RouteTarget =
  | { readonly kind: "chain"; readonly chain: Chain }
  | { readonly kind: "route"; readonly name: string }
  | { readonly kind: "auto" };

/** What a client's model name means, `[[router.model_mappings]]`. */
export interface ModelMapping {
  readonly from: string;
  readonly pattern: Pattern;
  readonly to: RouteTarget;
  /** The answer carries the client's own model name. @default false */
  readonly bidirectional: boolean;
}

/** Models of a provider that are never used, `[[router.model_exclusions]]`. */
export interface ModelExclusion {
  readonly provider: string;
  readonly patterns: readonly Pattern[];
}

/** How the targets of a chain are ordered: as written, in turn, fastest first, cheapest first, best liked first. */
export type Strategy = "fill_first" | "round_robin" | "latency_optimized" | "cost_optimized" | "preferred";

/** Words that the user adds to the built-in lists, `[router.words]`. In lower case. @default [] for each list */
export interface ExtraWords {
  readonly plan: readonly string[];
  readonly implementation: readonly string[];
  readonly think: readonly string[];
  readonly background: readonly string[];
  readonly negation: readonly string[];
}

/** `[router.script]`: the user's own function. */
export interface RouterScript {
  /** Of its file, for people. */
  readonly name: string;
  /** JavaScript: a module whose default export is the function. */
  readonly source: string;
}

/** `[router]`. */
export interface RouterConfig {
  /** Only the routes that are set. @default {} */
  readonly routes: Partial<Readonly<Record<RouteName, Chain>>>;
  /** Tokens from which on a request counts as long. @default undefined (what no other route's context window takes) */
  readonly longContextThreshold?: number;
  /** The complexity, 0 to 1, below which a question is for the route `simple`. @default 0.12 */
  readonly simpleBelow: number;
  /** Tried after every chain. @default [] */
  readonly fallback: Chain;
  /**
   * What is done where a kind leads the next by too little: the next where `think` leads and it is cheaper, what was
   * decided, or always the same route. @default "cheaper"
   */
  readonly whenUnsure: "cheaper" | "as_decided" | RouteName;
  /** When a turn that is stuck goes up. */
  readonly escalate: {
    /** How often the same fails in a turn, or is reported by the user; 0: never. @default 3 */
    readonly after: number;
    /** @default undefined (one tier up, where `think` is set) */
    readonly to?: RouteName;
  };
  /** Who is asked where a kind leads by too little. @default undefined (nobody) */
  readonly judge?: {
    readonly target: Target;
    /** Milliseconds. @default 300 */
    readonly timeoutMs: number;
  };
  /** @default "fill_first" */
  readonly strategy: Strategy;
  /**
   * When a session stays with the model that served it, where its next turn is routed to a cheaper one: where leaving costs
   * more, never, or always. @default "cost"
   */
  readonly sticky: "cost" | "never" | "session";
  /** Requests that keep a session's cache warm while its user thinks; 0: none. @default 0 */
  readonly keepWarm: number;
  /** A prompt may begin with where it is to go: `@think`. @default true */
  readonly wishes: boolean;
  /** The configured targets by the names of their models, and the newest by those of families, in lower case. */
  readonly byName: ReadonlyMap<string, Target>;
  /** The first that matches decides. @default [] */
  readonly rules: readonly Rule[];
  /** Decides where no rule does. @default undefined (there is none) */
  readonly script?: RouterScript;
  /** The first that matches decides. @default [] */
  readonly mappings: readonly ModelMapping[];
  /** @default [] */
  readonly exclusions: readonly ModelExclusion[];
  readonly words: ExtraWords;
}

/** `[proxy]`. */
export interface ProxyConfig {
  /** The address to listen on. @default "127.0.0.1" */
  readonly host: string;
  /** 0: any free one. @default 3456 */
  readonly port: number;
  /** Processes that share the port. @default 1 */
  readonly workers: number;
  /** Keys that clients may use. Empty: open, on a loopback host only. @default [] */
  readonly apiKeys: readonly string[];
  /** Opens the dashboard and what an administrator sees and changes; then {@link apiKeys} do not. @default undefined (they do) */
  readonly adminKey?: string;
  readonly timeouts: Timeouts;
  /** Bytes of a request body. @default 33_554_432 (32 MiB) */
  readonly maxBodyBytes: number;
  /** Bytes of the bodies of all requests in flight, together; more get 429. Not below {@link maxBodyBytes}. @default 1_073_741_824 (1 GiB) */
  readonly maxBodiesBytes: number;
  /** Requests in flight at once over all clients; more get 429. @default 4096 */
  readonly maxConcurrent: number;
  /** For each client key. @default undefined (no limit) */
  readonly requestsPerMinute?: number;
  /** Milliseconds that streams in flight get at a stop. @default 30_000 */
  readonly stopGraceMs: number;
  /** Milliseconds at a stop for which `/health/ready` fails while requests are still answered. @default 0 */
  readonly drainMs: number;
  /** Milliseconds between keep-alive comments to a waiting streaming client; 0: none. @default 15_000 */
  readonly keepAliveMs: number;
  /** Origins of web pages that may call. @default [] */
  readonly corsOrigins: readonly string[];
  /** Reverse proxies whose `X-Forwarded-For` is believed. @default [] */
  readonly trustedProxies: readonly Network[];
  /** `/llm`: what paths may begin with. @default "" */
  readonly basePath: string;
  /** Names in addition to the loopback ones that the `Host` header may carry. @default [] */
  readonly allowedHosts: readonly string[];
  /** Connections are encrypted with it. @default undefined (plain HTTP) */
  readonly tls?: Tls;
}

/** The proxy's own certificate. */
export interface Tls {
  /** PEM: the server's own first, then those that lead to an authority. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** The names and addresses that the certificate is for, in their one spelling; `*.example` for all below. */
  readonly names: readonly string[];
}

/** `[log]`. */
export interface LogConfig {
  /** @default "info" */
  readonly level: "error" | "warn" | "info" | "debug";
  /** A JSON object a line. @default false */
  readonly json: boolean;
}

/** `[ledger]`. */
export interface LedgerConfig {
  /** @default true */
  readonly enabled: boolean;
  /** Absolute, or ":memory:". @default undefined (in the user's data folder) */
  readonly path?: string;
  /** @default 365 */
  readonly keepDays: number;
  /** What savings are measured against. @default undefined (the first target of `think`) */
  readonly baseline?: Target;
}

/** `[store]`: a database that replicas share. */
export interface StoreConfig {
  /** `postgres://…`, with its password. */
  readonly url: string;
  /** Whether requests are allowed whose limits cannot be checked while the database is away. @default "allow" */
  readonly whenDown: "allow" | "refuse";
}

/** A price over the built-in list, in dollars per million tokens, `[[prices]]`. */
export interface PriceOverride {
  readonly provider: string;
  readonly model: string;
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  /** Applies only at these hours: `[from, to)` in minutes after midnight UTC; `from > to` crosses midnight. */
  readonly hours?: readonly [number, number];
  /** Applies only on these days, 0 for Sunday: {@link hours} are set then. */
  readonly days?: readonly number[];
  /** Where the hours and days are. @default undefined (UTC) */
  readonly zone?: Zone;
  /** Its name. */
  readonly zoneName?: string;
  /** Applies only from this context size on. Tokens. */
  readonly fromTokens?: number;
}

/** `[[budgets]]`. */
export interface Budget {
  /** @default `budget 1`, `budget 2`, … by position */
  readonly name: string;
  /** @default "month" */
  readonly period: "day" | "month";
  /** Dollars. */
  readonly limit: number;
  /** The part of the limit from which on to warn, 0 to 1. @default 0.8 */
  readonly warnAt: number;
  /** Counts only requests of this route. @default undefined (all) */
  readonly route?: string;
  /** Counts only requests of this client. @default undefined (all) */
  readonly client?: string;
  /** Counts only requests with this key: its name, or its id. @default undefined (all) */
  readonly key?: string;
  /** Counts only requests with the keys of this team. @default undefined (all) */
  readonly team?: string;
  /** What happens at the limit: requests go there, or are refused. @default { kind: "refuse" } */
  readonly then: RouteTarget | { readonly kind: "refuse" };
}

/** `[telemetry]`. */
export interface TelemetryConfig {
  /** `GET /metrics`. @default true */
  readonly metrics: boolean;
  /** `GET /dashboard`. @default true */
  readonly dashboard: boolean;
  /** The dashboard tries prompts, pauses providers, changes keys and routes. @default true */
  readonly dashboardActions: boolean;
  /** OTLP/HTTP base URL. @default undefined (no traces) */
  readonly otlpEndpoint?: string;
  /** @default {} */
  readonly otlpHeaders: Readonly<Record<string, string>>;
}

/** `[learning]`. */
export interface LearningConfig {
  /** Corrections of the user's move later decisions. @default false */
  readonly enabled: boolean;
}

/** What an alert can be about. */
export const ALERT_KINDS = ["budget", "quota", "failover", "provider_down", "config"] as const;
export type AlertKind = typeof ALERT_KINDS[number];

/** `[[alerts]]`: a webhook. */
export interface AlertConfig {
  readonly url: string;
  /** @default all */
  readonly on: readonly AlertKind[];
  /** `slack`: a text alone. @default "json" */
  readonly format: "json" | "slack";
  /** Signs each alert. @default undefined (not signed) */
  readonly secret?: string;
  /** @default 20 */
  readonly perHour: number;
}

/** Something in a file that has no effect, or that the user should look at. */
export interface ConfigWarning {
  readonly file?: string;
  readonly line?: number;
  readonly key?: string;
  readonly message: string;
}

/** How a configuration file was found. */
export type FoundBy =
  /** `--config`. */
  | "option"
  /** `$TERRAPHIM_CONFIG`. */
  | "variable"
  /** A task of a clone's deno.json, which sets `TERRAPHIM_TASK`. */
  | "task"
  /** It is in the user's own folder. */
  | "user"
  /** It is in the current folder, and the proxy has run with it before. */
  | "folder";

/** The whole configuration. Frozen: a reload makes a new one. */
export interface Config {
  /** The file. Undefined: the configuration was made from the keys in the environment. */
  readonly path?: string;
  /** How the file was found. Undefined: there is none, or the configuration was made from a text. */
  readonly foundBy?: FoundBy;
  /** Every file that was read: they are watched. */
  readonly files: readonly string[];
  readonly proxy: ProxyConfig;
  readonly router: RouterConfig;
  /** By name in lower case: the configured ones and all built-in ones. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly log: LogConfig;
  readonly ledger: LedgerConfig;
  /** Undefined: everything is kept in files of the data folder. */
  readonly store?: StoreConfig;
  readonly prices: readonly PriceOverride[];
  readonly budgets: readonly Budget[];
  readonly telemetry: TelemetryConfig;
  readonly learning: LearningConfig;
  readonly alerts: readonly AlertConfig[];
  readonly warnings: readonly ConfigWarning[];
}
