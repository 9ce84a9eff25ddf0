/** From `[[providers]]` blocks and the built-in table to providers that can be called. */
import { BUILTIN_PROVIDERS, type BuiltinProvider, builtinProvider } from "../catalog/providers.ts";
import { CHAT_COPY } from "../catalog/quirks.ts";
import type { DialectName } from "../model/request-facts.ts";
import type { Provider, Timeouts } from "./config.ts";
import { builtinEndpoints, customEndpoints, guessedDialects, movedEndpoints } from "./endpoints.ts";
import { blockKeys, builtinKeys, type Keys, NO_KEYS } from "./keys.ts";
import { isLoopback, isPrivate } from "./loopback.ts";
import { nearest } from "./nearest.ts";
import type { KeyPath } from "./positions.ts";
import type { Env } from "./references.ts";
import { baseUrl, checkHeaders, chosenDialects, chosenQuirks, countTokensUrl } from "./provider-fields.ts";
import type { Report } from "./report.ts";
import type { ProviderBlock } from "./schema.ts";
import { timeoutsOf } from "./timeouts.ts";

const DEFAULT_QUEUE = 100;

export interface ProviderSources {
  readonly blocks: readonly ProviderBlock[];
  readonly pathOf: (block: object) => KeyPath;
  readonly env: Env;
  readonly timeouts: Timeouts;
  readonly report: Report;
}

/** Every provider by its name in lower case: the blocks in their order, then the built-in ones. */
export function buildProviders(sources: ProviderSources): Map<string, Provider> {
  const providers = new Map<string, Provider>();
  for (const block of sources.blocks) {
    const path = sources.pathOf(block);
    const name = block.name.trim().toLowerCase();
    if (/[,:|\s]/.test(name)) {
      sources.report.problem(
        [...path, "name"],
        'a provider\'s name must not contain spaces, ",", ":" or "|".',
      );
    } else if (providers.has(name)) {
      sources.report.problem(
        [...path, "name"],
        `there is already a provider "${name}"; names count in any case.`,
      );
    } else {
      const provider = configured(name, block, path, sources);
      if (provider !== undefined) providers.set(name, provider);
    }
  }
  for (const builtin of BUILTIN_PROVIDERS) {
    if (!providers.has(builtin.name)) providers.set(builtin.name, untouched(builtin, sources));
  }
  return providers;
}

function untouched(builtin: BuiltinProvider, { env, timeouts }: ProviderSources): Provider {
  const { urls } = builtinEndpoints(builtin);
  return {
    name: builtin.name,
    origin: "builtin",
    baseUrl: builtin.root,
    endpoints: urls,
    ...(builtin.countTokens && { countTokensUrl: `${urls["anthropic-messages"]}/count_tokens` }),
    dialects: Object.keys(builtin.paths) as DialectName[],
    ...keyFields(builtinKeys(builtin, env)),
    headers: { ...builtin.headers },
    auth: builtin.auth,
    models: [],
    quirks: builtin.quirks,
    catalogId: builtin.catalogId,
    local: builtin.local === true,
    maxQueue: DEFAULT_QUEUE,
    timeouts,
  };
}

