/** What the program says while it runs: one line an event, for eyes on a terminal or as JSON. */

export type LogLevel = "error" | "warn" | "info" | "debug";

/** Values are plain data without secrets. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Says something. The message stands alone; fields are for programs. */
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;

/** Says nothing. */
export const silent: Log = () => {};
