/// <reference lib="dom" />
/** What people do in the dashboard, in a real Chromium: by keyboard alone, in both themes, wide and narrow, without barriers. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import axe from "axe-core";
import type { BrowserContextOptions, Page } from "playwright-core";
import { chromiumPath, openBrowser, openPage } from "../../../support/browser.ts";
import { type FakeProvider, fakeProvider, json } from "../../../support/provider.ts";
import type { TestProxy } from "../../../support/proxy.ts";
import { tellStory } from "../../../support/story.ts";
import { proxyWith } from "../../../support/world.ts";
import { tempFolder } from "../../../support/disposable.ts";

const ROUTER = 'think = "groq,big" # the best\ndefault = "groq,small"\n';

interface World {
  readonly proxy: TestProxy;
  readonly provider: FakeProvider;
  /** The configuration's file. */
  readonly file: string;
  /** Opens the dashboard. What goes wrong in it fails the test at its end. */
  open(options?: BrowserContextOptions, expected?: RegExp): Promise<Page>;
}

function inBrowser(name: string, run: (world: World) => Promise<void>, rest = ""): void {
  test(name, { skip: chromiumPath === undefined && "no Chromium; $CHROMIUM may name one" }, async () => {
    using folder = tempFolder();
    const file = folder.at("config.toml");
    await using provider = await fakeProvider();
    const { url } = provider;
    await using world = await proxyWith({
      groq: { url, key: "secret-key" },
      spare: { url, key: ["secret-key-one", "secret-key-two"] },
    }, {
      dialect: "openai-chat",
      router: ROUTER,
      toml: `[learning]\nenabled = true\n${rest}`,
      file,
      dataFolder: folder.at("data"),
    });
    const { proxy } = world;
    await using browser = await openBrowser();
    const watched: { errors: readonly string[]; expected?: RegExp | undefined }[] = [];
    await run({
      proxy,
      provider,
      file,
      async open(options, expected) {
        const { page, errors } = await openPage(browser, options);
        watched.push({ errors, expected });
        await page.goto(`${proxy.url}/dashboard`);
        return page;
      },
    });
    for (const { errors, expected } of watched) {
      assert.deepEqual(errors.filter((error) => expected?.test(error) !== true), []);
    }
  });
}

const ready = (page: Page, period = "today") => page.waitForSelector(`body[data-ready=${period}]`);

/** Waits until a place says something. */
const says = (page: Page, selector: string, text: string | RegExp) =>
  page.locator(selector, { hasText: text }).first().waitFor({ timeout: 20_000 });

/** Moves the keyboard to an element, with Tab alone. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 150; presses++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => document.activeElement!.matches(wanted), selector)) return;
  }
  assert.fail(`Tab does not reach ${selector}`);
}

/** Moves the keyboard to a control and presses Enter. */
async function press(page: Page, selector: string): Promise<void> {
  await tabTo(page, selector);
  await page.keyboard.press("Enter");
}

/** Types into the fields of the open dialog, from the one that has the keyboard on, and sends them. */
async function fill(page: Page, ...texts: readonly string[]): Promise<void> {
  for (const [i, text] of texts.entries()) {
    if (i > 0) await page.keyboard.press("Tab");
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type(text);
  }
  await press(page, "dialog .chief");
}

/** Closes the dialog, and waits until the page has heard of it. */
async function escape(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await page.waitForSelector("#dialog:not([open]) #dialog-form:empty", { state: "attached" });
}

/** @see https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md */
async function assertNoBarrier(page: Page, where: string): Promise<void> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { violations, passes } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    const said = violations.map(({ id, nodes }) =>
      `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" ")}`
    );
    return { violations: said, passes: passes.length };
  });
  assert.deepEqual(found.violations, [], where);
  assert.ok(found.passes > 15, "it has looked");
}

const stateOf = (page: Page, name: string) => page.getAttribute(`[data-provider=${name}]`, "data-state");

/** A refused act is a refused request, which the browser's console names. */
const EXPECTED = /status of (?:400|401)/;

const QUOTA = json({ error: { message: "slow down" } }, 429, { "retry-after": "600" });

