/**
 * Conversations as agents hold them, invented by fast-check: what is asked, said, called and answered, with which tools and
 * settings. They are plans; `play.ts` plays them as a client of a dialect.
 */
import fc from "fast-check";
import type { Json } from "../../src/model/json.ts";
import type { Habit, Said, SaidCall } from "./houses/answers.ts";
import type { Dialect } from "./houses/rules.ts";

/** A tool as the client knows it. */
export interface PlannedTool {
  readonly kind: "function" | "custom" | "local_shell" | "hosted";
  readonly name: string;
  readonly namespace?: string;
  /** The tool's own mark, in its description. */
  readonly mark: string;
  readonly parameters?: Json;
  /** Further fields of its definition. */
  readonly more?: Json;
}

export type PlannedPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image"; readonly url?: string; readonly detail?: string }
  | { readonly type: "document" };

export interface PlannedResult {
  readonly text: string;
  readonly failed: boolean;
  readonly image: boolean;
}

/** One request and what follows it. */
export interface PlannedStep {
  /** Which of the two providers answers: they take turns. */
  readonly side: 0 | 1;
  readonly model: number;
  readonly said: Said;
  readonly habit: Habit;
  /** Results of its calls, in order. */
  readonly results: readonly PlannedResult[];
  /** A reminder beside the results. */
  readonly beside?: string;
  /** A message of the system or developer before the next request. */
  readonly later?: "system" | "developer";
  /** What the user says next, where nothing was called. */
  readonly next: readonly PlannedPart[];
}

/** What breaks the order of a history, as interruptions and compactions do. */
export type Flaw = "none" | "interrupted" | "half-interrupted" | "compacted" | "late-results";

export interface Plan {
  readonly dialect: Dialect;
  readonly stream: boolean;
  readonly system: string;
  readonly opening: readonly PlannedPart[];
  readonly tools: readonly PlannedTool[];
  readonly steps: readonly PlannedStep[];
  readonly flaw: Flaw;
  /** Fields of every request, in the client's dialect. */
  readonly settings: Json;
  readonly headers: Readonly<Record<string, string>>;
}

const text = fc.constantFrom(
  "plan the API",
  "line one\nline two",
  'a "quoted" \\ path C:\\temp',
  "日本語のテスト",
  "👩‍👩‍👧 family",
  "<system-reminder>\nBe brief.\n</system-reminder>",
  "[Sun 2026-11-22 21:09 UTC] go on",
);

type NamedSchema = readonly [name: string, parameters: Json];

const ORDINARY: readonly NamedSchema[] = [
  ["Bash", {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: {
      command: { type: "string" },
      timeout: { type: "number", exclusiveMinimum: 0, maximum: 600000 },
    },
    required: ["command"],
    additionalProperties: false,
  }],
  ["Read", {
    type: "object",
    properties: { path: { type: "string" }, limit: { type: "integer" } },
    required: ["path"],
  }],
];

/** What MCP servers and schema libraries write. */
const ODD: readonly NamedSchema[] = [
  ["mcp__files__read", {
    type: "object",
    properties: { path: { type: "string" }, range: { oneOf: [{ type: "integer" }, { type: "null" }] } },
    required: ["path"],
    additionalProperties: false,
  }],
  ["mcp__notion__create_attachment", {
    type: "object",
    anyOf: [
      {
        type: "object",
        properties: { filename: { type: "string" }, content: { type: "string" } },
        required: ["content"],
      },
      { type: "object", properties: { source_url: { type: "string" } }, required: ["source_url"] },
    ],
  }],
  ["mcp__clock__now", { type: "object" }],
  ["mcp__grid__set", {
    type: "object",
    properties: {
      cell: { type: ["string", "null"] },
      mode: { const: "replace" },
      values: {
        type: "object",
        patternProperties: { "^x-": { type: "string" } },
        propertyNames: { pattern: "^x-" },
      },
    },
    required: ["cell"],
  }],
  ["mcp__unity__place", {
    type: "object",
    $defs: { ref: { type: "object", properties: { id: { type: "string" } } } },
    properties: { asset: { $ref: "#/$defs/ref", description: "where" } },
  }],
  ["ask_user", {
    type: "object",
    properties: {
      skill: { type: "string", anyOf: [{ type: "string" }, { enum: ["none"] }] },
      tags: { type: "array" },
    },
  }],
];

