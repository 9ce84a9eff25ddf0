/** The agents that are tried with every release (docs/clients.md): their files, their settings, and one run of each. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../../../model/json.ts";
import { homeOf } from "../../configuration.ts";
import type { Io } from "../../io.ts";
import {
  type Aim,
  AUTO,
  type Client,
  hasKey,
  KEY_HEADER,
  keyText,
  LABEL,
  PROVIDER,
  shellKey,
  shellWord,
} from "./client.ts";
import { type Edit, edited } from "../../../files/edit.ts";
import { readJson } from "./json-edit.ts";

/**
 * What Claude Code has switched off behind a base URL that is not Anthropic's, and what the proxy can take: headers with the
 * class of each request, deferred tools, the proxy's models in its picker
 * (https://code.claude.com/docs/en/llm-gateway-protocol).
 */
const GATEWAY: Readonly<Record<string, string>> = {
  CLAUDE_CODE_GATEWAY_HINT_HEADERS: "1",
  ENABLE_TOOL_SEARCH: "true",
  CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: "1",
};

/** A file's data; undefined: it is not there, or cannot be parsed. */
function jsonIn(path: string): Json | undefined {
  try {
    return readJson(readFileSync(path, "utf8")).json;
  } catch {
    return undefined;
  }
}

const claudeFolder = ({ env }: Pick<Io, "env">): string =>
  env.CLAUDE_CONFIG_DIR || join(homeOf({ env }), ".claude");

/** Whose subscription Claude Code is logged in with. Its token is in a file on Linux and Windows, in the keychain on macOS. */
function claudeLogin(io: Pick<Io, "env">): string | undefined {
  const folder = claudeFolder(io);
  const state = jsonIn(
    io.env.CLAUDE_CONFIG_DIR ? join(folder, ".claude.json") : join(homeOf(io), ".claude.json"),
  );
  const token = jsonIn(join(folder, ".credentials.json"))?.claudeAiOauth?.accessToken;
  const account = state?.oauthAccount;
  if (token === undefined && account === undefined) return undefined;
  return typeof account?.emailAddress === "string" ? account.emailAddress : "a Claude subscription";
}

/** Settings that override the user's file: an administrator's, and those of the project in the current folder. */
function claudeOverriding({ cwd }: Pick<Io, "cwd">) {
  const files = [
    "/etc/claude-code/managed-settings.json",
    "/Library/Application Support/ClaudeCode/managed-settings.json",
    join(cwd, ".claude", "settings.local.json"),
    join(cwd, ".claude", "settings.json"),
  ];
  for (const file of files) {
    const url = jsonIn(file)?.env?.ANTHROPIC_BASE_URL;
    if (typeof url === "string") return { file, url };
  }
  return undefined;
}

function claudeEnv(aim: Aim): Readonly<Record<string, string>> {
  const { url, secret, passthrough, model } = aim;
  return {
    ANTHROPIC_BASE_URL: url,
    ...(passthrough
      ? secret === undefined ? {} : { ANTHROPIC_CUSTOM_HEADERS: `${KEY_HEADER}: ${secret}` }
      : { ANTHROPIC_AUTH_TOKEN: keyText(aim, (variable) => `"$${variable}"`) }),
    ...(model === undefined ? {} : { ANTHROPIC_MODEL: model }),
  };
}

