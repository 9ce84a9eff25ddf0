/** The configuration of a running program: one frozen value, swapped when its files change. */
import { messageOf } from "../../files/errors.ts";
import { basename } from "node:path";
import type { Config, ConfigWarning } from "../config.ts";
import { findConfig, userConfigPath } from "../source/paths.ts";
import { loadConfig, type LoadResult, openConfig, type OpenOptions } from "../load.ts";
import { type ConfigProblem, formatProblem, formatWarning } from "../problem.ts";
import { FileWatcher, type WatchOptions } from "./watch.ts";

/** The state of the configuration, for `/health`, the dashboard and the log. */
export interface LiveState {
  /** Where a configuration without a file comes from. @default the keys in the environment */
  readonly origin?: string;
  /** The file in use; undefined: there is none. */
  readonly path?: string;
  /** Epoch milliseconds at which {@link LiveConfig.current} was loaded. */
  readonly loadedAt: number;
  /** False: the files have a mistake, and the last good configuration is still in use. */
  readonly ok: boolean;
  /** The mistakes, one text each, without secrets. */
  readonly problems: readonly string[];
  readonly brokenAt?: number;
  /** When the last mistake was fixed. */
  readonly fixedAt?: number;
  readonly warnings: readonly string[];
  /** The number of swaps since the start. */
  readonly reloads: number;
}

/** Events for the log. A bad file is reported once, and again when it is fixed. */
export type LiveEvent =
  | { readonly kind: "reloaded"; readonly reason: string; readonly warnings: readonly string[] }
  | { readonly kind: "broken"; readonly reason: string; readonly problems: readonly string[] }
  | { readonly kind: "fixed"; readonly reason: string; readonly warnings: readonly string[] }
  | { readonly kind: "listener_failed"; readonly reason: string; readonly problems: readonly string[] };

export type SwapListener = (next: Config, previous: Config, reason: string) => void;

export interface LiveOptions extends OpenOptions, WatchOptions {
  readonly onEvent?: (event: LiveEvent) => void;
  /**
   * Called before a configuration is swapped in; what it throws or rejects with makes the reload fail as a whole, like a
   * mistake in the file. Undefined: nothing to wait for.
   */
  readonly admit?: (next: Config, reason: string) => Promise<void> | undefined;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

export type OpenLiveResult =
  | { readonly ok: true; readonly live: LiveConfig }
  | {
    readonly ok: false;
    readonly problems: readonly ConfigProblem[];
    readonly warnings: readonly ConfigWarning[];
  };

export class LiveConfig {
  readonly #options: LiveOptions;
  readonly #watcher: FileWatcher;
  readonly #listeners = new Set<SwapListener>();
  #current: Config;
  #state: LiveState;
  /** A reload that waits to be admitted. */
  #admitting: Promise<boolean> | undefined;
  /** Why the files must be read again when it is over; undefined: they need not. */
  #again: string | undefined;
  #closed = false;

  private constructor(
    config: Config,
    options: LiveOptions,
    watcher: FileWatcher,
  ) {
    this.#options = options;
    this.#current = config;
    this.#state = {
      ...(config.path !== undefined && { path: config.path }),
      loadedAt: this.#now(),
      ok: true,
      problems: [],
      warnings: config.warnings.map(formatWarning),
      reloads: 0,
    };
    this.#watcher = watcher;
  }

  /** Loads the configuration for the first time. @returns its problems where it has any: the caller shows them */
  static open(options: LiveOptions = {}): OpenLiveResult {
    const opened: { live?: LiveConfig } = {};
    const watcher = watcherFor(opened, options);
    // The files are watched before they are read: an edit in between is noticed.
    watcher.watch([findConfig(options)?.path ?? userConfigPath(options)]);
    const result = openConfig(options);
    if (!result.ok) return { ok: false, problems: result.problems, warnings: result.warnings };
    watcher.watch(filesOf(result, options));
    opened.live = new LiveConfig(result.config, options, watcher);
    return { ok: true, live: opened.live };
  }

  /** Wraps a configuration that was made elsewhere, for embedding and tests; `reload` reads the files that `options` name. */
  static of(config: Config, options: LiveOptions = {}): LiveConfig {
    const opened: { live?: LiveConfig } = {};
    const watcher = watcherFor(opened, options);
    watcher.watch(config.files);
    return opened.live = new LiveConfig(config, options, watcher);
  }

