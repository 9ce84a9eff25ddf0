/**
 * Rules of many providers from one round of public reports (2025 and 2026), each a crossing in
 * `tests/crossing/reported.test.ts`. Those with `models` are of models that a gateway's users name, and are learned from the
 * refusal.
 */
import type { Json } from "../../../src/model/json.ts";
import { blocksOf } from "./anthropic.ts";
import {
  type Asked,
  first,
  isObject,
  list,
  messagesOf,
  partsOf,
  type Rule,
  toolsOf,
  type Violation,
  walkSchema,
} from "./rules.ts";

const GH = "https://github.com";
const RESPONSES = "openai-responses";
const CHAT = "openai-chat";
const MESSAGES = "anthropic-messages";

type Fault = Violation | string | undefined;

/** A rule for each item of a Responses request. */
const items = (check: (item: Json, index: number) => Fault): Pick<Rule, "dialect" | "check"> => ({
  dialect: RESPONSES,
  check: ({ body }) => Array.isArray(body.input) ? first(body.input as Json[], check) : undefined,
});

/** A rule for each object of each tool's schema. */
const schemas = (check: (inner: Json, path: readonly string[]) => Fault): Pick<Rule, "check"> => ({
  check: (asked) => first(toolsOf(asked), ({ schema }) => walkSchema(schema, check)),
});

const when = (broken: (asked: Asked) => boolean, fault: Fault): Pick<Rule, "check"> => ({
  check: (asked) => broken(asked) ? fault : undefined,
});

const isAnswer = (item: Json): boolean => item?.role === "assistant";

const isForced = ({ body: { tool_choice: choice } }: Asked): boolean =>
  choice === "required" || ["function", "any", "tool"].includes(choice?.type);

const calls = (message: Json): Json[] => list(message?.tool_calls);

const badName = (pattern: RegExp, message: string): Pick<Rule, "check"> =>
  when(
    (asked) => toolsOf(asked).some(({ type, name }) => type === "function" && !pattern.test(name)),
    message,
  );

/** The names of the calls in a history. */
function calledNames(asked: Asked): Json[] {
  if (asked.dialect === CHAT) {
    return messagesOf(asked).flatMap((m) => calls(m).map((c) => c.function?.name ?? "f"));
  }
  if (asked.dialect === MESSAGES) {
    return blocksOf(asked).filter(({ block }) => block?.type === "tool_use").map(({ block }) => block.name);
  }
  return messagesOf(asked).filter(({ type }) => type === "function_call").map(({ name }) => name);
}

const historyNames = (pattern: RegExp): Rule => ({
  id: "called-names",
  kind: "tools",
  source:
    `${GH}/anomalyco/opencode/pull/48750; ${GH}/NousResearch/hermes-agent/pull/55922; ${GH}/docker/docker-agent/pull/3974; ${GH}/openclaw/openclaw/pull/21873`,
  check: (asked) => {
    const bad = calledNames(asked).find((name) => !pattern.test(String(name)));
    return bad === undefined ? undefined : {
      message: `Invalid name: '${bad}'. Expected a string that matches the pattern.`,
      code: "invalid_value",
    };
  },
});

const PLAIN = /^[a-zA-Z0-9_-]{1,64}$/;

const choiceWithoutTools = (source: string): Rule => ({
  id: "choice-without-tools",
  kind: "tools",
  source,
  ...when(
    ({ body }) => body.tool_choice !== undefined && list(body.tools).length === 0,
    "Invalid request content: A tool_choice was set on the request but no tools were specified.",
  ),
});

const objectChoice: Rule = {
  id: "choice-words",
  kind: "tools",
  dialect: CHAT,
  source: `${GH}/github/app/issues/2384`,
  ...when(
    ({ body: { tool_choice: choice } }) =>
      isObject(choice) && !["function", "custom", "allowed_tools"].includes(choice.type),
    "Input should be 'auto', 'required' or 'none'",
  ),
};

