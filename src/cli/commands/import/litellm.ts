/**
 * Reads the file of LiteLLM's proxy: the YAML that `litellm --config` gets.
 * @see https://docs.litellm.ai/docs/proxy/configs
 */
import { parse, YAMLParseError } from "yaml";
import { builtinCatalog } from "../../../catalog/catalog.ts";
import { builtinNames, builtinProvider } from "../../../catalog/providers.ts";
import { isRecord, listOf, own, stringOf, textOf } from "../../../json/shape.ts";
import type { Json } from "../../../model/json.ts";
import { Findings, type Imported, type Importer } from "./imported.ts";

export const liteLlm: Importer = {
  label: "LiteLLM",
  places: ["litellm_config.yaml", ".litellm/config.yaml", "config.yaml"],
  read,
};

const STRATEGIES: Readonly<Record<string, string>> = {
  "simple-shuffle": "round_robin",
  "latency-based-routing": "latency_optimized",
  "cost-based-routing": "cost_optimized",
};

const WHY: Readonly<Record<string, string>> = {
  num_retries: "a request that fails goes to the next target",
  callbacks: "use [telemetry] or the log instead",
  success_callback: "use [telemetry] or the log instead",
  failure_callback: "use [telemetry] or the log instead",
  drop_params: "what a model does not take is always dropped, and said",
  database_url: "the ledger is a file of its own; see [ledger]",
  cache: "the providers' own prompt caches are used",
  rpm: "use max_concurrent in [[providers]] instead",
  tpm: "use max_concurrent in [[providers]] instead",
  context_window_fallbacks: "a request that is too long goes to long_context in [router]",
};

/** `os.environ/NAME` as a reference. */
const reference = (value: Json): Json =>
  typeof value === "string" ? value.replace(/^os\.environ\/(\w+)$/, "$$$1") : value;

/**
 * The data of a file.
 * @throws Error with the line; the parser's own messages may quote the text, which has keys in it
 */
function parsed(text: string): Json {
  try {
    return parse(text, { logLevel: "error", prettyErrors: false });
  } catch (error) {
    const at = error instanceof YAMLParseError ? text.slice(0, error.pos[0]).split("\n").length : undefined;
    throw new Error(at === undefined ? "it is not valid YAML" : `line ${at} is not valid YAML`);
  }
}

function read(text: string): Imported {
  const file = parsed(text);
  if (!isRecord(file) || !Array.isArray(file.model_list)) throw new Error('it has no list "model_list"');
  const findings = new Findings();
  const providers: Record<string, Json>[] = [];
  const prices: Record<string, Json>[] = [];
  const groups = new Map<string, string[]>();
  listOf(file.model_list).forEach((entry, index) => {
    const target = targetOf(entry, `model_list[${index}]`, { providers, prices, findings });
    const name = isRecord(entry) ? stringOf(entry.model_name) : undefined;
    if (target === undefined || name === undefined) return;
    groups.set(name, [...new Set([...groups.get(name) ?? [], target])]);
  });
  const settings = { ...tableOf(file.litellm_settings), ...tableOf(file.router_settings) };
  const chains = withFallbacks(groups, settings, findings);
  const general = tableOf(file.general_settings);
  const key = stringOf(reference(general.master_key));
  findings.leaveOthers(file, ["model_list", "router_settings", "litellm_settings", "general_settings"]);
  leaveSettings(general, ["master_key"], "general_settings", findings);
  leaveSettings(settings, ["fallbacks", "default_fallbacks", "routing_strategy"], "settings", findings);
  const [first] = chains.values();
  const strategy = own(STRATEGIES, settings.routing_strategy);
  if (settings.routing_strategy !== undefined && strategy === undefined) {
    findings.leave("routing_strategy", "there is no such strategy here; see strategy in [router]");
  }
  const fallback = listOf(settings.default_fallbacks).flatMap((name) => groups.get(textOf(name)) ?? []);
  const tree = {
    proxy: { host: "127.0.0.1", port: 4000, ...(key === undefined ? {} : { api_key: key }) },
    router: {
      ...(first === undefined ? {} : { default: first }),
      ...(fallback.length === 0 ? {} : { fallback: fallback.join(" | ") }),
      ...(strategy === undefined ? {} : { strategy }),
      model_mappings: [...chains].map(([from, to]) => ({ from, to, bidirectional: true })),
    },
    providers,
    ...(prices.length === 0 ? {} : { prices }),
  };
  return { tree, left: findings.left };
}

const tableOf = (value: Json): Record<string, Json> => isRecord(value) ? value : {};

function leaveSettings(
  table: Record<string, Json>,
  known: readonly string[],
  place: string,
  findings: Findings,
): void {
  for (const key of Object.keys(table)) {
    if (!known.includes(key)) {
      findings.leave(`${place}.${key}`, own(WHY, key) ?? "there is nothing like it here");
    }
  }
}

