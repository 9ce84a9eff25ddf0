/**
 * Makes a Messages body fit for a provider and model: agents write for the model that they ask for, and the proxy may
 * choose one of another generation or maker.
 */
import { isRecord, listOf, numberOf, stringOf, textOf } from "../../json/shape.ts";
import type { Conversation } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import type { HeaderMap } from "../../model/request-facts.ts";
import type { TargetSettings } from "../../model/target.ts";
import type { EncodeTarget, Fitted } from "../dialect.ts";
import {
  BUDGET_SHARE,
  Draft,
  dropRefused,
  type Fields,
  FILLER,
  fitSampling,
  isWebAddress,
  mapSame,
  refusedNames,
  reminding,
  schemaInWords,
  traitsOf,
  uniqueTools,
  withoutKeys,
} from "../shared/fit.ts";
import { isOwn, keepsFile } from "../shared/origins.ts";
import {
  enforceableSchema,
  legalKeys,
  objectSchema,
  standardSchema,
  toolSchema,
  withoutKeywords,
} from "../shared/json-schema.ts";
import { serverToolName } from "../shared/server-tools.ts";
import { IMAGE_TYPES, inPlainWords, isBilling } from "./content.ts";
import { decodeMessages } from "./messages.ts";
import { type ModelTraits, modelTraits } from "./models.ts";
import { lowerOf, withEffort } from "../shared/settings.ts";
import { decodeReasoning, encodeThinkingConfig } from "./reasoning.ts";
import { number } from "./request/decode.ts";
import { encodeMaxTokens, encodeSampling } from "./request/encode.ts";

/** A Messages body for a target. */
export function fitRequest(body: Json, target: EncodeTarget, headers: HeaderMap): Fitted {
  if (!isRecord(body)) return { body, dropped: [] };
  const draft = new Draft(body);
  const traits = modelTraits(target.model);
  if (!target.quirks.includes("billing-block")) dropBilling(draft);
  fitHosted(draft, target);
  fitUserId(draft);
  fitTools(draft, target);
  fitChoice(draft, target, traits);
  fitSettings(draft, target, traits);
  fitFormat(draft, target, traits);
  fitMessages(draft, target, traits);
  if (target.quirks.includes("falling-lifetimes")) fitLifetimes(draft);
  if (target.quirks.includes("four-marks")) fitMarks(draft);
  dropRefused(draft, target);
  const betas = fitBetas(body, draft.body, target, headers);
  return betas === undefined
    ? draft.fitted
    : { ...draft.fitted, headers: { "anthropic-beta": betas === "" ? undefined : betas } };
}

const isClaude = ({ model }: EncodeTarget): boolean => /claude/i.test(model);

/** What Claude Code says for Anthropic's billing. It changes with each conversation, and others' caches go by the prefix. */
function dropBilling(draft: Draft): void {
  const { system } = draft.body;
  if (!Array.isArray(system) || !system.some(isBilling)) return;
  const kept = system.filter((block) => !isBilling(block));
  draft.set("system", kept.length === 0 ? undefined : kept);
}

/** Longer names of the user are refused (https://platform.claude.com/docs/en/api/messages#body-metadata). */
const LONGEST_USER = 256;

function fitUserId(draft: Draft): void {
  const { metadata } = draft.body;
  if (typeof metadata?.user_id !== "string" || metadata.user_id.length <= LONGEST_USER) return;
  draft.set("metadata", { ...metadata, user_id: metadata.user_id.slice(0, LONGEST_USER) });
}

/** The tools that a history calls, for gateways that want them defined where the request offers none. */
function offerCalled(draft: Draft): void {
  if (listOf(draft.body.tools).length > 0) return;
  const names = new Set<string>();
  for (const message of listOf(draft.body.messages)) {
    for (const block of listOf(message?.content)) {
      if (block?.type === "tool_use" && typeof block.name === "string") names.add(block.name);
    }
  }
  if (names.size === 0) return;
  const input_schema = { type: "object", properties: {} };
  draft.set("tools", [...names].map((name) => ({ name, input_schema })));
  draft.set("tool_choice", { type: "none" });
}

