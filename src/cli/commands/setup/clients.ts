/** The clients: where each keeps its configuration, and which settings point it to the proxy. A new one is an entry here. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../../../model/json.ts";
import type { Io } from "../../io.ts";
import { homeOf } from "../../configuration.ts";
import type { Edit } from "./edit.ts";
import { parse } from "smol-toml";
import type { PricedCatalog } from "../../../config/priced-catalog.ts";
import type { Config } from "../../../config/config.ts";
import { addressOf } from "../status/health.ts";

export interface Client {
  readonly name: ClientName;
  /** How people write it. */
  readonly label: string;
  /** The program, as it is found on `PATH`. */
  readonly program: string;
  readonly format: "json" | "toml";
  /** Its configuration file, which may not exist. */
  readonly file: (io: Pick<Io, "env">) => string;
  /** What a new file begins with. */
  readonly fresh?: Json;
  /** The settings for its file. `now`: what the file holds. */
  readonly edits: (aim: Aim, now: Json) => readonly Edit[];
  /** The base URL in its configuration; undefined: its own provider. */
  readonly baseUrl: (now: Json) => unknown;
  /** Lines for a shell, in place of the file. */
  readonly shell?: (aim: Aim) => readonly string[];
  /** Further lines for the user. */
  readonly notes?: (aim: Aim) => readonly string[];
}

/** What this proxy is called in a client's list of providers. */
const PROVIDER = "terraphim";
const LABEL = "Terraphim LLM Proxy";
/** The key for a client that requires one when the proxy does not. */
const NO_KEY = "unused";

/** The model name that routes each prompt by content. */
const AUTO = "auto";

export const CLIENTS: readonly Client[] = [
  {
    // https://code.claude.com/docs/en/settings; the helper's output is sent as x-api-key and as Bearer.
    name: "claude-code",
    label: "Claude Code",
    program: "claude",
    format: "json",
    file: ({ env }) => join(env.CLAUDE_CONFIG_DIR || join(homeOf({ env }), ".claude"), "settings.json"),
    edits: ({ url, key, passthrough, model }) => [
      { path: ["env", "ANTHROPIC_BASE_URL"], value: url },
      ...(passthrough
        ? []
        : key === undefined
        ? [{ path: ["env", "ANTHROPIC_AUTH_TOKEN"], value: NO_KEY }]
        : [{ path: ["apiKeyHelper"], value: `printenv ${key}` }]),
      ...(model === undefined ? [] : [{ path: ["env", "ANTHROPIC_MODEL"], value: model }]),
    ],
    baseUrl: (now) => now?.env?.ANTHROPIC_BASE_URL,
    shell: ({ url, key, passthrough, model }) => [
      `export ANTHROPIC_BASE_URL=${url}`,
      ...(passthrough ? [] : [`export ANTHROPIC_AUTH_TOKEN=${key === undefined ? NO_KEY : `"$${key}"`}`]),
      ...(model === undefined ? [] : [`export ANTHROPIC_MODEL=${model}`]),
    ],
    notes: ({ key, passthrough }) =>
      passthrough && key !== undefined
        ? [
          'Your own login is sent to the provider with api_key = "passthrough"; this proxy\'s key goes in a header:',
          `export ANTHROPIC_CUSTOM_HEADERS="X-Proxy-Key: $${key}"`,
        ]
        : [],
  },
  {
    // https://developers.openai.com/codex/config-reference
    name: "codex",
    label: "Codex",
    program: "codex",
    format: "toml",
    file: ({ env }) => join(env.CODEX_HOME || join(homeOf({ env }), ".codex"), "config.toml"),
    edits: ({ url, key, passthrough, model }) => [
      ...(model === undefined ? [] : [{ path: ["model"], value: model }]),
      { path: ["model_provider"], value: PROVIDER },
      {
        path: ["model_providers", PROVIDER],
        value: {
          name: LABEL,
          base_url: `${url}/v1`,
          wire_api: "responses",
          ...(passthrough ? { requires_openai_auth: true } : key === undefined ? {} : { env_key: key }),
          ...(passthrough && key !== undefined ? { env_http_headers: { "X-Proxy-Key": key } } : {}),
        },
      },
    ],
    baseUrl: (now) => now?.model_providers?.[now?.model_provider]?.base_url,
  },
  {
    // https://docs.openclaw.ai/gateway/configuration
    name: "openclaw",
    label: "OpenClaw",
    program: "openclaw",
    format: "json",
    file: ({ env }) =>
      env.OPENCLAW_CONFIG_PATH ||
      join(env.OPENCLAW_STATE_DIR || join(homeOf({ env }), ".openclaw"), "openclaw.json"),
    edits: ({ url, key, model = AUTO, context, maxOutput }, now) => {
      const allowed = now?.agents?.defaults?.modelPolicy?.allow;
      const any = `${PROVIDER}/*`;
      return [
        ...(now?.models?.mode === undefined ? [{ path: ["models", "mode"], value: "merge" }] : []),
        {
          path: ["models", "providers", PROVIDER],
          value: {
            baseUrl: `${url}/v1`,
            apiKey: key === undefined ? NO_KEY : `\${${key}}`,
            api: "openai-completions",
            models: [{
              id: model,
              name: `${LABEL}: ${model}`,
              reasoning: false,
              input: ["text", "image"],
              cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
              contextWindow: context,
              maxTokens: maxOutput,
            }],
          },
        },
        typeof now?.agents?.defaults?.model === "string"
          ? { path: ["agents", "defaults", "model"], value: { primary: `${PROVIDER}/${model}` } }
          : { path: ["agents", "defaults", "model", "primary"], value: `${PROVIDER}/${model}` },
        ...(Array.isArray(allowed) && allowed.length > 0 && !allowed.includes(any)
          ? [{ path: ["agents", "defaults", "modelPolicy", "allow"], value: [...allowed, any] }]
          : []),
      ];
    },
    baseUrl: (now) => {
      const model = now?.agents?.defaults?.model;
      const [provider = ""] = String(model?.primary ?? model ?? "").split("/");
      return now?.models?.providers?.[provider]?.baseUrl;
    },
    notes: ({ key }) =>
      key === undefined
        ? []
        : [`OpenClaw's gateway reads ${key} from its own environment, or from a line in ~/.openclaw/.env.`],
  },
  {
    // https://opencode.ai/docs/providers
    name: "opencode",
    label: "opencode",
    program: "opencode",
    format: "json",
    file: ({ env }) => {
      if (env.OPENCODE_CONFIG) return env.OPENCODE_CONFIG;
      const folder = join(env.XDG_CONFIG_HOME || join(homeOf({ env }), ".config"), "opencode");
      const commented = join(folder, "opencode.jsonc");
      return existsSync(commented) ? commented : join(folder, "opencode.json");
    },
    fresh: { $schema: "https://opencode.ai/config.json" },
    edits: ({ url, key, model = AUTO, context, maxOutput }) => [
      {
        path: ["provider", PROVIDER],
        value: {
          npm: "@ai-sdk/openai-compatible",
          name: LABEL,
          options: { baseURL: `${url}/v1`, apiKey: key === undefined ? NO_KEY : `{env:${key}}` },
          models: { [model]: { name: model, limit: { context, output: maxOutput } } },
        },
      },
      { path: ["model"], value: `${PROVIDER}/${model}` },
    ],
    baseUrl: (now) => now?.provider?.[String(now?.model ?? "").split("/")[0] ?? ""]?.options?.baseURL,
  },
];

