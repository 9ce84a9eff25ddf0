/**
 * Takes the pictures of the dashboard for the documentation: `deno run -A scripts/screenshots.ts [folder]`.
 * A made-up month on a proxy in this process, in Debian's Chromium; light and dark, wide and narrow.
 */
import manifest from "../deno.json" with { type: "json" };
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { openBrowser, openPage } from "../tests/support/browser.ts";
import { tellStory } from "../tests/support/story.ts";
import { LiveConfig } from "../src/config/live/live.ts";
import { silent } from "../src/log/log.ts";
import { compose } from "../src/server/compose.ts";
import { serve } from "../src/server/server.ts";
import { configOf } from "../tests/support/proxy.ts";

const CONFIG = `
[router]
think = "openrouter,anthropic/claude-3-opus"
plan_implementation = "openrouter,anthropic/claude-3.5-haiku"
background = "groq,llama-3.1-8b-instant"
fallback = "ollama,qwen3-coder"

[[providers]]
name = "openrouter"
api_base_url = "https://openrouter.ai/api/v1"
api_key = "made-up"
models = ["anthropic/claude-3-opus", "anthropic/claude-3.5-haiku"]

[[providers]]
name = "groq"
api_base_url = "https://api.groq.com/openai/v1"
api_key = "made-up"

[[budgets]]
name = "daily"
period = "day"
limit = 12
then = "background"

[[budgets]]
name = "thinking"
period = "month"
limit = 400
warn_at = 0.5
route = "think"
then = "refuse"
`;

interface Picture {
  readonly name: string;
  readonly width: number;
  readonly colorScheme: "light" | "dark";
  readonly period: "today" | "week" | "month";
  /** Pixels from the top. @default {@link TALLEST} */
  readonly tallest?: number;
}

const PICTURES: readonly Picture[] = [
  { name: "dashboard", width: 1440, colorScheme: "dark", period: "month", tallest: 1010 },
  { name: "dashboard-light", width: 1440, colorScheme: "light", period: "month" },
  { name: "dashboard-dark", width: 1440, colorScheme: "dark", period: "today" },
  { name: "dashboard-narrow-light", width: 375, colorScheme: "light", period: "today" },
  { name: "dashboard-narrow-dark", width: 375, colorScheme: "dark", period: "week" },
];

/** The rest of a long page is cut off. Pixels. */
const TALLEST = 3700;

/** A Wednesday afternoon in the middle of a month. */
const NOW = new Date(2026, 10, 18, 15, 24).getTime();

const folder = process.argv[2] ?? fileURLToPath(new URL("../docs/images", import.meta.url));
mkdirSync(folder, { recursive: true });
const config = { ...configOf(CONFIG), path: "/home/ada/.config/terraphim-llm-proxy/config.toml" };
const { context, close } = compose({
  source: LiveConfig.of(config, { now: () => NOW - 3 * 3_600_000 }),
  log: silent,
  version: manifest.version,
  clock: { now: () => NOW, mono: () => performance.now() },
});
const server = serve(context, "127.0.0.1", 0);
const browser = await openBrowser();
try {
  tellStory(context.ledger()!, 4200, new Date(2026, 9, 20).getTime(), NOW - 20_000);
  void context.budgets()?.refresh();
  context.dispatch.state.cooldowns.failed(
    { provider: "openrouter", model: "anthropic/claude-3-opus", key: "1" },
    {
      class: "quota_exhausted",
      provider: "openrouter",
      model: "anthropic/claude-3-opus",
      message: "the monthly limit of this key is reached",
      resetAt: NOW + 4 * 3_600_000 + 12 * 60_000,
    },
    NOW - 60_000,
  );
  for (const { name, width, colorScheme, period, tallest = TALLEST } of PICTURES) {
    const { page, errors } = await openPage(browser, { viewport: { width, height: 900 }, colorScheme });
    await page.clock.setFixedTime(NOW);
    await page.goto(`${server.url}/dashboard`);
    await page.check(`input[value=${period}]`, { force: true });
    await page.waitForSelector(`body[data-ready=${period}]`);
    await page.evaluate("document.fonts.ready");
    await page.evaluate("document.activeElement.blur()");
    const height = Math.min(tallest, await page.evaluate<number>("document.documentElement.scrollHeight"));
    await page.screenshot({
      path: join(folder, `${name}.png`),
      fullPage: true,
      clip: { x: 0, y: 0, width, height },
    });
    if (errors.length > 0) throw new Error(errors.join("\n"));
    await page.context().close();
  }
} finally {
  await browser.close();
  await server.kill();
  await close();
}
process.exit(0);
