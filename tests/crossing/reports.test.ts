/**
 * What users reported of conversations that cross providers, report by report: played by a client of each dialect, streamed
 * and whole, to the strict providers that refuse what the report says.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../src/model/json.ts";
import type { Plan, PlannedStep, PlannedTool } from "../support/conversations.ts";
import type { Habit, Said } from "../support/houses/answers.ts";
import type { StrictHouse } from "../support/houses/house.ts";
import { HOUSES } from "../support/houses/houses.ts";
import type { Dialect } from "../support/houses/rules.ts";
import { play } from "../support/play.ts";
import { DIALECTS, startWorld, type World } from "./worlds.ts";

const SCHEMA = { type: "object", properties: { command: { type: "string" } }, required: ["command"] };
const BASH: PlannedTool = { kind: "function", name: "Bash", mark: "[bash]", parameters: SCHEMA };

const VERSION = { "anthropic-version": "2023-06-01" };
const BETAS = {
  ...VERSION,
  "anthropic-beta":
    "context-management-2025-06-27,advanced-tool-use-2025-11-20,interleaved-thinking-2025-05-14",
};

/** The least that a request of each dialect has. */
const LEAST: Readonly<Record<Dialect, Json>> = {
  "anthropic-messages": { max_tokens: 32_000 },
  "openai-chat": {},
  "openai-responses": { store: false, include: ["reasoning.encrypted_content"] },
};

const CALL: Said = {
  thinking: "Let me think.",
  text: "I look.",
  calls: [{ mark: "[bash]", arguments: { command: "ls" } }],
};
const TWO_CALLS: Said = { ...CALL, calls: [...CALL.calls, ...CALL.calls] };
const END: Said = { thinking: "Hm.", text: "Done.", calls: [] };

const RESULTS = [1, 2, 3].map(() => ({ text: "ok", failed: false, image: false }));

/** A turn that calls a tool, and what follows it. */
function steps(said: readonly Said[], more: Partial<PlannedStep> = {}): readonly PlannedStep[] {
  return said.map((one, at) => ({
    side: (at % 2) as 0 | 1,
    model: 0,
    said: one,
    habit: "plain",
    results: RESULTS,
    next: [{ type: "text", text: "go on" }],
    ...more,
  }));
}

/** What a report is about. */
interface Report {
  /** Its number in the reports from the field, and what it says. */
  readonly name: string;
  /** The clients that it concerns. @default all three */
  readonly clients?: readonly Dialect[];
  /** The providers of the conversation, which take turns. */
  readonly between: readonly (readonly [string, string])[];
  readonly said?: readonly Said[];
  readonly step?: Partial<PlannedStep>;
  readonly tools?: readonly PlannedTool[];
  readonly settings?: Partial<Readonly<Record<Dialect, Json>>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly flaw?: Plan["flaw"];
}

const to = (from: string, ...others: string[]) => others.map((other) => [from, other] as const);

const THINKS: Report["settings"] = {
  "anthropic-messages": { max_tokens: 32_000, thinking: { type: "enabled", budget_tokens: 16_000 } },
  "openai-chat": { reasoning_effort: "high" },
  "openai-responses": { reasoning: { effort: "high", summary: "auto" } },
};

const ODD_TOOLS: readonly PlannedTool[] = [
  BASH,
  { kind: "function", name: "mcp__clock__now", mark: "[clock]", parameters: { type: "object" } },
  {
    kind: "function",
    name: "mcp__any",
    mark: "[any]",
    parameters: { type: "object", anyOf: [{ type: "object", properties: { a: { type: "string" } } }] },
  },
  {
    kind: "function",
    name: "mcp__grid",
    mark: "[grid]",
    parameters: {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      $defs: { id: { type: "object", properties: { n: { type: "integer", exclusiveMinimum: 0 } } } },
      properties: {
        cell: { type: ["string", "null"] },
        mode: { const: "replace" },
        at: { $ref: "#/$defs/id", description: "where" },
        values: { type: "object", patternProperties: { "^x-": { type: "string" } } },
      },
      additionalProperties: false,
    },
  },
];

