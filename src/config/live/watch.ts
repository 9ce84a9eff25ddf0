/**
 * Notices changed files, however they were saved: in place, by rename, by a swapped symbolic link, in a folder that
 * does not exist yet. It checks the files' stamps five times a second, because the systems' own notifications differ
 * between runtimes and lose a file that is renamed; then it compares contents, so a file that was only touched has
 * not changed.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { clearTimeout, setTimeout } from "node:timers";
import { errorCode } from "../../files/errors.ts";

export interface WatchOptions {
  /** Milliseconds between two checks. @default 200 */
  readonly interval?: number;
  /** Milliseconds for which a changed file must not change again, so that a half-written one is not read. @default 100 */
  readonly settle?: number;
}

/** For this long a file's stamp may be too coarse to distinguish two saves, so its contents are compared. */
const COARSE_MS = 2500;
/** A file that never settles is read after this long. */
const PATIENCE_MS = 500;

interface Look {
  /** Inode, size and times; "" when there is no file. */
  readonly stamp: string;
  readonly modified: number;
}

/** Watches files until it is closed. It never keeps the process alive. */
export class FileWatcher {
  readonly #digests = new Map<string, string>();
  readonly #stamps = new Map<string, string>();
  readonly #interval: number;
  readonly #settle: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unsettledSince: number | undefined;
  #closed = false;

  constructor(readonly onChange: (changed: readonly string[]) => void, options: WatchOptions = {}) {
    this.#interval = options.interval ?? 200;
    this.#settle = options.settle ?? 100;
  }

  /** Watches these files from now on. Those already watched keep their known contents. */
  watch(files: readonly string[]): void {
    const wanted = new Set(files);
    for (const path of this.#digests.keys()) {
      if (wanted.has(path)) continue;
      this.#digests.delete(path);
      this.#stamps.delete(path);
    }
    for (const path of wanted) if (!this.#digests.has(path)) this.#digests.set(path, digest(path));
  }

  /** Starts checking. */
  start(): void {
    if (this.#timer === undefined && !this.#closed) this.#schedule(this.#interval);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #schedule(delay: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#look(), delay);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const paths = [...this.#digests.keys()];
    const looks = await Promise.all(paths.map(lookAt));
    if (this.#closed) return;
    const now = Date.now();
    let moved = false;
    let coarse = false;
    looks.forEach((look, index) => {
      const path = paths[index]!;
      const known = this.#stamps.get(path);
      if (known !== undefined && known !== look.stamp) moved = true;
      if (known === undefined || now - look.modified < COARSE_MS) coarse = true;
      this.#stamps.set(path, look.stamp);
    });
    if (moved) this.#unsettledSince ??= now;
    const since = this.#unsettledSince;
    if (since !== undefined && moved && now - since < PATIENCE_MS) return this.#schedule(this.#settle);
    if (since !== undefined || coarse) {
      this.#unsettledSince = undefined;
      if (since === undefined && this.#different(paths).length > 0) {
        // Only the contents show the change: the file gets its time to settle too.
        this.#unsettledSince = now;
        return this.#schedule(this.#settle);
      }
      const changed = this.#different(paths);
      for (const path of changed) this.#digests.set(path, digest(path));
      if (changed.length > 0) this.onChange(changed);
    }
    this.#schedule(this.#interval);
  }

  #different(paths: readonly string[]): string[] {
    return paths.filter((path) => this.#digests.has(path) && this.#digests.get(path) !== digest(path));
  }
}

async function lookAt(path: string): Promise<Look> {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = await stat(path);
    return { stamp: `${dev}:${ino}:${size}:${mtimeMs}:${ctimeMs}`, modified: mtimeMs };
  } catch (error) {
    return { stamp: `!${errorCode(error)}`, modified: 0 };
  }
}

function digest(path: string): string {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("base64");
  } catch (error) {
    return errorCode(error) === "EISDIR" ? listed(path) : `!${errorCode(error)}`;
  }
}

/** Of a folder: which files are in it, and below it. */
function listed(path: string): string {
  try {
    return readdirSync(path, { recursive: true, encoding: "utf8" }).sort().join("\n");
  } catch (error) {
    return `!${errorCode(error)}`;
  }
}
