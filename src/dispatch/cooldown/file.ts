/** Used-up quotas and pauses are remembered over restarts: a small JSON file in the user's data folder. */
import { readFileSync } from "node:fs";
import { writeWhole } from "../../files/write.ts";
import type { Log } from "../../log/log.ts";
import type { Cooldown, Cooldowns } from "./cooldowns.ts";
import { FAILURE_RULES } from "../failure/failure.ts";

/** Reads what an earlier run left; a missing or broken file is an empty one. */
export function loadCooldowns(path: string, cooldowns: Cooldowns, now: number): void {
  cooldowns.load(read(path), now);
}

function read(path: string): readonly Cooldown[] {
  try {
    const saved: unknown = JSON.parse(readFileSync(path, "utf8"));
    return Array.isArray(saved) ? saved.filter(isCooldown) : [];
  } catch {
    return [];
  }
}

/**
 * Writes the file if its content would change. Several proxies may share it: what another one wrote since is kept,
 * and only what this one wrote itself is changed or taken out. Never throws: requests go on when the disk is full.
 */
export function cooldownSaver(path: string, log: Log): (cooldowns: Cooldowns, now: number) => void {
  let written = read(path);
  let failing = false;
  return (cooldowns, now) => {
    const own = cooldowns.save(now);
    if (JSON.stringify(own) === JSON.stringify(written)) return;
    const places = new Set([...own, ...written].map(placeOf));
    const before = new Set(written.map((one) => JSON.stringify(one)));
    const there = read(path);
    const kept = new Set(there.map(placeOf));
    // What another one has taken out since, and nothing has changed here, stays out.
    const ours = own.filter((one) => kept.has(placeOf(one)) || !before.has(JSON.stringify(one)));
    const others = there.filter((one) => one.until > now && !places.has(placeOf(one)));
    try {
      writeWhole(path, JSON.stringify([...ours, ...others]));
      written = own;
      failing = false;
    } catch (error) {
      if (!failing) log("warn", `cooldowns will not survive a restart: ${(error as Error).message}`);
      failing = true;
    }
  };
}

const placeOf = ({ provider, model, key, family }: Cooldown) =>
  JSON.stringify([provider, model, key, family]);

function isCooldown(value: unknown): value is Cooldown {
  if (typeof value !== "object" || value === null) return false;
  const { provider, model, key, family, class: kind, message, since, until, told, looks } = value as Record<
    string,
    unknown
  >;
  const text = (what: unknown) => what === undefined || typeof what === "string";
  return typeof provider === "string" && text(model) && text(key) && text(family) &&
    typeof message === "string" && typeof kind === "string" &&
    (kind === "paused" || Object.hasOwn(FAILURE_RULES, kind)) && typeof since === "number" &&
    typeof until === "number" && (told === undefined || typeof told === "boolean") &&
    (looks === undefined || typeof looks === "number");
}
