/** The Anthropic Messages dialect. @see https://platform.claude.com/docs/en/api/messages */
import type { Dialect } from "../dialect.ts";
import { isBeyond, misfits } from "./beyond.ts";
import { decodeFailure, encodeFailure, failureEvent } from "./failure.ts";
import { inspectAnthropicMessages } from "./inspect.ts";
import { decodeReply, encodeReply } from "./reply.ts";
import { decodeRequest } from "./request-decode.ts";
import { encodeRequest } from "./request-encode.ts";
import { withoutSealed } from "./sealed.ts";
import { AnthropicStreamDecoder } from "./stream-decode.ts";
import { AnthropicStreamEncoder } from "./stream-encode.ts";
import { AnthropicStreamWatch } from "./stream-watch.ts";
import { decodeUsage } from "./usage.ts";

export const anthropicMessages: Dialect = {
  name: "anthropic-messages",
  inspect: inspectAnthropicMessages,
  request: { decode: decodeRequest, encode: encodeRequest, edits: withoutSealed, isBeyond, misfits },
  reply: { decode: decodeReply, encode: encodeReply },
  stream: {
    decoder: () => new AnthropicStreamDecoder(),
    encoder: (asked) => new AnthropicStreamEncoder(asked),
    watch: () => new AnthropicStreamWatch(),
  },
  usage: (json) => decodeUsage(json?.usage),
  failure: { decode: decodeFailure, encode: encodeFailure, event: failureEvent },
};
