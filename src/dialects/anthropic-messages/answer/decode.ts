/** A provider's whole answer. @see https://platform.claude.com/docs/en/api/messages#response */
import { stringOf, textOf } from "../../../json/shape.ts";
import type { Reply } from "../../../model/conversation.ts";
import type { Json } from "../../../model/json.ts";
import { decodeContent } from "../content.ts";
import { decodeStop } from "../stop.ts";
import { decodeTier, decodeUsage } from "../usage.ts";

/** A provider's answer. */
export function decodeReply(json: Json): Reply {
  const usage = decodeUsage(json?.usage);
  const tier = decodeTier(json?.usage);
  const stopSequence = stringOf(json?.stop_sequence);
  const parts = decodeContent(json?.content).filter((part) => part.type !== "text" || part.text !== "");
  const explanation = refusalText(json?.stop_details);
  if (explanation !== undefined) parts.push({ type: "refusal", text: explanation });
  return {
    id: textOf(json?.id),
    model: textOf(json?.model),
    parts,
    ...decodeStop(json?.stop_reason),
    ...(stopSequence !== undefined && { stopSequence }),
    ...(usage !== undefined && { usage }),
    ...(tier !== undefined && { serviceTier: tier }),
  };
}

/** Why the provider refused, in its words; undefined where it did not say. */
export function refusalText(details: Json): string | undefined {
  return details?.type === "refusal" ? stringOf(details.explanation) : undefined;
}