const nullChoices: Rule = {
  id: "null-choices",
  kind: "schemas",
  source: `${GH}/tailcallhq/forgecode/pull/2809; ${GH}/tailcallhq/forgecode/issues/3123`,
  ...schemas((inner, path) =>
    list(inner.enum).includes(null)
      ? `tools.function.parameters is not a valid json schema, details: <At path '${
        path.join(".")
      }.enum': enum value (<nil>) does not match any type>`
      : undefined
  ),
};

const requiredIsList: Rule = {
  id: "required-is-list",
  kind: "schemas",
  source: `${GH}/earendil-works/pi/issues/6587`,
  ...schemas((inner) =>
    "required" in inner && !Array.isArray(inner.required)
      ? 'Schema validation failed: [standard_violation] /required: null is not of type "array"'
      : undefined
  ),
};

const firstLetter: Rule = {
  id: "function-names",
  kind: "tools",
  source: `${GH}/hostinger/api-mcp-server/issues/40`,
  ...badName(
    /^[a-zA-Z_][a-zA-Z0-9_-]*$/,
    "Invalid request: function name is invalid, must start with a letter and can contain letters, numbers, underscores, and dashes",
  ),
};

const textResults = (source: string, message: string): Rule => ({
  id: "text-results",
  kind: "media",
  dialect: MESSAGES,
  source,
  ...when(
    (asked) =>
      blocksOf(asked).some(({ block }) =>
        block?.type === "tool_result" && list(block.content).some((part) => part?.type !== "text")
      ),
    message,
  ),
});

const ITEM_STATUS: Rule = {
  id: "item-status",
  kind: "fields",
  source:
    `${GH}/openai/codex/issues/12669; ${GH}/microsoft/agent-framework/issues/3795; ${GH}/vercel/ai/issues/20828`,
  ...items((item) =>
    isAnswer(item) && item.type === "message" && Array.isArray(item.content) &&
      (typeof item.id !== "string" || typeof item.status !== "string")
      ? "Field required: status"
      : undefined
  ),
};

const ITEM_SUMMARY: Rule = {
  id: "item-summary",
  kind: "fields",
  source: `${GH}/zai-org/feedback/issues/682`,
  ...items((item, i) =>
    item?.type === "reasoning" && !Array.isArray(item.summary)
      ? `\`input[${i}]\` missing required field \`summary\``
      : undefined
  ),
};

const annotations = (models?: RegExp): Rule => ({
  id: "item-annotations",
  kind: "fields",
  ...(models === undefined ? {} : { models }),
  source: `${GH}/aaif-goose/goose/pull/11263; ${GH}/langchain-ai/langchain/pull/32557`,
  ...items((item) =>
    isAnswer(item) &&
      list(item.content).some((part) => part?.type === "output_text" && !Array.isArray(part.annotations))
      ? "Required property 'annotations' is missing"
      : undefined
  ),
});

const forcedWhileThinking = (models: RegExp, message: string, source: string): Rule => ({
  id: `forced-${models.source}`,
  kind: "tools",
  models,
  source,
  ...when(isForced, message),
});

const alternating: Rule = {
  id: "devstral-turns",
  kind: "order",
  models: /devstral-small/,
  dialect: CHAT,
  source: `${GH}/mistralai/mistral-vibe/issues/255; ${GH}/charmbracelet/crush/issues/279`,
  ...when((asked) => {
    const spoken = messagesOf(asked).filter((message) =>
      message?.role !== "system" && message?.role !== "tool" && calls(message).length === 0
    );
    return spoken.some(({ role }, m) => (role === "user") !== (m % 2 === 0));
  }, {
    status: 500,
    message:
      "After the optional system message, conversation roles must alternate user and assistant roles except for tool calls and results.",
  }),
};

const userAfterTool: Rule = {
  id: "devstral-user-after-tool",
  kind: "order",
  models: /devstral/,
  dialect: CHAT,
  source: `${GH}/aliou/pi-neuralwatt/issues/12; ${GH}/zed-industries/zed/issues/37021`,
  ...when(
    (asked) => messagesOf(asked).some(({ role }, m, all) => role === "user" && all[m - 1]?.role === "tool"),
    { message: "Unexpected role 'user' after role 'tool'", code: "3230" },
  ),
};

