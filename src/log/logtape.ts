/** The log's output by LogTape: text lines for people, or JSON lines. */
import {
  configureSync,
  getAnsiColorFormatter,
  getJsonLinesFormatter,
  getLogger,
  getTextFormatter,
  type LogRecord,
  type TextFormatter,
} from "@logtape/logtape";
import { visible } from "../text/visible.ts";
import type { Log, LogLevel } from "./log.ts";

export interface LogOptions {
  /** The least severe level that is written. */
  readonly level: LogLevel;
  /** JSON lines, with the fields. */
  readonly json: boolean;
  /** ANSI colours, for a terminal. */
  readonly color: boolean;
  /** Takes each line, with its line break. */
  readonly write: (line: string) => void;
}

const CATEGORY = "terraphim-llm-proxy";
const LEVELS = { error: "error", warn: "warning", info: "info", debug: "debug" } as const;

/** Opens the log. LogTape has one configuration for the process: calling this again replaces it for everybody. */
export function openLog({ level, json, color, write }: LogOptions): Log {
  const format = formatter(json, color);
  configureSync({
    reset: true,
    sinks: { out: (record: LogRecord) => write(format(record)) },
    loggers: [
      { category: CATEGORY, sinks: ["out"], lowestLevel: LEVELS[level] },
      { category: ["logtape", "meta"], sinks: ["out"], lowestLevel: "error" },
    ],
  });
  const logger = getLogger(CATEGORY);
  return (at, message, fields) => {
    // A message is one line of plain words: it may quote a client or a provider. Braces are LogTape's placeholders.
    const words = (json ? message : visible(message)).replace(/[{}]/g, "$&$&");
    logger[LEVELS[at] === "warning" ? "warn" : at](words, fields ?? {});
  };
}

function formatter(json: boolean, color: boolean): TextFormatter {
  if (json) return getJsonLinesFormatter({ categorySeparator: ".", properties: "flatten" });
  const options = { timestamp: "time", category: () => "", format: line } as const;
  return color ? getAnsiColorFormatter(options) : getTextFormatter(options);
}

/**
 * `12:00:01 warn message`: without the category, which is always the program's name, with the worker where there are several.
 * The mistakes of a configuration are on lines of their own below.
 */
function line(
  { timestamp, level, message, record }: {
    timestamp: string | null;
    level: string;
    message: string;
    record: LogRecord;
  },
): string {
  const time = timestamp?.replace(/\.\d+/, "") ?? "";
  const { problems, worker } = record.properties;
  const who = worker === undefined ? "" : `worker ${worker}: `;
  const below = Array.isArray(problems) ? problems.flatMap((one) => String(one).split("\n")) : [];
  return [`${time} ${level} ${who}${message}`, ...below.map((one) => `  ${visible(one)}`)].join("\n");
}
