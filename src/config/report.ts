/** What is found wrong or worth saying while a configuration is built, each with its place in the file. */
import type { ConfigWarning } from "./config.ts";
import type { KeyPath, Positions } from "./positions.ts";
import { type ConfigProblem, keyText } from "./problem.ts";
import { joined, type Unresolved } from "./references.ts";

type Details = Partial<Pick<ConfigProblem, "found" | "expected" | "nearest">>;

/** Collects problems and warnings; knows which references led to nothing. */
export class Report {
  readonly problems: ConfigProblem[] = [];
  readonly #warnings: { warning: ConfigWarning; general: string; also: number[] }[] = [];
  readonly #unresolved = new Map<string, Unresolved[]>();

  constructor(
    /** For people; "" when the configuration does not come from a file. */
    readonly file: string,
    readonly positions: Positions | undefined,
    unresolved: readonly Unresolved[] = [],
    /** Where a key really stands that an old file has under another name, by joined path. */
    readonly moved: ReadonlyMap<string, KeyPath> = new Map(),
  ) {
    for (const one of unresolved) {
      const key = joined(one.path);
      const list = this.#unresolved.get(key);
      if (list === undefined) this.#unresolved.set(key, [one]);
      else list.push(one);
    }
  }

  /** Something that must be put right before the configuration can be used. */
  problem(at: KeyPath, message: string, details: Details = {}): void {
    const path = this.#written(at);
    const place = this.positions?.nearest(path);
    this.problems.push({ file: this.file, ...place, key: keyText(path), message, ...details });
  }

  /** Something that deserves a look. The same words for a further place are told once, with both lines. */
  warn(at: KeyPath | undefined, message: string): void {
    const path = at === undefined ? undefined : this.#written(at);
    const line = path === undefined ? undefined : this.positions?.nearest(path)?.line;
    const key = path === undefined ? undefined : keyText(path);
    const general = key?.replace(/\[\d+\]/g, "[]") ?? "";
    const same = this.#warnings.find((one) => one.warning.message === message && one.general === general);
    if (same !== undefined) {
      if (line !== undefined && line !== same.warning.line) same.also.push(line);
      return;
    }
    const warning = {
      ...(this.file !== "" && { file: this.file }),
      ...(line !== undefined && { line }),
      ...(key !== undefined && { key }),
      message,
    };
    this.#warnings.push({ warning, general, also: [] });
  }

  #written(path: KeyPath): KeyPath {
    if (this.moved.size === 0) return path;
    for (let length = path.length; length > 0; length--) {
      const from = this.moved.get(joined(path.slice(0, length)));
      if (from !== undefined) return [...from, ...path.slice(length)];
    }
    return path;
  }

  get warnings(): ConfigWarning[] {
    return this.#warnings.map(({ warning, general, also }) =>
      also.length === 0
        ? warning
        : { ...warning, key: general, message: `${warning.message} (also in line ${also.join(", ")})` }
    );
  }

  /** The references below a key that led to nothing; they count as dealt with from then on. */
  takeUnresolved(path: KeyPath): Unresolved[] {
    const taken: Unresolved[] = [];
    for (const [key, list] of this.#unresolved) {
      if (!within(key, path)) continue;
      taken.push(...list);
      this.#unresolved.delete(key);
    }
    return taken;
  }

  /** Whether a reference at or below this key led to nothing. */
  hasUnresolved(path: KeyPath): boolean {
    for (const key of this.#unresolved.keys()) if (within(key, path)) return true;
    return false;
  }
}

/** Whether a joined path is this one or below it. */
function within(key: string, path: KeyPath): boolean {
  if (path.length === 0) return true;
  const prefix = joined(path);
  return key === prefix || key.startsWith(`${prefix}\u0000`);
}
