/** A provider's whole Chat answer (https://platform.openai.com/docs/api-reference/chat/object). */
import type { Reply } from "../../../model/conversation.ts";
import type { Json } from "../../../model/json.ts";
import { ReplyCollector } from "../../shared/reply-events.ts";
import { ChatStreamDecoder } from "../stream/decode.ts";

/**
 * A whole answer. It is read as a stream of one chunk, so that both always mean the same. An answer that holds an
 * error instead has it as `error`.
 */
export function decodeReply(json: Json): Reply {
  const decoder = new ChatStreamDecoder();
  const collector = new ReplyCollector();
  for (const event of decoder.chunk(json)) collector.push(event);
  for (const event of decoder.whole()) collector.push(event);
  return collector.reply();
}
