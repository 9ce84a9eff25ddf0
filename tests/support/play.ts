/**
 * Plays a planned conversation as a client of a dialect does: sends it request by request through the proxy, keeps what it
 * read in its history, and notes whatever is not what the provider said.
 */
import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../src/model/json.ts";
import type { Plan, PlannedPart, PlannedResult, PlannedStep, PlannedTool } from "./conversations.ts";
import { HOUSES } from "./houses/houses.ts";
import type { StrictHouse } from "./houses/house.ts";
import { list } from "./houses/rules.ts";
import type { TestProxy } from "./proxy.ts";

export interface ReadCall {
  readonly id: string;
  readonly name: string;
  readonly namespace?: string;
  readonly kind: "function" | "custom" | "local_shell";
  readonly arguments?: Json;
  readonly input?: string;
}

/** What a client read of an answer. */
interface Read {
  readonly thinking: string;
  readonly text: string;
  readonly calls: readonly ReadCall[];
  /** Whether the answer says that tools were called. */
  readonly stopsForTools: boolean;
  /** What goes into the history. */
  readonly items: readonly Json[];
}

/** How a conversation went. */
export interface Played {
  /** What was read that was not said, or said and not read: step and what differs. */
  readonly differences: string[];
  /** The proxy itself would not send a request. */
  declined?: string;
  /** A provider's refusal or a failure reached the client. */
  failed?: string;
  /** The bodies that the client sent, one a request. */
  readonly sent: Json[];
}

/** A client of one dialect: how it writes and reads. */
interface Client {
  readonly path: string;
  body(plan: Plan, history: readonly Json[]): Json;
  user(parts: readonly PlannedPart[]): Json;
  later(role: "system" | "developer", text: string): Json;
  results(calls: readonly ReadCall[], step: PlannedStep, late: boolean): Json[];
  whole(answer: Json): Read;
  streamed(events: readonly Json[]): Read;
  legalId(id: string): boolean;
}

const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const DATA_URL = `data:image/png;base64,${PIXEL}`;
/** The first system block of Claude Code: metadata for Anthropic alone (field report G4). */
const BILLING = "x-anthropic-billing-header";
const LATER = "# Environment\nThe date is 2026-11-22.";

const withMark = ({ mark }: PlannedTool) => `Does it. ${mark}`;

// Messages

const messagesPart = (part: PlannedPart): Json =>
  part.type === "text"
    ? part
    : part.type === "document"
    ? { type: "document", source: { type: "text", media_type: "text/plain", data: "a document" } }
    : {
      type: "image",
      source: part.url === undefined
        ? { type: "base64", media_type: "image/png", data: PIXEL }
        : { type: "url", url: part.url },
    };

function messagesResult({ id }: ReadCall, { text, failed, image }: PlannedResult): Json {
  return {
    type: "tool_result",
    tool_use_id: id,
    content: image ? [{ type: "text", text: "a picture" }, messagesPart({ type: "image" })] : text,
    ...(failed ? { is_error: true } : {}),
  };
}

function readMessages(content: readonly Json[], stop: string): Read {
  const texts = (type: string, key: string) =>
    content.filter((one) => one.type === type).map((one) => one[key]).join("");
  return {
    thinking: texts("thinking", "thinking"),
    text: texts("text", "text"),
    calls: content.filter(({ type }) => type === "tool_use").map(({ id, name, input }): ReadCall => ({
      id,
      name,
      kind: "function",
      arguments: input,
    })),
    stopsForTools: stop === "tool_use",
    items: [{ role: "assistant", content }],
  };
}

const MESSAGES: Client = {
  path: "/v1/messages?beta=true",
  body: (plan, messages) => ({
    ...plan.settings,
    system: [
      { type: "text", text: `${BILLING}: cc_version=2.1.330.232; cc_entrypoint=cli;` },
      { type: "text", text: plan.system, cache_control: { type: "ephemeral" } },
    ],
    messages,
    tools: plan.tools.map((tool) =>
      tool.kind === "hosted"
        ? tool.more
        : { name: tool.name, description: withMark(tool), input_schema: tool.parameters, ...tool.more }
    ),
  }),
  user: (parts) => ({ role: "user", content: parts.map(messagesPart) }),
  later: (_role, text) => ({ role: "system", content: [{ type: "text", text }] }),
  results: (calls, step, late) => {
    const results = calls.map((call, i) => messagesResult(call, step.results[i]!));
    const beside = step.beside === undefined ? [] : [{ type: "text", text: step.beside }];
    return late && results.length > 1
      ? [
        { role: "user", content: [results[0], { type: "text", text: "late" }] },
        { role: "user", content: [...results.slice(1), ...beside] },
      ]
      : [{ role: "user", content: [...results, ...beside] }];
  },
  whole: (answer) => readMessages(answer.content, answer.stop_reason),
  streamed(events) {
    const blocks: Json[] = [];
    const json = new Map<number, string>();
    let stop = "";
    for (const { type, index, content_block, delta } of events) {
      if (type === "content_block_start") blocks[index] = { ...content_block };
      if (type === "message_delta") stop = delta.stop_reason;
      if (type !== "content_block_delta") continue;
      const block = blocks[index];
      if (delta.type === "text_delta") block.text += delta.text;
      if (delta.type === "thinking_delta") block.thinking += delta.thinking;
      if (delta.type === "signature_delta") block.signature = delta.signature;
      if (delta.type === "input_json_delta") json.set(index, (json.get(index) ?? "") + delta.partial_json);
    }
    for (const [index, text] of json) blocks[index].input = text === "" ? {} : parsed(text);
    return readMessages(blocks, stop);
  },
  legalId: (id) => /^[a-zA-Z0-9_-]+$/.test(id),
};

