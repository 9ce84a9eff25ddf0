/** The present state: providers and their cooldowns, budgets, the configuration. */
import { breakable, byId, el, setText } from "./dom.js";
import { clock, money, plural, share, timeLeft, words } from "./format.js";

/** The proxy's clock minus the browser's. Milliseconds. */
let clockSkew = 0;

/** `skew` is absent with a live event, which says no time of its own. */
export function showStanding(state, skew) {
  if (skew !== undefined) clockSkew = skew;
  byId("providers").replaceChildren(...state.providers.map(provider));
  byId("budgets").replaceChildren(...budgets(state.budgets));
  byId("config").replaceChildren(...configuration(state));
  tick();
}

function provider(
  { name, base_url, keys, problem, running, in_flight, waiting, last_failure, cooldowns, plans },
) {
  const whole = cooldowns.some(({ model }) => model === null);
  const [kind, text] = problem !== null
    ? ["off", "not usable"]
    : running === false
    ? ["bad", "not running"]
    : whole
    ? ["bad", "cooling down"]
    : cooldowns.length > 0
    ? ["warn", "partly cooling down"]
    : ["good", "ready"];
  const busy = [
    in_flight > 0 ? `${in_flight} in flight` : "",
    waiting > 0 ? `${waiting} waiting` : "",
    keys === "passthrough" ? "the client’s own key" : keys > 1 ? `${keys} keys` : "",
  ].filter(Boolean).join(", ");
  return el(
    "li",
    { class: "card provider", "data-provider": name, "data-state": kind },
    el("h3", {}, name),
    el("p", { class: `badge ${kind}` }, text),
    el("p", { class: "muted address" }, base_url),
    problem === null ? undefined : el("p", {}, problem),
    running === false ? el("p", {}, "Nothing listens at this address on the proxy’s machine.") : undefined,
    busy === "" ? undefined : el("p", { class: "muted" }, busy),
    cooldowns.length === 0 ? undefined : el(
      "ul",
      { class: "cooldowns" },
      cooldowns.map(({ class: reason, model, message, until }) =>
        el(
          "li",
          {},
          el("b", {}, `${model === null ? "" : `${model}: `}${words(reason)}`),
          ", available in ",
          el("time", { class: "left", datetime: until, "data-until": Date.parse(until) }),
          el("small", {}, message),
        )
      ),
    ),
    plans.length === 0 ? undefined : el(
      "ul",
      { class: "cooldowns" },
      plans.map(({ account, window, left, resets_at }) =>
        el(
          "li",
          {},
          keys > 1 ? `Key ${account}: ` : "",
          el("b", {}, `${share(left)} of ${window}`),
          " left",
          resets_at === null ? "" : ", resets in ",
          resets_at === null
            ? undefined
            : el("time", { class: "left", datetime: resets_at, "data-until": Date.parse(resets_at) }),
        )
      ),
    ),
    last_failure === null || cooldowns.length > 0
      ? undefined
      : el("p", { class: "muted" }, `Last failure ${clock(last_failure.at)}: ${last_failure.message}`),
  );
}

/** Updates the times left. */
export function tick() {
  const now = Date.now() + clockSkew;
  for (const element of document.querySelectorAll("[data-until]")) {
    const left = Number(element.dataset.until) - now;
    setText(element, left > 0 ? timeLeft(left) : "a moment");
  }
}

function budgets(all) {
  if (all.length === 0) {
    return [
      el(
        "p",
        { class: "none" },
        "No budgets. Add ",
        el("code", {}, "[[budgets]]"),
        " to the configuration to set one.",
      ),
    ];
  }
  return all.map((budget) => {
    const { name, period, limit_usd, spent_usd, share: part, state, resets_at } = budget;
    const fill = el("span", { class: `fill ${state}` });
    fill.style.width = `${Math.min(100, part * 100)}%`;
    return el(
      "div",
      { class: "budget", "data-budget": name, "data-state": state },
      el(
        "p",
        {},
        el("b", {}, name),
        el("span", { class: "muted" }, ` a ${period}${scope(budget)}`),
      ),
      el("p", { class: "number" }, `${money(spent_usd)} of ${money(limit_usd)} (${share(part)})`),
      el("span", { class: "track", "aria-hidden": "true" }, fill),
      el(
        "p",
        { class: state === "exceeded" ? "bad" : "muted" },
        `${
          state === "exceeded" ? "Exceeded" : state === "warn" ? "Nearly spent" : "OK"
        }; at the limit requests ${consequence(budget)}. Resets in `,
        el("time", { datetime: resets_at, "data-until": Date.parse(resets_at) }),
        ".",
      ),
    );
  });
}

const scope = ({ route, client }) =>
  `${route === null ? "" : `, route ${route}`}${client === null ? "" : `, client ${client}`}`;

const consequence = ({ then }) => then === "refuse" ? "are refused" : `go to ${then}`;

function configuration({ config, ledger }) {
  const { path, origin, ok, loaded_at, broken_at, reloads, problems, warnings, routes, baseline } = config;
  const list = (title, lines, kind) =>
    lines.length === 0 ? [] : [
      el("h3", { class: kind }, title),
      el(
        "ul",
        { class: "lines" },
        lines.map((line) => el("li", {}, line)),
      ),
    ];
  const entries = [
    ["File", path === null ? origin ?? "none (uses the API keys in the environment)" : el("code", {}, path)],
    ["Loaded", `${clock(loaded_at)}${reloads > 0 ? `, ${plural(reloads, "reload")}` : ""}`],
    ...Object.entries(routes).map(([name, chain]) => [name, el("code", {}, breakable(chain.join(" | ")))]),
    ["Baseline", el("code", {}, breakable(baseline ?? "none"))],
    ["Ledger", el("code", {}, ledger === null ? "off" : ledger.path)],
  ];
  return [
    el(
      "p",
      { class: `badge ${ok ? "good" : "bad"}` },
      ok ? "active" : "the file has mistakes; the last valid version is active",
    ),
    broken_at === null ? undefined : el("p", { class: "muted" }, `Since ${clock(broken_at)}.`),
    ...list("Mistakes", problems, "bad"),
    ...list("Warnings", warnings, "warn"),
    ...list("Ledger", ledger?.problem ? [`Kept in memory for now: ${ledger.problem}`] : [], "bad"),
    el(
      "dl",
      { class: "entries" },
      entries.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]),
    ),
  ].filter((one) => one !== undefined);
}
