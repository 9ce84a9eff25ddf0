/** The parts that invented conversations and replies are made of. */
import fc from "fast-check";
import type { Part, Tool, ToolCallPart, ToolResultPart } from "../../../src/model/conversation.ts";

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

export const EVERYTHING: Features = {
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

/** fast-check's own makes objects without a prototype, which are not deeply equal to parsed ones. */
export function record<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(fields, { noNullPrototype: true }) as fc.Arbitrary<T>;
}

/** The same for objects with any keys. */
function dictionary<T>(
  key: fc.Arbitrary<string>,
  value: fc.Arbitrary<T>,
  limits: { readonly maxKeys: number },
): fc.Arbitrary<Record<string, T>> {
  return fc.dictionary(key, value, { ...limits, noNullPrototype: true });
}

export function absent(): fc.Arbitrary<undefined> {
  return fc.constant(undefined);
}

export function present<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}

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

export const identifier = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_-]{0,20}$/);

/** JSON text in the form that JSON.stringify gives it. */
const argumentsArbitrary: fc.Arbitrary<string> = dictionary(
  fc.stringMatching(/^[a-z_]{1,8}$/).filter((key) => key !== "__proto__"),
  fc.jsonValue({ maxDepth: 2 }),
  { maxKeys: 4 },
).map((value) => JSON.stringify(JSON.parse(JSON.stringify(value))));

const base64 = fc.stringMatching(/^[A-Za-z0-9+/]{8,24}$/).map((text) =>
  text.slice(0, text.length - text.length % 4)
);

export const schemaArbitrary = dictionary(identifier, fc.constantFrom("string", "number", "boolean"), {
  maxKeys: 3,
}).map((properties) => ({
  type: "object",
  properties: Object.fromEntries(
    Object.entries(properties).filter(([key]) => key !== "__proto__").map(([key, type]) => [key, { type }]),
  ),
}));

export function toolArbitrary(features: Features): fc.Arbitrary<Tool> {
  const fn = record({
    kind: fc.constant("function" as const),
    name: identifier,
    namespace: features.namespaces
      ? fc.option(fc.constantFrom("files", "agents"), { nil: undefined })
      : absent(),
    description: fc.option(textArbitrary, { nil: undefined }),
    parameters: schemaArbitrary,
  }).map(present);
  if (!features.customTools) return fn;
  const custom = record({
    kind: fc.constant("custom" as const),
    name: identifier,
    description: fc.option(textArbitrary, { nil: undefined }),
  }).map(present);
  return fc.oneof({ weight: 3, arbitrary: fn }, { weight: 1, arbitrary: custom });
}

const cacheArbitrary = fc.constantFrom({}, { ttl: "5m" as const }, { ttl: "1h" as const });

export function textPart(features: Features): fc.Arbitrary<Part> {
  return record({
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

const documentPart: fc.Arbitrary<Part> = record({
  type: fc.constant("document" as const),
  source: base64.map((data) => ({ kind: "data" as const, mediaType: "application/pdf", data })),
  title: fc.constantFrom("report.pdf", "invoice.pdf"),
});

export function userParts(features: Features): fc.Arbitrary<Part[]> {
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
export function assistantParts(features: Features, tools: readonly Tool[]): fc.Arbitrary<Part[]> {
  const reasoning: fc.Arbitrary<Part>[] = [];
  if (features.signedReasoning) {
    reasoning.push(
      record({ type: fc.constant("reasoning" as const), text: textArbitrary, signature: base64 }),
    );
  }
  if (features.encryptedReasoning) {
    reasoning.push(record({
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

export function resultArbitrary(features: Features): fc.Arbitrary<Omit<ToolResultPart, "id" | "kind">> {
  return record({
    type: fc.constant("tool_result" as const),
    content: fc.tuple(
      textArbitrary.map((text) => ({ type: "text" as const, text })),
      features.toolImages ? fc.option(imagePart(features), { nil: undefined, freq: 3 }) : absent(),
    ).map((parts) => parts.filter((part) => part !== undefined) as ToolResultPart["content"]),
    isError: features.toolErrors ? fc.constantFrom(undefined, true as const) : absent(),
  }).map(present);
}
