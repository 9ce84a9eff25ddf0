/** Reads the state of a running proxy. */
import { z } from "zod";
import type { ProxyConfig } from "../../../config/config.ts";
import { urlOf } from "../../../config/own-url.ts";
import { connectionError } from "../../../dispatch/call.ts";
import { readAll } from "../../../dispatch/relay/buffered.ts";
import { NAME } from "../../command.ts";

/** One cooldown, as the proxy shows it. */
export const cooldown = z.object({
  class: z.string(),
  model: z.string().nullable(),
  key: z.string().nullable(),
  message: z.string(),
  until: z.string(),
  seconds_left: z.number(),
});

const provider = z.object({
  name: z.string(),
  base_url: z.string(),
  keys: z.union([z.number(), z.literal("passthrough")]),
  problem: z.string().nullable(),
  running: z.boolean().nullish(),
  in_flight: z.number(),
  waiting: z.number(),
  last_failure: z.object({ at: z.string(), message: z.string() }).nullable(),
  cooldowns: z.array(cooldown),
  headroom: z.array(z.object({
    key: z.string(),
    window: z.string(),
    left: z.number(),
    of_plan: z.boolean(),
    resets_at: z.string().nullable(),
  })).default([]),
});

const detailed = z.looseObject({
  status: z.enum(["ok", "degraded"]),
  version: z.string(),
  uptime_seconds: z.number(),
  config: z.looseObject({
    path: z.string().nullable(),
    origin: z.string().optional(),
    ok: z.boolean(),
    loaded_at: z.string().nullable(),
    reloads: z.number(),
    broken_at: z.string().nullish(),
    problems: z.array(z.string()).optional(),
  }),
  in_flight: z.number(),
  workers: z.number().optional(),
  providers: z.array(provider),
  pins: z.array(z.object({ session: z.string(), route: z.string(), by: z.string(), since: z.string() }))
    .default(
      [],
    ),
});

/** What a proxy says to anybody, without a key. */
const brief = z.object({
  version: z.string(),
  uptime_seconds: z.number(),
  config: z.object({
    path: z.string().nullish(),
    origin: z.string().optional(),
    ok: z.boolean(),
    mistakes: z.number().optional(),
    broken_at: z.string().nullish(),
  }),
});

/** The answer of `GET /health`, or of `GET /health/detailed` where that needs no key. */
export type BriefHealth = z.infer<typeof brief>;

/** The answer of `GET /health/detailed`, as far as it is shown. */
export type Health = z.infer<typeof detailed>;
export type ProviderHealth = Health["providers"][number];
export type CooldownHealth = ProviderHealth["cooldowns"][number];

export type Answer =
  | { readonly ok: true; readonly health: Health }
  /** `problem`: a sentence. `listens`: something is there. */
  | AskedInVain;

/** A proxy says less about itself. Bytes. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Milliseconds for an answer. */
const PATIENCE_MS = 5000;

/** The URL of the proxy of a configuration: `http://127.0.0.1:3456`. */
export const addressOf = (
  { proxy }: { readonly proxy: Pick<ProxyConfig, "host" | "port" | "tls"> },
): string => urlOf(proxy);

/** The key of a configuration that opens what an administrator sees; undefined: none is needed. */
export const adminKeyOf = (
  { proxy: { adminKey, apiKeys } }: { readonly proxy: Pick<ProxyConfig, "adminKey" | "apiKeys"> },
): string | undefined => adminKey ?? apiKeys[0];

export interface HealthOptions {
  readonly signal?: AbortSignal | undefined;
  /** Have the proxy ask its providers for what is left of prepaid money. @default false */
  readonly credits?: boolean;
}

/**
 * Never throws. A redirect is not followed: it would send the key to another host.
 * @param key the proxy's own
 */
export async function askHealth(
  url: string,
  key: string | undefined,
  { signal, credits = false }: HealthOptions = {},
): Promise<Answer> {
  const asked = await askProxy({ url, key, path: `/health/detailed${credits ? "?credits" : ""}`, signal });
  if (!asked.ok) return asked;
  const parsed = detailed.safeParse(asked.body);
  if (asked.status === 403) {
    return { ok: false, listens: true, problem: `The proxy at ${url} needs its admin_key for this.` };
  }
  if (asked.status === 200 && parsed.success) return { ok: true, health: parsed.data };
  return notThisProgram(url, asked.status);
}

/** Milliseconds for a program that may be another one. */
const WHO_PATIENCE_MS = 1000;

/** Asks without a key what runs at an address. Undefined: nothing, or another program. Never throws. */
export async function whoRuns(url: string): Promise<BriefHealth | undefined> {
  for (const path of ["/health/detailed", "/health"]) {
    const asked = await askProxy({ url, key: undefined, path, patienceMs: WHO_PATIENCE_MS });
    if (asked.ok) return brief.safeParse(asked.body).data;
    if (!asked.refused) return undefined;
  }
  return undefined;
}

/** A request to a running proxy. */
export interface ProxyRequest {
  readonly url: string;
  /** The proxy's own key. */
  readonly key: string | undefined;
  readonly path: string;
  /** Makes it a POST. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for an answer. @default 5000 */
  readonly patienceMs?: number;
}

export type Asked =
  /** `body`: parsed; undefined where it is not JSON. */
  | { readonly ok: true; readonly status: number; readonly body: unknown; readonly headers: Headers }
  | AskedInVain;

/** `refused`: it is the key that is missing or wrong. */
export interface AskedInVain {
  readonly ok: false;
  readonly listens: boolean;
  readonly refused?: boolean;
  readonly problem: string;
}

/** Asks a running proxy. Never throws. A redirect is not followed: it would send the key to another host. */
export async function askProxy(
  { url, key, path, body, signal, patienceMs = PATIENCE_MS }: ProxyRequest,
): Promise<Asked> {
  const limit = AbortSignal.timeout(patienceMs);
  let status: number;
  let headers: Headers;
  let text: string;
  try {
    const response = await fetch(`${url.replace(/\/+$/, "").replace(/\/v1$/, "")}${path}`, {
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(key === undefined ? {} : { "x-proxy-key": key }),
      },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
      redirect: "manual",
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    });
    ({ status, headers } = response);
    text = new TextDecoder().decode(await readAll(response, () => {}, MOST_BYTES));
  } catch (error) {
    const why = limit.aborted ? `no answer in ${patienceMs / 1000} s` : connectionError(error);
    return { ok: false, listens: limit.aborted, problem: `No proxy answers at ${url}: ${why}.` };
  }
  if (status === 401) {
    const problem = key === undefined
      ? `The proxy at ${url} requires a key, and this configuration has none: set admin_key in [proxy].`
      : `The proxy at ${url} rejects the key of this configuration: it runs with another one.`;
    return { ok: false, listens: true, refused: true, problem };
  }
  try {
    return { ok: true, status, body: JSON.parse(text), headers };
  } catch {
    return { ok: true, status, body: undefined, headers };
  }
}

/** What answers is something else. */
export function notThisProgram(url: string, status: number): AskedInVain {
  return { ok: false, listens: true, problem: `The server at ${url} is not ${NAME} (status ${status}).` };
}
