/** OpenAI's Chat Completions, and the many that speak it (https://platform.openai.com/docs/api-reference/chat). */
import type { Dialect } from "../dialect.ts";
import type { Json } from "../../model/json.ts";
import { isRecord } from "../../json/shape.ts";
import { listModels, oneModel } from "../shared/openai-models.ts";
import { decodeFailure, encodeFailure, failureEvent } from "./failure.ts";
import { inspectOpenAiChat } from "./inspect.ts";
import { decodeReply, encodeReply } from "./reply.ts";
import { decodeRequest } from "./request-decode.ts";
import { encodeRequest } from "./request-encode.ts";
import { ChatStreamDecoder } from "./stream-decode.ts";
import { ChatStreamEncoder } from "./stream-encode.ts";
import { ChatStreamWatch, isUsageOnlyChunk } from "./stream-watch.ts";
import { usageOf } from "./usage.ts";

export const openAiChat: Dialect = {
  name: "openai-chat",
  paths: { generate: "/chat/completions", models: "/models" },
  matches: (path) => path.includes("/chat/"),
  matchesBody: (body) => Array.isArray(body.messages) && body.messages.some(hasOwnRole),
  headers: {},
  example: (prompt, model) => ({ model, messages: [{ role: "user", content: prompt }] }),
  provider: { auth: "bearer", fixesVersion: true },
  models: { list: listModels, one: oneModel },
  usageOnDemand: { edits: askingForUsage, marks: ['"choices"', '"usage"'], isUsageOnly: isUsageOnlyChunk },
  inspect: inspectOpenAiChat,
  request: { decode: decodeRequest, encode: encodeRequest },
  reply: { decode: decodeReply, encode: encodeReply },
  stream: {
    decoder: () => new ChatStreamDecoder(),
    encoder: (asked) => new ChatStreamEncoder(asked),
    watch: () => new ChatStreamWatch(),
    keepAlive: ": keep-alive\n\n",
    endWithoutTerminal: "data: [DONE]\n\n",
  },
  usage: usageOf,
  failure: { decode: decodeFailure, encode: encodeFailure, event: failureEvent },
};

const hasOwnRole = (message: Json) => ["system", "developer", "tool"].includes(message?.role);

/** https://platform.openai.com/docs/api-reference/chat/create#chat-create-stream_options */
function askingForUsage(body: Json, quirks: readonly string[]): Readonly<Record<string, Json>> | undefined {
  const options: Json = body.stream_options;
  if (options?.include_usage === true || quirks.includes("no-stream-options")) return undefined;
  return { stream_options: { ...(isRecord(options) ? options : {}), include_usage: true } };
}
