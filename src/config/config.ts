/**
 * The configuration as the rest of the program sees it: one frozen value, every reference resolved, every
 * default filled in, every pattern compiled. `load.ts` makes it from a TOML file.
 */
import type { Chain, RouteName, Target } from "../model/target.ts";
import type { DialectName } from "../model/request-facts.ts";

/** A provider, configured or built in, with everything needed to call it. */
export interface Provider {
  readonly name: string;
  /** Where it came from: a `[[providers]]` block, or the built-in table (a block over a built-in one is "config"). */
  readonly origin: "config" | "builtin";
  /** Base URL as configured, without a trailing slash. For people; calls use {@link endpoints}. */
  readonly baseUrl: string;
  /** Full URL of each dialect's generation endpoint. The keys are the dialects that the provider speaks. */
  readonly endpoints: Readonly<Record<DialectName, string>>;
  /** Full URL of Anthropic's `count_tokens`, where the provider has one. */
  readonly countTokensUrl?: string;
  /** The dialects in order of preference for translation. Never empty. */
  readonly dialects: readonly DialectName[];
  /** Keys in order. Empty for a provider that needs none, or one whose key is missing ({@link problem} says so). */
  readonly apiKeys: readonly string[];
  /** Send the client's own credential on (`api_key = "passthrough"`). */
  readonly passthrough: boolean;
  /** Extra headers for each request. */
  readonly headers: Readonly<Record<string, string>>;
  /** How the key is sent. "both" sends the two headers (some gateways read only one of them). */
  readonly auth: "bearer" | "x-api-key" | "both" | "none";
  /** The models listed in the file; empty when none are listed (then any model may be asked for). */
  readonly models: readonly string[];
  /** What the provider cannot take in a request body, by name; see `dialects/limits.ts`. */
  readonly quirks: readonly string[];
  /** The provider's id in the price catalogue (`together` -> `togetherai`). */
  readonly catalogId: string;
  /** Runs on the user's own machine: needs no key, costs nothing. */
  readonly local: boolean;
  /** Requests under way at once; undefined: no limit. */
  readonly maxConcurrent?: number;
  /** Requests that may wait for a place when {@link maxConcurrent} is reached. */
  readonly maxQueue: number;
  readonly timeouts: Timeouts;
  /** Why the provider cannot be used (say, `OPENROUTER_API_KEY is not set`). Undefined: usable. */
  readonly problem?: string;
}

/** Milliseconds. `total` bounds the whole request, `idle` the silence between two chunks of an answer. */
export interface Timeouts {
  readonly connect: number;
  readonly firstToken: number;
  readonly idle: number;
  readonly total: number;
}

/** A user's own rule, `[[router.rules]]`. */
export interface Rule {
  readonly name: string;
  readonly when: {
    /** Whole words, lower case; `any`: at least one, `all`: every one, `none`: not one. */
    readonly any?: readonly string[];
    readonly all?: readonly string[];
    readonly none?: readonly string[];
    readonly regex?: RegExp;
    readonly language?: readonly string[];
    /** 0 to 1. */
    readonly minComplexity?: number;
    readonly maxComplexity?: number;
    /** `[from, to)` in minutes after local midnight; `from > to` spans midnight. */
    readonly hours?: readonly [number, number];
    /** 0 = Sunday. */
    readonly days?: readonly number[];
    readonly client?: readonly string[];
    /** Over the model asked for. */
    readonly model?: RegExp;
    readonly minTokens?: number;
  };
  readonly route: RouteTarget;
}

/** What a rule or mapping leads to: targets, a route's name, or the decision by content. */
export type RouteTarget =
  | { readonly kind: "chain"; readonly chain: Chain }
  | { readonly kind: "route"; readonly name: string }
  | { readonly kind: "auto" };

/** `[[router.model_mappings]]`. */
export interface ModelMapping {
  readonly from: string;
  readonly pattern: RegExp;
  readonly to: RouteTarget;
  /** Give the client its own model name back. */
  readonly bidirectional: boolean;
}

export interface ModelExclusion {
  readonly provider: string;
  readonly patterns: readonly { readonly glob: string; readonly pattern: RegExp }[];
}

