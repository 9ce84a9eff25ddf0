/**
 * What dispatch must know of a stream that passes through. Cheap: of most events only the name is looked at;
 * whole events are parsed at the end and at failures.
 */
import { parseJsonText, stringOf } from "../../../json/shape.ts";
import type { SseEvent } from "../../../bytes/sse.ts";
import type { ProviderError } from "../../../model/failure.ts";
import type { Json } from "../../../model/json.ts";
import type { Usage } from "../../../model/usage.ts";
import type { StreamWatch } from "../../dialect.ts";
import { decodeReply } from "../answer/decode.ts";
import { lackOf } from "../../shared/empty-answer.ts";
import { streamError } from "../error.ts";
import { decodeUsage } from "../usage.ts";

type Watched = ReturnType<StreamWatch["push"]>;

/** Events that need more than their name. Other names: real output where they carry content, else nothing yet. */
const TERMINAL: ReadonlyMap<string, Watched> = new Map([
  ["response.completed", "end"],
  ["response.done", "end"],
  ["response.incomplete", "end"],
  ["response.failed", "error"],
  ["response.cancelled", "error"],
  ["error", "error"],
]);

/** Names of events that carry content. Items and parts that only begin hold nothing yet. */
const CONTENT = /\.(?:delta|done|searching|interpreting|generating|partial_image)$/;

/** Items that are empty when they begin: their text or thought follows. */
const EMPTY_ITEM = /"item":\s?\{[^{}]*"type":\s?"(?:message|reasoning)"/;

/** Something in an item or a part that is done. */
const HOLDS =
  /"(?:text|arguments|input|refusal|encrypted_content|code|result)":\s?"[^"]|"type":\s?"[a-z_]*_(?:call|request|tools)"/;

const TYPE_FIRST = /^\{"type":\s?"([^"]+)"/;

export class ResponsesStreamWatch implements StreamWatch {
  error: ProviderError | undefined;
  usage: Usage | undefined;
  outputChars = 0;
  #output = false;
  #end: Json;

  get answerId(): string | undefined {
    return stringOf(this.#end?.id);
  }

  get lacks(): ProviderError | undefined {
    return this.#output ? undefined : lackOf(decodeReply(this.#end));
  }

  push({ event, data }: SseEvent): Watched {
    const type = event ?? typeOf(data);
    const terminal = TERMINAL.get(type);
    if (terminal !== undefined) return this.#terminal(terminal, data);
    if (type.endsWith(".delta")) this.outputChars += deltaLength(data);
    if (this.#output) return "output";
    this.#output = (CONTENT.test(type) && (!type.endsWith(".done") || HOLDS.test(data))) ||
      (type === "response.output_item.added" && !EMPTY_ITEM.test(data));
    return this.#output ? "output" : "prelude";
  }

  #terminal(what: Watched, data: string): Watched {
    const event = parseJsonText(data);
    this.usage = decodeUsage(event?.response?.usage ?? event?.usage) ?? this.usage;
    this.#end = event?.response;
    const error = streamError(event);
    if (error === undefined && what === "end") return what;
    this.error ??= error ?? { message: "the provider reported a failure", type: "server_error" };
    return "error";
  }
}

/** The event's name, for providers that send data alone. */
function typeOf(data: string): string {
  const first = TYPE_FIRST.exec(data);
  if (first !== null) return first[1]!;
  const type = parseJsonText(data)?.type;
  return typeof type === "string" ? type : "";
}

const DELTA = /"delta":\s?"/;

/** Characters of the delta as they are on the wire: enough for an estimate. */
function deltaLength(data: string): number {
  let start = data.indexOf('"delta":"');
  if (start === -1) {
    const spaced = DELTA.exec(data);
    if (spaced === null) return 0;
    start = spaced.index + spaced[0].length;
  } else start += 9;
  let end = data.indexOf('"', start);
  while (end !== -1 && isEscaped(data, start, end)) end = data.indexOf('"', end + 1);
  return end === -1 ? 0 : end - start;
}

function isEscaped(data: string, start: number, at: number): boolean {
  let slashes = 0;
  while (at - 1 - slashes >= start && data.charCodeAt(at - 1 - slashes) === 92) slashes++;
  return slashes % 2 === 1;
}
