/** Reads the state of a running proxy. */
import { z } from "zod";
import type { Config } from "../../../config/config.ts";
import { connectionError } from "../../../dispatch/call.ts";
import { NAME } from "../../command.ts";

const cooldown = z.object({
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
  in_flight: z.number(),
  waiting: z.number(),
  last_failure: z.object({ at: z.string(), message: z.string() }).nullable(),
  cooldowns: z.array(cooldown),
});

const detailed = z.looseObject({
  status: z.enum(["ok", "degraded"]),
  version: z.string(),
  uptime_seconds: z.number(),
  config: z.looseObject({
    path: z.string().nullable(),
    ok: z.boolean(),
    loaded_at: z.string().nullable(),
    reloads: z.number(),
    broken_at: z.string().nullish(),
    problems: z.array(z.string()).optional(),
  }),
  in_flight: z.number(),
  providers: z.array(provider),
});

/** The answer of `GET /health/detailed`, as far as it is shown. */
export type Health = z.infer<typeof detailed>;
export type ProviderHealth = Health["providers"][number];
export type CooldownHealth = ProviderHealth["cooldowns"][number];

export type Answer =
  | { readonly ok: true; readonly health: Health }
  /** `problem`: a sentence. `listens`: something is there. */
  | { readonly ok: false; readonly listens: boolean; readonly problem: string };

/** Milliseconds for an answer. */
const PATIENCE_MS = 5000;

/** The URL of the proxy of a configuration: `http://127.0.0.1:3456`. */
export function addressOf({ proxy: { host, port } }: Pick<Config, "proxy">): string {
  const near = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${near.includes(":") ? `[${near}]` : near}:${port}`;
}

/**
 * Never throws. A redirect is not followed: it would send the key to another host.
 * @param key the proxy's own
 */
export async function askHealth(url: string, key: string | undefined, signal?: AbortSignal): Promise<Answer> {
  const limit = AbortSignal.timeout(PATIENCE_MS);
  let status: number;
  let body: unknown;
  try {
    const response = await fetch(`${url.replace(/\/+$/, "").replace(/\/v1$/, "")}/health/detailed`, {
      headers: { accept: "application/json", ...(key === undefined ? {} : { "x-proxy-key": key }) },
      redirect: "manual",
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    });
    status = response.status;
    const text = await response.text();
    try {
      body = JSON.parse(text);
    } catch {
      body = undefined;
    }
  } catch (error) {
    const why = limit.aborted ? `no answer in ${PATIENCE_MS / 1000} s` : connectionError(error);
    return { ok: false, listens: limit.aborted, problem: `No proxy answers at ${url}: ${why}.` };
  }
  if (status === 401) {
    const problem = key === undefined
      ? `The proxy at ${url} requires a key, and this configuration has none.`
      : `The proxy at ${url} rejects the key of this configuration: it runs with another one.`;
    return { ok: false, listens: true, problem };
  }
  const parsed = detailed.safeParse(body);
  if (status === 200 && parsed.success) return { ok: true, health: parsed.data };
  return { ok: false, listens: true, problem: `The server at ${url} is not ${NAME} (status ${status}).` };
}