const reasoningBack = (models: RegExp, message: string, source: string): Rule => ({
  id: `reasoning-back-${models.source}`,
  kind: "thinking",
  models,
  dialect: CHAT,
  source,
  ...when(
    (asked) =>
      messagesOf(asked).some((message) =>
        isAnswer(message) && calls(message).length > 0 && typeof message.reasoning_content !== "string" &&
        typeof message.reasoning !== "string" && list(message.reasoning_details).length === 0
      ),
    message,
  ),
});

const NO_HOSTED = "The requested tool image_generation is not supported.";

const AZURE: readonly Rule[] = [
  {
    id: "item-types",
    kind: "fields",
    models: /gpt-oss-20b/,
    source: `${GH}/vercel/ai/issues/20180; ${GH}/microsoft/vscode/issues/318125`,
    ...items((item, i) =>
      ["user", "assistant"].includes(item?.role) && item.type !== "message"
        ? {
          message: "Invalid value: ''. Supported values are: 'message', 'reasoning'",
          param: `input[${i}]`,
          code: "invalid_value",
        }
        : undefined
    ),
  },
  annotations(/gpt-oss-120b/),
  {
    id: "hosted-tools",
    kind: "tools",
    source: `${GH}/caozhiyuan/copilot-api/issues/220; ${GH}/1jehuang/jcode/pull/148`,
    ...when(
      (asked) => toolsOf(asked).some(({ type }) => type === "image_generation"),
      { message: NO_HOSTED, code: "unsupported_value", param: "tools" },
    ),
  },
  {
    id: "description-length",
    kind: "tools",
    models: /gpt-4\.1-mini/,
    source: `${GH}/nanbingxyz/5ire/issues/33`,
    check: (asked) =>
      first(toolsOf(asked), ({ description, index }) =>
        description.length > 1024
          ? {
            message:
              `Invalid 'tools[${index}].function.description': string too long. Expected a string with maximum length 1024, but got a string with length ${description.length} instead.`,
            param: `tools[${index}].function.description`,
            code: "string_above_max_length",
          }
          : undefined),
  },
];

/** OpenAI's, and Azure's with them. */
const BOTH: readonly Rule[] = [
  historyNames(PLAIN),
  objectChoice,
  {
    id: "followers-without-reasoning",
    kind: "ids",
    dialect: RESPONSES,
    source:
      `${GH}/openai/codex/issues/6375; ${GH}/openai/codex/issues/5990; ${GH}/earendil-works/pi/issues/886`,
    check: (asked) => {
      let reasoned = false;
      return first(messagesOf(asked), (item) => {
        if (item?.type === "reasoning") reasoned = true;
        else if (item?.role === "user" || /_output$/.test(item?.type ?? "")) reasoned = false;
        return /^(?:fc|msg)_r/.test(item?.id ?? "") && !reasoned
          ? `Item '${item.id}' of type '${item.type}' was provided without its required 'reasoning' item: 'rs_1'.`
          : undefined;
      });
    },
  },
  {
    id: "verbosity",
    kind: "settings",
    models: /codex/,
    source: `${GH}/openai/codex/issues/19188; ${GH}/openai/codex/issues/9035`,
    check: ({ body, dialect }) => {
      const value = body.text?.verbosity ?? body.verbosity;
      return value === undefined || value === "medium" ? undefined : {
        message:
          `Unsupported value: '${value}' is not supported with this model. Supported values are: 'medium'.`,
        param: dialect === CHAT ? "verbosity" : "text.verbosity",
        code: "unsupported_value",
      };
    },
  },
  {
    id: "cache-key-length",
    kind: "fields",
    source: `${GH}/NousResearch/hermes-agent/issues/11411`,
    ...when(({ body }) => String(body.prompt_cache_key ?? "").length > 64, {
      message:
        "Invalid 'prompt_cache_key': string too long. Expected a string with maximum length 64, but got a string with length 80 instead.",
      param: "prompt_cache_key",
      code: "string_above_max_length",
    }),
  },
];

