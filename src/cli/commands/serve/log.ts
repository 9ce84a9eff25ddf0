/** The log of a running proxy, as the configuration wants it, and what it says of the configuration itself. */
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