async function ask(proxy: TestProxy, session = "menu-session"): Promise<void> {
  const messages = [{ role: "user", content: "look at the menu and say what you see there" }];
  const body = { model: "auto", messages, prompt_cache_key: session };
  await (await proxy.post("/v1/chat/completions", body)).text();
}

for (const width of [1280, 390]) {
  for (const colorScheme of ["light", "dark"] as const) {
    const look = { viewport: { width, height: 900 }, colorScheme };
    const how = `by keyboard, ${colorScheme}, ${width} pixels`;

    inBrowser(`a prompt is tried ${how}`, async ({ open, provider }) => {
      const page = await open(look, EXPECTED);
      await ready(page);
      await tabTo(page, "#try-prompt");
      await page.keyboard.type("fix the menu in the header, it overlaps");
      await press(page, "#try-button");
      await says(page, "#try-result .goes", "It would go to groq, small.");
      await says(page, "#try-result", "How likely each kind is");
      await assertNoBarrier(page, "the page with a decision");
      await tabTo(page, "#try-prompt");
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.insertText(
        '{"model": "groq,big", "messages": [{"role": "user", "content": "hello"}]}',
      );
      await press(page, "#try-button");
      await says(page, "#try-result .goes", "It would go to groq, big.");
      assert.equal(provider.arrived.length, 0, "nothing is sent");
    });

    inBrowser(
      `a provider and a key are paused, resumed and reset ${how}`,
      async ({ open, proxy, provider }) => {
        provider.answer(QUOTA);
        await ask(proxy);
        const page = await open(look, EXPECTED);
        await ready(page);
        await press(page, '[data-focus="reset groq"]');
        await says(page, "#said", "1 cooldown of groq ended");
        await says(page, "[data-provider=groq]", "ready");

        await press(page, '[data-focus="pause groq"]');
        await page.keyboard.press("ArrowDown"); // 15 minutes
        await assertNoBarrier(page, "the dialog of a pause");
        await press(page, "dialog .chief");
        await says(page, "[data-provider=groq]", /paused, resumes in (14|15) min/);
        assert.equal(await stateOf(page, "groq"), "warn");
        await page.waitForFunction(() => document.activeElement!.textContent === "Resume");
        await page.keyboard.press("Enter"); // the keyboard is where it was
        await says(page, "[data-provider=groq]", "ready");

        await press(page, '[data-focus="keys of spare"]');
        await press(page, '[data-focus="pause key 2 of spare"]');
        await press(page, "dialog .chief");
        await says(page, "[data-provider=spare]", "Key 2: paused until you resume it");
        assert.ok(await page.locator("[data-provider=spare] details[open]").count() === 1, "it stays open");
        await assertNoBarrier(page, "the page with a paused key");
        const [pause] = proxy.context.dispatch.state.cooldowns.list(Date.now());
        assert.equal(pause?.provider, "spare");
        assert.ok(pause?.key !== undefined);
      },
    );

    inBrowser(`a session is pinned and released ${how}`, async ({ open, proxy }) => {
      const page = await open(look, EXPECTED);
      await ready(page);
      await press(page, "#pin");
      await fill(page, "menu-session", "nowhere");
      await says(page, "dialog [role=alert]", "expected a route");
      await assertNoBarrier(page, "the dialog of a pin, with an error");
      await tabTo(page, "#field-route");
      await fill(page, "think");
      await says(page, "[data-session=menu-session]", "think");
      assert.deepEqual(proxy.context.dispatch.state.pins.list().map(({ session, to }) => [session, to]), [
        ["menu-session", "think"],
      ]);
      await press(page, '[data-focus="release menu-session"]');
      await says(page, "#pins-none", "No session is pinned");
      await press(page, "#pin");
      await escape(page);
      assert.equal(await page.evaluate(() => document.activeElement!.id), "pin", "where it was");
    });

    inBrowser(`keys are added, rotated and revoked ${how}`, async ({ open, proxy }) => {
      const page = await open(look, EXPECTED);
      await ready(page);
      await press(page, "#keys-add");
      await assertNoBarrier(page, "the dialog of a key");
      await fill(page, "ada");
      await says(page, "#new-key", /^tlp_/);
      const key = await page.textContent("#new-key");
      await assertNoBarrier(page, "the dialog with a new key");
      await escape(page);
      assert.ok(!(await page.content()).includes(key!), "it is shown once");
      await says(page, "[data-key=ada]", "admin");

      await press(page, "#keys-add");
      await fill(page, "bob", "v", "5/day");
      await says(page, "#new-key", /^tlp_/);
      await escape(page);
      await says(page, "[data-key=bob]", "$5.00 a day");
      await press(page, '[data-focus="rotate bob"]');
      await fill(page, "1h");
      await says(page, "#new-key", /^tlp_/);
      await escape(page);
      await press(page, '[data-focus="revoke bob"]');
      await press(page, "dialog .chief");
      await says(page, "[data-key=bob]", "revoked on");
      await assertNoBarrier(page, "the page with keys");
      await page.reload();
      await ready(page);
      await says(page, "[data-key=ada]", "valid"); // it is signed in with the key that it made
      const lines = proxy.log.map(({ message }) => message);
      assert.ok(lines.includes("the key bob revoked by ada (dashboard)"), lines.join("\n"));
    });

    inBrowser(`a route is changed ${how}`, async ({ open, file }) => {
      const before = readFileSync(file, "utf8");
      const page = await open(look, EXPECTED);
      await ready(page);
      await press(page, '[data-focus="change think"]');
      await fill(page, "nobody,big");
      await says(page, "dialog [role=alert]", "nobody");
      await page.keyboard.press("Shift+Tab");
      await fill(page, "spare,large\ngroq,big");
      await says(page, ".diff", '+ think = "spare,large | groq,big" # the best');
      await assertNoBarrier(page, "the dialog with a change");
      assert.equal(readFileSync(file, "utf8"), before, "nothing is written yet");
      await page.keyboard.press("Enter");
      await says(page, "#said", "The route think is written");
      await says(page, "#config", "spare,large | groq,big");
      assert.equal(
        readFileSync(file, "utf8"),
        before.replace('"groq,big"', '"spare,large | groq,big"'),
      );
    });

    inBrowser(`thumbs and another route are given ${how}`, async ({ open, proxy }) => {
      await ask(proxy);
      const [{ id } = { id: "" }] = await proxy.ended(1);
      const page = await open(look, EXPECTED);
      await ready(page);
      await press(page, "#requests summary");
      await press(page, `[data-focus="up ${id}"]`);
      await says(page, "#said", "Noted");
      assert.deepEqual(proxy.context.learning()?.feedback.thumbs.map(({ up }) => up), [true]);
      await press(page, `[data-focus="prefer ${id}"]`);
      await page.keyboard.type("think");
      await assertNoBarrier(page, "the dialog of a preference");
      await press(page, "dialog .chief");
      await says(page, "#said", "think would have been right");
      assert.deepEqual(proxy.context.learning()?.feedback.corrections.map(({ to }) => to), ["think"]);
      await assertNoBarrier(page, "the page with an opened request");
    });
  }
}

