/** Verifies signatures of minisign (https://jedisct1.github.io/minisign/): Ed25519, over the file or its BLAKE2b hash. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

const KEY_BYTES = 42;
const SIGNATURE_BYTES = 74;

/**
 * Whether a signature file is of these bytes and this key, its trusted comment too.
 * @param signature the text of a `.minisig` file
 * @param key `RW…`, the last line of a `.pub` file
 */
export async function isSigned(data: Uint8Array, signature: string, key: string): Promise<boolean> {
  const publicKey = Buffer.from(key.trim(), "base64");
  const [, first = "", comment = "", second = ""] = signature.split(/\r?\n/);
  const own = Buffer.from(first, "base64");
  const global = Buffer.from(second, "base64");
  if (publicKey.length !== KEY_BYTES || own.length !== SIGNATURE_BYTES || global.length !== 64) return false;
  const algorithm = own.subarray(0, 2).toString("latin1");
  const sameKey = own.subarray(2, 10).equals(publicKey.subarray(2, 10));
  if (!sameKey || publicKey.subarray(0, 2).toString("latin1") !== "Ed" || !/^E[dD]$/.test(algorithm)) {
    return false;
  }
  const trusted = comment.replace(/^trusted comment: /, "");
  const verifier = await crypto.subtle.importKey(
    "raw",
    Buffer.from(publicKey.subarray(10)),
    "Ed25519",
    false,
    ["verify"],
  );
  const verify = (mark: Uint8Array, what: Uint8Array) =>
    crypto.subtle.verify("Ed25519", verifier, new Uint8Array(mark), new Uint8Array(what));
  const message = algorithm === "ED" ? createHash("blake2b512").update(data).digest() : data;
  return await verify(own.subarray(10), message) &&
    await verify(global, Buffer.concat([own.subarray(10), Buffer.from(trusted)]));
}