const CLAUDE_CODE: Client = {
  // https://code.claude.com/docs/en/settings; the helper's output is sent as x-api-key and as Bearer.
  name: "claude-code",
  aliases: ["claude", "cc"],
  label: "Claude Code",
  program: "claude",
  files: [{
    format: "json",
    path: (io) => join(claudeFolder(io), "settings.json"),
    edits: (aim, now) => {
      const { ANTHROPIC_AUTH_TOKEN: token, ...rest } = claudeEnv(aim);
      const env = {
        ...rest,
        ...(token === undefined || aim.key !== undefined ? {} : { ANTHROPIC_AUTH_TOKEN: token }),
        ...Object.fromEntries(Object.entries(GATEWAY).filter(([name]) => now?.env?.[name] === undefined)),
      };
      const [url, ...others] = Object.entries(env).map(([name, value]): Edit => ({
        path: ["env", name],
        value,
      }));
      const helper = !aim.passthrough && aim.key !== undefined
        ? [{ path: ["apiKeyHelper"], value: `printenv ${aim.key}` }]
        : [];
      // Any of these that an earlier setup left would override the one that is written now.
      const unused = [["apiKeyHelper"], ["env", "ANTHROPIC_AUTH_TOKEN"], ["env", "ANTHROPIC_CUSTOM_HEADERS"]]
        .filter(([, name]) => name === undefined ? helper.length === 0 : !Object.hasOwn(env, name))
        .map((path): Edit => ({ path, value: undefined }));
      return [...(url === undefined ? [] : [url]), ...helper, ...others, ...unused];
    },
    baseUrl: (now) => now?.env?.ANTHROPIC_BASE_URL,
  }],
  shell: (aim) =>
    Object.entries({ ...claudeEnv(aim), ...GATEWAY }).map(([name, value]) =>
      `export ${name}=${name === "ANTHROPIC_AUTH_TOKEN" ? shellKey(aim) : shellWord(value)}`
    ),
  notes: (aim) =>
    aim.passthrough && aim.key !== undefined
      ? [
        `Your own login is sent to the provider with api_key = "passthrough"; this proxy's key goes in a header:`,
        `export ANTHROPIC_CUSTOM_HEADERS="${KEY_HEADER}: $${aim.key}"`,
      ]
      : [],
  login: claudeLogin,
  overriding: claudeOverriding,
  run: (aim) => {
    const { io } = aim;
    const env = claudeEnv(aim);
    const own = Object.fromEntries(Object.entries(GATEWAY).filter(([name]) => io.env[name] === undefined));
    // A settings file overrides the environment; settings on the command line override both.
    const settled = jsonIn(join(claudeFolder(io), "settings.json"))?.env ?? {};
    const contested = Object.entries(env).filter(([name]) =>
      settled[name] !== undefined && settled[name] !== env[name]
    );
    const visible = contested.filter(([name]) => name === "ANTHROPIC_BASE_URL" || name === "ANTHROPIC_MODEL");
    return {
      args: visible.length === 0 ? [] : ["--settings", JSON.stringify({ env: Object.fromEntries(visible) })],
      env: { ...env, ...own },
    };
  },
};

function codexProvider(aim: Aim, reference: string | undefined): Readonly<Record<string, Json>> {
  const { url, secret, passthrough } = aim;
  return {
    name: LABEL,
    base_url: `${url}/v1`,
    wire_api: "responses",
    ...(passthrough
      ? { requires_openai_auth: true }
      : secret !== undefined && reference === undefined
      ? { experimental_bearer_token: secret }
      : reference === undefined
      ? {}
      : { env_key: reference }),
    ...(passthrough && reference !== undefined ? { env_http_headers: { [KEY_HEADER]: reference } } : {}),
    ...(passthrough && reference === undefined && secret !== undefined
      ? { http_headers: { [KEY_HEADER]: secret } }
      : {}),
  };
}

/** The variable with the key for one run of Codex. */
const RUN_KEY = "TERRAPHIM_PROXY_KEY";

const CODEX: Client = {
  // https://developers.openai.com/codex/config-reference
  name: "codex",
  label: "Codex",
  program: "codex",
  files: [{
    format: "toml",
    path: ({ env }) => join(env.CODEX_HOME || join(homeOf({ env }), ".codex"), "config.toml"),
    edits: (aim) => [
      ...(aim.model === undefined ? [] : [{ path: ["model"], value: aim.model }]),
      { path: ["model_provider"], value: PROVIDER },
      { path: ["model_providers", PROVIDER], value: codexProvider(aim, aim.key) },
    ],
    baseUrl: (now) => now?.model_providers?.[now?.model_provider]?.base_url ?? now?.openai_base_url,
  }],
  run: (aim) => {
    const provider = codexProvider(aim, hasKey(aim) ? RUN_KEY : undefined);
    const settings: readonly (readonly [string, string])[] = [
      ["model_provider", JSON.stringify(PROVIDER)],
      [`model_providers.${PROVIDER}`, tomlInline(provider)],
      ...(aim.model === undefined ? [] : [["model", JSON.stringify(aim.model)] as const]),
    ];
    return {
      args: settings.flatMap(([name, value]) => ["-c", `${name}=${value}`]),
      ...(aim.secret === undefined ? {} : { env: { [RUN_KEY]: aim.secret } }),
    };
  },
};

/** A table on one line. */
function tomlInline(value: Json): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value);
  return `{${
    Object.entries(value).map(([name, inner]) =>
      `${/^[\w-]+$/.test(name) ? name : JSON.stringify(name)}=${tomlInline(inner as Json)}`
    ).join(",")
  }}`;
}

