/** The two things that may change in an answer that passes through: a hidden usage chunk, and the model's name. */
import { Buffer } from "node:buffer";
import type { Dialect } from "../../dialects/dialect.ts";

const MODEL = /"model"\s*:\s*"(?:[^"\\]|\\.)*"/;
const EVENT_END = /\r\n\r\n|\n\n|\r\r/;

/** Changes whole events; undefined where nothing is to be changed. */
export type Rewrite = (events: Uint8Array) => Uint8Array;

/**
 * What is to be done to the events of an answer.
 * `hidden`: drop the events with nothing but usage; the client did not ask for them. `showModel`: the model name that the
 * client sees.
 */
export function rewriter(
  hidden: Dialect["usageOnDemand"],
  showModel: string | undefined,
): Rewrite | undefined {
  if (hidden === undefined && showModel === undefined) return undefined;
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const named = showModel === undefined ? undefined : `"model":${JSON.stringify(showModel)}`;
  return (bytes) => {
    const usage = hidden !== undefined && hidden.marks.every((mark) => find(bytes, mark) !== -1);
    const model = named !== undefined && find(bytes, '"model"') !== -1;
    if (!usage && !model) return bytes;
    let text = decoder.decode(bytes);
    let out = "";
    while (text !== "") {
      const end = EVENT_END.exec(text);
      const cut = end === null ? text.length : end.index + end[0].length;
      const event = text.slice(0, cut);
      text = text.slice(cut);
      if (usage && hidden.isUsageOnly(dataOf(event))) continue;
      out += named === undefined ? event : event.replace(MODEL, () => named);
    }
    return encoder.encode(out);
  };
}

/** An event's data line (an event with nothing but usage has one). */
function dataOf(event: string): string {
  const at = event.indexOf("data:");
  return at === -1 ? "" : event.slice(at + 5).trim();
}

function find(bytes: Uint8Array, what: string): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(what);
}
