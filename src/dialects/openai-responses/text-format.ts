/** `text.format` of a request ⇄ the form that the answer must have. */
import type { ResponseFormatTextConfig } from "openai/resources/responses/responses";
import type { OutputFormat } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { isRecord, stringOf } from "../../json/shape.ts";

/** The form; undefined for plain text. */
export function readFormat(format: Json): OutputFormat | undefined {
  if (!isRecord(format)) return undefined;
  if (format.type === "json_object") return { type: "json" };
  if (format.type !== "json_schema") return undefined;
  const name = stringOf(format.name);
  const description = stringOf(format.description);
  return {
    type: "json_schema",
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    schema: format.schema,
    ...(format.strict === true ? { strict: true } : {}),
  };
}

/** The form for a provider. The name is required here and says nothing to the model. */
export function writeFormat(format: OutputFormat, schema: (schema: Json) => Json): ResponseFormatTextConfig {
  if (format.type === "text") return { type: "text" };
  if (format.type === "json") return { type: "json_object" };
  return {
    type: "json_schema",
    name: format.name ?? "answer",
    ...(format.description === undefined ? {} : { description: format.description }),
    schema: schema(format.schema),
    ...(format.strict === true ? { strict: true } : {}),
  };
}
