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

/** Why and until when something must not be asked. Times are epoch milliseconds. */
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
  /** A trial request is in flight. */
  trial: boolean;
}

interface Timing {
  /** Milliseconds the first time; doubled each time after, up to `most`. */
  readonly first: number;
  readonly most: number;
  /** Failures within a minute before it cools down. */
  readonly after: number;
}

const MINUTE = 60_000;

/** How long a class cools down where the provider does not say; other classes do not cool down. */
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

/** Classes for which the provider's own reset time counts. */
const HAS_RESET: ReadonlySet<FailureClass> = new Set(["rate_limited", "quota_exhausted", "overloaded"]);

function scopeId(scope: Scope, cooldownKey: CooldownKey): string {
  switch (scope) {
    case "provider":
      return cooldownKey.provider;
    case "model":
      return `${cooldownKey.provider}\n${cooldownKey.model}`;
    case "key":
      return `${cooldownKey.provider}\n\n${cooldownKey.key}`;
    default:
      return `${cooldownKey.provider}\n${cooldownKey.model}\n${cooldownKey.key}`;
  }
}

const SCOPES: readonly Scope[] = ["provider", "model", "key", "key+model"];

export class Cooldowns {
  #entries = new Map<string, Entry>();
  /** Times of recent failures per scope, for the classes that cool down after several. */
  #strikes = new Map<string, number[]>();
  #onChange: () => void;

  /** `onChange` is called when something worth keeping over a restart changed. */
  constructor(onChange: () => void = () => {}) {
    this.#onChange = onChange;
  }

  /** Whether it may be asked at `now`. This changes nothing; {@link claim} takes a trial. */
  at(cooldownKey: CooldownKey, now: number): Availability {
    if (this.#entries.size === 0) return OPEN;
    let trial = false;
    let worst: Cooldown | undefined;
    for (const scope of SCOPES) {
      const entry = this.#entries.get(scopeId(scope, cooldownKey));
      if (entry === undefined) continue;
      if (entry.cooldown.until > now || entry.trial) {
        if (worst === undefined || entry.cooldown.until > worst.until) worst = entry.cooldown;
      } else trial = true;
    }
    if (worst !== undefined) return { state: "cooling", until: Math.max(worst.until, now), because: worst };
    return trial ? TRIAL : OPEN;
  }

  /** Takes the trial where {@link at} says "trial": others see it cooling down until the trial is over. */
  claim(cooldownKey: CooldownKey): void {
    for (const entry of this.#of(cooldownKey)) entry.trial = true;
  }

  /** The request is over and shows nothing (a client hung up): a trial may be taken again. */
  release(cooldownKey: CooldownKey): void {
    for (const entry of this.#of(cooldownKey)) entry.trial = false;
  }

  /** It answered. */
  succeeded(cooldownKey: CooldownKey): void {
    if (this.#entries.size === 0 && this.#strikes.size === 0) return;
    let kept = false;
    for (const scope of SCOPES) {
      const id = scopeId(scope, cooldownKey);
      kept = this.#entries.delete(id) || kept;
      this.#strikes.delete(id);
    }
    if (kept) this.#onChange();
  }

  /** It failed. Returns the cooldown that this started, if it did. */
  failed(cooldownKey: CooldownKey, failure: Failure, now: number): Cooldown | undefined {
    const timing = TIMINGS[failure.class];
    const scope = FAILURE_RULES[failure.class].scope;
    if (timing === undefined || scope === "none") {
      this.release(cooldownKey);
      return undefined;
    }
    const id = scopeId(scope, cooldownKey);
    const before = this.#entries.get(id);
    const wasTrial = before?.trial === true;
    this.release(cooldownKey);
    if (!wasTrial && timing.after > 1 && !this.#struck(id, timing.after, now)) return undefined;
    // Requests that were in flight together fail together: that is one failure, not many in a row.
    const together = before !== undefined && before.cooldown.until > now && !wasTrial;
    const times = before === undefined ? 0 : together ? before.times : before.times + 1;
    const reset = HAS_RESET.has(failure.class) ? failure.resetAt : undefined;
    const until = reset ?? now + Math.min(timing.first * 2 ** Math.min(times, 20), timing.most);
    if (before !== undefined && before.cooldown.until > Math.max(until, now)) return undefined;
    const cooldown: Cooldown = {
      provider: cooldownKey.provider,
      ...(scope === "model" || scope === "key+model" ? { model: cooldownKey.model } : {}),
      ...(scope === "key" || scope === "key+model" ? { key: cooldownKey.key } : {}),
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

  /** Takes back what {@link save} gave; what is over by `now` is dropped. */
  load(saved: readonly Cooldown[], now: number): void {
    for (const cooldown of saved) {
      if (cooldown.until <= now) continue;
      const scope = FAILURE_RULES[cooldown.class]?.scope ?? "none";
      if (scope === "none") continue;
      const cooldownKey = {
        provider: cooldown.provider,
        model: cooldown.model ?? "",
        key: cooldown.key ?? "",
      };
      this.#entries.set(scopeId(scope, cooldownKey), { cooldown, times: 0, trial: false });
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

  *#of(cooldownKey: CooldownKey): Generator<Entry> {
    if (this.#entries.size === 0) return;
    for (const scope of SCOPES) {
      const entry = this.#entries.get(scopeId(scope, cooldownKey));
      if (entry !== undefined) yield entry;
    }
  }
}

const OPEN: Availability = { state: "open" };
const TRIAL: Availability = { state: "trial" };