/** A deployment as a target; undefined: it has no place here. Its provider is added to the list. */
function targetOf(
  entry: Json,
  place: string,
  { providers, prices, findings }: {
    readonly providers: Record<string, Json>[];
    readonly prices: Record<string, Json>[];
    readonly findings: Findings;
  },
): string | undefined {
  const params = tableOf(tableOf(entry).litellm_params);
  const whole = stringOf(params.model) ?? "";
  const slash = whole.indexOf("/");
  const prefix = slash < 0 ? homeOf(whole) : whole.slice(0, slash);
  const model = whole.slice(slash + 1);
  const url = addressOf(prefix, stringOf(reference(params.api_base)));
  const builtin = builtinProvider(prefix);
  if (model === "" || model.includes("*")) {
    findings.leave(
      `${place} (${whole})`,
      'it is not one model; write "provider,*" in [router] for any model',
    );
    return undefined;
  }
  if (builtin === undefined && url === undefined) {
    findings.leave(
      `${place} (${whole})`,
      prefix === "" ? "no provider is known to have it" : `the API of ${prefix} is not supported`,
    );
    return undefined;
  }
  const name = nameOf(prefix, url);
  const price = priceOf(params);
  if (price !== undefined && !prices.some((one) => one.provider === name && one.model === model)) {
    prices.push({ provider: name, model, ...price });
  }
  addProvider(providers, { name, url, key: reference(params.api_key) });
  leaveSettings(
    params,
    [...KNOWN, ...(price === undefined ? [] : Object.keys(COSTS))],
    place,
    findings,
  );
  const asked = [
    ...(stringOf(params.reasoning_effort) === undefined ? [] : [`effort=${params.reasoning_effort}`]),
    ...(typeof params.max_tokens === "number" ? [`max_tokens=${params.max_tokens}`] : []),
    ...(typeof params.temperature === "number" ? [`temperature=${params.temperature}`] : []),
  ];
  return `${name},${model}${asked.length === 0 ? "" : `?${asked.join("&")}`}`;
}

/** The built-in provider of a model whose name has no prefix; "" where none is known to have it. */
function homeOf(model: string): string {
  return builtinNames().find((name) => {
    const id = builtinProvider(name)?.catalogId;
    return id !== undefined && builtinCatalog.modelsOf(id).includes(model);
  }) ?? "";
}

const KNOWN = ["model", "api_base", "api_key", "max_tokens", "temperature", "reasoning_effort"];

/** Their prices for a token, and ours for a million. https://docs.litellm.ai/docs/proxy/custom_pricing */
const COSTS: Readonly<Record<string, string>> = {
  input_cost_per_token: "input",
  output_cost_per_token: "output",
  cache_read_input_token_cost: "cache_read",
  cache_creation_input_token_cost: "cache_write",
};

/** Dollars per million tokens; undefined: there is no price for both input and output. */
function priceOf(params: Record<string, Json>): Record<string, number> | undefined {
  const price = Object.fromEntries(
    Object.entries(COSTS).flatMap(([theirs, ours]) => {
      const dollars = typeof params[theirs] === "number" ? params[theirs] * 1e6 : NaN;
      return dollars >= 0 ? [[ours, Number(dollars.toPrecision(9))] as const] : [];
    }),
  );
  return price.input === undefined || price.output === undefined ? undefined : price;
}

/** An address of a deployment, without what their client adds to it. A resource of Azure speaks this dialect below a path. */
function addressOf(prefix: string, url: string | undefined): string | undefined {
  if (url === undefined || prefix !== "azure" || !URL.canParse(url)) return url;
  return new URL(url).pathname === "/" ? `${new URL(url).origin}/openai/v1` : url;
}

/** The provider's name: that of a built-in one at its own address, else one with the host. */
function nameOf(prefix: string, url: string | undefined): string {
  const builtin = builtinProvider(prefix.replace(/_chat$/, ""));
  if (url === undefined) return builtin?.name ?? prefix;
  if (!URL.canParse(url)) return `${prefix}-own`;
  const { hostname, port } = new URL(url);
  const isOwn = builtin?.local === true && /^(?:localhost|127\.0\.0\.1)$/.test(hostname) &&
    Number(port) === builtin.port;
  if (isOwn) return builtin.name;
  const host = hostname.replace(/\.(?:openai|services\.ai|cognitiveservices)\.azure\.com$/, "") +
    (port && `-${port}`);
  return `${builtin?.name ?? prefix}-${host}`.toLowerCase().replace(/[^a-z0-9-]+/g, "-");
}

function addProvider(
  providers: Record<string, Json>[],
  { name, url, key }: { readonly name: string; readonly url: string | undefined; readonly key: Json },
): void {
  let block = providers.find((one) => one.name === name);
  if (block === undefined) {
    block = { name, ...(url === undefined ? {} : { api_base_url: url }) };
    providers.push(block);
  }
  if (typeof key !== "string" || key === "") return;
  const keys = listOf(block.api_keys);
  if (!keys.includes(key)) block.api_keys = [...keys, key];
}

/** The chain of each model name, with those that take over for it behind. */
function withFallbacks(
  groups: ReadonlyMap<string, readonly string[]>,
  settings: Record<string, Json>,
  findings: Findings,
): Map<string, string> {
  const after = new Map<string, readonly Json[]>();
  for (const one of listOf(settings.fallbacks)) {
    for (const [name, names] of Object.entries(tableOf(one))) after.set(name, listOf(names));
  }
  for (const name of after.keys()) {
    if (!groups.has(name)) findings.leave(`fallbacks.${name}`, "model_list has no such model_name");
  }
  return new Map([...groups].map(([name, targets]) => {
    const others = (after.get(name) ?? []).flatMap((other) => groups.get(textOf(other)) ?? []);
    return [name, [...new Set([...targets, ...others])].join(" | ")];
  }));
}
