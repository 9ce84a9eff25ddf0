/** What the program logs while it runs: one line for each event, for a terminal or as JSON. */

export type LogLevel = "error" | "warn" | "info" | "debug";

/** Values are plain data without secrets. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Logs an event. The message is complete without the fields, which are for programs. */
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;

/** Logs nothing. */
export const silent: Log = () => {};
