/** Makes a Chat body fit for a provider and model: what each refuses, renames or needs. */
import { builtinProvider } from "../../catalog/providers.ts";
import { OPENAI_FIELDS } from "../../catalog/data/model-traits.ts";
import { isRecord, listOf, own, stringOf, textOf } from "../../json/shape.ts";
import type { Json } from "../../model/json.ts";
import type { TargetSettings } from "../../model/target.ts";
import type { EncodeTarget, Fitted } from "../dialect.ts";
import {
  dialectForTools,
  Draft,
  dropRefused,
  type Fields,
  fitAnswerLimit,
  fitEffort,
  fitSampling,
  isLongEnough,
  isMistyped,
  isWebAddress,
  mapSame,
  mostTools,
  nameOf,
  offerAllowed,
  PLAIN_DETAILS,
  refusedInAnswers,
  refusedNames,
  reminding,
  schemaInWords,
  traitsOf,
  typedRight,
  uniqueTools,
  withoutKeys,
} from "../shared/fit.ts";
import { keepsFile } from "../shared/origins.ts";
import {
  cleanSchema,
  FORMAT_LIMITS,
  isStrict,
  standardSchema,
  toolSchema,
  withoutKeywords,
} from "../shared/json-schema.ts";
import { lowerOf, withEffort } from "../shared/settings.ts";
import { callId, LONGEST_ID } from "./calls.ts";
import { wordsOf } from "./content.ts";
import { alternates, alternating } from "./history.ts";
import { encodeReasoningSettings } from "./reasoning.ts";

/** A Chat body for a target. */
export function fitRequest(body: Json, target: EncodeTarget): Fitted {
  if (!isRecord(body)) return { body, dropped: [] };
  const draft = new Draft(body);
  fitAllowed(draft, target);
  fitEmpty(draft);
  fitFields(draft, target);
  fitLimit(draft, target);
  fitThinking(draft, target);
  fitSettings(draft, target);
  fitTools(draft, target);
  fitFormat(draft, target);
  fitMessages(draft, target);
  if (target.quirks.includes("cache-marks")) placeMarks(draft, target);
  dropRefused(draft, target);
  return draft.fitted;
}

/** Choices as some clients write them, after Anthropic's (https://github.com/github/app/issues/2384). */
const CHOICES: Readonly<Record<string, string>> = {
  auto: "auto",
  none: "none",
  any: "required",
  required: "required",
};

/** Choices of tools in OpenAI's words, and those that only OpenAI knows. */
function fitAllowed(draft: Draft, { quirks }: EncodeTarget): void {
  const { tool_choice: choice } = draft.body;
  if (choice === "any") draft.set("tool_choice", "required"); // Mistral's word; it takes both
  const word = own(CHOICES, choice?.type);
  if (word !== undefined) draft.set("tool_choice", word);
  if (choice?.type !== "allowed_tools" || !quirks.includes("functions-only")) return;
  offerAllowed(draft, isRecord(choice.allowed_tools) ? choice.allowed_tools : choice, nameOf);
}

const isEmptyList = (value: Json): boolean => Array.isArray(value) && value.length === 0;

/** Lists with nothing in them, which some refuse and which say nothing (https://github.com/anomalyco/opencode/issues/41860). */
function fitEmpty(draft: Draft): void {
  const { tools, functions, messages } = draft.body;
  if (isEmptyList(tools)) draft.set("tools", undefined);
  // Neither says anything without tools, and some refuse them (https://github.com/earendil-works/pi/issues/8649).
  if (draft.body.tools === undefined && functions === undefined) {
    draft.set("tool_choice", undefined);
    draft.set("parallel_tool_calls", undefined);
  }
  if (!Array.isArray(messages) || !messages.some((message) => isEmptyList(message?.tool_calls))) return;
  draft.set(
    "messages",
    messages.map((message) =>
      isEmptyList(message?.tool_calls) ? withoutKeys(message, ["tool_calls"]) : message
    ),
  );
}