// Chat

const chatPart = (part: PlannedPart): Json =>
  part.type === "text"
    ? part
    : part.type === "document"
    ? { type: "file", file: { filename: "a.txt", file_data: "data:text/plain;base64,YSBkb2N1bWVudA==" } }
    : {
      type: "image_url",
      image_url: { url: part.url ?? DATA_URL, ...(part.detail === undefined ? {} : { detail: part.detail }) },
    };

function readChat(message: Json, finish: string): Read {
  return {
    thinking: message.reasoning_content ?? message.reasoning ??
      list(message.reasoning_details).map(({ text = "" }) => text).join(""),
    text: message.content ?? "",
    calls: list(message.tool_calls).map((call): ReadCall => ({
      id: call.id,
      name: call.function?.name ?? call.custom?.name,
      kind: "function",
      arguments: parsed(call.function?.arguments ?? call.custom?.input),
    })),
    stopsForTools: finish === "tool_calls",
    items: [message],
  };
}

/** Adds a streamed delta to the message so far, as the SDKs and agents do. */
function addDelta(message: Json, delta: Json): void {
  for (const key of ["content", "reasoning_content", "reasoning"]) {
    if (typeof delta[key] === "string") message[key] = (message[key] ?? "") + delta[key];
  }
  if (Array.isArray(delta.reasoning_details)) {
    message.reasoning_details ??= [];
    for (const { index = 0, ...detail } of delta.reasoning_details) {
      const known = message.reasoning_details[index];
      if (known === undefined) message.reasoning_details[index] = { ...detail };
      else Object.assign(known, detail, { text: (known.text ?? "") + (detail.text ?? "") });
    }
  }
  for (const { index, function: fn, ...call } of list(delta.tool_calls)) {
    message.tool_calls ??= [];
    const known = message.tool_calls[index] ??= { ...call, function: { name: "", arguments: "" } };
    known.function.name ||= fn?.name ?? "";
    known.function.arguments += fn?.arguments ?? "";
  }
}

const CHAT: Client = {
  path: "/v1/chat/completions",
  body: (plan, messages) => ({
    ...plan.settings,
    messages: [{ role: "system", content: plan.system }, ...messages],
    tools: plan.tools.map((tool) => ({
      type: "function",
      function: { name: tool.name, description: withMark(tool), parameters: tool.parameters },
    })),
    ...(plan.stream ? { stream_options: { include_usage: true } } : {}),
  }),
  user: (parts) => ({
    role: "user",
    content: parts.length === 1 && parts[0]!.type === "text" ? parts[0]!.text : parts.map(chatPart),
  }),
  later: (role, content) => ({ role, content }),
  results: (calls, step) => [
    ...calls.map(({ id }, i) => ({ role: "tool", tool_call_id: id, content: step.results[i]!.text })),
    ...(step.beside === undefined ? [] : [{ role: "user", content: step.beside }]),
  ],
  whole: ({ choices: [choice] }) => readChat(choice.message, choice.finish_reason),
  streamed(events) {
    const message: Json = { role: "assistant", content: null };
    let finish = "";
    for (const { choices } of events) {
      addDelta(message, choices?.[0]?.delta ?? {});
      finish = choices?.[0]?.finish_reason ?? finish;
    }
    return readChat(message, finish);
  },
  legalId: (id) => id !== "",
};

// Responses

const responsesPart = (part: PlannedPart): Json =>
  part.type === "text"
    ? { type: "input_text", text: part.text }
    : part.type === "document"
    ? { type: "input_file", filename: "a.txt", file_data: "data:text/plain;base64,YSBkb2N1bWVudA==" }
    : {
      type: "input_image",
      image_url: part.url ?? DATA_URL,
      ...(part.detail === undefined ? {} : { detail: part.detail }),
    };