inBrowser("what the page asks while it makes the first key does not lose that key", async ({ open }) => {
  const page = await open({}, /401/);
  await ready(page);
  await page.route("**/dashboard/login", async (route) => {
    // The key is in force, and the page has not signed in yet.
    const refused = page.waitForResponse((response) => response.status() === 401);
    await page.evaluate(() => document.querySelector<HTMLInputElement>("input[value=week]")!.click());
    await refused;
    await route.continue();
  });
  await press(page, "#keys-add");
  await fill(page, "ada");
  await says(page, "#new-key", /^tlp_/);
  await ready(page, "week");
  await escape(page);
  await press(page, "#keys-add");
  assert.equal(await page.inputValue("#field-role"), "client", "the page knows that this is not the first");
});

inBrowser("an opened request offers to pin its session", async ({ open, proxy }) => {
  await ask(proxy);
  await proxy.ended(1);
  const page = await open();
  await ready(page);
  await press(page, "#requests summary");
  const id = proxy.records[0]!.id;
  await press(page, `[data-focus="pin ${id}"]`);
  assert.equal(await page.inputValue("#field-session"), proxy.records[0]!.session);
});

inBrowser("a viewer is shown no act that changes something", async ({ open, proxy }) => {
  const admin = { "x-proxy-key": "an-admin-key-of-mine" };
  const added = await proxy.post("/dashboard/acts/keys-add", { name: "vera", role: "viewer" }, admin);
  const { key } = await added.json();
  const page = await open({}, /401/);
  await page.fill("#key", key);
  await page.click("button");
  await ready(page);
  assert.equal(await page.locator(".act:visible, .changes:visible").count(), 0);
  await page.fill("#try-prompt", "hello");
  await page.click("#try-button");
  await says(page, "#try-result .goes", "It would go to");
}, '[proxy]\nadmin_key = "an-admin-key-of-mine"\n');

