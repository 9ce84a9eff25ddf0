/** What ends with the block of its `using` or `await using`: a folder of a test, and anything that can be closed. */
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

/**
 * Ends something at the end of the block: of `using`, where that is done when the call returns, else of `await using`.
 *
 * ```ts
 * using ledger = closing(new Ledger({ path }));
 * await using server = closing(serve(context, "127.0.0.1", 0), (one) => one.kill());
 * ```
 *
 * @param end @default its `close()`
 */
export function closing<T extends { close(): unknown }>(one: T): T & Disposable & AsyncDisposable;
export function closing<T extends object>(one: T, end: (one: T) => unknown): T & Disposable & AsyncDisposable;
export function closing<T extends { close?(): unknown }>(one: T, end = (one: T) => one.close?.()) {
  return Object.assign(one, {
    [Symbol.dispose]: () => void end(one),
    [Symbol.asyncDispose]: async () => void await end(one),
  });
}