function fitTools(draft: Draft, target: EncodeTarget): void {
  if (refusedNames(target, "tools_needed").length > 0) offerCalled(draft);
  const { tools: given } = draft.body;
  if (!Array.isArray(given) || given.length === 0) return;
  const tools = uniqueTools(given, draft);
  const { quirks } = target;
  const removed = refusedNames(target, "schema_keyword");
  const offered = quirks.includes("no-server-tools")
    ? tools.filter((tool) => {
      const name = isRecord(tool) ? serverToolName(tool.type) : undefined;
      if (name !== undefined) draft.lost(name);
      return name === undefined;
    })
    : tools;
  const claude = isClaude(target);
  const plain = quirks.includes("plain-blocks") && !claude;
  const standard = refusedNames(target, "schema_draft").length > 0;
  const mapped = mapSame<Json>(offered.length === tools.length ? tools : offered, (one) => {
    const tool = fitDefinition(one, quirks, plain);
    if (tool?.strict !== one?.strict) draft.lost("strict");
    if (!isRecord(tool) || !isRecord(tool.input_schema)) return tool;
    let schema = toolSchema(openedSchema(tool.input_schema), quirks);
    if (removed.length > 0) schema = withoutKeywords(schema, new Set(removed));
    if (standard) schema = standardSchema(schema);
    if (claude) {
      const legal = legalKeys(schema);
      if (legal !== schema) draft.lost("properties");
      schema = legal;
    }
    return schema === tool.input_schema ? tool : { ...tool, input_schema: schema };
  });
  if (mapped === given) return;
  draft.set("tools", mapped.length === 0 ? undefined : mapped);
  if (mapped.length === 0) draft.set("tool_choice", undefined);
}

/** Types of tools that code may call since this year, on models that run code. */
const CALLED_BY_CODE = /_20(?:2[6-9]|[3-9]\d)\d{4}$/;

/** A tool's definition without what the provider does not know of it; the very same where it knows all. */
function fitDefinition(tool: Json, quirks: readonly string[], plain: boolean): Json {
  if (!isRecord(tool)) return tool;
  let out = plain ? withoutKeys(tool, ["defer_loading"]) : tool;
  // Its own word for what it has no other kind of (https://github.com/decolua/9router/issues/2509).
  if (plain && out.type === "custom") out = withoutKeys(out, ["type"]);
  if (quirks.includes("no-strict-tools") && out.strict === true) out = withoutKeys(out, ["strict"]);
  const byCode = CALLED_BY_CODE.test(textOf(out.type)) || Array.isArray(out.allowed_callers);
  return byCode && quirks.includes("direct-callers") ? { ...out, allowed_callers: ["direct"] } : out;
}

function openedSchema(schema: Fields): Json {
  const isOpen = schema.type === "object" && schema.anyOf === undefined && schema.oneOf === undefined &&
    schema.allOf === undefined;
  return isOpen ? schema : objectSchema(schema);
}

const isForcing = (choice: Json): boolean => choice?.type === "any" || choice?.type === "tool";

/** A word of `thinking` that the model does not know becomes one that it knows, or goes. */
function fitThinkingType(draft: Draft, target: EncodeTarget): void {
  const { thinkingTypes: types } = traitsOf(target);
  const { thinking, max_tokens: limit } = draft.body;
  if (types === undefined || !isRecord(thinking) || types.includes(thinking.type)) return;
  const { type, budget_tokens: _budget, ...rest } = thinking;
  if (type === "enabled" && types.includes("adaptive")) draft.set("thinking", { ...rest, type: "adaptive" });
  else if (type === "adaptive" && types.includes("enabled") && typeof limit === "number") {
    draft.set("thinking", { ...rest, type: "enabled", budget_tokens: Math.floor(limit * BUDGET_SHARE) });
  } else {
    draft.set("thinking", undefined);
    draft.lost("reasoning");
  }
}

