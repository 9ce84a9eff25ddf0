/** Fetches a provider's list of models, which is free and shows whether the key is accepted. */
import type { Provider } from "../../../config/config.ts";
import type { Dialect, Dialects } from "../../../dialects/dialect.ts";
import { dialects } from "../../../dialects/registry.ts";
import { own, parseJsonText } from "../../../json/shape.ts";
import { connectionError } from "../../../dispatch/call.ts";
import { ProxyCut } from "../../../dispatch/failure/read.ts";
import { readAll } from "../../../dispatch/relay/buffered.ts";

/**
 * - `lists`: it returned its models.
 * - `answers`: it answers, and has no list.
 * - `refuses`: the key is rejected, or missing.
 * - `limited`: the credit or the quota is used up.
 * - `troubled`: a server error.
 * - `astray`: the server is not an API.
 * - `silent`: nothing answers.
 */
export type Outcome = "lists" | "answers" | "refuses" | "limited" | "troubled" | "astray" | "silent";

export interface Probed {
  readonly outcome: Outcome;
  readonly ms: number;
  readonly status?: number;
  readonly models?: readonly string[];
  /** How far this machine's clock is ahead of the server's, in milliseconds; the server says it to the second. */
  readonly clockMs?: number;
  /** For `astray` and `silent`: what happened. Never the provider's own text, which may repeat the key. */
  readonly words?: string;
}

const PATIENCE_MS = 10_000;
/** A list of models is smaller. Bytes. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Where a list is open to everybody: what else to call, to check the key. By the catalog's id. */
const KEY_CHECKS: Readonly<Record<string, string>> = {
  openrouter: "/key", // https://openrouter.ai/docs/api-reference/limits
};

/** Asks. Never throws, never follows a redirect, takes ten seconds at most, or `patience` milliseconds. */
export async function probe(
  provider: Provider,
  key: string | undefined,
  patience = PATIENCE_MS,
): Promise<Probed> {
  const list = listUrl(provider);
  if (list === undefined) return { outcome: "answers", ms: 0 };
  const listed = await ask(list, { provider, key, patience });
  const check = own(KEY_CHECKS, provider.catalogId);
  if (listed.outcome !== "lists" || check === undefined || key === undefined) return listed;
  const url = new URL(list);
  url.pathname = url.pathname.replace(/\/models$/, check);
  const checked = await ask(url, { provider, key, patience });
  return checked.outcome === "refuses" || checked.outcome === "limited" ? checked : listed;
}

/** Where a provider lists its models; undefined: no endpoint that tells. */
export function listUrl(
  { endpoints }: Pick<Provider, "endpoints">,
  known: Dialects = dialects,
): URL | undefined {
  for (const { name, paths, provider } of Object.values(known)) {
    const endpoint = endpoints[name];
    if (endpoint === undefined) continue;
    const url = new URL(endpoint);
    if (!url.pathname.endsWith(paths.generate)) continue;
    url.pathname = url.pathname.slice(0, -paths.generate.length) + paths.models;
    for (const [key, value] of Object.entries(provider.modelsQuery ?? {})) url.searchParams.set(key, value);
    return url;
  }
  return undefined;
}

interface Asking {
  readonly provider: Provider;
  readonly key: string | undefined;
  /** Milliseconds. */
  readonly patience: number;
}

async function ask(url: URL, { provider, key, patience }: Asking): Promise<Probed> {
  const began = performance.now();
  const limit = AbortSignal.timeout(patience);
  try {
    const response = await fetch(url, {
      headers: headersFor(provider, key),
      redirect: "manual",
      signal: limit,
    });
    const ms = Math.round(performance.now() - began);
    const { status } = response;
    const clock = clockOf(response);
    const isPage = /html/.test(response.headers.get("content-type") ?? "");
    if (status >= 300 && status < 400) {
      await response.body?.cancel();
      return { outcome: "astray", ms, status, words: `a redirect (${status}) answers` };
    }
    if (status !== 200 || isPage) {
      await response.body?.cancel();
      return isPage && status < 400
        ? { outcome: "astray", ms, status, words: "a web page answers" }
        : { outcome: outcomeOf(status), ms, status, ...clock };
    }
    const models = modelsOf(new TextDecoder().decode(await readAll(response, () => {}, MOST_BYTES)));
    return models === undefined
      ? { outcome: "answers", ms, status, ...clock }
      : { outcome: "lists", ms, status, models, ...clock };
  } catch (error) {
    const ms = Math.round(performance.now() - began);
    if (error instanceof ProxyCut) return { outcome: "astray", ms, words: error.message };
    const words = limit.aborted ? `no answer in ${patience / 1000} s` : connectionError(error, url);
    return { outcome: "silent", ms, words };
  }
}

/** Of the Date header, where there is one (RFC 9110, 6.6.1). */
function clockOf(response: Response): { clockMs?: number } {
  const time = Date.parse(response.headers.get("date") ?? "");
  return Number.isNaN(time) ? {} : { clockMs: Date.now() - time };
}

function outcomeOf(status: number): Outcome {
  if (status === 401 || status === 403) return "refuses";
  if (status === 402 || status === 429) return "limited";
  return status >= 500 && status !== 501 ? "troubled" : "answers";
}

function headersFor({ auth, headers, endpoints }: Provider, key: string | undefined): Record<string, string> {
  return {
    accept: "application/json",
    ...spoken(endpoints),
    ...(key === undefined || auth === "none" || auth === "x-api-key"
      ? {}
      : { authorization: `Bearer ${key}` }),
    ...(key === undefined || auth === "none" || auth === "bearer" ? {} : { "x-api-key": key }),
    ...headers,
  };
}

/** The headers that a provider's dialects need. */
function spoken(endpoints: Provider["endpoints"]): Record<string, string> {
  const known = Object.values<Dialect>(dialects).filter(({ name }) => endpoints[name] !== undefined);
  return Object.assign({}, ...known.map(({ headers }) => headers));
}

/** The ids of a list in any of the usual forms; undefined: it is not a list. */
function modelsOf(text: string): string[] | undefined {
  const json = parseJsonText(text);
  const list = Array.isArray(json) ? json : (json as { data?: unknown } | null)?.data;
  if (!Array.isArray(list)) return undefined;
  return list.flatMap((one: { id?: unknown } | null) => typeof one?.id === "string" ? [one.id] : []);
}