/** Claude's that the proxy learns from a refusal: of a model that the random conversations leave out. */
const LEARNER = /claude-opus-4-6/;

const ANTHROPIC: readonly Rule[] = [
  {
    id: "unique-tools",
    kind: "tools",
    source:
      `${GH}/cloudwego/eino/issues/632; ${GH}/winfunc/opcode/issues/351; ${GH}/anthropics/claude-code/issues/14199`,
    ...when(({ body }) => {
      const names = list(body.tools).map((tool) => tool?.name);
      return new Set(names).size < names.length;
    }, "tools: Tool names must be unique."),
  },
  historyNames(/^[a-zA-Z0-9_-]{1,128}$/),
  {
    id: "failures-are-texts",
    kind: "media",
    source: `${GH}/vellum-ai/vellum-assistant/pull/18387`,
    ...when(
      (asked) =>
        blocksOf(asked).some(({ block }) =>
          block?.type === "tool_result" && block.is_error === true &&
          list(block.content).some((part) => part?.type !== "text")
        ),
      'messages.2.content.0.tool_result: all content must be type "text" if "is_error" is true',
    ),
  },
  {
    id: "lifetimes",
    kind: "fields",
    models: LEARNER,
    source: `${GH}/earendil-works/pi/issues/5718; ${GH}/headroomlabs-ai/headroom/issues/2939`,
    ...when(
      ({ body }) => {
        const marks: Json[] = [];
        JSON.stringify([body.tools, body.system, body.messages], (key, value) => {
          if (key === "cache_control" && value) marks.push(value.ttl ?? "5m");
          return value;
        });
        return marks.includes("5m") && marks.lastIndexOf("1h") > marks.indexOf("5m");
      },
      "system.0.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block.",
    ),
  },
  {
    id: "known-references",
    kind: "tools",
    models: LEARNER,
    source: `${GH}/anthropics/claude-code/issues/81863`,
    check: (asked) =>
      first(
        blocksOf(asked),
        ({ block }) =>
          first(block?.type === "tool_result" ? list(block.content) : [], (part) =>
            part?.type === "tool_reference" && !toolsOf(asked).some(({ name }) =>
                name === part.tool_name
              )
              ? `Tool reference '${part.tool_name}' not found in available tools`
              : undefined),
      ),
  },
  {
    id: "direct-callers",
    kind: "tools",
    models: /haiku-4-5/,
    source: `${GH}/mangowhoiscloud/geode/pull/460`,
    check: ({ body }) =>
      list(body.tools).some((tool) =>
          /_2026/.test(tool?.type) && JSON.stringify(tool.allowed_callers) !== '["direct"]'
        )
        ? "'claude-haiku-4-5-20251001' does not support programmatic tool calling. Explicitly set `allowed_callers=[\"direct\"]` on the tool."
        : undefined,
  },
  {
    id: "format-limits",
    kind: "schemas",
    models: LEARNER,
    source: `${GH}/laravel/ai/issues/715; ${GH}/pydantic/pydantic-ai/pull/6512`,
    check: ({ body }) =>
      walkSchema(
        body.output_config?.format?.schema,
        (inner) =>
          ["minimum", "maximum", "multipleOf", "minLength", "maxLength", "maxItems"].some((key) =>
              key in inner
            )
            ? "output_config.format.schema: For 'integer' type, properties maximum, minimum are not supported"
            : undefined,
      ),
  },
  {
    id: "grammar-size",
    kind: "schemas",
    models: /claude-sonnet-4-6/,
    source: `${GH}/anthropics/anthropic-sdk-python/issues/1185`,
    ...when(
      ({ body }) => body.output_config?.format !== undefined || list(body.tools).some(({ strict }) => strict),
      "The compiled grammar is too large, which would cause performance issues. Simplify your tool schemas or reduce the number of strict tools.",
    ),
  },
];