/** Mostly the tools that every agent has; each other sort of schema now and then, alone or with more. */
const functions = fc.tuple(
  fc.constantFrom(ORDINARY, ORDINARY.slice(0, 1)),
  fc.oneof(
    { weight: 6, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.constantFrom(...ODD).map((one) => [one]) },
    { weight: 1, arbitrary: fc.subarray([...ODD]) },
  ),
).map(([ordinary, odd]) => [...ordinary, ...odd]);

const GRAMMAR = { format: { type: "grammar", syntax: "lark", definition: "start: /.+/" } };

/** Tools of a client: functions for all; namespaces, free text and hosted ones for those that have them. */
function toolsArbitrary(dialect: Dialect): fc.Arbitrary<PlannedTool[]> {
  const mark = (index: number) => `[tool ${index}]`;
  const plain = functions.map((chosen) =>
    chosen.map(([name, parameters], index): PlannedTool => ({
      kind: "function",
      name,
      parameters,
      mark: mark(index),
    }))
  );
  if (dialect === "openai-chat") return plain;
  if (dialect === "anthropic-messages") {
    const search: PlannedTool = {
      kind: "hosted",
      name: "web_search",
      mark: "web_search",
      more: { type: "web_search_20250305", name: "web_search", max_uses: 8 },
    };
    return fc.tuple(plain, fc.boolean(), fc.boolean()).map(([tools, searches, defers]) => [
      ...tools.map((tool, index) =>
        defers && index === 1 ? { ...tool, more: { defer_loading: true } } : tool
      ),
      ...(searches ? [search] : []),
    ]);
  }
  const codex: readonly PlannedTool[] = [
    { kind: "custom", name: "apply_patch", mark: "[patch]", more: GRAMMAR },
    { kind: "custom", name: "exec", namespace: "functions", mark: "[exec]", more: GRAMMAR },
    {
      kind: "function",
      name: "spawn_agent",
      namespace: "multi_agent_v1",
      mark: "[spawn]",
      parameters: ORDINARY[0]![1],
    },
    { kind: "local_shell", name: "local_shell", mark: "local_shell" },
    {
      kind: "hosted",
      name: "web_search",
      mark: "web_search",
      more: { type: "web_search", external_web_access: true },
    },
    {
      kind: "hosted",
      name: "tool_search",
      mark: "tool_search",
      more: {
        type: "tool_search",
        execution: "client",
        description: "Searches tools.",
        parameters: { type: "object", properties: { query: { type: "string" } }, required: ["query"] },
      },
    },
  ];
  return fc.tuple(plain, fc.subarray([...codex])).map(([tools, more]) => [...tools, ...more]);
}

const argumentsArbitrary: fc.Arbitrary<Json> = fc.constantFrom<Json>(
  { command: "echo hi" },
  {},
  { path: "/a b/ü.ts", range: null },
  { nested: { list: [1, 2.5, "x", false, null], deep: { a: {} } } },
  { text: 'say "{}" and \\n' },
  { id: 9007199254740991 },
);

function callArbitrary(tools: readonly PlannedTool[]): fc.Arbitrary<SaidCall> {
  const callable = tools.filter(({ kind }) => kind !== "hosted");
  return fc.tuple(fc.constantFrom(...callable), argumentsArbitrary).map(([tool, args]): SaidCall =>
    tool.kind === "custom"
      ? { mark: tool.mark, input: '*** Begin Patch\n+ "x"\n*** End Patch' }
      : tool.kind === "local_shell"
      ? { mark: tool.mark, arguments: { command: ["ls", "-l"], working_directory: "/tmp" } }
      : { mark: tool.mark, arguments: args }
  );
}

/** Mostly nothing odd; else one of the habits of gateways. */
const habit = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Habit>("plain") },
  { weight: 4, arbitrary: fc.constantFrom<Habit>("empty-first", "twice", "encoded-twice", "null") },
);

const result: fc.Arbitrary<PlannedResult> = fc.record({
  text: fc.constantFrom("ok", "line\nline", "", '{"a": 1}'),
  failed: fc.boolean(),
  image: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
}, { noNullPrototype: true });

function partsArbitrary(dialect: Dialect): fc.Arbitrary<PlannedPart[]> {
  const details = dialect === "openai-responses"
    ? [undefined, "auto", "high", "original"]
    : dialect === "openai-chat"
    ? [undefined, "auto", "low"]
    : [undefined];
  const extra: fc.Arbitrary<PlannedPart | undefined> = fc.oneof(
    { weight: 20, arbitrary: fc.constant(undefined) },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.constantFrom(...details), fc.boolean()).map(([detail, remote]): PlannedPart => ({
        type: "image",
        ...(detail === undefined ? {} : { detail }),
        ...(remote ? { url: "https://example.com/a.png" } : {}),
      })),
    },
    { weight: 1, arbitrary: fc.constant<PlannedPart>({ type: "document" }) },
  );
  return fc.tuple(text, extra).map(([words, more]) => [
    { type: "text", text: words },
    ...(more === undefined ? [] : [more]),
  ]);
}

