/// <reference lib="dom" />
/** The dashboard in a real Chromium (Debian: `apt-get install chromium`). */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { startOf } from "../../../../src/ledger/period.ts";
import type { Figures } from "../../../../src/ledger/figures.ts";
import * as format from "../../../../src/server/dashboard/page/format.js";
import { type FakeProvider, fakeProvider, json } from "../../../support/provider.ts";
import type { TestProxy } from "../../../support/proxy.ts";
import { chromiumPath, openBrowser, openPage } from "../../../support/browser.ts";
import { tellStory } from "../../../support/story.ts";
import { proxyWith } from "../../../support/world.ts";
import { written } from "../../../support/speech.ts";

const ROUTER = `think = "openrouter,anthropic/claude-3-opus"
plan_implementation = "openrouter,anthropic/claude-3.5-haiku"
default = "groq,llama-3.1-8b-instant"`;

const KEYED = '[proxy]\napi_key = "proxy-key"\n';

const ANSWER = {
  ...written("openai-chat", "done") as object,
  usage: { prompt_tokens: 12_345, completion_tokens: 678, prompt_tokens_details: { cached_tokens: 2345 } },
};

interface World {
  readonly proxy: TestProxy;
  readonly provider: FakeProvider;
  readonly browser: Browser;
  /** Opens the dashboard; what goes wrong in it fails the test at its end. */
  open(options?: BrowserContextOptions): Promise<Page>;
}

/** A test with a proxy and a browser of its own; no console error, nothing from elsewhere. */
function inBrowser(name: string, run: (world: World) => Promise<void>, rest = ""): void {
  test(name, { skip: chromiumPath === undefined && "no Chromium; $CHROMIUM may name one" }, async () => {
    await using provider = await fakeProvider(json(ANSWER));
    await using world = await proxyWith({
      openrouter: { url: provider.url, path: "/api/v1", key: "secret-key" },
      groq: { url: provider.url, path: "/openai/v1", key: "secret-key" },
    }, { dialect: "openai-chat", router: ROUTER, toml: rest });
    const { proxy } = world;
    await using browser = await openBrowser();
    const watched: Awaited<ReturnType<typeof openPage>>[] = [];
    await run({
      proxy,
      provider,
      browser,
      async open(options) {
        const one = await openPage(browser, options);
        watched.push(one);
        await one.page.goto(`${proxy.url}/dashboard`);
        return one.page;
      },
    });
    for (const { errors, requests } of watched) {
      assert.deepEqual(errors, []);
      assert.deepEqual(requests.filter((url) => !url.startsWith(proxy.url)), []);
    }
  });
}

if (chromiumPath === undefined) {
  test("the dashboard's tests need Chromium", () => {
    const words = "NOT TESTED in a browser: no Chromium was found (Debian: apt-get install chromium)";
    assert.ok(process.env.TERRAPHIM_BROWSER_REQUIRED !== "1", words);
    console.warn(words);
  });
}

const ask = (proxy: TestProxy, content: string, model = "auto") =>
  proxy.post("/v1/chat/completions", { model, messages: [{ role: "user", content }] })
    .then((response) => response.text());

const ready = (page: Page, period = "today") => page.waitForSelector(`body[data-ready=${period}]`);

const textOf = async (page: Page, selector: string) => (await page.textContent(selector))?.trim();

const tile = (page: Page, name: string) => textOf(page, `[data-figure="${name}"] .value`);

/** Waits until a place says something. */
async function says(page: Page, selector: string, text: string): Promise<void> {
  await page.locator(selector, { hasText: text }).first().waitFor({ timeout: 20_000 });
}

/** The rows of a table, cell by cell. */
const rowsOf = (page: Page, group: string) =>
  page.$$eval(
    `[data-by=${group}] tbody tr`,
    (rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent!.trim())),
  );

const WORDS = ["plan the architecture", "plan implementation of the API", "hello", "hello again"];