function fitFields(draft: Draft, target: EncodeTarget): void {
  const { refuses = [], renames = {} } = traitsOf(target);
  const { body } = draft;
  // OpenRouter's form of an effort, for the providers that know the other one.
  if (refuses.includes("reasoning") && typeof body.reasoning?.effort === "string") {
    if (body.reasoning_effort === undefined) draft.set("reasoning_effort", body.reasoning.effort);
    draft.set("reasoning", undefined);
  }
  if (refuses.includes("thinking") && body.thinking?.type === "disabled") {
    if (body.reasoning_effort === undefined) draft.set("reasoning_effort", "none");
    draft.set("thinking", undefined);
  }
  for (const key in renames) {
    const value = draft.body[key];
    if (value === undefined) continue;
    draft.set(key, undefined);
    if (draft.body[renames[key]!] === undefined) draft.set(renames[key]!, value);
  }
  for (const key of refuses) if (draft.body[key] !== undefined) draft.drop(key);
  const { quirks } = target;
  // Providers with a list of their own have said what they take.
  if (refuses.length === 0 && quirks.includes("strict-fields")) {
    for (const key of OPENAI_FIELDS) if (draft.body[key] !== undefined) draft.drop(key);
  }
  if (quirks.includes("no-stream-options")) draft.set("stream_options", undefined);
}

/** The limit on output, under the name that the provider knows, and not above the model's. */
function fitLimit(draft: Draft, target: EncodeTarget): void {
  const { quirks, reasoning } = target;
  const { max_tokens: old, max_completion_tokens: limit } = draft.body;
  if (quirks.includes("max-completion-tokens") && reasoning !== false && old !== undefined) {
    draft.set("max_tokens", undefined);
    if (limit === undefined) draft.set("max_completion_tokens", old);
  } else if (quirks.includes("max-tokens") && limit !== undefined) {
    draft.set("max_completion_tokens", undefined);
    if (old === undefined) draft.set("max_tokens", limit);
  }
  fitAnswerLimit(draft, LIMITS, target.maxOutput);
}

/** How hard to think, and a tool choice that a thinking model refuses. */
function fitThinking(draft: Draft, target: EncodeTarget): void {
  const { forcedTools, thinkingSwitch } = traitsOf(target);
  fitChoice(draft, target, target.quirks.includes("no-forced-tools") ? "never" : forcedTools);
  fitToolsAndThinking(draft, target);
  const { reasoning_effort: effort, thinking } = draft.body;
  const off = thinking?.type === "disabled";
  // https://github.com/langchain4j/langchain4j/issues/3974
  if (target.quirks.includes("thinks-in-streams") && draft.body.stream !== true) {
    draft.set("enable_thinking", false);
  }
  if (off && thinkingSwitch === false) {
    draft.set("thinking", undefined);
    draft.lost("reasoning");
  }
  if (typeof effort === "string") {
    if (thinkingSwitch === true && (effort === "none" || off)) {
      draft.set("reasoning_effort", undefined);
      if (!off) draft.set("thinking", { type: "disabled" });
    } else if (target.quirks.includes("types-in-alternatives") && thinking !== undefined) {
      draft.drop("reasoning_effort"); // Moonshot takes one of the two
    } else {
      const word = fitEffort(effort, target);
      if (word === undefined) draft.drop("reasoning_effort");
      else if (word !== effort) {
        draft.set("reasoning_effort", word);
        draft.lost("reasoning_effort");
      }
    }
  }
  const asked = draft.body.reasoning?.effort;
  if (typeof asked !== "string") return;
  const word = fitEffort(asked, target);
  if (word === asked) return;
  const { effort: _effort, ...rest } = draft.body.reasoning;
  draft.set("reasoning", word === undefined ? rest : { ...rest, effort: word });
  draft.lost("reasoning_effort");
}