function stepArbitrary(
  dialect: Dialect,
  tools: readonly PlannedTool[],
): fc.Arbitrary<Omit<PlannedStep, "side">> {
  const laters = dialect === "anthropic-messages"
    ? ["system" as const]
    : ["system" as const, "developer" as const];
  return fc.record({
    model: fc.nat(11),
    said: fc.record({
      thinking: fc.option(fc.constantFrom("Let me think.", "First A,\nthen B."), { nil: undefined }),
      text: fc.option(fc.constantFrom("I look.", "Done: 👍", '{"title": "x"}', ""), { nil: undefined }),
      calls: fc.array(callArbitrary(tools), { maxLength: 3 }),
    }, { noNullPrototype: true }),
    habit,
    results: fc.array(result, { minLength: 3, maxLength: 3 }),
    beside: fc.option(text, { nil: undefined, freq: 3 }),
    later: fc.option(fc.constantFrom(...laters), { nil: undefined, freq: 4 }),
    next: partsArbitrary(dialect),
  }, { noNullPrototype: true }).map(({ said, ...step }): Omit<PlannedStep, "side"> => ({
    ...present(step),
    said: present({
      ...said,
      // An answer says something.
      ...(!said.text && said.calls.length === 0 ? { text: "Done." } : {}),
    }),
  }));
}

function present<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}

const TITLE = {
  type: "object",
  properties: { title: { type: "string" } },
  required: ["title"],
  additionalProperties: false,
};

/** An option that is left away as often as not. */
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** Settings of a Messages client. They keep to the dialect's own rules; no model is looked at. */
function messagesSettings(tools: readonly PlannedTool[]): fc.Arbitrary<{ settings: Json; beta: string[] }> {
  const [tool] = tools;
  return fc.record({
    max_tokens: fc.constantFrom(1024, 32000, 128000),
    thinking: fc.constantFrom("off", "budget", "adaptive", "omitted"),
    effort: maybe(fc.constantFrom("low", "medium", "high", "xhigh", "max")),
    sampling: rarely(
      fc.constantFrom({ temperature: 0.5 }, { top_p: 0.9 }, { temperature: 1 }, { top_k: 40 }),
    ),
    stop_sequences: rarely(fc.constant(["\n\nHuman:"])),
    tool_choice: rarely(
      fc.constantFrom<Json>({ type: "auto" }, { type: "any" }, { type: "tool", name: tool?.name }, {
        type: "auto",
        disable_parallel_tool_use: true,
      }),
    ),
    format: rarely(fc.constant({ type: "json_schema", schema: TITLE })),
    metadata: maybe(fc.constant({ user_id: "u-1" })),
    managed: fc.boolean(),
  }, { noNullPrototype: true }).map(
    ({ thinking, effort, sampling, tool_choice, format, managed, ...rest }) => {
      const thinks = thinking !== "off";
      const max_tokens = thinking === "budget" || thinking === "omitted"
        ? Math.max(rest.max_tokens, 32000)
        : rest.max_tokens;
      const forced = ["any", "tool"].includes(tool_choice?.type);
      return {
        beta: [
          "interleaved-thinking-2025-05-14",
          "advanced-tool-use-2025-11-20",
          ...(managed ? ["context-management-2025-06-27"] : []),
        ],
        settings: present({
          ...rest,
          max_tokens,
          thinking: thinking === "off" ? undefined : thinking === "adaptive" ? { type: "adaptive" } : {
            type: "enabled",
            budget_tokens: 16000,
            ...(thinking === "omitted" ? { display: "omitted" } : {}),
          },
          ...(thinks ? {} : sampling),
          tool_choice: thinks && forced ? undefined : tool_choice,
          output_config: effort === undefined && format === undefined
            ? undefined
            : present({ effort, format }),
          context_management: managed && thinks
            ? { edits: [{ type: "clear_thinking_20251015", keep: "all" }] }
            : undefined,
        }),
      };
    },
  );
}