const OPENCLAW: Client = {
  // https://docs.openclaw.ai/gateway/configuration
  name: "openclaw",
  label: "OpenClaw",
  program: "openclaw",
  files: [{
    format: "json",
    path: ({ env }) =>
      env.OPENCLAW_CONFIG_PATH ||
      join(env.OPENCLAW_STATE_DIR || join(homeOf({ env }), ".openclaw"), "openclaw.json"),
    edits: (aim, now) => {
      const { url, model = AUTO, context, maxOutput } = aim;
      const allowed = now?.agents?.defaults?.modelPolicy?.allow;
      const any = `${PROVIDER}/*`;
      return [
        ...(now?.models?.mode === undefined ? [{ path: ["models", "mode"], value: "merge" }] : []),
        {
          path: ["models", "providers", PROVIDER],
          value: {
            baseUrl: `${url}/v1`,
            apiKey: keyText(aim, (variable) => `\${${variable}}`),
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
  }],
  notes: ({ key }) =>
    key === undefined
      ? []
      : [`OpenClaw's gateway reads ${key} from its own environment, or from a line in ~/.openclaw/.env.`],
  run: () => ({ copyIn: "OPENCLAW_CONFIG_PATH" }),
};

/** The settings of opencode, which Kilo has, too. */
function opencodeEdits(aim: Aim): readonly Edit[] {
  const { url, model = AUTO, context, maxOutput } = aim;
  return [
    {
      path: ["provider", PROVIDER],
      value: {
        npm: "@ai-sdk/openai-compatible",
        name: LABEL,
        options: { baseURL: `${url}/v1`, apiKey: keyText(aim, (variable) => `{env:${variable}}`) },
        models: { [model]: { name: model, limit: { context, output: maxOutput } } },
      },
    },
    { path: ["model"], value: `${PROVIDER}/${model}` },
  ];
}

const opencodeUrl = (now: Json): unknown =>
  now?.provider?.[String(now?.model ?? "").split("/")[0] ?? ""]?.options?.baseURL;

/** A project's own file, which is read after the user's: another model there goes elsewhere. */
function opencodeOverriding({ cwd }: Pick<Io, "cwd">) {
  const file = jsonOrJsonc(cwd, "opencode");
  const now = jsonIn(file);
  const url = opencodeUrl(now);
  if (typeof url === "string") return { file, url };
  const [provider] = typeof now?.model === "string" ? now.model.split("/") : [];
  return provider === undefined || provider === PROVIDER
    ? undefined
    : { file, url: `the provider ${provider}` };
}

/** The commented file of a folder where there is one, else the plain one. */
function jsonOrJsonc(folder: string, name: string): string {
  const commented = join(folder, `${name}.jsonc`);
  return existsSync(commented) ? commented : join(folder, `${name}.json`);
}

export const configFolder = ({ env }: Pick<Io, "env">): string =>
  env.XDG_CONFIG_HOME || join(homeOf({ env }), ".config");

const OPENCODE: Client = {
  // https://opencode.ai/docs/providers
  name: "opencode",
  label: "opencode",
  program: "opencode",
  files: [{
    format: "json",
    path: (io) => io.env.OPENCODE_CONFIG || jsonOrJsonc(join(configFolder(io), "opencode"), "opencode"),
    fresh: { $schema: "https://opencode.ai/config.json" },
    edits: opencodeEdits,
    baseUrl: opencodeUrl,
  }],
  overriding: opencodeOverriding,
  run: (aim) => ({ env: { OPENCODE_CONFIG_CONTENT: JSON.stringify(edited({}, opencodeEdits(aim))) } }),
};

const KILO: Client = {
  // https://kilo.ai/docs/code-with-ai/platforms/cli: its command line reads the settings of opencode.
  name: "kilo",
  aliases: ["kilocode"],
  label: "Kilo Code",
  program: "kilo",
  files: [{
    format: "json",
    path: (io) => jsonOrJsonc(join(configFolder(io), "kilo"), "kilo"),
    edits: opencodeEdits,
    baseUrl: opencodeUrl,
  }],
  notes: ({ url }) => [
    `Kilo's extension for VS Code: Settings > Providers > OpenAI Compatible, base URL ${url}/v1, model ${AUTO}.`,
  ],
  run: (aim) => ({ env: { KILO_CONFIG_CONTENT: JSON.stringify(edited({}, opencodeEdits(aim))) } }),
};

export const AGENTS: readonly Client[] = [CLAUDE_CODE, CODEX, OPENCLAW, OPENCODE, KILO];
