/**
 * The part "day": what the program holds in memory before and after a day of agents' traffic. A day is 120 sessions, four at a
 * time; a session's requests grow from 4 KB to 400 KB and come one after the other, a third of them streamed.
 */
import { agentRequests } from "./bodies.ts";
import { BENCH_KEY } from "./config.ts";
import { digits, table } from "./figures.ts";
import { memoryMb, type ProgramName } from "./processes.ts";
import { startProxy, startUpstream } from "./proxy.ts";

export interface Day {
  readonly runtime: ProgramName;
  readonly requests: number;
  /** Megabytes of its own, without the pages of the program's file: idle, at most between sessions, and idle again. */
  readonly idle: number;
  readonly most: number;
  readonly after: number;
}

const SESSIONS = 120;
const AT_ONCE = 4;
/** Bytes of a session's requests, one after the other. */
const SIZES = [4, 8, 16, 30, 45, 60, 80, 110, 150, 200, 250, 300, 350, 400].map((kb) => kb * 1024);
/** Until the engine has given back what it does not need. Milliseconds. */
const SETTLE_MS = 20_000;

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export async function dayPart({ folder, quick }: { folder: string; quick: boolean }) {
  const upstream = await startUpstream();
  const agents = sessionsOf();
  const data: Day[] = [];
  try {
    for (const runtime of ["executable", "deno"] as const) {
      const { running, url } = await startProxy({
        runtime,
        folder: `${folder}-${runtime}`,
        upstream: upstream.url,
      });
      try {
        const own = () => memoryMb(running.pid).privateMb ?? NaN;
        await later(SETTLE_MS);
        const idle = own();
        let most = idle;
        let requests = 0;
        for (let i = 0; i < (quick ? SESSIONS / 4 : SESSIONS); i += AT_ONCE) {
          const counts = await Promise.all(
            Array.from({ length: AT_ONCE }, (_, k) => session(url, agents[(i + k) % agents.length]!, i + k)),
          );
          requests += counts.reduce((sum, count) => sum + count, 0);
          most = Math.max(most, own());
        }
        await later(SETTLE_MS);
        data.push({ runtime, requests, idle, most, after: own() });
      } finally {
        await running.stop();
      }
    }
  } finally {
    await upstream.running.stop();
  }
  const rows = data.map(({ runtime, requests, idle, most, after }) => [
    runtime,
    digits(requests),
    digits(idle),
    digits(most),
    digits(after),
    `${digits((after / idle - 1) * 100)} %`,
  ]);
  return { data, text: table(["MB of its own", "requests", "idle", "at most", "after", "more"], rows) };
}

interface Sent {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The requests of a session of each agent, every third of them streamed. */
function sessionsOf(): Sent[][] {
  const agents: Sent[][] = [];
  for (const [turn, bytes] of SIZES.entries()) {
    for (const [i, { path, headers, body, text }] of agentRequests(bytes).entries()) {
      (agents[i] ??= []).push({
        path,
        headers: { ...headers, authorization: `Bearer ${BENCH_KEY}` },
        body: turn % 3 === 2 ? JSON.stringify({ ...(body as object), stream: true }) : text,
      });
    }
  }
  return agents;
}

/** A session's requests, one after the other; how many. @throws when one is not answered */
async function session(url: string, requests: readonly Sent[], number: number): Promise<number> {
  for (const { path, headers, body } of requests) {
    const response = await fetch(url + path, {
      method: "POST",
      headers: { ...headers, "x-session-id": `session-${number}` },
      body,
    });
    await response.bytes();
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
  }
  return requests.length;
}