inBrowser("the page shows the values of the report", async ({ proxy, open }) => {
  for (const words of WORDS) await ask(proxy, words);
  await proxy.ended(WORDS.length);
  const page = await open();
  await ready(page);
  const report = await proxy.context.ledger()!.report({ since: startOf("today", Date.now()) });
  assert.equal(report.requests, 4);
  assert.ok(report.cost_usd > 0 && report.saved_usd > 0, "the prices are known");
  assert.equal(await textOf(page, "#saved"), format.money(report.saved_usd));
  assert.match(
    (await textOf(page, "#saved-words"))!,
    new RegExp(`^${format.share(report.saved_share)} less than on claude-3-opus`),
  );
  assert.equal(await tile(page, "cost"), format.money(report.cost_usd));
  assert.equal(await tile(page, "saved"), format.money(report.saved_usd));
  assert.equal(await tile(page, "requests"), "4");
  const { input, cache_read, cache_write, output } = report.tokens;
  assert.equal(await tile(page, "tokens"), format.amount(input + cache_read + cache_write + output));
  assert.equal(await tile(page, "cache-hits"), format.share(report.cache_hit_share));
  assert.equal(await tile(page, "failures"), "0");
  for (const group of ["route", "model", "provider", "client"]) {
    const expected = Object.entries(report.by[group]!).map(([name, figures]: [string, Figures]) => [
      name,
      String(figures.requests),
      format.amount(figures.tokens.input + figures.tokens.cache_read + figures.tokens.output),
      format.money(figures.cost_usd),
      format.money(figures.saved_usd),
    ]);
    assert.deepEqual(await rowsOf(page, group), expected, group);
  }
  await page.click("summary:has-text('Show as a table')");
  const [row] = await page.$$eval("#series tbody tr", (rows) => rows.map((one) => one.textContent));
  assert.ok(row!.includes(format.money(report.cost_usd)), row!);
});

inBrowser("the page follows requests, announces them, and can be paused", async ({ proxy, open }) => {
  const page = await open();
  await ready(page);
  assert.ok(await page.isVisible("#welcome"), "a fresh install is told what to do");
  await says(page, "#welcome-claude", "terraphim-llm-proxy setup claude-code");
  await says(page, "#link-text", "Live");
  await ask(proxy, "plan the architecture");
  await says(page, "#requests tr", "claude-3-opus");
  await says(page, "[data-figure=requests] .value", "1");
  await says(page, "#announce", "think to anthropic/claude-3-opus");
  assert.ok(await page.isHidden("#welcome"));

  await page.click("#requests tr:first-child summary");
  const reasons = await page.$$eval(
    "#requests tr:first-child ol li",
    (list) => list.map((one) => one.textContent),
  );
  assert.deepEqual(reasons, (await proxy.context.ledger()!.recent({ limit: 1 }))[0]!.why);

  await page.click("#pause");
  await ask(proxy, "hello");
  await says(page, "#requests-count", "Paused, 1 new");
  assert.equal(await page.locator("#requests tr").count(), 1);
  await page.click("#pause");
  await says(page, "#requests tr:first-child", "llama-3.1-8b-instant");
  assert.equal(await page.locator("#requests tr").count(), 2);
  assert.equal(await page.locator("#requests details[open]").count(), 1, "what was open stays open");

  await page.fill("#filter", "OPUS think");
  assert.equal(await page.locator("#requests tr:visible").count(), 1);
  await page.fill("#filter", "nowhere");
  assert.ok(await page.isVisible("#requests-none"));
});

inBrowser(
  "a provider that cools down is shown with the time that it has left",
  async ({ proxy, provider, open }) => {
    const page = await open();
    await ready(page);
    await says(page, "[data-provider=groq]", "ready");
    provider.answer(json({ error: { message: "slow down" } }, 429, { "retry-after": "240" }));
    await ask(proxy, "hello");
    await says(page, "[data-provider=groq]", "cooling down");
    await says(page, "[data-provider=groq]", "rate limited");
    const before = await textOf(page, "[data-provider=groq] .left");
    assert.match(before!, /^(3 min \d+ s|4 min 0 s)$/);
    await page.waitForFunction(
      (old) => document.querySelector("[data-provider=groq] .left")!.textContent !== old,
      before,
    );
    await says(page, "#requests tr.failed .status", "rate limited");
    assert.equal(await tile(page, "failures"), "1");
  },
);

inBrowser(
  "the page shows a configuration's mistakes while the last good one serves",
  async ({ proxy, open }) => {
    const page = await open();
    await ready(page);
    await says(page, "#config", "active");
    Object.assign(proxy.context.source.state, {
      ok: false,
      brokenAt: Date.now(),
      problems: ["config.toml:7: there is no route “thnk”; did you mean think?"],
      warnings: ["router.image leads nowhere"],
    });
    await says(page, "#config", "did you mean think?");
    await says(page, "#config", "the last valid version is active");
    await says(page, "#config", "router.image leads nowhere");
  },
);

