/** The tables: by route, model, provider and client, and the chart's values as a table. */
import { breakable, byId, el } from "./dom.js";
import { amount, count, duration, money, share, words } from "./format.js";

const GROUPS = [
  ["route", "Route"],
  ["model", "Model"],
  ["provider", "Provider"],
  ["client", "Client"],
  ["key", "Key"],
];
/** The name in a report for requests that no target answered. */
const NONE = "none";
/** Rows of a table until all are asked for. */
const FEW = 8;
const opened = new Set();

const tokensOf = ({ input, cache_read, cache_write, output }) => input + cache_read + cache_write + output;

const head = (names) =>
  el(
    "thead",
    {},
    el("tr", {}, names.map((name, i) => el("th", { scope: "col", class: i > 0 ? "number" : null }, name))),
  );

export function showBreakdown(report) {
  const hasKeys = Object.keys(report.by.key ?? {}).some((name) => name !== NONE);
  const groups = GROUPS.filter(([group]) => group !== "key" || hasKeys);
  byId("by").replaceChildren(...groups.map(([group, name]) => tableOf(group, name, report)));
}

function tableOf(group, name, report) {
  const entries = Object.entries(report.by[group] ?? {});
  const none = group === "key" ? "without a key" : "no target asked";
  const most = Math.max(...entries.map(([, { cost_usd }]) => cost_usd), 0);
  const all = opened.has(group) || entries.length <= FEW + 1;
  const shown = all ? entries : entries.slice(0, FEW);
  const table = el(
    "table",
    { "data-by": group },
    el("caption", {}, `By ${name.toLowerCase()}`),
    head([name, "Requests", "Tokens", "Cost", "Saved"]),
    el("tbody", {}, shown.map(([entry, figures]) => rowOf(entry, figures, { most, none }))),
  );
  const more = all ? undefined : el("button", {
    type: "button",
    class: "more",
    onclick: () => {
      opened.add(group);
      showBreakdown(report);
      byId("by").querySelector(`[data-by="${group}"] tbody tr:nth-child(${FEW + 1}) th`)?.focus();
    },
  }, `Show all ${entries.length}`);
  return el(
    "div",
    { class: "card" },
    table,
    entries.length === 0 ? el("p", { class: "none" }, "No requests yet.") : more,
  );
}

function rowOf(name, { requests, failures, tokens, cost_usd, saved_usd, unpriced_requests }, { most, none }) {
  const fill = el("span", { class: "share", "aria-hidden": "true" });
  fill.style.width = `${most > 0 ? cost_usd / most * 100 : 0}%`;
  const priced = unpriced_requests < requests || requests === 0;
  return el(
    "tr",
    {},
    el("th", { scope: "row", tabindex: "-1" }, name === NONE ? none : breakable(name), fill),
    el(
      "td",
      { class: "number" },
      count(requests),
      failures > 0 ? el("small", { class: "bad" }, `${count(failures)} failed`) : undefined,
    ),
    el("td", { class: "number", title: count(tokensOf(tokens)) }, amount(tokensOf(tokens))),
    el("td", { class: "number" }, priced ? money(cost_usd) : "unknown"),
    el("td", { class: "number" }, priced ? money(saved_usd) : "–"),
  );
}

const RELIABLE = { target: "Target", provider: "Provider", model: "Model" };
let lastReport;

/** Whose reliability is shown: targets, providers or models. */
const reliableBy = () => document.querySelector("input[name=reliable]:checked").value;

for (const choice of document.querySelectorAll("input[name=reliable]")) {
  choice.addEventListener("change", () => lastReport !== undefined && showReliability(lastReport));
}

/** Targets (or providers, or models), and of each the tries, the part that worked, what failed, and the time to the first token. */
export function showReliability(report) {
  lastReport = report;
  const { by } = report;
  const group = reliableBy();
  const entries = Object.entries(by[group] ?? {}).filter(([, { attempts }]) => attempts !== undefined)
    .sort(([, a], [, b]) => b.attempts.tried - a.attempts.tried);
  const slowest = Math.max(...entries.map(([, { first_token_ms }]) => first_token_ms.p95 ?? 0), 1);
  if (entries.length === 0) {
    byId("reliable").replaceChildren(el("p", { class: "none" }, "No requests yet."));
    return;
  }
  byId("reliable").replaceChildren(el(
    "table",
    { "data-by": group },
    el("caption", { class: "hidden" }, `Tries, failures and latency by ${group}`),
    head([RELIABLE[group], "Tries", "Worked", "Failed", "First token p50", "p95"]),
    el("tbody", {}, entries.map(([name, figures]) => reliabilityOf(name, figures, slowest))),
  ));
}

function reliabilityOf(name, { attempts, first_token_ms: { p50, p95 } }, slowest) {
  const { tried, failed, success_share: worked, failures } = attempts;
  const bar = (part, kind) => {
    const fill = el("span", { class: `fill ${kind}` });
    fill.style.width = `${Math.min(100, part * 100)}%`;
    return el("span", { class: "track", "aria-hidden": "true" }, fill);
  };
  const classes = Object.entries(failures).map(([kind, tries]) => `${count(tries)} ${words(kind)}`).join(
    ", ",
  );
  return el(
    "tr",
    { "data-target": name },
    el("th", { scope: "row" }, breakable(name)),
    el("td", { class: "number" }, count(tried)),
    el("td", { class: "number" }, share(worked), bar(worked ?? 0, failed > 0 ? "warn" : "spent")),
    el(
      "td",
      { class: failed > 0 ? "bad" : "muted" },
      failed === 0 ? "none" : classes,
      bar(tried === 0 ? 0 : failed / tried, "exceeded"),
    ),
    el("td", { class: "number" }, duration(p50), bar((p50 ?? 0) / slowest, "spent")),
    el("td", { class: "number" }, duration(p95), bar((p95 ?? 0) / slowest, "baseline")),
  );
}

export function showSeries({ unit, slots }) {
  const rows = slots.filter(({ figures }) => figures !== undefined && figures.requests > 0);
  byId("series").replaceChildren(el(
    "table",
    {},
    el("caption", { class: "hidden" }, "Cost and tokens over time"),
    head([
      { hour: "Hour", day: "Day" }[unit] ?? "From",
      "Requests",
      "Fresh input",
      "Cached input",
      "Output",
      "Cost",
      "Saved",
    ]),
    el(
      "tbody",
      {},
      rows.map(({ title, figures: { requests, tokens, cost_usd, saved_usd } }) =>
        el(
          "tr",
          {},
          el("th", { scope: "row" }, title),
          [requests, tokens.input, tokens.cache_read + tokens.cache_write, tokens.output].map((number) =>
            el("td", { class: "number" }, count(number))
          ),
          el("td", { class: "number" }, money(cost_usd)),
          el("td", { class: "number" }, money(saved_usd)),
        )
      ),
    ),
  ));
}