const CODEX_TOOLS: readonly PlannedTool[] = [
  BASH,
  { kind: "custom", name: "apply_patch", mark: "[patch]", more: { format: { type: "text" } } },
  { kind: "function", name: "spawn", namespace: "agents", mark: "[spawn]", parameters: SCHEMA },
  { kind: "hosted", name: "web_search", mark: "web_search", more: { type: "web_search" } },
];

const gateways = ["gateway", "bridge"] as const;

const REPORTS: readonly Report[] = [
  {
    name: "A1 an older Claude gets no field whose beta it does not get",
    between: [["anthropic", "anthropic"]],
    step: { model: 1 },
    tools: [BASH, { ...BASH, name: "Later", mark: "[later]" }],
    settings: {
      "anthropic-messages": {
        max_tokens: 128_000,
        thinking: { type: "adaptive" },
        output_config: { effort: "xhigh" },
        context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
      },
      "openai-chat": { reasoning_effort: "xhigh", max_completion_tokens: 128_000 },
      "openai-responses": { reasoning: { effort: "xhigh" }, max_output_tokens: 128_000 },
    },
    headers: BETAS,
  },
  {
    name: "A2 the oddities of providers hold where a request passes through",
    between: [
      ["deepseek", "mistral"],
      ["groq", "openai"],
      ["openai", "groq"],
      ["google", "cerebras"],
      [
        "kimi",
        "fireworks",
      ],
      ["xai", "zai"],
      ["vllm", "lmstudio"],
    ],
    step: { later: "system" },
    settings: {
      "openai-chat": {
        max_completion_tokens: 8192,
        store: false,
        prompt_cache_key: "ses_1",
        verbosity: "low",
        temperature: 0.7,
        service_tier: "auto",
      },
      "openai-responses": {
        prompt_cache_key: "ses_1",
        client_metadata: { a: "b" },
        text: { verbosity: "low" },
      },
      "anthropic-messages": { max_tokens: 8192, metadata: { user_id: "u" }, temperature: 0.7 },
    },
  },
  {
    name: "A3 tools of OpenAI's own kinds reach others as functions",
    clients: ["openai-responses"],
    between: to("openai", "groq", "xai", "ollama", "lmstudio", "vllm", "openrouter", "deepseek", "anthropic"),
    tools: CODEX_TOOLS,
    said: [
      { ...CALL, calls: [{ mark: "[patch]", input: "*** Begin Patch" }] },
      { ...CALL, calls: [{ mark: "[spawn]", arguments: { command: "x" } }] },
      { ...CALL, calls: [{ mark: "[patch]", input: "*** Begin Patch" }] },
      END,
    ],
  },
  {
    name: "A4 system messages in mid-conversation are folded where only the first is taken",
    between: [["anthropic", "ollama"], ["anthropic", "vllm"], ["openai", "gateway"], ["openai", "bridge"], [
      "together",
      "llamacpp",
    ]],
    step: { later: "system" },
  },
  {
    name: "B1 another provider's thinking does not reach Claude",
    between: [
      ...["zai", "minimax", "deepseek", "kimi", "openrouter"].map((name) => [name, "anthropic"] as const),
      ["anthropic", "openrouter"],
    ],
    said: [CALL, CALL, CALL, END],
    settings: THINKS,
  },
  {
    name: "B2 encrypted reasoning goes back to its own account",
    between: [["openai", "azure"], ["openai", "xai"], ["azure", "openrouter"], ["xai", "openai"]],
    said: [CALL, CALL, CALL, END],
    settings: THINKS,
  },
  {
    name: "B3 ids of calls are legal and new where they are given out",
    between: [["kimi", "anthropic"], ["gateway", "anthropic"], ["google", "anthropic"], ["kimi", "openai"]],
    said: [TWO_CALLS, CALL, TWO_CALLS, CALL],
  },
  {
    name: "B4 thinking is off until a turn without it is over, or is given back",
    between: [["openai", "anthropic"], ["groq", "anthropic"], ["anthropic", "deepseek"], [
      "anthropic",
      "kimi",
    ]],
    step: { model: 1 },
    settings: THINKS,
    said: [CALL, CALL, CALL, END],
  },
  {
    name: "B5 calls of others get the reasoning that a provider wants with them",
    between: [["anthropic", "deepseek"], ["openai", "kimi"], ["groq", "moonshot"], ["mistral", "deepseek"]],
    said: [{ text: "I look.", calls: CALL.calls }, CALL, { text: "I look.", calls: CALL.calls }, END],
  },
  {
    name: "B6 Gemini gets its signature back, or the documented stand-in",
    between: [["google", "google"], ["google", "anthropic"], ["anthropic", "google"]],
    said: [CALL, TWO_CALLS, CALL, END],
  },
  {
    name: "B7 ids are as short as a provider wants them",
    between: [["vllm", "mistral"], ["gateway", "openai"], ["lmstudio", "mistral"], ["vllm", "openai"]],
    said: [TWO_CALLS, CALL, END],
  },
  {
    name: "C1 results follow their calls, whatever the client puts between",
    between: [["anthropic", "openai"], ["anthropic", "moonshot"], ["openai", "mistral"], [
      "anthropic",
      "google",
    ]],
    said: [TWO_CALLS, TWO_CALLS, END],
    flaw: "late-results",
    step: { beside: "Be brief.", later: "system" },
  },
  {
    name: "C2 calls without results get some, results without calls are words",
    between: [["openai", "anthropic"], ["anthropic", "openai"], ["anthropic", "deepseek"], [
      "openai",
      "minimax",
    ]],
    said: [TWO_CALLS, END],
    flaw: "half-interrupted",
  },
  {
    name: "C2 a compacted history is made whole",
    between: [["openai", "anthropic"], ["anthropic", "openai"], ["anthropic", "zai"], ["openai", "minimax"]],
    said: [TWO_CALLS, END],
    flaw: "compacted",
  },
  {
    name: "C3 Mistral reads an answer between a result and the user",
    between: [["anthropic", "mistral"], ["openai", "mistral"], ["mistral", "mistral"]],
    said: [CALL, CALL, END],
    step: { beside: "Be brief." },
  },
  ...(["empty-first", "twice"] as const).map((habit): Report => ({
    name: `D1 arguments that a gateway writes ${habit} are one object`,
    between: gateways.map((name) => [name, "anthropic"] as const),
    step: { habit },
  })),
  ...(["encoded-twice", "null"] as readonly Habit[]).map((habit): Report => ({
    name: `D2 arguments that are ${habit === "null" ? "null" : "JSON in JSON"} are one object`,
    between: gateways.map((name) => [name, "openai"] as const),
    step: { habit },
    said: [{ ...CALL, calls: [{ mark: "[bash]", arguments: {} }, ...CALL.calls] }, CALL, END],
  })),
  {
    name: "E1 schemas of tools keep to OpenAI's rules",
    between: [["anthropic", "openai"], ["anthropic", "azure"]],
    tools: ODD_TOOLS,
  },
  {
    name: "E2 schemas of tools keep to Gemini's subset, Moonshot's and LM Studio's",
    between: [["google", "kimi"], ["lmstudio", "google"], ["minimax", "anthropic"]],
    tools: ODD_TOOLS,
  },
  {
    name: "F1 a forced tool goes without thinking where thinking excludes it",
    between: [["deepseek", "kimi"], ["moonshot", "deepseek"], ["anthropic", "openai"]],
    settings: {
      "anthropic-messages": { max_tokens: 32_000, tool_choice: { type: "any" } },
      "openai-chat": { tool_choice: "required" },
      "openai-responses": { tool_choice: "required" },
    },
  },
  {
    name: "F2 a schema goes out in words where no target enforces it",
    between: [["deepseek", "zai"], ["anthropic", "deepseek"]],
    settings: {
      "anthropic-messages": {
        max_tokens: 32_000,
        output_config: {
          format: { type: "json_schema", schema: { ...SCHEMA, additionalProperties: false } },
        },
      },
      "openai-chat": {
        response_format: { type: "json_schema", json_schema: { name: "title", schema: SCHEMA } },
      },
      "openai-responses": { text: { format: { type: "json_schema", name: "title", schema: SCHEMA } } },
    },
  },
  {
    name: "F3 settings of sampling that a model does not take are dropped",
    between: [["kimi", "moonshot"], ["openai", "xai"], ["anthropic", "zai"], ["minimax", "mistral"]],
    settings: {
      "anthropic-messages": { max_tokens: 32_000, temperature: 0.2 },
      "openai-chat": {
        temperature: 1.7,
        top_p: 0.5,
        presence_penalty: 0.5,
        frequency_penalty: 0.5,
        stop: ["x"],
      },
      "openai-responses": { temperature: 1.7, top_p: 0.5 },
    },
  },
  ...["xhigh", "max", "minimal", "none"].map((effort): Report => ({
    name: `F5 the effort ${effort} becomes a word that the model knows`,
    between: [["openai", "deepseek"], ["anthropic", "mistral"], ["groq", "google"], ["xai", "ollama"], [
      "cerebras",
      "azure",
    ]],
    settings: {
      "anthropic-messages": {
        max_tokens: 32_000,
        thinking: { type: "adaptive" },
        output_config: { effort: effort === "none" || effort === "minimal" ? "low" : effort },
      },
      "openai-chat": { reasoning_effort: effort },
      "openai-responses": { reasoning: { effort } },
    },
  })),
  {
    name: "F6 the image detail original is known to OpenAI's Responses alone",
    clients: ["openai-responses"],
    between: [["openai", "xai"], ["azure", "anthropic"], ["openrouter", "google"]],
    step: { next: [{ type: "text", text: "look" }, { type: "image", detail: "original" }] },
    said: [END, END, END],
  },
  {
    name: "G1 an answer that calls tools says so",
    between: gateways.map((name) => [name, "openai"] as const),
    said: [CALL, CALL, CALL, END],
  },
  {
    name: "G4 the billing block reaches Anthropic alone",
    clients: ["anthropic-messages"],
    between: to("anthropic", "deepseek", "kimi", "ollama", "groq", "openrouter"),
  },
];

