/**
 * Thinking that comes as text: servers without a reader for their model's format leave `<think>…</think>` at the beginning of
 * the content (https://github.com/andrewyng/openworker/issues/111, https://github.com/decolua/9router/pull/2231).
 */

const BEGIN = "<think>";
const END = "</think>";

/** A piece of the content, in two: thinking first, then the answer's own words. */
export interface Parted {
  readonly thought: string;
  readonly words: string;
}

/** Parts the content of one answer, piece by piece. */
export class ThinkTags {
  #state: "start" | "first-thought" | "thinking" | "after" | "words" = "start";
  /** What may be the beginning of a tag. */
  #held = "";

  read(piece: string): Parted {
    if (this.#state === "words") return { thought: "", words: piece };
    const text = this.#held + piece;
    this.#held = "";
    if (this.#state === "start") return this.#begin(text);
    return this.#state === "after" ? this.#after("", text) : this.#think(text);
  }

  /** What was held back, where nothing follows. */
  rest(): Parted {
    const held = this.#held;
    this.#held = "";
    return this.#state === "start" ? { thought: "", words: held } : { thought: held, words: "" };
  }

  #begin(text: string): Parted {
    const begun = text.trimStart();
    if (begun.startsWith(BEGIN)) {
      this.#state = "first-thought";
      return this.#think(begun.slice(BEGIN.length));
    }
    if (BEGIN.startsWith(begun)) { // also where nothing but white space came so far
      this.#held = text;
      return { thought: "", words: "" };
    }
    this.#state = "words";
    return { thought: "", words: text };
  }

  #think(given: string): Parted {
    const text = this.#state === "first-thought" ? given.trimStart() : given;
    if (text !== "") this.#state = "thinking";
    const end = text.indexOf(END);
    if (end !== -1) {
      this.#state = "after";
      return this.#after(text.slice(0, end), text.slice(end + END.length));
    }
    const sure = text.length - heldBack(text);
    this.#held = text.slice(sure);
    return { thought: text.slice(0, sure), words: "" };
  }

  /** Between the thinking and the answer are empty lines, which are of neither. */
  #after(thought: string, text: string): Parted {
    const words = text.trimStart();
    if (words !== "") this.#state = "words";
    return { thought, words };
  }
}

/** How much of a text's end may be the beginning of the tag. */
function heldBack(text: string): number {
  const at = text.lastIndexOf("<");
  return at !== -1 && END.startsWith(text.slice(at)) ? text.length - at : 0;
}