inBrowser("budgets are shown with what is spent", async ({ proxy, open }) => {
  await ask(proxy, "plan the architecture");
  await proxy.ended(1);
  const page = await open();
  await ready(page);
  const { spent, share } = proxy.context.budgets()!.list()[0]!;
  await says(page, "[data-budget=daily]", `${format.money(spent)} of $0.20 (${format.share(share)})`);
  assert.equal(await page.getAttribute("[data-budget=daily]", "data-state"), "exceeded");
}, '[[budgets]]\nname = "daily"\nperiod = "day"\nlimit = 0.2\nthen = "refuse"\n');

for (const width of [375, 1440]) {
  for (const colorScheme of ["light", "dark"] as const) {
    inBrowser(
      `a full page fits ${width} pixels, ${colorScheme}, in every period`,
      async ({ proxy, open }) => {
        const now = Date.now();
        tellStory(proxy.context.ledger()!, 600, now - 20 * 86_400_000, now);
        const page = await open({ viewport: { width, height: 800 }, colorScheme });
        for (const period of ["hour", "today", "week", "month"]) {
          await page.check(`input[value=${period}]`, { force: true });
          await ready(page, period);
          const wide = await page.evaluate(() => {
            const inside = (element: Element): boolean =>
              element.closest(".scroll, .hidden, .skip, thead") !== null ||
              element.getClientRects().length === 0;
            return [...document.querySelectorAll("body *")].filter((element) =>
              !inside(element) && element.getBoundingClientRect().right > innerWidth + 0.5
            ).map((element) => element.outerHTML.slice(0, 120));
          });
          assert.deepEqual(wide, []);
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
        }
        const ground = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
        assert.equal(ground, colorScheme === "light" ? "rgb(245, 247, 245)" : "rgb(13, 18, 16)");
        assert.equal(await page.locator(".chart canvas").count(), 4);
      },
    );
  }
}

inBrowser("light and dark can be chosen, and are remembered", async ({ proxy, open }) => {
  const page = await open({ colorScheme: "light" });
  await ready(page);
  await page.selectOption("#theme", "dark");
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  assert.equal(await ground(), "rgb(13, 18, 16)");
  await page.goto(`${proxy.url}/dashboard`);
  await ready(page);
  assert.equal(await ground(), "rgb(13, 18, 16)");
  assert.equal(await page.inputValue("#theme"), "dark");
});

inBrowser("with a key one signs in and out", async ({ proxy, browser }) => {
  const { page, errors } = await openPage(browser);
  await page.goto(`${proxy.url}/dashboard`);
  assert.equal(new URL(page.url()).pathname, "/dashboard/login");
  await page.keyboard.type("guess");
  await page.keyboard.press("Enter");
  await says(page, "[role=alert]", "not one of this proxy");
  await page.fill("#key", "proxy-key");
  await page.click("button");
  await ready(page);
  assert.equal(new URL(page.url()).pathname, "/dashboard");
  const cookies = await page.context().cookies();
  assert.deepEqual(cookies.map(({ httpOnly, sameSite, path }) => ({ httpOnly, sameSite, path })), [
    { httpOnly: true, sameSite: "Strict", path: "/dashboard" },
  ]);
  await says(page, "#link-text", "Live");

  const tab = await page.context().newPage();
  await tab.goto(`${proxy.url}/dashboard`);
  await ready(tab);
  await tab.close();

  await page.click("text=Sign out");
  assert.equal(new URL(page.url()).pathname, "/dashboard/login");
  await page.goto(`${proxy.url}/dashboard`);
  assert.equal(new URL(page.url()).pathname, "/dashboard/login");
  // A refused key is a refused page: the browser's console says so, and nothing else.
  assert.deepEqual(errors.filter((error) => !error.includes("401")), []);
}, KEYED);

