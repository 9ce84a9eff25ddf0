/** What the dialects' `inspect` functions have in common: the facts that routing reads of a request. */
import { clientFacts } from "../../clients/recognise.ts";
import { schemaKeys, stringOf } from "../../json/shape.ts";
import type { Json } from "../../model/json.ts";
import type { DialectName, HeaderMap, MessageFacts, RequestFacts } from "../../model/request-facts.ts";
import {
  AUDIO_CHARS_PER_TOKEN,
  CHARS_PER_TOKEN,
  documentTokensOf,
  mediaTokens,
  PER_IMAGE,
} from "./estimate-tokens.ts";
import { isPacked, packedIn } from "./packed.ts";

/** What a dialect finds in a body. */
export interface Findings {
  readonly dialect: DialectName;
  readonly asked: Readonly<Record<string, Json>>;
  readonly system: readonly string[];
  readonly messages: readonly MessageFacts[];
  readonly media: MediaTally;
  readonly tools: Pick<RequestFacts, "toolCount" | "toolNames" | "serverTools" | "forcedServerTool">;
  /** The schema that the answer must have. */
  readonly schema: unknown;
  readonly maxOutputTokens: number | undefined;
}

/** The facts. `size`: bytes of the body. */
export function factsOf(
  { dialect, asked, system, messages, media, tools, schema, maxOutputTokens }: Findings,
  headers: HeaderMap,
  size: number,
  operation: RequestFacts["operation"],
): RequestFacts {
  return {
    dialect,
    operation,
    model: stringOf(asked.model) ?? "",
    stream: asked.stream === true,
    system,
    messages,
    hasImages: media.hasImages,
    hasDocuments: media.hasDocuments,
    toolCount: tools.toolCount,
    toolNames: tools.toolNames,
    serverTools: tools.serverTools,
    forcedServerTool: tools.forcedServerTool,
    outputKeys: schemaKeys(schema),
    approxTokens: media.tokens(size, [asked.messages, asked.input]),
    maxOutputTokens,
    ...clientFacts(asked, headers, system, messages),
  };
}

/** Roles that both dialects of OpenAI have. */
const ROLES: Readonly<Record<string, MessageFacts["role"]>> = {
  system: "system",
  developer: "developer",
  user: "user",
  assistant: "assistant",
  tool: "tool",
  function: "tool",
};

/** The role of a message; an unknown one is not the user's. */
export function roleOf(name: unknown): MessageFacts["role"] {
  return typeof name === "string" && Object.hasOwn(ROLES, name) ? ROLES[name]! : "system";
}

/** Adds the texts of the system and developer messages ahead of the conversation. */
export function addLeadingTexts(messages: readonly MessageFacts[], system: string[]): void {
  for (const { role, texts } of messages) {
    if (role !== "system" && role !== "developer") return;
    for (const text of texts) system.push(text);
  }
}

/**
 * Counts what a request carries other than text, so that its tokens can be estimated from its size alone: base64 is most of
 * the bytes of a request with images, and costs a fraction of what as many bytes of text would cost.
 */
export class MediaTally {
  hasImages = false;
  hasDocuments = false;
  #base64 = 0;
  #tokens = 0;
  /** Of those in base64: how many, and their characters. */
  #packed = 0;
  #packedLength = 0;

  /** @param data base64 or a URL of any kind; its length is all that counts. */
  image(data?: unknown): void {
    this.hasImages = true;
    this.#took(data);
    this.#tokens += PER_IMAGE;
  }

  /** @param data base64 or a data URL; nothing where the document is only referred to. */
  document(data?: unknown): void {
    this.hasDocuments = true;
    this.#tokens += documentTokensOf(this.#took(data));
  }

  audio(data?: unknown): void {
    this.#tokens += this.#took(data) / AUDIO_CHARS_PER_TOKEN;
  }

  /**
   * Estimated tokens of a whole request of `size` bytes.
   * @param turns its messages, for media of parts that no dialect knows, and for sealed reasoning
   */
  tokens(size: number, turns: unknown): number {
    const { media, mediaLength, sealedLength, sealedTokens } = packedIn(turns);
    const [others, length] = [
      Math.max(0, media - this.#packed),
      Math.max(0, mediaLength - this.#packedLength),
    ];
    const text = Math.max(0, size - this.#base64 - length - sealedLength);
    return Math.ceil(text / CHARS_PER_TOKEN + this.#tokens + mediaTokens(others, length) + sealedTokens);
  }

  #took(data: unknown): number {
    const length = typeof data === "string" ? data.length : 0;
    this.#base64 += length;
    if (isPacked(data)) {
      this.#packed++;
      this.#packedLength += length;
    }
    return length;
  }
}
