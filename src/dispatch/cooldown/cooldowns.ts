/**
 * Who must not be asked now, and until when: per provider, per model, per key, per family of models. The clock is an
 * argument; the state can be saved and loaded. docs/failover.md has the table.
 */
import type { FailureClass } from "../../model/failure.ts";
import { type Failure, FAILURE_RULES, keptOf, type Scope, scopeOf } from "../failure/failure.ts";
import { remember } from "../../runtime/remember.ts";

/** The parts of a target that can cool down apart from each other. `key` is an id, never the key itself. */
export interface CooldownKey {
  readonly provider: string;
  readonly model: string;
  readonly key: string;
}

/** What a cooldown holds for: of a provider, all that is set. */
export interface CooledPlace {
  readonly provider: string;
  readonly model?: string;
  readonly key?: string;
  /** Models whose names hold this (`:free`). */
  readonly family?: string;
}

/** Why and until when a place is skipped. Times are epoch milliseconds. */
export interface Cooldown extends CooledPlace {
  /** `paused`: by the user, and until the user says otherwise. */
  readonly class: FailureClass | "paused";
  readonly message: string;
  /** When it was last asked, or paused. */
  readonly since: number;
  readonly until: number;
  /** The provider said until when. */
  readonly told?: boolean;
  /** How often it was asked anyway, before its end. */
  readonly looks?: number;
}

export type Availability =
  | { readonly state: "open" }
  /** It may be asked, by one request: its cooldown is over, or a look is due. That request holds the trial. */
  | { readonly state: "trial" }
  | { readonly state: "cooling"; readonly until: number; readonly because: Cooldown };

interface Entry {
  cooldown: Cooldown;
  /** How often in a row, for the doubling. */
  times: number;
  /** A trial request is in flight. */
  trial: boolean;
}

/** One failure of those that cool down only after several. */
interface Strike {
  readonly at: number;
  readonly model: string;
  /** It took so long that the time since the one before says nothing. */
  readonly long: boolean;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Failures further apart than this are not counted together. Milliseconds. */
const WINDOW = MINUTE;
/** Failures that each took longer than this are counted whatever the time between them. Milliseconds. */
const LONG_WAIT = WINDOW / 3;
/** This many of them start a cooldown. */
const LONG_WAITS = 2;
/** A place whose cooldown ends within this time may be asked where nothing else remains. Milliseconds. */
const SOON = 5 * SECOND;
/** Where nothing else remains, a cooldown that no provider dated ends after this. Milliseconds. */
const LONE = 3 * SECOND;
/** A target that the user names is asked despite the cooldown that its provider dated: at once, then once in this time. */
const NAMED = MINUTE;
/** A cooldown that a provider dated is checked by a request after this time, and then once in each {@link NEXT_LOOK}. */
const FIRST_LOOK = HOUR;
const NEXT_LOOK = 24 * HOUR;
/** A pause without an end. */
const FOREVER = Date.UTC(9999, 0, 1);

/** The key under which a scope's cooldown is kept. */
function idOf(scope: Scope, { provider, model = "", key = "", family = "" }: CooledPlace): string {
  switch (scope) {
    case "provider":
      return provider;
    case "model":
      return `${provider}\n${model}`;
    case "key":
      return `${provider}\n\n${key}`;
    case "family":
      return `${provider}\n\n${key}\n${family}`;
    default:
      return `${provider}\n${model}\n${key}`;
  }
}

/** The scope of a cooldown that was saved. */
function scopeIn({ model, key, family }: CooledPlace): Scope {
  if (family !== undefined) return "family";
  if (model !== undefined) return key === undefined ? "model" : "key+model";
  return key === undefined ? "provider" : "key";
}

const SCOPES: readonly Scope[] = ["provider", "model", "key", "key+model"];

export class Cooldowns {
  #entries = new Map<string, Entry>();
  /** Recent failures by model, and by provider, for the classes that cool down after several. */
  #strikes = new Map<string, readonly Strike[]>();
  /** The families that a provider's cooldowns name: few have any. */
  #families = new Map<string, Set<string>>();
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
    for (const { cooldown, trial: inFlight } of this.#of(cooldownKey)) {
      if (inFlight || (cooldown.until > now && !isLookDue(cooldown, now))) {
        if (worst === undefined || cooldown.until > worst.until) worst = cooldown;
      } else trial = true;
    }
    if (worst !== undefined) return { state: "cooling", until: Math.max(worst.until, now), because: worst };
    return trial ? TRIAL : OPEN;
  }

