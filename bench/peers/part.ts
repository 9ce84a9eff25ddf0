/**
 * The part "peers": other gateways under the same load as this one. Installs what is pinned in programs.ts into
 * `.cache/peers`, keeps the raw results beside it, and draws docs/images/peers.svg.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digits, table } from "../figures.ts";
import { processTree, ROOT } from "../processes.ts";
import { startUpstream } from "../proxy.ts";
import { missing } from "../tools.ts";
import { type Figure, KINDS, sessions, type SessionTime, underLoad } from "./measure.ts";
import { plot } from "./plot.ts";
import { type Gateway, PEERS, WAYS } from "./programs.ts";

const CACHE = join(ROOT, ".cache", "peers");
const PICTURE = join(ROOT, "docs", "images", "peers.svg");
const DIRECT = "direct";

/** What a gateway holds in memory, with all of its processes. Megabytes. */
interface Memory {
  readonly gateway: string;
  readonly way: string;
  readonly idle: number;
  readonly after: number;
}

interface Results {
  readonly figures: Figure[];
  readonly sessions: SessionTime[];
  readonly memory: Memory[];
  /** What could not be measured, and why. */
  readonly unmeasured: Set<string>;
}

export async function peersPart({ folder, quick }: { folder: string; quick: boolean }) {
  const cannot = missing(["wrk", "npm"], "nothing is compared");
  if (cannot !== undefined) return { data: { skipped: cannot }, text: cannot };
  mkdirSync(folder, { recursive: true });
  const results: Results = { figures: [], sessions: [], memory: [], unmeasured: new Set() };
  mkdirSync(CACHE, { recursive: true });
  const raw = join(CACHE, `results-${new Date().toISOString().replace(/[:.]/g, "-")}.json`);
  const data = () => ({ ...results, unmeasured: [...results.unmeasured] });
  const keep = (done: string) => {
    writeFileSync(raw, JSON.stringify(data(), undefined, 1));
    console.error(done);
  };
  for (const way of WAYS) await measureWay(way, results, { folder, quick, keep });
  if (!quick) writeFileSync(PICTURE, picture(results));
  return { data: data(), text: `${texts(results)}\n\nEvery round is in ${raw}` };
}

async function measureWay(
  way: (typeof WAYS)[number],
  { figures, sessions: times, memory, unmeasured }: Results,
  { folder, quick, keep }: { folder: string; quick: boolean; keep: (done: string) => void },
): Promise<void> {
  const upstream = await startUpstream();
  const direct: Gateway = { name: DIRECT, url: upstream.url, headers: {}, running: upstream.running };
  const gateways: Gateway[] = [direct];
  try {
    for (const peer of PEERS) {
      const started = await peer.start({ cache: CACHE, folder, upstream: upstream.url, way });
      if ("why" in started) {
        unmeasured.add(`${peer.name}${started.only === true ? `, ${way}` : ""}: ${started.why}`);
      } else gateways.push(started);
    }
    const idle = gateways.map(({ running }) => processTree(running.pid).residentMb);
    for (const kind of KINDS) {
      const options = { folder, way, kind, rounds: quick ? 1 : 3, seconds: kind.stream ? 4 : quick ? 1 : 2 };
      const loaded = await underLoad(gateways, options);
      figures.push(...loaded.figures);
      for (const line of loaded.failed) unmeasured.add(line);
      keep(`${way}, ${kind.name}: done`);
    }
    times.push(...await sessions(gateways, way, quick ? 1 : 5));
    keep(`${way}, sessions: done`);
    for (const [i, { name: gateway, running }] of gateways.entries()) {
      memory.push({ gateway, way, idle: idle[i]!, after: processTree(running.pid).residentMb });
    }
  } finally {
    await Promise.all(gateways.map(({ running }) => running.stop()));
  }
}

/** The tables for people. */
function texts({ figures, sessions: times, memory, unmeasured }: Results): string {
  const head = ["", "connections", "req/s", "p50 ms", "p99 ms", "CPU µs"];
  const tables = WAYS.flatMap((way) =>
    KINDS.map(({ name: kind }) => {
      const rows = figures.filter((one) => one.way === way && one.kind === kind).map((one) => [
        one.gateway,
        digits(one.connections),
        digits(one.perSecond),
        digits(one.p50, 2),
        digits(one.p99, 2),
        digits(one.cpuUs),
      ]);
      return `${way}, ${kind}\n\n${table(head, rows)}`;
    })
  );
  const sessionRows = times.map(({ gateway, way, seconds, added }) => [
    `${way}  ${gateway}`,
    digits(seconds, 2),
    digits(added, 2),
  ]);
  const memoryRows = memory.map(({ gateway, way, idle, after }) => [
    `${way}  ${gateway}`,
    digits(idle),
    digits(after),
  ]);
  return [
    ...tables,
    table(["a session of 30 requests of 400 KB", "seconds", "added"], sessionRows),
    table(["memory, MB", "idle", "after the load"], memoryRows),
    ["Not measured:", ...unmeasured].join("\n  "),
  ].join("\n\n");
}

/** What a reader wants to see first: a session's added time, and the processor's time for a request. */
function picture({ figures, sessions: times }: Results): string {
  const isOwn = (name: string) => name.startsWith("this proxy");
  const cpu = (way: string, kind: string) => ({
    title: `${way}, ${kind}, 32 connections: processor time for a request`,
    shown: (value: number) => `${digits(value / 1000, 2)} ms`,
    bars: figures.filter((one) =>
      one.way === way && one.kind === kind && one.connections === 32 && one.gateway !== DIRECT
    ).map(({ gateway, cpuUs }) => ({ label: gateway, value: cpuUs, own: isOwn(gateway) })),
  });
  return plot([
    ...WAYS.map((way) => ({
      title: `${way}: seconds added to a session of 30 requests with 100,000 tokens`,
      shown: (value: number) => `${digits(value, 2)} s`,
      bars: times.filter((one) => one.way === way && one.gateway !== DIRECT && !Number.isNaN(one.added))
        .map(({ gateway, added }) => ({ label: gateway, value: added, own: isOwn(gateway) })),
    })),
    cpu(WAYS[0], "4 KB"),
    cpu(WAYS[1], "4 KB"),
  ]);
}
