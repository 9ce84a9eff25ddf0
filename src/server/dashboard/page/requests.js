/** The newest requests, each with its route and the reasons for it; with a filter and a pause button. */
import { breakable, byId, el, setText } from "./dom.js";
import { amount, clock, columnMoney, count, duration, money, plural, shortModel, words } from "./format.js";

/** Rows in the page; older ones are removed. */
const MOST = 100;
/** Rows that are shown until more are asked for. */
const FEW = matchMedia("(max-width: 800px)").matches ? 8 : 20;
/** Milliseconds for which a live row stays, although data that was being fetched does not have it yet. */
const STAYS = 2000;
/** Milliseconds between two announcements to a screen reader. */
const SAY_EVERY = 5000;

const rows = new Map();
let shown = FEW;
let paused = false;
let missed = 0;
let unsaid = 0;
let saidAt = 0;

export const isPaused = () => paused;

/** Shows exactly these, newest first. Rows that are in the page already are kept, open ones open. */
export function showRequests(requests) {
  if (paused) return;
  const body = byId("requests");
  const kept = new Set(requests.map(({ id }) => id));
  const now = performance.now();
  let first = 0;
  for (const [id, row] of rows) {
    if (kept.has(id)) continue;
    if (now - Number(row.dataset.came ?? -STAYS) < STAYS) {
      first++;
      continue;
    }
    row.remove();
    rows.delete(id);
  }
  requests.forEach((request, i) => {
    let row = rows.get(request.id);
    if (row === undefined) rows.set(request.id, row = rowOf(request));
    const there = body.children[i + first] ?? null;
    if (there !== row) body.insertBefore(row, there);
  });
  filter();
}

/** Adds requests that have just ended, oldest first, at the top. `skipped`: how many more ended with them. */
export function addRequests(requests, skipped) {
  if (paused) {
    missed += requests.length + skipped;
    return showCount();
  }
  const body = byId("requests");
  for (const request of requests) {
    if (rows.has(request.id)) continue;
    const row = rowOf(request);
    row.classList.add("new");
    row.dataset.came = String(performance.now());
    rows.set(request.id, row);
    body.prepend(row);
  }
  while (body.children.length > MOST) {
    const oldest = body.lastElementChild;
    rows.delete(oldest.dataset.id);
    oldest.remove();
  }
  filter();
  say(requests, skipped);
}

function say(requests, skipped) {
  unsaid += requests.length + skipped;
  const now = Date.now();
  const newest = requests.at(-1);
  if (newest === undefined || now - saidAt < SAY_EVERY) return;
  saidAt = now;
  setText(
    byId("announce"),
    `${plural(unsaid, "new request")}; the last: ${newest.route} to ${newest.model ?? "no target"}, ${
      newest.failed ? "failed" : money(newest.cost_usd)
    }.`,
  );
  unsaid = 0;
}

function rowOf(request) {
  const { id, time, client, route, kind, why, provider, model, attempts, tokens, estimated } = request;
  const cell = (label, properties, ...children) =>
    el("td", { role: "cell", "data-label": label, ...properties }, ...children);
  const input = tokens === null ? 0 : tokens.input + tokens.cache_read + tokens.cache_write;
  const row = el(
    "tr",
    { role: "row", "data-id": id, class: request.failed ? "failed" : null },
    cell(
      "Time",
      { class: "time" },
      el(
        "time",
        { datetime: new Date(time).toISOString(), title: new Date(time).toLocaleString() },
        clock(time),
      ),
      el("small", {}, client),
    ),
    cell(
      "Route",
      { class: "way" },
      el("span", { class: "chip" }, route),
      request.operation === "count_tokens" ? el("small", {}, " token count") : undefined,
      reasons(request),
    ),
    cell(
      "Target",
      { class: "target" },
      el(
        "span",
        { class: "model", title: model },
        model === null ? "no target asked" : breakable(shortModel(model)),
      ),
      el(
        "small",
        {},
        provider ?? "",
        attempts.length > 1
          ? el(
            "span",
            { class: "tries" },
            ` after ${plural(attempts.length - 1, "other attempt")}`,
          )
          : undefined,
      ),
    ),
    cell(
      "Tokens",
      { class: "number", title: tokens === null ? null : `${count(input)} in, ${count(tokens.output)} out` },
      tokens === null ? "–" : `${estimated ? "≈ " : ""}${amount(input)} + ${amount(tokens.output)}`,
    ),
    cell(
      "Cost",
      dollars(request.cost_usd),
      request.on_plan ? "plan" : request.cost_usd === null ? "unknown" : columnMoney(request.cost_usd),
    ),
    cell(
      "Saved",
      dollars(request.saved_usd),
      request.on_plan
        ? "–"
        : `${request.baseline_basis === "estimate" ? "≈ " : ""}${columnMoney(request.saved_usd)}`,
    ),
    cell("First token", { class: "number" }, duration(request.first_token_ms)),
    cell("Status", { class: "status" }, statusOf(request)),
  );
  row.dataset.text = [
    route,
    kind,
    provider,
    model,
    client,
    request.status,
    request.failure,
    request.model_asked,
    ...why,
  ]
    .join(" ").toLowerCase();
  return row;
}

