/** Requests that nobody sends: made from a prompt, or read from a file, to see where they would go. */
import type { HeaderMap, RequestFacts } from "../model/request-facts.ts";
import { isRecord } from "../json/shape.ts";
import type { Json } from "../model/json.ts";
import type { Dialect } from "./dialect.ts";
import { type BuiltinDialect, defaultDialect, dialectOf, dialects } from "./registry.ts";

/** The dialect of a prompt where `--dialect` is not given. */
const USUAL_DIALECT: BuiltinDialect = "anthropic-messages";

/** A text that should be a request and is not one; the message says why, for people. */
export class NoRequest extends Error {
  override name = "NoRequest";
}

/** A prompt as the request that a client of the dialect would send. */
export function requestFor(
  prompt: string,
  dialect: BuiltinDialect = USUAL_DIALECT,
  model = "auto",
): RequestFacts {
  const known: Dialect = dialects[dialect];
  return facts(known.example(prompt, model), known, {});
}

/**
 * A request with what came before its prompt.
 * @param previous the user's earlier prompts, the oldest first
 * @param before what the agent said last
 */
export function inConversation(
  facts: RequestFacts,
  previous: readonly string[],
  before: string | undefined,
): RequestFacts {
  if (previous.length === 0 && before === undefined) return facts;
  const earlier = previous.flatMap((text, index): RequestFacts["messages"] => [
    { role: "user", texts: [text] },
    { role: "assistant", texts: index === previous.length - 1 && before !== undefined ? [before] : [] },
  ]);
  const messages = previous.length === 0
    ? [{ role: "assistant" as const, texts: [before ?? ""] }, ...facts.messages]
    : [...earlier, ...facts.messages];
  return { ...facts, messages };
}

/**
 * A request from a file: a bare body, or one with its surroundings as `{method, path, headers, body}`.
 * @throws NoRequest when it is neither
 */
export function requestFrom(
  text: string,
  source: string,
  dialect?: BuiltinDialect,
  model?: string,
): RequestFacts {
  let json: Json;
  try {
    json = JSON.parse(text);
  } catch {
    throw new NoRequest(`${source} is not JSON; it should hold a request's body.`);
  }
  const recorded = isRecord(json) && isRecord(json.body) && typeof json.path === "string";
  const body: Json = recorded ? json.body : json;
  if (!isRecord(body)) {
    throw new NoRequest(`${source} should hold a JSON object: a request's body.`);
  }
  const path: string = recorded ? json.path : "";
  const headers = recorded && isRecord(json.headers) ? lowerCase(json.headers) : {};
  const asked = model === undefined ? body : { ...body, model };
  const operation = path.includes("count_tokens") ? "count_tokens" : "generate";
  const known = dialect === undefined ? dialectOf(dialects, path, {}) ?? ofBody(body) : dialects[dialect];
  return facts(asked, known, headers, operation);
}

function facts(
  body: Json,
  dialect: Dialect,
  headers: HeaderMap,
  operation: RequestFacts["operation"] = "generate",
): RequestFacts {
  const size = new TextEncoder().encode(JSON.stringify(body)).length;
  return dialect.inspect(body, headers, size, operation);
}

function lowerCase(headers: Record<string, unknown>): HeaderMap {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

/** The dialect that a body's own keys show. */
function ofBody(body: Json): Dialect {
  return Object.values<Dialect>(dialects).find((one) => one.matchesBody(body)) ?? defaultDialect(dialects);
}
