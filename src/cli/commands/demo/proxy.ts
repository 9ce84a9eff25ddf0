/** The real proxy, started with the demonstration's configuration on this machine. */
import type { Config } from "../../../config/config.ts";
import { parseConfig } from "../../../config/load.ts";
import { formatProblems } from "../../../config/problem.ts";
import { errorCode } from "../../../files/errors.ts";
import type { Ledger } from "../../../ledger/ledger.ts";
import type { Log } from "../../../log/log.ts";
import { compose } from "../../../server/compose.ts";
import { serve, type Server } from "../../../server/server.ts";
import { CliError } from "../../failure.ts";
import { listenProblem } from "../../listen-error.ts";
import { VERSION } from "../../program.ts";
import { demoConfig } from "./configuration.ts";

/** Where the product says that it listens. */
const USUAL_PORT = 3456;

export interface DemoProxy {
  readonly config: Config;
  readonly server: Server;
  /** Keeps its rows in memory only. */
  readonly ledger: Ledger;
  stop(): Promise<void>;
}

/**
 * Starts the proxy in front of the made-up provider.
 * @param port to listen on; undefined: the usual one, or any that is free
 * @throws CliError when it cannot listen
 */
export function startDemoProxy(provider: string, port: number | undefined, log: Log): DemoProxy {
  // No environment: the user's own keys have no business here.
  const loaded = parseConfig(demoConfig(provider, port ?? USUAL_PORT), { env: {}, name: "demonstration" });
  if (!loaded.ok) throw new CliError(formatProblems(loaded.problems));
  const { config } = loaded;
  const state = { loadedAt: Date.now(), ok: true, problems: [], warnings: [], reloads: 0 };
  const source = { current: config, state, onSwap: () => () => {} };
  const { context, close } = compose({ source, log, version: VERSION });
  const ledger = context.ledger();
  if (ledger === undefined) throw new CliError("the demonstration has no ledger.");
  const { host } = config.proxy;
  const listen = (at: number) => serve(context, host, at);
  let server: Server;
  try {
    server = listen(config.proxy.port);
  } catch (error) {
    if (port !== undefined || errorCode(error) !== "EADDRINUSE") {
      void close();
      throw new CliError(listenProblem(error, host, config.proxy.port));
    }
    server = listen(0);
  }
  return {
    config,
    server,
    ledger,
    async stop() {
      await server.kill();
      await close();
    },
  };
}
