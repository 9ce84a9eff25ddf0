/** What of this machine decides how many processes serve. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import process from "node:process";

export interface Machine {
  /** As `process.platform`: `linux`, `darwin`, `win32`, … */
  readonly platform: string;
  /** Cores that this process may use. At least 1. */
  readonly cores: number;
}

/** This machine, as this process may use it. */
export const thisMachine = (): Machine => ({
  platform: process.platform,
  cores: Math.max(1, Math.min(availableParallelism(), quotaIn(readQuota()))),
});

/**
 * The cores that a container may use, rounded up; Infinity: as many as there are. The runtimes know the cores that a process is
 * bound to, and not all of them this limit (https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files).
 * @param text `cpu.max` of the control group: `150000 100000` is one and a half
 */
export function quotaIn(text: string): number {
  const [, quota, period] = /^(\d+) (\d+)/.exec(text) ?? [];
  const cores = Number(quota) / Number(period);
  return cores > 0 ? Math.ceil(cores) : Infinity;
}

function readQuota(): string {
  try {
    return readFileSync("/sys/fs/cgroup/cpu.max", "utf8");
  } catch {
    return ""; // another system, or one without control groups
  }
}