inBrowser("a server on another port is sent the cookie, and cannot use it", async ({ proxy, browser }) => {
  const { page } = await openPage(browser);
  await page.goto(`${proxy.url}/dashboard`);
  await page.fill("#key", "proxy-key");
  await page.click("button");
  await ready(page);

  await using hostile = await fakeProvider((_, res) => void res.setHeader("content-type", "text/html").end());
  const visit = await page.context().newPage();
  await visit.goto(`${hostile.url}/dashboard/`);
  const cookie = hostile.arrived[0]!.headers.cookie ?? "";
  assert.match(cookie, /terraphim_dashboard/, "cookies know no ports");
  for (const path of ["data", "requests", "events"]) {
    const response = await fetch(`${proxy.url}/dashboard/${path}`, { headers: { cookie } });
    assert.equal(response.status, 401, path);
    await response.body?.cancel();
  }
  const kept = await visit.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }));
  assert.equal(kept, "{}");
  await visit.close();

  // With every other tab gone, the browser has the cookie, and a new tab has to sign in.
  const context = page.context();
  await page.close();
  const alone = await context.newPage();
  await alone.goto(`${proxy.url}/dashboard#request=gone`);
  await alone.waitForURL("**/dashboard/login#request=gone");
  await alone.fill("#key", "proxy-key");
  await alone.click("button");
  await ready(alone);
  assert.equal(new URL(alone.url()).hash, "#request=gone");
}, KEYED);

inBrowser("everything can be reached and used by keyboard", async ({ proxy, open }) => {
  await ask(proxy, "plan the architecture");
  await proxy.ended(1);
  const page = await open();
  await ready(page);
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement!;
      return element.id || element.tagName.toLowerCase() || "";
    });
  await page.keyboard.press("Tab");
  assert.equal(await textOf(page, ":focus"), "Skip to the content");
  assert.ok((await page.locator(".skip").boundingBox())!.y >= 0, "the link comes into sight");
  await page.keyboard.press("Enter");
  assert.equal(await focused(), "main");
  for (const name of ["openrouter", "groq"]) {
    await page.keyboard.press("Tab");
    assert.equal(await page.getAttribute(":focus", "aria-label"), `Pause ${name}`);
  }
  await page.keyboard.press("Tab");
  assert.equal(await page.getAttribute(":focus", "value"), "today");
  await page.keyboard.press("ArrowRight");
  await ready(page, "week");
  const outline = await page.evaluate(() =>
    getComputedStyle(document.querySelector("#period :checked + span")!).outlineStyle
  );
  assert.equal(outline, "solid", "what has the keyboard shows it");
  await page.keyboard.press("Tab"); // the chart's table
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "series");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "filter");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "pause");
  await page.keyboard.press("Space");
  assert.equal(await page.getAttribute("#pause", "aria-pressed"), "true");
  for (const name of ["route", "provider", "model", "client", "key", "status"]) {
    await page.keyboard.press("Tab");
    assert.equal(await focused(), `pick-${name}`);
  }
  for (const name of ["since", "until"]) {
    await page.keyboard.press("Tab");
    assert.equal(await focused(), `pick-${name}`);
    // A time has parts, which the browser gives the keyboard one by one.
    while (await page.evaluate(() => document.activeElement!.id) === `pick-${name}`) {
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Shift+Tab");
  }
  await page.keyboard.press("Tab");
  assert.match((await page.getAttribute(":focus", "href"))!, /^#request=/);
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "summary");
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("#requests details[open]").count(), 1);
});

inBrowser("a screen reader finds landmarks, headings, names and tables", async ({ proxy, open }) => {
  const now = Date.now();
  tellStory(proxy.context.ledger()!, 60, now - 3_600_000, now);
  for (const width of [375, 1440]) {
    const page = await open({ viewport: { width, height: 800 } });
    await ready(page);
    for (const role of ["banner", "main"] as const) assert.equal(await page.getByRole(role).count(), 1, role);
    assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1);
    const sections = [
      "Saved to date",
      "Cost, tokens and answers",
      "Reliability",
      "Requests and their routes",
      "Providers",
      "Budgets",
      "Try a prompt",
      "Pinned sessions",
      "Keys",
      "Configuration",
    ];
    for (const name of sections) {
      assert.equal(await page.getByRole("region", { name, exact: true }).count(), 1, name);
      assert.equal(await page.getByRole("heading", { level: 2, name, exact: true }).count(), 1, name);
    }
    const list = page.getByRole("table", { name: "Requests and their routes" });
    assert.equal(await list.getByRole("columnheader").count(), 8);
    assert.equal(await list.getByRole("row").nth(1).getByRole("cell").count(), 8, `${width}`);
    for (const name of ["By route", "By model", "By provider", "By client"]) {
      assert.equal(await page.getByRole("table", { name }).count(), 1, name);
    }
    assert.match(
      (await page.locator("#cost-chart").getAttribute("aria-label"))!,
      /^Bars by hour: .* spent, .* on the baseline in \d+ hours? with requests/,
    );
    for (const control of await page.locator("button:visible, select:visible, input:visible").all()) {
      const snapshot = await control.ariaSnapshot();
      assert.match(snapshot, /"[^"]+"/, `nameless: ${snapshot}`);
    }
  }
});

