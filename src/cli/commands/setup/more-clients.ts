/** More clients: command-line agents and editors, each with where its settings are documented. */
import { join } from "node:path";
import process from "node:process";
import type { Json } from "../../../model/json.ts";
import { homeOf } from "../../configuration.ts";
import type { Io } from "../../io.ts";
import { configFolder } from "./agents.ts";
import { type Aim, AUTO, type Client, hasKey, keyText, LABEL, NO_KEY, PROVIDER, shellKey } from "./client.ts";

/** The variable with the key that a client reads by its own rule. */
const export_ = (name: string, aim: Aim): readonly string[] =>
  hasKey(aim) ? [`export ${name}=${shellKey(aim)}`] : [`export ${name}=${NO_KEY}`];

/** The variable that Qwen Code's own settings hold the key in. */
const OWN_VARIABLE = "TERRAPHIM_API_KEY";

const QWEN: Client = {
  // https://qwenlm.github.io/qwen-code-docs/en/users/configuration/model-providers/
  name: "qwen-code",
  aliases: ["qwen"],
  label: "Qwen Code",
  program: "qwen",
  files: [{
    format: "json",
    path: (io) => join(homeOf(io), ".qwen", "settings.json"),
    edits: (aim, now) => {
      const { url, key, secret, model = AUTO, context } = aim;
      const envKey = key ?? OWN_VARIABLE;
      const own = {
        id: model,
        name: LABEL,
        envKey,
        baseUrl: `${url}/v1`,
        generationConfig: { contextWindowSize: context },
      };
      const others: readonly Json[] = Array.isArray(now?.modelProviders?.openai)
        ? now.modelProviders.openai
        : [];
      return [
        {
          path: ["modelProviders", "openai"],
          value: [own, ...others.filter((one) => one?.name !== LABEL)],
        },
        { path: ["env", OWN_VARIABLE], value: key === undefined ? secret ?? NO_KEY : undefined },
        { path: ["security", "auth", "selectedType"], value: "openai" },
        { path: ["model", "name"], value: model },
      ];
    },
    baseUrl: (now) => {
      const all: readonly Json[] = Array.isArray(now?.modelProviders?.openai)
        ? now.modelProviders.openai
        : [];
      return all.find((one) => one?.id === now?.model?.name)?.baseUrl;
    },
  }],
  run: (aim) => ({
    args: ["--auth-type", "openai"],
    env: {
      OPENAI_BASE_URL: `${aim.url}/v1`,
      OPENAI_API_KEY: aim.secret ?? NO_KEY,
      OPENAI_MODEL: aim.model ?? AUTO,
    },
  }),
};

const PI: Client = {
  // https://github.com/earendil-works/pi/blob/main/packages/coding-agent/docs/models.md
  name: "pi",
  label: "pi",
  program: "pi",
  files: [{
    format: "json",
    path: (io) => join(io.env.PI_CODING_AGENT_DIR || join(homeOf(io), ".pi", "agent"), "models.json"),
    edits: ({ url, key, secret, model = AUTO, context, maxOutput }) => [{
      path: ["providers", PROVIDER],
      value: {
        baseUrl: `${url}/v1`,
        api: "openai-completions",
        apiKey: secret ?? key ?? NO_KEY,
        models: [{
          id: model,
          name: `${LABEL}: ${model}`,
          input: ["text", "image"],
          contextWindow: context,
          maxTokens: maxOutput,
        }],
      },
    }],
  }, {
    format: "json",
    path: (io) => join(io.env.PI_CODING_AGENT_DIR || join(homeOf(io), ".pi", "agent"), "settings.json"),
    edits: ({ model = AUTO }) => [
      { path: ["defaultProvider"], value: PROVIDER },
      { path: ["defaultModel"], value: model },
    ],
  }],
};

const HERMES: Client = {
  // https://docs.litellm.ai/docs/proxy/client_setup/hermes, https://hermes-agent.nousresearch.com/docs/user-guide/configuration
  name: "hermes",
  label: "Hermes Agent",
  program: "hermes",
  files: [{
    format: "yaml",
    path: (io) => join(io.env.HERMES_HOME || join(homeOf(io), ".hermes"), "config.yaml"),
    edits: ({ url, key, secret, model = AUTO }) => [
      { path: ["providers", PROVIDER, "api"], value: `${url}/v1` },
      { path: ["providers", PROVIDER, "transport"], value: "chat_completions" },
      { path: ["providers", PROVIDER, "api_key"], value: key === undefined ? secret ?? NO_KEY : undefined },
      { path: ["providers", PROVIDER, "key_env"], value: key },
      { path: ["model", "default"], value: model },
      { path: ["model", "provider"], value: `custom:${PROVIDER}` },
    ],
    baseUrl: (now) => now?.providers?.[String(now?.model?.provider ?? "").replace(/^custom:/, "")]?.api,
  }],
  notes: ({ key }) =>
    key === undefined ? [] : [`Hermes reads ${key} from its environment, or from a line in ~/.hermes/.env.`],
};

