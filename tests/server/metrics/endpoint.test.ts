import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { json } from "../../support/provider.ts";
import { proxyWith, type ProxyWorld } from "../../support/world.ts";
import { written } from "../../support/speech.ts";

/** A line of the exposition: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
const LINE = /^([a-z_:][a-z0-9_:]*)(?:\{(.*)\})? (\S+)$/i;

interface Scraped {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads an exposition, and fails where it is not one. */
function readExposition(text: string): Scraped[] {
  const types = new Map<string, string>();
  const seen = new Set<string>();
  const found: Scraped[] = [];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const comment = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line);
    if (comment !== null) {
      if (comment[1] === "TYPE") {
        assert.ok(!types.has(comment[2]!), `two types of ${comment[2]}`);
        types.set(comment[2]!, comment[3]!);
      }
      continue;
    }
    const [, name, pairs = "", value] = LINE.exec(line) ?? assert.fail(`not a line: ${line}`);
    const family = types.has(name!) ? name! : name!.replace(/_(bucket|sum|count)$/, "");
    assert.ok(types.has(family), `${name} has no type before it`);
    if (types.get(family) === "counter") assert.match(family, /_total$/);
    const labels = Object.fromEntries(
      [...pairs.matchAll(/([a-z_]\w*)="((?:[^"\\]|\\.)*)"/gi)].map(([, label, text]) => [label!, text!]),
    );
    const key = line.slice(0, line.lastIndexOf(" "));
    assert.ok(!seen.has(key), `twice: ${key}`);
    seen.add(key);
    assert.ok(!Number.isNaN(Number(value)), line);
    found.push({ name: name!, labels, value: Number(value) });
  }
  return found;
}

/** The sum of a metric over the series with these labels. */
function valueOf(scraped: readonly Scraped[], name: string, labels: Record<string, string> = {}): number {
  return scraped.filter((one) =>
    one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value)
  ).reduce((sum, { value }) => sum + value, 0);
}

const ANSWER = {
  ...written("openai-chat", "done") as object,
  usage: { prompt_tokens: 1000, completion_tokens: 200, prompt_tokens_details: { cached_tokens: 400 } },
};

const PRICES = `[[prices]]
provider = "one"
model = "opus"
input = 15
output = 75
[[prices]]
provider = "two"
model = "haiku"
input = 1
output = 5
cache_read = 0.1
`;

/** A proxy before two providers whose prices are known. */
const priced = (toml = "") =>
  proxyWith({
    one: { answer: json(ANSWER), key: "secret-one" },
    two: { answer: json(ANSWER), key: "secret-two" },
  }, {
    dialect: "openai-chat",
    router: 'think = "one,opus | two,haiku"\ndefault = "two,haiku"',
    toml: PRICES + toml,
  });

const ask = (world: ProxyWorld, content: string, headers: Record<string, string> = {}) =>
  world.post("/v1/chat/completions", { model: "auto", messages: [{ role: "user", content }] }, headers);

async function scrape(world: ProxyWorld, headers: Record<string, string> = {}): Promise<Scraped[]> {
  const response = await fetch(`${world.url}/metrics`, { headers });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  return readExposition(await response.text());
}

test("requests, tokens and dollars are counted by target, as in the ledger", async () => {
  await using world = await priced();
  for (const words of ["plan the architecture", "hello there", "hello again"]) await ask(world, words);
  await world.ended(3);
  const scraped = await scrape(world);
  const two = { provider: "two", model: "haiku", status: "200" };
  assert.equal(valueOf(scraped, "terraphim_requests_total"), 3);
  assert.equal(valueOf(scraped, "terraphim_requests_total", { ...two, route: "default" }), 2);
  assert.equal(valueOf(scraped, "terraphim_requests_total", { route: "think", provider: "one" }), 1);
  const report = await world.context.ledger()!.report({ since: 0 });
  for (const type of ["input", "cache_read", "cache_write", "output"] as const) {
    assert.equal(valueOf(scraped, "terraphim_tokens_total", { type }), report.tokens[type], type);
  }
  const cost = valueOf(scraped, "terraphim_cost_dollars_total");
  assert.ok(Math.abs(cost - report.cost_usd) < 1e-9, `${cost} is not ${report.cost_usd}`);
  const cached = valueOf(scraped, "terraphim_cost_dollars_total", { type: "cache_read", model: "haiku" });
  assert.ok(Math.abs(cached - 2 * 400 * 0.1 / 1e6) < 1e-12, `${cached}`);
  const baseline = valueOf(scraped, "terraphim_baseline_cost_dollars_total");
  assert.ok(Math.abs(baseline - report.baseline_usd) < 1e-9);
  assert.equal(valueOf(scraped, "terraphim_time_to_first_token_seconds_count"), 3);
  assert.equal(valueOf(scraped, "terraphim_proxy_overhead_microseconds_count"), 3);
  assert.equal(valueOf(scraped, "terraphim_requests_in_flight"), 0);
});

