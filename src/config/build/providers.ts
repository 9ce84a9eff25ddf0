/** Builds the providers from `[[providers]]` blocks and the built-in ones. */
import { ROUTE_NAMES } from "../../model/target.ts";
import { BUILTIN_PROVIDERS, type BuiltinProvider } from "../../catalog/data/providers.ts";
import { builtinLike, builtinProvider } from "../../catalog/providers.ts";
import { creditsUrl } from "../../catalog/credits.ts";
import { ANY_COPY, QUIRKS } from "../../catalog/quirks.ts";
import type { Dialects } from "../../dialects/dialect.ts";
import type { DialectName } from "../../model/request-facts.ts";
import type { Provider, Timeouts } from "../config.ts";
import {
  builtinEndpoints,
  customEndpoints,
  type Endpoints,
  guessedDialects,
  movedEndpoints,
} from "./endpoints.ts";
import { canonicalHost, isLoopback, isPrivate } from "../../text/hosts.ts";
import { nearest } from "../../text/match.ts";
import { type KeyPath, quotedAddress, type Report } from "../problem.ts";
import type { Env } from "../source/references.ts";
import { DEFAULT_MAX_QUEUE, type ProviderBlock } from "../schema/sections.ts";
import { timeoutsOf } from "./proxy.ts";