const GOOSE: Client = {
  // https://block.github.io/goose/docs/guides/config-files
  name: "goose",
  label: "goose",
  program: "goose",
  files: [{
    format: "yaml",
    path: (io) =>
      process.platform === "win32"
        ? join(
          io.env.APPDATA ?? join(homeOf(io), "AppData", "Roaming"),
          "Block",
          "goose",
          "config",
          "config.yaml",
        )
        : join(configFolder(io), "goose", "config.yaml"),
    edits: ({ url, model = AUTO }) => [
      { path: ["GOOSE_PROVIDER"], value: "openai" },
      { path: ["GOOSE_MODEL"], value: model },
      { path: ["OPENAI_HOST"], value: url },
      { path: ["OPENAI_BASE_PATH"], value: "v1/chat/completions" },
    ],
    baseUrl: (now) => now?.GOOSE_PROVIDER === "openai" ? now?.OPENAI_HOST : undefined,
  }],
  notes: (
    aim,
  ) => [`goose keeps its key in the keychain or in its environment: ${export_("OPENAI_API_KEY", aim)[0]}`],
  run: (aim) => ({
    env: {
      GOOSE_PROVIDER: "openai",
      GOOSE_MODEL: aim.model ?? AUTO,
      OPENAI_HOST: aim.url,
      OPENAI_BASE_PATH: "v1/chat/completions",
      OPENAI_API_KEY: aim.secret ?? NO_KEY,
    },
  }),
};

const AIDER: Client = {
  // https://aider.chat/docs/config/aider_conf.html, https://aider.chat/docs/llms/openai-compat.html
  name: "aider",
  label: "aider",
  program: "aider",
  files: [{
    format: "yaml",
    path: (io) => join(homeOf(io), ".aider.conf.yml"),
    edits: ({ url, secret, model = AUTO }) => [
      { path: ["model"], value: `openai/${model}` },
      { path: ["openai-api-base"], value: `${url}/v1` },
      { path: ["openai-api-key"], value: secret },
    ],
    baseUrl: (now) => now?.["openai-api-base"],
  }],
  notes: (aim) =>
    aim.secret === undefined
      ? [`aider reads the key from its environment: ${export_("OPENAI_API_KEY", aim)[0]}`]
      : [],
  run: (aim) => ({
    env: {
      AIDER_OPENAI_API_BASE: `${aim.url}/v1`,
      AIDER_MODEL: `openai/${aim.model ?? AUTO}`,
      OPENAI_API_KEY: aim.secret ?? NO_KEY,
    },
  }),
};

const COPILOT: Client = {
  // https://docs.github.com/copilot/how-tos/copilot-cli/customize-copilot/use-byok-models, `copilot help providers`
  name: "copilot-cli",
  aliases: ["copilot"],
  label: "GitHub Copilot CLI",
  program: "copilot",
  files: [],
  byHand: (aim) => [
    "GitHub Copilot CLI reads its provider from the environment only. Add this to your shell's profile:",
    `export COPILOT_PROVIDER_BASE_URL=${aim.url}/v1`,
    ...(hasKey(aim) ? [`export COPILOT_PROVIDER_API_KEY=${shellKey(aim)}`] : []),
    `export COPILOT_MODEL=${aim.model ?? AUTO}`,
    `export COPILOT_PROVIDER_MAX_PROMPT_TOKENS=${aim.context}`,
    `export COPILOT_PROVIDER_MAX_OUTPUT_TOKENS=${aim.maxOutput}`,
  ],
  run: (aim) => ({
    env: {
      COPILOT_PROVIDER_BASE_URL: `${aim.url}/v1`,
      ...(aim.secret === undefined ? {} : { COPILOT_PROVIDER_API_KEY: aim.secret }),
      COPILOT_MODEL: aim.model ?? AUTO,
      COPILOT_PROVIDER_MAX_PROMPT_TOKENS: String(aim.context),
      COPILOT_PROVIDER_MAX_OUTPUT_TOKENS: String(aim.maxOutput),
    },
  }),
};

