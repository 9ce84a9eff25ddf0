/**
 * Writes the difference between two JSON values into the text of the first: every byte that the difference does not
 * touch stays as it was written (number forms, escapes, white space, unknown members).
 *
 * What is the same is found by identity: the second value must share with the first what it did not change.
 */
import { concat } from "../bytes/concat.ts";
import type { Json } from "../model/json.ts";
import { isRecord } from "./shape.ts";
import { latin1, skipSpace, stringEnd, valueEnd } from "./top-level.ts";
import type { Room } from "./with-model.ts";

/** Bytes `[start, end)` that are replaced by a text. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A member or an element: where it begins (a member with its key) and where its value is. */
interface Entry {
  readonly key: string;
  readonly from: number;
  readonly start: number;
  readonly end: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const COMMA = 44, COLON = 58, BACKSLASH = "\\";

/**
 * The text of `before`, changed to mean `after`. A member that is undefined in `after`, or missing, is removed; a new one
 * is put first; of a repeated key every one is changed.
 *
 * @param bytes valid JSON in UTF-8
 * @param before what the bytes parse to
 * @param after the same objects and lists as in `before`, wherever nothing changed
 * @param room where the text is put. @default new memory
 * @returns the very same `bytes` where nothing differs
 */
export function withChanges<B extends Uint8Array>(
  bytes: B,
  before: Json,
  after: Json,
  room: Room = (length) => new Uint8Array(length),
): B | Uint8Array<ArrayBuffer> {
  if (before === after) return bytes;
  const writer = new Writer(bytes);
  const start = skipSpace(writer.text, bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0);
  writer.value({ key: "", from: start, start, end: writer.text.trimEnd().length }, before, after);
  if (writer.edits.length === 0) return bytes;
  const pieces: Uint8Array[] = [];
  let taken = 0;
  for (const { start, end, text } of writer.edits) {
    pieces.push(bytes.subarray(taken, start), encoder.encode(text));
    taken = end;
  }
  pieces.push(bytes.subarray(taken));
  return concat(pieces, room);
}

/** Collects the edits, in the order of the text. */
class Writer {
  readonly edits: Edit[] = [];
  readonly text: string;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.text = latin1(bytes);
  }

  value(place: Entry, before: Json, after: Json): void {
    if (before === after) return;
    if (isRecord(before) && isRecord(after)) this.#object(place, before, after);
    else if (Array.isArray(before) && Array.isArray(after)) this.#list(place, before, after);
    else this.#replace(place.start, place.end, JSON.stringify(after));
  }

  #replace(start: number, end: number, text: string): void {
    this.edits.push({ start, end, text });
  }

  #object(place: Entry, before: Record<string, Json>, after: Record<string, Json>): void {
    const members = this.#entries(place, true);
    const has = (key: string) => Object.hasOwn(after, key) && after[key] !== undefined;
    const stays = ({ key }: Entry) => has(key);
    const last = new Map(members.map((member, index) => [member.key, index]));
    const lastKept = members.findLastIndex(stays);
    const added = Object.keys(after).filter((key) => has(key) && !last.has(key)).map((key) =>
      `${JSON.stringify(key)}:${JSON.stringify(after[key])}`
    );
    if (added.length > 0) {
      const text = added.join(",") + (lastKept === -1 ? "" : ",");
      this.#replace(place.start + 1, place.start + 1, text);
    }
    members.forEach((member, index) => {
      if (stays(member)) {
        const value = after[member.key];
        // Of a repeated key the parser kept the last value: nothing is known of the others.
        if (last.get(member.key) === index) this.value(member, before[member.key], value);
        else if (value !== before[member.key]) {
          this.#replace(member.start, member.end, JSON.stringify(value));
        }
      } else if (index < lastKept) this.#replace(member.from, members[index + 1]!.from, "");
      else if (index === lastKept + 1) {
        const from = lastKept === -1 ? member.from : members[lastKept]!.end;
        this.#replace(from, members.at(-1)!.end, "");
      }
    });
  }

  /** What the lists have in common at both ends stays. */
  #list(place: Entry, before: readonly Json[], after: readonly Json[]): void {
    const most = Math.min(before.length, after.length);
    let head = 0;
    while (head < most && before[head] === after[head]) head++;
    let tail = 0;
    while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
    const old = before.length - head - tail;
    const fresh = after.slice(head, after.length - tail);
    const elements = this.#entries(place, false, head + old + 1);
    if (old === fresh.length) {
      fresh.forEach((value, i) => this.value(elements[head + i]!, before[head + i], value));
      return;
    }
    const text = fresh.map((value) => JSON.stringify(value)).join(",");
    if (old === 0) {
      const at = head < elements.length ? elements[head]!.from : elements.at(-1)?.end ?? place.start + 1;
      const [first, last] = head < elements.length ? ["", ","] : elements.length > 0 ? [",", ""] : ["", ""];
      this.#replace(at, at, first + text + last);
    } else if (text !== "") {
      this.#replace(elements[head]!.from, elements[head + old - 1]!.end, text);
    } else if (tail > 0) {
      this.#replace(elements[head]!.from, elements[head + old]!.from, "");
    } else {
      this.#replace(head === 0 ? elements[0]!.from : elements[head - 1]!.end, elements.at(-1)!.end, "");
    }
  }

  /** The members, or the elements: all, or the first `most`. */
  #entries(place: Entry, keyed: boolean, most = Infinity): Entry[] {
    const { text } = this;
    const entries: Entry[] = [];
    let at = skipSpace(text, place.start + 1);
    while (at < place.end - 1 && entries.length < most) {
      const from = at;
      let key = "";
      if (keyed) {
        const keyEnd = stringEnd(text, at);
        key = this.#key(at, keyEnd);
        at = skipSpace(text, keyEnd);
        if (text.charCodeAt(at) === COLON) at = skipSpace(text, at + 1);
      }
      const end = valueEnd(text, at);
      entries.push({ key, from, start: at, end });
      at = skipSpace(text, end);
      if (text.charCodeAt(at) === COMMA) at = skipSpace(text, at + 1);
    }
    return entries;
  }

  #key(start: number, end: number): string {
    const plain = this.text.slice(start + 1, end - 1);
    return /^[\x20-\x7e]*$/.test(plain) && !plain.includes(BACKSLASH)
      ? plain
      : JSON.parse(decoder.decode(this.#bytes.subarray(start, end)));
  }
}
