/**
 * The whole proxy under load, beside nginx and a direct call. All run at once and are loaded in turns, so that what else
 * the machine does meets them alike.
 */
import { join } from "node:path";
import { SIZES } from "./bodies.ts";
import { digits, median, table } from "./figures.ts";
import { CONNECTIONS, type Load, load, loadScript } from "./load.ts";
import { NGINX, startNginx } from "./nginx.ts";
import { cpuUs, memoryMb, type ProgramName, type Running } from "./processes.ts";
import { startBare, startProxy, startUpstream } from "./proxy.ts";
import { missing } from "./tools.ts";

/** One way to the provider, at one size of body. */
export interface Loaded {
  readonly way: string;
  readonly size: string;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of processor time for a request, all threads. */
  readonly cpuUs?: number;
  /** Requests per second as a share of nginx's, for each of its configurations; medians of the rounds' ratios. */
  readonly ofNginx: Readonly<Record<string, number>>;
  /** Requests per second as a share of those without accounting; the median of the rounds' ratios. */
  readonly ofNoAccounting?: number;
  /** Megabytes, some seconds after everything, and of them those that are not the program's own file. */
  residentMb?: number;
  privateMb?: number;
}

export interface WholeOptions {
  readonly folder: string;
  readonly quick: boolean;
}

/** A program under load. */
interface Way {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  readonly warmUp: number;
}

interface Round extends Load {
  readonly cpuUs?: number;
}

/** As users run it: the executable, which Bun makes, and from source on Deno. */
const PROGRAMS: readonly ProgramName[] = ["executable", "deno"];

const NO_ACCOUNTING = "without accounting";
const BARE = "the least on Bun";

/** Seconds of load before the first round: JavaScript engines compile what runs often, JavaScriptCore very slowly. */
const WARM_UP: Readonly<Record<ProgramName, number>> = { executable: 14, bun: 14, deno: 5 };

/** Between the last request and the look at the memory: engines give theirs back some seconds later. */
const SETTLE_MS = 20_000;

/** Measures all ways at all sizes; a text instead where a program is missing that this needs. */
export async function whole({ folder, quick }: WholeOptions): Promise<readonly Loaded[] | string> {
  const cannot = missing(["wrk"], "the proxy is not measured under load");
  if (cannot !== undefined) return cannot;
  const running: Running[] = [];
  try {
    const upstream = await startUpstream();
    running.push(upstream.running);
    const ways: Way[] = [{ name: "direct", url: upstream.url, pid: upstream.running.pid, warmUp: 1 }];
    if (missing(["nginx"], "") === undefined) {
      for (const setUp of NGINX) {
        const nginx = await startNginx(folder, setUp, upstream.port);
        running.push(nginx.running);
        ways.push({ name: setUp.name, url: nginx.url, pid: nginx.worker, warmUp: 1 });
      }
    }
    const bare = await startBare(upstream.url);
    running.push(bare.running);
    ways.push({ name: BARE, url: bare.url, pid: bare.running.pid, warmUp: quick ? 1 : 3 });
    for (const runtime of PROGRAMS) {
      for (const ledger of quick ? [true] : [true, false]) {
        const name = ledger ? runtime : `${runtime}, ${NO_ACCOUNTING}`;
        const proxy = await startProxy({
          runtime,
          ledger,
          folder: join(folder, name),
          upstream: upstream.url,
        });
        running.push(proxy.running);
        ways.push({ name, url: proxy.url, pid: proxy.running.pid, warmUp: quick ? 1 : WARM_UP[runtime] });
      }
    }
    const results: Loaded[] = [];
    for (const [size, bytes] of SIZES) {
      // Accounting costs the same whatever the size: once is enough.
      const these = ways.filter(({ name }) => bytes < 10_000 || !name.endsWith(NO_ACCOUNTING));
      const script = loadScript(folder, bytes);
      // For the second size most is compiled already.
      for (const { url, warmUp } of these) {
        await load(url, script, results.length === 0 ? warmUp : Math.ceil(warmUp / 3));
      }
      results.push(...await atSize(these, size, script, quick));
    }
    await new Promise((resolve) => setTimeout(resolve, quick ? 1000 : SETTLE_MS));
    for (const result of results) {
      const way = ways.find(({ name }) => name === result.way);
      Object.assign(result, way === undefined ? {} : memoryMb(way.pid));
    }
    return results;
  } finally {
    await Promise.all(running.map((one) => one.stop()));
  }
}

