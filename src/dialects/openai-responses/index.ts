/** The Responses dialect of OpenAI (https://platform.openai.com/docs/api-reference/responses). */
import { stringOf } from "../../json/shape.ts";
import type { Dialect } from "../dialect.ts";
import { decodeFailure } from "../shared/error.ts";
import { encodedToFit } from "../shared/fit.ts";
import { encodeFailure, saysOverflow, SENT_ON } from "../shared/openai.ts";
import { userTextsIn } from "../shared/user-texts.ts";
import { decodeReply } from "./answer/decode.ts";
import { encodeReply } from "./answer/encode.ts";
import { endsTurn, failureEvent } from "./error.ts";
import { applySettings, fitRequest } from "./fit.ts";
import { LIMITS } from "./limits.ts";
import { listModels, oneModel } from "./models.ts";
import { decodeRequest } from "./request/decode.ts";
import { encodeRequest } from "./request/encode.ts";
import { inspectOpenAiResponses } from "./request/inspect.ts";
import { historyEdits, needsReencode } from "./request/passthrough.ts";
import { ResponsesStreamDecoder } from "./stream/decode.ts";
import { ResponsesStreamEncoder } from "./stream/encode.ts";
import { ResponsesStreamWatch } from "./stream/watch.ts";
import { decodeUsage } from "./usage.ts";

export const openAiResponses: Dialect = {
  name: "openai-responses",
  paths: { generate: "/responses", compact: "/responses/compact", models: "/models" },
  compactsInstead:
    "Codex compacts by a summary of its own where its provider is not the built-in one: give this proxy a `model_provider` " +
    "with another name in config.toml, in place of `openai_base_url`.",
  matches: (path) => path.includes("/responses"),
  matchesBody: (body) => body.input !== undefined,
  headers: {},
  sentOn: SENT_ON,
  cacheKey: "prompt_cache_key",
  example: (prompt, model) => ({ model, input: prompt }),
  provider: { auth: "bearer", fixesVersion: true },
  models: { list: listModels, one: oneModel },
  inspect: inspectOpenAiResponses,
  request: {
    decode: decodeRequest,
    withUserTexts: userTextsIn("input"),
    encode: encodedToFit(encodeRequest, fitRequest),
    edits: historyEdits,
    settings: applySettings,
    needsReencode,
    fit: fitRequest,
  },
  reply: { decode: decodeReply, encode: encodeReply, callIds: /^\S{1,64}$/ },
  stream: {
    decoder: () => new ResponsesStreamDecoder(),
    encoder: (asked) => new ResponsesStreamEncoder(asked),
    watch: () => new ResponsesStreamWatch(),
    keepAlive: ": keep-alive\n\n",
  },
  limits: LIMITS,
  answerId: (json) => stringOf(json?.id),
  usage: (json) => decodeUsage(json?.usage),
  failure: { decode: decodeFailure, encode: encodeFailure, event: failureEvent, saysOverflow, endsTurn },
};
