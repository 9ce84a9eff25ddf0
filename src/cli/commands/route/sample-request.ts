/** Requests that nobody sends: made from a prompt, or read from a file, to see where they would go. */
import type { DialectName, HeaderMap, RequestFacts } from "../../../model/request-facts.ts";
import type { Json } from "../../../model/json.ts";
import { dialects } from "../../../dialects/registry.ts";
import { CliError, EXIT } from "../../command.ts";

/** What a prompt is asked in when nothing is said. */
const USUAL_DIALECT: DialectName = "anthropic-messages";

/** A prompt as the request that a client of the dialect would send. */
export function requestFor(
  prompt: string,
  dialect: DialectName = USUAL_DIALECT,
  model = "auto",
): RequestFacts {
  const messages = [{ role: "user", content: prompt }];
  const body = dialect === "openai-responses"
    ? { model, input: prompt }
    : dialect === "openai-chat"
    ? { model, messages }
    : { model, messages, max_tokens: 1024 };
  return facts(body, dialect, {});
}

/**
 * A request from a file: a bare body, or one with its surroundings as `{method, path, headers, body}`.
 * @throws CliError when it is neither
 */
export function requestFrom(
  text: string,
  source: string,
  dialect?: DialectName,
  model?: string,
): RequestFacts {
  let json: Json;
  try {
    json = JSON.parse(text);
  } catch {
    throw new CliError(`${source} is not JSON; it should hold a request's body.`, EXIT.unusable);
  }
  const recorded = isTable(json) && isTable(json.body) && typeof json.path === "string";
  const body: Json = recorded ? json.body : json;
  if (!isTable(body)) {
    throw new CliError(`${source} should hold a JSON object: a request's body.`, EXIT.unusable);
  }
  const path: string = recorded ? json.path : "";
  const headers = recorded && isTable(json.headers) ? lowerCase(json.headers) : {};
  const asked = model === undefined ? body : { ...body, model };
  const operation = path.includes("count_tokens") ? "count_tokens" : "generate";
  return facts(asked, dialect ?? ofPath(path) ?? ofBody(body), headers, operation);
}

function facts(
  body: Json,
  dialect: DialectName,
  headers: HeaderMap,
  operation: RequestFacts["operation"] = "generate",
): RequestFacts {
  const size = new TextEncoder().encode(JSON.stringify(body)).length;
  return dialects[dialect].inspect(body, headers, size, operation);
}

const isTable = (value: Json): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function lowerCase(headers: Record<string, unknown>): HeaderMap {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

function ofPath(path: string): DialectName | undefined {
  if (path.includes("/messages")) return "anthropic-messages";
  if (path.includes("/chat/completions")) return "openai-chat";
  return path.includes("/responses") ? "openai-responses" : undefined;
}

/** The dialect that a body's own keys tell of. */
function ofBody(body: Json): DialectName {
  if (body.input !== undefined) return "openai-responses";
  const anthropic = body.system !== undefined || body.anthropic_version !== undefined ||
    body.thinking !== undefined || body.stop_sequences !== undefined ||
    (Array.isArray(body.tools) && body.tools.some((tool: Json) => tool?.input_schema !== undefined));
  const roles: unknown[] = Array.isArray(body.messages) ? body.messages.map((one: Json) => one?.role) : [];
  if (roles.some((role) => role === "system" || role === "developer" || role === "tool")) {
    return "openai-chat";
  }
  return anthropic || body.max_tokens !== undefined ? "anthropic-messages" : "openai-chat";
}
