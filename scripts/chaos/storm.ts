/** The storm itself: clients that ask without end, and everything that disturbs them. */
import type { Program } from "../../tests/support/program.ts";
import { resetCooldowns } from "./books.ts";
import { client, type Outcome } from "./clients.ts";
import { broken, configuration } from "./configuration.ts";
import type { ChaosProvider } from "./providers.ts";
import type { Random } from "./random.ts";
import { every, sleep } from "./time.ts";

export interface World {
  readonly program: Program;
  readonly faulty: readonly ChaosProvider[];
  readonly steady: ChaosProvider;
  readonly random: Random;
  /** The configuration that is in force, or about to be. */
  good: string;
  readonly outcomes: Outcome[];
  readonly counts: {
    /** Requests so far. */
    serial: number;
    downs: number;
    edits: number;
    badEdits: number;
    resets: number;
  };
}

const HANG_UPS = 0.12;

/** Milliseconds between two of a kind. */
const BETWEEN = { ups: 700, edits: 1000, resets: 40 };
/** Milliseconds for which a broken file stands: longer than the program takes to look at it. */
const BROKEN_FOR = 600;

/** Rages for some seconds and lets every request end. `randoms`: one for each client. */
export async function storm(world: World, seconds: number, randoms: readonly Random[]): Promise<void> {
  const { program, faulty, steady, random, outcomes, counts } = world;
  let over = false;
  const clients = randoms.map((random) =>
    client({
      url: program.url,
      random,
      hangUps: HANG_UPS,
      nextId: () => `q${++counts.serial}`,
      onOutcome: (outcome) => void outcomes.push(outcome),
    }, () => over)
  );
  const upsAndDowns = every(BETWEEN.ups, async () => {
    const one = random.pick(faulty);
    if (one.isUp()) {
      counts.downs++;
      await one.down();
      await sleep(random.below(500));
    }
    await one.up().catch(() => {}); // somebody took its port: next time
  });
  const rewriting = every(BETWEEN.edits, async () => {
    if (random.chance(0.3)) {
      counts.badEdits++;
      program.edit(broken(world.good, random));
      await sleep(BROKEN_FOR);
    }
    counts.edits++;
    program.edit(world.good = configuration(faulty, steady, random));
  });
  // Somebody who does not want to wait, but has to for a second now and then: cooldowns get their time, too.
  let beat = 0;
  const impatient = every(BETWEEN.resets, async () => {
    if (Math.floor(++beat / 25) % 3 !== 2) counts.resets += await resetCooldowns(program);
  });

  await sleep(seconds * 1000);
  over = true;
  await Promise.all([...clients, upsAndDowns(), rewriting(), impatient()]);
  for (const one of faulty) if (!one.isUp()) await one.up().catch(() => {});
  program.edit(world.good);
}