function fitChoice(draft: Draft, target: EncodeTarget, { forcedTools }: ModelTraits): void {
  const { tool_choice: choice, thinking } = draft.body;
  if (!isForcing(choice)) return;
  const { forcedTools: when } = traitsOf(target);
  if (!forcedTools || when === "never" || target.quirks.includes("no-forced-tools")) {
    const { name: _name, ...rest } = choice;
    draft.set("tool_choice", { ...rest, type: "auto" });
    draft.lost("tool_choice");
  } else if (when === "without-thinking" && thinking?.type !== "disabled") {
    draft.set("thinking", { type: "disabled" });
    draft.lost("reasoning");
  }
}

const isSet = (value: Json): boolean => value !== undefined && value !== null;

/** Beside thinking (https://platform.claude.com/docs/en/build-with-claude/extended-thinking#feature-compatibility). */
const LEAST_TOP_P = 0.95;

/** Whether a generation of Claude would refuse one of the settings of thinking, sampling and length. */
function refusesSettings(body: Readonly<Fields>, traits: ModelTraits): boolean {
  const { thinking, output_config: config, temperature, top_p, top_k, tool_choice } = body;
  const limit = numberOf(body.max_tokens);
  const { maxOutput, efforts, sampling } = traits;
  if (maxOutput !== undefined && (limit ?? 0) > maxOutput) return true;
  if (isRecord(thinking) && !takesThinking(thinking.type, traits)) return true;
  const thinks = thinking?.type === "enabled" || thinking?.type === "adaptive";
  if (thinks && (numberOf(top_p) ?? 1) < LEAST_TOP_P) return true;
  if (thinks && (isForcing(tool_choice) || isSet(top_k) || (isSet(temperature) && temperature !== 1))) {
    return true;
  }
  // Others think without a budget (https://github.com/experientiallabs/experiential/pull/905).
  if (
    thinking?.type === "enabled" && !((numberOf(thinking.budget_tokens) ?? Infinity) < (limit ?? Infinity))
  ) {
    return true;
  }
  if (typeof config?.effort === "string" && !efforts.includes(config.effort)) return true;
  if (sampling === "all") return false;
  if (sampling === "one") return isSet(temperature) && isSet(top_p);
  return isSet(top_k) || (isSet(temperature) && temperature !== 1) || (isSet(top_p) && top_p !== 1);
}

function takesThinking(type: unknown, { thinking, thinkingOff }: ModelTraits): boolean {
  switch (type) {
    case "enabled":
      return thinking === "budget" || thinking === "both";
    case "adaptive":
      return thinking === "adaptive" || thinking === "both";
    case "disabled":
      return thinkingOff === "absent" || thinkingOff === "disabled";
    case "between_tools":
      return thinkingOff === "between_tools";
    default:
      return true;
  }
}

function fitSettings(draft: Draft, target: EncodeTarget, traits: ModelTraits): void {
  fitSampling(draft, target, draft.body.thinking?.type !== "disabled");
  fitThinkingType(draft, target);
  const refused = refusedNames(target, "effort");
  const { body } = draft;
  if (isClaude(target) && refusesSettings(body, traits)) rewriteSettings(draft, target, traits);
  const effort = stringOf(body.output_config?.effort);
  if (effort !== undefined && refused.includes(effort)) {
    const rest = withoutKeys(body.output_config, ["effort"]);
    draft.set("output_config", Object.keys(rest).length === 0 ? undefined : rest);
    draft.lost("reasoning_effort");
  }
}

