/**
 * JSON whose integers keep their digits. `JSON.parse` rounds those beyond 2^53, and an id that was rounded is another id
 * (https://tc39.es/proposal-json-parse-with-source/).
 */
import { Buffer } from "node:buffer";
import type { Json } from "../model/json.ts";

/** A number of so many digits that it may be beyond 2^53, in the place of a value. */
const LONG_NUMBER = /[:[,]\s*-?\d{16}/;

/** What TypeScript does not know yet of the runtimes' JSON. */
interface SourceJson {
  parse(text: string, reviver: (key: string, value: Json, context: { source?: string }) => Json): Json;
  rawJSON(text: string): Json;
}

const { parse, rawJSON } = JSON as unknown as SourceJson;

/**
 * A text's JSON. An integer beyond 2^53 becomes an object that `JSON.stringify` writes as it was.
 * @throws SyntaxError where the text is not JSON
 */
export function parseExact(text: string): Json {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  return parse(
    text,
    (_key, value, { source }) =>
      typeof value === "number" && source !== undefined && String(value) !== source &&
        /^-?\d+$/.test(source)
        ? rawJSON(source)
        : value,
  );
}

/** What `bytes` parse to, exactly. `body`: what they parsed to before, which nearly always is that already. */
export function exactly(body: Json, bytes: Uint8Array): Json {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return LONG_NUMBER.test(text.toString("latin1")) ? parseExact(decoder.decode(bytes)) : body;
}

const decoder = new TextDecoder();

/** {@link parseExact}; undefined where the text is not JSON. */
export function parseExactText(text: string): Json {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}
