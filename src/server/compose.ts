/** Everything that the server needs, put together around a configuration that may change. */
import { type Catalog, withBuiltin } from "../catalog/catalog.ts";
import { statSync } from "node:fs";
import { type CatalogOf, pricedBy } from "../config/priced-catalog.ts";
import { readUserCatalog } from "../catalog/update.ts";
import { lexica } from "../classifier/words/lexicon.ts";
import type { Config, Provider } from "../config/config.ts";
import { scrubberOf } from "../config/secrets.ts";
import { messageOf } from "../files/errors.ts";
import { writeWhole } from "../files/write.ts";
import type { Dialects } from "../dialects/dialect.ts";
import { dialects as builtinDialects } from "../dialects/registry.ts";
import { Lessons, lessonSaver, readLessons } from "../dispatch/lessons/lessons.ts";
import { cooldownSaver, loadCooldowns } from "../dispatch/cooldown/file.ts";
import { HeadroomFile, readHeadrooms } from "../dispatch/headroom/file.ts";
import { Headrooms } from "../dispatch/headroom/headrooms.ts";
import { Cooldowns } from "../dispatch/cooldown/cooldowns.ts";
import { mostRequests } from "../runtime/descriptors.ts";
import { dataFile } from "../runtime/data-folder.ts";
import type { Clock } from "../runtime/clock.ts";
import type { DispatchDeps } from "../dispatch/course.ts";
import { KeyIds, keyIdsOf } from "../dispatch/keys.ts";
import { LocalServers } from "../dispatch/local-servers.ts";
import { DispatchState } from "../dispatch/state.ts";
import type { Log } from "../log/log.ts";
import type { RequestEnd } from "../model/request-end.ts";
import type { Usage } from "../model/usage.ts";
import type { Replicas } from "../store/replicas.ts";
import type { Store } from "../store/store.ts";
import { Alerts } from "./alerts.ts";
import { Accounting } from "./accounting.ts";
import { Door } from "./auth.ts";
import { ClientKeys } from "./client-keys.ts";
import type { ConfigSource, Running, ServerContext } from "./context.ts";
import { Dashboard } from "./dashboard/dashboard.ts";
import { HEALTH, ownHealth } from "./health.ts";
import { KeepWarm, type Later } from "./keep-warm.ts";
import { keyRefusals } from "./key-refusals.ts";
import { Learner } from "./learning/learning.ts";
import { Limits } from "./limits.ts";
import { familiesOf, metricsEndpoint } from "./metrics/endpoint.ts";
import { METRICS } from "./metrics/merge.ts";
import { Counts } from "./metrics/counts.ts";
import { Scripts } from "./script.ts";
import { SecondOpinions } from "./second-opinions.ts";
import { share } from "./sharing.ts";
import type { Siblings } from "./siblings.ts";
import { logRequest } from "./request-log.ts";
import { Traces } from "./traces/traces.ts";

export interface ComposeOptions {
  readonly source: ConfigSource;
  readonly log: Log;
  readonly version: string;
  /** Where quotas and the ledger are kept; undefined: nothing outlives the process. */
  readonly dataFolder?: string;
  /** Where a worker keeps what is of this process alone: its spool, what it met. @default {@link dataFolder} */
  readonly ownFolder?: string | undefined;
  /** The other workers of this program. @default there are none */
  readonly siblings?: Siblings | undefined;
  /** When the program started. Epoch milliseconds. @default now */
  readonly startedAt?: number | undefined;
  /** What replicas share: closed with the rest. @default this proxy is alone */
  readonly store?: Store | undefined;
  /** @default the built-in ones */
  readonly dialects?: Dialects;
  /** @default the system's clocks */
  readonly clock?: Clock;
  /** @default the runtime's own */
  readonly fetch?: typeof fetch;
  /** @default the runtime's timers */
  readonly later?: Later | undefined;
}

export interface Composed {
  readonly context: ServerContext;
  readonly alerts: Alerts;
  /** Resolves when the proxy knows what its replicas know, or cannot now. */
  readonly ready: Promise<void>;
  /** Writes what waits, and closes files and timers. Resolves when the last traces are sent. */
  close(): Promise<void>;
}

const SYSTEM_CLOCK: Clock = { now: () => Date.now(), mono: () => performance.now() };