/** The settings as the encoder of translated requests writes them for this model. */
function rewriteSettings(draft: Draft, target: EncodeTarget, traits: ModelTraits): void {
  const { body } = draft;
  const lost = (field: string) => draft.lost(field);
  const config = isRecord(body.output_config) ? body.output_config : {};
  const asked: Conversation = {
    dialect: "anthropic-messages",
    model: target.model,
    stream: false,
    messages: decodeMessages(body),
    tools: [],
    serverTools: [],
    extensions: {},
    ...number("maxTokens", body.max_tokens),
    ...number("temperature", body.temperature),
    ...number("topP", body.top_p),
    ...number("topK", body.top_k),
    ...decodeReasoning(body.thinking, config.effort),
  };
  const maxTokens = encodeMaxTokens(asked, target, traits, lost);
  const forced = isForcing(body.tool_choice);
  const { thinking, effort, on } = encodeThinkingConfig(asked, { target, traits, maxTokens, forced, lost });
  if (body.max_tokens !== undefined) draft.set("max_tokens", maxTokens);
  if (isRecord(body.thinking)) draft.set("thinking", thinking);
  if (config.effort !== effort) {
    const { effort: _effort, ...rest } = config;
    const next = effort === undefined ? rest : { ...rest, effort };
    draft.set("output_config", Object.keys(next).length === 0 ? undefined : next);
    if (config.effort !== undefined) lost("reasoning_effort");
  }
  const sampling = encodeSampling(asked, traits, on, lost);
  for (const key of ["temperature", "top_p", "top_k"]) if (isSet(body[key])) draft.set(key, sampling[key]);
  if (!on) dropThinkingEdits(draft);
}

/** What a body says under its target's settings. */
export function applySettings(
  body: Json,
  settings: TargetSettings,
  target: EncodeTarget,
): Readonly<Record<string, Json>> {
  const { effort, temperature } = settings;
  const traits = modelTraits(target.model);
  const max = lowerOf(typeof body.max_tokens === "number" ? body.max_tokens : undefined, settings.maxTokens);
  const edits: Record<string, Json> = max === undefined ? {} : { max_tokens: max };
  if (effort !== undefined) {
    const asked: Conversation = {
      dialect: "anthropic-messages",
      model: target.model,
      stream: false,
      // Only a budget for thinking depends on what came before.
      messages: traits.thinking === "budget" ? decodeMessages(body) : [],
      tools: [],
      serverTools: [],
      extensions: {},
      reasoning: withEffort(decodeReasoning(body.thinking, undefined).reasoning, effort),
    };
    const maxTokens = max ?? encodeMaxTokens(asked, target, traits, () => {});
    const rules = { target, traits, maxTokens, forced: isForcing(body.tool_choice), lost: () => {} };
    const { thinking, effort: word } = encodeThinkingConfig(asked, rules);
    const { effort: _effort, ...rest } = isRecord(body.output_config) ? body.output_config : {};
    const config = word === undefined ? rest : { ...rest, effort: word };
    edits.thinking = thinking;
    edits.output_config = Object.keys(config).length === 0 ? undefined : config;
  }
  if (temperature !== undefined) {
    const type = "thinking" in edits ? edits.thinking?.type : body.thinking?.type;
    const thinks = type === "enabled" || type === "adaptive";
    if (traits.sampling !== "none" && !thinks) edits.temperature = Math.min(temperature, 1);
  }
  return edits;
}

/** Clearing thinking is refused where there is none. */
function dropThinkingEdits(draft: Draft): void {
  const management = draft.body.context_management;
  if (!isRecord(management) || !Array.isArray(management.edits)) return;
  const edits = management.edits.filter((edit) => !textOf(edit?.type).startsWith("clear_thinking"));
  if (edits.length === management.edits.length) return;
  if (edits.length > 0) return draft.set("context_management", { ...management, edits });
  draft.set("context_management", undefined);
  draft.lost("context_management");
}

