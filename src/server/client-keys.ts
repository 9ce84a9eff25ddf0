/** The keys with names of the running proxy: read again when their file changes. */
import {
  budgetsOf,
  changeClientKeys,
  type ClientKey,
  KeyRing,
  readClientKeys,
} from "../config/client-keys.ts";
import type { Budget } from "../config/config.ts";
import { FileWatcher } from "../config/live/watch.ts";
import { messageOf } from "../files/errors.ts";
import type { Log } from "../log/log.ts";
import { counted } from "../text/format.ts";

export class ClientKeys {
  #ring = new KeyRing([]);
  /** The file is there, so that the proxy needs a key whatever is in it. */
  #isThere = false;
  readonly #path: string | undefined;
  readonly #log: Log;
  readonly #listeners = new Set<() => void>();
  readonly #watcher: FileWatcher | undefined;

  /** @param path undefined: there are none */
  constructor(path: string | undefined, log: Log) {
    this.#path = path;
    this.#log = log;
    if (path === undefined) return;
    this.#watcher = new FileWatcher(() => this.#changed());
    this.#watcher.watch([path]); // before it is read: a change in between is noticed
    this.#read(path);
    this.#watcher.start();
  }

  get ring(): KeyRing {
    return this.#ring;
  }

  /** Whether there are any, valid or not: a proxy whose last key was revoked must not be open. */
  get areThere(): boolean {
    return this.#isThere;
  }

  /** Their budgets, each named `key NAME`. */
  budgets(): readonly Budget[] {
    return budgetsOf(this.#ring.keys);
  }

  named(name: string | undefined): ClientKey | undefined {
    return name === undefined ? undefined : this.#ring.named(name);
  }

  /**
   * Changes their file, and takes the change over at once.
   * @returns what `change` returns; what it throws changes nothing
   * @throws Error where there is no file, or it cannot be written
   */
  change<Change extends { readonly keys: readonly ClientKey[] }>(
    change: (keys: readonly ClientKey[]) => Change,
  ): Change {
    if (this.#path === undefined) throw new Error("This proxy has no data folder, so it keeps no keys.");
    let made: Change | undefined;
    changeClientKeys(this.#path, (keys) => (made = change(keys)).keys);
    this.#changed();
    return made!;
  }

  /** Calls `listener` after each change. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  close(): void {
    this.#watcher?.close();
  }

  #changed(): void {
    if (this.#path === undefined || !this.#read(this.#path)) return;
    this.#log("info", `keys changed: ${counted(this.#ring.keys.length, "key")} with a name`);
    for (const listener of this.#listeners) listener();
  }

  /** A file that cannot be used leaves the keys as they are; at the start there are none then, and nobody gets in. */
  #read(path: string): boolean {
    try {
      const keys = readClientKeys(path);
      this.#ring = new KeyRing(keys);
      this.#isThere = keys.length > 0;
      return true;
    } catch (error) {
      this.#isThere = true;
      this.#log("error", `the keys of before stay in force: ${messageOf(error)}`);
      return false;
    }
  }
}
