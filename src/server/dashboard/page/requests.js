/** The requests, each with its route and the reasons for it: the newest, and pages further back; with filters and a pause button. */
import { askProxy } from "./ask.js";
import { act, actButton, doNow, openDialog, say as noted } from "./acts.js";
import { breakable, byId, el, setText } from "./dom.js";
import { amount, clock, columnMoney, count, duration, money, plural, shortModel, words } from "./format.js";
import { askPin } from "./standing.js";

/** Rows in the page while only the newest are shown; older ones are removed. */
const MOST = 100;
/** Rows in the page, older ones that were asked for included. */
const MOST_IN_ALL = 1000;
/** Rows that are shown until more are asked for. */
const FEW = matchMedia("(max-width: 800px)").matches ? 8 : 20;
/** Milliseconds for which a live row stays, although data that was being fetched does not have it yet. */
const STAYS = 2000;
/** Milliseconds between two announcements to a screen reader. */
const SAY_EVERY = 5000;

/** Milliseconds after the last letter of a filter until older requests are searched. */
const SEARCH_AFTER = 300;
/** What a request can be picked by. */
const PICKS = ["route", "provider", "model", "client", "key"];
/** The times between which a request arrived. */
const TIMES = ["since", "until"];

const rows = new Map();
/** Where the next page begins; undefined: none was fetched; null: there is nothing older. */
let cursor;
let searching;
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
    if (kept.has(id) || row.dataset.older !== undefined) continue;
    if (cursor !== undefined && !isFiltered()) {
      row.dataset.older = ""; // it leaves the newest, and older ones follow it
      continue;
    }
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
    if (request.seq !== undefined) row.dataset.seq = request.seq;
    delete row.dataset.older;
    const there = body.children[i + first] ?? null;
    if (there !== row) body.insertBefore(row, there);
  });
  filter();
  if (!looked) openLinked();
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
  while (body.children.length > MOST && cursor === undefined) dropOldest();
  while (body.children.length > MOST_IN_ALL) {
    dropOldest();
    // Paging goes on from the row that is the last now.
    cursor = Number(body.lastElementChild.dataset.seq ?? NaN) || cursor;
  }
  filter();
  say(requests, skipped);
}

function dropOldest() {
  const oldest = byId("requests").lastElementChild;
  rows.delete(oldest.dataset.id);
  oldest.remove();
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
        "a",
        { href: `#request=${encodeURIComponent(id)}`, title: "Link to this request" },
        el(
          "time",
          { datetime: new Date(time).toISOString(), title: new Date(time).toLocaleString() },
          clock(time),
        ),
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
  if (request.seq !== undefined) row.dataset.seq = request.seq;
  for (const name of PICKS) row.dataset[name] = request[name === "key" ? "client_key" : name] ?? "";
  row.dataset.time = time;
  row.dataset.status = request.cancelled ? "cancelled" : request.failed ? "failed" : "ok";
  return row;
}

/** The title has the exact number. */
const dollars = (value) => ({ class: "number", title: value === null ? null : `$${value}` });

function statusOf({ status, failure, failed, cancelled }) {
  if (cancelled) return el("span", { class: "muted" }, "cancelled");
  if (!failed) return el("span", { class: "muted" }, String(status));
  return el("span", { class: "bad" }, `${status}${failure === null ? "" : ` ${words(failure)}`}`);
}

