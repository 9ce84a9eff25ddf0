/** A call's arguments: JSON text in the neutral form, an object on this wire. */
import type { Json } from "../../model/json.ts";
import { isRecord } from "../../json/shape.ts";

/** What arguments that are no JSON object travel under, so that the model sees what it wrote. */
const RAW = "raw_arguments";

/** The arguments as an object. Text that is none (cut off, say, when the output limit was reached) is kept whole. */
export function parseInput(json: string): Record<string, Json> {
  if (json.trim() === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { [RAW]: json };
  }
  if (isRecord(value)) return value;
  return value === null ? {} : { [RAW]: json };
}