function responsesTools(tools: readonly PlannedTool[]): Json[] {
  const plain = (tool: PlannedTool): Json =>
    tool.kind === "hosted"
      ? tool.more
      : tool.kind === "local_shell"
      ? { type: "local_shell" }
      : tool.kind === "custom"
      ? { type: "custom", name: tool.name, description: withMark(tool), ...tool.more }
      : {
        type: "function",
        name: tool.name,
        description: withMark(tool),
        strict: false,
        parameters: tool.parameters,
      };
  const spaces = new Set(tools.flatMap(({ namespace }) => namespace ?? []));
  return [
    ...tools.filter(({ namespace }) => namespace === undefined).map(plain),
    ...[...spaces].map((name) => ({
      type: "namespace",
      name,
      description: "Tools.",
      tools: tools.filter(({ namespace }) => namespace === name).map(plain),
    })),
  ];
}

function readItem(item: Json): ReadCall[] {
  const { call_id: id, name, namespace } = item;
  const named = { id, name, ...(namespace === undefined ? {} : { namespace }) };
  if (item.type === "function_call") {
    return [{ ...named, kind: "function", arguments: parsed(item.arguments) }];
  }
  if (item.type === "custom_tool_call") return [{ ...named, kind: "custom", input: item.input }];
  if (item.type !== "local_shell_call") return [];
  const { command, working_directory } = item.action;
  return [{ id, name: "local_shell", kind: "local_shell", arguments: { command, working_directory } }];
}

function readResponses(output: readonly Json[]): Read {
  return {
    thinking: output.filter(({ type }) => type === "reasoning")
      .flatMap(({ summary, content }) => [...list(summary), ...list(content)]).map(({ text }) => text).join(
        "",
      ),
    text: output.filter(({ type }) => type === "message").flatMap(({ content }) => list(content))
      .map(({ text }) => text ?? "").join(""),
    calls: output.flatMap(readItem),
    stopsForTools: output.some(({ type }) => /_call$/.test(type)),
    items: output,
  };
}

const OUTPUTS: Readonly<Record<ReadCall["kind"], string>> = {
  function: "function_call_output",
  custom: "custom_tool_call_output",
  local_shell: "local_shell_call_output",
};

function responsesOutput({ id, kind }: ReadCall, { text, image }: PlannedResult): Json {
  return {
    type: OUTPUTS[kind],
    call_id: id,
    output: image && kind === "function"
      ? [{ type: "input_image", image_url: DATA_URL, detail: "original" }]
      : text,
  };
}

const RESPONSES: Client = {
  path: "/v1/responses",
  body: (plan, input) => ({
    ...plan.settings,
    input: [
      { type: "message", role: "developer", content: [{ type: "input_text", text: plan.system }] },
      ...input,
    ],
    tools: responsesTools(plan.tools),
  }),
  user: (parts) => ({ type: "message", role: "user", content: parts.map(responsesPart) }),
  later: (role, text) => ({ type: "message", role, content: [{ type: "input_text", text }] }),
  results: (calls, step, late) => {
    const outputs = calls.map((call, i) => responsesOutput(call, step.results[i]!));
    const picture = RESPONSES.user([{ type: "text", text: "a picture" }, { type: "image" }]);
    const placed = late && outputs.length > 1 ? [outputs[0], picture, ...outputs.slice(1)] : outputs;
    return [
      ...placed,
      ...(step.beside === undefined ? [] : [RESPONSES.user([{ type: "text", text: step.beside }])]),
    ];
  },
  whole: (answer) => readResponses(answer.output),
  streamed: (events) =>
    readResponses(events.filter(({ type }) => type === "response.output_item.done").map(({ item }) => item)),
  legalId: (id) => id.length > 0 && id.length <= 64,
};

const CLIENTS = { "anthropic-messages": MESSAGES, "openai-chat": CHAT, "openai-responses": RESPONSES };

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The data of server-sent events. */
function eventsOf(text: string): Json[] {
  return text.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trim())
    .filter((data) => data !== "[DONE]").map(parsed);
}