export interface ProviderSources {
  readonly blocks: readonly ProviderBlock[];
  readonly pathOf: (block: object) => KeyPath;
  readonly env: Env;
  readonly timeouts: Timeouts;
  /** Of the local ones. */
  readonly localTimeouts: Timeouts;
  readonly report: Report;
  readonly dialects: Dialects;
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
        `duplicate provider "${name}" (names are not case-sensitive).`,
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

function untouched(
  builtin: BuiltinProvider,
  { env, timeouts, localTimeouts, dialects }: ProviderSources,
): Provider {
  const { urls } = builtinEndpoints(builtin);
  const counting = builtin.countTokens ? countingUrl(urls, dialects) : undefined;
  const credits = creditsUrl(urls, builtin);
  return {
    name: builtin.name,
    origin: "builtin",
    baseUrl: builtin.root,
    endpoints: urls,
    ...(counting !== undefined && { countTokensUrl: counting }),
    ...(credits !== undefined && { creditsUrl: credits }),
    dialects: Object.keys(builtin.paths),
    ...keyFields(builtinKeys(builtin, env), env),
    headers: { ...builtin.headers },
    auth: builtin.auth,
    models: [],
    quirks: builtin.quirks,
    rulesOf: builtin.name,
    catalogId: builtin.catalogId,
    local: builtin.local === true,
    maxQueue: DEFAULT_MAX_QUEUE,
    timeouts: builtin.local === true ? localTimeouts : timeouts,
  };
}

function configured(
  name: string,
  block: ProviderBlock,
  path: KeyPath,
  { env, timeouts, localTimeouts, report, dialects: known }: ProviderSources,
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
  const like = builtin ?? builtinLike(name, url.text && new URL(url.text).hostname);
  const dialects = chosenDialects(block, path, report, known);
  const { urls, spoken } = endpoints({ name, builtin, url: url.text, dialects, known });
  const order = dialects ?? inOrder(Object.keys(urls), spoken);
  const headers = mergedHeaders(builtin?.headers ?? {}, block.headers);
  const headerProblems = report.takeUnresolved([...path, "headers"]).map(({ reason }) => reason);
  const keys = keysOf({ name, builtin, url: url.text, headers, env }, block, path, report);
  const problem = [url.problem, keys.problem, ...headerProblems].filter(Boolean).join("; ");
  const credits = builtin === undefined ? undefined : creditsUrl(urls, builtin);
  const local = block.local ?? (builtin?.local === true && (url.text === undefined || isPrivate(url.text)));
  const countTokens = countTokensUrl(block, { own: builtin?.countTokens, urls, known }, path, report);

  return {
    name,
    origin: "config",
    // Without its query, which may hold a secret: this one is shown to people.
    baseUrl: url.text?.replace(/\?.*$/, "") ?? builtin?.root ?? "",
    endpoints: Object.fromEntries(order.map((dialect) => [dialect, urls[dialect] ?? ""])),
    ...(countTokens !== undefined && { countTokensUrl: countTokens }),
    ...(credits !== undefined && { creditsUrl: credits }),
    dialects: order,
    apiKeys: keys.keys,
    apiKeyNames: namesOf(keys.keys, env),
    passthrough: keys.passthrough,
    ...(block.passthrough !== undefined && { passthroughClients: clientNames(block.passthrough) }),
    headers,
    auth: block.auth ?? builtin?.auth ??
      (keys.keys.length === 0 && !keys.passthrough ? "none" : authFor(order, url.text, known)),
    models: block.models,
    quirks: chosenQuirks(block, path, report) ?? like?.quirks ?? ANY_COPY,
    rulesOf: like?.name ?? name,
    catalogId: builtin?.catalogId ?? name,
    local,
    ...reserveOf(block, path, report),
    ...(block.flat_plan && { flatPlan: true }),
    ...(block.max_concurrent !== undefined && { maxConcurrent: block.max_concurrent }),
    maxQueue: block.max_queue,
    timeouts: timeoutsOf(block, local ? localTimeouts : timeouts),
    ...(problem !== "" && { problem }),
  };
}

/** The keys of a provider: the block's, else those of the built-in one. Warns where there are none, or others could read them. */
function keysOf(
  { name, builtin, url, headers, env }: {
    readonly name: string;
    readonly builtin: BuiltinProvider | undefined;
    readonly url: string | undefined;
    readonly headers: Readonly<Record<string, string>>;
    readonly env: Env;
  },
  block: ProviderBlock,
  path: KeyPath,
  report: Report,
): Keys {
  const given = blockKeys(block, path, report);
  const byHeader = Object.keys(headers).some((header) => /^(authorization|x-api-key|api-key)$/i.test(header));
  const keyless = block.auth === "none" || byHeader || block.local === true;
  const inherits = builtin !== undefined && builtinProvider(name) === builtin;
  const keys = given ?? (inherits && !keyless ? inheritedKeys(builtin, url, env) : NO_KEYS);
  if (given === undefined && builtin === undefined && !keyless && url !== undefined && !isPrivate(url)) {
    report.warn([...path, "api_key"], `"${name}" has no key: requests are sent without one.`);
  }
  if (keys.keys.length > 0 || keys.passthrough || byHeader) warnOfPlain(name, url, path, report);
  return keys;
}

/** What of the provider's plan is kept, and for whom: `think` where nothing is said. */
function reserveOf(block: ProviderBlock, path: KeyPath, report: Report): Pick<Provider, "reserve"> {
  const { reserve, reserve_for: whom } = block;
  if (reserve === undefined || reserve === 0) {
    if (whom !== undefined) {
      report.problem([...path, "reserve_for"], "needs reserve, the share that is kept.");
    }
    return {};
  }
  const routes = typeof whom === "string" ? [whom] : whom ?? ["think"];
  const named = (one: string) =>
    ROUTE_NAMES.find((name) => name === one.trim().toLowerCase()) ?? one.trim().replace(/^rule:/, "");
  return { reserve: { share: reserve, routes: routes.map(named) } };
}

/** Warns where what is sent to an address can be read on its way through other networks. */
function warnOfPlain(name: string, url: string | undefined, path: KeyPath, report: Report): void {
  if (url === undefined || !/^http:\/\//i.test(url) || isPrivate(url)) return;
  const words = `keys and prompts go to "${name}" over http, which others can read: use https.`;
  report.warn([...path, "api_base_url"], words);
}

/** The block's headers over the built-in ones, by name in any case. */
function mergedHeaders(known: Readonly<Record<string, string>>, own: Readonly<Record<string, string>>) {
  const names = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const kept = Object.entries(known).filter(([name]) => !names.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...own };
}

/** The variables of the built-in provider; a private mirror may need no key. */
function inheritedKeys(builtin: BuiltinProvider, url: string | undefined, env: Env): Keys {
  const keys = builtinKeys(builtin, env);
  if (url === undefined || isHomeOf(builtin, url)) return keys;
  if (isPrivate(url)) return keys.problem === undefined ? keys : NO_KEYS;
  const name = builtin.keys.find((one) => env[one]?.trim()) ?? builtin.keys[0];
  if (name === undefined) return NO_KEYS;
  const host = new URL(url).hostname;
  return { ...NO_KEYS, problem: `${name} is not sent to ${host} unless the block says api_key = "$${name}"` };
}

/** Whether an address is the provider's own: its host, a host below its domain, or another one that it is known to have. */
function isHomeOf({ root, homes = [] }: BuiltinProvider, url: string): boolean {
  const { protocol, hostname } = new URL(url);
  const host = canonicalHost(hostname) ?? "";
  const domain = new URL(root).hostname.replace(/^api\./, "");
  return protocol === "https:" &&
    [domain, ...homes].some((home) => host === home || host.endsWith(`.${home}`));
}

function keyFields({ keys, passthrough, problem }: Keys, env: Env) {
  return {
    apiKeys: keys,
    apiKeyNames: namesOf(keys, env),
    passthrough,
    ...(problem !== undefined && { problem }),
  };
}

/** The variable that holds each key; "" where none does. */
function namesOf(keys: readonly string[], env: Env): readonly string[] {
  return keys.map((key) => Object.entries(env).find(([, value]) => value?.trim() === key)?.[0] ?? "");
}

/** The built-in provider at this address, whatever the name of the block. */
function builtinAt(url: string): BuiltinProvider | undefined {
  const { host, port, hostname } = new URL(url);
  return BUILTIN_PROVIDERS.find((builtin) =>
    builtin.local
      ? isLoopback(hostname) && String(builtin.port) === port
      : new URL(builtin.root).host === host
  );
}

function endpoints({ name, builtin, url, dialects, known }: {
  readonly name: string;
  readonly builtin: BuiltinProvider | undefined;
  readonly url: string | undefined;
  /** The dialects that the block names. */
  readonly dialects: readonly DialectName[] | undefined;
  readonly known: Dialects;
}): Endpoints {
  if (builtin === undefined) {
    return url === undefined
      ? { urls: {} }
      : customEndpoints(url, dialects ?? guessedDialects(name, url, known), known);
  }
  const own = url === undefined ? builtinEndpoints(builtin) : movedEndpoints(builtin, url, known);
  const more = (dialects ?? []).filter((dialect) => own.urls[dialect] === undefined);
  return more.length === 0
    ? own
    : { ...own, urls: { ...own.urls, ...customEndpoints(url ?? builtin.root, more, known).urls } };
}

function inOrder(dialects: readonly DialectName[], first: DialectName | undefined): DialectName[] {
  return first === undefined ? [...dialects] : [first, ...dialects.filter((dialect) => dialect !== first)];
}

function authFor(
  dialects: readonly DialectName[],
  url: string | undefined,
  known: Dialects,
): Provider["auth"] {
  if (url !== undefined && /(^|\.)anthropic\.com$/.test(new URL(url).hostname)) return "x-api-key";
  return dialects.some((name) => known[name]?.provider.auth === "both") ? "both" : "bearer";
}

/** `api_base_url` without a trailing slash, or why it cannot be used. */
function baseUrl(
  block: ProviderBlock,
  path: KeyPath,
  report: Report,
): { text?: string; problem?: string } {
  const own = [...path, "api_base_url"];
  const unresolved = report.takeUnresolved(own);
  if (unresolved.length > 0) return { problem: unresolved.map(({ reason }) => reason).join("; ") };
  if (block.api_base_url === undefined) return {};
  const text = block.api_base_url.trim();
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    report.problem(own, `${quotedAddress(text)} is not an http or https URL.`, {
      expected: "a URL such as https://api.example/v1",
    });
    return { problem: "its api_base_url is not a URL" };
  }
  const parsed = new URL(text);
  if (parsed.username !== "" || parsed.password !== "") {
    report.problem(own, "a URL must not contain a user name or password; use api_key or headers.");
    return { problem: "its api_base_url contains credentials" };
  }
  return { text: text.replace(/\/+$/, "") };
}

/** Reports headers that cannot be sent. @see https://www.rfc-editor.org/rfc/rfc9110#section-5 */
function checkHeaders(block: ProviderBlock, path: KeyPath, report: Report): void {
  for (const [name, value] of Object.entries(block.headers)) {
    const own = [...path, "headers", name];
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
      report.problem(own, `${JSON.stringify(name)} is not a valid header name.`);
    } // deno-lint-ignore no-control-regex -- exactly what a header's value must not hold
    else if (/[\u0000-\u0008\u000a-\u001f\u007f\u0100-\uffff]/.test(value)) {
      report.problem(own, "contains characters that an HTTP header cannot carry.");
    }
  }
}

