/** What Gemini's OpenAI-compatible endpoint refuses. */
import type { Json } from "../../../src/model/json.ts";
import { ANSWER_PARTS, chatOrderFault, IMAGE_DETAIL, noFields, TOOL_CHOICE } from "./openai.ts";
import { type Asked, first, list, messagesOf, type Rule, toolsOf, walkSchema } from "./rules.ts";

const ISSUES = "https://github.com";

const THOUGHTS = "https://ai.google.dev/gemini-api/docs/thought-signatures";

/** What skips the check, as the page documents it. */
const GEMINI_STAND_INS = ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"];

// deno-fmt-ignore
const NOT_IN_GEMINI = [
  "$schema", "additionalProperties", "exclusiveMinimum", "exclusiveMaximum", "const", "$ref", "$defs", "propertyNames",
  "patternProperties", "multipleOf", "uniqueItems", "oneOf", "allOf", "not", "if", "then", "else",
];

const invalidJson = (name: string, at = ""): string =>
  `Invalid JSON payload received. Unknown name "${name}"${
    at === "" ? "" : ` at '${at}'`
  }: Cannot find field.`;

const signature = (call: Json) => call?.extra_content?.google?.thought_signature;

/** The first call of each step since the user last spoke: those that Gemini 3 looks at. */
function signedCalls(asked: Asked): { call: Json; at: number }[] {
  const messages = messagesOf(asked);
  const spoken = messages.findLastIndex(({ role }) => role === "user");
  return messages.flatMap(({ role, tool_calls }, m) =>
    role === "assistant" && m > spoken && list(tool_calls).length > 0 ? [{ call: tool_calls[0], at: m }] : []
  );
}

