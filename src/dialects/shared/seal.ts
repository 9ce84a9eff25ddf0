/**
 * Reasoning of another provider, packed into the one opaque string that a client sends back unread. So it survives a
 * client of another dialect and goes back to its own provider, and no other provider gets a signature that is not its own.
 */
import { Buffer } from "node:buffer";
import { isRecord, parseJsonText } from "../../json/shape.ts";
import type { Json } from "../../model/json.ts";

/** The beginning of every seal; no provider's own signature or encrypted content begins so. */
const PREFIX = "tlp1.";

export function isSealed(text: unknown): text is string {
  return typeof text === "string" && text.startsWith(PREFIX);
}

export function seal(fields: Readonly<Record<string, Json>>): string {
  return PREFIX + Buffer.from(JSON.stringify(fields)).toString("base64url");
}

/** The fields in a seal; none in a damaged one. Undefined: the text is not a seal. */
export function unseal(text: string): Readonly<Record<string, Json>> | undefined {
  if (!isSealed(text)) return undefined;
  const fields = parseJsonText(Buffer.from(text.slice(PREFIX.length), "base64url").toString());
  return isRecord(fields) ? fields : {};
}
