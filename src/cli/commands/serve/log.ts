/** The log of a running proxy, as the configuration wants it, and what it says of the configuration itself. */
import process from "node:process";
import type { LogConfig } from "../../../config/config.ts";
import type { LiveEvent } from "../../../config/live/live.ts";
import type { Log } from "../../../log/log.ts";
import { openLog } from "../../../log/logtape.ts";
import type { Io } from "../../io.ts";

/** Opens the log on the error stream, or changes the one that is open. */
export function logTo(io: Io, { level, json }: LogConfig): Log {
  return openLog({ level, json, color: io.stderr.color, write: (line) => io.stderr.write(line) });
}

/** Tells of a reload. */
export function logLiveEvent(log: Log, event: LiveEvent): void {
  const { kind, reason } = event;
  switch (kind) {
    case "reloaded":
      log("info", `${reason}: the new configuration is in force`);
      break;
    case "fixed":
      log("info", `${reason}: the configuration is right again and in force`);
      break;
    case "broken":
      log(
        "error",
        `${reason}: it has mistakes, so the configuration from before stays\n${event.problems.join("\n")}`,
        {
          problems: event.problems,
        },
      );
      return;
    case "listener_failed":
      log("error", `${reason}: not all of it could be put to work: ${event.problems.join("; ")}`);
      return;
  }
  for (const warning of event.warnings) log("warn", warning);
}

/** Logs what would end the process otherwise. Returns what ends that. */
export function outliveFaults(log: Log): () => void {
  const told = (error: unknown) => {
    const words = error instanceof Error ? error.message : String(error);
    log("error", `something failed inside the proxy, which goes on: ${words}`, {
      stack: error instanceof Error ? error.stack : undefined,
    });
  };
  process.on("unhandledRejection", told);
  process.on("uncaughtException", told);
  return () => {
    process.off("unhandledRejection", told);
    process.off("uncaughtException", told);
  };
}
