/**
 * Writes docs/dialects.md and docs/providers.md from the code's own tables and encoders: `deno run -A scripts/dialects-doc.ts`.
 * A test compares the files with what this makes.
 */
import { writeFileSync } from "node:fs";
import { type ModelTraits, TRAIT_ROWS } from "../src/catalog/data/model-traits.ts";
import { BUILTIN_PROVIDERS } from "../src/catalog/data/providers.ts";
import { ANY_COPY, QUIRKS } from "../src/catalog/quirks.ts";
import { CLIENT_TOOLS } from "../src/dialects/shared/client-tools.ts";
import type { Conversation, Part, Reply, StopReason } from "../src/model/conversation.ts";
import { type BuiltinDialect, dialects } from "../src/dialects/registry.ts";
import type { FailureClass } from "../src/model/failure.ts";
import type { Json } from "../src/model/json.ts";
import { ESSENTIAL } from "../src/dialects/shared/limits.ts";
import { FAILURE_RULES } from "../src/dispatch/failure/failure.ts";

const TITLES: Readonly<Record<BuiltinDialect, string>> = {
  "anthropic-messages": "Anthropic Messages",
  "openai-chat": "OpenAI Chat Completions",
  "openai-responses": "OpenAI Responses",
};
const NAMES = Object.keys(TITLES) as BuiltinDialect[];

const ASKED: Conversation = {
  dialect: "openai-chat",
  model: "m",
  stream: false,
  messages: [{ role: "user", parts: [{ type: "text", text: "hi" }] }],
  tools: [{ kind: "function", name: "f", parameters: { type: "object", properties: {} } }],
  serverTools: [],
  extensions: {},
};

const STOPS: readonly StopReason[] = [
  "end_turn",
  "max_tokens",
  "stop_sequence",
  "tool_use",
  "refusal",
  "content_filter",
  "pause_turn",
  "context_window",
];

/** How an answer's end reads in a dialect. */
function stopIn(name: BuiltinDialect, stop: StopReason): string {
  const text: Part = stop === "tool_use"
    ? { type: "tool_call", id: "c", name: "f", kind: "function", arguments: "{}" }
    : { type: "text", text: "x" };
  const reply: Reply = { id: "r", model: "m", parts: [text], stop };
  const json = dialects[name].reply.encode(reply, ASKED);
  if (name === "anthropic-messages") return `\`${json.stop_reason}\``;
  if (name === "openai-chat") return `\`${json.choices[0].finish_reason}\``;
  const reason = json.incomplete_details?.reason;
  return reason === undefined ? `\`${json.status}\`` : `\`${json.status}\`: \`${reason}\``;
}

/** How a failure reads in a dialect. */
function failureIn(name: BuiltinDialect, kind: FailureClass): string {
  const { error }: Json = dialects[name].failure.encode({
    status: FAILURE_RULES[kind].status,
    class: kind,
    message: "x",
  });
  return name === "anthropic-messages" || !error.code
    ? `\`${error.type}\``
    : `\`${error.type}\` / \`${error.code}\``;
}