const GOOGLE: readonly Rule[] = [
  historyNames(/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/),
  {
    id: "jpg",
    kind: "media",
    source: `${GH}/ogkalu2/comic-translate/pull/399; ${GH}/brianpetro/obsidian-smart-connections/issues/1238`,
    ...when(
      ({ body }) => JSON.stringify(body).includes('"data:image/jpg'),
      "Unsupported MIME type: image/jpg",
    ),
  },
  {
    id: "typed-properties",
    kind: "schemas",
    source: `${GH}/danny-avila/LibreChat/issues/6971`,
    ...schemas((inner, path) =>
      path.at(-2) === "properties" && inner.type === undefined && inner.anyOf === undefined
        ? `parameters.${
          path.join(".")
        }.type: must be specified when not using one_of, any_of or all_of fields`
        : undefined
    ),
  },
  {
    id: "named-results",
    kind: "tools",
    source: `${GH}/NousResearch/hermes-agent/issues/16478; ${GH}/openclaw/openclaw/issues/47857`,
    ...when(
      (asked) => messagesOf(asked).some(({ role, name }) => role === "tool" && !name),
      "GenerateContentRequest.contents[2].parts[0].function_response.name: Name cannot be empty.",
    ),
  },
  {
    id: "penalties",
    kind: "settings",
    models: /gemini-3-flash/,
    source: `${GH}/sleepydeer666/RPGBox/issues/2`,
    check: ({ body }) =>
      first(
        ["frequency_penalty", "presence_penalty"],
        (key) =>
          key in body
            ? `Invalid JSON payload received. Unknown name "${key}": Cannot find field.`
            : undefined,
      ),
  },
];

const GROQ: readonly Rule[] = [
  historyNames(PLAIN),
  requiredIsList,
  {
    id: "function-names",
    kind: "tools",
    source: `${GH}/openai/codex/issues/8174; ${GH}/github/copilot-sdk/issues/743`,
    ...badName(PLAIN, "tools.0.function.name: does not match pattern"),
  },
  { ...choiceWithoutTools(`${GH}/earendil-works/pi/issues/8774`), dialect: RESPONSES },
  {
    id: "required-without-properties",
    kind: "schemas",
    source:
      `${GH}/usestrix/strix/issues/1088; ${GH}/livekit/agents/pull/5082; ${GH}/moltis-org/moltis/issues/485`,
    ...schemas((inner) =>
      inner.required !== undefined && Object.keys(inner.properties ?? {}).length === 0
        ? "invalid JSON schema for tool x, tools[0].function.parameters: 'required' present but 'properties' is missing"
        : undefined
    ),
  },
  {
    id: "format-limits",
    kind: "schemas",
    models: /gpt-oss-20b/,
    source: `${GH}/i-am-bee/beeai-framework/issues/1215`,
    check: ({ body }) =>
      walkSchema(
        body.response_format?.json_schema?.schema ?? body.text?.format?.schema,
        (inner) =>
          ["minItems", "maxItems", "minLength", "maxLength", "pattern"].some((key) => key in inner)
            ? "invalid schema for response format: response_format/json_schema/next_step: minItems is not supported"
            : undefined,
      ),
  },
  {
    id: "strict-is-closed",
    kind: "schemas",
    source: `${GH}/eigent-ai/eigent/pull/1786`,
    check: ({ body }) =>
      first(list(body.tools), (tool) => {
        const { strict, parameters } = tool?.function ?? tool ?? {};
        return strict !== true
          ? undefined
          : walkSchema(parameters, (inner) =>
            inner.type === "object" && inner.additionalProperties !== false
              ? "invalid JSON schema for tool: additionalProperties:false must be set on every object"
              : undefined);
      }),
  },
];

