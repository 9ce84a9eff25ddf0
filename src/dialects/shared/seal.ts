/**
 * Reasoning of another provider, packed into the one opaque string that a client sends back unread. So it survives a
 * client of another dialect and goes back to its own provider, and no other provider gets a signature that is not its own.
 */
import { Buffer } from "node:buffer";
import { isRecord, parseJsonText } from "../../json/shape.ts";
import type { Maker } from "../../model/conversation.ts";
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

/** A maker as a field of a seal. */
export function makerField(maker: Maker | undefined): { readonly m?: readonly string[] } {
  return maker === undefined ? {} : { m: [maker.provider, maker.key, maker.model] };
}

/** The maker in a seal's fields, as a field to spread into a part. */
export function makerIn({ m }: Readonly<Record<string, Json>>): { readonly maker?: Maker } {
  if (!Array.isArray(m) || !m.every((one) => typeof one === "string")) return {};
  const [provider = "", key = "", model = ""] = m as string[];
  return { maker: { provider, key, model } };
}

/** One secret, with its maker where that is known; else as it is. */
export function sealSecret(secret: string, maker: Maker | undefined): string {
  return maker === undefined ? secret : seal({ x: secret, ...makerField(maker) });
}

/** A secret that a client hands back; none where its seal is damaged, or holds something else. */
export function openSecret(text: string): { readonly secret?: string; readonly maker?: Maker } {
  const fields = unseal(text);
  if (fields === undefined) return { secret: text };
  return typeof fields.x === "string" ? { secret: fields.x, ...makerIn(fields) } : {};
}
