/**
 * Conversations, replies and streams for property tests of the dialects: what fast-check invents here is legal and
 * in normal form, so a dialect that can carry a feature must give it back as it was. Features that a dialect cannot
 * carry are switched off by name.
 */
import fc from "fast-check";
import type {
  Conversation,
  Message,
  Part,
  Reply,
  ReplyEvent,
  StopReason,
  Tool,
  ToolCallPart,
  ToolChoice,
  ToolResultPart,
} from "../../../src/dialects/conversation.ts";
import type { DialectName } from "../../../src/dialects/dialect.ts";
import { replyToEvents } from "../../../src/dialects/reply-events.ts";

/** What the invented conversations may contain. All on unless switched off. */
export interface Features {
  readonly images: boolean;
  readonly documents: boolean;
  /** Images as URLs. */
  readonly imageUrls: boolean;
  readonly customTools: boolean;
  readonly namespaces: boolean;
  /** Reasoning parts in assistant messages, signed as Anthropic does. */
  readonly signedReasoning: boolean;
  /** Responses' encrypted reasoning with an item id. */
  readonly encryptedReasoning: boolean;
  readonly cacheMarks: boolean;
  /** `isError` on tool results. */
  readonly toolErrors: boolean;
  /** Images in tool results. */
  readonly toolImages: boolean;
  /** Several text parts in one message (else one). */
  readonly severalTexts: boolean;
  /** System messages after the first user message. */
  readonly laterSystem: boolean;
  /** The role developer beside system. */
  readonly developer: boolean;
  readonly stop: boolean;
  readonly outputFormat: boolean;
}

const EVERYTHING: Features = {
  images: true,
  documents: true,
  imageUrls: true,
  customTools: true,
  namespaces: true,
  signedReasoning: true,
  encryptedReasoning: true,
  cacheMarks: true,
  toolErrors: true,
  toolImages: true,
  severalTexts: true,
  laterSystem: true,
  developer: true,
  stop: true,
  outputFormat: true,
};

/** Text with something in it, of every kind of character, without trailing blanks. */
export const textArbitrary: fc.Arbitrary<string> = fc.oneof(
  fc.string({ minLength: 1, maxLength: 30, unit: "grapheme" }),
  fc.constantFrom(
    "plan the API",
    "line one\nline two",
    '{"a": "\\u00e9"}',
    "日本語のテスト",
    "👩‍👩‍👧 family",
    "\u2028 odd",
  ),
).map((text) => text.trim()).filter((text) => text !== "");

const identifier = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_-]{0,20}$/);

/** JSON text in the form that JSON.stringify gives it. */
export const argumentsArbitrary: fc.Arbitrary<string> = fc.dictionary(
  fc.stringMatching(/^[a-z_]{1,8}$/).filter((key) => key !== "__proto__"),
  fc.jsonValue({ maxDepth: 2 }),
  { maxKeys: 4 },
).map((value) => JSON.stringify(JSON.parse(JSON.stringify(value))));

const base64 = fc.stringMatching(/^[A-Za-z0-9+/]{8,24}$/).map((text) =>
  text.slice(0, text.length - text.length % 4)
);

const schemaArbitrary = fc.dictionary(identifier, fc.constantFrom("string", "number", "boolean"), {
  maxKeys: 3,
}).map((properties) => ({
  type: "object",
  properties: Object.fromEntries(
    Object.entries(properties).filter(([key]) => key !== "__proto__").map(([key, type]) => [key, { type }]),
  ),
}));

function toolArbitrary(features: Features): fc.Arbitrary<Tool> {
  const fn = fc.record({
    kind: fc.constant("function" as const),
    name: identifier,
    namespace: features.namespaces
      ? fc.option(fc.constantFrom("files", "agents"), { nil: undefined })
      : absent(),
    description: fc.option(textArbitrary, { nil: undefined }),
    parameters: schemaArbitrary,
  }).map(present);
  if (!features.customTools) return fn;
  const custom = fc.record({
    kind: fc.constant("custom" as const),
    name: identifier,
    description: fc.option(textArbitrary, { nil: undefined }),
  }).map(present);
  return fc.oneof({ weight: 3, arbitrary: fn }, { weight: 1, arbitrary: custom });
}

function absent(): fc.Arbitrary<undefined> {
  return fc.constant(undefined);
}

function present<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}

const cacheArbitrary = fc.constantFrom({}, { ttl: "5m" as const }, { ttl: "1h" as const });

function textPart(features: Features): fc.Arbitrary<Part> {
  return fc.record({
    type: fc.constant("text" as const),
    text: textArbitrary,
    cache: features.cacheMarks ? fc.option(cacheArbitrary, { nil: undefined, freq: 6 }) : absent(),
  }).map(present);
}

function imagePart(features: Features): fc.Arbitrary<Part> {
  const data = base64.map((data) => ({ kind: "data" as const, mediaType: "image/png", data }));
  const url = fc.nat(99).map((n) => ({ kind: "url" as const, url: `https://example.com/${n}.png` }));
  return (features.imageUrls ? fc.oneof(data, url) : data).map((source) => ({ type: "image", source }));
}

