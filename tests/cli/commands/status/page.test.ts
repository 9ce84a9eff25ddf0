import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CooldownHealth, Health, ProviderHealth } from "../../../../src/cli/commands/status/health.ts";
import { asText, cooldownText } from "../../../../src/cli/commands/status/page.ts";
import { widthOf } from "../../../../src/text/width.ts";
import { session } from "../../terminal.ts";

const NOW = new Date(2026, 10, 26, 12).getTime();
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

const cooldown = (changes: Partial<CooldownHealth> = {}): CooldownHealth => ({
  class: "rate_limited",
  model: null,
  key: null,
  message: "slow down",
  until: at(60),
  seconds_left: 60,
  ...changes,
});
const provider = (changes: Partial<ProviderHealth> = {}): ProviderHealth => ({
  name: "mine",
  base_url: "http://127.0.0.1:1",
  keys: 1,
  problem: null,
  in_flight: 0,
  waiting: 0,
  last_failure: null,
  cooldowns: [],
  headroom: [],
  ...changes,
});
const health = (providers: readonly ProviderHealth[], changes: Partial<Health> = {}): Health => ({
  status: "ok",
  version: "1.2.3",
  uptime_seconds: 3700,
  config: { path: "/home/me/config.toml", ok: true, loaded_at: at(-60), reloads: 0 },
  in_flight: 0,
  providers: [...providers],
  pins: [],
  ...changes,
});
const page = (one: Health, columns?: number) =>
  asText(session([], columns === undefined ? {} : { columns }).io.stdout, one, "http://127.0.0.1:3456", NOW);

/** The state of a provider, as its row has it. */
const state = (changes: Partial<ProviderHealth>) =>
  /^mine {2,}(.*?)(?: {2,}|$)/m.exec(page(health([provider(changes)])))?.[1];

describe("the state of a provider", () => {
  const key = (id: string, more: Partial<CooldownHealth> = {}) => cooldown({ key: id, ...more });
  const cases: readonly (readonly [says: string, changes: Partial<ProviderHealth>])[] = [
    ["ready", {}],
    ["MINE is not set", { problem: "MINE is not set", cooldowns: [cooldown()] }],
    ["not running (http://127.0.0.1:1)", { running: false }],
    ["cooling down (1 min left)", { cooldowns: [cooldown()] }],
    ["cooling down (1 min left)", { cooldowns: [key("a")] }],
    ["paused", { cooldowns: [cooldown({ class: "paused", seconds_left: 1e9 })] }],
    ["partly available", { cooldowns: [cooldown({ model: "m" })] }],
    ["partly available", { keys: 2, cooldowns: [key("a")] }],
    ["cooling down (30 s left)", { keys: 2, cooldowns: [key("a"), key("b", { seconds_left: 30 })] }],
    ["partly available", { keys: 2, cooldowns: [key("a", { model: "m" }), key("b", { model: "n" })] }],
    ["partly available", { keys: "passthrough", cooldowns: [key("a")] }],
  ];
  for (const [says, changes] of cases) {
    const { keys = 1, cooldowns = [] } = changes;
    const what = cooldowns.map(({ model, key }) =>
      [model, key].filter((one) => one !== null).join("/") || "all"
    );
    test(`${says}: ${keys} keys, ${what.join(", ") || "no cooldown"}`, () =>
      assert.equal(state(changes), says));
  }
});

test("a cooldown has what it is about, why and until when; a pause may have no end", () => {
  const text = (changes: Partial<CooldownHealth>, single = false) => cooldownText(cooldown(changes), single);
  assert.match(
    text({ model: "größe", key: "ab" }),
    /^größe, key ab: rate limited until \d\d:\d\d:\d\d \(1 min\): slow down$/,
  );
  assert.match(text({ key: "ab" }, true), /^rate limited until/, "the only key is not named");
  assert.match(text({ class: "paused" }), /^paused until \d\d:\d\d:\d\d \(1 min\)$/);
  assert.equal(text({ class: "paused", model: "m", seconds_left: 1e12 }), "m: paused until it is resumed");
});

test("the last failure is shown where it is not the reason of a cooldown", () => {
  const failed = { at: at(-120), message: "overloaded" };
  assert.match(page(health([provider({ last_failure: failed })])), /last failure 2 min ago: overloaded/);
  const cooling = provider({ last_failure: failed, cooldowns: [cooldown({ message: "overloaded" })] });
  assert.equal(page(health([cooling])).match(/overloaded/g)?.length, 1);
});

test("what is left of plans is a line for each key, and keys' own limits are not plans", () => {
  const room = (key: string, more: object = {}) => ({
    key,
    window: "5h",
    left: 0.25,
    of_plan: true,
    resets_at: null,
    ...more,
  });
  const text = page(
    health([
      provider({
        keys: 2,
        headroom: [room("a"), room("a", { window: "7d", left: 1 }), room("b", { of_plan: false })],
      }),
    ]),
  );
  assert.match(text, /key a: left: 25 % of 5h, 100 % of 7d/);
  assert.doesNotMatch(text, /key b/);
});

test("a configuration with mistakes has them, each on lines of its own", () => {
  const config = {
    path: "/home/me/config.toml",
    ok: false,
    loaded_at: at(-60),
    broken_at: at(-5),
    reloads: 0,
    problems: ["config.toml:1:1: a: is wrong.\n  1 | a", "config.toml:2:1: b: is wrong."],
  };
  const lines = page(health([], { config })).split("\n");
  assert.ok(lines.some((line) => line.startsWith("Configuration has mistakes since ")));
  assert.equal(lines.filter((line) => line.endsWith("is wrong.")).length, 2);
  assert.ok(lines.includes("The previous configuration stays active until the file is fixed."));
  assert.ok(lines.includes("No providers configured."));
});

test("a pinned session is a line, on which its name cannot begin another", () => {
  const pins = [{ session: "a\nb", route: "think", by: "you", since: at(-60) }];
  assert.match(page(health([provider()], { pins })), /^Session a\\nb is pinned to think by you since /m);
});

test("no line is wider than the terminal, whatever the names", () => {
  const long = "größe-".repeat(30);
  const one = provider({
    name: "p".repeat(20),
    problem: `${long} is not set`,
    cooldowns: [cooldown({ message: long.replaceAll("-", " ") })],
  });
  for (const columns of [40, 60, 80, 120]) {
    for (const line of page(health([one]), columns).split("\n")) assert.ok(widthOf(line) <= columns, line);
  }
});