test("a failed attempt, its fallback and its cooldown are counted", async () => {
  await using world = await priced();
  world.one.answer(
    json({ error: { message: "slow down", type: "rate_limit" } }, 429, { "retry-after": "60" }),
  );
  await ask(world, "plan the architecture");
  await world.ended(1);
  const scraped = await scrape(world);
  const failed = { provider: "one", model: "opus", result: "rate_limited" };
  assert.equal(valueOf(scraped, "terraphim_attempts_total", failed), 1);
  assert.equal(valueOf(scraped, "terraphim_attempts_total", { provider: "two", result: "ok" }), 1);
  assert.equal(valueOf(scraped, "terraphim_fallbacks_total", { route: "think" }), 1);
  assert.equal(valueOf(scraped, "terraphim_cooldowns", { provider: "one", class: "rate_limited" }), 1);
  const left = valueOf(scraped, "terraphim_cooldown_remaining_seconds", { provider: "one" });
  assert.ok(left > 30 && left <= 60, `${left}`);
});

test("requests that every target refuses, and that the proxy refuses, are counted apart", async () => {
  await using world = await priced();
  for (const provider of [world.one, world.two]) provider.answer(json({ error: { message: "no" } }, 400));
  await ask(world, "hello");
  await world.post("/v1/chat/completions", "no JSON");
  await world.ended(1);
  const scraped = await scrape(world);
  assert.equal(valueOf(scraped, "terraphim_failures_total", { class: "bad_request" }), 1);
  assert.equal(valueOf(scraped, "terraphim_requests_total", { status: "400", provider: "two" }), 1);
  assert.equal(valueOf(scraped, "terraphim_refused_requests_total", { status: "400" }), 1);
});

test("metrics need the proxy's key, and hold neither it nor a provider's", async () => {
  await using world = await priced('[proxy]\napi_key = "proxy-key"');
  assert.equal((await world.get("/metrics")).status, 401);
  const key = { authorization: "Bearer proxy-key" };
  await ask(world, "hello", key);
  await world.ended(1);
  const text = await (await fetch(`${world.url}/metrics`, { headers: key })).text();
  assert.match(text, /terraphim_requests_total\{.*\} 1/);
  for (const secret of ["proxy-key", "secret-one", "secret-two"]) assert.ok(!text.includes(secret), secret);
});

test("metrics that are switched off answer 404, and are still counted", async () => {
  await using world = await priced("[telemetry]\nmetrics = false");
  await ask(world, "hello");
  await world.ended(1);
  const off = await world.get("/metrics");
  assert.equal(off.status, 404);
  assert.match((await off.json()).error.message, /metrics = false/);
  world.reload({}, { toml: PRICES });
  assert.equal(valueOf(await scrape(world), "terraphim_requests_total"), 1);
});

test("any model's name is one label's value", async () => {
  await using world = await priced();
  const model = 'odd"\\name}\u00e9';
  await world.post("/v1/chat/completions", {
    model: `two,${model}`,
    messages: [{ role: "user", content: "hello" }],
  });
  await world.ended(1);
  const scraped = await scrape(world);
  const label = scraped.find(({ name }) => name === "terraphim_requests_total")!.labels.model!;
  assert.equal(label.replace(/\\(.)/g, "$1"), model);
});

test("the documentation lists every metric, and no other", async () => {
  await using world = await priced();
  const text = await (await world.get("/metrics")).text();
  const there = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`);
  const docs = readFileSync(new URL("../../../docs/observability.md", import.meta.url), "utf8");
  const listed = [...docs.matchAll(/^\| `((?:terraphim|process)_\w+)` \| (\w+) \|/gm)]
    .map(([, name, type]) => `${name} ${type}`);
  assert.deepEqual(listed.sort(), there.sort());
});