inBrowser("names that a client chooses are text, whatever they look like", async ({ proxy, open }) => {
  const page = await open();
  await ready(page);
  const model = '<img src=x onerror="document.title=1">';
  await ask(proxy, "hello", `groq,${model}`);
  await says(page, "#requests tr", model);
  await page.waitForSelector("[data-by=model] tbody tr");
  assert.equal((await rowsOf(page, "model"))[0]![0], model);
  assert.equal(await page.locator("#requests img, #by img").count(), 0);
  assert.equal(await page.title(), "terraphim-llm-proxy");
});

inBrowser("a proxy that is gone is reported, and the last data stay", async ({ proxy, browser }) => {
  await ask(proxy, "hello");
  await proxy.ended(1);
  const { page } = await openPage(browser);
  await page.goto(`${proxy.url}/dashboard`);
  await ready(page);
  await page.context().setOffline(true);
  await page.check("input[value=week]", { force: true });
  await says(page, "#trouble", "The proxy does not answer");
  assert.equal(await tile(page, "requests"), "1");
  await page.context().setOffline(false);
  await ready(page, "week");
  await page.waitForSelector("#trouble", { state: "hidden" });
});

inBrowser(
  "older requests are paged in, filtered in the whole ledger, and linked",
  async ({ proxy, open }) => {
    const now = Date.now();
    const ledger = proxy.context.ledger()!;
    tellStory(ledger, 240, now - 20 * 86_400_000, now);
    const [oldest] = (await ledger.recent({ limit: 1000 })).slice(-1);
    const page = await open();
    await ready(page);
    const count = () => page.locator("#requests tr").count();
    assert.equal(await count(), 100);
    await page.click("#more");
    await page.click("#older");
    await page.waitForFunction(() => document.querySelectorAll("#requests tr").length === 150);
    const ids = await page.$$eval("#requests tr", (rows) => rows.map((row) => row.getAttribute("data-id")));
    assert.deepEqual(
      ids,
      (await ledger.recent({ limit: 150 })).map(({ id }) => id),
      "in one order, none twice",
    );

    await page.selectOption("#pick-status", "failed");
    const failed = await ledger.recent({ limit: 1000, failed: true });
    await page.waitForFunction(
      (wanted) => document.querySelectorAll("#requests tr:not([hidden])").length === wanted,
      Math.min(failed.length, 50),
    );

    await page.goto(`${proxy.url}/dashboard#request=${oldest!.id}`);
    await page.reload();
    await ready(page);
    const linked = page.locator(`#requests tr.linked[data-id="${oldest!.id}"]`);
    await linked.waitFor({ state: "visible" });
    assert.equal(await linked.locator("details[open]").count(), 1);
    await page.evaluate(() => location.hash = "#request=gone");
    await says(page, "#requests-trouble", "does not have the request");
  },
);

inBrowser(
  "a row shows the reason that decided, and the reliability who failed",
  async ({ proxy, provider, open }) => {
    provider.answer(json({ error: { message: "slow down" } }, 429, { "retry-after": "240" }));
    await ask(proxy, "hello");
    await ask(proxy, "hello"); // it is cooling down now, which decides nothing
    await proxy.ended(2);
    const page = await open();
    await ready(page);
    const [request] = await proxy.context.ledger()!.recent({ limit: 1 });
    assert.match(request!.why.at(-1) ?? "", /^groq,llama-3\.1-8b-instant: cooling down/);
    const summary = (await textOf(page, "#requests tr summary"))!;
    assert.ok(request!.why.includes(summary), summary);
    assert.doesNotMatch(summary, /is not set|^strategy|cooling down/);
    const cells = await page.$$eval(
      '[data-target="groq,llama-3.1-8b-instant"] :is(th, td)',
      (all) => all.map((cell) => cell.textContent!.trim()),
    );
    assert.deepEqual(cells.slice(0, 4), ["groq,llama-3.1-8b-instant", "1", "0 %", "1 rate limited"]);
  },
);