/** A model that takes no tools while it thinks does not think; its provider has no other dialect, or this would be in it. */
function fitToolsAndThinking(draft: Draft, target: EncodeTarget): void {
  const { tools, functions } = draft.body;
  if (listOf(tools).length === 0 && functions === undefined) return;
  if (dialectForTools(draft.body, target) === undefined) return;
  draft.set("reasoning_effort", "none");
  draft.lost("reasoning");
}

function fitChoice(
  draft: Draft,
  target: EncodeTarget,
  forcedTools: "without-thinking" | "never" | undefined,
): void {
  const { tool_choice: choice, thinking, reasoning_effort: effort } = draft.body;
  const forces = choice === "required" || choice === "any" ||
    (isRecord(choice) && choice.type !== "allowed_tools");
  if (!forces || forcedTools === undefined) return;
  if (forcedTools === "never" || target.reasoning === false) {
    if (forcedTools === "never") {
      draft.set("tool_choice", "auto");
      draft.lost("tool_choice");
    }
    return;
  }
  if (thinking?.type === "disabled" || effort === "none") return;
  draft.set("thinking", { type: "disabled" });
  draft.set("reasoning_effort", undefined);
  draft.lost("reasoning");
}

/** The names of an answer's limit, the newer one first. */
const LIMITS = ["max_completion_tokens", "max_tokens"] as const;

/** What a body says under its target's settings. */
export function applySettings(
  body: Json,
  { effort, maxTokens, temperature }: TargetSettings,
  target: EncodeTarget,
): Readonly<Record<string, Json>> {
  const edits: Record<string, Json> = temperature === undefined ? {} : { temperature };
  if (maxTokens !== undefined) {
    const given = LIMITS.filter((name) => typeof body[name] === "number");
    for (const name of given) edits[name] = lowerOf(body[name], maxTokens);
    if (given.length === 0) edits.max_tokens = maxTokens;
  }
  if (effort !== undefined) {
    const asked: Record<string, Json> = {};
    const reasoning = withEffort(undefined, effort);
    encodeReasoningSettings({ reasoning, dialect: "openai-chat" }, target, asked, () => {});
    // Only one of the ways to say it may stay.
    Object.assign(edits, { reasoning_effort: undefined, reasoning: undefined, thinking: undefined }, asked);
  }
  return edits;
}

/** OpenAI's reasoning models refuse these, unless they are what they would be anyway. */
const FIXED: Readonly<Record<string, number | undefined>> = {
  temperature: 1,
  top_p: 1,
  frequency_penalty: 0,
  presence_penalty: 0,
  logit_bias: undefined,
  stop: undefined,
  logprobs: undefined,
  top_logprobs: undefined,
};

/** What they take where they are not to think (https://platform.openai.com/docs/guides/latest-model). */
const FREE_WITHOUT_THINKING: ReadonlySet<string> = new Set([
  "temperature",
  "top_p",
  "logprobs",
  "top_logprobs",
]);

/** More stop sequences than this are refused. */
const MOST_STOPS = 4;

function fitSettings(draft: Draft, target: EncodeTarget): void {
  const { quirks, reasoning } = target;
  const { body } = draft;
  fitSampling(draft, target, body.thinking?.type !== "disabled" && body.reasoning_effort !== "none");
  if (quirks.includes("fixed-sampling") && reasoning === true) {
    const thinks = body.reasoning_effort !== "none";
    for (const key in FIXED) {
      if (!thinks && FREE_WITHOUT_THINKING.has(key)) continue;
      const value = body[key];
      if (value !== undefined && value !== false && value !== FIXED[key]) draft.drop(key);
    }
  }
  if (!quirks.includes("max-completion-tokens")) return;
  // OpenAI's rules for fields that need another one.
  if (listOf(body.stop).length > MOST_STOPS) {
    draft.set("stop", body.stop.slice(0, MOST_STOPS));
    draft.lost("stop");
  }
  if (body.stream_options !== undefined && body.stream !== true) draft.set("stream_options", undefined);
  if (body.metadata !== undefined && body.store !== true) draft.drop("metadata");
}

