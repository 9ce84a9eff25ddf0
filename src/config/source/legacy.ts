/**
 * Files written for the Rust predecessor load unchanged: its keys are translated to the current ones where they
 * mean the same, and reported in a warning where they have no effect.
 */
import { own } from "../../json/shape.ts";
import { TRANSFORMERS } from "../../catalog/data/transformers.ts";
import { joined, type KeyPath, textOf } from "../problem.ts";

const PER_MINUTE = "requests_per_minute";

type Table = Record<string, unknown>;

export interface Modern {
  /** The file with the current keys. */
  readonly tree: unknown;
  readonly notes: readonly { readonly path: KeyPath; readonly message: string }[];
  /** The path in the file of each key that {@link tree} has somewhere else, by joined path. */
  readonly moved: ReadonlyMap<string, KeyPath>;
}

interface Work {
  readonly notes: { path: KeyPath; message: string }[];
  readonly moved: Map<string, KeyPath>;
}

/** Translates an old file. A tree without old keys is unchanged. */
export function modernise(parsed: unknown): Modern {
  const work: Work = { notes: [], moved: new Map() };
  if (!isTable(parsed)) return { tree: parsed, ...work };
  const tree: Table = { ...parsed };
  logging(tree, work);
  security(tree, work);
  pricing(tree, work);
  router(tree, work);
  providers(tree, work);
  for (const [name, message] of Object.entries(LEGACY_SECTIONS)) {
    if (!(name in tree)) continue;
    delete tree[name];
    work.notes.push({ path: [name], message });
  }
  return { tree, ...work };
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Removes a key from a table that nothing else uses, and returns its value. */
function take(table: Table, key: string): unknown {
  const value = table[key];
  delete table[key];
  return value;
}

/** Gives `to` the value unless the file has that key already. */
function move(
  tree: Table,
  work: Work,
  value: unknown,
  { from, to: [section, key] }: {
    readonly from: KeyPath;
    readonly to: readonly [section: string, key: string];
  },
): boolean {
  const before = tree[section];
  if (before !== undefined && !isTable(before)) return false;
  if (before?.[key] !== undefined) return false;
  tree[section] = { ...before, [key]: value };
  work.moved.set(joined([section, key]), from);
  return true;
}

/** `[proxy] log_level` and `[management.logging] level`. */
function logging(tree: Table, work: Work): void {
  const level = (value: unknown) => value === "trace" ? "debug" : value === "warning" ? "warn" : value;
  if (isTable(tree.proxy) && "log_level" in tree.proxy) {
    tree.proxy = { ...tree.proxy };
    const path = ["proxy", "log_level"];
    move(tree, work, level(take(tree.proxy as Table, "log_level")), { from: path, to: ["log", "level"] });
    work.notes.push({ path, message: "is read as level in [log]; move it there." });
  }
  const old = isTable(tree.management) && isTable(tree.management.logging) ? tree.management.logging : {};
  for (const key of ["level", "default_level"]) {
    if (key in old) {
      move(tree, work, level(old[key]), { from: ["management", "logging", key], to: ["log", "level"] });
    }
  }
}

/** `[security.rate_limiting]` is honoured; the rest of `[security]` gets a warning. */
function security(tree: Table, work: Work): void {
  if (!isTable(tree.security)) return;
  const old = { ...take(tree, "security") as Table };
  const limits = take(old, "rate_limiting");
  const whole = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0;
  // Disabled means the same as a file without these keys.
  if (isTable(limits) && limits.enabled !== false) {
    const read: string[] = [];
    for (const [from, to] of [[PER_MINUTE, PER_MINUTE], ["concurrent_requests", "max_concurrent"]] as const) {
      const value = limits[from];
      if (!whole(value)) continue;
      const places = { from: ["security", "rate_limiting", from], to: ["proxy", to] } as const;
      if (move(tree, work, value, places)) read.push(to);
    }
    work.notes.push({
      path: ["security", "rate_limiting"],
      message: read.length > 0
        ? `is read as ${read.join(" and ")} in [proxy]; move it there.`
        : "has no effect: use requests_per_minute and max_concurrent in [proxy].",
    });
  }
  const single = take(old, "rate_limit_requests_per_minute");
  if (whole(single)) {
    const path = ["security", "rate_limit_requests_per_minute"];
    move(tree, work, single, { from: path, to: ["proxy", PER_MINUTE] });
    work.notes.push({ path, message: "is read as requests_per_minute in [proxy]; move it there." });
  }
  for (const key of Object.keys(old)) {
    work.notes.push({
      path: ["security", key],
      message: own(LEGACY_KEYS.security ?? {}, key) ?? "has no effect.",
    });
  }
}

/** `[[pricing]]` per thousand tokens becomes `[[prices]]` per million. */
function pricing(tree: Table, work: Work): void {
  if (!Array.isArray(tree.pricing)) return;
  const old = take(tree, "pricing") as unknown[];
  const prices = Array.isArray(tree.prices) ? [...tree.prices] : [];
  const million = (value: unknown) =>
    typeof value === "number" ? Number((value * 1000).toPrecision(12)) : value;
  old.forEach((one, index) => {
    if (!isTable(one)) return;
    work.moved.set(joined(["prices", prices.length]), ["pricing", index]);
    prices.push({
      provider: one.provider,
      model: one.model,
      input: million(one.input_cost_per_1k_tokens),
      output: million(one.output_cost_per_1k_tokens),
    });
  });
  tree.prices = prices;
  work.notes.push({
    path: ["pricing"],
    message: "is read as [[prices]], in dollars per million tokens; use that instead.",
  });
}

const ROUTER_KEYS = new Set([
  ...["default", "background", "think", "plan_implementation", "long_context", "long_context_threshold"],
  ...["image", "web_search", "strategy", "code", "code_generation", "fast_reasoning"],
]);

function router(tree: Table, work: Work): void {
  if (!isTable(tree.router)) return;
  const made: Table = { ...tree.router };
  tree.router = made;
  for (const [key, message] of Object.entries(LEGACY_KEYS.router ?? {})) {
    if (!(key in made)) continue;
    delete made[key];
    work.notes.push({ path: ["router", key], message });
  }
  for (const key of ["code", "code_generation"]) {
    if (!(key in made)) continue;
    const value = take(made, key);
    const read = move(tree, work, value, { from: ["router", key], to: ["router", "build"] });
    work.notes.push({
      path: ["router", key],
      message: read ? "is read as build; use that instead." : "has no effect when build is set.",
    });
  }
  const current = tree.router as Table;
  if (typeof current.strategy === "string") {
    // The predecessor's documentation has "FillFirst", its program "fill_first".
    current.strategy = current.strategy.trim().replace(/([a-z])([A-Z])/g, "$1_$2").replace(/-/g, "_")
      .toLowerCase();
  }
  if (!Array.isArray(current.model_mappings)) return;
  current.model_mappings = current.model_mappings.map((mapping, index) => {
    if (!isTable(mapping)) return mapping;
    const kept = { ...mapping };
    for (const key of Object.keys(kept)) {
      if (!ROUTER_KEYS.has(key)) continue;
      delete kept[key];
      work.notes.push({
        path: ["router", "model_mappings", index, key],
        message: "has no effect in [[router.model_mappings]]: move it to [router].",
      });
    }
    return kept;
  });
}

/** `transformers`: "anthropic" says which dialect is spoken; the others say what is known of the provider anyway. */
function providers(tree: Table, work: Work): void {
  if (!Array.isArray(tree.providers)) return;
  tree.providers = tree.providers.map((provider, index) => {
    if (!isTable(provider) || !("transformers" in provider)) return provider;
    const kept = { ...provider };
    const path = ["providers", index, "transformers"];
    const old = take(kept, "transformers");
    // One with settings is a list of its name and a table: ["maxtoken", { max_tokens = 16384 }].
    const words = [old].flat(Infinity).map((word) => textOf(word).trim().toLowerCase()).filter(Boolean);
    const unknown = words.find((word) => !TRANSFORMERS.has(word));
    const dialect = words.map((word) => TRANSFORMERS.get(word)).find((known) => known !== undefined);
    if (dialect !== undefined && kept.dialects === undefined) {
      kept.dialects = [dialect];
      work.moved.set(joined(["providers", index, "dialects"]), path);
      work.notes.push({ path, message: `is read as dialects = ["${dialect}"]; write that instead.` });
    } else {
      const detail = unknown === undefined ? "" : ` "${unknown}" is unknown;`;
      work.notes.push({
        path,
        message: `has no effect:${detail} requests are translated by the provider's dialects and quirks.`,
      });
    }
    return kept;
  });
}

/** Whole sections that have no effect, by name, and what to use instead. They load with a warning. */
const LEGACY_SECTIONS: Readonly<Record<string, string>> = {
  oauth: 'has no effect: to use a client\'s own login with a provider, set api_key = "passthrough" there.',
  management:
    "has no effect: /health/detailed, /metrics and /dashboard are part of the proxy and need its key.",
  webhooks: "has no effect: use /metrics or the log instead.",
  retry: "has no effect: a request that fails goes to the next target of the chain.",
  session: "has no effect: the requests of one turn always keep their model.",
  sessions: "has no effect: the requests of one turn always keep their model.",
  cache: "has no effect: the providers' own prompt caches are used as the client marks them.",
  cost: 'has no effect: use [[budgets]] for limits and strategy = "cost_optimized" in [router].',
  performance: 'has no effect: use strategy = "latency_optimized" in [router].',
  rolegraph: "has no effect: use [[router.rules]] and [router.words].",
  metrics: "has no effect: use metrics in [telemetry].",
};

/** Single keys that have no effect, by section. */
const LEGACY_KEYS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  security: {
    ssrf_protection: "has no effect: only configured and built-in providers are ever called.",
    enable_api_key_auth: "has no effect: clients need a key when [proxy] has one.",
    allowed_origins: "has no effect: use cors_origins in [proxy] to name the origins.",
  },
  router: {
    fast_reasoning: "has no effect: write a rule under [[router.rules]], or use background.",
    pattern_rules:
      "has no effect: write [[router.rules]] with when = { any = [words] }, in the order that you want.",
    taxonomy_path: "has no effect: use taxonomy, or [[router.rules]] and [router.words].",
    enable_sessions: "has no effect: the requests of one turn always keep their model.",
    session_ttl_seconds: "has no effect: the requests of one turn always keep their model.",
    enable_cost_optimization: 'has no effect: use strategy = "cost_optimized".',
    default_budget_daily_usd: 'has no effect: use [[budgets]] with period = "day".',
    enable_performance_optimization: 'has no effect: use strategy = "latency_optimized".',
    performance_test_interval_seconds: 'has no effect: use strategy = "latency_optimized".',
  },
};
