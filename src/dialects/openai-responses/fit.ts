/** Makes a Responses body fit for a provider and model: what each refuses, renames or needs. */
import { OPENAI_FIELDS } from "../../catalog/data/model-traits.ts";
import { isRecord, listOf, stringOf, textOf } from "../../json/shape.ts";
import type { Json } from "../../model/json.ts";
import type { TargetSettings } from "../../model/target.ts";
import type { EncodeTarget, Fitted } from "../dialect.ts";
import {
  Draft,
  dropRefused,
  type Fields,
  FILLER,
  fitAnswerLimit,
  fitEffort,
  fitSampling,
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
import { cleanSchema, isStrict, standardSchema, toolSchema, withoutKeywords } from "../shared/json-schema.ts";
import { lowerOf } from "../shared/settings.ts";
import { keepsFile } from "../shared/origins.ts";
import { INCLUDE_ENCRYPTED } from "./reasoning.ts";

/** A Responses body for a target. */
export function fitRequest(body: Json, target: EncodeTarget): Fitted {
  if (!isRecord(body)) return { body, dropped: [] };
  const draft = new Draft(body);
  const { tool_choice: choice } = draft.body;
  if (target.quirks.includes("functions-only")) fitChoice(draft, choice);
  if (target.quirks.includes("no-forced-tools") && isForced(draft.body.tool_choice)) {
    draft.set("tool_choice", "auto");
    draft.lost("tool_choice");
  }
  fitFields(draft, target);
  fitReasoning(draft, target);
  fitSettings(draft, target);
  fitTools(draft, target);
  fitFormat(draft, target);
  fitInput(draft, target);
  dropRefused(draft, target);
  return draft.fitted;
}

const isForced = (choice: Json): boolean => choice === "required" || isRecord(choice);

/** Choices that only OpenAI knows, and a choice without tools, which copies refuse (https://github.com/openai/codex/issues/46773). */
function fitChoice(draft: Draft, choice: Json): void {
  const tools = listOf(draft.body.tools);
  if (tools.length === 0 && draft.body.previous_response_id === undefined) {
    draft.set("tool_choice", undefined);
    draft.set("parallel_tool_calls", undefined);
    if (draft.body.tools !== undefined) draft.set("tools", undefined);
  } else if (choice?.type === "allowed_tools") offerAllowed(draft, choice, nameOf);
  else if (isRecord(choice) && choice.type !== "function") {
    // "This tool of yours" is said by offering it alone (https://github.com/router-for-me/CLIProxyAPI/issues/4718).
    const chosen = tools.filter((tool) => tool?.type === choice.type);
    if (chosen.length === 0) return;
    draft.set("tools", chosen);
    draft.set("tool_choice", "required");
  }
}

function fitFields(draft: Draft, target: EncodeTarget): void {
  const { quirks } = target;
  for (const key of traitsOf(target).refusesInResponses ?? []) {
    if (draft.body[key] !== undefined) draft.drop(key);
  }
  if (quirks.includes("functions-only")) draft.drop("client_metadata");
  if (quirks.includes("strict-fields")) {
    for (const key of OPENAI_FIELDS) if (key !== "user" && draft.body[key] !== undefined) draft.drop(key);
  }
  const { text } = draft.body;
  if (isRecord(text) && text.format === undefined && traitsOf(target).textFormat === true) {
    draft.set("text", { ...text, format: { type: "text" } });
  }
  if (!quirks.includes("strict-fields") || !isRecord(text) || text.verbosity === undefined) return;
  draft.set("text", withoutKeys(text, ["verbosity"]));
  draft.lost("verbosity");
}

function fitReasoning(draft: Draft, target: EncodeTarget): void {
  const { reasoning, include } = draft.body;
  if (target.reasoning === false && target.quirks.includes("fixed-sampling")) {
    const kept = listOf(include).filter((one) => one !== INCLUDE_ENCRYPTED);
    if (kept.length < listOf(include).length) draft.set("include", kept.length === 0 ? undefined : kept);
  }
  if (!isRecord(reasoning)) return;
  if (traitsOf(target).efforts?.length === 0) return draft.drop("reasoning");
  const effort = stringOf(reasoning.effort);
  if (effort === undefined) return;
  const word = fitEffort(effort, target);
  if (word === effort) return;
  const { effort: _effort, ...rest } = reasoning;
  draft.set("reasoning", word === undefined ? rest : { ...rest, effort: word });
  draft.lost("reasoning_effort");
}

/** What a body says under its target's settings. */
export function applySettings(
  body: Json,
  { effort, maxTokens, temperature }: TargetSettings,
  target: EncodeTarget,
): Readonly<Record<string, Json>> {
  const asked = typeof body.max_output_tokens === "number" ? body.max_output_tokens : undefined;
  const limit = maxTokens === undefined ? undefined : lowerOf(asked, maxTokens);
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(limit === undefined ? {} : { max_output_tokens: limit }),
    ...(effort === undefined || target.reasoning === false
      ? {}
      : { reasoning: { ...(isRecord(body.reasoning) ? body.reasoning : {}), effort } }),
  };
}

