/** Tool call ids that a provider takes. The same id always becomes the same one, so that results find their calls. */

/** OpenAI refuses longer ids. */
const LONGEST = 40;
const SHORT = /^[a-zA-Z0-9]{9}$/;

/**
 * The id to send. `short`: nine letters and digits, as Mistral demands
 * (https://docs.mistral.ai/capabilities/function_calling).
 */
export function callId(id: string, short: boolean): string {
  if (short) return SHORT.test(id) ? id : hashed(id).slice(0, 9);
  return id.length <= LONGEST ? id : `call_${hashed(id)}`;
}

/** Fourteen letters and digits from two FNV-1a hashes (http://www.isthe.com/chongo/tech/comp/fnv/) of the id. */
function hashed(id: string): string {
  let [a, b] = [0x811c9dc5, 0x01000193];
  for (let i = 0; i < id.length; i++) {
    const code = id.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ (code + i), 0x01000193);
  }
  return (a >>> 0).toString(36).padStart(7, "0") + (b >>> 0).toString(36).padStart(7, "0");
}