export const CLIENT_NAMES = ["claude-code", "codex", "openclaw", "opencode"] as const;
export type ClientName = typeof CLIENT_NAMES[number];

export interface Aim {
  /** Without `/v1` and without a slash at its end. */
  readonly url: string;
  /** The environment variable that holds the proxy's key; undefined: it requires none. */
  readonly key: string | undefined;
  /** A provider takes the client's own credential. */
  readonly passthrough: boolean;
  /** Undefined: each prompt is routed by content. */
  readonly model: string | undefined;
  /** The largest context window of the routes' models, and their smallest output limit. Tokens. */
  readonly context: number;
  readonly maxOutput: number;
}

/** The variable for the key where the configuration names none. */
const DEFAULT_KEY = "PROXY_API_KEY";
/** For models that are not in the catalog. */
const DEFAULT_CONTEXT = 200_000;
const LEAST_OUTPUT = 4096;
const MOST_OUTPUT = 32_000;

/** @param url undefined: host and port of the configuration */
export function aimOf(
  config: Config,
  catalog: PricedCatalog,
  url: string | undefined,
  model: string | undefined,
): Aim {
  const models = Object.values(config.router.routes).flat().flatMap((target) => catalog.find(target) ?? []);
  const contexts = models.map(({ context }) => context).filter((tokens) => tokens > 0);
  const outputs = models.map(({ maxOutput }) => maxOutput).filter((tokens) => tokens > 0);
  return {
    url: (url ?? addressOf(config)).replace(/\/+$/, "").replace(/\/v1$/, ""),
    key: config.proxy.apiKeys.length === 0 ? undefined : keyVariable(config.path),
    passthrough: [...config.providers.values()].some(({ passthrough }) => passthrough),
    model,
    context: contexts.length === 0 ? DEFAULT_CONTEXT : Math.max(...contexts),
    maxOutput: Math.max(LEAST_OUTPUT, Math.min(MOST_OUTPUT, ...outputs)),
  };
}

/** The variable that `[proxy] api_key` names, as `$NAME` or `${NAME}`. */
function keyVariable(path: string | undefined): string {
  if (path === undefined) return DEFAULT_KEY;
  try {
    const { proxy }: Json = parse(readFileSync(path, "utf8"));
    const [written] = [proxy?.api_key, proxy?.api_keys].flat().filter((one) => typeof one === "string");
    return /^\$\{?([A-Za-z_]\w*)\}?$/.exec(String(written).trim())?.[1] ?? DEFAULT_KEY;
  } catch {
    return DEFAULT_KEY; // It was readable a moment ago; the default name does no harm.
  }
}
