/** Where the program keeps what it must remember between runs. */
import { homedir } from "node:os";
import { join, posix, win32 } from "node:path";
import process from "node:process";

/** What the folder depends on; the process's own where not given. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly home: string;
}

const NAME = "terraphim-llm-proxy";

/**
 * The user's data folder for this program: `$XDG_DATA_HOME/terraphim-llm-proxy` (default `~/.local/share/…`),
 * `~/Library/Application Support/terraphim-llm-proxy` on macOS, `%LOCALAPPDATA%\terraphim-llm-proxy` on Windows.
 * It is not created. An XDG path that is not absolute is ignored, as the specification demands:
 * https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function dataFolder(
  { env, platform, home }: Surroundings = {
    env: process.env,
    platform: process.platform,
    home: homedir(),
  },
): string {
  if (platform === "win32") {
    return win32.join(env.LOCALAPPDATA || win32.join(home, "AppData", "Local"), NAME);
  }
  if (env.XDG_DATA_HOME && posix.isAbsolute(env.XDG_DATA_HOME)) return posix.join(env.XDG_DATA_HOME, NAME);
  if (platform === "darwin") return posix.join(home, "Library", "Application Support", NAME);
  return posix.join(home, ".local", "share", NAME);
}

/** The files in it. */
const FILES = {
  ledger: "ledger.sqlite",
  /** A folder: requests that the store does not have yet. */
  spool: "ledger-spool",
  /** The list of models that the user brought. */
  models: "models.json",
  /** Used-up quotas, for the next start. */
  cooldowns: "cooldowns.json",
  /** What is left of plans, for the next start. */
  headroom: "headroom.json",
  /** What models refused, for the next start. */
  lessons: "lessons.json",
  /** The latest decisions, for corrections. */
  decisions: "decisions.jsonl",
  /** Corrections and thumbs. */
  learned: "learned.json",
  /** The random key with which keys become ids. */
  installation: "installation.key",
  /** Keys with names, as salted hashes. */
  keys: "keys.json",
  /** Those of the store, for a start without it. */
  storedKeys: "keys-of-store.json",
  /** Configuration files that the proxy has run with, with their digests. */
  folders: "folders.json",
  /** Files of clients that `setup` has changed, and what was there before. */
  setups: "setups.json",
} as const;

/** The path of one of the program's files in a data folder. */
export const dataFile = (folder: string, file: keyof typeof FILES): string => join(folder, FILES[file]);
