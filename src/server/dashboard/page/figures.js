/** The savings to date, and the figures of the period. */
import { byId, el, setText } from "./dom.js";
import { amount, count, date, duration, money, plural, share, shortModel } from "./format.js";

/** `provider,model` -> the model's short name. */
const modelOf = (target) => shortModel(target.slice(target.indexOf(",") + 1));

export function showSavings(figures, state) {
  const { baseline } = state.config;
  if (figures === null) {
    setText(byId("saved"), "–");
    setText(
      byId("saved-words"),
      state.ledger === null
        ? "The ledger is off: set enabled = true in [ledger] to see savings."
        : "The store cannot be reached.",
    );
    byId("compare").replaceChildren();
    return;
  }
  const { requests, cost_usd, baseline_usd, saved_usd, saved_share, first } = figures.savings;
  const on = baseline === null ? "the baseline model" : modelOf(baseline);
  byId("saved").classList.toggle("good", saved_usd > 0);
  setText(byId("saved"), money(saved_usd));
  const part = saved_usd >= 0 ? `${share(saved_share)} less` : `${share(-saved_share)} more`;
  const since = first === null ? "" : ` since ${date(first)}`;
  setText(
    byId("saved-words"),
    requests === 0
      ? "No requests yet."
      : baseline_usd === 0
      ? `${plural(requests, "request")}${since}; their cost on ${on} is unknown.`
      : `${part} than on ${on} alone. ${plural(requests, "request")}${since}.${asides(figures.savings)}`,
  );
  byId("saved-words").title = baseline === null ? "" : `measured against ${baseline}`;
  const most = Math.max(cost_usd, baseline_usd);
  byId("compare").replaceChildren(
    ...bar("Spent", cost_usd, most, "spent"),
    ...bar(`On ${on} alone`, baseline_usd, most, "baseline"),
  );
}

/** What belongs to the savings without being one: a sentence for each that applies. */
function asides(savings) {
  const {
    lost_by_switching_usd,
    estimated_baseline_requests,
    old_baseline_requests,
    plan_requests,
    plan_tokens,
  } = savings;
  return [
    lost_by_switching_usd > 0 ? `Switching lost ${money(lost_by_switching_usd)}.` : "",
    plan_requests > 0
      ? `${plural(plan_requests, "request")} (${
        amount(plan_tokens)
      } tokens) on a flat plan: no price, no saving.`
      : "",
    estimated_baseline_requests > 0
      ? `${plural(estimated_baseline_requests, "request")} without a session: the saving is an estimate.`
      : "",
    old_baseline_requests > 0
      ? `${plural(old_baseline_requests, "request")} of an older version, counted without a cache.`
      : "",
  ].filter((text) => text !== "").map((text) => ` ${text}`).join("");
}

function bar(name, dollars, most, kind) {
  const fill = el("span", { class: `fill ${kind}` });
  fill.style.width = `${most > 0 ? Math.max(0.5, dollars / most * 100) : 0}%`;
  return [
    el("dt", {}, name),
    el("dd", {}, el("span", { class: "track", "aria-hidden": "true" }, fill), el("b", {}, money(dollars))),
  ];
}

/** For each tile: name, value, note under it, whether it is bad news. */
function tilesOf(report) {
  const { tokens, first_token_ms: first, failures, requests } = report;
  const input = tokens.input + tokens.cache_read + tokens.cache_write;
  return [
    [
      "Cost",
      money(report.cost_usd),
      report.unpriced_requests > 0 ? `${count(report.unpriced_requests)} unpriced` : "",
    ],
    [
      "Saved",
      money(report.saved_usd),
      report.baseline_usd > 0 ? `${share(report.saved_share)} of the baseline` : "",
    ],
    [
      "Requests",
      count(requests),
      report.cancelled > 0 ? `${count(report.cancelled)} cancelled by clients` : "",
    ],
    ["Tokens", amount(input + tokens.output), `${amount(input)} in, ${amount(tokens.output)} out`],
    ["Cache hits", share(report.cache_hit_share), "of input tokens"],
    ["First token", duration(first.p50), first.p95 === null ? "" : `p95 ${duration(first.p95)}`],
    [
      "Failures",
      count(failures),
      requests > 0 ? `${share(failures / requests)} of requests` : "",
      failures > 0,
    ],
    ["Fallbacks", count(report.fallbacks), "tried more than one target"],
  ];
}

export function showTiles(report) {
  byId("tiles").replaceChildren(
    ...tilesOf(report).map(([name, value, under, bad]) =>
      el(
        "div",
        { class: "tile", "data-figure": name.toLowerCase().replaceAll(" ", "-") },
        el("dt", {}, name),
        el("dd", { class: bad ? "value bad" : "value" }, value),
        el("dd", { class: "under" }, under || "\u00a0"),
      )
    ),
  );
}

/** What to do while there are no requests. */
export function showWelcome(figures, locked) {
  const empty = figures !== null && figures.savings.requests === 0;
  byId("welcome").hidden = !empty;
  if (!empty) return;
  const base = new URL(".", document.baseURI).href.replace(/\/$/, "");
  const key = locked ? "THE-PROXY-KEY" : "any";
  const { hostname } = new URL(base);
  const url = hostname === "localhost" || hostname === "127.0.0.1" ? "" : ` --url ${base}`;
  setText(
    byId("welcome-claude"),
    `terraphim-llm-proxy run${url} claude\nterraphim-llm-proxy setup claude-code${url}\nterraphim-llm-proxy setup codex${url}`,
  );
  setText(
    byId("welcome-openai"),
    `curl ${base}/v1/chat/completions \\\n  -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" \\\n` +
      `  -d '{"model": "auto", "messages": [{"role": "user", "content": "plan the architecture"}]}'`,
  );
}
