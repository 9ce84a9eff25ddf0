/** What is left of plans is remembered over restarts: a small JSON file in the user's data folder. */
import { readFileSync } from "node:fs";
import { isRecord } from "../../json/shape.ts";
import { writeWhole } from "../../files/write.ts";
import type { Log } from "../../log/log.ts";
import { LAST_MOMENT } from "../../text/zoned-time.ts";
import type { AccountHeadroom, Headrooms } from "./headrooms.ts";
import type { Headroom } from "./read.ts";

/** Reads what an earlier run left; a missing or broken file is an empty one. */
export function readHeadrooms(path: string): readonly AccountHeadroom[] {
  try {
    const saved: unknown = JSON.parse(readFileSync(path, "utf8"));
    return Array.isArray(saved) ? saved.filter(isAccount) : [];
  } catch {
    return [];
  }
}

/** Writes no more often than this. Milliseconds. */
const PAUSE_MS = 30_000;

/** Keeps the file up to date while answers come. Never throws: requests go on when the disk is full. */
export class HeadroomFile {
  readonly #path: string;
  readonly #log: Log;
  #written = 0;
  #failing = false;
  #waits = false;

  constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
  }

  /** Something changed. */
  changed(headrooms: Headrooms, now: number): void {
    this.#waits = true;
    if (now - this.#written >= PAUSE_MS) this.write(headrooms, now);
  }

  /** Writes what has changed since. */
  write(headrooms: Headrooms, now: number): void {
    if (!this.#waits) return;
    this.#waits = false;
    this.#written = now;
    try {
      writeWhole(this.#path, JSON.stringify(headrooms.list(now)));
      this.#failing = false;
    } catch (error) {
      const message = `what is left of plans will not survive a restart: ${(error as Error).message}`;
      if (!this.#failing) this.#log("warn", message);
      this.#failing = true;
    }
  }
}

function isAccount(value: unknown): value is AccountHeadroom {
  return isRecord(value) && typeof value.provider === "string" && typeof value.key === "string" &&
    typeof value.seen === "number" && Array.isArray(value.windows) && value.windows.every(isHeadroom);
}

function isHeadroom(value: unknown): value is Headroom {
  return isRecord(value) && typeof value.window === "string" && typeof value.used === "number" &&
    typeof value.ofPlan === "boolean" &&
    (value.resetAt === undefined || (typeof value.resetAt === "number" && value.resetAt <= LAST_MOMENT));
}