async function atSize(ways: readonly Way[], size: string, script: string, quick: boolean): Promise<Loaded[]> {
  const rounds = new Map<string, Round[]>(ways.map(({ name }) => [name, []]));
  for (let i = 0; i < (quick ? 1 : 5); i++) {
    for (const { name, url, pid } of ways) {
      const before = cpuUs(pid);
      const loaded = await load(url, script, 1);
      const after = cpuUs(pid);
      const cpu = before === undefined || after === undefined
        ? undefined
        : (after - before) / loaded.requests;
      rounds.get(name)?.push({ ...loaded, ...(cpu === undefined ? {} : { cpuUs: cpu }) });
    }
  }
  return ways.map(({ name: way }) => {
    const own = rounds.get(way) ?? [];
    const cpu = own.flatMap(({ cpuUs }) => cpuUs === undefined ? [] : [cpuUs]);
    const shareOf = (name: string): number | undefined => {
      const others = rounds.get(name);
      return others && median(own.map(({ perSecond }, i) => perSecond / (others[i]?.perSecond ?? NaN)));
    };
    const isProxy = way !== "direct" && !way.startsWith("nginx");
    const ofNginx = NGINX.flatMap(({ name }) => {
      const share = isProxy ? shareOf(name) : undefined;
      return share === undefined ? [] : [[name, share] as const];
    });
    const ofNoAccounting = shareOf(`${way}, ${NO_ACCOUNTING}`);
    return {
      way,
      size,
      perSecond: median(own.map(({ perSecond }) => perSecond)),
      p50: median(own.map(({ p50 }) => p50)),
      p99: median(own.map(({ p99 }) => p99)),
      ...(cpu.length === 0 ? {} : { cpuUs: median(cpu) }),
      ofNginx: Object.fromEntries(ofNginx),
      ...(ofNoAccounting === undefined ? {} : { ofNoAccounting }),
    };
  });
}

/** The table for people. */
export function wholeTable(results: readonly Loaded[]): string {
  const share = (value: number | undefined) => value === undefined ? "" : value.toFixed(2);
  const rows = results.map((one) => [
    `${one.size}  ${one.way}`,
    digits(one.perSecond),
    ...NGINX.map(({ name }) => share(one.ofNginx[name])),
    digits(one.p50, 2),
    digits(one.p99, 2),
    digits(one.cpuUs),
    digits(one.residentMb),
    digits(one.privateMb),
  ]);
  const shares = NGINX.map(({ name }) => `of ${name}`);
  const head = ["", "req/s", ...shares, "p50 ms", "p99 ms", "CPU µs", "MB after", "its own"];
  const accounting = PROGRAMS.map((runtime) => accountingLine(results, runtime)).filter((line) =>
    line !== ""
  );
  const none = missing(["nginx"], "nothing to compare with");
  return [
    `${CONNECTIONS} connections, each runtime's main thread beside wrk's and the provider's`,
    table(head, rows),
    ...accounting,
    ...(none === undefined ? [] : [none]),
  ].join("\n");
}

function accountingLine(results: readonly Loaded[], runtime: ProgramName): string {
  const share = results.find(({ way }) => way === runtime)?.ofNoAccounting;
  return share === undefined
    ? ""
    : `accounting, ${runtime}: ${((1 - share) * 100).toFixed(1)} % of the requests per second`;
}
