/**
 * Two replicas behind a balancer, on one database, in a storm: providers fail, a replica is killed, the database is stopped and
 * started, and its network is cut. Somebody with a budget spends it meanwhile.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addKey } from "../../src/config/key-changes.ts";
import { openKeys } from "../../src/store/keys.ts";
import { type Balancer, balancer } from "../../tests/support/balancer.ts";
import { type Gate, gateTo } from "../../tests/support/gate.ts";
import { PostgresServer } from "../../tests/support/postgres.ts";
import { type Program, startProgram } from "../../tests/support/program.ts";
import { DIALECTS } from "../../tests/support/speech.ts";
import { client, type Outcome } from "../chaos/clients.ts";
import { configuration, PROXY_KEY } from "../chaos/configuration.ts";
import { type ChaosProvider, chaosProvider } from "../chaos/providers.ts";
import { Random } from "../chaos/random.ts";
import { sleep } from "../chaos/time.ts";
import { idIn } from "../chaos/words.ts";

export interface ReplicasOptions {
  /** How the program is started. */
  readonly command: readonly string[];
  readonly seconds: number;
  readonly seed: number;
  /** Requests in flight at once. */
  readonly streams: number;
  /** Hears what happens. */
  readonly onEvent?: (line: string) => void;
}

export interface ReplicasResult {
  readonly outcomes: readonly Outcome[];
  /** Ids of requests whose answers the killed replica had begun, and how many the balancer sent to the other. */
  readonly broken: ReadonlySet<string>;
  readonly moved: number;
  /** Ids of the ledger's rows, as often as it has them. */
  readonly rows: ReadonlyMap<string, number>;
  /** Milliseconds until the other replica knew of a pause. */
  readonly heardIn: readonly number[];
  readonly budget: {
    readonly limit: number;
    /** Dollars, by the ledger. */
    readonly spent: number;
    /** Answers by status. */
    readonly statuses: ReadonlyMap<number, number>;
  };
  readonly exitCodes: readonly (number | null)[];
  readonly said: string;
}

/** A request of the one with a budget costs a dime: five tokens of output. */
const COST = 0.1;
const LIMIT = 5;
/** Milliseconds between two requests of the one with the budget. */
const BETWEEN_MS = 100;
const FAULTY = 3;
const FAULTS = 0.2;
const PAUSE_MS = 150;

interface Cluster {
  readonly command: readonly string[];
  readonly toml: string;
  readonly folder: string;
  readonly programs: Program[];
  readonly said: string[];
}

export async function replicas(options: ReplicasOptions): Promise<ReplicasResult> {
  const folder = mkdtempSync(join(tmpdir(), "replicas-"));
  const server = await PostgresServer.start();
  await using gate = await gateTo(server.port);
  const url = server.database();
  const database = new URL(url).pathname.slice(1);
  const through = url.replace(`:${server.port}/`, `:${gate.port}/`);
  const { providers, toml } = await providersOf(options, through);
  const cluster: Cluster = { command: options.command, toml, folder, programs: [], said: [] };
  try {
    for (const at of [0, 1]) cluster.programs.push(await startReplica(cluster, at));
    await using front = await balancer(urlsOf(cluster));
    const alice = await keyOf(url);
    const outcomes: Outcome[] = [];
    const statuses = new Map<number, number>();
    const heardIn: number[] = [];
    let over = false;
    const clients = clientsOf(options, front, outcomes, () => over);
    const spender = spend(front, alice, statuses, () => over);
    await trouble(options, { cluster, front, gate, server, heardIn });
    over = true;
    await Promise.all([...clients, spender]);
    for (const program of cluster.programs) program.signal("SIGTERM");
    const exitCodes = await Promise.all(cluster.programs.map(({ exited }) => exited));
    const rows = new Map<string, number>();
    for (const id of server.sql("SELECT id FROM llm_proxy.requests", database).split("\n")) {
      rows.set(id, (rows.get(id) ?? 0) + 1);
    }
    const spent = Number(server.sql(
      "SELECT coalesce(sum(cost), 0) / 1e9 FROM llm_proxy.requests JOIN llm_proxy.labels USING (label) WHERE client_key = 'alice'",
      database,
    ));
    const broken = new Set(front.broken.flatMap((body) => idIn(body) ?? []));
    const { moved } = front;
    const said = [...cluster.said, ...cluster.programs.map((one) => one.said())].join("\n");
    return {
      outcomes,
      broken,
      moved,
      rows,
      heardIn,
      budget: { limit: LIMIT, spent, statuses },
      exitCodes,
      said,
    };
  } finally {
    for (const program of cluster.programs) await program.close();
    for (const one of providers) await one.down();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const urlsOf = ({ programs }: Cluster): string[] => programs.map(({ url }) => url);

/** Providers that fail and one that does not, with the configuration of both replicas. */
async function providersOf(
  { seed }: ReplicasOptions,
  store: string,
): Promise<{ readonly providers: readonly ChaosProvider[]; readonly toml: string }> {
  const provider = (name: string, at: number, faults: number) =>
    chaosProvider({ name, dialects: DIALECTS, random: new Random(seed + at), faults, pause: PAUSE_MS });
  const steady = await provider("steady", 1, 0);
  const faulty = await Promise.all(
    Array.from({ length: FAULTY }, (_, at) => provider(`faulty-${at}`, 2 + at, FAULTS)),
  );
  const toml = configuration(faulty, steady, new Random(seed))
    .replace("input = 1.5\noutput = 2.5", `input = 0\noutput = ${COST / 5 * 1e6}`) +
    `[store]\nurl = "${store}"\nwhen_down = "refuse"\n`;
  return { providers: [...faulty, steady], toml };
}

/** Starts a replica, or one that was killed again on its folder. */
async function startReplica({ command, toml, folder }: Cluster, at: number): Promise<Program> {
  return await startProgram(command, toml, { XDG_DATA_HOME: join(folder, `replica-${at}`) });
}

/** A key with a budget, made as `keys add` makes it. */
async function keyOf(url: string): Promise<string> {
  const keys = await openKeys({ url, whenDown: "refuse" });
  try {
    const settings = { budget: `${LIMIT}/day` };
    return (await keys.changeKeys((known) => addKey(known, "alice", settings, Date.now()))).key;
  } finally {
    await keys.close();
  }
}

function clientsOf(
  { seed, streams }: ReplicasOptions,
  { url }: Balancer,
  outcomes: Outcome[],
  stop: () => boolean,
): Promise<void>[] {
  let serial = 0;
  return Array.from({ length: streams }, (_, index) =>
    client({
      url,
      random: new Random(seed + 1000 + index),
      hangUps: 0,
      nextId: () => `q${++serial}`,
      onOutcome: (outcome) => void outcomes.push(outcome),
    }, stop));
}

/** Asks the provider that costs, several at once, until it is over. */
async function spend(
  { url }: Balancer,
  key: string,
  statuses: Map<number, number>,
  stop: () => boolean,
): Promise<void> {
  const ask = async (id: number) => {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-proxy-key": key },
      body: JSON.stringify({
        model: "steady,model-of-steady",
        messages: [{ role: "user", content: `#q${id}# spend a dime` }],
      }),
    }).catch(() => undefined);
    const status = response?.status ?? 0;
    await response?.body?.cancel().catch(() => {});
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  };
  const running = new Set<Promise<void>>();
  for (let id = 1_000_000; !stop(); id++) {
    const one: Promise<void> = ask(id).finally(() => running.delete(one));
    running.add(one);
    await sleep(BETWEEN_MS);
  }
  await Promise.all(running);
}

