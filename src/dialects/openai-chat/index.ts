/** OpenAI's Chat Completions, and the many that speak it (https://platform.openai.com/docs/api-reference/chat). */
import type { Json } from "../../model/json.ts";
import type { Dialect } from "../dialect.ts";
import { decodeReply } from "./answer/decode.ts";
import { encodeReply } from "./answer/encode.ts";
import { encodedToFit } from "../shared/fit.ts";
import { decodeFailure } from "../shared/error.ts";
import { encodeFailure, saysOverflow, SENT_ON } from "../shared/openai.ts";
import { userTextsIn } from "../shared/user-texts.ts";
import { failureEvent } from "./error.ts";
import { applySettings, fitRequest } from "./fit.ts";
import { LIMITS } from "./limits.ts";
import { listModels, oneModel } from "./models.ts";
import { decodeRequest } from "./request/decode.ts";
import { encodeRequest } from "./request/encode.ts";
import { inspectOpenAiChat } from "./request/inspect.ts";
import { historyEdits, needsReencode, usageOnDemand } from "./request/passthrough.ts";
import { ChatStreamDecoder } from "./stream/decode.ts";
import { ChatStreamEncoder } from "./stream/encode.ts";
import { ChatStreamWatch } from "./stream/watch.ts";
import { usageOf } from "./usage.ts";

export const openAiChat: Dialect = {
  name: "openai-chat",
  paths: { generate: "/chat/completions", models: "/models" },
  matches: (path) => path.includes("/chat/"),
  matchesBody: (body) => Array.isArray(body.messages) && body.messages.some(hasOwnRole),
  headers: {},
  sentOn: SENT_ON,
  cacheKey: "prompt_cache_key",
  example: (prompt, model) => ({ model, messages: [{ role: "user", content: prompt }] }),
  provider: { auth: "bearer", fixesVersion: true },
  models: { list: listModels, one: oneModel },
  usageOnDemand,
  inspect: inspectOpenAiChat,
  request: {
    decode: decodeRequest,
    withUserTexts: userTextsIn("messages"),
    encode: encodedToFit(encodeRequest, fitRequest),
    edits: historyEdits,
    settings: applySettings,
    needsReencode,
    fit: fitRequest,
  },
  reply: { decode: decodeReply, encode: encodeReply, callIds: /^\S{1,64}$/ },
  stream: {
    decoder: () => new ChatStreamDecoder(),
    encoder: (asked) => new ChatStreamEncoder(asked),
    watch: () => new ChatStreamWatch(),
    keepAlive: ": keep-alive\n\n",
    endWithoutTerminal: "data: [DONE]\n\n",
  },
  limits: LIMITS,
  usage: usageOf,
  failure: { decode: decodeFailure, encode: encodeFailure, event: failureEvent, saysOverflow },
};

const hasOwnRole = (message: Json) => ["system", "developer", "tool"].includes(message?.role);
