/** The Responses dialect of OpenAI (https://platform.openai.com/docs/api-reference/responses). */
import type { Dialect } from "../dialect.ts";
import { decodeFailure, encodeFailure } from "../openai-chat/failure.ts";
import { listModels, oneModel } from "../shared/openai-models.ts";
import { isBeyond } from "./beyond.ts";
import { endsTurn, failureEvent } from "./failure.ts";
import { inspectOpenAiResponses } from "./inspect.ts";
import { decodeReply, encodeReply } from "./reply.ts";
import { decodeRequest } from "./request-decode.ts";
import { encodeRequest } from "./request-encode.ts";
import { ResponsesStreamDecoder } from "./stream-decode.ts";
import { ResponsesStreamEncoder } from "./stream-encode.ts";
import { ResponsesStreamWatch } from "./stream-watch.ts";
import { withoutSealed } from "./thinking-seal.ts";
import { readUsage } from "./usage.ts";

export const openAiResponses: Dialect = {
  name: "openai-responses",
  paths: { generate: "/responses", models: "/models" },
  matches: (path) => path.includes("/responses"),
  matchesBody: (body) => body.input !== undefined,
  headers: {},
  example: (prompt, model) => ({ model, input: prompt }),
  provider: { auth: "bearer" },
  models: { list: listModels, one: oneModel },
  inspect: inspectOpenAiResponses,
  request: { decode: decodeRequest, encode: encodeRequest, edits: withoutSealed, isBeyond },
  reply: { decode: decodeReply, encode: encodeReply },
  stream: {
    decoder: () => new ResponsesStreamDecoder(),
    encoder: (asked) => new ResponsesStreamEncoder(asked),
    watch: () => new ResponsesStreamWatch(),
    keepAlive: ": keep-alive\n\n",
  },
  usage: (json) => readUsage(json?.usage),
  failure: { decode: decodeFailure, encode: encodeFailure, event: failureEvent, endsTurn },
};