/** A log whose messages hold no secret of the configuration. */
const scrubbing = (write: Log, source: ConfigSource): Log => (level, message, fields) =>
  write(level, scrubberOf(source.current).conceal(message), fields);

/** Puts a server's parts together. Nothing listens yet; see `serve`. */
export function compose(options: ComposeOptions): Composed {
  const { source, version, dataFolder, store, siblings, clock = SYSTEM_CLOCK, dialects = builtinDialects } =
    options;
  const ownFolder = options.ownFolder ?? dataFolder;
  // Whatever ends up in a message: no secret of the configuration gets past here.
  const log = scrubbing(options.log, source);
  const cooldowns = keptCooldowns(ownFolder, log, clock);
  const { headrooms, keep } = keptHeadrooms(ownFolder, log, clock);
  const keys = keptKeys(dataFolder, log, store?.replicas);
  const accounting = new Accounting(source, { log, clock, folder: ownFolder, keys, store });
  const ids = keptIds(dataFolder, log);
  const learner = new Learner(source.current, { log, clock, folder: dataFolder, siblings });
  const running: Running = {
    source,
    state: new DispatchState(cooldowns, keptLessons(ownFolder, log, clock), ids, headrooms),
    clock,
    door: new Door(ids, keys),
    keys,
    local: new LocalServers(() => clock.mono()),
    store,
    ledger: () => accounting.ledger,
    budgets: () => accounting.budgets,
    learning: () => learner.learning,
    version,
    startedAt: options.startedAt ?? clock.now(),
    siblings,
  };
  const counts = new Counts();
  const traces = new Traces(source, log, version, dialects);
  const catalogOf = liveCatalog(dataFolder, log, clock);
  const scripts = new Scripts(source, log);
  const dashboard = new Dashboard(running, { log, catalogOf, scripts });
  const limits = limitsOf(source, store);
  const alerts = alertsOf(running, log, options);
  const onEnd = counting({ running, accounting, limits, alerts, dashboard, counts, traces, log });
  siblings?.answer(METRICS, () => familiesOf(running, counts));
  siblings?.answer(HEALTH, () => ownHealth(running, source.current));
  const { state } = running;
  const dispatch: DispatchDeps = { state, dialects, clock, log, fetch: options.fetch ?? fetch, onEnd };
  const keepWarm = keepWarmOf(running, dispatch, options.later);
  const context: ServerContext = {
    ...running,
    dispatch: { ...dispatch, onServed: (exchange, end) => keepWarm.served(exchange, end) },
    stopping: () => keepWarm.close(),
    opinions: new SecondOpinions(dispatch),
    scripts,
    limits,
    keyRefused: keyRefusals(clock, onEnd),
    catalogOf,
    endpoints: [metricsEndpoint(running, counts), ...dashboard.endpoints()],
    refused: (status) => counts.refuse(status),
  };
  const unsubscribe = followReloads({ running, accounting, learner, traces, log });
  return {
    context,
    alerts,
    ready: shared(running, dashboard, dataFolder, log),
    close() {
      unsubscribe();
      keys.close();
      alerts.close();
      keepWarm.close();
      dashboard.close();
      keep();
      return closeAll(accounting, traces, store);
    },
  };
}

/** Has the parts follow reloads. Returns what ends that. */
function followReloads(
  { running: { source, state }, accounting, learner, traces, log }:
    & Pick<Counting, "running" | "accounting" | "traces" | "log">
    & { readonly learner: Learner },
): () => void {
  return source.onSwap((next, before) => {
    lexica(next.router.words); // compiled now, not when a request waits for them
    const count = state.cooldowns.reset((cooldown) => isStale(cooldown, next, before, state.keys));
    if (count > 0) log("info", `${count} cooldowns ended with the configuration that they came from`);
    accounting.reconfigure(next, before);
    learner.reconfigure(next);
    traces.reconfigure(next.telemetry, before.telemetry);
  });
}

/** Writes what waits before the store closes. */
async function closeAll(accounting: Accounting, traces: Traces, store: Store | undefined): Promise<void> {
  await Promise.all([accounting.close(), traces.close()]);
  await store?.close();
}