/** The title has the exact number. */
const dollars = (value) => ({ class: "number", title: value === null ? null : `$${value}` });

function statusOf({ status, failure, failed, cancelled }) {
  if (cancelled) return el("span", { class: "muted" }, "cancelled");
  if (!failed) return el("span", { class: "muted" }, String(status));
  return el("span", { class: "bad" }, `${status}${failure === null ? "" : ` ${words(failure)}`}`);
}

/** Reasons that say how a chain was ordered or handed on, after something else had decided. */
const AFTERWARDS = /^(?:the route \S+ is not set\b|strategy \S+: )| first: it | is not set → /;

/** The reason that decided. */
const decisive = (why) =>
  why.findLast((reason) => !AFTERWARDS.test(reason)) ?? why.at(-1) ?? "no reason recorded";

/** The reason that decided; opened, all reasons and the attempts. */
function reasons({ why, attempts, model_asked, session, duration_ms, overhead_us }) {
  const list = el("ol", {}, why.map((reason) => el("li", {}, reason)));
  const tries = attempts.map(({ provider, model, failure, message, ms }, i) =>
    el(
      "li",
      { class: failure === undefined ? null : "bad" },
      `${i + 1}. ${provider}, ${model}: ${
        failure === undefined
          ? "answered"
          : `${words(failure)}${message === undefined ? "" : ` (${message})`}`
      } after ${duration(ms)}`,
    )
  );
  return el(
    "details",
    { class: "why" },
    el("summary", {}, decisive(why)),
    list,
    tries.length > 0 ? el("ul", {}, tries) : undefined,
    el(
      "p",
      { class: "muted" },
      `Model requested: ${model_asked || "none"}. ${duration(duration_ms)} in total, ${
        (overhead_us / 1000).toFixed(2)
      } ms of it in the proxy.${session === null ? "" : ` Session ${session}.`}`,
    ),
  );
}

function filter() {
  const wanted = byId("filter").value.trim().toLowerCase().split(/\s+/);
  let matching = 0;
  for (const row of byId("requests").children) {
    const matches = wanted.every((word) => row.dataset.text.includes(word));
    if (matches) matching++;
    row.hidden = !matches || matching > shown;
  }
  byId("requests-none").hidden = matching > 0;
  setText(byId("requests-none"), rows.size === 0 ? "No requests yet." : "No request matches the filter.");
  byId("more").hidden = matching <= shown;
  setText(byId("more"), `Show all ${matching}`);
  showCount(matching);
}

function showCount(matching) {
  const filtered = byId("filter").value.trim() === "" ? "" : `${matching} of ${rows.size}`;
  setText(byId("requests-count"), paused ? `Paused${missed > 0 ? `, ${count(missed)} new` : ""}` : filtered);
}

/** Wires the filter, the pause button and the button for more; `onResume` fetches what was missed. */
export function wireRequests(onResume) {
  byId("filter").addEventListener("input", filter);
  byId("more").addEventListener("click", () => {
    const first = [...byId("requests").children].find((row) => row.hidden);
    shown = MOST;
    filter();
    first?.querySelector("summary")?.focus();
  });
  byId("pause").addEventListener("click", () => {
    paused = !paused;
    missed = 0;
    byId("pause").setAttribute("aria-pressed", String(paused));
    setText(byId("pause"), paused ? "Resume" : "Pause");
    showCount();
    if (!paused) onResume();
  });
}