function fitFormat(draft: Draft, target: EncodeTarget, { structured }: ModelTraits): void {
  const { output_config: config, output_format: old, system, tools } = draft.body;
  const format = isRecord(config) && isRecord(config.format)
    ? config.format
    : isRecord(old)
    ? old
    : undefined;
  if (format?.type !== "json_schema") return;
  // A grammar that is too large is that of strict tools, or else the answer's.
  const tooLarge = target.quirks.includes("no-strict-tools") &&
    !listOf(tools).some((tool) => tool?.strict === true);
  const refused = tooLarge || refusedNames(target, "json_schema").length > 0 ||
    (isClaude(target) ? !structured : traitsOf(target).jsonSchema === false);
  if (!refused) return fitAnswerSchema(draft, target, format);
  draft.set("output_format", undefined);
  if (isRecord(config)) {
    const rest = withoutKeys(config, ["format"]);
    draft.set("output_config", Object.keys(rest).length === 0 ? undefined : rest);
  }
  const words = { type: "text", text: schemaInWords(format.schema) };
  const before = typeof system === "string" ? [{ type: "text", text: system }] : listOf(system);
  draft.set("system", [...before, words]);
  draft.lost("structured_output");
}

/** An answer's schema without the keywords that were refused. */
function fitAnswerSchema(draft: Draft, target: EncodeTarget, format: Fields): void {
  if (refusedNames(target, "schema_keyword").length === 0) return;
  const next = { ...format, schema: enforceableSchema(format.schema) };
  if (draft.body.output_format === format) draft.set("output_format", next);
  else draft.set("output_config", { ...draft.body.output_config, format: next });
}

/** The parts of a request that carry cache marks, in the order in which Anthropic reads them. */
const MARKED = ["tools", "system", "messages"] as const;

/** What carries a cache mark, changed; the very same value where nothing is. */
function withMarks(value: Json, change: (marked: Fields, mark: Fields) => Fields): Json {
  if (Array.isArray(value)) return mapSame<Json>(value, (one) => withMarks(one, change));
  if (!isRecord(value)) return value;
  const content = Array.isArray(value.content) ? withMarks(value.content, change) : value.content;
  const out = content === value.content ? value : { ...value, content };
  return isRecord(value.cache_control) ? change(out, value.cache_control) : out;
}

/** Marks that live for an hour before those of five minutes. */
function fitLifetimes(draft: Draft): void {
  let short = false;
  const fit = (marked: Fields, mark: Fields) => {
    if (mark.ttl !== "1h") short = true;
    return short && mark.ttl === "1h" ? { ...marked, cache_control: withoutKeys(mark, ["ttl"]) } : marked;
  };
  for (const part of MARKED) draft.set(part, withMarks(draft.body[part], fit));
}

/** Anthropic's most; a later mark holds all that is before it. */
const MOST_MARKS = 4;

function fitMarks(draft: Draft): void {
  let marks = 0;
  const count = (marked: Fields) => (marks++, marked);
  for (const part of MARKED) withMarks(draft.body[part], count);
  const fit = (marked: Fields) => marks-- > MOST_MARKS ? withoutKeys(marked, ["cache_control"]) : marked;
  for (const part of MARKED) draft.set(part, withMarks(draft.body[part], fit));
}

function fitMessages(draft: Draft, target: EncodeTarget, { laterSystem, prefill }: ModelTraits): void {
  const { messages } = draft.body;
  if (!Array.isArray(messages)) return;
  const { quirks } = target;
  if (quirks.includes("no-image-urls") && messages.some(hasImageAddress)) draft.lost("images");
  const folds = !laterSystem || quirks.includes("system-first-only") ||
    refusedNames(target, "system_place").length > 0;
  if (folds && messages.some(isSystem)) draft.set("messages", folded(messages));
  fitContents(draft, target);
  for (const message of listOf(draft.body.messages)) {
    for (const block of blocksIn(message)) fitSource(block, draft, target);
  }
  const ends = (isClaude(target) ? !prefill : quirks.includes("ends-with-user")) ||
    refusedNames(target, "prefill").length > 0;
  if (!ends || messages.at(-1)?.role !== "assistant") return;
  draft.set("messages", [...listOf(draft.body.messages), { role: "user", content: FILLER }]);
}