function fitSettings(draft: Draft, target: EncodeTarget): void {
  const { body } = draft;
  fitAnswerLimit(draft, ["max_output_tokens"], target.maxOutput);
  const thinks = body.reasoning?.effort !== "none";
  fitSampling(draft, target, thinks);
  if (!target.quirks.includes("fixed-sampling") || target.reasoning !== true || !thinks) return;
  for (const key of ["temperature", "top_p"]) if (body[key] !== undefined && body[key] !== 1) draft.drop(key);
}

function fitTools(draft: Draft, target: EncodeTarget): void {
  const tools: readonly Json[] = mostTools(uniqueTools(listOf(draft.body.tools), draft), draft, target);
  if (tools.length === 0) return;
  const mapped = mapSame(tools, (tool) => isRecord(tool) ? fitTool(tool, draft, target) : tool);
  if (mapped !== draft.body.tools) draft.set("tools", mapped);
}

function fitTool(tool: Fields, draft: Draft, target: EncodeTarget): Fields {
  if (Array.isArray(tool.tools)) {
    const inner = mapSame(tool.tools, (one) => isRecord(one) ? fitTool(one, draft, target) : one);
    return inner === tool.tools ? tool : { ...tool, tools: inner };
  }
  const { quirks } = target;
  let out = tool;
  if (quirks.includes("no-cache-control") && tool.cache_control !== undefined) {
    draft.lost("cache_control");
    out = withoutKeys(out, ["cache_control"]);
  }
  if (tool.type !== "function") {
    const { serverToolFields: fields } = traitsOf(target);
    return fields === undefined
      ? out
      : withoutKeys(out, Object.keys(out).filter((key) => !fields.includes(key)));
  }
  // Absent parameters are none, which OpenAI takes.
  if (tool.parameters === undefined || tool.parameters === null) {
    return quirks.includes("tools-need-properties") ? { ...out, parameters: toolSchema({}, quirks) } : out;
  }
  const removed = refusedNames(target, "schema_keyword");
  let schema = toolSchema(tool.parameters, quirks);
  if (removed.length > 0) schema = withoutKeywords(schema, new Set(removed));
  if (refusedNames(target, "schema_draft").length > 0) schema = standardSchema(schema);
  const loose = tool.strict === true && (quirks.includes("no-strict-tools") || !isStrict(schema));
  if (loose) draft.lost("strict");
  return schema === tool.parameters && !loose
    ? out
    : { ...out, parameters: schema, ...(loose ? { strict: false } : {}) };
}

