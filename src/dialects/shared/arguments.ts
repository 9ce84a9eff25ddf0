/**
 * The arguments of function calls, as models and the gateways before them write them: `{}` first, everything twice, JSON
 * within a JSON string, `null`. Streamed or whole, the client gets one JSON object for each call.
 */
import { isRecord, parseJsonText } from "../../json/shape.ts";
import { parseExactText } from "../../json/exact.ts";

const SPACE = /\s/;

/** Reads the arguments of one call piece by piece. Pieces of an object go on at once. */
export class ArgumentReader {
  /** `empty`: a whole object without members came; it ends with the call, or the next object replaces it. */
  #state: "start" | "object" | "empty" | "whole" | "other" = "start";
  #depth = 0;
  #inString = false;
  #escaped = false;
  #members = false;
  /** The object that went on. */
  #given = "";
  /** What waits for the end of the call. */
  #held = "";

  /** @returns what the client may have now */
  push(piece: string): string {
    let out = "";
    for (let i = 0; i < piece.length; i++) {
      if (this.#state === "whole" || this.#state === "other") {
        this.#held += piece.slice(i);
        break;
      }
      const char = piece[i]!;
      if (this.#state === "object") {
        const end = this.#within(piece, i);
        out += piece.slice(i, end);
        i = end - 1;
        if (this.#depth > 0) continue;
        // An empty object waits with its brace: the true one may follow.
        this.#state = this.#members ? "whole" : "empty";
        if (!this.#members) out = out.slice(0, -1);
        continue;
      }
      if (SPACE.test(char)) continue;
      if (char === "{") {
        if (this.#state === "start") out += char;
        this.#open();
      } else {
        this.#held = this.#state === "start" ? piece.slice(i) : "}" + piece.slice(i);
        this.#state = "other";
        break;
      }
    }
    this.#given += out;
    return out;
  }

  /** The call is whole. `rest`: what is missing of its arguments; `more`: the arguments of calls that follow it unmarked. */
  end(): { readonly rest: string; readonly more: readonly string[] } {
    switch (this.#state) {
      case "empty":
        return { rest: "}", more: [] };
      case "other":
        return this.#given === "" ? readOther(this.#held) : { rest: this.#held, more: [] };
      case "whole": {
        const more = objectsIn(this.#held);
        if (more === undefined) return { rest: this.#held, more: [] };
        const seen = new Set([canonical(this.#given), "{}"]);
        return {
          rest: "",
          more: more.filter((json) => !seen.has(canonical(json)) && seen.add(canonical(json))),
        };
      }
      default:
        return { rest: "", more: [] };
    }
  }

  #open(): void {
    this.#state = "object";
    this.#depth = 1;
    this.#members = false;
  }

  /** Goes on within the object; gives the place after the piece's last character of it. */
  #within(piece: string, from: number): number {
    for (let i = from; i < piece.length; i++) {
      const char = piece[i]!;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (char === "\\") this.#escaped = true;
        else if (char === '"') this.#inString = false;
        continue;
      }
      if (char === '"') this.#inString = this.#members = true;
      else if (char === "{" || char === "[") this.#depth++;
      else if ((char === "}" || char === "]") && --this.#depth === 0) return i + 1;
    }
    return piece.length;
  }
}

/** Arguments that do not begin as an object. */
function readOther(text: string): ReturnType<ArgumentReader["end"]> {
  const words = text.trim().replace(/^(?:null|"")\s*(?=\{)/, "");
  if (words.startsWith("{")) return whole(words);
  const value = parseJsonText(words);
  if (value === null || value === "") return { rest: "{}", more: [] };
  if (typeof value !== "string") return { rest: text, more: [] };
  const inner = value.trim();
  if (inner === "" || inner === "null") return { rest: "{}", more: [] };
  return inner.startsWith("{") && isRecord(parseJsonText(inner)) ? whole(inner) : { rest: text, more: [] };
}

function whole(text: string): ReturnType<ArgumentReader["end"]> {
  const [rest = "", ...more] = callArguments(text);
  return { rest, more };
}

/**
 * The arguments of whole calls in one text: one object for each. Nearly always one; text that holds no object is given
 * back as it is.
 */
export function callArguments(text: string): readonly [string, ...string[]] {
  if (isOneObject(text)) return [text];
  const reader = new ArgumentReader();
  const begin = reader.push(text);
  const { rest, more } = reader.end();
  return [begin + rest, ...more];
}

/** The field for arguments that are not a JSON object, so that the model sees what it wrote. */
export const RAW_ARGUMENTS = "raw_arguments";

/**
 * The arguments of one call in a history as the text of one object, which servers that read them again insist on
 * (https://github.com/vllm-project/vllm/issues/43995). Text that holds none (cut off, say, when the output limit was
 * reached) is kept whole in a field of its own.
 */
export function objectArguments(text: string): string {
  if (isOneObject(text)) return text;
  if (text.trim() === "") return "{}";
  const [first] = callArguments(text);
  return isOneObject(first) ? first : JSON.stringify({ [RAW_ARGUMENTS]: text });
}

/** Whether a text is one object and nothing else, as nearly all are: the engine's parser sees it sooner than the reader. */
function isOneObject(text: string): boolean {
  return text.startsWith("{") && text.endsWith("}") && isRecord(parseJsonText(text));
}

/** The JSON objects that a text consists of; undefined where it has anything else. */
function objectsIn(text: string): readonly string[] | undefined {
  const found: string[] = [];
  let start = -1;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (inString) {
      if (char === "\\") i++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === "{" || char === "[") {
      if (depth++ === 0) start = i;
    } else if ((char === "}" || char === "]") && --depth === 0) found.push(text.slice(start, i + 1));
    if (depth === 0 && char !== "}" && !SPACE.test(char)) return undefined;
  }
  return depth === 0 && found.every((json) => isRecord(parseJsonText(json))) ? found : undefined;
}

/** The same text for the same value. */
function canonical(json: string): string {
  return JSON.stringify(parseExactText(json)) ?? json;
}
