/** What the dialects' `fit` functions have in common: a draft of a body, and the rules that hold in several dialects. */
import { cacheRules } from "../../catalog/caches.ts";
import type { ModelTraits } from "../../catalog/data/model-traits.ts";
import { modelTraitsAt, nearestEffort } from "../../catalog/model-traits.ts";
import { isRecord, listOf, NO_TEXTS, numberOf } from "../../json/shape.ts";
import type { Json } from "../../model/json.ts";
import type { DialectName } from "../../model/request-facts.ts";
import type { Conversation } from "../../model/conversation.ts";
import type { Encoded, EncodeTarget, Fitted } from "../dialect.ts";
import { FORMAT_LIMITS } from "./json-schema.ts";

export type Fields = Record<string, Json>;

/** A body on its way to fit. It is copied by its first change, and shares everything else with the original. */
export class Draft {
  readonly #original: Fields;
  #body: Fields;
  readonly #dropped = new Set<string>();

  constructor(body: Fields) {
    this.#original = body;
    this.#body = body;
  }

  get body(): Readonly<Fields> {
    return this.#body;
  }

  /** Sets a member; undefined removes it. */
  set(key: string, value: Json): void {
    if (this.#body[key] === value) return;
    if (this.#body === this.#original) this.#body = { ...this.#original };
    if (value === undefined) delete this.#body[key];
    else this.#body[key] = value;
  }

  /** Removes a member and reports it. A null asks for nothing. */
  drop(key: string, name = key): void {
    const value = this.#body[key];
    if (value === undefined) return;
    this.set(key, undefined);
    if (value !== null) this.lost(name);
  }

  /** Reports something that was dropped, by the client's name for it. */
  lost(name: string): void {
    this.#dropped.add(name);
  }

  get fitted(): Fitted {
    return { body: this.#body, dropped: [...this.#dropped] };
  }
}

/** An encoder whose bodies are fit for their target. */
export function encodedToFit(
  encode: (conversation: Conversation, target: EncodeTarget) => Encoded,
  fit: (body: Json, target: EncodeTarget, headers: Readonly<Record<string, never>>) => Fitted,
): (conversation: Conversation, target: EncodeTarget) => Encoded {
  return (conversation, target) => {
    const { body, dropped } = encode(conversation, target);
    const fitted = fit(body, target, {});
    return { body: fitted.body, dropped: [...new Set([...dropped, ...fitted.dropped])] };
  };
}

export const traitsOf = ({ rulesOf, provider, model }: EncodeTarget): ModelTraits =>
  modelTraitsAt(rulesOf ?? provider, model);

/** What is assumed of a model of which nothing is known. Tokens. */
const LEAST_CACHED = 1024;

/** Whether the model's cache may keep a part of a request that is so long; yes, where its length is not known. */
export function isLongEnough({ inputTokens, rulesOf, provider, model }: EncodeTarget): boolean {
  if (inputTokens === undefined) return true;
  return inputTokens >= (cacheRules(rulesOf ?? provider, model, undefined)?.leastTokens ?? LEAST_CACHED);
}

/** The list with each element changed; the very same list where none did. */
export function mapSame<T>(list: readonly T[], change: (item: T, index: number) => T): readonly T[] {
  let out: T[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const item = list[index]!;
    const changed = change(item, index);
    if (changed === item) continue;
    out ??= [...list];
    out[index] = changed;
  }
  return out ?? list;
}

/** An object without these keys; the very same where it has none of them. */
export function withoutKeys(object: Fields, keys: readonly string[]): Fields {
  if (!keys.some((key) => object[key] !== undefined)) return object;
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** The settings of sampling that a model takes: fixed ones go, others are brought into their range. */
export function fitSampling(draft: Draft, target: EncodeTarget, thinks: boolean): void {
  const { fixed = {}, ranges = {} } = traitsOf(target);
  for (const key in fixed) {
    const value = draft.body[key];
    if (value === undefined || value === null) continue;
    // A model with a fixed temperature has another one where it does not think.
    if (value !== fixed[key] || (!thinks && key === "temperature")) draft.drop(key);
  }
  for (const key in ranges) {
    const value = draft.body[key];
    const [least, most] = ranges[key]!;
    if (typeof value !== "number" || (value >= least && value <= most)) continue;
    draft.set(key, Math.min(Math.max(value, least), most));
    draft.lost(key);
  }
}

/** The limit on an answer under any of these names, lowered to the model's own. */
export function fitAnswerLimit(draft: Draft, names: readonly string[], most: number | undefined): void {
  if (most === undefined) return;
  for (const name of names) {
    if (typeof draft.body[name] !== "number" || draft.body[name] <= most) continue;
    draft.set(name, most);
    draft.lost(name);
  }
}

/** The names of an answer's limit, in all dialects. */
const ANSWER_LIMITS = ["max_tokens", "max_completion_tokens", "max_output_tokens"] as const;

/** Of an answer's limit, at most this part goes into thinking. */
export const BUDGET_SHARE = 0.8;

/** A limit that a refusal named, and a budget for thinking below it. */
function fitLearnedLimit(draft: Draft, most: number): void {
  fitAnswerLimit(draft, ANSWER_LIMITS, most);
  const { thinking } = draft.body;
  if ((numberOf(thinking?.budget_tokens) ?? 0) < most) return;
  draft.set("thinking", { ...thinking, budget_tokens: Math.floor(most * BUDGET_SHARE) });
}

/** What the user says where a provider needs the user's words and there are none. */
export const FILLER = "Continue.";

/**
 * "Only these tools" for providers that know no such choice: only these are offered. `nameIn`: the name of a tool in the list
 * or in the choice.
 */
export function offerAllowed(
  draft: Draft,
  allowed: Json,
  nameIn: (tool: Json) => unknown,
): void {
  const names = new Set(listOf(allowed.tools).map(nameIn));
  const tools = listOf(draft.body.tools);
  const offered = tools.filter((tool) => names.has(nameIn(tool)));
  if (offered.length > 0) draft.set("tools", offered);
  draft.set("tool_choice", allowed.mode === "required" ? "required" : "auto");
}

/** The word for how hard to think that the model takes in place of this one; undefined: none. */
export function fitEffort(wish: string, target: EncodeTarget): string | undefined {
  let { efforts } = traitsOf(target);
  const refused = refusedNames(target, "effort");
  if (refused.length > 0) {
    efforts = (efforts ?? ["none", "minimal", "low", "medium", "high", "xhigh", "max"]).filter((word) =>
      !refused.includes(word)
    );
  }
  return efforts === undefined ? wish : nearestEffort(wish, efforts);
}

/**
 * As many of the tools as the model takes: the first ones are the client's own, and servers' of tools come after them. The
 * one that the request forces stays.
 */
export function mostTools(tools: readonly Json[], draft: Draft, target: EncodeTarget): readonly Json[] {
  const { mostTools: most } = traitsOf(target);
  if (most === undefined || tools.length <= most) return tools;
  draft.lost("tools");
  const kept = tools.slice(0, most);
  const forced = nameOf(draft.body.tool_choice);
  const one = forced === undefined ? undefined : tools.find((tool) => nameOf(tool) === forced);
  if (one !== undefined && !kept.includes(one)) kept[most - 1] = one;
  return kept;
}

/**
 * The first tool of each name: of two MCP servers with the same names, Claude and Gemini refuse the request
 * (https://github.com/cloudwego/eino/issues/632, https://github.com/winfunc/opcode/issues/351).
 */
export function uniqueTools(tools: readonly Json[], draft: Draft): readonly Json[] {
  const seen = new Set<unknown>();
  let twice = false;
  for (const tool of tools) {
    const name = nameOf(tool);
    if (typeof name !== "string" || Array.isArray(tool.tools)) continue;
    twice ||= seen.has(name);
    seen.add(name);
  }
  if (!twice) return tools;
  draft.lost("tools");
  seen.clear();
  return tools.filter((tool) => {
    const name = nameOf(tool);
    if (typeof name !== "string" || Array.isArray(tool.tools)) return true;
    return !seen.has(name) && seen.add(name) !== undefined;
  });
}

/** The name of a function, or of a choice of one. */
export const nameOf = (json: Json): unknown => json?.function?.name ?? json?.name;

/** Whether a request switches thinking off, and whether it asks for it, in whatever dialect. */
function thinkingAsked(body: Json): "off" | "on" | undefined {
  const effort = body?.reasoning_effort ?? body?.reasoning?.effort;
  if (effort === "none" || body?.thinking?.type === "disabled") return "off";
  return effort !== undefined && effort !== null || isRecord(body?.thinking) ||
      body?.output_config?.effort !== undefined
    ? "on"
    : undefined;
}

/**
 * The one dialect in which a model takes tools while it thinks, where it is to do both. Undefined: in any.
 * @param body the client's request, with tools
 * @param effort how hard to think in place of what the request says
 */
export function dialectForTools(
  body: Json,
  target: EncodeTarget,
  effort?: string,
): DialectName | undefined {
  const asked = thinkingAsked(effort === undefined ? body : { reasoning_effort: effort });
  if (asked === "off") return undefined;
  if (refusedNames(target, "tools_while_thinking").length > 0) return "openai-responses";
  const { toolsWhileThinking: rule } = traitsOf(target);
  return rule === undefined || (asked === undefined && !rule.unasked) ? undefined : rule.in;
}

/** The names of what the model refused before, of one kind. */
export function refusedNames({ learned }: EncodeTarget, kind: string): readonly string[] {
  return learned === undefined || learned.length === 0
    ? NO_TEXTS
    : learned.filter((lesson) => lesson.kind === kind).map(({ name }) => name);
}

/** Keywords of an answer's schema that the model refused before. */
export function refusedInAnswers(target: EncodeTarget): ReadonlySet<string> {
  const names = refusedNames(target, "schema_keyword");
  return new Set<string>(
    names.some((name) => FORMAT_LIMITS.has(name)) ? [...names, ...FORMAT_LIMITS] : names,
  );
}

/** Members that hold what the user or the tools say: refused fields are not looked for in them. */
const CONTENTS: ReadonlySet<string> = new Set([
  "parameters",
  "input_schema",
  "schema",
  "arguments",
  "input",
  "properties",
]);

/** Parts of a body in which a refused field is looked for when the refusal does not say where it is. */
const PARTS = ["messages", "input", "tools"] as const;

/** Fields that the model refused before: `store` at the top, `messages.reasoning_content` in every message. */
export function dropRefused(draft: Draft, target: EncodeTarget): void {
  for (const lesson of target.learned ?? []) {
    const { name } = lesson;
    if (lesson.kind === "limit") fitLearnedLimit(draft, Number(lesson.to));
    if (lesson.kind === "length") shorten(draft, name, Number(lesson.to));
    if (lesson.kind === "server_tool") dropServerTool(draft, name);
    if (lesson.kind === "rename" && draft.body[name] !== undefined) {
      if (draft.body[lesson.to] === undefined) draft.set(lesson.to, draft.body[name]);
      draft.set(name, undefined);
    }
    if (lesson.kind !== "field") continue;
    const [root = "", ...rest] = name.split(".");
    const key = rest.at(-1);
    if (key !== undefined) dropDeep(draft, root, key, name);
    else if (draft.body[root] !== undefined) draft.drop(root);
    else for (const part of PARTS) dropDeep(draft, part, root, name);
  }
}

/** A text of at most so many characters: a description of tools, or a member at the top. */
function shorten(draft: Draft, path: string, most: number): void {
  const [root = "", ...rest] = path.split(".");
  const key = rest.at(-1) ?? root;
  const cut = (object: Json): Json =>
    isRecord(object) && typeof object[key] === "string" && object[key].length > most
      ? { ...object, [key]: object[key].slice(0, most) }
      : object;
  if (rest.length === 0) {
    const short = cut(draft.body);
    if (short !== draft.body) draft.lost(root);
    return draft.set(root, short[root]);
  }
  const list = listOf(draft.body[root]);
  const short = mapSame<Json>(list, (one) => {
    const inner = cut(one?.function);
    return inner === one?.function ? cut(one) : { ...one, function: inner };
  });
  if (short === list) return;
  draft.set(root, short);
  draft.lost(path);
}

/** A tool that the provider would run, and the choice of it. */
function dropServerTool(draft: Draft, type: string): void {
  const tools = listOf(draft.body.tools);
  const kept = tools.filter((tool) => tool?.type !== type);
  if (kept.length === tools.length) return;
  draft.set("tools", kept.length === 0 ? undefined : kept);
  if (draft.body.tool_choice?.type === type || kept.length === 0) draft.set("tool_choice", undefined);
  draft.lost(type);
}

function dropDeep(draft: Draft, root: string, key: string, name: string): void {
  const clean = withoutDeep(draft.body[root], key, root === "input");
  if (clean === draft.body[root]) return;
  draft.set(root, isRecord(clean) && Object.keys(clean).length === 0 ? undefined : clean);
  draft.lost(name);
}

function withoutDeep(value: Json, key: string, inside: boolean): Json {
  if (Array.isArray(value)) return mapSame(value, (item) => withoutDeep(item, key, false));
  if (!isRecord(value)) return value;
  const clean = withoutKeys(value, [key]);
  let out = clean;
  for (const [name, inner] of Object.entries(clean)) {
    if (typeof inner !== "object" || (CONTENTS.has(name) && !inside)) continue;
    const changed = withoutDeep(inner, key, false);
    if (changed === inner) continue;
    if (out === value || out === clean) out = { ...clean };
    out[name] = changed;
  }
  return out;
}

/** The mark around a system message that goes out among the user's: so that it does not look like the user's words. */
export function reminder(text: string): string {
  return `<system-reminder>\n${text}\n</system-reminder>`;
}

/** A message's text parts within that mark. */
export function reminding(content: Json): Json {
  if (typeof content === "string") return reminder(content);
  return mapSame(
    listOf(content),
    (part) => isRecord(part) && typeof part.text === "string" ? { ...part, text: reminder(part.text) } : part,
  );
}

/** What tells a model to answer with JSON, in place of a schema that it does not enforce. */
export function schemaInWords(schema: Json): string {
  return "Answer with nothing but JSON that matches this JSON Schema:\n" + JSON.stringify(schema);
}

/** An image's detail for providers that know `auto`, `low` and `high`. */
export const PLAIN_DETAILS: ReadonlySet<string> = new Set(["auto", "low", "high"]);

/** Whether an image's source is an address in the web, not the image itself. */
export function isWebAddress(url: Json): boolean {
  return typeof url === "string" && /^https?:/i.test(url);
}

const JPG = "data:image/jpg;";

/** Whether a data URL names JPEG images by their files' ending, which is not a type (https://github.com/ogkalu2/comic-translate/pull/399). */
export function isMistyped(url: Json): url is string {
  return typeof url === "string" && url.startsWith(JPG);
}

/** Such a URL under the type that there is. */
export const typedRight = (url: string): string => `data:image/jpeg;${url.slice(JPG.length)}`;
