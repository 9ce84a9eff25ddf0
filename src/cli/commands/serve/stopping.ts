/** How signals end a program that serves. */
import type { LiveConfig } from "../../../config/live/live.ts";
import type { Log } from "../../../log/log.ts";
import type { Server } from "../../../server/server.ts";
import { counted, duration } from "../../../text/format.ts";
import type { Io } from "../../io.ts";
import type { Membership } from "./channel.ts";

/**
 * Milliseconds in which a second signal is the first one again: Ctrl-C reaches every program of a terminal's group, and
 * `npx` and task runners send it on to the programs that they have started.
 */
export const SAME_SIGNAL_MS = 1000;

/**
 * `end` resolves when a signal has ended the server; the first lets requests in flight finish, a later one does not.
 * `ignore` takes the listeners away: not before everything is closed, else a repeated signal would kill the process.
 */
export function stopped(
  { io, live, server, log, worker }: {
    readonly io: Io;
    readonly live: LiveConfig;
    readonly server: Server;
    readonly log: Log;
    readonly worker: Membership | undefined;
  },
): { readonly end: Promise<void>; readonly ignore: () => void } {
  const signals = Promise.withResolvers<void>();
  const now = io.now ?? (() => performance.now());
  let stoppingSince: number | undefined;
  const stop = (drain = live.current.proxy.drainMs) => {
    if (stoppingSince !== undefined) {
      if (now() - stoppingSince < SAME_SIGNAL_MS) return;
      log("warn", "second signal: exiting now");
      void server.kill(); // not waited for: a connection may take its time to close
      signals.resolve();
      return;
    }
    stoppingSince = now();
    if (io.stderr.isTTY && worker === undefined) io.stderr.write("\n"); // after the terminal's own ^C
    const { stopGraceMs } = live.current.proxy;
    const drains = drain === 0 ? "" : `draining for ${duration(drain)}: /health/ready fails; then `;
    log(
      "info",
      `${drains}stopping; requests in flight have up to ${Math.round(stopGraceMs / 1000)} s to finish`,
    );
    server.stop(stopGraceMs, drain).then((cut) => {
      if (cut > 0) log("warn", `${counted(cut, "request")} did not finish in time: cut`);
    }).finally(signals.resolve);
  };
  // Nobody would start a successor on the port while orphans hold it.
  void worker?.orphaned.then(() => stoppingSince === undefined && stop(0));
  const ends = [
    io.onSignal("SIGINT", () => stop()),
    io.onSignal("SIGTERM", () => stop()),
    io.onSignal("SIGHUP", () => void live.reload("SIGHUP")),
  ];
  return { end: signals.promise, ignore: () => ends.forEach((end) => end()) };
}