/** The tools that a history calls, for gateways that want them defined where the request offers none. */
function offerCalled(draft: Draft): void {
  if (listOf(draft.body.tools).length > 0) return;
  const names = new Set<string>();
  for (const message of listOf(draft.body.messages)) {
    for (const call of listOf(message?.tool_calls)) {
      if (typeof call?.function?.name === "string") names.add(call.function.name);
    }
  }
  if (names.size === 0) return;
  const parameters = { type: "object", properties: {} };
  draft.set("tools", [...names].map((name) => ({ type: "function", function: { name, parameters } })));
  draft.set("tool_choice", "none");
}

function fitTools(draft: Draft, target: EncodeTarget): void {
  if (refusedNames(target, "tools_needed").length > 0) offerCalled(draft);
  const tools: readonly Json[] = mostTools(uniqueTools(listOf(draft.body.tools), draft), draft, target);
  if (tools.length === 0) return;
  const { quirks } = target;
  const isStrictTool = (tool: Json) => tool?.function?.strict === true;
  const loosens = quirks.includes("no-strict-tools") ||
    (quirks.includes("one-strictness") && tools.some(isStrictTool) && !tools.every(isStrictTool));
  const removed = new Set(refusedNames(target, "schema_keyword"));
  const noMarks = quirks.includes("no-cache-control");
  const standard = refusedNames(target, "schema_draft").length > 0;
  draft.set(
    "tools",
    mapSame(tools, (tool) => {
      if (!isRecord(tool)) return tool;
      let out = tool;
      if (noMarks && tool.cache_control !== undefined) {
        out = withoutKeys(tool, ["cache_control"]);
        draft.lost("cache_control");
      }
      const fn = out.function;
      if (!isRecord(fn)) return out;
      const { parameters } = fn;
      // Absent parameters are none, which OpenAI takes.
      if (parameters === undefined && !quirks.includes("tools-need-properties")) return out;
      let schema = toolSchema(parameters, quirks);
      if (removed.size > 0) schema = withoutKeywords(schema, removed);
      if (standard) schema = standardSchema(schema);
      const loose = fn.strict === true && (loosens || !isStrict(schema));
      if (loose) draft.lost("strict");
      return schema === parameters && !loose ? out : {
        ...out,
        function: { ...(loose ? withoutKeys(fn, ["strict"]) : fn), parameters: schema },
      };
    }),
  );
}

const ILLEGAL_NAME = /[^a-zA-Z0-9_-]/g;

function fitFormat(draft: Draft, target: EncodeTarget): void {
  const format = draft.body.response_format;
  const beside = traitsOf(target).formatBesideTools === false && listOf(draft.body.tools).length > 0;
  if (beside && format?.type === "json_object") draft.drop("response_format");
  if (format?.type !== "json_schema" || !isRecord(format.json_schema)) return;
  const { quirks } = target;
  const asked = format.json_schema;
  const refused = beside || refusedNames(target, "json_schema").length > 0 ||
    traitsOf(target).jsonSchema === false;
  if (refused) {
    draft.set("response_format", beside ? undefined : { type: "json_object" });
    const words = { role: "system", content: schemaInWords(isRecord(asked.schema) ? asked.schema : asked) };
    const messages = listOf(draft.body.messages);
    const at = messages.findIndex((message) => message?.role !== "system" && message?.role !== "developer");
    const head = at === -1 ? messages.length : at;
    draft.set("messages", [...messages.slice(0, head), words, ...messages.slice(head)]);
    draft.lost("structured_output");
    return;
  }
  let schema = isRecord(asked.schema)
    ? cleanSchema(asked.schema, quirks.filter((quirk) => quirk !== "tools-need-properties"))
    : asked.schema;
  if (quirks.includes("no-format-limits") && asked.strict === true) {
    schema = withoutKeywords(schema, FORMAT_LIMITS);
  }
  schema = withoutKeywords(schema, refusedInAnswers(target));
  const name = typeof asked.name === "string" && quirks.includes("max-completion-tokens")
    ? asked.name.replace(ILLEGAL_NAME, "_").slice(0, 64)
    : asked.name;
  if (schema === asked.schema && name === asked.name) return;
  draft.set("response_format", { ...format, json_schema: { ...asked, schema, name } });
}