/** How an effort to think goes out. */
function effortIn(name: BuiltinDialect, effort: string): string {
  const asked: Conversation = {
    ...ASKED,
    maxTokens: 64_000,
    reasoning: { enabled: effort !== "none", effort },
  };
  const target = {
    model: name === "anthropic-messages" ? "claude-sonnet-4-5" : "gpt-5",
    provider: "p",
    quirks: [],
    reasoning: true,
  };
  const { body } = dialects[name].request.encode(asked, target);
  const found: Record<string, Json> = {};
  for (const key of ["thinking", "output_config", "reasoning_effort", "reasoning"]) {
    if (body[key] !== undefined) found[key] = body[key];
  }
  return Object.keys(found).length === 0 ? "dropped" : `\`${JSON.stringify(found).slice(1, -1)}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const ROLES: readonly (readonly string[])[] = [
  [
    "system and developer messages, first",
    "`system`",
    "`system` / `developer` messages",
    "`instructions`, `system` / `developer` items",
  ],
  [
    "the same, in mid-conversation",
    "`system` messages where the model takes them, else marked text of the user's",
    "in place",
    "in place",
  ],
  [
    "text, images (data and URL), documents",
    "`text`, `image`, `document`",
    "`text`, `image_url`, `file`",
    "`input_text`, `input_image`, `input_file`",
  ],
  ["tool calls", "`tool_use`", "`tool_calls`", "`function_call`, `custom_tool_call`, `local_shell_call`, …"],
  [
    "tool results",
    "`tool_result` (text, images, errors)",
    "`tool` messages (text; images follow in a user message)",
    "`function_call_output`, …",
  ],
  [
    "custom tools (free text)",
    "a tool with one string, `input`",
    "a function with one string, `input`",
    "`custom`",
  ],
  ["namespaced tools", "one flat, reversible name", "one flat, reversible name", "`namespace`"],
  [
    "thinking",
    "`thinking` with its signature, `redacted_thinking`",
    "`reasoning_content`, `reasoning_details`",
    "`reasoning` items with summaries and `encrypted_content`",
  ],
  ["structured output", "`output_config.format`", "`response_format`", "`text.format`"],
  [
    "output limit",
    "`max_tokens` (required)",
    "`max_tokens` or `max_completion_tokens`",
    "`max_output_tokens`",
  ],
  [
    "parallel tool calls off",
    "`disable_parallel_tool_use`",
    "`parallel_tool_calls`",
    "`parallel_tool_calls`",
  ],
  ["who the user is", "`metadata.user_id`", "`user`, `safety_identifier`", "`user`, `safety_identifier`"],
  [
    "cached input, reasoning in usage",
    "`cache_read_input_tokens`, `cache_creation_input_tokens`",
    "`prompt_tokens_details`, `completion_tokens_details`",
    "`input_tokens_details`, `output_tokens_details`",
  ],
];

/** The whole page docs/dialects.md. */
export function dialectsDoc(): string {
  const heads = NAMES.map((name) => TITLES[name]);
  return `# Dialects

<!-- Made by scripts/dialects-doc.ts from the code; edit there. -->

A client of any dialect works with a provider of any dialect, streaming and not. Three of the nine pairs pass through: the client's
own bytes go out with \`model\` replaced, and the provider's come back as they are. The other six are translated through one
neutral conversation, event by event. A provider that only streams serves a client that wants it whole, and the other way round.

All nine are made fit for the provider and the model ([providers.md](providers.md)): what they refuse is dropped, renamed or said in their
way. Where a request passes through, only those members of its JSON change; every other byte stays, and so do the headers and the query, less
the \`anthropic-beta\` values of what was dropped. A request with nothing of the kind goes out byte for byte.

What a provider cannot take is dropped on purpose, by the tables below, and named in \`X-Translation-Dropped\` and the log. A target that
would lose something **essential**, or a tool of the provider's that the request forces, is passed over for the next one of the chain. A JSON
schema or a forced tool goes to a target that takes it; where none does, to the first in words.

A 400 that names one optional thing (a field, a role, a keyword of schemas, an effort, a beta) or one of a few needs (a lower limit of the answer, the
user's words at the end, definitions of the tools in the history) is repaired and sent once more. The lesson is kept for that provider and model for 30 days, in \`lessons.json\` in the data folder; \`models\` and \`doctor\` list the lessons. Delete the file to forget them.

## What becomes what

${table(["", ...heads], ROLES)}

## When a conversation changes its provider

- **Signatures and encrypted reasoning** go back to the provider that made them, and to no other: Claude's thinking to the model that signed it,
  \`encrypted_content\` to the account, Gemini's thought signatures and the blocks of server tools to the provider. Between two dialects they travel sealed
  in the string that the client hands back; where bytes pass through, the proxy remembers who made them. What it does not know is tried; where the
  provider refuses it, the request goes out once more without, and the proxy remembers that.
- **What a provider needs** of a turn that another one answered: \`reasoning_content\` (or a thinking block) before calls for those that want their thinking
  back, in words or blank; Gemini's documented stand-in for a missing signature; for Claude with a thinking budget, thinking off until the turn is over.
- **Files, containers and compacted histories** stay with the account that keeps them: a target that does not is passed over. Where none is left, a
  compacted history is replaced by a note that there was one. Claude's (\`compaction\` blocks) can be read: their words go everywhere, in place of what came
  before them. Files that are text go out as text where a provider takes no files.
- **Ids of calls** are legal and new in the client's dialect from the moment they are given out; their provider gets its own back where they mean
  something to it (Kimi). Longer ones than a provider takes are shortened.
- **Calls and results** are put in order for each provider, on every path: results right behind their calls, a result for a call that was interrupted,
  the user's words for a result whose call is gone, an answer between a result and the user's next message where a provider wants one. A provider that
  wants the user's words first or last gets a short message of the user's there.
- **Arguments** are one JSON object, streamed or whole, whatever a gateway wrote: \`{}\` first, everything twice, JSON within a string, \`null\`. Those that
  were cut off go back to a model whole, in a field of their own. Integers keep their digits.
- **Texts and images** arrive as what they are: an image has the type of its bytes at Claude, whatever the client called it, and half a character, which
  strict parsers refuse, is replaced where a provider refused it.

A history that needs none of this passes through byte for byte.

A provider that speaks several dialects is asked in the client's own. Where a request would lose something essential in it, it goes out in another that
keeps it; and where a model takes no tools in Chat while it thinks (OpenAI's newest), it is asked in Responses.

Strict fakes of all built-in providers (\`tests/support/houses\`) refuse what the documents and reports say the real ones refuse. Each test run plays 5,000
random conversations that change their provider at every turn, in each client dialect, streamed and whole; \`deno task crossing\` plays more of them.
The longest run so far, on 2026-11-27: 100,000 conversations, seeds 9600001 to 9700000 (276,696 requests, 404 rules of 22 providers). Refused: 0. Misread
by a client: 0. \`deno task crossing --seed 9600001 --count 100000\` plays them again, in nine minutes; each conversation follows from its own seed.

Requests that a stateless translation cannot honour are refused with a 400 that names the field: \`previous_response_id\`, \`conversation\`,
\`background\`, \`prompt\` (templates), item references, containers, server-side MCP, audio answers. They work where the provider speaks the client's dialect.

## How an answer ends

${
    table(
      ["", ...heads],
      STOPS.map((stop) => [stop.replaceAll("_", " "), ...NAMES.map((name) => stopIn(name, stop))]),
    )
  }

An answer that calls tools always says so, whatever word the provider used.

## How hard to think

${
    table(
      ["effort", ...heads],
      ["none", "low", "medium", "high", "max"].map((effort) => [
        effort,
        ...NAMES.map((name) => effortIn(name, effort)),
      ]),
    )
  }

For models that take no effort or no budget, the model's own table decides (\`src/dialects/anthropic-messages/models.ts\`). A target's own effort
([configuration.md](configuration.md#targets-and-chains)) is said in the same words.

## Caches

A provider reads the beginning of a conversation from its cache where it meets it again, at the same account and often on the same machine only.
So every request of a session says which session it is, to the providers that want to know: in \`prompt_cache_key\` (OpenAI, xAI, Moonshot, Kimi Code),
\`x-session-affinity\` (Fireworks), \`x-session-id\` (OpenRouter) or \`x-grok-conv-id\` (xAI). The value is made from the session that the client names, for
clients of every dialect; nothing can be read from it. A client's own key stays.

Claude keeps only what is marked. A client of a dialect without marks gets them at Anthropic, and in chat at OpenRouter: the end of the tools, of the system
prompt and of the last two user messages, where the request has tools or a cache key, and the least length that the model's cache keeps. Marks of the client's stay as they are.

## Failures

${
    table(
      ["class", ...heads],
      (Object.keys(FAILURE_RULES) as FailureClass[]).filter((kind) => kind !== "cancelled").map((
        kind,
      ) => [kind.replaceAll("_", " "), ...NAMES.map((name) => failureIn(name, kind))]),
    )
  }

After output began: \`error\` event (Messages), an \`error\` object and the end (Chat), \`response.failed\` (Responses).

## Client tools as functions

Tools of the Responses dialect that its models know without a definition reach other providers as functions, and their calls come back as the client knows them:

${
    table(
      ["tool", "its arguments as a function"],
      Object.entries(CLIENT_TOOLS).map((
        [kind, tool],
      ) => [
        `\`${kind}\``,
        Object.keys(tool.parameters.properties ?? {}).map((key) => `\`${key}\``).join(", "),
      ]),
    )
  }