function fitFormat(draft: Draft, target: EncodeTarget): void {
  const { text } = draft.body;
  const format = text?.format;
  if (format?.type !== "json_schema") return;
  const { quirks } = target;
  const beside = traitsOf(target).formatBesideTools === false && listOf(draft.body.tools).length > 0;
  if (beside || traitsOf(target).jsonSchema === false || refusedNames(target, "json_schema").length > 0) {
    draft.set(
      "text",
      beside ? withoutKeys(text, ["format"]) : { ...text, format: { type: "json_object" } },
    );
    const { instructions } = draft.body;
    const words = schemaInWords(format.schema);
    draft.set("instructions", typeof instructions === "string" ? `${instructions}\n\n${words}` : words);
    draft.lost("structured_output");
    return;
  }
  let schema = cleanSchema(format.schema, quirks.filter((quirk) => quirk !== "tools-need-properties"));
  schema = withoutKeywords(schema, refusedInAnswers(target));
  if (schema !== format.schema) draft.set("text", { ...text, format: { ...format, schema } });
}

function fitInput(draft: Draft, target: EncodeTarget): void {
  const { input } = draft.body;
  if (!Array.isArray(input)) return;
  const { quirks } = target;
  const noDeveloper = quirks.includes("no-developer-role") ||
    refusedNames(target, "role").includes("developer");
  const noMarks = quirks.includes("no-cache-control");
  const noUrls = quirks.includes("no-image-urls");
  const plain = quirks.includes("no-original-detail");
  const fitPart = (part: Json): Json => {
    if (!isRecord(part)) return part;
    const url = part.image_url;
    if (noUrls && isWebAddress(url)) draft.lost("images");
    const id = stringOf(part.file_id);
    if (id !== undefined && !keepsFile(target, id, "openai")) {
      draft.lost(part.type === "input_image" ? "images" : "documents");
    }
    let out = isMistyped(url) ? { ...part, image_url: typedRight(url) } : part;
    if (noMarks && part.cache_control !== undefined) {
      draft.lost("cache_control");
      out = withoutKeys(out, ["cache_control"]);
    }
    return plain && typeof part.detail === "string" && !PLAIN_DETAILS.has(part.detail)
      ? { ...out, detail: "auto" }
      : out;
  };
  const mapped = mapSame<Json>(input, (item) => {
    if (!isRecord(item)) return item;
    let out = item;
    if (noDeveloper && item.role === "developer") out = { ...out, role: "system" };
    if (item.type === "additional_tools" && Array.isArray(item.tools)) out = fitTool(out, draft, target);
    for (const key of ["content", "output"]) {
      if (!Array.isArray(item[key])) continue;
      const parts = mapSame(item[key], fitPart);
      if (parts !== item[key]) out = { ...out, [key]: parts };
    }
    return out;
  });
  if (mapped !== input) draft.set("input", mapped);
  if (quirks.includes("system-first-only") || refusedNames(target, "system_place").length > 0) {
    systemFirst(draft);
  }
  if (!quirks.includes("ends-with-user") && refusedNames(target, "prefill").length === 0) return;
  const items = listOf(draft.body.input);
  if (items.at(-1)?.role === "assistant") draft.set("input", [...items, { role: "user", content: FILLER }]);
}

const isSystem = (item: Json) => item?.role === "system" || item?.role === "developer";

/** One system text first; a later one among the user's words, marked. */
function systemFirst(draft: Draft): void {
  const { instructions, input } = draft.body;
  const from = input.findIndex((item: Json) => !isSystem(item));
  const leading = from === -1 ? input.length : from;
  const rest: readonly Json[] = input.slice(leading);
  const told = stringOf(instructions) === undefined ? 0 : 1;
  const later = mapSame(
    rest,
    (item) => isSystem(item) ? { ...item, role: "user", content: reminding(item.content) } : item,
  );
  if (leading + told < 2) {
    if (later !== rest) draft.set("input", [...input.slice(0, leading), ...later]);
    return;
  }
  const texts = input.slice(0, leading).map(({ content }: Json) =>
    typeof content === "string"
      ? content
      : listOf(content).map((part) => textOf(part?.text)).filter((text) => text !== "").join("\n\n")
  );
  draft.set("instructions", [...(told === 1 ? [instructions] : []), ...texts].join("\n\n"));
  draft.set("input", later);
}
