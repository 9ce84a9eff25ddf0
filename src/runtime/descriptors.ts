/** How many files and connections this process may have open. */
import { readFileSync } from "node:fs";

/** Descriptors for everything but requests: the ledger, the log, listeners, dashboards, files of the runtime. */
const RESERVED = 64;

/**
 * How many files this process may have open. Both runtimes have raised the soft limit to the hard one by then.
 * @returns undefined: the system does not say (https://man7.org/linux/man-pages/man5/proc_pid_limits.5.html)
 */
function mostFiles(): number | undefined {
  let limits: string;
  try {
    limits = readFileSync("/proc/self/limits", "utf8");
  } catch {
    return undefined;
  }
  const [, soft] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
  return soft === undefined ? undefined : Number(soft);
}

/** How many requests can be in flight at once: each has a connection to its client and one to its provider. */
export function mostRequests(): number | undefined {
  const files = mostFiles();
  return files === undefined ? undefined : Math.max(1, Math.floor((files - RESERVED) / 2));
}

/** How many connections of clients can be open at once, so that descriptors are left for everything else. */
export function mostConnections(): number | undefined {
  const files = mostFiles();
  return files === undefined ? undefined : Math.max(1, Math.floor(files / 2));
}