/** Blocks in the form in which the target reads them. */
function fitContents(draft: Draft, target: EncodeTarget): void {
  const claude = isClaude(target);
  const plain = !claude && target.quirks.includes("plain-blocks");
  const { wordsOrThinking } = traitsOf(target);
  const textResults = target.quirks.includes("text-results");
  const textFailures = target.quirks.includes("text-failures");
  if (!claude && !plain && !textResults) return;
  const change = !claude
    ? plain ? inPlainWords : same
    : target.quirks.includes("known-references")
    ? withKnownReference(draft.body.tools)
    : withTrueType;
  const messages = mapSame<Json>(listOf(draft.body.messages), (message) => {
    if (!Array.isArray(message?.content)) return message;
    const changed = mapSame<Json>(message.content, (block) => {
      if (block?.type !== "tool_result" || !Array.isArray(block.content)) return change(block);
      const inner = mapSame<Json>(block.content, change);
      return inner === block.content ? block : { ...block, content: inner };
    });
    const content = withMediaBehind(
      changed,
      (result) => textResults || (textFailures && result.is_error === true),
    );
    const kept = wordsOrThinking === true ? wordsOrThinkingIn(content, draft) : content;
    return kept === message.content ? message : { ...message, content: kept };
  });
  draft.set("messages", messages);
}

const same = (block: Json): Json => block;

/** Images as what they are, and references to tools that are gone as text. */
function withKnownReference(tools: Json): (block: Json) => Json {
  const known = new Set(listOf(tools).map((tool) => tool?.name));
  return (block) =>
    block?.type === "tool_reference" && !known.has(block.tool_name)
      ? inPlainWords(block)
      : withTrueType(block);
}

const isMedia = (part: Json): boolean => part?.type === "image" || part?.type === "document";

/** The images and files of such results behind all results of the message; the very same list where there are none. */
function withMediaBehind(content: readonly Json[], moves: (result: Fields) => boolean): readonly Json[] {
  const moved: Json[] = [];
  const out = mapSame<Json>(content, (block) => {
    if (block?.type !== "tool_result" || !Array.isArray(block.content) || !moves(block)) return block;
    const media = block.content.filter(isMedia);
    if (media.length === 0) return block;
    moved.push(
      { type: "text", text: `[From the result of tool call ${textOf(block.tool_use_id)}:]` },
      ...media,
    );
    const follow = media.length === 1 ? "[An attachment follows.]" : `[${media.length} attachments follow.]`;
    const texts = block.content.filter((part: Json) => !isMedia(part));
    return { ...block, content: [...texts, { type: "text", text: follow }] };
  });
  if (moved.length === 0) return content;
  const last = out.findLastIndex((block) => block?.type === "tool_result");
  return [...out.slice(0, last + 1), ...moved, ...out.slice(last + 1)];
}

/** A template that takes one of the two beside calls keeps the words. */
function wordsOrThinkingIn(content: readonly Json[], draft: Draft): readonly Json[] {
  const types = new Set(content.map((block) => block?.type));
  if (!types.has("tool_use") || !types.has("text") || !types.has("thinking")) return content;
  draft.lost("earlier_reasoning");
  return content.filter((block) => block?.type !== "thinking");
}

