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
  Tool,
  ToolChoice,
  ToolResultPart,
} from "../../../src/model/conversation.ts";
import type { BuiltinDialect } from "../../../src/dialects/registry.ts";
import {
  absent,
  assistantParts,
  EVERYTHING,
  type Features,
  identifier,
  present,
  record,
  resultArbitrary,
  schemaArbitrary,
  textArbitrary,
  textPart,
  toolArbitrary,
  userParts,
} from "./parts.ts";

export { type Features, textArbitrary } from "./parts.ts";
export { replyArbitrary, streamArbitrary } from "./reply.ts";

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
  const later = record({
    role: features.developer
      ? fc.constantFrom("system" as const, "developer" as const)
      : fc.constant("system" as const),
    parts: fc.tuple(textPart(features)),
  });
  const turn: fc.Arbitrary<Turn> = record({
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
  dialect: BuiltinDialect,
  without: Partial<Features> = {},
): fc.Arbitrary<Conversation> {
  const features = { ...EVERYTHING, ...without };
  const tools = fc.uniqueArray(toolArbitrary(features), {
    maxLength: 3,
    selector: (tool) => `${tool.namespace ?? ""}/${tool.name}`,
  });
  return tools.chain((tools) =>
    record({
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
          record({
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
