/** Used-up quotas are remembered over restarts: a small JSON file in the user's data folder. */
import { readFileSync } from "node:fs";
import { writeWhole } from "../../files/write.ts";
import type { Log } from "../../log/log.ts";
import type { Cooldown, Cooldowns } from "./cooldowns.ts";
import { FAILURE_RULES } from "../failure/failure.ts";

/** Reads what an earlier run left; a missing or broken file is an empty one. */
export function loadCooldowns(path: string, cooldowns: Cooldowns, now: number): void {
  let saved: unknown;
  try {
    saved = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return;
  }
  if (Array.isArray(saved)) cooldowns.load(saved.filter(isCooldown), now);
}

/** Writes the file if its content would change. Never throws: requests go on when the disk is full. */
export function cooldownSaver(path: string, log: Log): (cooldowns: Cooldowns, now: number) => void {
  let written = "";
  let failing = false;
  return (cooldowns, now) => {
    const text = JSON.stringify(cooldowns.save(now));
    if (text === written || (written === "" && text === "[]")) return;
    try {
      writeWhole(path, text);
      written = text;
      failing = false;
    } catch (error) {
      if (!failing) log("warn", `cooldowns will not survive a restart: ${(error as Error).message}`);
      failing = true;
    }
  };
}

function isCooldown(value: unknown): value is Cooldown {
  if (typeof value !== "object" || value === null) return false;
  const { provider, model, key, class: kind, message, since, until } = value as Record<string, unknown>;
  const text = (what: unknown) => what === undefined || typeof what === "string";
  return typeof provider === "string" && text(model) && text(key) && typeof message === "string" &&
    typeof kind === "string" && Object.hasOwn(FAILURE_RULES, kind) && typeof since === "number" &&
    typeof until === "number";
}