const CLINE: Client = {
  // https://docs.cline.bot, `cline auth --help`; the extension keeps its settings in VS Code's own storage
  name: "cline",
  label: "Cline",
  program: "cline",
  files: [],
  byHand: (aim) => [
    "On the command line:",
    `cline auth openai --baseurl ${aim.url}/v1 --modelid ${aim.model ?? AUTO} --apikey ${shellKey(aim)}`,
    "In VS Code, Cline's settings, API provider OpenAI Compatible:",
    `Base URL ${aim.url}/v1`,
    `API key ${keyText(aim, (variable) => `the value of ${variable}`)}`,
    `Model ID ${aim.model ?? AUTO}, context window ${aim.context}`,
  ],
};

const ROO: Client = {
  // https://docs.roocode.com/providers/openai-compatible; it keeps its settings in VS Code's own storage
  name: "roo",
  aliases: ["roo-code"],
  label: "Roo Code",
  files: [],
  byHand: (aim) => [
    "In VS Code, Roo's settings, Providers, API provider OpenAI Compatible:",
    `Base URL ${aim.url}/v1`,
    `API key ${keyText(aim, (variable) => `the value of ${variable}`)}`,
    `Model ${aim.model ?? AUTO}, context window ${aim.context}, max output ${aim.maxOutput}`,
  ],
};

const zedFolder = (io: Pick<Io, "env">): string =>
  process.platform === "win32"
    ? join(io.env.APPDATA ?? join(homeOf(io), "AppData", "Roaming"), "Zed")
    : join(configFolder(io), "zed");

const ZED: Client = {
  // https://zed.dev/docs/ai/llm-providers; the variable of the key follows from the provider's name
  name: "zed",
  label: "Zed",
  program: "zed",
  files: [{
    format: "json",
    path: (io) => join(zedFolder(io), "settings.json"),
    edits: ({ url, model = AUTO, context, maxOutput }) => [
      {
        path: ["language_models", "openai_compatible", PROVIDER],
        value: {
          api_url: `${url}/v1`,
          available_models: [{
            name: model,
            display_name: `${LABEL}: ${model}`,
            max_tokens: context,
            max_output_tokens: maxOutput,
            capabilities: { tools: true, images: true, parallel_tool_calls: true, prompt_cache_key: false },
          }],
        },
      },
      { path: ["agent", "default_model", "provider"], value: PROVIDER },
      { path: ["agent", "default_model", "model"], value: model },
    ],
    baseUrl: (now) => now?.language_models?.openai_compatible?.[now?.agent?.default_model?.provider]?.api_url,
  }],
  notes: (
    aim,
  ) => [
    `Zed reads the key from its settings page or its environment: ${export_("TERRAPHIM_API_KEY", aim)[0]}`,
  ],
};

const CURSOR: Client = {
  // https://cursor.com/docs/settings/api-keys; its servers send the request, so a loopback address is out of their reach
  name: "cursor",
  label: "Cursor",
  program: "cursor",
  files: [],
  byHand: (aim) => [
    "Cursor sends requests from its own servers: the proxy needs a public https address and a key (docs/security.md).",
    "In Cursor's settings, Models: turn on Override OpenAI Base URL and OpenAI API Key:",
    `Base URL https://YOUR-HOST/v1 (${aim.url} cannot be reached from there)`,
    `API key ${keyText(aim, (variable) => `the value of ${variable}`)}`,
    `Add the model ${aim.model ?? AUTO}`,
  ],
};

const VSCODE: Client = {
  // https://code.visualstudio.com/docs/agent-customization/language-models
  name: "vscode",
  aliases: ["code"],
  label: "VS Code",
  program: "code",
  files: [],
  byHand: (aim) => [
    "Run Chat: Manage Language Models, Add, Custom Endpoint; enter the key there, and put this into the file that opens:",
    JSON.stringify({
      name: LABEL,
      vendor: "customendpoint",
      apiType: "chat-completions",
      models: [{
        id: aim.model ?? AUTO,
        name: `${LABEL}: ${aim.model ?? AUTO}`,
        url: `${aim.url}/v1/chat/completions`,
        toolCalling: true,
        vision: true,
        maxInputTokens: aim.context,
        maxOutputTokens: aim.maxOutput,
      }],
    }),
  ],
};

const GEMINI: Client = {
  // https://github.com/google-gemini/gemini-cli: GOOGLE_GEMINI_BASE_URL expects Google's own API
  name: "gemini-cli",
  aliases: ["gemini"],
  label: "Gemini CLI",
  program: "gemini",
  files: [],
  byHand: () => [
    "Gemini CLI speaks Google's own API only, which the proxy does not serve: it cannot be pointed here. Qwen Code, its fork, can.",
  ],
};

export const MORE_CLIENTS: readonly Client[] = [
  QWEN,
  PI,
  HERMES,
  GOOSE,
  AIDER,
  COPILOT,
  CLINE,
  ROO,
  ZED,
  CURSOR,
  VSCODE,
  GEMINI,
];