function planOf(report: Report, dialect: Dialect, stream: boolean): Plan {
  return {
    dialect,
    stream,
    system: "You are a coding agent.",
    opening: [{ type: "text", text: "plan the API" }],
    tools: report.tools ?? [BASH],
    steps: steps(report.said ?? [CALL, CALL, END], report.step),
    flaw: report.flaw ?? "none",
    settings: { ...LEAST[dialect], ...report.settings?.[dialect] },
    headers: dialect === "anthropic-messages" ? report.headers ?? VERSION : {},
  };
}

/** Plays a conversation; gives what was refused, and what was not read as it was said. */
async function faults(world: World, plan: Plan, pair: readonly [string, string]): Promise<string[]> {
  const houses = pair.map((name) => world.houses.get(name)!) as [StrictHouse, StrictHouse];
  for (const house of houses) house.refusals.length = house.arrived.length = house.answered.length = 0;
  const { differences, failed, declined } = await play(plan, world.proxy, houses);
  const refused = [...new Set(houses)].flatMap(({ refusals }) => refusals.map(({ id }) => id));
  const found = [...refused, ...differences, ...[failed, declined].filter((one) => one !== undefined)];
  return found.map((one) =>
    `${plan.dialect}, ${plan.stream ? "streamed" : "whole"}, ${pair.join(" and ")}: ${one}`
  );
}

for (const report of REPORTS) {
  test(report.name, async () => {
    await using world = await startWorld();
    const found: string[] = [];
    for (const dialect of report.clients ?? DIALECTS) {
      for (const stream of [true, false]) {
        for (const pair of report.between) {
          found.push(...await faults(world, planOf(report, dialect, stream), pair));
        }
      }
    }
    assert.deepEqual(found, []);
  });
}

test("every provider is part of a report", () => {
  const played = new Set(REPORTS.flatMap(({ between }) => between.flat()));
  assert.deepEqual(Object.keys(HOUSES).filter((name) => !played.has(name)), []);
});