const documentPart: fc.Arbitrary<Part> = fc.record({
  type: fc.constant("document" as const),
  source: base64.map((data) => ({ kind: "data" as const, mediaType: "application/pdf", data })),
  title: fc.constantFrom("report.pdf", "invoice.pdf"),
});

function userParts(features: Features): fc.Arbitrary<Part[]> {
  const kinds: fc.Arbitrary<Part>[] = [textPart(features)];
  if (features.images) kinds.push(imagePart(features));
  if (features.documents) kinds.push(documentPart);
  const several = fc.tuple(
    textPart(features),
    fc.array(fc.oneof({ weight: 3, arbitrary: kinds[0]! }, ...kinds.slice(1)), { maxLength: 3 }),
  ).map(([first, rest]) => [first, ...rest]);
  if (features.severalTexts) return several;
  return several.map((parts) => parts.filter((part, i) => i === 0 || part.type !== "text"));
}

/** A turn of the assistant: its parts but for the calls' ids, which are given out later. */
function assistantParts(features: Features, tools: readonly Tool[]): fc.Arbitrary<Part[]> {
  const reasoning: fc.Arbitrary<Part>[] = [];
  if (features.signedReasoning) {
    reasoning.push(
      fc.record({ type: fc.constant("reasoning" as const), text: textArbitrary, signature: base64 }),
    );
  }
  if (features.encryptedReasoning) {
    reasoning.push(fc.record({
      type: fc.constant("reasoning" as const),
      summary: fc.array(textArbitrary, { minLength: 1, maxLength: 2 }),
      encrypted: base64,
      itemId: identifier.map((id) => `rs_${id}`),
    }));
  }
  const calls = tools.length === 0 ? fc.constant([]) : fc.array(
    fc.constantFrom(...tools).chain((tool) =>
      (tool.kind === "custom" ? textArbitrary : argumentsArbitrary).map((args): ToolCallPart =>
        present({
          type: "tool_call" as const,
          id: "",
          name: tool.name,
          namespace: tool.namespace,
          kind: tool.kind,
          arguments: args,
        })
      )
    ),
    { maxLength: 3 },
  );
  return fc.tuple(
    reasoning.length === 0 ? fc.constant(null) : fc.option(fc.oneof(...reasoning), { freq: 2 }),
    fc.option(textArbitrary, { freq: 4 }),
    calls,
  ).map(([thought, text, called]) => {
    const parts: Part[] = [];
    if (thought !== null) parts.push(thought);
    if (text !== null || called.length === 0) parts.push({ type: "text", text: text ?? "Done." });
    return [...parts, ...called];
  });
}

function resultArbitrary(features: Features): fc.Arbitrary<Omit<ToolResultPart, "id" | "kind">> {
  return fc.record({
    type: fc.constant("tool_result" as const),
    content: fc.tuple(
      textArbitrary.map((text) => ({ type: "text" as const, text })),
      features.toolImages ? fc.option(imagePart(features), { nil: undefined, freq: 3 }) : absent(),
    ).map((parts) => parts.filter((part) => part !== undefined) as ToolResultPart["content"]),
    isError: features.toolErrors ? fc.constantFrom(undefined, true as const) : absent(),
  }).map(present);
}

interface Turn {
  readonly user: Part[];
  readonly later: Message | undefined;
  readonly assistant: Part[];
  readonly results: Omit<ToolResultPart, "id" | "kind">[];
}

function messagesOf(turns: readonly Turn[], last: Part[]): Message[] {
  const messages: Message[] = [];
  let calls = 0;
  let pending: Part[] = [];
  for (const turn of turns) {
    messages.push({ role: "user", parts: [...pending, ...turn.user] });
    if (turn.later !== undefined) messages.push(turn.later);
    pending = [];
    const parts = turn.assistant.map((part) => {
      if (part.type !== "tool_call") return part;
      const id = `call_${++calls}`;
      const result = turn.results[pending.length % turn.results.length]!;
      pending.push({ ...result, id, kind: part.kind });
      return { ...part, id };
    });
    messages.push({ role: "assistant", parts });
  }
  // Half of the conversations end with the results themselves, as in an agent's loop.
  const end = pending.length > 0 && calls % 2 === 0 ? pending : [...pending, ...last];
  messages.push({ role: "user", parts: end });
  return messages;
}

function messagesArbitrary(features: Features, tools: readonly Tool[]): fc.Arbitrary<Message[]> {
  const later = fc.record({
    role: features.developer
      ? fc.constantFrom("system" as const, "developer" as const)
      : fc.constant("system" as const),
    parts: fc.tuple(textPart(features)),
  });
  const turn: fc.Arbitrary<Turn> = fc.record({
    user: userParts(features),
    later: features.laterSystem ? fc.option(later, { nil: undefined, freq: 4 }) : absent(),
    assistant: assistantParts(features, tools),
    results: fc.array(resultArbitrary(features), { minLength: 1, maxLength: 3 }),
  });
  return fc.tuple(fc.array(turn, { maxLength: 3 }), userParts(features)).map(([turns, last]) =>
    messagesOf(turns, last)
  );
}

