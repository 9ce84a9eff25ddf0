/** The one list of dialects. A new one is a line here. */
import { anthropicMessages } from "./anthropic-messages/index.ts";
import type { Dialect, Dialects } from "./dialect.ts";
import type { HeaderMap } from "../model/request-facts.ts";
import { openAiChat } from "./openai-chat/index.ts";
import { openAiResponses } from "./openai-responses/index.ts";

/** The built-in dialects. The first one is the default. */
export const dialects = {
  "openai-chat": openAiChat,
  "anthropic-messages": anthropicMessages,
  "openai-responses": openAiResponses,
} satisfies Dialects;

/** The name of a built-in dialect. */
export type BuiltinDialect = keyof typeof dialects;

/** The default dialect: the first one. @throws TypeError when there is none */
export function defaultDialect(known: Dialects): Dialect {
  for (const name in known) return known[name]!;
  throw new TypeError("there are no dialects");
}

/** The dialect of a request, by its path, else by its headers (names in lower case); undefined: neither tells. */
export function dialectOf(known: Dialects, path: string, headers: HeaderMap): Dialect | undefined {
  const all = Object.values(known);
  return all.find((one) => one.matches(path, {})) ?? all.find((one) => one.matches(path, headers));
}
