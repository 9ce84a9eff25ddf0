/**
 * A custom tool (Responses) takes free text; other dialects know only functions with JSON arguments. So the text
 * travels as `{"input": "…"}`. In a stream both directions work piece by piece, wherever the pieces are cut.
 */

/** The JSON Schema of a custom tool seen as a function. */
export const CUSTOM_INPUT_SCHEMA = {
  type: "object",
  properties: { input: { type: "string" } },
  required: ["input"],
  additionalProperties: false,
} as const;

/** Free text as a function's arguments. */
export function encodeCustomInput(text: string): string {
  return `{"input":${JSON.stringify(text)}}`;
}

/** A function's arguments as free text. */
export function decodeCustomInput(json: string): string {
  const decoder = new CustomInputDecoder();
  return decoder.push(json) + decoder.end();
}

/**
 * Models do not always keep to the schema: a lone string property of another name counts, a lone JSON string
 * counts, and anything else passes on as it is.
 */
function otherInput(json: string): string {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return json;
  }
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return json;
  const object = value as Record<string, unknown>;
  if (typeof object.input === "string") return object.input;
  const values = Object.values(object);
  if (values.length === 0) return "";
  return values.length === 1 && typeof values[0] === "string" ? values[0] : json;
}

/** Free text, piece by piece, as the pieces of `{"input": "…"}`. */
export class CustomInputEncoder {
  #begun = false;

  push(piece: string): string {
    const escaped = JSON.stringify(piece).slice(1, -1);
    if (this.#begun) return escaped;
    this.#begun = true;
    return `{"input":"${escaped}`;
  }

  end(): string {
    return this.#begun ? `"}` : `{"input":""}`;
  }
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** The pieces of `{"input": "…"}` as the pieces of the text. Anything else comes out whole at the end. */
export class CustomInputDecoder {
  /** `before` the value's opening quote the text so far is kept, in case there is no such value. */
  #state: "before" | "inside" | "after" = "before";
  #head = "";
  /** An escape sequence that the last piece cut. */
  #escape = "";

  push(piece: string): string {
    let from = 0;
    if (this.#state === "before") {
      const known = this.#head.length;
      this.#head += piece;
      // Arguments of another shape are not searched again and again while they grow.
      const start = known < LONGEST_START ? valueStart(this.#head) : -1;
      if (start === -1) return "";
      from = start - known;
      this.#state = "inside";
    }
    return this.#state === "inside" ? this.#inside(piece, from) : "";
  }

  /** The arguments are whole: the text that could not come out before. */
  end(): string {
    if (this.#state !== "before") return "";
    this.#state = "after";
    return otherInput(this.#head);
  }

  #inside(piece: string, from: number): string {
    let out = "";
    let start = from;
    let i = from;
    while (i < piece.length) {
      if (this.#escape !== "") {
        this.#escape += piece[i++];
        const done = unescape(this.#escape);
        if (done !== undefined) {
          out += done;
          this.#escape = "";
        }
        start = i;
        continue;
      }
      const code = piece.charCodeAt(i);
      if (code === 0x22) {
        this.#state = "after";
        return out + piece.slice(start, i);
      }
      if (code === 0x5c) {
        out += piece.slice(start, i);
        this.#escape = "\\";
        start = i + 1;
      }
      i++;
    }
    return this.#escape === "" ? out + piece.slice(start) : out;
  }
}

const VALUE_START = /^\s*\{\s*"input"\s*:\s*"/;
const LONGEST_START = 64;

/** Where the input's text begins, or -1. */
function valueStart(head: string): number {
  return VALUE_START.exec(head)?.[0].length ?? -1;
}

/** The character of an escape sequence; undefined while it is not whole. */
function unescape(sequence: string): string | undefined {
  const letter = sequence[1];
  if (letter === undefined) return undefined;
  if (letter !== "u") return SIMPLE_ESCAPES[letter] ?? letter;
  if (sequence.length < 6) return undefined;
  return String.fromCharCode(parseInt(sequence.slice(2), 16));
}