/** Plays a plan with two providers that take turns. */
export async function play(
  plan: Plan,
  proxy: Pick<TestProxy, "post">,
  houses: readonly [StrictHouse, StrictHouse],
): Promise<Played> {
  const client = CLIENTS[plan.dialect];
  const played: Played = { differences: [], sent: [] };
  const ids = new Set<string>();
  let history: Json[] = [client.user(plan.opening)];
  for (const [at, step] of plan.steps.entries()) {
    const house = houses[step.side];
    const { models, odd = false } = HOUSES[house.name]!;
    const before = house.answered.length;
    const came = house.arrived.length;
    house.says(step.said, odd ? step.habit : "plain");
    const body = {
      model: `${house.name},${models[step.model % models.length]}`,
      ...client.body(plan, history),
      ...(plan.stream ? { stream: true } : {}),
    };
    played.sent.push(body);
    const response = await proxy.post(client.path, body, plan.headers);
    const text = await response.text();
    if (response.status !== 200) {
      if (house.arrived.length === came) played.declined = `${response.status} ${text.slice(0, 400)}`;
      else played.failed = `${response.status} ${text.slice(0, 400)}`;
      return played;
    }
    if (house.name !== "anthropic" && house.arrived.at(-1)?.text.includes(BILLING)) {
      played.differences.push(`step ${at}: the billing block reached a provider other than Anthropic`);
    }
    const answer = plan.stream ? client.streamed(eventsOf(text)) : client.whole(JSON.parse(text));
    const spoken = house.answered[before];
    played.differences.push(
      ...differences(plan, step, { answer, ids, client, spoken }).map((one) => `step ${at}: ${one}`),
    );
    history = goOn({ plan, client, history, step, at, answer });
  }
  return played;
}

/** What the client read that was not said, and the other way round. */
function differences(plan: Plan, step: PlannedStep, { answer, ids, client, spoken }: {
  readonly answer: Read;
  readonly ids: Set<string>;
  readonly client: Client;
  readonly spoken: StrictHouse["answered"][number] | undefined;
}): string[] {
  if (spoken === undefined) return ["the provider answered nothing"];
  const found: string[] = spoken.lost.map((mark) =>
    `the tool ${mark} is not offered to ${spoken.asked.dialect}`
  );
  const said = step.said.calls.filter(({ mark }) => !spoken.lost.includes(mark)).map((call) => {
    const tool = plan.tools.find(({ mark }) => mark === call.mark)!;
    return {
      name: tool.name,
      kind: tool.kind,
      ...(tool.namespace === undefined ? {} : { namespace: tool.namespace }),
      ...(call.input === undefined ? { arguments: call.arguments } : { input: call.input }),
    };
  });
  // What passes through keeps the provider's own habits, ids and end.
  const translated = spoken.asked.dialect !== plan.dialect;
  const read = answer.calls.map(({ id: _id, ...call }) => call);
  const normal = (calls: readonly Json[]): Json =>
    JSON.parse(
      JSON.stringify(translated || spoken.habit === "plain" ? calls : calls.map(({ name }) => name)),
    );
  if (!isDeepStrictEqual(normal(read), normal(said))) {
    found.push(`calls are ${JSON.stringify(read)} for ${JSON.stringify(said)}`);
  }
  if (answer.text !== (spoken.text ?? "")) {
    found.push(`text is ${JSON.stringify(answer.text)} for ${JSON.stringify(spoken.text)}`);
  }
  const thought = spoken.asked.dialect === "openai-chat" && spoken.style.reasoning === undefined
    ? ""
    : spoken.thinking ?? "";
  if (answer.thinking !== thought) {
    found.push(`thinking is ${JSON.stringify(answer.thinking)} for ${JSON.stringify(thought)}`);
  }
  if (!translated) return found;
  if (answer.stopsForTools !== spoken.calls.length > 0) found.push("the end does not fit the answer");
  for (const { id } of answer.calls) {
    if (!client.legalId(id)) found.push(`the call's id ${id} is not legal in ${plan.dialect}`);
    if (ids.has(id) && client !== CHAT) found.push(`the call's id ${id} was given before`);
    ids.add(id);
  }
  return found;
}

/** The history of the next request. */
function goOn({ plan, client, history, step, at, answer }: {
  readonly plan: Plan;
  readonly client: Client;
  readonly history: readonly Json[];
  readonly step: PlannedStep;
  readonly at: number;
  readonly answer: Read;
}): Json[] {
  const { flaw } = plan;
  const middle = at === Math.floor((plan.steps.length - 1) / 2);
  const next = [...history, ...answer.items];
  const calls = answer.calls;
  const told = step.later === undefined ? [] : [client.later(step.later, LATER)];
  if (calls.length === 0) return [...next, client.user(step.next), ...told];
  if (middle && flaw === "interrupted") return [...next, client.user(step.next), ...told];
  if (middle && flaw === "half-interrupted") {
    return [
      ...next,
      ...client.results(calls.slice(0, -1), { ...step, beside: "[Request interrupted by user]" }, false),
      ...told,
    ];
  }
  const results = client.results(calls, step, flaw === "late-results");
  if (middle && flaw === "compacted") {
    return [client.user([{ type: "text", text: "A summary of what was done." }]), ...results, ...told];
  }
  return [...next, ...results, ...told];
}