/** The alerts of a running proxy. */
function alertsOf(
  { source, state, clock, budgets, siblings }: Running,
  log: Log,
  { later, fetch: own = fetch }: Pick<ComposeOptions, "later" | "fetch">,
): Alerts {
  return new Alerts({
    config: () => source.current,
    clock,
    log,
    later,
    fetch: own,
    budgets: () => budgets()?.list() ?? [],
    cooldowns: (now) => state.cooldowns.list(now),
    siblings,
  });
}

/** What keeps the caches of a running proxy's sessions warm. */
function keepWarmOf(
  { source, budgets, keys }: Running,
  dispatch: DispatchDeps,
  later: Later | undefined,
): KeepWarm {
  const teamOf = (key: string | undefined) => keys.named(key)?.team;
  return new KeepWarm({ dispatch, config: () => source.current, budgets, teamOf, later });
}

/** All that counts or shows requests. */
interface Counting {
  readonly running: Running;
  readonly accounting: Accounting;
  readonly limits: Limits;
  readonly alerts: Alerts;
  readonly dashboard: Dashboard;
  readonly counts: Counts;
  readonly traces: Traces;
  readonly log: Log;
}

/** Gives each request that is over to everything that counts or shows it. */
function counting({ running, accounting, limits, alerts, dashboard, counts, traces, log }: Counting) {
  const { source, keys, clock, learning } = running;
  return (ended: RequestEnd): void => {
    const end = concealed(ended, source.current);
    accounting.add(end);
    const key = keys.named(end.clientKey);
    if (key !== undefined && end.usage !== undefined) limits.used(key, tokensOf(end.usage), clock.now());
    learning()?.ended(end);
    dashboard.add(end);
    alerts.request(end);
    if (end.operation === "count_tokens") return; // listed, but not an answer of a model
    counts.add(end);
    traces.add(end);
    logRequest(log, end, source.current.log.level);
  };
}

/** Every token of a request. */
const tokensOf = ({ input, cacheRead, cacheWrite, output }: Usage): number =>
  input + cacheRead + cacheWrite + output;

/** A request that is over, without a secret of the configuration in the texts that clients and providers chose. */
function concealed(end: RequestEnd, config: Config): RequestEnd {
  const scrubber = scrubberOf(config);
  const text = <Text extends string | undefined>(value: Text) =>
    (value === undefined ? value : scrubber.conceal(value)) as Text;
  const isClean = (value: string | undefined) => text(value) === value;
  const { client, session, modelAsked, model, why, attempts, traceState } = end;
  const isAllClean = isClean(client) && isClean(session) && isClean(modelAsked) && isClean(model) &&
    isClean(traceState) && why.every(isClean) &&
    attempts.every((one) => isClean(one.model) && isClean(one.message));
  if (isAllClean) return end;
  return {
    ...end,
    client: text(client),
    session: text(session),
    modelAsked: text(modelAsked),
    model: text(model),
    why: why.map(text),
    attempts: attempts.map((one) => ({ ...one, model: text(one.model), message: text(one.message) })),
    traceState: text(traceState),
  };
}

/** Cooldowns that outlive the process, where there is a data folder. */
function keptCooldowns(dataFolder: string | undefined, log: Log, clock: Clock): Cooldowns {
  if (dataFolder === undefined) return new Cooldowns();
  const path = dataFile(dataFolder, "cooldowns");
  const save = cooldownSaver(path, log);
  const cooldowns: Cooldowns = new Cooldowns(() => save(cooldowns, clock.now()));
  loadCooldowns(path, cooldowns, clock.now());
  return cooldowns;
}

/** What models refused before, where there is a data folder. */
function keptLessons(dataFolder: string | undefined, log: Log, clock: Clock): Lessons {
  if (dataFolder === undefined) return new Lessons();
  const path = dataFile(dataFolder, "lessons");
  return new Lessons(readLessons(path, clock.now()), lessonSaver(path, log));
}

/** The keys with names, of the store where there is one; its copy and the file of its own are in the data folder. */
function keptKeys(dataFolder: string | undefined, log: Log, replicas: Replicas | undefined): ClientKeys {
  const file = (name: "keys" | "storedKeys") =>
    dataFolder === undefined ? undefined : dataFile(dataFolder, name);
  if (replicas === undefined) return new ClientKeys(file("keys"), log);
  return new ClientKeys(file("storedKeys"), log, { ...replicas, before: file("keys") });
}

