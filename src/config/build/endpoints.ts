/**
 * From a base URL as people write it to the full URL of each dialect's endpoint. People write it with and
 * without `/v1`, with the whole endpoint at its end, or with a mirror's address in place of the provider's own.
 */
import type { BuiltinProvider } from "../../catalog/providers.ts";
import type { DialectName } from "../../model/request-facts.ts";

/** The dialects' names, in the order in which an unknown provider is asked. */
export const DIALECTS: readonly DialectName[] = ["openai-chat", "anthropic-messages", "openai-responses"];

export interface Endpoints {
  readonly urls: Partial<Record<DialectName, string>>;
  /** The dialect that the URL itself speaks of (`…/anthropic`, `…/chat/completions`), if it does. */
  readonly spoken?: DialectName;
}

const LAST: Readonly<Record<DialectName, string>> = {
  "openai-chat": "/chat/completions",
  "anthropic-messages": "/messages",
  "openai-responses": "/responses",
};

const VERSION = /\/v\d+[a-z0-9]*$/;

interface Split {
  readonly origin: string;
  /** Path without a trailing slash and without an endpoint's name. */
  readonly path: string;
  readonly search: string;
  /** The endpoint that stood at its end. */
  readonly endpoint?: DialectName;
}

function split(url: string): Split {
  const parsed = new URL(url);
  let path = parsed.pathname.replace(/\/+$/, "");
  let endpoint: DialectName | undefined;
  for (const dialect of DIALECTS) {
    const tail = dialect === "anthropic-messages"
      ? /\/messages(\/count_tokens)?$/
      : new RegExp(`${LAST[dialect]}$`);
    if (!tail.test(path)) continue;
    path = path.replace(tail, "");
    endpoint = dialect;
    break;
  }
  return { origin: parsed.origin, path, search: parsed.search, ...(endpoint !== undefined && { endpoint }) };
}

/** The endpoints of a provider that is not built in: `/v1` is added unless the URL has a version of its own. */
export function customEndpoints(url: string, dialects: readonly DialectName[]): Endpoints {
  const base = split(url);
  const versioned = base.endpoint === "openai-chat" || VERSION.test(base.path)
    ? base.path
    : `${base.path}/v1`;
  const urls: Partial<Record<DialectName, string>> = {};
  for (const dialect of dialects) {
    const path = dialect === base.endpoint ? base.path : versioned;
    urls[dialect] = `${base.origin}${path}${LAST[dialect]}${base.search}`;
  }
  return { urls, ...(base.endpoint !== undefined && { spoken: base.endpoint }) };
}

/** The folder of a dialect's endpoint below the provider's root: `/v1`, `/anthropic/v1`, "". */
function folderOf(dialect: DialectName, path: string): string {
  return path.slice(0, path.length - LAST[dialect].length);
}

/** The endpoints of a built-in provider at its own address. */
export function builtinEndpoints(builtin: BuiltinProvider): Endpoints {
  const urls: Partial<Record<DialectName, string>> = {};
  for (const [dialect, path] of pathsOf(builtin)) urls[dialect] = builtin.root + path;
  return { urls };
}

function pathsOf(builtin: BuiltinProvider): [DialectName, string][] {
  return Object.entries(builtin.paths) as [DialectName, string][];
}

/**
 * The endpoints of a built-in provider whose base URL is replaced. At another host all its dialects move there.
 * At its own host only those move that the URL speaks of: the coding plan of a provider has its own chat
 * address and the common Anthropic one.
 */
export function movedEndpoints(builtin: BuiltinProvider, url: string): Endpoints {
  const base = split(url);
  const own = new URL(builtin.root);
  const atHome = base.origin === own.origin;
  const folders = pathsOf(builtin).map(([dialect, path]) => ({
    dialect,
    path,
    folder: folderOf(dialect, path),
  }));
  const moved: Partial<Record<DialectName, string>> = {};

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
    for (const dialect of spoken) moved[dialect] = base.origin + base.path + LAST[dialect];
  } else root = base.origin + base.path;

  const urls: Partial<Record<DialectName, string>> = {};
  for (const { dialect, path } of folders) {
    const stays = atHome && !spoken.includes(dialect) && root !== builtin.root && spoken.length > 0;
    urls[dialect] = (moved[dialect] ?? (stays ? builtin.root : root) + path) + (stays ? "" : base.search);
  }
  const only = base.endpoint ?? (spoken.length === 1 ? spoken[0] : undefined);
  if (base.endpoint !== undefined) {
    urls[base.endpoint] = `${base.origin}${base.path}${LAST[base.endpoint]}${base.search}`;
  }
  return { urls, ...(only !== undefined && { spoken: only }) };
}

/** What a provider that is not built in speaks, as far as its name and URL tell. */
export function guessedDialects(name: string, url: string): readonly DialectName[] {
  const { origin, path, endpoint } = split(url);
  if (endpoint !== undefined) return [endpoint];
  const host = new URL(origin).hostname;
  const anthropic = /(^|\.)anthropic\.com$/.test(host) || /\/anthropic(\/|$)/.test(path) ||
    /^(anthropic|claude)\b/i.test(name);
  return anthropic ? ["anthropic-messages"] : ["openai-chat"];
}