inBrowser("a dashboard that only shows offers nothing", async ({ open }) => {
  const page = await open();
  await ready(page);
  assert.equal(await page.locator(".act:visible, .changes:visible, .tries:visible").count(), 0);
  assert.ok(await page.isVisible("#providers"));
}, "[telemetry]\ndashboard_actions = false\n");

inBrowser("a file that is read-only is not changed, and the page says why", async ({ open, file }) => {
  const page = await open({}, /400/);
  await ready(page);
  const { chmodSync } = await import("node:fs");
  chmodSync(file, 0o444);
  await press(page, '[data-focus="change think"]');
  await fill(page, "spare,large");
  await says(page, "dialog [role=alert]", "is read-only. Change it where it comes from.");
});

inBrowser("requests are found by time and key, and the last hour has a chart", async ({ open, proxy }) => {
  const now = Date.now();
  const ledger = proxy.context.ledger()!;
  tellStory(ledger as Parameters<typeof tellStory>[0], 240, now - 20 * 86_400_000, now - 86_400_000);
  await ask(proxy);
  await proxy.ended(1);
  const page = await open();
  await ready(page);
  const local = (time: number) => {
    const two = (part: number) => String(part).padStart(2, "0");
    const at = new Date(time);
    return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${
      two(at.getMinutes())
    }`;
  };
  const until = now - 15 * 86_400_000;
  await page.fill("#pick-until", local(until));
  const cut = Date.parse(local(until));
  const older = (await ledger.recent({ limit: 1000, until: cut })).length;
  assert.ok(older > 10);
  await page.waitForFunction(
    (wanted) => document.querySelectorAll("#requests tr:not([hidden])").length === wanted,
    Math.min(older, 20),
  );
  assert.equal((await ledger.recent({ limit: 1000, key: "nobody" })).length, 0);
  await page.fill("#pick-until", "");

  await page.check("input[value=hour]", { force: true });
  await ready(page, "hour");
  await says(page, "[data-figure=requests] .value", "1");
  assert.match(
    (await page.getAttribute("#answers-chart", "aria-label"))!,
    /^Bars by five minutes: 1 request/,
  );
  for (const [value, name] of [["provider", "groq"], ["model", "small"], ["target", "groq,small"]]) {
    await page.check(`input[name=reliable][value=${value}]`, { force: true });
    await says(page, `[data-by=${value}] tbody th`, name!);
  }
  const links = await page.$$eval("nav a", (all) => all.map((one) => one.getAttribute("href")!));
  assert.equal(links[0], "#providers-title", "providers first");
  for (const link of links) assert.equal(await page.locator(link).count(), 1, link);
});

inBrowser("the page lists a bounded number of requests", async ({ open, proxy }) => {
  const now = Date.now();
  tellStory(
    proxy.context.ledger() as unknown as Parameters<typeof tellStory>[0],
    1200,
    now - 20 * 86_400_000,
    now,
  );
  const page = await open();
  await ready(page);
  const count = () => page.locator("#requests tr").count();
  await page.click("#more");
  for (let rows = await count(); rows < 1000; rows = await count()) {
    await page.click("#older");
    await page.waitForFunction((had) => document.querySelectorAll("#requests tr").length > had, rows);
  }
  assert.ok(await page.isHidden("#older"));
  assert.match((await page.textContent("#requests-full"))!, /1,000 requests/);
  await ask(proxy);
  await says(page, "#requests tr:first-child", "small");
  assert.equal(await count(), 1000, "a new one takes the place of the oldest");
});
