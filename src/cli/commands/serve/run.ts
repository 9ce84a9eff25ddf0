/** Running the proxy until a signal stops it. */
import type { Config, LogConfig } from "../../../config/config.ts";
import { LiveConfig, type LiveEvent } from "../../../config/live/live.ts";
import { scrubberOf } from "../../../config/secrets.ts";
import { formatWarning } from "../../../config/problem.ts";
import { takeFromOthers } from "../../../files/write.ts";
import { type Log, silent } from "../../../log/log.ts";
import { notRunning } from "../../../dispatch/local-servers.ts";
import { compose } from "../../../server/compose.ts";
import type { Store } from "../../../store/store.ts";
import type { ServerContext } from "../../../server/context.ts";
import { serve, type Server } from "../../../server/server.ts";
import { banner } from "./banner.ts";
import { dataFolderOf, originOf, rememberFile, unusable, warningsOf } from "../../configuration.ts";
import { CliError, EXIT, VERSION } from "../../command.ts";
import { logLiveEvent, logTo, logUncaught } from "./log.ts";
import type { Io } from "../../io.ts";
import { counted, duration } from "../../../text/format.ts";
import { explainedListenProblem, listenProblem } from "../../listen-error.ts";
import { warmUp } from "./warm-up.ts";

export interface ServeOptions {
  readonly config?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly logJson?: boolean | undefined;
  readonly logLevel?: LogConfig["level"] | undefined;
}

/** Serves. Resolves when it has stopped. @throws CliError when it cannot start */
export async function runServe(io: Io, options: ServeOptions): Promise<number> {
  const { config: option, ...overrides } = options;
  let log = silent;
  let move: Move = () => undefined;
  let alert: (event: LiveEvent) => void = () => {};
  const opened = LiveConfig.open({
    option,
    env: io.env,
    cwd: io.cwd,
    overrides,
    onEvent: (event: LiveEvent) => {
      logLiveEvent(log, event);
      alert(event);
    },
    admit: (next) => move(next),
  });
  if (!opened.ok) throw unusable(opened.problems);
  const { live } = opened;
  io.hide?.(scrubberOf(live.current));
  log = logTo(io, live.current.log);
  takeFromOthers(dataFolderOf(io));
  const store = await storeOf(live.current, log);
  const { context, close, alerts, ready } = compose({
    source: live,
    log,
    version: VERSION,
    dataFolder: dataFolderOf(io),
    store,
  });
  alert = (event) => alerts.configuration(event);
  const stopLogging = logUncaught(log);
  let ignoreSignals = () => {};
  try {
    await ready;
    const server = await start(context, live.current);
    const { end, ignore } = stopped(io, live, server, log); // before the banner: signals may come with it
    ignoreSignals = ignore;
    await server.ready;
    await greet(io, context, server, log);
    move = mover(server, log, live.current);
    rememberFile(io, live.current);
    live.onSwap((next, before) => {
      rememberFile(io, next);
      if (next.log.level !== before.log.level || next.log.json !== before.log.json) logTo(io, next.log);
    });
    live.onSwap((next) => io.hide?.(scrubberOf(next)));
    live.watch();
    setTimeout(() => warmUp(live.current, context.catalogOf(live.current)), 0);
    await end;
  } finally {
    live.close();
    await close();
    ignoreSignals();
    stopLogging();
  }
  log("info", "stopped");
  return EXIT.ok;
}

/** The store that other replicas share; undefined: none is configured. */
async function storeOf(config: Config, log: Log): Promise<Store | undefined> {
  if (config.store === undefined) return undefined;
  const { openStore } = await import("../../../store/store.ts");
  const scrubber = scrubberOf(config);
  return openStore(config.store, { log: (level, message) => log(level, scrubber.conceal(message)) });
}

/** @throws CliError where it cannot listen */
async function start(context: ServerContext, { proxy: { host, port, tls } }: Config): Promise<Server> {
  try {
    return serve(context, host, port, { guarded: true, tls });
  } catch (error) {
    throw new CliError(await explainedListenProblem(error, host, port));
  }
}