/** `dialects`, each once; undefined where the block does not set them. */
function chosenDialects(
  block: ProviderBlock,
  path: KeyPath,
  report: Report,
  known: Dialects,
): DialectName[] | undefined {
  if (block.dialects === undefined) return undefined;
  const list = typeof block.dialects === "string" ? [block.dialects] : block.dialects;
  const names = Object.keys(known);
  const chosen: DialectName[] = [];
  list.forEach((one, index) => {
    const dialect = names.find((name) => name === one.trim().toLowerCase());
    if (dialect === undefined) {
      const near = nearest(one, names);
      report.problem(
        typeof block.dialects === "string" ? [...path, "dialects"] : [...path, "dialects", index],
        `there is no dialect "${one}"; the dialects are ${names.join(", ")}.`,
        near === undefined ? {} : { nearest: near },
      );
    } else if (!chosen.includes(dialect)) chosen.push(dialect);
  });
  return chosen.length === 0 ? undefined : chosen;
}

/** `quirks`; undefined where the block does not set them. */
function chosenQuirks(block: ProviderBlock, path: KeyPath, report: Report): string[] | undefined {
  block.quirks?.forEach((one, index) => {
    if (Object.hasOwn(QUIRKS, one)) return;
    const near = nearest(one, Object.keys(QUIRKS));
    report.problem(
      [...path, "quirks", index],
      `there is no quirk "${one}"; the quirks are ${Object.keys(QUIRKS).join(", ")}.`,
      near === undefined ? {} : { nearest: near },
    );
  });
  return block.quirks;
}