const XAI: readonly Rule[] = [
  nullChoices,
  requiredIsList,
  choiceWithoutTools(
    `${GH}/openai/codex/issues/46773; ${GH}/earendil-works/pi/issues/8649; ${GH}/router-for-me/CLIProxyAPI/issues/4491`,
  ),
  {
    id: "tool-count",
    kind: "tools",
    source: `${GH}/router-for-me/CLIProxyAPI/issues/5214`,
    ...when(({ body }) => list(body.tools).length > 200, "invalid-argument: at most 200 tools"),
  },
  {
    id: "choice-kinds",
    kind: "tools",
    dialect: RESPONSES,
    source: `${GH}/router-for-me/CLIProxyAPI/issues/4718`,
    ...when(({ body: { tool_choice: choice } }) => isObject(choice) && choice.type !== "function", {
      message:
        "Failed to deserialize the JSON body into the target type: data did not match any variant of untagged enum ModelToolChoice",
      status: 422,
    }),
  },
];

/** Models behind gateways in Chat and in Messages. */
const BEHIND: readonly Rule[] = [
  {
    id: "function-names",
    kind: "tools",
    models: /gpt-5/,
    source: `${GH}/openai/codex/issues/8174`,
    ...badName(PLAIN, "Invalid 'tools[0].function.name': string does not match pattern."),
  },
  {
    id: "temperature",
    kind: "settings",
    models: /k3-256k/,
    source: `${GH}/shandianshuo/shandianshuo-releases/issues/13`,
    ...when(
      ({ body: { temperature = 1 } }) => temperature !== 1,
      "invalid temperature: only 1 is allowed for this model",
    ),
  },
  {
    id: "one-sampling",
    kind: "settings",
    models: /bedrock-haiku/,
    source: `${GH}/aws-samples/bedrock-access-gateway/issues/191`,
    ...when(
      ({ body }) => body.temperature !== undefined && body.top_p !== undefined,
      "The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model. Please use only one.",
    ),
  },
  {
    id: "most-tokens",
    kind: "settings",
    models: /qwen-max/,
    source: `${GH}/anomalyco/opencode/issues/40770; ${GH}/musistudio/claude-code-router/issues/184`,
    ...when(
      ({ body }) => Math.max(body.max_tokens ?? 0, body.max_completion_tokens ?? 0) > 8192,
      "<400> InternalError.Algo.InvalidParameter: Range of max_tokens should be [1, 8192]",
    ),
  },
  {
    id: "references",
    kind: "schemas",
    models: /kimi-k2\.7/,
    source: `${GH}/CommandCodeAI/command-code/issues/566`,
    ...when(
      ({ body }) => JSON.stringify(body.tools ?? []).includes('"$ref"'),
      "Invalid request: tools.function.parameters is not a valid moonshot flavored json schema, details: <At path 'properties.external.$ref': $defs not found for reference>",
    ),
  },
];