  /**
   * Whether a place that is cooling down may be asked at `now` anyway: because the user named it, or because nothing else
   * remains. A cooldown that no provider dated then protects nobody for more than seconds, and a used-up quota may have
   * been raised; a rate limit with a reset time is kept, and so is a pause.
   */
  mayLook(cooldownKey: CooldownKey, now: number, why: "named" | "last"): boolean {
    for (const { cooldown, trial } of this.#of(cooldownKey)) {
      if (trial) return false;
      if (cooldown.until > now && opensFor(cooldown, why) > now) return false;
    }
    return true;
  }

  /** Epoch milliseconds from which it may be asked where nothing else remains. */
  opensAt(cooldownKey: CooldownKey, now: number): number {
    let latest = now;
    for (const { cooldown } of this.#of(cooldownKey)) {
      const told = cooldown.told === true || cooldown.class === "paused";
      latest = Math.max(latest, told ? cooldown.until : Math.min(cooldown.until, opensFor(cooldown, "last")));
    }
    return latest;
  }

  /** Takes the trial: others see the place cooling down until the trial is over. */
  claim(cooldownKey: CooldownKey, now: number): void {
    for (const entry of this.#of(cooldownKey)) {
      entry.trial = true;
      const { until, looks = 0 } = entry.cooldown;
      if (until > now) entry.cooldown = { ...entry.cooldown, since: now, looks: looks + 1 };
    }
  }

