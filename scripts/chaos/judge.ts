/** What a run must show. */
import type { Row } from "./books.ts";
import type { Arrival, ChaosProvider } from "./providers.ts";
import type { ChaosResult } from "./run.ts";

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** The numbers, in words. */
  readonly detail: string;
}

type Judge = (run: ChaosResult) => Omit<Check, "name">;

/** Every check of a run, in the order in which they are shown. */
export function judge(run: ChaosResult): Check[] {
  return CHECKS.map(([name, check]) => ({ name, ...check(run) }));
}

const CHECKS: readonly (readonly [name: string, check: Judge])[] = [
  ["every request got one whole answer that is its own, or one clear error", ({ outcomes }) => {
    const wrong = outcomes.filter(({ kind }) => kind === "wrong");
    const shown = wrong.slice(0, 5).map((one) => `${one.id} (${one.dialect}): ${one.words}`);
    return {
      ok: wrong.length === 0,
      detail: [`${wrong.length} of ${outcomes.length} did not`, ...shown].join("; "),
    };
  }],
  ["no two requests have the same name", ({ outcomes }) => {
    const names = outcomes.flatMap(({ requestId }) => requestId ?? []);
    return { ok: new Set(names).size === names.length, detail: `${names.length} names` };
  }],
  ["there was something to survive", ({ outcomes, providers, options, counts: { downs, badEdits } }) => {
    const arrivals = providers.flatMap((one) => one.arrivals);
    const faults = arrivals.filter(({ fault }) => fault !== undefined).length;
    const enough = outcomes.length > options.streams && faults > options.seconds * 2 && downs > 0 &&
      badEdits > 0;
    return {
      ok: enough,
      detail: `${faults} faults in ${arrivals.length} arrivals, ${downs} providers torn down`,
    };
  }],
  // Runtimes send a request again by themselves where a connection that was kept alive ends before any answer.
  [
    "no provider was asked twice for one request, but where it had hung up without a word",
    ({ providers }) => {
      let again = 0;
      const wrong: string[] = [];
      for (const { arrivals } of providers) {
        const before = new Map<string, Arrival>();
        for (const arrival of arrivals) {
          const first = before.get(arrival.id);
          if (first?.torn === true) again++;
          else if (first !== undefined) {
            wrong.push(`${first.fault?.name ?? "good"}, then ${arrival.fault?.name ?? "good"}`);
          }
          before.set(arrival.id, arrival);
        }
      }
      return {
        ok: wrong.length === 0,
        detail: [`${wrong.length} times, and ${again} after it had hung up`, ...wrong.slice(0, 5)].join("; "),
      };
    },
  ],
  ["no good answer was thrown away and asked for again", ({ providers, outcomes, rows }) => {
    const hungUp = new Set(outcomes.filter(({ kind }) => kind === "hung up").map(({ id }) => id));
    const names = new Map(outcomes.map(({ id, requestId }) => [id, requestId]));
    const slow = new Set(rows.filter(({ attempts }) => attempts.some(isSlow)).map(({ id }) => id));
    const good = new Map<string, number>();
    // A provider that is torn down takes its finished answers with it: only the one that never is tells.
    for (const { id, at, finished } of providers.at(-1)!.arrivals) {
      if (finished && !hungUp.has(id) && !slow.has(names.get(id) ?? "")) good.set(id, at);
    }
    const again = providers.flatMap(({ arrivals }) => arrivals).filter(({ id, at }) =>
      at > (good.get(id) ?? Infinity)
    );
    return { ok: again.length === 0, detail: `${again.length} of ${good.size}` };
  }],
  ["the ledger has every answered request once, with who answered and what it used", ({ outcomes, rows }) => {
    const byId = new Map(rows.map((row) => [row.id, row]));
    const asked = outcomes.filter(({ requestId }) => requestId !== undefined);
    const off = asked.filter(({ requestId, kind, status, provider }) => {
      const row = byId.get(requestId!);
      if (row === undefined || row.status !== status) return true;
      if (kind === "answered") {
        return row.provider !== provider || row.input !== 7 || row.output !== 5 || row.failed !== 0;
      }
      return kind === "cut" ? row.estimated !== 1 || row.failed !== 1 : row.failed !== 1;
    });
    const ok = byId.size === rows.length && off.length === 0;
    const shown = off.slice(0, 3).map((one) => JSON.stringify([one, byId.get(one.requestId!)]));
    return {
      ok,
      detail: [`${rows.length} rows, ${off.length} of ${asked.length} are not right`, ...shown].join("; "),
    };
  }],
  ["the ledger has no more requests than there were", ({ outcomes, rows }) => {
    const hungUp = outcomes.filter(({ kind }) => kind === "hung up").length;
    const named = outcomes.filter(({ requestId }) => requestId !== undefined).length;
    const lost = outcomes.filter(({ kind, requestId }) => kind === "wrong" && requestId === undefined).length;
    const rest = rows.length - named;
    return {
      ok: rest >= 0 && rest <= hungUp + lost,
      detail: `${rest} rows for ${hungUp} clients that hung up`,
    };
  }],
  ["what arrived at the providers was accounted for", ({ providers, rows }) => {
    const tried = new Map<string, number>();
    for (const { attempts } of rows) {
      for (const { provider } of attempts) tried.set(provider, (tried.get(provider) ?? 0) + 1);
    }
    const arrived = (one: ChaosProvider) => new Set(one.arrivals.map(({ id }) => id)).size;
    const off = providers.filter((one) => arrived(one) > (tried.get(one.name) ?? 0));
    const shown = providers.map((one) => `${one.name} ${arrived(one)} of ${tried.get(one.name) ?? 0} tries`);
    return { ok: off.length === 0, detail: shown.join(", ") };
  }],
  ["metrics count what the ledger has", ({ counted, rows }) => ({
    ok: counted === undefined || counted === rows.length,
    detail: counted === undefined ? "there are none" : `${counted} and ${rows.length}`,
  })],
  ["edits came into force, and broken ones did not", ({ health, counts: { edits, badEdits }, said }) => {
    const { ok, reloads } = health.config;
    return {
      ok: ok && reloads > 0 && /configuration|config/i.test(said),
      detail: `${reloads} reloads of ${edits} good edits, ${badEdits} broken ones`,
    };
  }],
  ["nothing is under way and nobody waits afterwards", ({ health, providers }) => {
    const open = providers.reduce((sum, one) => sum + one.open(), 0);
    const busy = health.providers.filter((one) => one.in_flight + one.waiting > 0);
    return {
      ok: health.in_flight === 0 && busy.length === 0 && open === 0,
      detail:
        `${health.in_flight} in flight, ${busy.length} providers busy, ${open} requests open at providers`,
    };
  }],
  ["connections to providers are closed", ({ start, settled }) => ({
    ok: settled.connections <= start.connections + 2,
    detail: `${start.connections} at first, ${settled.connections} at last`,
  })],
  ["sockets are back", ({ start, settled }) => {
    const [before, after] = [start.sockets, settled.sockets];
    return {
      ok: before === undefined || after === undefined || after.outgoing <= before.outgoing + 2,
      detail: `${before?.outgoing ?? "?"} of its own at first, ${
        after?.outgoing ?? "?"
      } at last; its clients keep ${after?.incoming ?? "?"} open`,
    };
  }],
  ["memory does not grow", memoryDoesNotGrow],
  ["no timer keeps it busy", ({ idle }) => ({
    ok: idle === undefined || idle < 0.05,
    detail: idle === undefined ? "unknown" : `${(idle * 100).toFixed(1)} % of a processor with nothing to do`,
  })],
  ["the log shows neither keys nor stack traces", ({ said }) => {
    const bad = said.split("\n").filter((line) =>
      /secret-|key-of-the-proxy|^\s+at .+:\d+:\d+|TypeError|inside the proxy/.test(line)
    );
    return { ok: bad.length === 0, detail: [`${bad.length} lines`, ...bad.slice(0, 3)].join("; ") };
  }],
  [
    "it stops when it is told to",
    ({ exitCode }) => ({ ok: exitCode === 0, detail: `exit code ${exitCode}` }),
  ],
];

/** On a machine that does too much at once a good answer may come too late. */
function isSlow({ provider, failure }: Row["attempts"][number]): boolean {
  return provider === "steady" && failure === "timeout";
}

/** What stands after the last storm against what stood after the one before it, with room for what is not given back. */
function memoryDoesNotGrow({ start, trend, rests, settled }: ChaosResult): Omit<Check, "name"> {
  if (start.memory === undefined) return { ok: true, detail: "unknown" };
  const peak = Math.max(...trend.map(({ memory }) => memory ?? 0));
  const [before, last] = [rests.at(-2)?.memory, rests.at(-1)?.memory];
  const grows = before !== undefined && last !== undefined && last > before * 1.25 + 25;
  const mb = (value: number | undefined) => `${value?.toFixed(0) ?? "?"} MB`;
  return {
    ok: !grows && (settled.memory ?? 0) <= peak * 1.2 && peak < 1500,
    detail: `${mb(start.memory)} at first, ${
      rests.map(({ memory }) => mb(memory)).join(", ")
    } after each storm, peak ${mb(peak)}`,
  };
}