/** What is looked for in the messages of a request. */
interface MessageRules {
  readonly noDeveloper: boolean;
  readonly systemFirst: boolean;
  readonly noMarks: boolean;
  readonly noImageUrls: boolean;
  /** Files are known to be refused, not only assumed to be. */
  readonly noFiles: boolean;
  readonly noImages: boolean;
  readonly keeps: (fileId: string) => boolean;
  readonly shortIds: boolean;
  /** Fields of earlier reasoning that are not taken. */
  readonly thoughts: readonly string[];
  /** Types of parts that an answer may have. */
  readonly answers: ReadonlySet<string>;
  /** A result's texts are one. */
  readonly oneResult: boolean;
  /** The texts of every message are one, or of all but the user's. */
  readonly oneText: boolean;
  readonly listsOfUsers: boolean;
  /** The fields of a message that are taken; undefined: all. */
  readonly fields: readonly string[] | undefined;
}

const TEXTS: ReadonlySet<string> = new Set(["text"]);
/** A refusal is a part of its own in OpenAI's Chat alone, and a thought in Mistral's (https://docs.mistral.ai/capabilities/reasoning). */
const OPENAI_PARTS: ReadonlySet<string> = new Set(["text", "refusal"]);
const MISTRAL_PARTS: ReadonlySet<string> = new Set(["text", "thinking", "reference"]);

const THOUGHTS = ["reasoning_content", "reasoning_details", "reasoning"] as const;

function messageRules(target: EncodeTarget): MessageRules {
  const { quirks } = target;
  const { messageFields } = traitsOf(target);
  return {
    noDeveloper: quirks.includes("no-developer-role") || refusedNames(target, "role").includes("developer"),
    systemFirst: quirks.includes("system-first-only") || refusedNames(target, "system_place").length > 0 ||
      refusedNames(target, "alternate").length > 0,
    noMarks: quirks.includes("no-cache-control"),
    noFiles: quirks.includes("no-files") && builtinProvider(target.rulesOf ?? target.provider) !== undefined,
    noImageUrls: quirks.includes("no-image-urls"),
    noImages: traitsOf(target).images === false,
    keeps: (id) => keepsFile(target, id, "openai"),
    shortIds: quirks.includes("short-call-ids"),
    thoughts: quirks.includes("no-reasoning-fields")
      ? THOUGHTS.filter((field) => messageFields?.includes(field) !== true)
      : [],
    answers: quirks.includes("thinking-parts")
      ? MISTRAL_PARTS
      : quirks.includes("functions-only")
      ? TEXTS
      : OPENAI_PARTS,
    oneResult: quirks.includes("results-in-one-text"),
    oneText: quirks.includes("one-text"),
    listsOfUsers: quirks.includes("lists-of-users"),
    fields: messageFields,
  };
}

function fitMessages(draft: Draft, target: EncodeTarget): void {
  const rules = messageRules(target);
  const lost = (name: string) => draft.lost(name);
  const list: readonly Json[] = listOf(draft.body.messages);
  const mapped = mapSame(list, (message) => isRecord(message) ? fitMessage(message, rules, lost) : message);
  const ordered = rules.systemFirst ? systemFirst(mapped) : mapped;
  const placed = alternates(target) ? alternating(ordered) : ordered;
  if (placed !== list) draft.set("messages", placed);
}

