/** OpenAI's Chat Completions, and the many that speak it (https://platform.openai.com/docs/api-reference/chat). */
import type { Dialect } from "../dialect.ts";
import { decodeFailure, encodeFailure, failureEvent } from "./failure.ts";
import { inspectOpenAiChat } from "./inspect.ts";
import { decodeReply, encodeReply } from "./reply.ts";
import { decodeRequest } from "./request-decode.ts";
import { encodeRequest } from "./request-encode.ts";
import { ChatStreamDecoder } from "./stream-decode.ts";
import { ChatStreamEncoder } from "./stream-encode.ts";
import { ChatStreamWatch } from "./stream-watch.ts";
import { usageOf } from "./usage.ts";

export const openAiChat: Dialect = {
  name: "openai-chat",
  inspect: inspectOpenAiChat,
  request: { decode: decodeRequest, encode: encodeRequest },
  reply: { decode: decodeReply, encode: encodeReply },
  stream: {
    decoder: () => new ChatStreamDecoder(),
    encoder: (asked) => new ChatStreamEncoder(asked),
    watch: () => new ChatStreamWatch(),
  },
  usage: usageOf,
  failure: { decode: decodeFailure, encode: encodeFailure, event: failureEvent },
};
