import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { FileWatcher } from "../../../src/config/live/watch.ts";
import { inFolder } from "../../cli/terminal.ts";
import { closing } from "../../support/disposable.ts";
import { awake } from "../../support/waiting.ts";

interface Bench {
  readonly path: (name: string) => string;
  readonly watcher: FileWatcher;
  /** Resolves to the names that the next report has. */
  next(): Promise<readonly string[]>;
}

/** A watcher over a folder of its own. The timer keeps the process up: the watcher does not. */
const watching = (names: readonly string[], work: (bench: Bench) => Promise<void>) =>
  inFolder(Object.fromEntries(names.map((name) => [name, "a"])), async (folder) => {
    using _up = awake();
    const path = (name: string) => join(folder, name);
    const reports: (readonly string[])[] = [];
    let waiting: ((names: readonly string[]) => void) | undefined;
    using watcher = closing(
      new FileWatcher((changed) => {
        const found = changed.map((one) => one.slice(folder.length + 1)).sort();
        if (waiting === undefined) reports.push(found);
        else waiting(found);
        waiting = undefined;
      }, { interval: 5, settle: 5 }),
    );
    watcher.watch(names.map(path));
    watcher.start();
    await work({
      path,
      watcher,
      next: () => {
        const early = reports.shift();
        return early === undefined
          ? new Promise((resolve) => void (waiting = resolve))
          : Promise.resolve(early);
      },
    });
  });

test("a file that is changed, replaced, taken away or comes back is reported each time", () =>
  watching(["one", "two"], async ({ path, next }) => {
    writeFileSync(path("one"), "b");
    assert.deepEqual(await next(), ["one"]);
    writeFileSync(path("fresh"), "c");
    renameSync(path("fresh"), path("two"));
    assert.deepEqual(await next(), ["two"]);
    rmSync(path("two"));
    assert.deepEqual(await next(), ["two"]);
    writeFileSync(path("two"), "");
    assert.deepEqual(await next(), ["two"]);
  }));

test("a file that was only touched has not changed", () =>
  watching(["one", "two"], async ({ path, next }) => {
    const { mtimeMs } = statSync(path("one"));
    utimesSync(path("one"), new Date(mtimeMs + 10_000), new Date(mtimeMs + 10_000));
    writeFileSync(path("two"), "b");
    assert.deepEqual(await next(), ["two"]);
  }));

test("a file in a folder that is not there yet is noticed when it comes", () =>
  watching([], async ({ path, watcher, next }) => {
    watcher.watch([path("later/file")]);
    mkdirSync(path("later"));
    writeFileSync(path("later/file"), "größe");
    assert.deepEqual(await next(), ["later/file"]);
  }));

test("a folder has changed when a file comes into it, at any depth", () =>
  watching([], async ({ path, watcher, next }) => {
    mkdirSync(path("words/deep"), { recursive: true });
    watcher.watch([path("words")]);
    writeFileSync(path("words/deep/one.md"), "");
    assert.deepEqual(await next(), ["words"]);
  }));

test("a change between two lists is not lost, and a file that is dropped is not reported", () =>
  watching(["one", "two"], async ({ path, watcher, next }) => {
    writeFileSync(path("one"), "b");
    writeFileSync(path("two"), "b");
    watcher.watch([path("one")]);
    assert.deepEqual(await next(), ["one"]);
  }));
