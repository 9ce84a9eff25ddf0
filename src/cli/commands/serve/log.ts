/** The log of a running proxy, and what it says about reloads and uncaught errors. */
import { messageOf } from "../../../files/errors.ts";
import process from "node:process";
import type { LogConfig } from "../../../config/config.ts";
import type { LiveEvent } from "../../../config/live/live.ts";
import type { Log } from "../../../log/log.ts";
import { openLog } from "../../../log/logtape.ts";
import type { Io } from "../../io.ts";

/**
 * Opens the log on the error stream, or changes the one that is open.
 * @param worker the number of the worker whose log it is. Undefined: the program has one process
 */
export function logTo(io: Io, { level, json }: LogConfig, worker?: number): Log {
  const log = openLog({ level, json, color: io.stderr.color, write: (line) => io.stderr.write(line) });
  return worker === undefined ? log : (at, message, fields) => log(at, message, { ...fields, worker });
}

/** Logs a reload. */
export function logLiveEvent(log: Log, event: LiveEvent): void {
  const { kind, reason } = event;
  switch (kind) {
    case "reloaded":
      log("info", `${reason}: configuration reloaded`);
      break;
    case "fixed":
      log("info", `${reason}: configuration fixed and reloaded`);
      break;
    case "broken":
      log("error", `${reason}: the configuration has mistakes; keeping the previous one`, {
        problems: event.problems,
      });
      return;
    case "listener_failed":
      log("error", `${reason}: reloaded with problems: ${event.problems.join("; ")}`);
      return;
  }
  for (const warning of event.warnings) log("warn", warning);
}

/** Logs errors that nobody caught instead of ending the process. Returns a function that stops that. */
export function logUncaught(log: Log): () => void {
  const logged = (error: unknown) => {
    const words = messageOf(error);
    log("error", `internal error, the proxy keeps running: ${words}`, {
      stack: error instanceof Error ? error.stack : undefined,
    });
  };
  process.on("unhandledRejection", logged);
  process.on("uncaughtException", logged);
  return () => {
    process.off("unhandledRejection", logged);
    process.off("uncaughtException", logged);
  };
}