export const GOOGLE: readonly Rule[] = [
  {
    id: "thought-signature-missing",
    kind: "signatures",
    models: /gemini-3/,
    source: THOUGHTS,
    check: (asked) =>
      first(
        signedCalls(asked),
        ({ call, at }) =>
          signature(call) === undefined
            ? `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${call.function?.name}\` , position ${at}.`
            : undefined,
      ),
  },
  {
    id: "thought-signature-foreign",
    kind: "signatures",
    models: /gemini-3/,
    source: THOUGHTS,
    check: (asked) =>
      first(messagesOf(asked), ({ tool_calls }) =>
        first(list(tool_calls), (call) => {
          const sent = signature(call);
          return sent === undefined || GEMINI_STAND_INS.includes(sent) ||
              asked.seals.open(sent, "thought") !== undefined
            ? undefined
            : "Corrupted thought signature.";
        })),
  },
  {
    id: "schema-keywords",
    kind: "schemas",
    source: `${ISSUES}/pizza-bot-app/pizza-bot/issues/62`,
    check: (asked) =>
      first(toolsOf(asked), ({ schema, index }) =>
        walkSchema(schema, (inner, path) => {
          const name = NOT_IN_GEMINI.find((key) => key in inner);
          return name === undefined ? undefined : invalidJson(
            name,
            ["tools[0].function_declarations[" + index + "].parameters", ...path].join("."),
          );
        })),
  },
  {
    id: "schema-type-lists",
    kind: "schemas",
    source: "field report E2",
    check: (asked) =>
      first(
        toolsOf(asked),
        ({ schema, index }) =>
          walkSchema(schema, (inner, path) =>
            Array.isArray(inner.type)
              ? `Invalid value at 'tools[0].function_declarations[${index}].parameters.${
                path.join(".")
              }.type' (type.googleapis.com/google.ai.generativelanguage.v1beta.Type), Proto field is not repeating, cannot start list.`
              : undefined),
      ),
  },
  {
    id: "schema-items",
    kind: "schemas",
    source:
      `${ISSUES}/anomalyco/opencode/issues/20273; ${ISSUES}/google-gemini/gemini-cli/issues/3401; https://ai.google.dev/api/caching#Schema`,
    check: (asked) =>
      first(toolsOf(asked), ({ schema, index }) =>
        walkSchema(schema, (inner, path) => {
          const at = `GenerateContentRequest.tools[0].function_declarations[${index}].parameters.${
            path.join(".")
          }`;
          if (inner.type === "array" && inner.items === undefined) return `${at}.items: missing field.`;
          const blank = list(inner.enum).indexOf("");
          if (blank !== -1) return `${at}.enum[${blank}]: cannot be empty`;
          const missing = list(inner.required).findIndex((name) => !(name in (inner.properties ?? {})));
          return missing === -1 ? undefined : `${at}.required[${missing}]: property is not defined`;
        })),
  },
  {
    id: "schema-formats",
    kind: "schemas",
    source: `${ISSUES}/google-gemini/gemini-cli/issues/3178; ${ISSUES}/decolua/9router/issues/359`,
    check: (asked) =>
      first(
        toolsOf(asked),
        ({ schema }) =>
          walkSchema(schema, ({ type, format, enum: values }) =>
            type === "string" && format !== undefined && !["enum", "date-time"].includes(format)
              ? "format: only 'enum' and 'date-time' are supported for STRING type"
              : values !== undefined && (type !== "string" || values.some((one: Json) =>
                  typeof one !== "string"
                ))
              ? "enum: only allowed for STRING type"
              : undefined),
      ),
  },
  noFields({
    source: `${ISSUES}/ed-donner/agents/issues/45`,
    keys: [
      "store",
      "metadata",
      "prompt_cache_key",
      "prompt_cache_retention",
      "safety_identifier",
      "client_metadata",
    ],
    words: (key) => invalidJson(key),
  }),
  {
    id: "calls-and-results",
    kind: "order",
    source: `${ISSUES}/google-gemini/gemini-cli/issues/3814`,
    check: (asked) =>
      chatOrderFault(asked) === undefined
        ? undefined
        : "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.",
  },
  {
    id: "function-names",
    kind: "tools",
    source: `${ISSUES}/maximhq/bifrost/issues/1979`,
    check: (asked) =>
      first(
        toolsOf(asked),
        ({ name, index }) =>
          /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/.test(name)
            ? undefined
            : `* GenerateContentRequest.tools[0].function_declarations[${index}].name: Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.`,
      ),
  },
  {
    id: "format-beside-tools",
    kind: "settings",
    models: /gemini-[12]/,
    source: `${ISSUES}/googleapis/python-genai/issues/867; ${ISSUES}/google/adk-python/issues/5735`,
    check: ({ body }) =>
      list(body.tools).length > 0 && ["json_object", "json_schema"].includes(body.response_format?.type)
        ? "Function calling with a response mime type: 'application/json' is unsupported"
        : undefined,
  },
  {
    id: "calls-after-user",
    kind: "order",
    source:
      `${ISSUES}/google-gemini/gemini-cli/issues/11814; ${ISSUES}/router-for-me/CLIProxyAPI/issues/4959`,
    check: (asked) => {
      const turns = messagesOf(asked).filter(({ role }) => role !== "system");
      return turns.some(({ tool_calls }, t) =>
          list(tool_calls).length > 0 && !["user", "tool"].includes(turns[t - 1]?.role)
        )
        ? "Please ensure that function call turn comes immediately after a user turn or after a function response turn."
        : undefined;
    },
  },
  {
    id: "user-turn",
    kind: "order",
    source: `${ISSUES}/crewAIInc/crewAI/pull/6973; ${ISSUES}/langgenius/dify-official-plugins/issues/2775`,
    check: (asked) => {
      const turns = messagesOf(asked).filter(({ role }) => role !== "system");
      if (turns.length === 0) return "* GenerateContentRequest.contents: contents is not specified";
      return turns.at(-1)?.role === "assistant"
        ? "Please ensure that multiturn requests end with a user role or a function response."
        : undefined;
    },
  },
  TOOL_CHOICE,
  ANSWER_PARTS,
  IMAGE_DETAIL,
];
