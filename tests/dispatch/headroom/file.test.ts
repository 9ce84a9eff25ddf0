import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { HeadroomFile, readHeadrooms } from "../../../src/dispatch/headroom/file.ts";
import { Headrooms } from "../../../src/dispatch/headroom/headrooms.ts";
import { inFolder, notes } from "../../ledger/sample.ts";

const NOW = Date.UTC(2026, 10, 22);
const ACCOUNT = { provider: "anthropic", key: "1a2b3c4d" };
const WINDOW = { window: "5h", used: 0.25, resetAt: NOW + 3_600_000, ofPlan: true };

/** What is left of one credential's plan. */
function seen(used = 0.25): Headrooms {
  const headrooms = new Headrooms();
  headrooms.saw(ACCOUNT, [{ ...WINDOW, used }], NOW);
  return headrooms;
}

test("what was seen is there after a restart", () =>
  inFolder((folder) => {
    const path = join(folder, "headroom.json");
    const file = new HeadroomFile(path, notes().log);
    file.changed(seen(), NOW);
    assert.deepEqual(readHeadrooms(path), [{ ...ACCOUNT, windows: [WINDOW], seen: NOW }]);
  }));

test("changes are written every half minute, and the last ones when they are asked for", () =>
  inFolder((folder) => {
    const path = join(folder, "headroom.json");
    const file = new HeadroomFile(path, notes().log);
    const used = () => readHeadrooms(path)[0]?.windows[0]?.used;
    file.changed(seen(0.1), NOW);
    file.changed(seen(0.2), NOW + 29_999);
    assert.equal(used(), 0.1);
    file.write(seen(0.2), NOW + 29_999);
    assert.equal(used(), 0.2);
    file.changed(seen(0.3), NOW + 60_000);
    assert.equal(used(), 0.3);
  }));

test("nothing is written where nothing has changed", () =>
  inFolder((folder) => {
    const path = join(folder, "headroom.json");
    new HeadroomFile(path, notes().log).write(seen(), NOW);
    assert.throws(() => readFileSync(path));
  }));

test("a missing or broken file is an empty one, and a broken entry costs no other", () =>
  inFolder((folder) => {
    const path = join(folder, "headroom.json");
    assert.deepEqual(readHeadrooms(path), []);
    for (const text of ["", "{", "null", "{}", '"x"']) {
      writeFileSync(path, text);
      assert.deepEqual(readHeadrooms(path), [], text);
    }
    const good = { ...ACCOUNT, windows: [WINDOW], seen: NOW };
    const odd = [
      null,
      7,
      { ...good, key: 7 },
      { ...good, seen: "now" },
      { ...good, windows: [{ ...WINDOW, used: "all" }] },
      { ...good, windows: [{ ...WINDOW, resetAt: 1e300 }] },
    ];
    writeFileSync(path, JSON.stringify([...odd, good]));
    assert.deepEqual(readHeadrooms(path), [good]);
  }));

test("a file that cannot be written is logged once, until it could be again", () =>
  inFolder((folder) => {
    const blocked = join(folder, "headroom.json");
    mkdirSync(join(blocked, "folder"), { recursive: true });
    const { log, lines } = notes();
    const file = new HeadroomFile(blocked, log);
    for (let i = 0; i < 3; i++) file.changed(seen(), NOW + i * 60_000);
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /^warn: what is left of plans will not survive a restart: /);
  }));
