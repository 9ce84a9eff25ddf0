/** Chromium for tests and pictures: Debian's, or the one that $CHROMIUM names. */
import { existsSync } from "node:fs";
import process from "node:process";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const PLACES = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/** Where it is; undefined: nowhere. */
export const chromiumPath: string | undefined = PLACES.find((path) => path !== undefined && existsSync(path));

const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @throws when there is none */
export function openBrowser(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error("no Chromium was found; $CHROMIUM may name one");
  return chromium.launch({ executablePath: chromiumPath, args: ARGS });
}

export interface WatchedPage {
  readonly page: Page;
  /** Errors of scripts and of the console, blocked parts too. */
  readonly errors: readonly string[];
  /** Addresses of every request that the page made. */
  readonly requests: readonly string[];
}

/** A page of its own (no cookies of others), with what goes wrong in it written down. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const errors: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  return { page, errors, requests };
}
