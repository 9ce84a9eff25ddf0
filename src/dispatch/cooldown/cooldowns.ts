/**
 * Who must not be asked now, and until when: per provider, per model, per key. The clock is an argument; the state can
 * be saved and loaded. docs/failover.md has the table.
 */
import type { FailureClass } from "../../model/failure.ts";
import { type Failure, FAILURE_RULES, type Scope } from "../failure/failure.ts";

/** The parts of a target that can cool down apart from each other. `key` is an id, never the key itself. */
export interface CooldownKey {
  readonly provider: string;
  readonly model: string;
  readonly key: string;
}

/** What one place is in. Times are epoch milliseconds. */
export interface Cooldown {
  readonly provider: string;
  readonly model?: string;
  readonly key?: string;
  readonly class: FailureClass;
  readonly message: string;
  readonly since: number;
  readonly until: number;
}

export type Availability =
  | { readonly state: "open" }
  /** Its cooldown is over: one request may try it; that one holds the trial. */
  | { readonly state: "trial" }
  | { readonly state: "cooling"; readonly until: number; readonly because: Cooldown };

interface Entry {
  cooldown: Cooldown;
  /** How often in a row, for the doubling. */
  times: number;
  /** A trial request is under way. */
  trial: boolean;
}

interface Timing {
  /** Milliseconds the first time; doubled each time after, up to `most`. */
  readonly first: number;
  readonly most: number;
  /** Failures within a minute before it cools. */
  readonly after: number;
}

const MINUTE = 60_000;

/** How long a class cools where the provider does not say; classes left out do not cool. */
const TIMINGS: Partial<Readonly<Record<FailureClass, Timing>>> = {
  rate_limited: { first: 30_000, most: 5 * MINUTE, after: 1 },
  quota_exhausted: { first: 60 * MINUTE, most: 60 * MINUTE, after: 1 },
  overloaded: { first: 10_000, most: 5 * MINUTE, after: 1 },
  server_error: { first: 30_000, most: 5 * MINUTE, after: 3 },
  unreachable: { first: 30_000, most: 5 * MINUTE, after: 3 },
  timeout: { first: 30_000, most: 5 * MINUTE, after: 3 },
  refused_credentials: { first: 10 * MINUTE, most: 10 * MINUTE, after: 1 },
  model_unknown: { first: 60 * MINUTE, most: 60 * MINUTE, after: 1 },
};

/** Classes whose reset, where the provider tells it, holds. */
const TOLD: ReadonlySet<FailureClass> = new Set(["rate_limited", "quota_exhausted", "overloaded"]);

function scopeId(scope: Scope, place: CooldownKey): string {
  switch (scope) {
    case "provider":
      return place.provider;
    case "model":
      return `${place.provider}\n${place.model}`;
    case "key":
      return `${place.provider}\n\n${place.key}`;
    default:
      return `${place.provider}\n${place.model}\n${place.key}`;
  }
}

const SCOPES: readonly Scope[] = ["provider", "model", "key", "key+model"];

export class Cooldowns {
  #entries = new Map<string, Entry>();
  /** Moments of late failures per scope, for the classes that cool after several. */
  #strikes = new Map<string, number[]>();
  #onChange: () => void;

  /** `onChange` is called when something worth keeping over a restart changed. */
  constructor(onChange: () => void = () => {}) {
    this.#onChange = onChange;
  }

