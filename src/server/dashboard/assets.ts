/** The page and its assets. They are part of the program; the browser loads nothing from elsewhere. */
import { createHash } from "node:crypto";
import { HEADERS } from "./headers.ts";
import uplotCss from "uplot/dist/uPlot.min.css" with { type: "text" };
import uplotJs from "uplot/dist/uPlot.iife.min.js" with { type: "text" };
import actsJs from "./page/acts.js" with { type: "text" };
import appJs from "./page/app.js" with { type: "text" };
import askJs from "./page/ask.js" with { type: "text" };
import breakdownJs from "./page/breakdown.js" with { type: "text" };
import chartsJs from "./page/charts.js" with { type: "text" };
import domJs from "./page/dom.js" with { type: "text" };
import figuresJs from "./page/figures.js" with { type: "text" };
import formatJs from "./page/format.js" with { type: "text" };
import iconSvg from "./page/icon.svg" with { type: "text" };
import indexHtml from "./page/index.html" with { type: "text" };
import keysJs from "./page/keys.js" with { type: "text" };
import liveJs from "./page/live.js" with { type: "text" };
import loginHtml from "./page/login.html" with { type: "text" };
import loginJs from "./page/login.js" with { type: "text" };
import requestsJs from "./page/requests.js" with { type: "text" };
import standingJs from "./page/standing.js" with { type: "text" };
import styleCss from "./page/style.css" with { type: "text" };
import themeJs from "./page/theme.js" with { type: "text" };
import tryJs from "./page/try.js" with { type: "text" };

const JS = "text/javascript; charset=utf-8";
const CSS = "text/css; charset=utf-8";

/** By the name under `/dashboard/assets/`. None holds a secret: the login page needs them too. */
const ASSETS: Readonly<Record<string, readonly [text: string, type: string]>> = {
  "acts.js": [actsJs, JS],
  "app.js": [appJs, JS],
  "ask.js": [askJs, JS],
  "breakdown.js": [breakdownJs, JS],
  "charts.js": [chartsJs, JS],
  "dom.js": [domJs, JS],
  "figures.js": [figuresJs, JS],
  "format.js": [formatJs, JS],
  "icon.svg": [iconSvg, "image/svg+xml"],
  "keys.js": [keysJs, JS],
  "live.js": [liveJs, JS],
  "login.js": [loginJs, JS],
  "requests.js": [requestsJs, JS],
  "standing.js": [standingJs, JS],
  "style.css": [styleCss, CSS],
  "theme.js": [themeJs, JS],
  "try.js": [tryJs, JS],
  "uplot.css": [uplotCss, CSS],
  "uplot.js": [uplotJs, JS],
};

const tags = new Map<string, string>();

/** The response with one asset; undefined: none has this name. `known`: the `If-None-Match` of the request. */
export function asset(name: string, known: string | undefined): Response | undefined {
  const found = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
  if (found === undefined) return undefined;
  const [text, type] = found;
  let tag = tags.get(name);
  if (tag === undefined) {
    tags.set(name, tag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`);
  }
  const headers = { ...HEADERS, "cache-control": "no-cache", etag: tag };
  if (known === tag) return new Response(null, { status: 304, headers });
  return new Response(text, { headers: { ...headers, "content-type": type } });
}

/** The dashboard itself: it holds no data, so it is the same for everybody. */
export function indexPage(): Response {
  return html(indexHtml);
}

/** The sign-in form. */
export function loginPage(): Response {
  return html(loginHtml);
}

function html(text: string): Response {
  return new Response(text, {
    headers: { ...HEADERS, "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  });
}
