/**
 * What being watched costs: microseconds a request for metrics, the dashboard and traces, and the dashboard's own times
 * with 100,000 rows. `deno run -A bench/observability.ts` or `bun bench/observability.ts`; where there is no Chromium the
 * page is left out.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { LiveConfig } from "../src/config/live/live.ts";
import { silent } from "../src/log/log.ts";
import { compose } from "../src/server/compose.ts";
import { Live } from "../src/server/dashboard/live.ts";
import { Counts } from "../src/server/metrics/counts.ts";
import { serve } from "../src/server/server.ts";
import { openExporter } from "../src/server/traces/exporter.ts";
import { spansOf } from "../src/server/traces/spans.ts";
import { Traces } from "../src/server/traces/traces.ts";
import { chromiumPath, openBrowser, openPage } from "../tests/support/browser.ts";
import { tellStory } from "../tests/support/story.ts";
import { anEnd } from "../tests/ledger/sample.ts";
import { configOf } from "../tests/support/proxy.ts";

const ROWS = Number(process.argv[2] ?? 100_000);
const ROUNDS = 200_000;

const records = Array.from({ length: 64 }, (_, i) =>
  anEnd({
    route: `route-${i % 5}`,
    client: `client-${i % 4}`,
    model: `anthropic/claude-3-${i % 8}`,
    attempts: [{ ...anEnd().attempts[0]!, model: `anthropic/claude-3-${i % 8}` }],
  }));

/** Microseconds for one of many; the fastest of five rounds. */
function each(work: (i: number) => void, rounds = ROUNDS): number {
  let best = Infinity;
  for (let round = 0; round < 5; round++) {
    const before = performance.now();
    for (let i = 0; i < rounds; i++) work(i);
    best = Math.min(best, performance.now() - before);
  }
  return best * 1000 / rounds;
}

function say(name: string, value: number, unit: string): void {
  console.log(`${name.padEnd(22)}${value.toFixed(3).padStart(10)} ${unit}`);
}

const config = configOf('[router]\nthink = "openrouter,anthropic/claude-3-opus"', {
  OPENROUTER_API_KEY: "made-up",
});
const counts = new Counts();
say("metrics", each((i) => counts.add(records[i & 63]!)), "µs a request");
const live = new Live({ state: () => "{}" });
say("dashboard, nobody there", each((i) => live.add(records[i & 63]!)), "µs a request");
const traces = new Traces(LiveConfig.of(config), silent, "0");
say("traces, off", each((i) => traces.add(records[i & 63]!)), "µs a request");
const exporter = openExporter({
  endpoint: "http://127.0.0.1:9",
  headers: {},
  version: "0",
  onFailure: () => {},
});
const spans = (i: number) => exporter.send(spansOf(records[i & 63]!, config.providers), undefined, undefined);
say("traces, on", each(spans, 2000), "µs a request, sending apart");

const folder = mkdtempSync(join(tmpdir(), "observability-bench-"));
const { context, close } = compose({
  source: LiveConfig.of(config),
  log: silent,
  version: "0",
  dataFolder: folder,
});
const server = serve(context, "127.0.0.1", 0);
try {
  const now = Date.now();
  tellStory(context.ledger()!, ROWS, now - 25 * 86_400_000, now);
  const timed = async (path: string) => {
    const before = performance.now();
    const text = await (await fetch(server.url + path)).text();
    return { ms: performance.now() - before, bytes: text.length };
  };
  for (const period of ["today", "week", "month"]) {
    const { ms, bytes } = await timed(`/dashboard/data?period=${period}`);
    say(`data, ${period}`, ms, `ms with ${ROWS} rows, ${bytes} bytes`);
  }
  say("data, month again", (await timed("/dashboard/data?period=month")).ms, "ms");
  say("scrape", (await timed("/metrics")).ms, "ms, the library's loading included");
  say("scrape again", (await timed("/metrics")).ms, "ms");
  if (chromiumPath !== undefined) {
    const browser = await openBrowser();
    const { page } = await openPage(browser);
    const before = performance.now();
    await page.goto(`${server.url}/dashboard`);
    await page.waitForSelector("body[data-ready=today]");
    say("page", performance.now() - before, "ms from the address to the last figure");
    const clicked = performance.now();
    await page.check("input[value=month]", { force: true });
    await page.waitForSelector("body[data-ready=month]");
    say("page, month", performance.now() - clicked, "ms from the click to the last figure");
    await browser.close();
  }
} finally {
  await server.kill();
  await close();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
