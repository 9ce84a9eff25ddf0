/**
 * What a refusal teaches: the one optional thing that a provider names in it. Data: each row is a form in which providers
 * say it. What a request cannot do without is never taken out, whatever a refusal says.
 */
import type { Quirk } from "../../catalog/quirks.ts";
import type { Lesson } from "../../dialects/dialect.ts";
import type { FailureClass } from "../../model/failure.ts";
import type { Failure } from "../failure/failure.ts";

/** Fields that carry the request itself. */
const NEEDED: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "input",
  "system",
  "instructions",
  "tools",
  "functions",
  "stream",
  "role",
  "content",
  "text",
  "type",
  "name",
  "id",
  "function",
  "arguments",
  "parameters",
  "input_schema",
  "tool_calls",
  "tool_call_id",
  "tool_use_id",
  "call_id",
  "thinking",
  "signature",
  "data",
  "source",
  "image_url",
  "url",
  "output",
  "tool_choice",
  "max_tokens",
  "max_completion_tokens",
  "max_output_tokens",
  "previous_response_id",
  "conversation",
  "encrypted_content",
]);

/** Settings whose words differ between providers: a refused value is replaced, not the field. */
const EFFORTS: ReadonlySet<string> = new Set([
  "reasoning_effort",
  "reasoning.effort",
  "output_config.effort",
]);

/** Keywords that a JSON schema can do without, at the cost of a limit that nothing checks. */
const SCHEMA_KEYWORDS: ReadonlySet<string> = new Set([
  "$schema",
  "$id",
  "$comment",
  "additionalProperties",
  "unevaluatedProperties",
  "patternProperties",
  "propertyNames",
  "minProperties",
  "maxProperties",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "uniqueItems",
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "pattern",
  "format",
  "default",
  "examples",
  "example",
  "title",
  "deprecated",
  "readOnly",
  "writeOnly",
  "contentEncoding",
  "contentMediaType",
]);

/** What a definition of a tool cannot do without. */
const NEEDED_OF_TOOLS: ReadonlySet<string> = new Set([
  "name",
  "type",
  "function",
  "parameters",
  "input_schema",
  "description",
]);

/** Of paths: `tools[0].function`, `body.store`, `messages.1.content.0.text.citations`. */
const PATH = "[\\w$.\\[\\]-]+";
const QUOTE = "['\"`]";

const path = (form: string): RegExp =>
  new RegExp(form.replaceAll("Q", QUOTE).replaceAll("PATH", `(${PATH})`), "i");

/** Forms that name a field. The first group is its path. */
const FIELDS: readonly RegExp[] = [
  path(
    "(?:unsupported|unknown|unrecognized|unexpected|invalid) (?:request )?(?:parameter|argument|field|property|key)s?(?: supplied)?:? QPATHQ",
  ),
  path(
    "(?:unrecognized request argument|unsupported parameter|unknown parameter|unknown field|argument not supported(?: on this model)?)(?: supplied)?: PATH",
  ),
  path("extra inputs are not permitted, field: QPATHQ"),
  path("(?:^|[\\s;(\\[])PATH: extra inputs are not permitted"),
  path("property QPATHQ is unsupported"),
  path('unknown name "([^"]+)"'),
  path("unexpected keyword argument QPATHQ"),
  path("\\(QPATHQ was unexpected\\)"),
  path("(?:does|do) not support (?:the )?(?:parameter|argument|field)? ?QPATHQ"),
  path("(?:does|do) not support (?:the )?(?:parameter|argument|field) PATH"),
  path("QPATHQ (?:is|are) (?:not supported|unsupported|not permitted|not allowed|deprecated for this model)"),
  path("unsupported value: QPATHQ does not support"),
  path("the PATH parameter is not supported"),
  path("(?:field|parameter|argument) QPATHQ (?:is|are) not"),
];

