/** Serving in this process until a signal stops it. */
import type { Config } from "../../../config/config.ts";
import type { LiveConfig, LiveEvent } from "../../../config/live/live.ts";
import { scrubberOf } from "../../../config/secrets.ts";
import { takeFromOthers } from "../../../files/write.ts";
import type { Log } from "../../../log/log.ts";
import { compose } from "../../../server/compose.ts";
import type { Store } from "../../../store/store.ts";
import type { ServerContext } from "../../../server/context.ts";
import { serve, type Server } from "../../../server/server.ts";
import { addressOf, greet } from "./greet.ts";
import { dataFolderOf, rememberFile } from "../../configuration.ts";
import { CliError, EXIT, VERSION } from "../../command.ts";
import { logTo, logUncaught } from "./log.ts";
import type { Io } from "../../io.ts";
import { explainedListenProblem, listenProblem } from "../../listen-error.ts";
import { warmUp } from "./warm-up.ts";
import type { Membership } from "./channel.ts";
import { takeOverSpools } from "./folders.ts";
import { stopped } from "./stopping.ts";

/** Takes the address of a configuration before it is in force; undefined: it is the one that there is. */
export type Move = (next: Config) => Promise<void> | undefined;

/** What is called when the configuration changes: set as the parts come to be. */
export interface Hooks {
  log: Log;
  move: Move;
  alert: (event: LiveEvent) => void;
}

/** What a process serves with. */
export interface Serving {
  readonly live: LiveConfig;
  readonly hooks: Hooks;
  /** What this process is one of. Undefined: the program that the user started */
  readonly worker: Membership | undefined;
}

/** Serves. Resolves when it has stopped. @throws CliError when it cannot start */
export async function serveHere(io: Io, { live, hooks, worker }: Serving): Promise<number> {
  const log = hooks.log = logTo(io, live.current.log, worker?.number);
  const dataFolder = dataFolderOf(io);
  takeFromOthers(dataFolder);
  if (worker === undefined && live.current.store !== undefined) await takeOverSpools(io, 1, log);
  const store = await storeOf(live.current, log);
  const { context, close, alerts, ready } = compose({
    source: live,
    log,
    version: VERSION,
    dataFolder,
    ownFolder: worker?.folder,
    siblings: worker?.siblings,
    startedAt: worker?.startedAt,
    store,
  });
  if (worker === undefined || worker.number === 1) hooks.alert = (event) => alerts.configuration(event);
  const stopLogging = logUncaught(log);
  let ignoreSignals = () => {};
  try {
    await ready;
    const server = await start(context, live.current, worker);
    const { host, port } = live.current.proxy;
    if (worker !== undefined && (host !== worker.host || port !== worker.port)) {
      log("warn", "the new address of the configuration is used after a restart");
    }
    const { end, ignore } = stopped({ io, live, server, log, worker }); // before the banner: signals may come with it
    ignoreSignals = ignore;
    await server.ready;
    hooks.move = mover(server, log, live.current, worker);
    rememberFile(io, live.current);
    follow(io, live, log, worker);
    if (worker === undefined) await greetFor(io, context, server, log);
    worker?.listening();
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

/** Follows reloads, as far as the program itself goes. */
function follow(io: Io, live: LiveConfig, log: Log, worker: Membership | undefined): void {
  live.onSwap((next, before) => {
    rememberFile(io, next);
    if (next.log.level !== before.log.level || next.log.json !== before.log.json) {
      logTo(io, next.log);
      worker?.logs(next.log);
    }
    if (next.proxy.workers !== before.proxy.workers) {
      log("warn", "the new [proxy] workers is used after a restart");
    }
  });
  live.onSwap((next) => io.hide?.(scrubberOf(next)));
}

/** The store that other replicas share; undefined: none is configured. */
async function storeOf(config: Config, log: Log): Promise<Store | undefined> {
  if (config.store === undefined) return undefined;
  const { openStore } = await import("../../../store/store.ts");
  const scrubber = scrubberOf(config);
  return openStore(config.store, { log: (level, message) => log(level, scrubber.conceal(message)) });
}

/** @throws CliError where it cannot listen */
async function start(
  context: ServerContext,
  { proxy: { host, port, tls } }: Config,
  worker: Membership | undefined,
): Promise<Server> {
  if (worker !== undefined) {
    await worker.mayListen();
    return serve(context, worker.host, worker.takenPort, { guarded: true, shared: true, tls });
  }
  try {
    return serve(context, host, port, { guarded: true, tls });
  } catch (error) {
    throw new CliError(await explainedListenProblem(error, host, port));
  }
}

/** The banner and the line of the log, for a program of one process. */
async function greetFor(
  io: Io,
  { source, catalogOf }: ServerContext,
  { url, hostname }: Server,
  log: Log,
): Promise<void> {
  const config = source.current;
  await greet(io, log, { config, catalog: catalogOf(config), url, hostname });
}

/** An address that cannot be taken makes the reload fail: with its key gone, the old address must not stay. */
function mover(server: Server, log: Log, first: Config, worker: Membership | undefined): Move {
  let { host, port } = worker ?? first.proxy;
  let { tls } = first.proxy;
  const move = async ({ proxy }: Pick<Config, "proxy">) => {
    const isHere = proxy.host === host && proxy.port === port;
    // Of several workers some could have the new address, and others not.
    if (worker !== undefined && !isHere) {
      throw new Error(
        `still listening on ${addressOf(server)}: with several workers another address needs a restart.`,
      );
    }
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