  /** The request is over and proves nothing (the client hung up): another request may be the trial. */
  release(cooldownKey: CooldownKey): void {
    for (const entry of this.#of(cooldownKey)) entry.trial = false;
  }

  /** It answered. */
  succeeded(cooldownKey: CooldownKey): void {
    if (this.#entries.size === 0 && this.#strikes.size === 0) return;
    let kept = false;
    for (const [id, entry] of [...this.#held(cooldownKey)]) {
      entry.trial = false;
      if (entry.cooldown.class !== "paused") kept = this.#entries.delete(id) || kept;
    }
    this.#strikes.delete(idOf("provider", cooldownKey));
    this.#strikes.delete(idOf("model", cooldownKey));
    if (kept) this.#onChange();
  }

  /** It failed. Returns the cooldown that this started, if it did. */
  failed(cooldownKey: CooldownKey, failure: Failure, now: number): Cooldown | undefined {
    const { cools, reset } = FAILURE_RULES[failure.class];
    const said = scopeOf(failure);
    const tried = this.#trialOf(cooldownKey);
    this.release(cooldownKey);
    if (cools === undefined || said === "request") return undefined;
    const scope = cools.after === 1 ? said : tried ?? this.#struck(cooldownKey, failure, now);
    if (scope === undefined) return undefined;
    const place = placeOf(scope, cooldownKey, failure.family);
    const id = idOf(scope, place);
    const before = this.#entries.get(id);
    if (before?.cooldown.class === "paused") return undefined;
    // Requests that were in flight together fail together: that is one failure, not many in a row. Nor does a look count.
    const together = before !== undefined && before.cooldown.until > now;
    const times = before === undefined ? 0 : together ? before.times : before.times + 1;
    const guess = now + Math.min(cools.first * 2 ** Math.min(times, 20), cools.most);
    const told = reset === undefined ? undefined : failure.resetAt;
    const until = told === undefined ? guess : reset === "capped" ? Math.min(told, now + cools.most) : told;
    if (before !== undefined && before.cooldown.until > Math.max(until, now)) return undefined;
    const looks = together ? before.cooldown.looks : undefined;
    const cooldown: Cooldown = {
      ...place,
      class: failure.class,
      message: keptOf(failure),
      since: now,
      until,
      ...(told === undefined ? {} : { told: true }),
      ...(looks === undefined ? {} : { looks }),
    };
    this.#set(id, { cooldown, times, trial: false }, now);
    this.#onChange();
    return cooldown;
  }

  /** Keeps a provider or a model from being asked until `until` (epoch milliseconds; undefined: until {@link resume}). */
  pause(place: CooledPlace, now: number, until = FOREVER): void {
    const scope = scopeIn(place);
    const cooldown: Cooldown = { ...place, class: "paused", message: "paused", since: now, until };
    this.#set(idOf(scope, place), { cooldown, times: 0, trial: false }, now);
    this.#onChange();
  }

  /** Ends pauses: all of them, or those that `which` picks. Returns how many. */
  resume(which: (cooldown: Cooldown) => boolean = () => true): number {
    return this.#drop((cooldown) => cooldown.class === "paused" && which(cooldown));
  }

  /** Forgets cooldowns, pauses excepted: all of them, or those that `which` picks. Returns how many. */
  reset(which: (cooldown: Cooldown) => boolean = () => true): number {
    this.#strikes.clear();
    return this.#drop((cooldown) => cooldown.class !== "paused" && which(cooldown));
  }

  #drop(which: (cooldown: Cooldown) => boolean): number {
    let count = 0;
    for (const [id, entry] of this.#entries) {
      if (!which(entry.cooldown)) continue;
      this.#entries.delete(id);
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

  /** What a restart must not forget: used-up quotas, and what the user paused. */
  save(now: number): Cooldown[] {
    return this.list(now).filter(({ class: kind }) => kind === "quota_exhausted" || kind === "paused");
  }

  /** Takes back what {@link save} gave; what is over by `now` is dropped. */
  load(saved: readonly Cooldown[], now: number): void {
    for (const cooldown of saved) {
      if (cooldown.until <= now) continue;
      this.#set(idOf(scopeIn(cooldown), cooldown), { cooldown, times: 0, trial: false }, now);
    }
  }

  /** Calls `listener` too when something worth keeping changed. */
  watch(listener: () => void): void {
    const before = this.#onChange;
    this.#onChange = () => {
      before();
      listener();
    };
  }

  /** Takes a cooldown that began at another replica. A trial in flight here goes on. */
  take(cooldown: Cooldown, now: number): void {
    if (cooldown.until <= now) return;
    const id = idOf(scopeIn(cooldown), cooldown);
    const { times = 0, trial = false } = this.#entries.get(id) ?? {};
    this.#set(id, { cooldown, times, trial }, now);
  }

  /** Ends a cooldown that ended at another replica. */
  end(place: CooledPlace): void {
    this.#entries.delete(idOf(scopeIn(place), place));
  }

  #set(id: string, entry: Entry, now: number): void {
    const { provider, family } = entry.cooldown;
    this.#entries.set(id, entry);
    this.#bound(now);
    if (family === undefined) return;
    const families = this.#families.get(provider) ?? new Set();
    this.#families.set(provider, families.add(family));
  }

  /** Forgets what is over first, then the oldest; never a pause. */
  #bound(now: number): void {
    const forget = (which: (entry: Entry) => boolean) => {
      for (const [id, entry] of this.#entries) {
        if (this.#entries.size <= MOST_PLACES) return;
        if (entry.cooldown.class !== "paused" && which(entry)) this.#entries.delete(id);
      }
    };
    forget(({ cooldown, trial }) => !trial && cooldown.until <= now);
    forget(() => true);
  }

  /** What a trial in flight is for, of the cooldowns that otherwise take several failures. */
  #trialOf(cooldownKey: CooldownKey): Scope | undefined {
    for (const { cooldown, trial } of this.#of(cooldownKey)) {
      const { class: kind } = cooldown;
      const cools = kind === "paused" ? undefined : FAILURE_RULES[kind].cools;
      if (trial && cools !== undefined && cools.after > 1) return scopeIn(cooldown);
    }
    return undefined;
  }

  /**
   * Counts a failure. What one model alone has shown holds for the model; the provider cools down when no connection was
   * made, or when two models fail. Returns what cools down now; undefined: nothing yet.
   */
  #struck(cooldownKey: CooldownKey, failure: Failure, now: number): Scope | undefined {
    const strike = { at: now, model: cooldownKey.model, long: (failure.waited ?? 0) > LONG_WAIT };
    const whole = this.#count(idOf("provider", cooldownKey), strike);
    const own = this.#count(idOf("model", cooldownKey), strike);
    const unconnected = scopeOf(failure) === "provider";
    if (enough(whole) && (unconnected || new Set(whole.map(({ model }) => model)).size > 1)) {
      this.#strikes.delete(idOf("provider", cooldownKey));
      this.#strikes.delete(idOf("model", cooldownKey));
      return "provider";
    }
    if (!enough(own)) return undefined;
    this.#strikes.delete(idOf("model", cooldownKey));
    return "model";
  }

