/** The keys with names of the running proxy: read again when their file changes, or those of the store as they change there. */
import {
  budgetsOf,
  changeClientKeys,
  type ClientKey,
  clientKeyIn,
  KeyRing,
  readClientKeys,
  writeClientKeys,
} from "../config/client-keys.ts";
import { existsSync } from "node:fs";
import type { Budget } from "../config/config.ts";
import { FileWatcher } from "../config/live/watch.ts";
import { messageOf } from "../files/errors.ts";
import type { Log } from "../log/log.ts";
import { counted } from "../text/format.ts";
import type { Replicas } from "../store/replicas.ts";

/** The part of the store that has keys. */
export interface StoredKeys extends Pick<Replicas, "values" | "changeKeys"> {
  /** The file that had the keys before there was a store: while its keys are nowhere else, the proxy is not open. */
  readonly before?: string | undefined;
}

export class ClientKeys {
  #ring = new KeyRing([]);
  /** The file is there, so that the proxy needs a key whatever is in it. */
  #isThere = false;
  readonly #path: string | undefined;
  readonly #stored: StoredKeys | undefined;
  readonly #shared = new Map<string, ClientKey>();
  readonly #log: Log;
  readonly #listeners = new Set<() => void>();
  readonly #watcher: FileWatcher | undefined;

  /**
   * @param path undefined: there are none
   * @param stored the store, whose keys are used instead of the file's; the file is a copy then, for a start without the store
   */
  constructor(path: string | undefined, log: Log, stored?: StoredKeys) {
    this.#path = path;
    this.#log = log;
    this.#stored = stored;
    if (stored !== undefined) this.#follow(stored);
    if (path === undefined || stored !== undefined) return;
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
   * Changes them, in the store where there is one, else in their file, and takes the change over at once.
   * @returns what `change` returns; what it throws changes nothing
   * @throws Error where they are kept nowhere, or cannot be written
   */
  async change<Change extends { readonly keys: readonly ClientKey[] }>(
    change: (keys: readonly ClientKey[]) => Change,
  ): Promise<Change> {
    if (this.#stored !== undefined) {
      const made = await this.#stored.changeKeys(change);
      await this.#stored.values.read();
      return made;
    }
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
    this.#announce();
  }

  #announce(): void {
    this.#log("info", `keys changed: ${counted(this.#ring.keys.length, "key")} with a name`);
    for (const listener of this.#listeners) listener();
  }

  /** Until the store was read once, the copy counts; without one nobody gets in with a name, and nobody without a key. */
  #follow({ values, before }: StoredKeys): void {
    if (this.#path !== undefined) this.#read(this.#path);
    if (this.#ring.keys.length === 0) this.#isThere = true;
    let isRead = false;
    values.on("key", (changes) => {
      for (const { id, value } of changes) {
        const key = clientKeyIn(value);
        if (key === undefined) this.#shared.delete(id);
        else this.#shared.set(id, key);
      }
      if (isRead) this.#takeShared();
    });
    void values.firstRead.then(() => {
      isRead = true;
      this.#isThere = false; // now it is known
      this.#takeShared();
      if (this.#isThere || before === undefined || !existsSync(before)) return;
      this.#isThere = true;
      this.#log(
        "warn",
        `the keys of ${before} are not used, since there is a store: the next change by the command keys copies them`,
      );
    });
  }

  #takeShared(): void {
    const keys = [...this.#shared.values()];
    const isNew = JSON.stringify(keys) !== JSON.stringify(this.#ring.keys);
    this.#ring = new KeyRing(keys);
    this.#isThere ||= keys.length > 0;
    if (!isNew) return;
    this.#announce();
    try {
      if (this.#path !== undefined) writeClientKeys(this.#path, keys);
    } catch (error) {
      this.#log("warn", `a start without the store will not know these keys: ${messageOf(error)}`);
    }
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
