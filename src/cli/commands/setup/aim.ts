/** What a client has to know of this proxy. */
import { readFileSync } from "node:fs";
import { parse } from "smol-toml";
import { catalogOf } from "../../../config/priced-catalog.ts";
import type { Config } from "../../../config/config.ts";
import type { Json } from "../../../model/json.ts";
import { addressOf } from "../status/health.ts";

export interface Aim {
  /** Without `/v1` and without a slash at its end. */
  readonly url: string;
  /** The environment variable that holds the proxy's key; undefined: it wants none. */
  readonly key: string | undefined;
  /** A provider takes the client's own credential. */
  readonly passthrough: boolean;
  /** Undefined: each prompt decides. */
  readonly model: string | undefined;
  /** Tokens that the largest model of the routes takes, and the fewest that one of them may answer. */
  readonly context: number;
  readonly maxOutput: number;
}

/** The variable that is meant where the configuration names none. */
export const USUAL_KEY = "PROXY_API_KEY";
/** Where nothing is known of the models. */
const USUAL_CONTEXT = 200_000;
const LEAST_OUTPUT = 4096;
const MOST_OUTPUT = 32_000;

/** @param url as the user says it; undefined: as the configuration does */
export function aimOf(config: Config, url: string | undefined, model: string | undefined): Aim {
  const catalog = catalogOf(config);
  const models = Object.values(config.router.routes).flat().flatMap((target) => catalog.find(target) ?? []);
  const contexts = models.map(({ context }) => context).filter((tokens) => tokens > 0);
  const outputs = models.map(({ maxOutput }) => maxOutput).filter((tokens) => tokens > 0);
  return {
    url: (url ?? addressOf(config)).replace(/\/+$/, "").replace(/\/v1$/, ""),
    key: config.proxy.apiKeys.length === 0 ? undefined : keyVariable(config.path),
    passthrough: [...config.providers.values()].some(({ passthrough }) => passthrough),
    model,
    context: contexts.length === 0 ? USUAL_CONTEXT : Math.max(...contexts),
    maxOutput: Math.max(LEAST_OUTPUT, Math.min(MOST_OUTPUT, ...outputs)),
  };
}

/** The variable that `[proxy] api_key` names, as `$NAME` or `${NAME}`. */
function keyVariable(path: string | undefined): string {
  if (path === undefined) return USUAL_KEY;
  try {
    const { proxy }: Json = parse(readFileSync(path, "utf8"));
    const [written] = [proxy?.api_key, proxy?.api_keys].flat().filter((one) => typeof one === "string");
    return /^\$\{?([A-Za-z_]\w*)\}?$/.exec(String(written).trim())?.[1] ?? USUAL_KEY;
  } catch {
    return USUAL_KEY; // It was readable a moment ago; the usual name does no harm.
  }
}