/** Models behind gateways in Chat. */
const GATEWAY: readonly Rule[] = [
  ...BEHIND,
  {
    id: "call-ids",
    kind: "ids",
    models: /mistral/,
    source: `${GH}/anomalyco/opencode/issues/1680`,
    ...when(
      (asked) =>
        messagesOf(asked).some((message) => calls(message).some(({ id }) => !/^[a-zA-Z0-9]{9}$/.test(id))),
      "Tool call id was call_0 but must be a-z, A-Z, 0-9, with a length of 9.",
    ),
  },
  { ...objectChoice },
  {
    id: "lists-of-users",
    kind: "fields",
    models: /nemotron/,
    source: `${GH}/earendil-works/pi/pull/1574`,
    ...when(
      (asked) => messagesOf(asked).some(({ role, content }) => role !== "user" && Array.isArray(content)),
      "Message content as a list is only supported for user messages.",
    ),
  },
  {
    id: "one-text",
    kind: "fields",
    models: /deepseek-v3\.1/,
    source: `${GH}/modelscope/modelscope/issues/1478; ${GH}/router-for-me/CLIProxyAPI/issues/3056`,
    ...when(
      (asked) =>
        messagesOf(asked).some(({ content }) =>
          Array.isArray(content) && content.every(({ type }: Json) => type === "text")
        ),
      "<400> InternalError.Algo.InvalidParameter: The content field's type should be `str` in messages.",
    ),
  },
  forcedWhileThinking(
    /qwen3\.5-plus/,
    "<400> InternalError.Algo.InvalidParameter: The tool_choice parameter does not support being set to required or object in thinking mode",
    `${GH}/cloudwego/eino/issues/994; ${GH}/QwenLM/qwen-code/issues/7659; ${GH}/agentscope-ai/agentscope/issues/1608`,
  ),
  forcedWhileThinking(
    /deepseek-v4/,
    "deepseek-reasoner does not support this tool_choice",
    `${GH}/deepseek-ai/awesome-deepseek-integration/issues/606; ${GH}/deepseek-ai/DeepSeek-V3/issues/1376`,
  ),
  forcedWhileThinking(
    /kimi/,
    "tool_choice 'required' is incompatible with thinking enabled",
    `${GH}/UKGovernmentBEIS/inspect_ai/pull/5152`,
  ),
  {
    id: "thinks-in-streams",
    kind: "thinking",
    models: /qwen3-32b/,
    source: `${GH}/langchain4j/langchain4j/issues/3974`,
    ...when(
      ({ body }) => body.stream !== true && body.enable_thinking !== false,
      "parameter.enable_thinking must be set to false for non-streaming calls",
    ),
  },
  reasoningBack(
    /deepseek-v4/,
    "The `reasoning_content` in the thinking mode must be passed back to the API.",
    `${GH}/danny-avila/LibreChat/issues/13366; ${GH}/Astro-Han/pawwork/issues/250`,
  ),
  reasoningBack(
    /kimi/,
    "thinking is enabled but reasoning_content is missing in assistant tool call message at index 1",
    `${GH}/liliMozi/openhanako/issues/2208`,
  ),
  {
    id: "thought-signature",
    kind: "signatures",
    models: /gemini-3/,
    source: `${GH}/RooCodeInc/Roo-Code/pull/10742; ${GH}/jeremychone/rust-genai/pull/115`,
    ...when(
      (asked) =>
        messagesOf(asked).some((message) =>
          calls(message).length > 0 && !calls(message)[0].extra_content?.google?.thought_signature
        ),
      "Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly",
    ),
  },
  alternating,
  userAfterTool,
  { ...requiredIsList, models: /grok/ },
];