export type Strategy = "fill_first" | "round_robin" | "latency_optimized" | "cost_optimized";

/** Words that the user adds to the built-in lists, `[router.words]`. Lower case. */
export interface ExtraWords {
  readonly plan: readonly string[];
  readonly implementation: readonly string[];
  readonly think: readonly string[];
  readonly background: readonly string[];
  readonly negation: readonly string[];
}

export interface RouterConfig {
  /** Only the routes that are set. */
  readonly routes: Partial<Readonly<Record<RouteName, Chain>>>;
  /** Tokens from which a request counts as long. */
  readonly longContextThreshold: number;
  /** Tried after every chain. */
  readonly fallback: Chain;
  readonly strategy: Strategy;
  readonly rules: readonly Rule[];
  readonly mappings: readonly ModelMapping[];
  readonly exclusions: readonly ModelExclusion[];
  readonly words: ExtraWords;
}

export interface ProxyConfig {
  readonly host: string;
  readonly port: number;
  /** Keys that clients may use. Empty: open (loopback only). */
  readonly apiKeys: readonly string[];
  readonly timeouts: Timeouts;
  /** Bytes of a request body. */
  readonly maxBodyBytes: number;
  /** Requests under way at once over all clients; more are answered 429. */
  readonly maxConcurrent: number;
  /** Per client key; undefined: no limit. */
  readonly requestsPerMinute?: number;
  /** Milliseconds that streams under way get at a stop. */
  readonly stopGraceMs: number;
  /** Milliseconds between keep-alive comments to a waiting streaming client; 0: none. */
  readonly keepAliveMs: number;
  /** Origins that web pages may call from. Empty: none. */
  readonly corsOrigins: readonly string[];
  /** Names besides loopback ones that the `Host` header may carry. */
  readonly allowedHosts: readonly string[];
}

export interface LogConfig {
  readonly level: "error" | "warn" | "info" | "debug";
  readonly json: boolean;
}

export interface LedgerConfig {
  readonly enabled: boolean;
  /** Undefined: the user's data folder. */
  readonly path?: string;
  readonly keepDays: number;
  /** Undefined: the first target of `think`. */
  readonly baseline?: Target;
}

/** Dollars per million tokens, `[[prices]]`. */
export interface PriceOverride {
  readonly provider: string;
  readonly model: string;
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  /** Holds only at these hours: `[from, to)` in minutes after midnight UTC; `from > to` spans midnight. */
  readonly hours?: readonly [number, number];
  /** Holds only from this context size on. Tokens. */
  readonly fromTokens?: number;
}

export interface Budget {
  readonly name: string;
  readonly period: "day" | "month";
  /** Dollars. */
  readonly limit: number;
  /** 0 to 1. */
  readonly warnAt: number;
  readonly route?: string;
  readonly client?: string;
  /** What happens at the limit: go to this route, or refuse. */
  readonly then: RouteTarget | { readonly kind: "refuse" };
}

export interface TelemetryConfig {
  readonly metrics: boolean;
  readonly dashboard: boolean;
  /** OTLP/HTTP base URL; undefined: no traces. */
  readonly otlpEndpoint?: string;
  readonly otlpHeaders: Readonly<Record<string, string>>;
}

/** Something that a file says and that has no effect, or deserves a look. */
export interface ConfigWarning {
  readonly file?: string;
  readonly line?: number;
  readonly key?: string;
  readonly message: string;
}

/** The whole configuration. Frozen; a reload makes a new one. */
export interface Config {
  /** The file it came from; undefined: made from the keys found in the environment. */
  readonly path?: string;
  /** Every file that was read, to be watched. */
  readonly files: readonly string[];
  readonly proxy: ProxyConfig;
  readonly router: RouterConfig;
  /** By name: the configured ones and all built-in ones. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly log: LogConfig;
  readonly ledger: LedgerConfig;
  readonly prices: readonly PriceOverride[];
  readonly budgets: readonly Budget[];
  readonly telemetry: TelemetryConfig;
  readonly warnings: readonly ConfigWarning[];
}