## What is dropped

${
    NAMES.map((name) =>
      `### Towards ${TITLES[name]}

${
        table(
          ["field", "when", "instead"],
          dialects[name].limits.map((
            { field, when, instead },
          ) => [`\`${field}\`${ESSENTIAL.has(field) ? " (essential)" : ""}`, when, instead ?? ""]),
        )
      }
`
    ).join("\n")
  }
Tools that a provider itself runs (web search, code execution, …) are dropped towards another dialect, by their name. So are top-level fields that only
the client's dialect knows.

## Providers' oddities

What each provider has of these is in [providers.md](providers.md). Each carries a list of them (\`quirks\` in a \`[[providers]]\` block, or built in):

${table(["quirk", "what is done"], Object.entries(QUIRKS).map(([quirk, what]) => [`\`${quirk}\``, what]))}

## Compacting a history

\`POST /v1/responses/compact\` goes to the first target that speaks Responses and has the endpoint. Where there is none, the answer is a 400 that says how
to make Codex compact by a summary of its own.

## Counting tokens

\`POST /v1/messages/count_tokens\` gives the provider's own count where it has one. Else it is an estimate by the shapes of words, numbers and signs, within a
tenth of a modern tokenizer on English prose and code, tools and system prompt included; the answer then says \`X-Routed-Model: estimate\`. A request that cannot be translated is estimated by its size.
`;
}

