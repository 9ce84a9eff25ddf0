/**
 * What dispatch must know of a stream that passes through, at the least cost. Deltas, nearly all of a stream,
 * are known by their event's name and not parsed.
 */
import { parseJsonText } from "../../../json/shape.ts";
import type { SseEvent } from "../../../bytes/sse.ts";
import type { ProviderError } from "../../../model/failure.ts";
import type { Usage } from "../../../model/usage.ts";
import type { StreamWatch } from "../../dialect.ts";
import { refusalText } from "../answer/decode.ts";
import { emptyAnswer } from "../../shared/empty-answer.ts";
import { decodeFailure } from "../../shared/error.ts";
import { decodeStop } from "../stop.ts";
import { mergeUsage } from "../usage.ts";

/** `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}}` */
const DELTA_OVERHEAD = 80;

const EMPTY_END = '""}}';

/** Blocks that are empty when they begin: their text or thought follows. */
const EMPTY_BLOCK = /"type":\s?"(?:text|thinking)"/;

/** The watch of one stream. */
export class AnthropicStreamWatch implements StreamWatch {
  error: ProviderError | undefined;
  usage: Usage | undefined;
  outputChars = 0;
  finished = false;
  #output = false;
  #stop: unknown;

  get lacks(): ProviderError | undefined {
    const { stop, rawStop } = decodeStop(this.#stop);
    return this.#output ? undefined : emptyAnswer(stop, rawStop);
  }

  push(event: SseEvent): "prelude" | "output" | "error" | "end" {
    const { data } = event;
    switch (event.event ?? typeOf(data)) {
      case "content_block_delta":
        this.outputChars += Math.max(0, data.length - DELTA_OVERHEAD);
        return this.#shown(!data.endsWith(EMPTY_END));
      case "content_block_start":
        return this.#shown(!EMPTY_BLOCK.test(data));
      case "message_start":
        this.usage = mergeUsage(this.usage, parseJsonText(data)?.message?.usage);
        return "prelude";
      case "message_delta": {
        const parsed = parseJsonText(data);
        this.usage = mergeUsage(this.usage, parsed?.usage ?? parsed?.delta?.usage);
        if (typeof parsed?.delta?.stop_reason === "string") {
          this.finished = true;
          this.#stop = parsed.delta.stop_reason;
        }
        if (refusalText(parsed?.delta?.stop_details) !== undefined) this.#output = true;
        return "prelude";
      }
      case "message_stop":
        this.finished = true;
        if (data.includes('"usage"')) this.usage = mergeUsage(this.usage, parseJsonText(data)?.usage);
        return "end";
      case "error":
        this.error = decodeFailure(parseJsonText(data) ?? data);
        return "error";
      default:
        return "prelude";
    }
  }

  #shown(isOutput: boolean): "prelude" | "output" {
    if (isOutput) this.#output = true;
    return isOutput ? "output" : "prelude";
  }
}

/** The type of an event that came without its name. */
function typeOf(data: string): string | undefined {
  const parsed = parseJsonText(data);
  return typeof parsed?.type === "string" ? parsed.type : parsed?.error ? "error" : undefined;
}