/** The banner for people; without a terminal also a line in the log. */
async function greet(
  io: Io,
  { source, catalogOf }: ServerContext,
  server: Server,
  log: Log,
): Promise<void> {
  const config = source.current;
  if (!config.log.json) {
    const down = await notRunning(config);
    const started = { config, catalog: catalogOf(config), url: server.url, notRunning: down };
    io.stdout.write(banner(io.stdout, started));
    if (io.stdout.isTTY) return;
  }
  log("info", `listening on ${addressOf(server)}, configuration: ${originOf(config)}`, {
    url: server.url,
    version: VERSION,
    config: config.path,
  });
  if (!config.log.json) return; // the banner has shown them
  for (const warning of warningsOf(config)) log("warn", formatWarning(warning));
}

/** Takes the address of a configuration before it is in force; undefined: it is the one that there is. */
type Move = (next: Config) => Promise<void> | undefined;

/** An address that cannot be taken makes the reload fail: with its key gone, the old address must not stay. */
function mover(server: Server, log: Log, first: Config): Move {
  let { host, port, tls } = first.proxy;
  const move = async ({ proxy }: Pick<Config, "proxy">) => {
    const isHere = proxy.host === host && proxy.port === port;
    try {
      await server.rebind(proxy.host, isHere ? server.port : proxy.port, proxy.tls); // the port may be any free one
    } catch (error) {
      throw new Error(
        `still listening on ${addressOf(server)}: ${listenProblem(error, proxy.host, proxy.port)}`,
      );
    }
    const isRenewed = isHere && proxy.tls !== undefined && tls !== undefined;
    ({ host, port, tls } = proxy);
    log("info", isRenewed ? "using the new certificate" : `now listening on ${addressOf(server)}`);
  };
  return ({ proxy: next }) => {
    const isSame = next.host === host && next.port === port && next.tls?.cert === tls?.cert &&
      next.tls?.key === tls?.key;
    return isSame ? undefined : move({ proxy: next });
  };
}

/** The address, as it is: the URL is one for clients on this machine. */
function addressOf({ url, hostname }: Server): string {
  return hostname === "0.0.0.0" || hostname === "::" ? `${url} (all addresses of this machine)` : url;
}

/**
 * Milliseconds in which a second signal is the first one again: Ctrl-C reaches every program of a terminal's group, and
 * `npx` and task runners send it on to the programs that they have started.
 */
const SAME_SIGNAL_MS = 1000;

/**
 * `end` resolves when a signal has ended the server; the first lets requests in flight finish, a later one does not.
 * `ignore` takes the listeners away: not before everything is closed, else a repeated signal would kill the process.
 */
function stopped(
  io: Io,
  live: LiveConfig,
  server: Server,
  log: Log,
): { readonly end: Promise<void>; readonly ignore: () => void } {
  const signals = Promise.withResolvers<void>();
  const now = io.now ?? (() => performance.now());
  let stoppingSince: number | undefined;
  const stop = () => {
    if (stoppingSince !== undefined) {
      if (now() - stoppingSince < SAME_SIGNAL_MS) return;
      log("warn", "second signal: exiting now");
      void server.kill(); // not waited for: a connection may take its time to close
      signals.resolve();
      return;
    }
    stoppingSince = now();
    if (io.stderr.isTTY) io.stderr.write("\n"); // after the terminal's own ^C
    const { stopGraceMs, drainMs } = live.current.proxy;
    const drains = drainMs === 0 ? "" : `draining for ${duration(drainMs)}: /health/ready fails; then `;
    log(
      "info",
      `${drains}stopping; requests in flight have up to ${Math.round(stopGraceMs / 1000)} s to finish`,
    );
    server.stop(stopGraceMs, drainMs).then((cut) => {
      if (cut > 0) log("warn", `${counted(cut, "request")} did not finish in time: cut`);
    }).finally(signals.resolve);
  };
  const ends = [
    io.onSignal("SIGINT", stop),
    io.onSignal("SIGTERM", stop),
    io.onSignal("SIGHUP", () => void live.reload("SIGHUP")),
  ];
  return { end: signals.promise, ignore: () => ends.forEach((end) => end()) };
}
