/** Cache marks. @see https://platform.claude.com/docs/en/build-with-claude/prompt-caching */
import type { CacheMark } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";

/** A block's mark, as a field to spread into a part; empty where the block has none. */
export function decodeCache(block: Json): { readonly cache?: CacheMark } {
  const mark = block?.cache_control;
  if (typeof mark !== "object" || mark === null) return {};
  return { cache: mark.ttl === "1h" || mark.ttl === "5m" ? { ttl: mark.ttl } : {} };
}

/** More marks in one request are refused. */
const MOST_MARKS = 4;

/** Writes marks as blocks are made, and takes the surplus off at the end. */
export class CacheMarks {
  readonly #marked: Record<string, Json>[] = [];
  /** Marks that the client set; also counted where the provider takes none. */
  seen = 0;

  /** `allowed`: the provider takes marks. */
  constructor(readonly allowed: boolean) {}

  /** Marks a block as its part was marked. Gives the block back. */
  mark<T extends Record<string, Json>>(block: T, cache: CacheMark | undefined): T {
    if (cache === undefined) return block;
    this.seen++;
    if (this.allowed) this.#write(block, cache);
    return block;
  }

  /**
   * For clients of dialects where caching goes by itself: the end of what stays the same (tools and system prompt)
   * and the end of the conversation, where the next request will go on.
   */
  markEnds(ends: readonly (Record<string, Json> | undefined)[]): void {
    if (!this.allowed || this.seen > 0) return;
    for (const block of ends) if (block !== undefined) this.#write(block, {});
  }

  /** Takes the first marks off where there are too many: the later ones cover what they covered. */
  limit(): void {
    for (const block of this.#marked.slice(0, -MOST_MARKS)) delete block.cache_control;
  }

  #write(block: Record<string, Json>, cache: CacheMark): void {
    block.cache_control = cache.ttl === undefined
      ? { type: "ephemeral" }
      : { type: "ephemeral", ttl: cache.ttl };
    this.#marked.push(block);
  }
}
