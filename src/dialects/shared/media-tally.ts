/**
 * Counts what a request carries besides text, so that its tokens can be guessed from its size alone: base64 makes up most
 * of the bytes of a request with images and costs a fraction of what as many bytes of text would.
 */

/** Bytes of JSON to a token: English prose, code and tool schemas come out between 3.5 and 4.5. */
const BYTES_PER_TOKEN = 4;
/** A screenshot, as the large providers count one after scaling it down. */
const TOKENS_PER_IMAGE = 1500;
/** A PDF page is some 50 KB and 2,000 tokens. */
const BASE64_PER_DOCUMENT_TOKEN = 30;
const TOKENS_PER_DOCUMENT_AT_LEAST = 1000;
/** Speech of 43 KB of base64 a second at ten tokens a second. */
const BASE64_PER_AUDIO_TOKEN = 4000;

export class MediaTally {
  hasImages = false;
  hasDocuments = false;
  #base64 = 0;
  #tokens = 0;

  /** @param data base64 or a URL of any kind; its length is all that counts. */
  image(data?: unknown): void {
    this.hasImages = true;
    this.#base64 += lengthOf(data);
    this.#tokens += TOKENS_PER_IMAGE;
  }

  /** @param data base64 or a data URL; nothing where the document is only referred to. */
  document(data?: unknown): void {
    const length = lengthOf(data);
    this.hasDocuments = true;
    this.#base64 += length;
    this.#tokens += Math.max(TOKENS_PER_DOCUMENT_AT_LEAST, length / BASE64_PER_DOCUMENT_TOKEN);
  }

  audio(data?: unknown): void {
    const length = lengthOf(data);
    this.#base64 += length;
    this.#tokens += length / BASE64_PER_AUDIO_TOKEN;
  }

  /** Tokens of a whole request of `size` bytes, a guess. */
  tokens(size: number): number {
    return Math.ceil(Math.max(0, size - this.#base64) / BYTES_PER_TOKEN + this.#tokens);
  }
}

function lengthOf(data: unknown): number {
  return typeof data === "string" ? data.length : 0;
}
