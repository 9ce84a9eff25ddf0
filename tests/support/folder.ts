/** A folder of a test, which goes with all that is in it at the end of the block of its `using`. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface TempFolder extends Disposable {
  /** Absolute, without links. */
  readonly path: string;
  /** The path of something in it. */
  at(...names: readonly string[]): string;
  /** Writes a file that its owner alone may read, and returns its path. */
  write(name: string, text: string | Uint8Array): string;
}

/**
 * Makes an empty folder.
 *
 * ```ts
 * using folder = tempFolder();
 * await using world = await proxyWith({ there: good("openai-chat", false) }, { dataFolder: folder.path });
 * ```
 */
export function tempFolder(): TempFolder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "test-")));
  const at = (...names: readonly string[]) => join(path, ...names);
  return {
    path,
    at,
    write(name, text) {
      mkdirSync(dirname(at(name)), { recursive: true });
      writeFileSync(at(name), text, { mode: 0o600 });
      return at(name);
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