function choiceArbitrary(tools: readonly Tool[]): fc.Arbitrary<ToolChoice | undefined> {
  if (tools.length === 0) return fc.constant(undefined);
  return fc.oneof(
    fc.constant(undefined),
    fc.constantFrom("auto" as const, "none" as const, "required" as const).map((type) => ({ type })),
    fc.constantFrom(...tools).map((tool): ToolChoice =>
      present({ type: "tool" as const, name: tool.name, namespace: tool.namespace, kind: tool.kind })
    ),
  );
}

/** Conversations in normal form, as decoded from `dialect`. Switch off what the dialect under test cannot carry. */
export function conversationArbitrary(
  dialect: DialectName,
  without: Partial<Features> = {},
): fc.Arbitrary<Conversation> {
  const features = { ...EVERYTHING, ...without };
  const tools = fc.uniqueArray(toolArbitrary(features), {
    maxLength: 3,
    selector: (tool) => `${tool.namespace ?? ""}/${tool.name}`,
  });
  return tools.chain((tools) =>
    fc.record({
      dialect: fc.constant(dialect),
      model: fc.constantFrom("model-a", "vendor/model-b"),
      stream: fc.boolean(),
      system: fc.option(
        fc.array(textPart(features), { minLength: 1, maxLength: features.severalTexts ? 3 : 1 }),
      ),
      messages: messagesArbitrary(features, tools),
      tools: fc.constant(tools),
      serverTools: fc.constant([]),
      toolChoice: choiceArbitrary(tools),
      parallelToolCalls: tools.length === 0 ? absent() : fc.constantFrom(undefined, false),
      maxTokens: fc.integer({ min: 1, max: 64000 }),
      temperature: fc.option(fc.constantFrom(0, 0.5, 1), { nil: undefined }),
      stop: features.stop
        ? fc.option(fc.uniqueArray(textArbitrary, { minLength: 1, maxLength: 3 }), {
          nil: undefined,
          freq: 4,
        })
        : absent(),
      outputFormat: features.outputFormat
        ? fc.option(
          fc.record({
            type: fc.constant("json_schema" as const),
            name: identifier,
            schema: schemaArbitrary,
          }),
          { nil: undefined, freq: 4 },
        )
        : absent(),
      user: fc.option(identifier, { nil: undefined, freq: 4 }),
      extensions: fc.constant({}),
    }).map(({ system, ...rest }): Conversation =>
      present({
        ...rest,
        messages: system === null
          ? rest.messages
          : [{ role: "system" as const, parts: system }, ...rest.messages],
      })
    )
  );
}

const usageArbitrary = fc.record({
  input: fc.nat(5000),
  cacheRead: fc.nat(5000),
  cacheWrite: fc.constant(0),
  output: fc.integer({ min: 1, max: 5000 }),
  reasoning: fc.constant(0),
});

/** Whole answers in normal form: what a provider says when asked for any of these tools. */
export function replyArbitrary(
  without: Partial<Features> & { readonly tools?: readonly Tool[] } = {},
): fc.Arbitrary<
  Reply
> {
  const features = { ...EVERYTHING, ...without };
  const tools = without.tools ??
    [{ kind: "function" as const, name: "Bash" }, { kind: "function" as const, name: "read-file" }];
  return fc.record({
    id: identifier.map((id) => `msg_${id}`),
    model: fc.constantFrom("model-a", "vendor/model-b"),
    parts: assistantParts(features, tools).map((parts) =>
      parts.map((part, i) => part.type === "tool_call" ? { ...part, id: `call_${i}` } : part)
    ),
    usage: usageArbitrary,
    ended: fc.constantFrom<StopReason>("end_turn", "max_tokens"),
  }).map(({ ended, ...reply }): Reply => ({
    ...reply,
    stop: reply.parts.some((part) => part.type === "tool_call") ? "tool_use" : ended,
  }));
}

/** A reply and a stream that tells it: deltas cut anywhere, pings in between. */
export function streamArbitrary(
  reply: fc.Arbitrary<Reply> = replyArbitrary(),
): fc.Arbitrary<{ readonly reply: Reply; readonly events: ReplyEvent[] }> {
  return fc.tuple(reply, fc.infiniteStream(fc.nat(9))).map(([reply, random]) => {
    const next = () => random.next().value as number;
    const events: ReplyEvent[] = [];
    for (const event of replyToEvents(reply)) {
      if (event.type !== "delta") {
        events.push(event);
        continue;
      }
      for (let at = 0; at < event.text.length;) {
        const size = 1 + next();
        events.push({ ...event, text: event.text.slice(at, at + size) });
        at += size;
        if (next() === 0) events.push({ type: "ping" });
      }
    }
    return { reply, events };
  });
}
