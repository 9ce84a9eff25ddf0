/**
 * What a replica says to the others and takes from them, where there is a store: cooldowns, pins, what is known of sessions,
 * what is left of plans, browsers that signed in, and the ids of keys.
 */
import type { Cooldown, Cooldowns, CooledPlace } from "../dispatch/cooldown/cooldowns.ts";
import type { AccountHeadroom, Headrooms } from "../dispatch/headroom/headrooms.ts";
import type { DispatchState, SharedMark } from "../dispatch/state.ts";
import { messageOf } from "../files/errors.ts";
import { isRecord } from "../json/shape.ts";
import type { Log } from "../log/log.ts";
import type { Clock } from "../runtime/clock.ts";
import { remember } from "../runtime/remember.ts";
import type { SharedValues } from "../store/shared.ts";
import type { SharedBrowser, SignedIn } from "./dashboard/sign-in.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How long a mark of a conversation is kept for other replicas. Milliseconds. */
const KEPT: Readonly<Record<SharedMark, number>> = {
  session: DAY,
  pin: 7 * DAY,
  turn: 2 * HOUR,
  answer: 2 * DAY,
};
const MARKS = Object.keys(KEPT) as SharedMark[];

/** Milliseconds between two messages about what is left of a credential's plan. */
const HEADROOM_MS = 1000;
/** Credentials whose last message is remembered. */
const MOST_ACCOUNTS = 1000;

export interface SharingOptions {
  readonly state: DispatchState;
  readonly signedIn: SignedIn;
  readonly clock: Clock;
  readonly log: Log;
  /** Keeps the random key that all replicas make ids with, for a start without the store. */
  readonly keepInstallation: (installation: string) => void;
}

/** Connects what a replica remembers with what all do. Resolves when it knows what they know, or cannot now. */
export async function share(values: SharedValues, options: SharingOptions): Promise<void> {
  shareMarks(values, options);
  shareCooldowns(values, options.state.cooldowns, options.clock);
  shareHeadrooms(values, options.state.headrooms, options.clock);
  shareBrowsers(values, options.signedIn, options.clock);
  const agreed = values.firstRead.then(() => agreeOnIds(values, options));
  await values.read();
  if (values.hasRead) await agreed;
}

function shareMarks(values: SharedValues, { state, clock }: SharingOptions): void {
  state.share = (kind, id, value) => {
    const time = clock.now();
    values.put({ kind, id, value, time, until: time + KEPT[kind] }, { atOnce: kind === "pin" });
  };
  for (const kind of MARKS) {
    values.on(kind, (changes) => {
      for (const { id, value } of changes) state.take(kind, id, value);
    });
  }
}

/** What all know of a place. */
interface Said {
  readonly text: string;
  readonly until: number;
}

function shareCooldowns(values: SharedValues, cooldowns: Cooldowns, clock: Clock): void {
  const said = new Map<string, Said>();
  cooldowns.watch(() => {
    const now = clock.now();
    const held = new Map(cooldowns.list(now).map((one) => [placeOf(one), one]));
    for (const [id, value] of held) {
      const text = JSON.stringify(value);
      if (said.get(id)?.text === text) continue;
      said.set(id, { text, until: value.until });
      values.put({ kind: "cooldown", id, value, time: now, until: value.until + HOUR }, { atOnce: true });
    }
    for (const [id, { until }] of said) {
      if (held.has(id)) continue;
      said.delete(id);
      // One whose time is over has ended for the others as well.
      if (until > now) {
        values.put({ kind: "cooldown", id, value: null, time: now, until: until + HOUR }, { atOnce: true });
      }
    }
  });
  values.on("cooldown", (changes) => {
    for (const { id, value } of changes) {
      if (value === null) {
        said.delete(id);
        cooldowns.end(placeIn(id));
      } else if (isRecord(value)) {
        const cooldown = value as unknown as Cooldown;
        said.set(id, { text: JSON.stringify(cooldown), until: cooldown.until });
        cooldowns.take(cooldown, clock.now());
      }
    }
  });
}

const PARTS = ["provider", "model", "key", "family"] as const;

const placeOf = (place: CooledPlace): string => JSON.stringify(PARTS.map((part) => place[part] ?? null));

function placeIn(id: string): CooledPlace {
  const [provider, ...parts] = JSON.parse(id) as (string | null)[];
  const [model, key, family] = parts;
  return {
    provider: provider ?? "",
    ...(typeof model === "string" ? { model } : {}),
    ...(typeof key === "string" ? { key } : {}),
    ...(typeof family === "string" ? { family } : {}),
  };
}

function shareHeadrooms(values: SharedValues, headrooms: Headrooms, clock: Clock): void {
  const saidAt = new Map<string, number>();
  headrooms.watch((now) => {
    for (const seen of headrooms.list(now)) {
      const id = JSON.stringify([seen.provider, seen.key]);
      if (seen.seen - (saidAt.get(id) ?? 0) < HEADROOM_MS) continue;
      remember(saidAt, id, seen.seen, MOST_ACCOUNTS);
      values.put({ kind: "headroom", id, value: seen, time: seen.seen, until: seen.seen + 7 * DAY });
    }
  });
  values.on("headroom", (changes) => {
    for (const { value } of changes) {
      if (!isRecord(value)) continue;
      const seen = value as unknown as AccountHeadroom;
      remember(saidAt, JSON.stringify([seen.provider, seen.key]), clock.now(), MOST_ACCOUNTS);
      headrooms.take(seen);
    }
  });
}

function shareBrowsers(values: SharedValues, signedIn: SignedIn, clock: Clock): void {
  signedIn.share = (id, value) => {
    const time = clock.now();
    values.put({ kind: "sign_in", id, value, time, until: value?.until ?? time + DAY }, { atOnce: true });
  };
  values.on("sign_in", (changes) => {
    for (const { id, value } of changes) {
      if (value === null || isRecord(value)) signedIn.take(id, value as unknown as SharedBrowser | null);
    }
  });
}

/** Replicas make the same ids: sessions, cooldowns and budgets name keys by them. */
async function agreeOnIds(
  values: SharedValues,
  { state, log, keepInstallation }: SharingOptions,
): Promise<void> {
  try {
    const agreed = await values.agree("installation", "", state.keys.installation);
    if (typeof agreed === "string" && state.keys.adopt(agreed)) keepInstallation(agreed);
  } catch (error) {
    log("warn", `this replica makes ids of keys of its own: ${messageOf(error)}`);
  }
}
