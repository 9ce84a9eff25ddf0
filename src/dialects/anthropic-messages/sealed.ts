/** Sealed thinking in a body that passes through unread: its provider would refuse what it did not sign itself. */
import type { Json } from "../../model/json.ts";
import { listOf } from "../../json/shape.ts";
import { SEAL_PREFIX } from "./reasoning-seal.ts";

/** The `messages` without sealed thinking; undefined where there is none. A message of nothing else goes with it. */
export function withoutSealed(body: Json): { readonly messages: readonly Json[] } | undefined {
  const messages = listOf(body?.messages);
  if (!messages.some(holdsSealed)) return undefined;
  return {
    messages: messages.flatMap((message) => {
      if (!holdsSealed(message)) return [message];
      const content = message.content.filter((block: Json) => !isSealed(block));
      return content.length === 0 ? [] : [{ ...message, content }];
    }),
  };
}

function holdsSealed(message: Json): boolean {
  return message?.role === "assistant" && listOf(message.content).some(isSealed);
}

function isSealed(block: Json): boolean {
  return block?.type === "thinking" && typeof block.signature === "string" &&
    block.signature.startsWith(SEAL_PREFIX);
}