/** What a model takes, in words. */
function inWords(traits: ModelTraits): string[] {
  const code = (list: readonly string[]) => list.map((one) => `\`${one}\``).join(", ");
  const { efforts, fixed, ranges, forcedTools, renames } = traits;
  return [
    ...(efforts === undefined
      ? []
      : [efforts.length === 0 ? "no effort is taken" : `efforts: ${code(efforts)}`]),
    ...Object.entries(fixed ?? {}).map(([key, value]) => `\`${key}\`: only ${value}`),
    ...Object.entries(ranges ?? {}).map(([key, [least, most]]) => `\`${key}\`: ${least} to ${most}`),
    ...Object.entries(renames ?? {}).map(([key, name]) => `\`${key}\` is sent as \`${name}\``),
    ...(forcedTools === undefined
      ? []
      : [forcedTools === "never" ? "a forced tool becomes a wish" : "a forced tool switches thinking off"]),
    ...(traits.toolsWhileThinking === undefined ? [] : [
      `${
        traits.toolsWhileThinking.unasked ? "tools" : "tools beside an effort"
      } are asked for in Responses, or without thinking`,
    ]),
    ...(traits.images === false ? ["no images"] : []),
    ...(traits.thinkingSwitch === true ? ['no effort is `thinking: {type: "disabled"}`'] : []),
    ...(traits.thinkingSwitch === false ? ["nothing switches thinking off"] : []),
    ...(traits.thinkingTypes === undefined
      ? []
      : [`\`thinking.type\` in Messages: ${code(traits.thinkingTypes)}`]),
    ...(traits.wordsOrThinking === true ? ["calls go out with words or with thinking, not both"] : []),
    ...(traits.alternates === true ? ["the user and the assistant in turns, the user first"] : []),
    ...(traits.jsonSchema === undefined
      ? []
      : [traits.jsonSchema ? "JSON schemas are enforced" : "JSON schemas are sent in words"]),
    ...(traits.formatBesideTools === false ? ["beside tools an answer's format is sent in words"] : []),
    ...(traits.refuses === undefined ? [] : [`dropped in chat: ${code(traits.refuses)}`]),
    ...(traits.refusesInResponses === undefined
      ? []
      : [`dropped in responses: ${code(traits.refusesInResponses)}`]),
    ...(traits.messageFields === undefined ? [] : [`a message has only ${code(traits.messageFields)}`]),
    ...(traits.takesServerTools === undefined ? [] : [`runs ${code(traits.takesServerTools)}`]),
  ];
}

/** The whole page docs/providers.md. */
export function providersDoc(): string {
  const sections = BUILTIN_PROVIDERS.map(({ name, label, quirks }) => {
    const rows = TRAIT_ROWS.filter(({ at }) => at === name);
    const models = rows.map(({ models, traits, source }) => [
      models.source === "." ? "all" : `\`${models.source}\``,
      inWords(traits).join("; "),
      `[source](${source})`,
    ]);
    return [
      `## ${label} (\`${name}\`)`,
      quirks.length === 0 ? "No quirks." : `Quirks: ${quirks.map((quirk) => `\`${quirk}\``).join(", ")}.`,
      ...(models.length === 0 ? [] : [table(["models", "what they take", ""], models)]),
    ].join("\n\n");
  });
  return `# What each provider takes

<!-- Made by scripts/dialects-doc.ts from src/catalog; edit there. -->

Requests are made fit for these, whatever dialect the client speaks ([dialects.md](dialects.md)). What the quirks mean is listed in
[configuration.md](configuration.md#quirks). A provider that is not built in has ${
    ANY_COPY.map((quirk) => `\`${quirk}\``).join(", ")
  }, unless its block sets \`quirks\`; one at a known host (Azure's, for example) or named \`azure…\` is taken for the provider whose API it serves. Models are
matched by a pattern of their name; a later row overrides an earlier one. What generations of Claude take is in
\`src/dialects/anthropic-messages/models.ts\`. What is not listed here and refused all the same is learned from the refusal.

${sections.join("\n\n")}
`;
}

if (import.meta.main) {
  writeFileSync(new URL("../docs/dialects.md", import.meta.url), dialectsDoc());
  writeFileSync(new URL("../docs/providers.md", import.meta.url), providersDoc());
}
