/** Requests that pass through: sealed thinking is taken out of them, since their provider would refuse what it did not sign. */
import { listOf } from "../../../json/shape.ts";
import type { Json } from "../../../model/json.ts";
import { isSealed } from "../../shared/seal.ts";

/** The `messages` without sealed thinking; undefined where there is none. A message of nothing else goes with it. */
export function withoutSealed(body: Json): { readonly messages: readonly Json[] } | undefined {
  const messages = listOf(body?.messages);
  if (!messages.some(holdsSealed)) return undefined;
  return {
    messages: messages.flatMap((message) => {
      if (!holdsSealed(message)) return [message];
      const content = message.content.filter((block: Json) => !isSealedBlock(block));
      return content.length === 0 ? [] : [{ ...message, content }];
    }),
  };
}

function holdsSealed(message: Json): boolean {
  return message?.role === "assistant" && listOf(message.content).some(isSealedBlock);
}

const isSealedBlock = (block: Json) => block?.type === "thinking" && isSealed(block.signature);
