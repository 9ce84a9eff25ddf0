/** What is left of each credential's plan and limits: seen on every answer, and kept over restarts. */
import type { Headroom } from "./read.ts";
import { remember } from "../../runtime/remember.ts";

/** Whose limits they are. `key` is an id, never the key itself. */
export interface Account {
  readonly provider: string;
  readonly key: string;
}

/** What is known of a credential. */
export interface AccountHeadroom extends Account {
  readonly windows: readonly Headroom[];
  /** Epoch milliseconds at which they were seen. */
  readonly seen: number;
}

/** A part of a plan that is used up to a level that is worth a warning. */
export interface Reached {
  readonly headroom: Headroom;
  /** 0.8 or 0.95. */
  readonly level: number;
}

/** Shares of a plan at which a warning is logged, the higher one first. */
const LEVELS = [0.95, 0.8] as const;
/** Credentials that are remembered: clients bring their own. */
const MOST_ACCOUNTS = 500;
/** What was seen longer ago says nothing, where no reset is known. Milliseconds. */
const STALE_MS = 24 * 3_600_000;

/** What is remembered of a credential. */
interface Known {
  readonly headroom: AccountHeadroom;
  /** By window: the highest level that was reported, with the window's reset. */
  readonly reported: Map<string, { readonly level: number; readonly resetAt: number | undefined }>;
}

export class Headrooms {
  readonly #known = new Map<string, Known>();
  #onChange: (now: number) => void;

  /** @param onChange called when something worth keeping changed */
  constructor(onChange: (now: number) => void = () => {}) {
    this.#onChange = onChange;
  }

  /**
   * Takes what an answer says.
   * @returns what has newly reached a level: each level once for each window until its reset
   */
  saw({ provider, key }: Account, windows: readonly Headroom[], now: number): readonly Reached[] {
    if (windows.length === 0) return NONE;
    const id = idOf({ provider, key });
    const names = new Set(windows.map(({ window }) => window));
    const before = this.#known.get(id);
    const others = before?.headroom.windows.filter(({ window }) => !names.has(window)) ?? [];
    const reported: Known["reported"] = before?.reported ?? new Map();
    const headroom = { provider, key, windows: [...windows, ...others], seen: now };
    remember(this.#known, id, { headroom, reported }, MOST_ACCOUNTS);
    this.#onChange(now);
    return windows.flatMap((one) => newlyReached(reported, one));
  }

  /** What is left of a credential's limits now; a window whose reset is over is whole again, and not listed. */
  of(account: Account, now: number): readonly Headroom[] {
    const known = this.#known.get(idOf(account));
    return known === undefined ? NONE : current(known.headroom, now);
  }

  /** The part of a plan with the least left, of those that hold for a model; undefined: nothing is known. */
  least(account: Account, model: string, now: number): Headroom | undefined {
    let least: Headroom | undefined;
    for (const one of this.of(account, now)) {
      if (!one.ofPlan || !holdsFor(one, model)) continue;
      if (least === undefined || one.used > least.used) least = one;
    }
    return least;
  }

  /** Everything that holds now, the credential seen last first. */
  list(now: number): readonly AccountHeadroom[] {
    return [...this.#known.values()].map(({ headroom }) => ({ ...headroom, windows: current(headroom, now) }))
      .filter(({ windows }) => windows.length > 0).reverse();
  }

  /** Calls `listener` too when something worth keeping changed. */
  watch(listener: (now: number) => void): void {
    const before = this.#onChange;
    this.#onChange = (now) => {
      before(now);
      listener(now);
    };
  }

  /** Takes what another replica saw, unless it is older. */
  take(seen: AccountHeadroom): void {
    const known = this.#known.get(idOf(seen));
    if (known !== undefined && known.headroom.seen >= seen.seen) return;
    remember(
      this.#known,
      idOf(seen),
      { headroom: seen, reported: known?.reported ?? new Map() },
      MOST_ACCOUNTS,
    );
  }

  /** Takes back what an earlier run saw. */
  load(saved: readonly AccountHeadroom[]): void {
    for (const one of saved) this.#known.set(idOf(one), { headroom: one, reported: new Map() });
  }
}

/** The level that a window has newly reached, which counts as reported from now on. */
function newlyReached(reported: Known["reported"], headroom: Headroom): readonly Reached[] {
  const { ofPlan, window, used, resetAt } = headroom;
  if (!ofPlan) return NONE_REACHED;
  const level = LEVELS.find((one) => used >= one);
  const before = reported.get(window);
  if (level === undefined) {
    reported.delete(window);
    return NONE_REACHED;
  }
  const same = before !== undefined && isSameReset(before.resetAt, resetAt);
  if (same && before.level >= level) return NONE_REACHED;
  reported.set(window, { level, resetAt });
  return [{ headroom, level }];
}

const NONE: readonly never[] = [];
const NONE_REACHED: readonly Reached[] = [];

const idOf = ({ provider, key }: Account): string => `${provider}\n${key}`;

/** Resets that are counted from now on move by seconds. Milliseconds. */
const SAME_MS = 10 * 60_000;

function isSameReset(one: number | undefined, other: number | undefined): boolean {
  return one === undefined || other === undefined ? one === other : Math.abs(one - other) < SAME_MS;
}

function current({ windows, seen }: AccountHeadroom, now: number): readonly Headroom[] {
  return windows.filter(({ resetAt }) => resetAt === undefined ? now - seen < STALE_MS : resetAt > now);
}

/** A window such as `7d_opus` holds for the models of that name alone. */
function holdsFor({ window }: Headroom, model: string): boolean {
  const family = /_([a-z]+)$/.exec(window)?.[1];
  return family === undefined || model.includes(family);
}