  /** The configuration for requests that arrive now. Frozen: keep it for the request's whole life. */
  get current(): Config {
    return this.#current;
  }

  get state(): LiveState {
    return this.#state;
  }

  /** Calls `listener` after each swap. @returns a function that unsubscribes */
  onSwap(listener: SwapListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Starts reloading on changes, within about a third of a second of a save. */
  watch(): void {
    this.#watcher.start();
  }

  /**
   * Reads the files again. A mistake changes only {@link state}.
   * @returns whether the configuration was swapped: at once, unless {@link LiveOptions.admit} has something to wait for
   */
  async reload(reason: string): Promise<boolean> {
    if (this.#admitting !== undefined) {
      this.#again = reason; // the files may have changed since they were read
      return await this.#admitting;
    }
    const result = openConfig({ ...this.#options, ...this.#path(), refuseEmpty: true });
    this.#watcher.watch(filesOf(result, this.#options));
    if (!result.ok) return this.#broken(result.problems.map(formatProblem), reason);
    const { foundBy } = this.#current;
    const next = foundBy === undefined ? result.config : Object.freeze({ ...result.config, foundBy });
    const admitted = this.#options.admit?.(next, reason);
    if (admitted === undefined) return this.#swap(next, reason);
    this.#admitting = admitted.then(
      () => this.#swap(next, reason),
      (error) => this.#broken([messageOf(error)], reason),
    );
    const swapped = await this.#admitting;
    this.#admitting = undefined;
    const again = this.#again;
    this.#again = undefined;
    return again === undefined || this.#closed ? swapped : await this.reload(again);
  }

  /** Keeps the configuration, and says why. */
  #broken(problems: readonly string[], reason: string): boolean {
    const known = !this.#state.ok && problems.join("\n") === this.#state.problems.join("\n");
    this.#state = { ...this.#state, ok: false, problems, brokenAt: this.#state.brokenAt ?? this.#now() };
    if (!known) this.#emit({ kind: "broken", reason, problems });
    return false;
  }

  #swap(config: Config, reason: string): boolean {
    const now = this.#now();
    const { brokenAt: _, ...state } = this.#state;
    const wasBroken = !state.ok;
    const previous = this.#current;
    const warnings = config.warnings.map(formatWarning);
    this.#current = config;
    this.#state = {
      ...state,
      ...(config.path !== undefined && { path: config.path }),
      loadedAt: now,
      ok: true,
      problems: [],
      ...(wasBroken && { fixedAt: now }),
      warnings,
      reloads: state.reloads + 1,
    };
    this.#emit({ kind: wasBroken ? "fixed" : "reloaded", reason, warnings });
    for (const listener of this.#listeners) {
      try {
        listener(config, previous, reason);
      } catch (error) {
        const message = messageOf(error);
        this.#emit({ kind: "listener_failed", reason, problems: [message] });
      }
    }
    return true;
  }

  /**
   * What the file in use would be with another text: the check of a change before it is written.
   * @returns undefined: there is no file
   */
  tried(text: string): LoadResult | undefined {
    const { path } = this.#current;
    return path === undefined ? undefined : loadConfig(path, this.#options, text);
  }

  /** Stops watching. The current configuration remains. */
  close(): void {
    this.#closed = true;
    this.#watcher.close();
    this.#listeners.clear();
  }

  /** The file in use remains in use, even while it is missing. */
  #path(): { option?: string } {
    return this.#current.path === undefined ? {} : { option: this.#current.path };
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  #emit(event: LiveEvent): void {
    this.#options.onEvent?.(event);
  }
}

function filesOf(result: LoadResult, options: LiveOptions): readonly string[] {
  const files = result.ok ? result.config.files : result.files;
  const fromFile = result.ok ? result.config.path !== undefined : true;
  return fromFile ? files : [...files, userConfigPath(options)];
}

function watcherFor(opened: { live?: LiveConfig }, options: LiveOptions): FileWatcher {
  return new FileWatcher((changed) => {
    const names = changed.map((path) => basename(path)).join(", ");
    void opened.live?.reload(`${names} changed`);
  }, options);
}
