/** The metrics of the present state: read from the running parts when Prometheus asks. */
import process from "node:process";
import { runtimeName } from "../../runtime/listen.ts";
import type { Running } from "../context.ts";
import { counter, type Family, gauge, type Sample } from "./families.ts";

export function stateFamilies(running: Running): Family[] {
  const { state, clock, source, version, startedAt } = running;
  const now = clock.now();
  const cooldowns = state.cooldowns.list(now);
  const { ok, loadedAt, reloads } = source.state;
  const budgets = running.budgets()?.list() ?? [];
  return [
    gauge(
      "terraphim_requests_in_flight",
      "Requests being answered now.",
      [plain(state.inFlight.size)],
      "sum",
    ),
    gauge(
      "terraphim_cooldowns",
      "Cooldowns in force, by provider and the class of failure.",
      occurrences(cooldowns.map(({ provider, class: kind }) => ({ provider, class: kind }))),
    ),
    gauge(
      "terraphim_cooldown_remaining_seconds",
      "The longest time left of a provider's cooldowns.",
      longest(cooldowns.map(({ provider, until }) => ({ provider, seconds: (until - now) / 1000 }))),
    ),
    gauge(
      "terraphim_headroom_ratio",
      "The share that is left of a credential's plan or rate limit, as its latest answer says.",
      state.headrooms.list(now).flatMap(({ provider, key, windows }) =>
        windows.map(({ window, used }) => ({ value: 1 - used, labels: { provider, key, window } }))
      ),
      "min",
    ),
    gauge(
      "terraphim_budget_limit_dollars",
      "The limit of a budget in its period.",
      budgets.map(({ name, limit }) => ({ value: limit, labels: { budget: name } })),
    ),
    gauge(
      "terraphim_budget_spent_dollars",
      "Dollars spent of a budget in its period.",
      budgets.map(({ name, spent }) => ({ value: spent, labels: { budget: name } })),
    ),
    ...ledgerFamilies(running),
    gauge(
      "terraphim_config_ok",
      "1 while the configuration files have no mistake.",
      [plain(ok ? 1 : 0)],
      "min",
    ),
    counter(
      "terraphim_config_reloads_total",
      "Configurations loaded since the start.",
      [plain(reloads)],
      "max",
    ),
    gauge(
      "terraphim_config_loaded_timestamp_seconds",
      "When the current configuration was loaded.",
      [plain(loadedAt / 1000)],
    ),
    gauge("terraphim_build_info", "Always 1; the labels say which version and runtime this is.", [
      { value: 1, labels: { version, runtime: runtimeName() } },
    ]),
    gauge("process_start_time_seconds", "When the program started.", [plain(startedAt / 1000)], "min"),
    residentMemory(),
  ];
}

/** The memory of this process. */
export const residentMemory = (): Family =>
  gauge(
    "process_resident_memory_bytes",
    "Memory that the program holds.",
    [plain(process.memoryUsage().rss)],
    "sum",
  );

/** Where requests are kept. */
function ledgerFamilies({ ledger: ledgerOf, store }: Running): Family[] {
  const ledger = ledgerOf()?.state();
  return [
    gauge(
      "terraphim_store_up",
      "1 while the store that replicas share can be reached.",
      store === undefined ? [] : [plain(store.connection.state.state === "up" ? 1 : 0)],
      "min",
    ),
    gauge(
      "terraphim_ledger_waiting_rows",
      "Requests that are not in the ledger's file or store yet, or cannot be written to it.",
      ledger === undefined ? [] : [plain(ledger.waiting + ledger.pending)],
      "sum",
    ),
    gauge(
      "terraphim_ledger_lost_rows",
      "Requests that the ledger had no room for, and that are lost.",
      ledger === undefined ? [] : [plain(ledger.lost)],
      "sum",
    ),
  ];
}

function plain(value: number): Sample {
  return { value, labels: {} };
}

/** How often each combination of labels occurs in a list. */
function occurrences(all: readonly Readonly<Record<string, string>>[]): Sample[] {
  const counts = new Map<string, { value: number; labels: Readonly<Record<string, string>> }>();
  for (const labels of all) {
    const key = JSON.stringify(labels);
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { value: 1, labels });
    else known.value++;
  }
  return [...counts.values()];
}

function longest(all: readonly { readonly provider: string; readonly seconds: number }[]): Sample[] {
  const most = new Map<string, number>();
  for (const { provider, seconds } of all) most.set(provider, Math.max(seconds, most.get(provider) ?? 0));
  return [...most].map(([provider, value]) => ({ value, labels: { provider } }));
}
