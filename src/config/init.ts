/** Generates a configuration from the keys in the environment: to write to a file, or to run with at once. */
import process from "node:process";
import { builtinProvider } from "../catalog/providers.ts";
import { builtinKeys } from "./build/providers.ts";
import { LOCAL_PRESET, type Preset, PRESETS } from "../catalog/data/presets.ts";
import type { Env } from "./source/references.ts";

/** Models for one kind of work; more would only delay the final error. */
const CHAIN_LENGTH = 3;

/** A model server of this machine that runs, and its models, in its own order. */
export interface LocalServer {
  /** Its name in a configuration. */
  readonly provider: string;
  /** Its name for people. */
  readonly label: string;
  readonly models: readonly string[];
}

/** Names of models that write no text. */
const NO_CHAT = /embed|bge|minilm|rerank|whisper|tts/i;
/** Names of models that are made for code, or good at it. */
const FOR_CODE = /cod(?:er|e\b|estral)|devstral|gpt-oss|qwen3|glm-/i;

/** The model of a server of this machine that an agent is best sent to: one for code, else the first that chats. */
export function localModel(models: readonly string[]): string | undefined {
  const chats = models.filter((model) => !NO_CHAT.test(model) && !/[|,\s"]/.test(model));
  return (chats.find((model) => FOR_CODE.test(model)) ?? chats[0])?.replace(/:latest$/, "");
}

/** What is used without any key: the first server that runs and has a model, else what Ollama would need. */
export function localPreset(servers: readonly LocalServer[]): Preset {
  for (const { provider, models } of servers) {
    const model = localModel(models);
    if (model !== undefined) return { provider, think: model, code: model, cheap: model };
  }
  return LOCAL_PRESET;
}

/** The presets whose provider has a key, and the variables that hold them. */
function found(
  env: Env,
  servers: readonly LocalServer[] = [],
): { presets: readonly Preset[]; variables: string[] } {
  const variables: string[] = [];
  const presets = PRESETS.filter(({ provider }) => {
    const builtin = builtinProvider(provider);
    if (builtin === undefined || builtinKeys(builtin, env).problem !== undefined) return false;
    variables.push(builtin.keys.find((name) => env[name]?.trim()) ?? "");
    return true;
  });
  return { presets: presets.length === 0 ? [localPreset(servers)] : presets, variables };
}

/** The variables that hold a key of a provider with a preset, in order of preference. */
export function foundKeys(env: Env): readonly string[] {
  return found(env).variables;
}

/** A chain of one kind of model, each provider's once: all of `first`, then what takes what is too long for those. */
function chainOf(presets: readonly Preset[], ...kinds: readonly Exclude<keyof Preset, "provider">[]): string {
  const targets = kinds.flatMap((kind) =>
    presets.slice(0, CHAIN_LENGTH).flatMap((preset) =>
      preset[kind] === undefined ? [] : [`${preset.provider},${preset[kind]}`]
    )
  );
  return JSON.stringify([...new Set(targets)].join(" | "));
}

/**
 * The text of a commented configuration file, with routes to the providers whose keys are there; without a key, to a model
 * server of this machine. `servers`: those that run. @default none is known to
 */
export function initConfig(env: Env = process.env, servers: readonly LocalServer[] = []): string {
  const { presets, variables } = found(env, servers);
  const local = localPreset(servers);
  const at = servers.find(({ provider }) => provider === local.provider);
  const keys = variables.length > 0
    ? `# Made from the keys found in the environment: ${variables.join(", ")}.`
    : `# No provider's key was found in the environment, so all requests go to ${
      at?.label ?? "Ollama"
    } on this machine.\n` +
      "# Set OPENROUTER_API_KEY, ANTHROPIC_API_KEY, GROQ_API_KEY, … and name those providers in the routes.";
  return `# terraphim-llm-proxy
${keys}
# Every key, with its default and an example: docs/configuration.md

[proxy]
host = "127.0.0.1"
port = 3456
${
    env.PROXY_API_KEY
      ? ""
      : "# "
  }api_key = "$PROXY_API_KEY"      # what clients must send; required when other machines can reach host

[router]
# "provider,model", or a chain of them: the first one that can answers.
# Strategic work: architecture, trade-offs, root causes.
think = ${chainOf(presets, "think")}
# "plan the implementation of …": planning that ends in code.
plan_implementation = ${chainOf(presets, "code", "roomy")}
# "build this feature": three quarters of an agent's requests.
build = ${chainOf(presets, "code", "roomy")}
# Commits, renames, running things, and agents' own requests (titles, summaries).
background = ${chainOf(presets, "cheap", "roomy")}
# Everything else.
default = ${chainOf(presets, "code", "roomy")}
# long_context = "…"              # what no other route's window takes
# image = "…"                     # requests with images
# web_search = "…"                # requests that must search the web
# fallback = "${local.provider},${local.code}" # tried after every chain

# Built-in providers need only their key in the environment. A block changes or adds a provider:
# [[providers]]
# name = "mine"
# api_base_url = "https://llm.example/v1"
# api_key = "$MY_LLM_KEY"
# models = ["my-model"]
`;
}
