/** One run: the real program before providers that misbehave, clients that hang up, and a file that changes. */
import { startProgram } from "../../tests/support/program.ts";
import { DIALECTS } from "../../tests/support/speech.ts";
import { type Health, healthOf, ledgerOf, metric, resetCooldowns, type Row } from "./books.ts";
import type { Outcome } from "./clients.ts";
import { configuration } from "./configuration.ts";
import { memoryOf, processorOf, type Sockets, socketsOf } from "./process.ts";
import { type ChaosProvider, chaosProvider } from "./providers.ts";
import { Random } from "./random.ts";
import { storm, type World } from "./storm.ts";
import { every, sleep } from "./time.ts";

export interface ChaosOptions {
  /** How the program is started. */
  readonly command: readonly string[];
  readonly seconds: number;
  readonly seed: number;
  /** Requests under way at once. */
  readonly streams: number;
  /** Told of each second. */
  readonly onSecond?: (line: string) => void;
}

/** The process at one moment; numbers are undefined where the system does not tell. */
export interface Moment {
  /** Megabytes. */
  readonly memory: number | undefined;
  readonly sockets: Sockets | undefined;
  /** Connections to the providers. */
  readonly connections: number;
}

export interface ChaosResult {
  readonly options: ChaosOptions;
  readonly outcomes: readonly Outcome[];
  readonly providers: readonly ChaosProvider[];
  /** Providers torn down, edits of the file, cooldowns ended by hand. */
  readonly counts: World["counts"];
  readonly start: Moment;
  /** One a second while the load ran. */
  readonly trend: readonly Moment[];
  /** After each storm, when everything had come to rest. */
  readonly rests: readonly Moment[];
  readonly settled: Moment;
  /** Share of one processor that the program took while it had nothing to do. */
  readonly idle: number | undefined;
  readonly health: Health;
  /** Of `/metrics`; undefined where there is none. */
  readonly counted: number | undefined;
  readonly rows: readonly Row[];
  readonly exitCode: number | null;
  readonly said: string;
}

/** How many providers misbehave. */
const FAULTY = 6;
const FAULTS = 0.2;
/** A long run has several storms with a rest after each: what one of them leaves behind, the next would add to. */
const STORMS = 2;
/** Milliseconds: runtimes give memory back only when they have had nothing to do for some seconds. */
const LONG_REST = 10_000;
/** Seconds. */
const LONG = 30;
/** Milliseconds between two pieces of a good stream, at most. */
const PAUSE = 150;
/** Milliseconds that everything gets to come to rest: longer than the providers' keep-alive. */
const SETTLE = 5000;
/** Milliseconds for which the idle process is watched, so many times. */
const IDLE = 1000;
const WATCHES = 4;

export async function chaos(options: ChaosOptions): Promise<ChaosResult> {
  const { seed, seconds, streams, command, onSecond = () => {} } = options;
  const random = new Random(seed);
  const steady = await chaosProvider({
    name: "steady",
    dialects: DIALECTS,
    random: new Random(seed + 1),
    faults: 0,
    pause: PAUSE,
  });
  const faulty: ChaosProvider[] = [];
  for (let i = 0; i < FAULTY; i++) {
    faulty.push(
      await chaosProvider({
        name: `faulty-${i}`,
        dialects: i < DIALECTS.length ? [DIALECTS[i]!] : DIALECTS,
        random: new Random(seed + 2 + i),
        faults: FAULTS,
        pause: PAUSE,
      }),
    );
  }
  const providers = [...faulty, steady];
  const good = configuration(faulty, steady, random);
  const program = await startProgram(command, good);
  try {
    const now = (): Moment => ({
      memory: memoryOf(program.pid),
      sockets: socketsOf(program.pid, Number(new URL(program.url).port)),
      connections: providers.reduce((sum, one) => sum + one.connections(), 0),
    });
    await healthOf(program);
    const start = now();

    const world: World = {
      program,
      faulty,
      steady,
      random,
      good,
      outcomes: [],
      counts: { serial: 0, downs: 0, edits: 0, badEdits: 0, resets: 0 },
    };
    const trend: Moment[] = [];
    const rests: Moment[] = [];
    const randoms = Array.from({ length: streams }, (_, index) => new Random(seed + 1000 + index));
    const storms = seconds >= LONG ? STORMS : 1;
    for (let i = 0; i < storms; i++) {
      const watching = every(1000, () => {
        trend.push(now());
        onSecond(`${trend.length} s: ${world.outcomes.length} requests are over, ${mb(now())}`);
      });
      await storm(world, seconds / storms, randoms);
      await watching();
      rests.push(await rest(storms > 1 ? LONG_REST : SETTLE, now));
    }
    await resetCooldowns(program);
    const idle = await idleness(program.pid);
    const settled = now();
    const health = await healthOf(program);
    const counted = await metric(program, "terraphim_requests_total");
    program.signal("SIGTERM");
    const exitCode = await program.exited;
    return {
      options,
      outcomes: world.outcomes,
      providers,
      counts: world.counts,
      start,
      trend,
      rests,
      settled,
      idle,
      health,
      counted,
      rows: ledgerOf(program),
      exitCode,
      said: program.said(),
    };
  } finally {
    await program.close();
    for (const one of providers) if (one.isUp()) await one.down();
  }
}

/** Waits, and tells how things stand at the end, with the least memory that was seen meanwhile. */
async function rest(ms: number, now: () => Moment): Promise<Moment> {
  let least = Infinity;
  for (let waited = 0; waited < ms; waited += 500) {
    await sleep(500);
    least = Math.min(least, now().memory ?? Infinity);
  }
  const last = now();
  return { ...last, memory: last.memory === undefined ? undefined : least };
}

/** The share of a processor that a process takes in its quietest second: collections come and go, timers stay. */
async function idleness(pid: number): Promise<number | undefined> {
  const shares: number[] = [];
  for (let i = 0; i < WATCHES; i++) {
    const before = processorOf(pid);
    await sleep(IDLE);
    const after = processorOf(pid);
    if (before === undefined || after === undefined) return undefined;
    shares.push((after - before) / (IDLE / 1000));
  }
  return Math.min(...shares);
}

function mb({ memory }: Moment): string {
  return `${memory?.toFixed(0) ?? "?"} MB`;
}