function fitMessage(message: Fields, rules: MessageRules, lost: (name: string) => void): Fields {
  let out = message;
  if (rules.noDeveloper && message.role === "developer") out = { ...out, role: "system" };
  if (message.role === "assistant") out = fitWords(out, rules, lost);
  if (message.role === "assistant" && rules.thoughts.some((field) => out[field] !== undefined)) {
    if (rules.thoughts.some((field) => out[field] !== null && out[field] !== undefined)) {
      lost("earlier_reasoning");
    }
    out = withoutKeys(out, rules.thoughts);
  }
  if (rules.fields !== undefined) {
    const { fields } = rules;
    const wrong = Object.keys(out).filter((key) => !fields.includes(key));
    if (wrong.length > 0) {
      for (const key of wrong) if (out[key] !== null) lost(key);
      out = withoutKeys(out, wrong);
    }
  }
  if (rules.noMarks && out.cache_control !== undefined) {
    lost("cache_control");
    out = withoutKeys(out, ["cache_control"]);
  }
  const content = Array.isArray(out.content)
    ? mapSame(out.content, (part) => isRecord(part) ? fitPart(part, rules, lost) : part)
    : out.content;
  if (content !== out.content) out = { ...out, content };
  if (
    rules.oneText || (rules.oneResult && message.role === "tool") ||
    (rules.listsOfUsers && message.role !== "user")
  ) {
    out = inOneText(out);
  }
  return fitIds(out, rules.shortIds);
}

/** An answer's content as the provider reads it: refusals are texts, thoughts go where the provider has no part for them. */
function fitWords(message: Fields, rules: MessageRules, lost: (name: string) => void): Fields {
  const { content, refusal } = message;
  if (typeof refusal === "string" && !rules.answers.has("refusal")) {
    const { refusal: _refusal, ...rest } = message;
    return listOf(content).length > 0 || stringOf(content) !== undefined
      ? rest
      : { ...rest, content: refusal };
  }
  if (!Array.isArray(content) || content.every((part) => rules.answers.has(part?.type))) return message;
  const kept = content.flatMap((part) => {
    if (part?.type === "refusal") return [{ type: "text", text: textOf(part.refusal) }];
    if (part?.type !== "thinking") return [part];
    lost("earlier_reasoning");
    return [];
  });
  return { ...message, content: kept.length === 0 ? null : kept };
}

/** A message's texts as one: some servers read no parts there (https://github.com/strands-agents/harness-sdk/pull/1878). */
function inOneText(message: Fields): Fields {
  const { content } = message;
  const plain = Array.isArray(content) && content.length > 0 &&
    content.every((part) => part?.type === "text" && typeof part.text === "string");
  return plain ? { ...message, content: content.map(({ text }) => text).join("\n") } : message;
}

function fitPart(part: Fields, rules: MessageRules, lost: (name: string) => void): Fields {
  let out = part;
  if (rules.noMarks && part.cache_control !== undefined) {
    lost("cache_control");
    out = withoutKeys(out, ["cache_control"]);
  }
  if (part.type === "file") {
    const words = rules.noFiles ? textOfFile(part.file) : undefined;
    if (words !== undefined) return { type: "text", text: words };
    const id = part.file?.file_id;
    if (rules.noFiles || (typeof id === "string" && !rules.keeps(id))) lost("documents");
  }
  if (rules.noImages && part.type === "image_url") lost("images");
  const url = part.image_url?.url;
  if (rules.noImageUrls && isWebAddress(url)) lost("images");
  if (isMistyped(url)) out = { ...out, image_url: { ...part.image_url, url: typedRight(url) } };
  const detail = part.image_url?.detail;
  // Only Responses knows more details.
  if (typeof detail === "string" && !PLAIN_DETAILS.has(detail)) {
    out = { ...out, image_url: { ...out.image_url, detail: "auto" } };
  }
  return out;
}

/**
 * Marks the end of the system prompt, and the last two messages of the user or a tool, for a Claude model: without marks it
 * reads the whole conversation afresh with every request. A client's own marks stay as they are, alone; a single
 * question without tools is not worth a write.
 */
