/**
 * What strict providers refuse, as data: one rule is one sentence of a provider's documents or of a report, with the words
 * in which that provider refuses. The helpers here walk a request of each dialect.
 */
import type { Json } from "../../../src/model/json.ts";
import type { Seals } from "./seals.ts";

export type Dialect = "anthropic-messages" | "openai-chat" | "openai-responses";

/** What a rule is about; the report counts by it. */
export type Kind =
  | "order"
  | "ids"
  | "signatures"
  | "thinking"
  | "roles"
  | "schemas"
  | "tools"
  | "settings"
  | "fields"
  | "media"
  | "empty"
  | "headers";

/** A request as a rule sees it. */
export interface Asked {
  readonly dialect: Dialect;
  readonly model: string;
  readonly body: Json;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Tells this provider's own signatures from all others. */
  readonly seals: Seals;
}

/** How a request breaks a rule, in the provider's own words. */
export interface Violation {
  readonly message: string;
  /** The field at fault, where the provider names it. */
  readonly param?: string;
  readonly code?: string;
  /** @default the provider's own status for bad requests */
  readonly status?: number;
}

export interface Rule {
  /** Unique within a provider. */
  readonly id: string;
  readonly kind: Kind;
  /** Absent: the rule holds for each dialect that the provider speaks. */
  readonly dialect?: Dialect;
  /** Absent: for every model. */
  readonly models?: RegExp;
  /** The URL of the document or issue, or a field report's number. */
  readonly source: string;
  /** Undefined: the request keeps to the rule. A text is the refusal's message. */
  check(asked: Asked): Violation | string | undefined;
}

/** The violations of all rules that hold for a request. */
export function violations(rules: readonly Rule[], asked: Asked): { rule: Rule; violation: Violation }[] {
  return rules.flatMap((rule) => {
    if (rule.dialect !== undefined && rule.dialect !== asked.dialect) return [];
    if (rule.models !== undefined && !rule.models.test(asked.model)) return [];
    const found = rule.check(asked);
    if (found === undefined) return [];
    return [{ rule, violation: typeof found === "string" ? { message: found } : found }];
  });
}

/** The first defined answer for the entries of a list. */
export function first<T, R>(
  list: readonly T[],
  look: (one: T, index: number) => R | undefined,
): R | undefined {
  for (let index = 0; index < list.length; index++) {
    const found = look(list[index]!, index);
    if (found !== undefined) return found;
  }
  return undefined;
}

export const isObject = (value: Json): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A list, or nothing of it. */
export const list = (value: Json): Json[] => Array.isArray(value) ? value : [];

/** The parts of a content that may be a string. */
export const partsOf = (content: Json): Json[] =>
  typeof content === "string" ? [{ type: "text", text: content }] : list(content);

/** The messages of a Messages or Chat request, or the items of a Responses request. */
export const messagesOf = ({ body, dialect }: Asked): Json[] =>
  dialect !== "openai-responses"
    ? list(body.messages)
    : typeof body.input === "string"
    ? [{ type: "message", role: "user", content: body.input }]
    : list(body.input);

export interface AskedTool {
  /** Place in the request: `tools[3]`. */
  readonly at: string;
  readonly index: number;
  readonly type: string;
  readonly name: string;
  readonly namespace?: string;
  readonly description: string;
  /** The JSON schema of its arguments, as it is sent. */
  readonly schema: Json;
  readonly tool: Json;
}

/** The tools of a request of any dialect, those in namespaces and `additional_tools` too. */
export function toolsOf(asked: Asked): AskedTool[] {
  const listed = list(asked.body.tools).flatMap((tool, index) => toolOf(tool, index, `tools[${index}]`));
  if (asked.dialect !== "openai-responses") return listed;
  const later = messagesOf(asked).flatMap((item, at) =>
    item?.type === "additional_tools"
      ? list(item.tools).flatMap((tool, index) => toolOf(tool, index, `input[${at}].tools[${index}]`))
      : []
  );
  return [...listed, ...later];
}

function toolOf(tool: Json, index: number, at: string, namespace?: string): AskedTool[] {
  if (tool?.type === "namespace") {
    return [
      one(tool, index, at),
      ...list(tool.tools).flatMap((inner, i) => toolOf(inner, i, `${at}.tools[${i}]`, tool.name)),
    ];
  }
  return [{ ...one(tool, index, at), ...(namespace === undefined ? {} : { namespace }) }];
}

function one(tool: Json, index: number, at: string): AskedTool {
  const body = tool?.function ?? tool?.custom ?? tool;
  return {
    at,
    index,
    type: String(tool?.type ?? "function"),
    name: String(body?.name ?? ""),
    description: String(body?.description ?? ""),
    schema: body?.input_schema ?? body?.parameters,
    tool,
  };
}

/** Visits a JSON schema and all schemas in it; the first answer ends the walk. Names of properties are no keywords. */
export function walkSchema<R>(
  schema: Json,
  visit: (schema: Json, path: readonly string[]) => R | undefined,
  path: readonly string[] = [],
): R | undefined {
  if (!isObject(schema)) return undefined;
  const here = visit(schema, path);
  if (here !== undefined) return here;
  for (const key of ["properties", "patternProperties", "$defs", "definitions"]) {
    if (!isObject(schema[key])) continue;
    for (const [name, inner] of Object.entries(schema[key])) {
      const found = walkSchema(inner, visit, [...path, key, name]);
      if (found !== undefined) return found;
    }
  }
  for (
    const key of ["items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else"]
  ) {
    const found = walkSchema(schema[key], visit, [...path, key]);
    if (found !== undefined) return found;
  }
  for (const key of ["anyOf", "oneOf", "allOf", "prefixItems"]) {
    const found = first(list(schema[key]), (inner, i) => walkSchema(inner, visit, [...path, key, String(i)]));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Looks for a key anywhere in a value; gives its path (`messages[0].content[1].cache_control`). */
export function pathOfKey(value: Json, key: string, path = ""): string | undefined {
  if (Array.isArray(value)) return first(value, (inner, i) => pathOfKey(inner, key, `${path}[${i}]`));
  if (!isObject(value)) return undefined;
  const prefix = path === "" ? "" : `${path}.`;
  if (key in value) return `${prefix}${key}`;
  return first(Object.entries(value), ([name, inner]) => pathOfKey(inner, key, `${prefix}${name}`));
}
