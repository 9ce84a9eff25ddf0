import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Cooldowns } from "../../../src/dispatch/cooldown/cooldowns.ts";
import { cooldownSaver, loadCooldowns } from "../../../src/dispatch/cooldown/file.ts";
import { tempFolder } from "../../support/disposable.ts";

const NOW = Date.UTC(2026, 10, 22);
const used = (provider: string) =>
  [
    { provider, model: "m", key: "k" },
    { class: "quota_exhausted", provider, model: "m", message: "used up", resetAt: NOW + 1_000_000 },
    NOW,
  ] as const;

/** A file that goes away with the test. */
async function withFile(work: (path: string) => Promise<void> | void): Promise<void> {
  using folder = tempFolder();
  await work(folder.at("cooldowns.json"));
}

/** The cooldowns of one proxy that keeps them in a file. */
function kept(path: string): Cooldowns {
  const save = cooldownSaver(path, () => {});
  const cooldowns: Cooldowns = new Cooldowns(() => save(cooldowns, NOW));
  loadCooldowns(path, cooldowns, NOW);
  return cooldowns;
}

const providersIn = (path: string): string[] =>
  JSON.parse(readFileSync(path, "utf8")).map(({ provider }: { provider: string }) => provider).sort();

test("two proxies on one file keep each other's cooldowns", () =>
  withFile((path) => {
    const [one, two] = [kept(path), kept(path)];
    one.failed(...used("a"));
    two.failed(...used("b"));
    one.failed(...used("c"));
    assert.deepEqual(providersIn(path), ["a", "b", "c"]);
    const later = kept(path);
    for (const provider of ["a", "b", "c"]) {
      assert.equal(later.at({ provider, model: "m", key: "k" }, NOW).state, "cooling");
    }
  }));

test("what one proxy ends stays ended, though the other one has it in memory", () =>
  withFile((path) => {
    const one = kept(path);
    one.failed(...used("a"));
    const two = kept(path);
    one.reset();
    two.failed(...used("b"));
    assert.deepEqual(providersIn(path), ["b"]);
  }));

test("a file that is broken counts as an empty one", () =>
  withFile((path) => {
    const one = kept(path);
    one.failed(...used("a"));
    assert.deepEqual(kept(join(path, "nowhere")).list(NOW), []);
    assert.deepEqual(providersIn(path), ["a"]);
  }));