function placeMarks(draft: Draft, target: EncodeTarget): void {
  const { messages, tools, prompt_cache_key: key, cache_control: own } = draft.body;
  if (!/claude/i.test(target.model) || !Array.isArray(messages) || own !== undefined) return;
  if (listOf(tools).length === 0 && key === undefined) return;
  if (!isLongEnough(target) || messages.some(isMarked) || listOf(tools).some((tool) => tool?.cache_control)) {
    return;
  }
  const marked = new Set<number>();
  const from = messages.findIndex((message) => message?.role !== "system" && message?.role !== "developer");
  if (from > 0) marked.add(from - 1);
  for (let at = messages.length - 1, left = 2; at >= 0 && left > 0; at--) {
    if (messages[at]?.role !== "user" && messages[at]?.role !== "tool") continue;
    marked.add(at);
    left--;
  }
  draft.set(
    "messages",
    mapSame<Json>(messages, (message, at) => marked.has(at) ? withMark(message) : message),
  );
}

const isMarked = (message: Json): boolean =>
  message?.cache_control !== undefined ||
  listOf(message?.content).some((part) => part?.cache_control !== undefined);

/** A message whose last text is marked; the same where it has none. */
function withMark(message: Json): Json {
  const { content } = message;
  if (typeof content === "string") {
    return content === "" ? message : { ...message, content: [{ type: "text", text: content, ...MARK }] };
  }
  const last = listOf(content).findLastIndex((part) => part?.type === "text" && part.text !== "");
  if (last === -1) return message;
  return {
    ...message,
    content: content.map((part: Json, at: number) => at === last ? { ...part, ...MARK } : part),
  };
}

const MARK = { cache_control: { type: "ephemeral" } } as const;

/** The words of a file that is text. */
function textOfFile(file: Json): string | undefined {
  const [, data] = /^data:text\/[^,]*;base64,(.*)$/s.exec(textOf(file?.file_data)) ?? [];
  return data === undefined ? undefined : wordsOf(data, stringOf(file.filename));
}

/** Ids of calls, as short as the provider wants them, the same in a call and in its result. */
function fitIds(message: Fields, short: boolean): Fields {
  const fits = (id: Json) => typeof id !== "string" || (!short && id.length <= LONGEST_ID);
  let out = message;
  if (!fits(message.tool_call_id)) out = { ...out, tool_call_id: callId(message.tool_call_id, short) };
  if (!Array.isArray(message.tool_calls)) return out;
  const calls = mapSame(
    message.tool_calls,
    (call) => fits(call?.id) ? call : withId(call, callId(call.id, short)),
  );
  return calls === message.tool_calls ? out : { ...out, tool_calls: calls };
}

function withId(call: Fields, id: string): Fields {
  return call.id === id ? call : { ...call, id };
}

/** System messages first, as one; a later one among the user's words, marked. */
function systemFirst(messages: readonly Json[]): readonly Json[] {
  const isSystem = (message: Json) => message?.role === "system" || message?.role === "developer";
  const from = messages.findIndex((message) => !isSystem(message));
  const leading = from === -1 ? messages.length : from;
  const rest = messages.slice(leading);
  if (leading < 2 && !rest.some(isSystem)) return messages;
  const later = mapSame(
    rest,
    (message) =>
      isSystem(message) ? { ...message, role: "user", content: reminding(message.content) } : message,
  );
  return [...joined(messages.slice(0, leading)), ...later];
}

function joined(system: readonly Json[]): readonly Json[] {
  const [first, ...more] = system;
  if (more.length === 0) return system;
  const texts = system.map(({ content }) => content);
  const content = texts.every((text) => typeof text === "string")
    ? texts.join("\n\n")
    : texts.flatMap((text) => typeof text === "string" ? [{ type: "text", text }] : listOf(text));
  return [{ ...first, content }];
}