/** The proxy's own limits; those of a minute hold for all replicas. */
function limitsOf(source: ConfigSource, store: Store | undefined): Limits {
  if (store === undefined) return new Limits(mostRequests());
  const refusesUnchecked = () => source.current.store?.whenDown === "refuse";
  return new Limits(mostRequests(), { limits: store.replicas.limits, refusesUnchecked });
}

/** Shares what a replica knows, where there is a store. Resolves when it knows what the others know, or cannot now. */
async function shared(
  { state, clock, store }: Running,
  { signedIn }: Dashboard,
  dataFolder: string | undefined,
  log: Log,
): Promise<void> {
  if (store === undefined) return;
  const keepInstallation = (installation: string) => {
    try {
      if (dataFolder !== undefined) writeWhole(dataFile(dataFolder, "installation"), installation);
    } catch (error) {
      log("warn", `a start without the store will make other ids of keys: ${messageOf(error)}`);
    }
  };
  const { values, limits } = store.replicas;
  await share(values, { state, signedIn, clock, log, keepInstallation });
  await limits.settle(); // what other replicas spent, before the first request
}

/** The ids of this installation, where there is a data folder. */
function keptIds(dataFolder: string | undefined, log: Log): KeyIds {
  if (dataFolder === undefined) return new KeyIds();
  const changing = (why: string) => log("warn", `the ids of keys will change with the next start: ${why}`);
  return keyIdsOf(dataFile(dataFolder, "installation"), changing);
}

/** What is left of plans, which outlives the process where there is a data folder; `keep` writes what waits. */
function keptHeadrooms(
  dataFolder: string | undefined,
  log: Log,
  clock: Clock,
): { readonly headrooms: Headrooms; readonly keep: () => void } {
  if (dataFolder === undefined) return { headrooms: new Headrooms(), keep: () => {} };
  const path = dataFile(dataFolder, "headroom");
  const file = new HeadroomFile(path, log);
  const headrooms: Headrooms = new Headrooms((now) => file.changed(headrooms, now));
  headrooms.load(readHeadrooms(path));
  return { headrooms, keep: () => file.write(headrooms, clock.now()) };
}

/** How often the list's file is looked at, at most. Milliseconds. */
const LOOK_MS = 5000;

/** The user's own list of models and prices before the built-in one; it is read again when its file has changed. */
function liveCatalog(dataFolder: string | undefined, log: Log, clock: Clock): CatalogOf {
  if (dataFolder === undefined) return pricedBy(withBuiltin(undefined));
  const path = dataFile(dataFolder, "models");
  const changedAt = () => statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  let known = changedAt();
  let looked = clock.now();
  const read = (): Catalog => {
    const { catalog, problem } = readUserCatalog(path);
    if (problem !== undefined) log("warn", `the built-in list of models and prices is used: ${problem}`);
    return withBuiltin(catalog);
  };
  let priced = pricedBy(read());
  return (config) => {
    const now = clock.now();
    if (now - looked >= LOOK_MS) {
      looked = now;
      const at = changedAt();
      if (at !== known) {
        known = at;
        priced = pricedBy(read());
        log(
          "info",
          at === undefined
            ? "the built-in list of models and prices is used"
            : "a new list of models and prices is used",
        );
      }
    }
    return priced(config);
  };
}

/** Whether a reload took away what a cooldown was about: a key, a provider's settings, a refused credential, which may be tried again. */
function isStale(
  { class: kind, provider: name, key }: { class: string; provider: string; key?: string },
  next: Config,
  before: Config,
  ids: KeyIds,
): boolean {
  if (kind === "refused_credentials") return true;
  const now = next.providers.get(name);
  const was = before.providers.get(name);
  if (now === undefined || was === undefined) return true;
  if (key !== undefined) return !now.passthrough && !ids.keysOf(now, 0).some(({ id }) => id === key);
  return settings(now) !== settings(was);
}

function settings({ baseUrl, endpoints, apiKeys, passthrough }: Provider): string {
  return JSON.stringify([baseUrl, endpoints, apiKeys, passthrough]);
}