/** Reasons that say how a chain was ordered or handed on, or why a target was not asked, after something else had decided. */
const AFTERWARDS = /^(?:the route \S+ is not set\b|strategy \S+: |[^\s,"]+,\S+: )| first: it | is not set → /;

/** The reason that decided. */
const decisive = (why) =>
  why.findLast((reason) => !AFTERWARDS.test(reason)) ?? why.at(-1) ?? "no reason recorded";

/** The kinds of work that a correction may name. */
const KINDS = ["think", "plan_implementation", "build", "background", "default"];

/** The reason that decided; opened, all reasons and the attempts. */
function reasons(request) {
  const { id, why, attempts, model_asked, session, duration_ms, overhead_us } = request;
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
  const details = el(
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
      } ms of it in the proxy.${session === null ? "" : ` Session ${session}.`} Request ${id}.`,
    ),
  );
  details.addEventListener("toggle", () => details.append(...actsOf(request)), { once: true });
  return details;
}

/** What can be done about a request: thumbs and another route where the proxy learns, a pin where it has a session. */
function actsOf({ id, session, route, provider, failed }) {
  const thumb = (which, text) =>
    actButton(
      text,
      `${which} ${id}`,
      ({ target }) => doNow(target, "feedback", { request_id: id, thumb: which }, () => "Noted: thanks."),
    );
  const rated = provider === null || failed ? [] : [thumb("up", "Good answer"), thumb("down", "Bad answer")];
  return [
    el(
      "p",
      { class: "acts changes" },
      el(
        "span",
        { class: "learns" },
        rated,
        actButton("Prefer another route…", `prefer ${id}`, () => preferRoute(id, route)),
      ),
      session === null ? undefined : actButton("Pin this session…", `pin ${id}`, () => askPin(session)),
    ),
  ];
}

function preferRoute(id, route) {
  openDialog({
    title: "Prefer another route",
    text:
      `This request went to ${route}. Which would have been right? Similar prompts go there more likely from now on.`,
    fields: [{
      name: "route",
      label: "Route",
      kind: "select",
      options: KINDS.filter((kind) => kind !== route).map((kind) => [kind, kind]),
    }],
    submit: "Prefer it",
    run: async ({ route: wanted }) => {
      const { learned } = await act("feedback", { request_id: id, route: wanted });
      noted(
        learned
          ? `Noted: ${wanted} would have been right. Similar prompts go there more likely.`
          : `Noted. A rule or a signal of the agent decided about this one, which no correction moves.`,
      );
    },
  });
}

/** The filters that are set, by name. */
const query = () =>
  Object.fromEntries(
    [
      ...[...PICKS, "status"].map((name) => [name, byId(`pick-${name}`).value]),
      ...TIMES.map((name) => [name, momentIn(byId(`pick-${name}`).value)]),
      ["text", byId("filter").value.trim()],
    ].filter(([, value]) => value !== ""),
  );

/** A local time as it is typed in, as epoch milliseconds; "" where none is. */
const momentIn = (text) => text === "" || Number.isNaN(Date.parse(text)) ? "" : String(Date.parse(text));

const isFiltered = () => Object.keys(query()).length > 0;

function matches(row, { text = "", since = 0, until = Infinity, ...picked }) {
  const time = Number(row.dataset.time);
  return time >= since && time < until &&
    text.toLowerCase().split(/\s+/).every((word) => row.dataset.text.includes(word)) &&
    Object.entries(picked).every(([name, value]) => row.dataset[name] === value);
}

function filter() {
  const wanted = query();
  let matching = 0;
  for (const row of byId("requests").children) {
    const fits = matches(row, wanted);
    if (fits) matching++;
    row.hidden = (!fits || matching > shown) && !row.classList.contains("linked");
  }
  byId("requests-none").hidden = matching > 0;
  setText(byId("requests-none"), rows.size === 0 ? "No requests yet." : "No request matches the filter.");
  byId("more").hidden = matching <= shown;
  setText(byId("more"), `Show all ${matching}`);
  const full = rows.size >= MOST;
  const isFull = rows.size >= MOST_IN_ALL;
  byId("older").hidden = matching > shown || isFull || cursor === null || (cursor === undefined && !full);
  byId("requests-full").hidden = !isFull;
  showCount(matching);
}

/** Forgets what was fetched for other filters, and searches further back than the page goes. */
function search() {
  for (const [id, row] of rows) {
    if (row.dataset.older === undefined || row.classList.contains("linked")) continue;
    row.remove();
    rows.delete(id);
  }
  cursor = undefined;
  filter();
  clearTimeout(searching);
  if (isFiltered()) searching = setTimeout(fetchOlder, SEARCH_AFTER);
}

async function fetchPage(parameters) {
  const response = await askProxy(`dashboard/requests?${new URLSearchParams(parameters)}`);
  if (!response.ok) throw new Error(`the proxy answered ${response.status}`);
  return await response.json();
}

/** The next page that the filters select. */
async function fetchOlder() {
  const wanted = query();
  const oldest = Math.min(...[...rows.values()].map((row) => Number(row.dataset.seq ?? Infinity)));
  const before = cursor ?? (isFiltered() || oldest === Infinity ? undefined : oldest);
  try {
    // A search looks at a part of the ledger at a time: it goes on until it has found something.
    let page = { rows: [], next: before };
    while (page.rows.length === 0 && page.next !== null) {
      page = await fetchPage(page.next === undefined ? wanted : { ...wanted, before: page.next });
      if (JSON.stringify(wanted) !== JSON.stringify(query())) return;
    }
    for (const request of page.rows.slice(0, MOST_IN_ALL - rows.size)) addOlder(request);
    cursor = page.next;
    note("");
  } catch (error) {
    note(`Older requests cannot be shown: ${error.message}.`);
  }
  filter();
}

/** Puts a request where it belongs: below the newer ones. */
function addOlder(request) {
  if (rows.has(request.id)) return rows.get(request.id);
  const row = rowOf(request);
  row.dataset.older = "";
  rows.set(request.id, row);
  const below = [...byId("requests").children].find((one) =>
    Number(one.dataset.seq ?? Infinity) < request.seq
  );
  byId("requests").insertBefore(row, below ?? null);
  return row;
}

function note(text) {
  byId("requests-trouble").hidden = text === "";
  setText(byId("requests-trouble"), text);
}

/** The link of the address was followed. */
let looked = false;

/** Opens the request that the address names, wherever it is in the ledger. */
async function openLinked() {
  looked = true;
  const id = new URLSearchParams(location.hash.slice(1)).get("request");
  for (const row of rows.values()) row.classList.remove("linked");
  if (id === null) return filter();
  let row = rows.get(id);
  try {
    let before;
    while (row === undefined && before !== null) {
      const page = await fetchPage(before === undefined ? { id } : { id, before });
      before = page.next;
      if (page.rows.length > 0) row = addOlder(page.rows[0]);
    }
    note(row === undefined ? "The ledger does not have the request of this link." : "");
  } catch (error) {
    note(`The request of this link cannot be shown: ${error.message}.`);
  }
  if (row === undefined) return;
  row.classList.add("linked");
  row.querySelector("details").open = true;
  filter();
  row.scrollIntoView({ block: "center" });
}

/** Offers what the period's report names, and keeps what is picked. */
export function showPicks({ by }) {
  for (const name of PICKS) {
    const select = byId(`pick-${name}`);
    const [any] = select.options;
    const names = new Set([...Object.keys(by[name] ?? {}).filter((one) => one !== "none"), select.value]);
    names.delete("");
    if ([...select.options].slice(1).map(({ value }) => value).join("\n") === [...names].join("\n")) continue;
    const picked = select.value;
    select.replaceChildren(any, ...[...names].map((one) => el("option", { value: one }, one)));
    select.value = picked;
  }
}

function showCount(matching) {
  const filtered = isFiltered() ? `${matching} of ${rows.size}` : "";
  setText(byId("requests-count"), paused ? `Paused${missed > 0 ? `, ${count(missed)} new` : ""}` : filtered);
}

/** Wires the filter, the pause button and the button for more; `onResume` fetches what was missed. */
export function wireRequests(onResume) {
  byId("filter").addEventListener("input", search);
  for (const name of [...PICKS, "status", ...TIMES]) byId(`pick-${name}`).addEventListener("change", search);
  byId("older").addEventListener("click", fetchOlder);
  addEventListener("hashchange", openLinked);
  byId("more").addEventListener("click", () => {
    const first = [...byId("requests").children].find((row) => row.hidden);
    shown = Infinity;
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