/** What a refusal says of a provider as a whole: the quirk that its data would have. */
const QUIRK_WORDS: readonly (readonly [form: RegExp, quirk: Quirk])[] = [
  // https://github.com/QwenLM/qwen-code/issues/7659, https://github.com/deepseek-ai/awesome-deepseek-integration/issues/606
  [
    /tool[_ ]choice[^.]{0,80}(?:thinking|required or object|incompatible)|(?:does|do) not support this tool_choice|tool_choice['"`]? is not supported/i,
    "no-forced-tools",
  ],
  // https://github.com/danny-avila/LibreChat/issues/13366, https://github.com/borawong/AiMaMi/issues/10
  [
    /(?:reasoning_content|content\[\]\.thinking)[`'"]?[^.]{0,60}(?:must be passed back|is missing|missing in)|missing [`'"]?reasoning_content/i,
    "reasoning-content",
  ],
  // https://ai.google.dev/gemini-api/docs/thought-signatures
  [/missing a thought_signature/i, "thought-signatures"],
  // https://github.com/aliou/pi-neuralwatt/issues/12
  [/unexpected role ['"`]?(?:user|system)['"`]? after role ['"`]?tool/i, "answer-after-results"],
  // https://github.com/vllm-project/vllm/issues/25108
  [/only supports single tool-?calls? at once|only one tool call is (?:allowed|supported)/i, "one-call"],
  // https://github.com/openai/codex/issues/8174
  [
    /function\.name['"`]?: string (?:does not match|too long)|invalid function name[^.]{0,40}must (?:be|start)|function name is invalid/i,
    "plain-names",
  ],
  // https://github.com/anomalyco/opencode/issues/1680
  [
    /must be a-z, A-Z, 0-9, with a length of 9|tool_calls?\[\d+\]\.id['"`]?: string too long/i,
    "short-call-ids",
  ],
  // https://github.com/CommandCodeAI/command-code/issues/566, https://github.com/MoonshotAI/kimi-cli/issues/2061
  [
    /schema[^]{0,80}\$(?:ref|defs)\b|\$(?:ref|defs)['"`]? (?:is|are) (?:not supported|unsupported)/i,
    "gemini-schemas",
  ],
  // https://github.com/earendil-works/pi/pull/1574
  [/content as a list is only supported for user messages/i, "lists-of-users"],
  // https://github.com/modelscope/modelscope/issues/1478, https://github.com/router-for-me/CLIProxyAPI/issues/3056
  [
    /content field'?s type should be [`'"]?str|expected str instance, list found|messages?\S{0,20}content must be a string/i,
    "one-text",
  ],
  // https://github.com/langchain4j/langchain4j/issues/3974
  [/enable_thinking must be set to false for non-streaming/i, "thinks-in-streams"],
  // https://github.com/lmstudio-ai/localization/issues/425
  [/only text tool_result blocks are supported/i, "text-results"],
  // https://github.com/vellum-ai/vellum-assistant/pull/18387
  [/must be type ['"`]text['"`] if ['"`]?is_error/i, "text-failures"],
  // https://github.com/aaif-goose/goose/pull/11263, https://github.com/openai/codex/issues/3451
  [
    /input\[\d+\]\S{0,30} missing required field|missing required (?:parameter|field|property):? ['"`]input\[\d+\]\.(?:id|status|type|summary|content\[\d+\]\.annotations)\b|required property ['"`](?:annotations|status|summary)['"`] is missing|field required: status|\('body', 'input'.{0,400}(?:status|annotations|summary)'\), 'msg': 'Field required'/is,
    "whole-items",
  ],
  // https://github.com/vercel/ai/issues/20180
  [/invalid value: ''\. supported values are:[^.]{0,200}'message'/i, "typed-items"],
  // https://github.com/openai/codex/issues/5990
  [/provided without its required ['"`]reasoning['"`] item/i, "no-item-ids"],
  // https://github.com/anthropics/anthropic-sdk-python/issues/1185
  [/compiled grammar is too large|too many strict tools/i, "no-strict-tools"],
  // https://github.com/mangowhoiscloud/geode/pull/460
  [/does not support programmatic tool calling/i, "direct-callers"],
  // https://github.com/anthropics/claude-code/issues/81863
  [/tool reference ['"`][^'"`]+['"`] not found/i, "known-references"],
  // https://github.com/earendil-works/pi/issues/5718
  [/ttl='1h' cache_control block must not come after/i, "falling-lifetimes"],
  // https://github.com/griffinmartin/opencode-claude-auth/issues/121
  [/maximum of 4 blocks with cache_control/i, "four-marks"],
];

/** A tool that the provider would run, and that the model does not have (https://github.com/caozhiyuan/copilot-api/issues/220). */
const SERVER_TOOL =
  /\btool ['"`]?(image_generation|web_search\w*|file_search|code_interpreter|computer\w*|mcp|tool_search)['"`]? is not supported/i;

/** A text that is too long for its field (https://github.com/nanbingxyz/5ire/issues/33). */
const TOO_LONG = path(
  "invalid QPATHQ: string too long\\. expected a string with maximum length (\\d+)",
);

/** Fields at the top that may be cut. */
const CUT: ReadonlySet<string> = new Set(["prompt_cache_key", "safety_identifier", "user"]);

/** A keyword of schemas that is refused by its name alone (https://github.com/i-am-bee/beeai-framework/issues/1215). */
const KEYWORD = /(?:^|[\s:/,'"`])([a-z]\w+)['"`]?(?:, \w+)* (?:is|are) not supported/gi;

/** https://github.com/earendil-works/pi/issues/6587 */
const BROKEN_SCHEMA = /schema[^.]{0,80}(?:is not of type|violation)/i;

/** Forms that name a role. */
const DEVELOPER =
  /(?:unknown variant|unexpected|invalid|unsupported|unrecognized)[^.]{0,40}\bdeveloper\b|\bdeveloper\b[^.]{0,60}(?:not supported|not allowed|is not one of|does not match)|unexpected message role|incorrect role information/i;

const SYSTEM_PLACE =
  /system (?:message|role|prompt)s? (?:must|should|can only|may only|has to|have to) (?:be|come|appear)[^.]{0,30}(?:begin|first|start)|unexpected role ["'`]system["'`]|invalid message role: system/i;

const ALTERNATE = /roles must alternate/i;

/** https://github.com/ggml-org/llama.cpp/issues/20861, https://platform.claude.com/docs/en/about-claude/models/migration-guide */
const PREFILL =
  /expected last role user or tool|assistant (?:message |response )?prefill|(?:conversation|request)s? (?:must|should) end with a user/i;

/** https://github.com/HolmesGPT/holmesgpt/pull/2214; LiteLLM before Bedrock and Anthropic. */
const TOOLS_NEEDED =
  /must define tools|(?:without|expects the|pass) [`'"]?tools=[`'"]? ?param|toolConfig field must be defined/i;

/** https://github.com/Dokploy/mcp/issues/74 */
const SCHEMA_DRAFT = /must match JSON Schema draft (\d{4}-\d{2})/i;

/** The most tokens that an answer may have: `supports at most 32768 completion tokens`, `the valid range of max_tokens is [1, 8192]`. */
const LIMITS = [
  /max_(?:completion_|output_)?tokens: \d+ > (\d+), which is the maximum/i,
  // https://github.com/yiliqi78/TOKENICODE/issues/3, https://github.com/anomalyco/opencode/issues/40770
  /max_(?:completion_|output_)?tokens[^]{0,90}expected a value <= (\d+)/i,
  /range of max_(?:completion_|output_)?tokens should be \[\d+, ?(\d+)\]/i,
  /max_(?:completion_|output_)?tokens[`'"]? must be at most (\d+)/i,
  /max_(?:completion_|output_)?tokens[^.]*\. ?This model supports at most (\d+)/i,
  /max_(?:completion_|output_)?tokens[`'"]? must be less than or equal to [`'"]?(\d+)/i,
  /range of max_(?:completion_|output_)?tokens is \[\d+, ?(\d+)\]/i,
] as const;

const JSON_SCHEMA =
  /response_format[^.]{0,60}(?:unavailable|not support|unsupported|is not available|invalid type)|(?:not support|unsupported)[^.]{0,60}(?:response format|response_format|json_schema)|response_format\.type[^.]{0,60}(?:should be|must be|json_object)/i;

/** https://github.com/openai/openai-openapi/issues/541 */
const TOOLS_WHILE_THINKING = /tools with [`'"]?reasoning_effort[`'"]? are not supported/i;

const BETA = /unexpected value\(s\) [`'"]([\w-]+)[`'"] for the [`'"]anthropic-beta[`'"] header/i;

const RENAME =
  /['"`]?(\bmax_tokens|\bmax_completion_tokens)['"`]? (?:is|parameter is)? ?not supported[^.]*\.? (?:please )?use ['"`](\w+)['"`] instead/i;

/** An effort that is refused as a value, not as a field. */
const EFFORT_VALUE = [
  /unsupported value: ['"`](\w+)['"`] is not supported with/i,
  /unknown variant ['"`](none|minimal|low|medium|high|xhigh|max|ultra)['"`]/i,
  /invalid (?:reasoning|reasoning[_ ]effort|effort)(?: value)?:? ['"`]?(\w+)/i,
  /(?:reasoning_effort|reasoning\.effort|effort)\b[^.]{0,80}['"`](none|minimal|low|medium|high|xhigh|max|ultra)['"`]/i,
] as const;

const STATUSES: ReadonlySet<number> = new Set([400, 422, 500]);

/** Classes of refusals that may name one optional thing. */
const TEACHING: ReadonlySet<FailureClass> = new Set(["bad_request", "unsupported", "server_error"]);

/** What a failure teaches; undefined: nothing optional is named. */
export function lessonOf(failure: Failure): Lesson | undefined {
  const { class: kind, status, param } = failure;
  if (!TEACHING.has(kind)) return undefined;
  if (status === undefined || !STATUSES.has(status)) return undefined;
  const message = failure.message.slice(0, 2000);
  const [, from, to] = RENAME.exec(message) ?? [];
  if (from !== undefined && to !== undefined && from !== to) return { kind: "rename", name: from, to };
  const beta = BETA.exec(message)?.[1];
  if (beta !== undefined) return { kind: "beta", name: beta };
  const quirk = QUIRK_WORDS.find(([form]) => form.test(message))?.[1];
  if (quirk !== undefined) return { kind: "quirk", name: quirk };
  if (ALTERNATE.test(message)) return { kind: "alternate", name: "roles" };
  if (SYSTEM_PLACE.test(message)) return { kind: "system_place", name: "system" };
  if (DEVELOPER.test(message)) return { kind: "role", name: "developer" };
  const most = LIMITS.map((form) => form.exec(message)?.[1]).find((one) => one !== undefined);
  if (most !== undefined) return { kind: "limit", name: "max_tokens", to: most };
  const standard = SCHEMA_DRAFT.exec(message)?.[1];
  if (standard !== undefined) return { kind: "schema_draft", name: standard };
  const tool = SERVER_TOOL.exec(message)?.[1];
  if (tool !== undefined) return { kind: "server_tool", name: tool };
  const long = lengthLesson(message);
  if (long !== undefined) return long;
  if (PREFILL.test(message)) return { kind: "prefill", name: "assistant" };
  if (TOOLS_NEEDED.test(message)) return { kind: "tools_needed", name: "tools" };
  if (status === 500) return undefined; // every other 500 is the server's own
  if (TOOLS_WHILE_THINKING.test(message)) return { kind: "tools_while_thinking", name: "reasoning_effort" };
  const keyword = refusedKeyword(message);
  if (keyword !== undefined) return { kind: "schema_keyword", name: keyword };
  if (BROKEN_SCHEMA.test(message)) return { kind: "schema_draft", name: "2020-12" };
  if (JSON_SCHEMA.test(message)) return { kind: "json_schema", name: "json_schema" };
  const effort = refusedEffort(message, param);
  if (effort !== undefined) return { kind: "effort", name: effort };
  return settingLesson(message) ?? fieldLesson(namedField(failure, message));
}

/**
 * A setting that has one value alone, or goes with no other (https://github.com/shandianshuo/shandianshuo-releases/issues/13,
 * https://github.com/aws-samples/bedrock-access-gateway/issues/191).
 */
const SETTING = [
  /[`'"]?(temperature|top_p)[`'"]?[:,]? (?:must be|may only be set to|only) 1\b/i,
  /invalid (temperature|top_p): only/i,
  /[`'"]?temperature[`'"]? and [`'"]?(top_p)[`'"]? cannot both/i,
  /^(parallel)[_ ]tool calls are not supported/i,
] as const;

function settingLesson(message: string): Lesson | undefined {
  for (const form of SETTING) {
    const name = form.exec(message)?.[1]?.toLowerCase();
    if (name !== undefined) {
      return { kind: "field", name: name === "parallel" ? "parallel_tool_calls" : name };
    }
  }
  return undefined;
}

/** The field that holds too long a text, where it may be cut. */
function lengthLesson(message: string): Lesson | undefined {
  const [, named = "", to] = TOO_LONG.exec(message) ?? [];
  if (to === undefined) return undefined;
  const steps = stepsOf(named);
  const [root = ""] = steps;
  const key = steps.at(-1);
  if (steps.length === 1) return CUT.has(root) ? { kind: "length", name: root, to } : undefined;
  return root === "tools" && key === "description"
    ? { kind: "length", name: "tools.description", to }
    : undefined;
}

/** A keyword of schemas that a refusal of a schema names. */
function refusedKeyword(message: string): string | undefined {
  if (!/schema/i.test(message)) return undefined;
  for (const [, word = ""] of message.matchAll(KEYWORD)) if (SCHEMA_KEYWORDS.has(word)) return word;
  return undefined;
}

function refusedEffort(message: string, param: string | undefined): string | undefined {
  if (param !== undefined && !EFFORTS.has(param)) return undefined;
  if (param === undefined && !/effort|variant/i.test(message)) return undefined;
  for (const form of EFFORT_VALUE) {
    const word = form.exec(message)?.[1];
    if (word !== undefined && word !== "reasoning_effort") return word.toLowerCase();
  }
  return undefined;
}

/** Codes that say that the field in `param` is refused as such. */
const FIELD_CODES: ReadonlySet<string> = new Set([
  "unsupported_parameter",
  "unknown_parameter",
  "unsupported_value",
  "extra_forbidden",
]);

function namedField({ code, param }: Failure, message: string): string | undefined {
  if (param !== undefined && code !== undefined && FIELD_CODES.has(code)) return param;
  for (const form of FIELDS) {
    const name = form.exec(message)?.[1];
    if (name !== undefined) return name;
  }
  return undefined;
}

function fieldLesson(named: string | undefined): Lesson | undefined {
  if (named === undefined) return undefined;
  const steps = stepsOf(named);
  const name = snake(steps.at(-1) ?? "");
  const needed = steps[0] === "tools" && steps.length > 1 ? NEEDED_OF_TOOLS : NEEDED;
  if (name === "" || needed.has(name)) return undefined;
  const inSchema = steps.some((step) =>
    /^(?:parameters|input_schema|schema|properties|items|function_declarations)$/.test(step)
  );
  if (name.startsWith("$") || inSchema || (SCHEMA_KEYWORDS.has(name) && steps.length === 1)) {
    return SCHEMA_KEYWORDS.has(name) ? { kind: "schema_keyword", name } : undefined;
  }
  if (steps.length === 1) return { kind: "field", name };
  return { kind: "field", name: `${steps[0]}.${name}` };
}

/** `tools[0].function.parameters` and `messages.1.content` without places and without what a parser puts around them. */
const stepsOf = (path: string): readonly string[] =>
  path.split(/[.[\]]+/).filter((step) => step !== "" && !/^\d+$/.test(step) && step !== "body");

/** Some say `presencePenalty` of `presence_penalty`. */
function snake(name: string): string {
  return SCHEMA_KEYWORDS.has(name) ? name : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
