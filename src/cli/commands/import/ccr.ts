/**
 * Reads the file of claude-code-router 2: `~/.claude-code-router/config.json`, JSON with comments.
 * @see https://github.com/musistudio/claude-code-router
 */
import { TRANSFORMERS } from "../../../catalog/data/transformers.ts";
import { isRecord, listOf, own, stringOf, textOf } from "../../../json/shape.ts";
import type { Json } from "../../../model/json.ts";
import { readJson } from "../setup/json-edit.ts";
import { Findings, type Imported, type Importer } from "./imported.ts";

export const ccr: Importer = {
  label: "claude-code-router",
  places: [".claude-code-router/config.json"],
  read,
};

/** Their routes and ours. Those without one of theirs take what `default` takes there. */
const ROUTES: Readonly<Record<string, readonly string[]>> = {
  default: ["default", "build", "plan_implementation"],
  background: ["background"],
  think: ["think"],
  longContext: ["long_context"],
  webSearch: ["web_search"],
  image: ["image"],
};

const WHY: Readonly<Record<string, string>> = {
  CUSTOM_ROUTER_PATH:
    "a script here sees other facts: see path in [router.script], or write [[router.rules]]",
  PROXY_URL: "set HTTPS_PROXY in the environment of the proxy instead",
  NON_INTERACTIVE_MODE: "the proxy never asks",
  LOG: "the log is always written to standard error",
  transformers: "requests are translated by what is known of each provider",
  StatusLine: "the proxy has no status line; terraphim-llm-proxy status --watch shows its state",
  REWRITE_SYSTEM_PROMPT: "system prompts are never changed",
  forceUseImageAgent: "set image in [router] to a model that takes images",
};

function read(text: string): Imported {
  const file: Json = readJson(text).json;
  if (!isRecord(file) || !Array.isArray(file.Providers ?? file.providers)) {
    throw new Error('it has no list "Providers"');
  }
  const findings = new Findings();
  const router = routerOf(isRecord(file.Router) ? file.Router : {}, file.fallback, findings);
  const tree = {
    proxy: proxyOf(file),
    router,
    ...logOf(file),
    providers: listOf(file.Providers ?? file.providers).map((one, index) => providerOf(one, index, findings)),
  };
  const known = [
    "Providers",
    "providers",
    "Router",
    "fallback",
    "HOST",
    "PORT",
    "APIKEY",
    "API_TIMEOUT_MS",
    "LOG_LEVEL",
  ];
  for (const key of Object.keys(file)) {
    if (!known.includes(key)) findings.leave(key, own(WHY, key) ?? "there is nothing like it here");
  }
  return { tree, left: findings.left };
}

/** A number, or one that is written as a text; NaN: it is neither. */
const number = (value: Json): number => Number(textOf(value));

function proxyOf(
  { HOST: host, PORT: port, APIKEY: key, API_TIMEOUT_MS: timeout }: Json,
): Record<string, Json> {
  return {
    host: stringOf(host) ?? "127.0.0.1",
    port: number(port) > 0 ? number(port) : 3456,
    ...(stringOf(key) === undefined ? {} : { api_key: key }),
    ...(number(timeout) > 0 ? { timeout_ms: Math.trunc(number(timeout)) } : {}),
  };
}

const LEVELS: Readonly<Record<string, string>> = {
  fatal: "error",
  error: "error",
  warn: "warn",
  info: "info",
  debug: "debug",
  trace: "debug",
};

function logOf({ LOG_LEVEL: level }: Json): Record<string, Json> {
  const known = own(LEVELS, level);
  return known === undefined ? {} : { log: { level: known } };
}

function routerOf(theirs: Record<string, Json>, fallback: Json, findings: Findings): Record<string, Json> {
  const router: Record<string, Json> = {};
  for (const [key, value] of Object.entries(theirs)) {
    const names = own(ROUTES, key);
    if (key === "longContextThreshold" && number(value) > 0) {
      router.long_context_threshold = Math.trunc(number(value));
    } else if (names === undefined) {
      findings.leave(`Router.${key}`, own(WHY, key) ?? "there is no such route here");
    } else if (typeof value === "string" && value.trim() !== "") {
      const more = isRecord(fallback) ? listOf(fallback[key]).filter((one) => typeof one === "string") : [];
      for (const name of names) router[name] = [...new Set([value.trim(), ...more])].join(" | ");
    }
  }
  return router;
}

function providerOf(provider: Json, index: number, findings: Findings): Record<string, Json> {
  const place = `Providers[${index}]`;
  const theirs: Record<string, Json> = isRecord(provider) ? provider : {};
  const name = stringOf(theirs.name) ?? `provider-${index + 1}`;
  const words = isRecord(theirs.transformer) ? listOf(theirs.transformer.use).flat(Infinity) : [];
  const dialect = words.map((word) => TRANSFORMERS.get(textOf(word).toLowerCase())).find((one) =>
    one !== undefined
  );
  if (theirs.transformer !== undefined && dialect === undefined) {
    findings.leave(`${place}.transformer (${name})`, WHY.transformers!);
  }
  findings.leaveOthers(theirs, ["name", "api_base_url", "api_key", "models", "transformer"], `${place}.`);
  const models = listOf(theirs.models).filter((one) => typeof one === "string");
  return {
    name,
    ...(stringOf(theirs.api_base_url) === undefined ? {} : { api_base_url: theirs.api_base_url }),
    ...(stringOf(theirs.api_key) === undefined ? {} : { api_key: theirs.api_key }),
    ...(models.length === 0 ? {} : { models }),
    ...(dialect === undefined ? {} : { dialects: [dialect] }),
  };
}