/** Rules by the name of the strict provider. */
export const REPORTED: Readonly<Record<string, readonly Rule[]>> = {
  anthropic: ANTHROPIC,
  openai: [...BOTH, {
    id: "hosted-tools",
    kind: "tools",
    models: /spark/,
    source: `${GH}/caozhiyuan/copilot-api/issues/206`,
    ...when(
      (asked) => toolsOf(asked).some(({ type }) => type === "image_generation"),
      "Tool 'image_generation' is not supported with gpt-5.3-codex-spark-1p-codexswic-ev3.",
    ),
  }],
  azure: [...BOTH, ...AZURE],
  google: GOOGLE,
  groq: GROQ,
  mistral: [historyNames(PLAIN)],
  xai: XAI,
  moonshot: [nullChoices, requiredIsList, firstLetter],
  kimi: [nullChoices, firstLetter],
  minimax: [{
    id: "tool-type",
    kind: "tools",
    dialect: MESSAGES,
    source: `${GH}/decolua/9router/issues/2509; ${GH}/decolua/9router/pull/2231`,
    ...when(
      ({ body }) => list(body.tools).some(({ type }) => type !== undefined),
      "invalid params, invalid tool type: (2013)",
    ),
  }],
  zai: [{
    id: "effort-of-5.3",
    kind: "settings",
    models: /glm-5\.3/,
    source: `${GH}/mnfst/modelparams.dev/pull/327; ${GH}/mnfst/modelparams.dev/pull/301`,
    ...when(
      ({ body }) =>
        !["low", "high", "max", undefined, null].includes(body.reasoning_effort) ||
        body.thinking?.type === "disabled",
      {
        message: "This model always engages in thinking and cannot be disabled; please use low, high, or max",
        code: "1210",
      },
    ),
  }],
  ollama: [textResults(`${GH}/ollama/ollama/issues/18055`, "Input should be a valid string")],
  lmstudio: [
    textResults(
      `${GH}/lmstudio-ai/localization/issues/425`,
      "Only text tool_result blocks are supported when tool_result.content is an array.",
    ),
    { ...choiceWithoutTools(`${GH}/earendil-works/pi/issues/8774`), dialect: RESPONSES },
    {
      id: "text-format",
      kind: "fields",
      dialect: RESPONSES,
      source: `${GH}/lmstudio-ai/lmstudio-bug-tracker/issues/1576`,
      ...when(({ body }) => isObject(body.text) && body.text.format === undefined, {
        message: "Required",
        param: "text.format",
        code: "missing_required_parameter",
      }),
    },
  ],
  bridge: [
    ...BEHIND,
    textResults(`${GH}/CommandCodeAI/command-code/issues/850`, "Invalid input"),
    forcedWhileThinking(
      /deepseek-v4/,
      "deepseek-reasoner does not support this tool_choice",
      `${GH}/deepseek-ai/awesome-deepseek-integration/issues/606`,
    ),
    {
      id: "thinking-back",
      kind: "thinking",
      models: /deepseek-v4/,
      source: `${GH}/OEvortex/aether/issues/31; ${GH}/borawong/AiMaMi/issues/10`,
      ...when(
        (asked) =>
          messagesOf(asked).some((message) => {
            const types = partsOf(message?.content).map((part) => part?.type);
            return types.includes("tool_use") && !types.includes("thinking");
          }),
        "The `content[].thinking` in the thinking mode must be passed back to the API.",
      ),
    },
  ],
  gateway: GATEWAY,
  llamacpp: [alternating],
  vllm: [
    ITEM_STATUS,
    ITEM_SUMMARY,
    annotations(),
    {
      id: "item-ids",
      kind: "ids",
      source: `${GH}/openai/codex/issues/12230; ${GH}/openai/codex/issues/3451`,
      ...items((item, i) =>
        item?.type === "reasoning" && typeof item.id !== "string"
          ? {
            message: `Missing required parameter: 'input[${i}].id'.`,
            param: `input[${i}].id`,
            code: "missing_required_parameter",
          }
          : undefined
      ),
    },
    {
      id: "one-call",
      kind: "tools",
      models: /llama-3/,
      source: `${GH}/vllm-project/vllm/issues/25108`,
      ...when(
        (asked) =>
          messagesOf(asked).some((message) =>
            calls(message).length > 1 ||
            partsOf(message?.content).filter((part) => part?.type === "tool_use").length > 1
          ),
        "This model only supports single tool-calls at once!",
      ),
    },
  ],
  openrouter: [
    ITEM_STATUS,
    ITEM_SUMMARY,
    userAfterTool,
    { ...choiceWithoutTools(`${GH}/earendil-works/pi/issues/8774`), dialect: RESPONSES },
    reasoningBack(
      /deepseek-v4/,
      "The `reasoning_content` in the thinking mode must be passed back to the API.",
      `${GH}/danny-avila/LibreChat/issues/13366`,
    ),
    {
      id: "thought-signature",
      kind: "signatures",
      models: /gemini-3/,
      dialect: CHAT,
      source:
        `${GH}/RooCodeInc/Roo-Code/pull/10640; ${GH}/musistudio/claude-code-router/issues/1081; ${GH}/massgen/MassGen/issues/624`,
      ...when(
        (asked) => {
          const messages = messagesOf(asked);
          const spoken = messages.findLastIndex(({ role }) => role === "user");
          return messages.some((message, m) =>
            m > spoken && calls(message).length > 0 &&
            !list(message.reasoning_details).some(({ type, data }) =>
              type === "reasoning.encrypted" && typeof data === "string"
            )
          );
        },
        "Gemini models require OpenRouter reasoning details to be preserved in each request. Upstream error: Function call is missing a thought_signature in functionCall parts.",
      ),
    },
  ],
};
