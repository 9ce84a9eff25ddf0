/** What must be true when a client is done: at the provider, in the proxy's log, on the disk. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BuiltinDialect } from "../../src/dialects/registry.ts";
import type { Json } from "../../src/model/json.ts";
import { AGENTS } from "./agents.ts";
import type { Check, Outcome } from "./case.ts";
import { BACKUP_KEY, MODELS, PROVIDER_KEY, subscriptionOf } from "./configuration.ts";
import { type Received, TOOL_OUTPUT } from "./stand-in.ts";

const PATHS: Readonly<Record<BuiltinDialect, string>> = {
  "anthropic-messages": "/v1/messages",
  "openai-chat": "/v1/chat/completions",
  "openai-responses": "/v1/responses",
};

/** Requests for an answer; not those that count tokens or list models. */
function generating(requests: readonly Received[]): readonly Received[] {
  return requests.filter(({ method, path }) => method === "POST" && Object.values(PATHS).includes(path));
}

/** The results of tools in a request, in the words of its dialect. */
export function toolResults({ path, body }: Received): string[] {
  const list = (value: Json): Json[] => Array.isArray(value) ? value : [];
  const results = path === PATHS["anthropic-messages"]
    ? list(body?.messages).flatMap(({ content }) => list(content)).filter(({ type }) =>
      type === "tool_result"
    )
      .map(({ content }) => content)
    : path === PATHS["openai-chat"]
    ? list(body?.messages).filter(({ role }) => role === "tool").map(({ content }) => content)
    : list(body?.input).filter(({ type }) => String(type).endsWith("_output")).map(({ output }) => output);
  return results.map((result) => typeof result === "string" ? result : JSON.stringify(result));
}

/** Only the dialect that the provider speaks arrives there, with the provider's own key and a model of the routes. */
export const speaksItsDialect: Check = ({ case: one, primary, backup }) => {
  const keys = one.subscription === undefined ? PROVIDER_KEY : subscriptionOf(one);
  return [
    ...arrivals("the provider", primary, one.provider, keys, ""),
    ...arrivals("the backup", backup, one.backup ?? one.provider, BACKUP_KEY, "backup-"),
  ];
};

function arrivals(
  where: string,
  requests: readonly Received[],
  dialect: BuiltinDialect,
  key: string,
  prefix: string,
): string[] {
  const wrong: string[] = [];
  for (const { method, path, headers, body } of requests) {
    if (!path.startsWith(PATHS[dialect])) wrong.push(`${where} got ${method} ${path}`);
    const sent = `${headers.authorization ?? ""} ${headers["x-api-key"] ?? ""}`;
    if (!sent.includes(key)) wrong.push(`${where} did not get its key`);
    const text = JSON.stringify(headers);
    if (text.includes("proxy-key-of-the-test")) wrong.push(`${where} got the proxy's key`);
    const model = String(body?.model);
    if (!Object.values(MODELS).some((name) => model === prefix + name)) {
      wrong.push(`${where} got the model ${model}`);
    }
  }
  return wrong;
}

/** The tool ran at the client, and its output came back to a provider. */
export const toolRan: Check = ({ primary, backup }) => {
  const results = generating([...primary, ...backup]).flatMap(toolResults);
  if (results.some((result) => result.includes(TOOL_OUTPUT))) return [];
  return [
    results.length === 0
      ? "no tool result came back"
      : `the tool's result is ${JSON.stringify(results.at(-1)).slice(0, 300)}`,
  ];
};

/** The user's prompt went where plans of implementations go, the client's own housekeeping to the background. */
export const routedByTheWords: Check = ({ case: one, logged }) => {
  const wrong = logged.flatMap(({ route, kind, client, why }) => {
    const place = kind === "background" ? "background" : "plan_implementation";
    const told = `${route} (${why.join("; ")})`;
    const { known } = AGENTS[one.agent];
    return [
      ...(route === place ? [] : [`a request of kind ${kind} went to ${told}`]),
      ...(known === "" || client === known ? [] : [`the client was taken for ${client}`]),
    ];
  });
  return logged.some(({ route }) => route === "plan_implementation")
    ? wrong
    : [...wrong, "no request was routed as a plan"];
};

/** The prompt went to this route; the client's own housekeeping may go elsewhere. */
export function routedTo(expected: string): Check {
  return ({ logged }) => {
    const prompts = logged.filter(({ kind, route }) => kind !== "background" || route === expected);
    if (prompts.length === 0) return ["no request carried the prompt"];
    return prompts.filter(({ route }) => route !== expected).map(({ route, why }) =>
      `the prompt went to ${route}: ${why.join("; ")}`
    );
  };
}

/** Every request that the client made was answered, and by the provider. */
export const allAnswered: Check = ({ logged }) =>
  logged.filter(({ failure, status }) => failure !== undefined || status !== 200).map((
    { failure, status, attempts },
  ) => `a request ended with ${status} ${failure ?? ""} ${JSON.stringify(attempts)}`);

/** The primary failed as it was meant to, and the backup answered. */
export const backupServed: Check = ({ backup, logged }) => [
  ...(generating(backup).length > 0 ? [] : ["the backup was never asked"]),
  ...(logged.some(({ attempts }) => attempts.length > 1) ? [] : ["no request fell over"]),
];

/** A request reached the primary and failed there in this way, before its output or after it. */
export function primaryFailed(...classes: string[]): Check {
  return ({ logged }) => {
    const seen = new Set(
      logged.flatMap(({ attempts, provider, failure }) => [
        ...attempts.filter((attempt) => attempt.provider === "primary").map((attempt) => attempt.failure),
        ...(provider === "primary" ? [failure] : []),
      ]).filter((failure) => failure !== undefined),
    );
    return classes.some((name) => seen.has(name))
      ? []
      : [`the primary's failures were ${[...seen].join(", ") || "none"}, not ${classes.join(" or ")}`];
  };
}

/** The client's tool wrote this file. */
export function wrote(name: string, text: string): Check {
  return ({ work }: Outcome) => {
    let found: string;
    try {
      found = readFileSync(join(work, name), "utf8");
    } catch {
      return [`${name} was not written`];
    }
    return found === text ? [] : [`${name} holds ${JSON.stringify(found.slice(0, 200))}`];
  };
}

/** What every turn against a healthy provider keeps to. */
export const TURN: readonly Check[] = [speaksItsDialect, routedByTheWords, allAnswered];