function chatSettings(tools: readonly PlannedTool[]): fc.Arbitrary<Json> {
  const [tool] = tools;
  return fc.record({
    limit: fc.constantFrom({ max_tokens: 8192 }, { max_completion_tokens: 8192 }, {}),
    temperature: rarely(fc.constantFrom(0, 0.7, 1)),
    top_p: rarely(fc.constant(0.9)),
    presence_penalty: rarely(fc.constantFrom(0, 0.5)),
    frequency_penalty: rarely(fc.constantFrom(0, 0.5)),
    stop: rarely(fc.constantFrom<Json>(["END"], "END")),
    seed: rarely(fc.constant(7)),
    reasoning_effort: rarely(fc.constantFrom("none", "minimal", "low", "medium", "high", "xhigh")),
    tool_choice: rarely(
      fc.constantFrom<Json>("auto", "required", { type: "function", function: { name: tool?.name } }),
    ),
    parallel_tool_calls: rarely(fc.boolean()),
    response_format: rarely(
      fc.constantFrom<Json>({ type: "json_object" }, {
        type: "json_schema",
        json_schema: { name: "title", strict: true, schema: TITLE },
      }),
    ),
    store: rarely(fc.constant(false)),
    prompt_cache_key: rarely(fc.constant("ses_1")),
    user: rarely(fc.constant("u-1")),
    verbosity: rarely(fc.constant("low")),
    service_tier: rarely(fc.constant("auto")),
  }, { noNullPrototype: true }).map(({ limit, ...rest }) => present({ ...rest, ...limit }));
}

function responsesSettings(tools: readonly PlannedTool[]): fc.Arbitrary<Json> {
  const [tool] = tools;
  return fc.record({
    max_output_tokens: maybe(fc.constant(8192)),
    temperature: rarely(fc.constantFrom(0.7, 1)),
    top_p: rarely(fc.constant(0.9)),
    effort: maybe(fc.constantFrom("minimal", "low", "medium", "high", "xhigh")),
    summary: maybe(fc.constant("auto")),
    verbosity: rarely(fc.constant("low")),
    format: rarely(fc.constant({ type: "json_schema", name: "title", strict: true, schema: TITLE })),
    tool_choice: maybe(
      fc.constantFrom<Json>("auto", "auto", "required", { type: "function", name: tool?.name }),
    ),
    parallel_tool_calls: maybe(fc.boolean()),
    prompt_cache_key: maybe(fc.constant("ses_1")),
    client_metadata: maybe(fc.constant({ session_id: "ses_1" })),
  }, { noNullPrototype: true }).map(({ effort, summary, verbosity, format, ...rest }) =>
    present({
      ...rest,
      store: false,
      include: ["reasoning.encrypted_content"],
      reasoning: effort === undefined && summary === undefined ? undefined : present({ effort, summary }),
      text: verbosity === undefined && format === undefined ? undefined : present({ verbosity, format }),
    })
  );
}

const VERSION = { "anthropic-version": "2023-06-01" };

function settingsArbitrary(
  dialect: Dialect,
  tools: readonly PlannedTool[],
): fc.Arbitrary<{ settings: Json; headers: Record<string, string> }> {
  switch (dialect) {
    case "anthropic-messages":
      return messagesSettings(tools).map(({ settings, beta }) => ({
        settings,
        headers: { ...VERSION, "anthropic-beta": beta.join(",") },
      }));
    case "openai-chat":
      return chatSettings(tools).map((settings) => ({ settings, headers: {} }));
    case "openai-responses":
      return responsesSettings(tools).map((settings) => ({ settings, headers: {} }));
  }
}

/** Conversations of a client of `dialect`, in which two providers take turns. */
export function planArbitrary(dialect: Dialect, stream: boolean): fc.Arbitrary<Plan> {
  return toolsArbitrary(dialect).chain((tools) =>
    fc.record({
      system: fc.constantFrom("You are a coding agent.", "Be brief."),
      opening: partsArbitrary(dialect),
      steps: fc.array(stepArbitrary(dialect, tools), { minLength: 2, maxLength: 4 }),
      flaw: fc.oneof(
        { weight: 6, arbitrary: fc.constant<Flaw>("none") },
        {
          weight: 2,
          arbitrary: fc.constantFrom<Flaw>("interrupted", "half-interrupted", "compacted", "late-results"),
        },
      ),
      chosen: settingsArbitrary(dialect, tools),
    }, { noNullPrototype: true }).map(({ chosen, steps, ...rest }): Plan => ({
      ...rest,
      ...chosen,
      dialect,
      stream,
      tools,
      steps: steps.map((step, index) => ({ ...step, side: (index % 2) as 0 | 1 })),
    }))
  );
}