/**
 * Where tokens are counted, if anywhere: `count_tokens`, else what the built-in provider has. `own`: whether the built-in
 * provider has such an endpoint. `urls`: the provider's endpoints.
 */
function countTokensUrl(
  block: ProviderBlock,
  { own = false, urls, known }: {
    readonly own: boolean | undefined;
    readonly urls: Readonly<Record<DialectName, string>>;
    readonly known: Dialects;
  },
  path: KeyPath,
  report: Report,
): string | undefined {
  const asked = block.count_tokens ?? own;
  if (asked === false) return undefined;
  if (typeof asked === "string" && /^https?:\/\//i.test(asked) && URL.canParse(asked)) return asked;
  const beside = countingUrl(urls, known);
  if (asked === true && beside !== undefined) return beside;
  if (block.count_tokens !== undefined) {
    const able = Object.values(known).filter(({ countTokens }) => countTokens !== undefined);
    const names = able.map(({ name }) => JSON.stringify(name)).join(" or ");
    report.problem(
      [...path, "count_tokens"],
      asked === true
        ? `only a provider with the dialect ${names} can count tokens.`
        : "expected true, false or the URL of its count_tokens endpoint.",
    );
  }
  return undefined;
}

/** The URL that counts tokens, beside the endpoint of the first dialect that can. */
function countingUrl(
  urls: Readonly<Record<DialectName, string>>,
  known: Dialects,
): string | undefined {
  for (const { name, paths: { generate, countTokens } } of Object.values(known)) {
    const url = urls[name];
    if (url === undefined || countTokens === undefined) continue;
    const [endpoint = "", ...query] = url.split(/(?=\?)/);
    return endpoint.endsWith(generate)
      ? [endpoint.slice(0, -generate.length) + countTokens, ...query].join("")
      : url;
  }
  return undefined;
}

/** Which keys a provider is called with, and why it has none. */
interface Keys {
  readonly keys: readonly string[];
  readonly passthrough: boolean;
  /** `GROQ_API_KEY is not set`; undefined where the provider can be called. */
  readonly problem?: string;
}

const NO_KEYS: Keys = { keys: [], passthrough: false };

/** The key of a built-in provider without a block: the first of its variables that is set. */
export function builtinKeys(builtin: BuiltinProvider, env: Env): Keys {
  if (builtin.keys.length === 0) return NO_KEYS;
  for (const name of builtin.keys) {
    const key = env[name]?.trim();
    if (key) return unusable(key) ?? { keys: [key], passthrough: false };
  }
  const [first, ...others] = builtin.keys;
  const also = others.length === 0 ? "" : ` (nor ${others.join(" nor ")})`;
  return { ...NO_KEYS, problem: `${first} is not set${also}` };
}

/** The keys that a `[[providers]]` block gives; undefined when it gives none. */
function blockKeys(block: ProviderBlock, path: KeyPath, report: Report): Keys | undefined {
  const given: { key: string; path: KeyPath }[] = [];
  if (block.api_key !== undefined) given.push({ key: block.api_key, path: [...path, "api_key"] });
  block.api_keys?.forEach((key, index) => given.push({ key, path: [...path, "api_keys", index] }));
  const asks = given.some(({ key }) => key.trim().toLowerCase() === "passthrough");
  if (asks || (block.passthrough !== undefined && given.length === 0)) return { keys: [], passthrough: true };
  if (block.passthrough !== undefined) {
    report.problem(
      [...path, "passthrough"],
      'needs api_key = "passthrough": the block has a key of its own.',
    );
  }

  const keys: string[] = [];
  const reasons: string[] = [];
  for (const one of given) {
    const unresolved = report.takeUnresolved(one.path);
    const key = one.key.trim();
    if (unresolved.length > 0) reasons.push(...unresolved.map(({ reason }) => reason));
    else if (key !== "") {
      const bad = unusable(key)?.problem;
      if (bad !== undefined) reasons.push(bad);
      else if (!keys.includes(key)) keys.push(key);
    }
  }
  if (keys.length > 0) {
    for (const reason of reasons) report.warn([...path, "api_keys"], `${reason}: the other keys are used.`);
    return { keys, passthrough: false };
  }
  return reasons.length === 0 ? undefined : { ...NO_KEYS, problem: reasons.join("; ") };
}

const clientNames = (names: string | readonly string[]): readonly string[] =>
  (typeof names === "string" ? [names] : names).map((name) => name.trim().toLowerCase());

/** Why a string cannot be a key; undefined: it can. */
function unusable(key: string): Keys | undefined {
  const why = /^op:\/\//.test(key)
    ? "the key is a 1Password reference (op://…) that is not resolved; start the proxy with `op run --`"
    // deno-lint-ignore no-control-regex -- exactly what a header's value must not hold
    : /[\u0000-\u001f\u007f-\uffff]/.test(key)
    ? "the key contains characters that an HTTP header cannot carry"
    : undefined;
  return why === undefined ? undefined : { ...NO_KEYS, problem: why };
}
