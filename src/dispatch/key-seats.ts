/**
 * Which key of a provider a session uses: the same as long as it serves, for caches belong to accounts. New sessions go to
 * the key with the fewest; requests without a session take turns. Without a store nothing outlives the process.
 */
import type { Provider } from "../config/config.ts";
import type { KeyOrder } from "./candidates.ts";
import type { Continued } from "../router/plan.ts";
import type { Key, KeyIds } from "./keys.ts";
import { remember } from "../runtime/remember.ts";

interface Seat {
  /** The key's id. */
  readonly key: string;
  /** Epoch milliseconds of its last use. */
  readonly time: number;
}

/** Sessions that are remembered, over all providers. */
const MOST_SEATS = 8000;
/** A session that is silent for longer does not count as load. Milliseconds. */
const BUSY_MS = 30 * 60_000;

/** Whose request it is. */
export interface Sitter {
  /** The name of the session; undefined: the client names none. */
  readonly conversation?: string | undefined;
  /** The answer that it continues, which only the account of its key has. @default none that is known */
  readonly continued?: Pick<Continued, "target" | "key"> | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
  /** It only counts tokens: nothing changes. @default false */
  readonly looks?: boolean;
}

export class KeySeats {
  readonly #keys: KeyIds;
  readonly #seats = new Map<string, Seat>();
  readonly #turns = new Map<string, number>();

  constructor(keys: KeyIds) {
    this.#keys = keys;
  }

  /** A provider's keys in the order in which a request tries them. */
  order(provider: Provider, sitter: Sitter): KeyOrder {
    const keys = this.#keys.keysOf(provider, 0);
    if (keys.length === 1) return { first: keys[0]!, rest: NO_REST };
    const { conversation, looks = false } = sitter;
    const own = this.#own(provider, keys, sitter);
    if (own !== undefined) {
      return { first: own, rest: () => this.#byLoad(provider, sitter).filter((key) => key !== own) };
    }
    if (conversation === undefined) {
      const turn = this.#turns.get(provider.name) ?? 0;
      if (!looks) this.#turns.set(provider.name, turn + 1);
      return inOrder(this.#keys.keysOf(provider, turn));
    }
    return inOrder(this.#byLoad(provider, sitter));
  }

  /** The key that has the answer which a request continues, else the one of its session; undefined: neither is known. */
  #own(provider: Provider, keys: readonly Key[], { conversation, continued }: Sitter): Key | undefined {
    const named = (key: string | undefined) =>
      key === undefined ? undefined : keys.find(({ id }) => id === key);
    return named(continued?.target.provider === provider.name ? continued.key : undefined) ??
      named(conversation === undefined ? undefined : this.#seats.get(seatOf(provider, conversation))?.key);
  }

  /** A session is sent with a key: from now on it is its own. */
  take(provider: Provider, key: string, { conversation, now, looks = false }: Sitter): void {
    if (conversation === undefined || looks || provider.apiKeys.length < 2) return;
    remember(this.#seats, seatOf(provider, conversation), { key, time: now }, MOST_SEATS);
  }

  /** Another replica has sent a session with a key. */
  taken(provider: string, conversation: string, seat: Seat): void {
    const id = seatOf({ name: provider }, conversation);
    const known = this.#seats.get(id);
    if (known === undefined || known.time < seat.time) remember(this.#seats, id, seat, MOST_SEATS);
  }

  /** The keys with the fewest sessions first; equals in the file's order. */
  #byLoad(provider: Provider, { now }: Sitter): readonly Key[] {
    const load = new Map<string, number>();
    const prefix = seatOf(provider, "");
    for (const [id, { key, time }] of this.#seats) {
      if (now - time < BUSY_MS && id.startsWith(prefix)) load.set(key, (load.get(key) ?? 0) + 1);
    }
    return this.#keys.keysOf(provider, 0).toSorted((a, b) => (load.get(a.id) ?? 0) - (load.get(b.id) ?? 0));
  }
}

const NO_REST = (): readonly Key[] => [];

function inOrder([first, ...rest]: readonly Key[]): KeyOrder {
  return { first: first!, rest: () => rest };
}

const seatOf = ({ name }: Pick<Provider, "name">, conversation: string): string => `${name}\n${conversation}`;