/** How files of each type begin, in base64. */
const BEGINNINGS: readonly (readonly [begin: string, type: string])[] = [
  ["/9j/", "image/jpeg"],
  ["iVBORw0KGgo", "image/png"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"],
];

/** An image under the type that it has: Claude refuses others, which many providers take (https://github.com/BerriAI/litellm/issues/24900). */
function withTrueType(block: Json): Json {
  const source = block?.type === "image" && block.source?.type === "base64" ? block.source : undefined;
  if (typeof source?.data !== "string") return block;
  const [, type] = BEGINNINGS.find(([begin]) => source.data.startsWith(begin)) ?? [];
  return type === undefined || type === source.media_type
    ? block
    : { ...block, source: { ...source, media_type: type } };
}

/** The blocks of a message, and those within results. */
const blocksIn = (message: Json): readonly Json[] =>
  listOf(message?.content).flatMap((block) =>
    block?.type === "tool_result" ? listOf(block.content) : [block]
  );

/** Images of any kind where none are taken, and files that are kept elsewhere. */
function fitSource(block: Json, draft: Draft, target: EncodeTarget): void {
  if (traitsOf(target).images === false) {
    if (block?.type === "image") draft.lost("images");
    if (block?.type === "document" && block.source?.type !== "text") draft.lost("documents");
  }
  const { type, media_type: media } = block?.type === "image" ? block.source ?? {} : {};
  if (type === "base64" && isClaude(target) && !IMAGE_TYPES.has(media)) draft.lost("images");
  const id = block?.type === "container_upload" ? block.file_id : block?.source?.file_id;
  if (typeof id === "string" && !keepsFile(target, id, "messages")) {
    draft.lost(block.type === "image" ? "images" : "documents");
  }
}

/** Containers and remote servers of tools, where the provider has none, or another one's. */
function fitHosted(draft: Draft, target: EncodeTarget): void {
  const { container } = draft.body;
  if (target.quirks.includes("no-server-tools")) {
    draft.drop("container");
    draft.drop("mcp_servers");
    return;
  }
  const id = isRecord(container) ? container.id : container;
  if (typeof id !== "string" || isOwn(target, id, "account") !== false) return;
  const rest = isRecord(container) ? withoutKeys(container, ["id"]) : {};
  draft.set("container", Object.keys(rest).length === 0 ? undefined : rest);
  draft.lost("container");
}

/** An image by its address, also in a tool's result. */
function hasImageAddress(message: Json): boolean {
  return listOf(message?.content).some((block) =>
    isWebAddress(block?.source?.url) || (block?.type === "tool_result" && hasImageAddress(block))
  );
}

const isSystem = (message: Json): boolean => message?.role === "system";

/** System messages among the user's words, marked. Results of tools stay first in their message. */
function folded(messages: readonly Json[]): readonly Json[] {
  const out: Json[] = [];
  let held: Json[] = [];
  for (const message of messages) {
    if (!isSystem(message)) {
      const waits = held.length > 0 && message?.role === "user";
      out.push(waits ? { ...message, content: [...blocks(message.content), ...held] } : message);
      if (waits) held = [];
      continue;
    }
    const content = reminding(message.content);
    if (out.at(-1)?.role === "assistant") held.push(...blocks(content));
    else out.push({ ...message, role: "user", content });
  }
  if (held.length > 0) out.push({ role: "user", content: held });
  return out;
}

const blocks = (content: Json): readonly Json[] =>
  typeof content === "string" ? [{ type: "text", text: content }] : listOf(content);

/** The beta that a field needs, by the beginning of its name: it goes with the field. */
const BETAS: readonly (readonly [beta: string, has: (body: Readonly<Fields>) => boolean])[] = [
  ["context-management-", ({ context_management }) => context_management !== undefined],
  ["effort-", ({ output_config }) => output_config?.effort !== undefined],
  [
    "structured-outputs-",
    ({ output_config, output_format }) => output_config?.format !== undefined || output_format !== undefined,
  ],
  ["fast-mode-", ({ speed }) => speed !== undefined],
  ["mcp-client-", ({ mcp_servers }) => mcp_servers !== undefined],
  ["dangerous-tool-use-", ({ safeguards }) => safeguards !== undefined],
];

/** The `anthropic-beta` header for what is left of a body; undefined: as the client sent it. */
function fitBetas(
  before: Fields,
  after: Readonly<Fields>,
  target: EncodeTarget,
  headers: HeaderMap,
): string | undefined {
  const asked = headers["anthropic-beta"];
  if (asked === undefined || asked === "") return undefined;
  const refused = refusedNames(target, "beta");
  if (before === after && refused.length === 0) return undefined;
  const gone = BETAS.filter(([, has]) => has(before) && !has(after)).map(([beta]) => beta);
  const values = asked.split(",").map((value) => value.trim());
  const kept = values.filter((value) =>
    !refused.includes(value) && !gone.some((beta) => value.startsWith(beta))
  );
  return kept.length === values.length ? undefined : kept.join(",");
}
