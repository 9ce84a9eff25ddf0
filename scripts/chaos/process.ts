/** What the system knows of a process: memory, processor time, open files. Linux only; elsewhere nothing is known. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const TICKS = 100; // USER_HZ, the same on every Linux

/** Megabytes of memory in use; undefined where the system does not tell. */
export function memoryOf(pid: number): number | undefined {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`) ?? "")?.[1];
  return line === undefined ? undefined : Number(line) / 1024;
}

/** Seconds of processor time so far. */
export function processorOf(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name, in parentheses, may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Open TCP sockets. */
export interface Sockets {
  /** On the port that it listens on, the listening one included. */
  readonly incoming: number;
  /** Those that it made itself, half-closed ones included. */
  readonly outgoing: number;
}

/** The TCP sockets of a process that listens on `port`; undefined where the system does not tell. */
export function socketsOf(pid: number, port: number): Sockets | undefined {
  const own = socketInodes(pid);
  if (own === undefined) return undefined;
  let [incoming, outgoing] = [0, 0];
  // https://www.kernel.org/doc/Documentation/networking/proc_net_tcp.txt
  for (const line of (read(`/proc/${pid}/net/tcp`) ?? "").split("\n").slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (!own.has(fields[9] ?? "")) continue;
    if (parseInt(fields[1]?.split(":")[1] ?? "", 16) === port) incoming++;
    else outgoing++;
  }
  return { incoming, outgoing };
}

function socketInodes(pid: number): Set<string> | undefined {
  const folder = `/proc/${pid}/fd`;
  try {
    return new Set(
      readdirSync(folder).flatMap((name) => {
        try {
          return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${name}`))?.[1] ?? [];
        } catch {
          return []; // closed meanwhile
        }
      }),
    );
  } catch {
    return undefined;
  }
}

/** How many files a process may have open. */
export function openFilesLimit(pid: number): number | undefined {
  const line = /^Max open files\s+(\d+)/m.exec(read(`/proc/${pid}/limits`) ?? "")?.[1];
  return line === undefined ? undefined : Number(line);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
