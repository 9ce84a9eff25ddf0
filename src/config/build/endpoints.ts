/**
 * Turns a base URL as people write it into the full URL of each dialect's endpoint. People write it with and
 * without `/v1`, with the whole endpoint at its end, or with a mirror's address in place of the provider's own.
 */
import type { BuiltinProvider } from "../../catalog/data/providers.ts";
import type { Dialect, Dialects } from "../../dialects/dialect.ts";
import { defaultDialect, dialects as builtinDialects } from "../../dialects/registry.ts";
import type { DialectName } from "../../model/request-facts.ts";

export interface Endpoints {
  readonly urls: Record<DialectName, string>;
  /** The dialect that the URL itself speaks of (`…/anthropic`, `…/chat/completions`), if it does. */
  readonly spoken?: DialectName;
}

const VERSION = /\/v\d+[a-z0-9]*$/;
/** Some put a folder of their own behind the version: `/v1/openai`, `/v1beta/openai`, `/v1/ACCOUNT/GATEWAY/compat`. */
const HOLDS_VERSION = /\/v\d+[a-z0-9]*(?:\/|$)/;

/** The list of models below a version: what other programs take as the base of Gemini's own API. */
const LIST = /(?<=\/v\d+[a-z0-9]*)\/models$/;

interface Split {
  readonly origin: string;
  /** Path without a trailing slash and without an endpoint's name. */
  readonly path: string;
  readonly search: string;
  /** The endpoint at its end. */
  readonly endpoint?: Dialect;
}

function split(url: string, known: Dialects): Split {
  const parsed = new URL(url);
  const path = parsed.pathname.replace(/\/+$/, "").replace(LIST, "");
  const { origin, search } = parsed;
  for (const endpoint of Object.values(known)) {
    const { generate, countTokens } = endpoint.paths;
    const end = [generate, countTokens].find((one) => one !== undefined && path.endsWith(one));
    if (end !== undefined) return { origin, path: path.slice(0, -end.length), search, endpoint };
  }
  // Half of an endpoint: `/v1/chat`.
  for (const { paths: { generate } } of Object.values(known)) {
    const half = generate.slice(0, generate.lastIndexOf("/"));
    if (half === "" || !path.endsWith(half)) continue;
    const rest = path.slice(0, -half.length);
    if (VERSION.test(rest)) return { origin, path: rest, search };
  }
  return { origin, path, search };
}

/**
 * The endpoints of a provider that is not built in. A path that holds a version is taken as it is. Without one, `/v1` is
 * added to a bare host, and for dialects whose clients add it themselves to every URL.
 */
export function customEndpoints(
  url: string,
  names: readonly DialectName[],
  known: Dialects = builtinDialects,
): Endpoints {
  const base = split(url, known);
  const whole = base.endpoint?.provider.fixesVersion === true || HOLDS_VERSION.test(base.path);
  const urls: Record<DialectName, string> = {};
  for (const name of names) {
    const given = whole || name === base.endpoint?.name ||
      (base.path !== "" && base.endpoint === undefined && known[name]?.provider.fixesVersion === true);
    const path = given ? base.path : `${base.path}/v1`;
    urls[name] = `${base.origin}${path}${endOf(name, known)}${base.search}`;
  }
  return { urls, ...(base.endpoint !== undefined && { spoken: base.endpoint.name }) };
}

/** What a dialect's endpoints end in. */
function endOf(name: DialectName, known: Dialects): string {
  return known[name]?.paths.generate ?? "";
}

/** The endpoints of a built-in provider at its own address. */
export function builtinEndpoints(builtin: BuiltinProvider): Endpoints {
  const urls: Record<DialectName, string> = {};
  for (const [dialect, path] of Object.entries(builtin.paths)) urls[dialect] = builtin.root + path;
  return { urls };
}

/**
 * The endpoints of a built-in provider whose base URL is replaced. At another host all its dialects move there.
 * At its own host only those move that the URL speaks of: the coding plan of a provider has its own chat
 * address and the common Anthropic one.
 */
export function movedEndpoints(
  builtin: BuiltinProvider,
  url: string,
  known: Dialects = builtinDialects,
): Endpoints {
  const base = split(url, known);
  const own = new URL(builtin.root);
  const atHome = base.origin === own.origin;
  const folders = Object.entries(builtin.paths).map(([dialect, path]) => ({
    dialect,
    path,
    /** The folder of its endpoint below the root: `/v1`, `/anthropic/v1`, "". */
    folder: path.slice(0, path.length - endOf(dialect, known).length),
  }));
  const moved: Record<DialectName, string> = {};

  let root: string | undefined;
  let spoken: DialectName[] = [];
  const tails = folders.flatMap(({ dialect, folder }) => {
    const short = folder.replace(/\/v1$/, "");
    return [
      { dialect, tail: folder },
      ...(short !== folder && short !== "" ? [{ dialect, tail: short }] : []),
    ];
  }).filter(({ tail }) => tail !== "").sort((a, b) => b.tail.length - a.tail.length);
  const match = tails.find(({ tail }) => base.path.endsWith(tail));

  if (match !== undefined) {
    root = base.origin + base.path.slice(0, -match.tail.length);
    spoken = tails.filter(({ tail }) => tail === match.tail).map(({ dialect }) => dialect);
  } else if (
    atHome && folders.some(({ folder }) => (own.pathname.replace(/\/$/, "") + folder).startsWith(base.path))
  ) {
    root = builtin.root;
  } else if (VERSION.test(base.path)) {
    root = base.origin + base.path.replace(VERSION, "");
    const main = folders[0]!;
    spoken = folders.filter(({ folder }) => folder === main.folder).map(({ dialect }) => dialect);
    for (const dialect of spoken) moved[dialect] = base.origin + base.path + endOf(dialect, known);
  } else root = base.origin + base.path;

  const urls: Record<DialectName, string> = {};
  for (const { dialect, path } of folders) {
    const stays = atHome && !spoken.includes(dialect) && root !== builtin.root && spoken.length > 0;
    urls[dialect] = (moved[dialect] ?? (stays ? builtin.root : root) + path) + (stays ? "" : base.search);
  }
  const end = base.endpoint;
  const only = end?.name ?? (spoken.length === 1 ? spoken[0] : undefined);
  if (end !== undefined) urls[end.name] = `${base.origin}${base.path}${end.paths.generate}${base.search}`;
  return { urls, ...(only !== undefined && { spoken: only }) };
}

/** What a provider that is not built in speaks, as far as its name and URL show. */
export function guessedDialects(
  name: string,
  url: string,
  known: Dialects = builtinDialects,
): readonly DialectName[] {
  const { origin, path, endpoint } = split(url, known);
  const at = new URL(origin + path);
  const found = endpoint ?? Object.values(known).find(({ provider }) => provider.isAt?.(name, at)) ??
    defaultDialect(known);
  return [found.name];
}