interface Scene {
  readonly cluster: Cluster;
  readonly front: Balancer;
  readonly gate: Gate;
  readonly server: PostgresServer;
  readonly heardIn: number[];
}

/** What happens, each after a share of the time: of 60 s the database is cut off for 20. */
async function trouble({ seconds, onEvent = () => {} }: ReplicasOptions, scene: Scene): Promise<void> {
  const { cluster, front, gate, server, heardIn } = scene;
  const began = performance.now();
  const after = async (share: number, what: string, work: () => void | Promise<void>) => {
    await sleep(share * seconds * 1000);
    onEvent(`${((performance.now() - began) / 1000).toFixed(1)} s: ${what}`);
    await work();
  };
  await after(0.05, "a provider is paused at one replica", () => pause(cluster, heardIn));
  await after(0.05, "a replica is killed", async () => {
    const [, killed] = cluster.programs;
    front.killed(killed!.url);
    killed!.signal("SIGKILL");
    await killed!.exited;
    cluster.said.push(killed!.said());
  });
  await after(0.05, "it is started again", async () => {
    cluster.programs[1] = await startReplica(cluster, 1);
    front.to(urlsOf(cluster));
  });
  await after(0.1, "the database is stopped and started", async () => {
    await server.stop();
    await server.again();
  });
  await after(0.15, "the database is cut off", () => gate.cut());
  await after(1 / 3, "it can be reached again", () => gate.restore());
  await after(0.15, "a provider is paused at one replica", () => pause(cluster, heardIn));
  await after(0.1, "it is over", () => {});
}

/** Pauses a provider at one replica, and measures until the other knows. Then ends the pause. */
async function pause({ programs: [one, other] }: Cluster, heardIn: number[]): Promise<void> {
  const headers = { "x-proxy-key": PROXY_KEY, "content-type": "application/json" };
  const admin = (path: string) =>
    fetch(`${one!.url}/admin/${path}`, { method: "POST", headers, body: '{"provider": "faulty-0"}' });
  const isPaused = async () => {
    const answer = await fetch(`${other!.url}/admin/cooldowns`, { headers });
    const { cooldowns } = await answer.json() as {
      readonly cooldowns: readonly { readonly class: string }[];
    };
    return cooldowns.some((cooldown) => cooldown.class === "paused");
  };
  await (await admin("pause")).text();
  // A busy replica answers late: what counts is when the look began that found it.
  const since = performance.now();
  let looked = since;
  while (!await isPaused() && looked - since < 5000) {
    await sleep(10);
    looked = performance.now();
  }
  heardIn.push(looked - since);
  await (await admin("resume")).text();
}
