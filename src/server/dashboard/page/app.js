/** Runs the page: fetches the data, listens to live events, and shows both. */
import { wireDialog } from "./acts.js";
import { askProxy } from "./ask.js";
import { showBreakdown, showReliability, showSeries } from "./breakdown.js";
import { showCharts } from "./charts.js";
import { byId, setText } from "./dom.js";
import { clock } from "./format.js";
import { showSavings, showTiles, showWelcome } from "./figures.js";
import { showKeys, wireKeys } from "./keys.js";
import { listen } from "./live.js";
import { addRequests, showPicks, showRequests, wireRequests } from "./requests.js";
import { askPin, showStanding, tick } from "./standing.js";
import { wireTry } from "./try.js";

/** Milliseconds between two fetches while requests end. */
const SOONEST = 1000;
/** The same without events: the day may have changed, or another proxy have written to the same ledger. */
const ANYWAY = 60_000;
const TRY_AGAIN = 3000;
const PERIODS = { hour: "in the last hour", today: "today", week: "this week", month: "this month" };
const LINKS = { live: "Live", connecting: "Connecting", polling: "Every 5 seconds", lost: "No answer" };

let asking = false;
let askAgain = false;
let timer;
let askedAt = 0;
/** When the page last showed what the proxy said. Epoch milliseconds. */
let shownAt;

const period = () => document.querySelector("input[name=period]:checked").value;

/** Fetches the data in `ms` milliseconds, unless a fetch is due sooner. */
function askIn(ms) {
  const at = performance.now() + ms;
  if (timer !== undefined && timer.at <= at) return;
  clearTimeout(timer?.id);
  timer = { at, id: setTimeout(ask, ms) };
}

async function ask() {
  timer = undefined;
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  askAgain = false;
  askedAt = performance.now();
  const began = Date.now();
  try {
    const wanted = period();
    const response = await askProxy(`dashboard/data?period=${wanted}`);
    if (!response.ok) throw new Error(`the proxy answered ${response.status}`);
    const data = await response.json();
    if (wanted === period()) show(data, data.now - began);
    else askAgain = true;
    showTrouble("");
    askIn(data.figures?.againIn ?? ANYWAY);
  } catch (error) {
    console.warn(error);
    showTrouble(
      `The proxy does not answer (${
        message(error)
      }). It may have been stopped: start it with terraphim-llm-proxy serve. ${
        shownAt === undefined ? "" : `Shown is what it said at ${clock(shownAt)}.`
      } This page tries again every ${TRY_AGAIN / 1000} seconds.`,
    );
    showLink("lost");
    askIn(TRY_AGAIN);
  } finally {
    asking = false;
    if (askAgain) askIn(0);
  }
}

/** `skew`: the proxy's clock minus the browser's. Milliseconds. */
function show({ version, locked, acts, figures, recent, state, period: shown }, skew) {
  setText(byId("version"), version);
  document.body.dataset.acts = acts;
  if (acts === "change") showKeys(locked);
  byId("sign-out").hidden = !locked;
  showSavings(figures, state);
  showWelcome(figures, locked);
  if (figures !== null) {
    showTiles(figures.report);
    showCharts(figures.chart, figures.report);
    showSeries(figures.chart);
    showBreakdown(figures.report);
    showReliability(figures.report);
    showPicks(figures.report);
    setText(byId("by-period"), PERIODS[shown]);
  }
  showRequests(recent);
  showState(state, skew);
  document.body.dataset.ready = shown;
  shownAt = Date.now();
}

function showState(state, skew) {
  showStanding(state, skew);
  const link = byId("link");
  link.dataset.busy = String(state.in_flight);
  showLink(link.dataset.state);
}

function showLink(state) {
  const link = byId("link");
  link.dataset.state = state;
  const busy = Number(link.dataset.busy ?? 0);
  setText(byId("link-text"), `${LINKS[state]}${busy > 0 ? `, ${busy} in flight` : ""}`);
}

/** What went wrong with a fetch; browsers have no more to say where nobody answers. */
const message = (error) => error instanceof TypeError ? "no connection" : error.message;

function showTrouble(text) {
  byId("trouble").hidden = text === "";
  setText(byId("trouble"), text);
}

for (const choice of document.querySelectorAll("input[name=period]")) {
  choice.addEventListener("change", () => askIn(0));
}
wireRequests(() => askIn(0));
wireDialog();
wireTry();
wireKeys();
byId("pin").addEventListener("click", () => askPin());
setInterval(tick, 1000);
ask();
listen({
  onState: (state) => showState(state),
  onRequests: (rows, skipped) => {
    addRequests(rows, skipped);
    askIn(Math.max(0, askedAt + SOONEST - performance.now()));
  },
  onOpen: () => askIn(0),
  onPoll: () => askIn(0),
  onLink: showLink,
});