  #count(id: string, strike: Strike): readonly Strike[] {
    const recent = (this.#strikes.get(id) ?? []).filter(({ at, long }) => long || at > strike.at - WINDOW);
    const all = [...recent, strike].slice(-MOST_STRIKES);
    remember(this.#strikes, id, all, MOST_PLACES);
    return all;
  }

  *#of(cooldownKey: CooldownKey): Generator<Entry> {
    for (const [, entry] of this.#held(cooldownKey)) yield entry;
  }

  *#held(cooldownKey: CooldownKey): Generator<[string, Entry]> {
    if (this.#entries.size === 0) return;
    for (const scope of SCOPES) {
      const id = idOf(scope, cooldownKey);
      const entry = this.#entries.get(id);
      if (entry !== undefined) yield [id, entry];
    }
    for (const family of this.#families.get(cooldownKey.provider) ?? []) {
      if (!cooldownKey.model.includes(family)) continue;
      const id = idOf("family", { ...cooldownKey, family });
      const entry = this.#entries.get(id);
      if (entry !== undefined) yield [id, entry];
    }
  }
}

/** Strikes that are kept: enough to see that several models fail. */
const MOST_STRIKES = 8;
/** Places whose strikes are kept, and whose cooldowns are: clients may name any model. */
const MOST_PLACES = 1000;

function enough(strikes: readonly Strike[]): boolean {
  const { after = 1 } = FAILURE_RULES.server_error.cools ?? {};
  return strikes.length >= after || strikes.filter(({ long }) => long).length >= LONG_WAITS;
}

function placeOf(
  scope: Scope,
  { provider, model, key }: CooldownKey,
  family: string | undefined,
): CooledPlace {
  return {
    provider,
    ...(scope === "model" || scope === "key+model" ? { model } : {}),
    ...(scope === "key" || scope === "key+model" || scope === "family" ? { key } : {}),
    ...(scope === "family" && family !== undefined ? { family } : {}),
  };
}

/** Whether it is time for a request to check a cooldown that a provider dated, before its end. */
function isLookDue({ told, since, looks = 0 }: Cooldown, now: number): boolean {
  return told === true && now - since >= (looks === 0 ? FIRST_LOOK : NEXT_LOOK);
}

/** When a cooldown gives way to a request that names its target, or that has nothing else. Epoch milliseconds. */
function opensFor({ class: kind, told, since, until, looks = 0 }: Cooldown, why: "named" | "last"): number {
  if (kind === "paused") return until;
  if (told !== true) return Math.min(until, since + LONE);
  if (kind !== "quota_exhausted") return why === "last" ? until - SOON : until;
  return why === "last" || looks === 0 ? since : since + NAMED;
}

const OPEN: Availability = { state: "open" };
const TRIAL: Availability = { state: "trial" };
