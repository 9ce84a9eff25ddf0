/** One run: the real program before providers that misbehave, clients that hang up, and a file that changes. */
import { startProgram } from "../../tests/support/program.ts";
import { DIALECTS } from "../../tests/support/speech.ts";
import { type Health, healthOf, ledgerOf, metric, resetCooldowns, type Row } from "./books.ts";
import { client, type Outcome } from "./clients.ts";
import { broken, configuration } from "./configuration.ts";
import { memoryOf, processorOf, type Sockets, socketsOf } from "./process.ts";
import { type ChaosProvider, chaosProvider } from "./providers.ts";
import { Random } from "./random.ts";

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
  /** Times at which a provider was torn down. */
  readonly downs: number;
  readonly edits: number;
  readonly badEdits: number;
  readonly resets: number;
  readonly start: Moment;
  /** One a second while the load ran. */
  readonly trend: readonly Moment[];
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
const HANG_UPS = 0.12;
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
  let good = configuration(faulty, steady, random);
  const program = await startProgram(command, good);
  try {
    const now = (): Moment => ({
      memory: memoryOf(program.pid),
      sockets: socketsOf(program.pid, Number(new URL(program.url).port)),
      connections: providers.reduce((sum, one) => sum + one.connections(), 0),
    });
    await healthOf(program);
    const start = now();

    const outcomes: Outcome[] = [];
    const trend: Moment[] = [];
    let over = false;
    let serial = 0;
    let [downs, edits, badEdits, resets] = [0, 0, 0, 0];
    const clients = Array.from({ length: streams }, (_, index) =>
      client({
        url: program.url,
        random: new Random(seed + 1000 + index),
        hangUps: HANG_UPS,
        nextId: () => `q${++serial}`,
        onOutcome: (outcome) => void outcomes.push(outcome),
      }, () => over));

    const upsAndDowns = every(700, async () => {
      const one = random.pick(faulty);
      if (one.isUp()) {
        downs++;
        await one.down();
        await sleep(random.below(500));
      }
      await one.up().catch(() => {}); // somebody took its port: next time
    });
    const rewriting = every(1000, async () => {
      if (random.chance(0.3)) {
        badEdits++;
        program.edit(broken(good, random));
        await sleep(600);
      }
      edits++;
      program.edit(good = configuration(faulty, steady, random));
    });
    // Somebody who does not want to wait, but has to for a second now and then: cooldowns get their time, too.
    let beat = 0;
    const impatient = every(40, async () => {
      if (Math.floor(++beat / 25) % 3 !== 2) resets += await resetCooldowns(program);
    });
    const watching = every(1000, () => {
      trend.push(now());
      onSecond(
        `${trend.length} s: ${outcomes.length} requests are over, ${now().memory?.toFixed(0) ?? "?"} MB`,
      );
    });

    await sleep(seconds * 1000);
    over = true;
    await Promise.all([...clients, upsAndDowns(), rewriting(), impatient(), watching()]);
    for (const one of faulty) if (!one.isUp()) await one.up().catch(() => {});
    program.edit(good);
    await sleep(SETTLE);
    await resetCooldowns(program);
    const idle = await idleness(program.pid);
    const settled = now();
    const health = await healthOf(program);
    const counted = await metric(program, "terraphim_requests_total");
    program.signal("SIGTERM");
    const exitCode = await program.exited;
    return {
      options,
      outcomes,
      providers,
      downs,
      edits,
      badEdits,
      resets,
      start,
      trend,
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

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Does something again and again, never twice at once. Returns what ends it, and waits for the last time. */
function every(ms: number, work: () => void | Promise<void>): () => Promise<void> {
  let over = false;
  const running = (async () => {
    for (;;) {
      await sleep(ms);
      if (over) return;
      await work();
    }
  })();
  return async () => {
    over = true;
    await running;
  };
}