  /** Whether a place may be asked at `now`. Asking changes nothing; {@link claim} takes a trial. */
  at(place: CooldownKey, now: number): Availability {
    if (this.#entries.size === 0) return OPEN;
    let trial = false;
    let worst: Cooldown | undefined;
    for (const scope of SCOPES) {
      const entry = this.#entries.get(scopeId(scope, place));
      if (entry === undefined) continue;
      if (entry.cooldown.until > now || entry.trial) {
        if (worst === undefined || entry.cooldown.until > worst.until) worst = entry.cooldown;
      } else trial = true;
    }
    if (worst !== undefined) return { state: "cooling", until: Math.max(worst.until, now), because: worst };
    return trial ? TRIAL : OPEN;
  }

  /** Takes the trial of a place that is {@link at} "trial": others see it cooling until the trial is over. */
  claim(place: CooldownKey): void {
    for (const entry of this.#of(place)) entry.trial = true;
  }

  /** The request is over and says nothing of the place (a client hung up): a trial may be taken again. */
  release(place: CooldownKey): void {
    for (const entry of this.#of(place)) entry.trial = false;
  }

  /** The place answered. */
  succeeded(place: CooldownKey): void {
    if (this.#entries.size === 0 && this.#strikes.size === 0) return;
    let kept = false;
    for (const scope of SCOPES) {
      const id = scopeId(scope, place);
      kept = this.#entries.delete(id) || kept;
      this.#strikes.delete(id);
    }
    if (kept) this.#onChange();
  }

  /** The place failed. Returns the cooldown that this started, if it did. */
  failed(place: CooldownKey, failure: Failure, now: number): Cooldown | undefined {
    const timing = TIMINGS[failure.class];
    const scope = FAILURE_RULES[failure.class].scope;
    if (timing === undefined || scope === "none") {
      this.release(place);
      return undefined;
    }
    const id = scopeId(scope, place);
    const before = this.#entries.get(id);
    const wasTrial = before?.trial === true;
    this.release(place);
    if (!wasTrial && timing.after > 1 && !this.#struck(id, timing.after, now)) return undefined;
    // Requests that were under way together fail together: that is one failure, not many in a row.
    const together = before !== undefined && before.cooldown.until > now && !wasTrial;
    const times = before === undefined ? 0 : together ? before.times : before.times + 1;
    const told = TOLD.has(failure.class) ? failure.resetAt : undefined;
    const until = told ?? now + Math.min(timing.first * 2 ** Math.min(times, 20), timing.most);
    if (before !== undefined && before.cooldown.until > Math.max(until, now)) return undefined;
    const cooldown: Cooldown = {
      provider: place.provider,
      ...(scope === "model" || scope === "key+model" ? { model: place.model } : {}),
      ...(scope === "key" || scope === "key+model" ? { key: place.key } : {}),
      class: failure.class,
      message: failure.message,
      since: now,
      until,
    };
    this.#entries.set(id, { cooldown, times, trial: false });
    this.#onChange();
    return cooldown;
  }

  /** Forgets cooldowns: all of them, or those that `which` picks. Returns how many. */
  reset(which: (cooldown: Cooldown) => boolean = () => true): number {
    let count = 0;
    for (const [id, entry] of this.#entries) {
      if (!which(entry.cooldown)) continue;
      this.#entries.delete(id);
      this.#strikes.delete(id);
      count++;
    }
    if (count > 0) this.#onChange();
    return count;
  }

  /** The cooldowns that hold at `now`, soonest end first. */
  list(now: number): Cooldown[] {
    return [...this.#entries.values()].map((entry) => entry.cooldown).filter(({ until }) => until > now)
      .sort((a, b) => a.until - b.until);
  }

  /** What a restart must not forget: used-up quotas and refused models. */
  save(now: number): Cooldown[] {
    return this.list(now).filter((cooldown) => cooldown.class === "quota_exhausted");
  }

  /** Takes back what {@link save} gave; what is over by `now` is left out. */
  load(saved: readonly Cooldown[], now: number): void {
    for (const cooldown of saved) {
      if (cooldown.until <= now) continue;
      const scope = FAILURE_RULES[cooldown.class]?.scope ?? "none";
      if (scope === "none") continue;
      const place = { provider: cooldown.provider, model: cooldown.model ?? "", key: cooldown.key ?? "" };
      this.#entries.set(scopeId(scope, place), { cooldown, times: 0, trial: false });
    }
  }

  #struck(id: string, after: number, now: number): boolean {
    const recent = (this.#strikes.get(id) ?? []).filter((at) => at > now - MINUTE);
    recent.push(now);
    if (recent.length < after) {
      this.#strikes.set(id, recent);
      return false;
    }
    this.#strikes.delete(id);
    return true;
  }

  *#of(place: CooldownKey): Generator<Entry> {
    if (this.#entries.size === 0) return;
    for (const scope of SCOPES) {
      const entry = this.#entries.get(scopeId(scope, place));
      if (entry !== undefined) yield entry;
    }
  }
}

const OPEN: Availability = { state: "open" };
const TRIAL: Availability = { state: "trial" };
