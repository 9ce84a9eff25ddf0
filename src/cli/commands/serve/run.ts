/** Running the proxy until a signal stops it: in this process, or in several that this one starts. */
import type { LogConfig } from "../../../config/config.ts";
import { LiveConfig, type LiveEvent } from "../../../config/live/live.ts";
import { scrubberOf } from "../../../config/secrets.ts";
import { silent } from "../../../log/log.ts";
import { unusable } from "../../configuration.ts";
import type { Io } from "../../io.ts";
import type { Membership } from "./channel.ts";
import { logLiveEvent } from "./log.ts";
import type { Hooks } from "./serving.ts";

export interface ServeOptions {
  readonly config?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly logJson?: boolean | undefined;
  readonly logLevel?: LogConfig["level"] | undefined;
}

/**
 * Serves. Resolves when it has stopped.
 * @param worker what this process is one of. Undefined: the program that the user started
 * @throws CliError when it cannot start
 */
export async function runServe(io: Io, options: ServeOptions, worker?: Membership): Promise<number> {
  const hooks: Hooks = { log: silent, move: () => undefined, alert: () => {} };
  const live = opened(io, options, hooks);
  io.hide?.(scrubberOf(live.current));
  if (worker === undefined && live.current.proxy.workers > 1) {
    live.close();
    const { supervise } = await import("./supervisor.ts");
    return await supervise(io, live.current);
  }
  const { serveHere } = await import("./serving.ts");
  return await serveHere(io, { live, hooks, worker });
}

/** The configuration, and what follows it. @throws CliError where it has mistakes */
function opened(io: Io, { config: option, ...overrides }: ServeOptions, hooks: Hooks): LiveConfig {
  const result = LiveConfig.open({
    option,
    env: io.env,
    cwd: io.cwd,
    overrides,
    onEvent: (event: LiveEvent) => {
      logLiveEvent(hooks.log, event);
      hooks.alert(event);
    },
    admit: (next) => hooks.move(next),
  });
  if (!result.ok) throw unusable(result.problems);
  return result.live;
}
