/**
 * What of a request is not text for the model, wherever it is: base64 of any medium, and reasoning that is sealed. Media are
 * known by their form and not by the type of their part, so that the next type is counted as well.
 */
import { isRecord } from "../../json/shape.ts";

/** Shorter strings are not worth a look. Characters. */
const LEAST = 1024;
/** Characters of a string that are looked at, at its beginning, its middle and its end. */
const SAMPLE = 64;

const BASE64 = /^[A-Za-z0-9+/_-]{32,64}={0,2}$/;
const HEX = /^[0-9a-f]+$/i;
const DATA_URL = /^data:[^,]{0,200};base64,/i;

/** Fields whose strings the model reads as text, whatever is in them. */
const TEXT: ReadonlySet<string> = new Set([
  "text",
  "content",
  "output",
  "arguments",
  "input",
  "thinking",
  "reasoning",
  "reasoning_content",
  "refusal",
]);

const SEALED: ReadonlySet<string> = new Set([
  "encrypted_content",
  "signature",
  "thought_signature",
  "thoughtSignature",
]);

/** Characters of sealed reasoning to a token: base64 makes four of three, and a token has some four. */
export const SEALED_CHARS_PER_TOKEN = 5.5;

/** What {@link packedIn} finds. */
export interface Packed {
  /** Strings that hold a medium, and their characters together. */
  readonly media: number;
  readonly mediaLength: number;
  /** Characters of sealed reasoning. */
  readonly sealedLength: number;
  /** Tokens of it, less those of the text beside it that says the same. */
  readonly sealedTokens: number;
}

/** Whether a string is a medium in base64, or a data URL of one. Only long ones are. */
export function isPacked(text: unknown): boolean {
  if (typeof text !== "string" || text.length < LEAST) return false;
  if (DATA_URL.test(text.slice(0, 256))) return true;
  const middle = text.length >> 1;
  return [0, middle, text.length - SAMPLE].every((at) => {
    const sample = text.slice(at, at + SAMPLE);
    return BASE64.test(sample) && !HEX.test(sample);
  });
}

/** Whether a field holds sealed reasoning. */
function isSealedField(name: string, owner: Readonly<Record<string, unknown>>): boolean {
  return SEALED.has(name) ||
    (name === "data" && typeof owner.type === "string" && /redacted|encrypted/.test(owner.type));
}

/** Media and sealed reasoning in a list of messages, or in a part of one. Arguments of calls are text. */
export function packedIn(value: unknown): Packed {
  let [media, mediaLength, sealedLength, sealedTokens] = [0, 0, 0, 0];
  const open: unknown[] = [value];
  while (open.length > 0) {
    const node = open.pop();
    if (Array.isArray(node)) {
      for (const item of node) if (typeof item === "object") open.push(item);
      continue;
    }
    if (!isRecord(node)) continue;
    for (const name in node) {
      const field: unknown = node[name];
      if (typeof field === "object") {
        if (name !== "input" || Array.isArray(field)) open.push(field);
      } else if (typeof field !== "string" || field.length < SAMPLE || TEXT.has(name)) continue;
      else if (isSealedField(name, node)) {
        sealedLength += field.length;
        const beside = typeof node.thinking === "string" ? node.thinking.length / 4 : 0;
        sealedTokens += Math.max(0, field.length / SEALED_CHARS_PER_TOKEN - beside);
      } else if (isPacked(field)) {
        media++;
        mediaLength += field.length;
      }
    }
  }
  return { media, mediaLength, sealedLength, sealedTokens };
}

/** A value's JSON without its media and sealed reasoning. */
export function textJson(value: unknown): string {
  return JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, name, field) {
    if (typeof field !== "string" || TEXT.has(name)) return field;
    return isPacked(field) || isSealedField(name, this) ? "" : field;
  }) ?? "";
}