function configured(
  name: string,
  block: ProviderBlock,
  path: KeyPath,
  { env, timeouts, report }: ProviderSources,
): Provider | undefined {
  const url = baseUrl(block, path, report);
  const builtin = builtinProvider(name) ?? (url.text === undefined ? undefined : builtinAt(url.text));
  if (url.text === undefined && builtin === undefined && url.problem === undefined) {
    const near = nearest(name, BUILTIN_PROVIDERS.map((one) => one.name));
    report.problem(
      [...path, "name"],
      `"${name}" is not built in, so it needs an api_base_url.`,
      near === undefined ? {} : { nearest: near },
    );
    return undefined;
  }
  checkHeaders(block, path, report);
  const dialects = chosenDialects(block, path, report);
  const { urls, spoken } = endpoints(name, builtin, url.text, dialects);
  const order = dialects ?? inOrder(Object.keys(urls) as DialectName[], spoken);
  const headers = mergedHeaders(builtin?.headers ?? {}, block.headers ?? {});
  const headerProblems = report.takeUnresolved([...path, "headers"]).map(({ reason }) => reason);

  const given = blockKeys(block, path, report);
  const byHeader = Object.keys(headers).some((header) => /^(authorization|x-api-key|api-key)$/i.test(header));
  const keyless = block.auth === "none" || byHeader || block.local === true;
  const inherits = builtin !== undefined && builtinProvider(name) === builtin;
  const keys = given ?? (inherits && !keyless ? inheritedKeys(builtin, url.text, env) : NO_KEYS);
  if (
    given === undefined && builtin === undefined && !keyless && url.text !== undefined && !isPrivate(url.text)
  ) {
    report.warn([...path, "api_key"], `"${name}" has no key: requests go there without one.`);
  }
  const problem = [url.problem, keys.problem, ...headerProblems].filter(Boolean).join("; ");
  const messages = urls["anthropic-messages"];
  const countTokens = countTokensUrl(block, builtin, messages, path, report);

  return {
    name,
    origin: "config",
    // Without its query, which may hold a secret: this one is shown to people.
    baseUrl: url.text?.replace(/\?.*$/, "") ?? builtin?.root ?? "",
    endpoints: Object.fromEntries(order.map((dialect) => [dialect, urls[dialect]])),
    ...(countTokens !== undefined && { countTokensUrl: countTokens }),
    dialects: order,
    apiKeys: keys.keys,
    passthrough: keys.passthrough,
    headers,
    auth: block.auth ?? builtin?.auth ??
      (keys.keys.length === 0 && !keys.passthrough ? "none" : authFor(order, url.text)),
    models: block.models ?? [],
    quirks: chosenQuirks(block, path, report) ?? builtin?.quirks ?? CHAT_COPY,
    catalogId: builtin?.catalogId ?? name,
    local: block.local ?? (builtin?.local === true && (url.text === undefined || isPrivate(url.text))),
    ...(block.max_concurrent !== undefined && { maxConcurrent: block.max_concurrent }),
    maxQueue: block.max_queue ?? DEFAULT_QUEUE,
    timeouts: timeoutsOf(block, timeouts),
    ...(problem !== "" && { problem }),
  };
}

/** The block's headers over the built-in ones, by name in any case. */
function mergedHeaders(known: Readonly<Record<string, string>>, own: Readonly<Record<string, string>>) {
  const names = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const kept = Object.entries(known).filter(([name]) => !names.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...own };
}

/** The variables of the built-in provider; at a private mirror's address it may well need no key at all. */
function inheritedKeys(builtin: BuiltinProvider, url: string | undefined, env: Env): Keys {
  const keys = builtinKeys(builtin, env);
  return keys.problem !== undefined && url !== undefined && isPrivate(url) ? NO_KEYS : keys;
}

function keyFields({ keys, passthrough, problem }: Keys) {
  return { apiKeys: keys, passthrough, ...(problem !== undefined && { problem }) };
}

/** The built-in provider that lives at this address, whatever the block is called. */
function builtinAt(url: string): BuiltinProvider | undefined {
  const { host, port, hostname } = new URL(url);
  return BUILTIN_PROVIDERS.find((builtin) =>
    builtin.local
      ? isLoopback(hostname) && String(builtin.port) === port
      : new URL(builtin.root).host === host
  );
}

function endpoints(
  name: string,
  builtin: BuiltinProvider | undefined,
  url: string | undefined,
  dialects: readonly DialectName[] | undefined,
): { urls: Partial<Record<DialectName, string>>; spoken?: DialectName } {
  if (builtin === undefined) {
    return url === undefined ? { urls: {} } : customEndpoints(url, dialects ?? guessedDialects(name, url));
  }
  const known = url === undefined ? builtinEndpoints(builtin) : movedEndpoints(builtin, url);
  const more = (dialects ?? []).filter((dialect) => known.urls[dialect] === undefined);
  return more.length === 0
    ? known
    : { ...known, urls: { ...known.urls, ...customEndpoints(url ?? builtin.root, more).urls } };
}

function inOrder(dialects: readonly DialectName[], first: DialectName | undefined): DialectName[] {
  return first === undefined ? [...dialects] : [first, ...dialects.filter((dialect) => dialect !== first)];
}

function authFor(dialects: readonly DialectName[], url: string | undefined): Provider["auth"] {
  if (url !== undefined && /(^|\.)anthropic\.com$/.test(new URL(url).hostname)) return "x-api-key";
  return dialects.includes("anthropic-messages") ? "both" : "bearer";
}
