/** The present state, and the acts on it: providers and their cooldowns, budgets, pinned sessions, the configuration. */
import { act, actButton, doNow, openDialog, say } from "./acts.js";
import { breakable, byId, el, setText, showList } from "./dom.js";
import { clock, money, plural, share, timeLeft, words } from "./format.js";

/** The proxy's clock minus the browser's. Milliseconds. */
let clockSkew = 0;

/** `skew` is absent with a live event, which says no time of its own. */
export function showStanding(state, skew) {
  if (skew !== undefined) clockSkew = skew;
  showList(byId("providers"), state.providers, provider);
  byId("budgets").replaceChildren(...budgets(state.budgets));
  showList(byId("pins"), state.pins, pinned);
  byId("pins-none").hidden = state.pins.length > 0;
  const { config, ledger } = state;
  showList(byId("config"), [{ config, ledger }], configuration);
  document.body.dataset.learning = String(state.learning);
  tick();
}

/** A pause without an end is one until this year. */
const FAR = Date.UTC(9000, 0, 1);

function provider(one) {
  const { name, base_url, keys, problem, running, in_flight, waiting, last_failure, cooldowns, plans } = one;
  const whole = cooldowns.find(({ model, account }) => model === null && account === null) ??
    (keys === 1 ? cooldowns.find(({ model }) => model === null) : undefined);
  const [kind, text] = problem !== null
    ? ["off", "not usable"]
    : whole?.class === "paused"
    ? ["warn", "paused"]
    : running === false
    ? ["bad", "not running"]
    : whole !== undefined
    ? ["bad", "cooling down"]
    : cooldowns.some((one) => one.class !== "paused")
    ? ["warn", "partly cooling down"]
    : cooldowns.length > 0
    ? ["warn", "partly paused"]
    : ["good", "ready"];
  const busy = [
    in_flight > 0 ? `${in_flight} in flight` : "",
    waiting > 0 ? `${waiting} waiting` : "",
    keys === "passthrough" ? "the client’s own key" : "",
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
      cooldowns.map((cooldown) => cooldownItem(cooldown, keys)),
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
    keyList(one),
    providerActs(one, whole),
  );
}

function cooldownItem({ class: reason, model, account, message, until }, keys) {
  const end = Date.parse(until);
  const place = [keys > 1 && account !== null ? `Key ${account}` : "", model ?? ""].filter(Boolean).join(
    ", ",
  );
  const left = el("time", { class: "left", datetime: until, "data-until": end });
  const isPaused = reason === "paused";
  return el(
    "li",
    {},
    el("b", {}, `${place === "" ? "" : `${place}: `}${words(reason)}`),
    ...(end > FAR ? [" until you resume it"] : [isPaused ? ", resumes in " : ", available in ", left]),
    isPaused ? undefined : el("small", {}, message),
  );
}

/** The keys of a provider that has several, each to be paused alone. */
function keyList({ name, accounts, cooldowns }) {
  if (accounts.length === 0) return undefined;
  return el(
    "details",
    { class: "accounts", "data-open": "accounts" },
    el("summary", { "data-focus": `keys of ${name}` }, `${accounts.length} keys`),
    el(
      "ul",
      {},
      accounts.map((id, i) => {
        const number = i + 1;
        const isPaused = cooldowns.some((one) => one.class === "paused" && one.account === number);
        return el(
          "li",
          {},
          el("span", { title: `id ${id}` }, `Key ${number} `, el("small", { class: "muted" }, id)),
          isPaused
            ? resumeButton({ provider: name, key: id }, `key ${number} of ${name}`)
            : pauseButton({ provider: name, key: id }, `key ${number} of ${name}`),
        );
      }),
    ),
  );
}

function providerActs({ name, problem, cooldowns }, whole) {
  const isCooling = cooldowns.some((one) => one.class !== "paused");
  if (problem !== null && cooldowns.length === 0) return undefined;
  return el(
    "p",
    { class: "acts changes" },
    whole?.class === "paused"
      ? resumeButton({ provider: name }, name)
      : pauseButton({ provider: name }, name),
    isCooling
      ? actButton("End cooldowns", `reset ${name}`, ({ target }) =>
        doNow(
          target,
          "reset",
          { provider: name },
          ({ reset }) => `${plural(reset, "cooldown")} of ${name} ended: the next request asks it again.`,
        ), `End cooldowns of ${name}`)
      : undefined,
  );
}

const TIMES = [["", "until I resume it"], ["900", "15 minutes"], ["3600", "1 hour"], ["86400", "1 day"]];

const pauseButton = (place, title) =>
  actButton("Pause…", `pause ${title}`, () =>
    openDialog({
      title: `Pause ${title}`,
      text: "Nothing is sent there; other targets answer. Requests in flight go on.",
      fields: [{ name: "seconds", label: "For how long", kind: "select", options: TIMES }],
      submit: "Pause",
      run: async ({ seconds }) => {
        await act("pause", { ...place, ...(seconds === "" ? {} : { seconds: Number(seconds) }) });
        say(`${capital(title)} is paused.`);
      },
    }), `Pause ${title}`);

const resumeButton = (place, title) =>
  actButton(
    "Resume",
    `pause ${title}`,
    ({ target }) => doNow(target, "resume", place, () => `${capital(title)} gets requests again.`),
    `Resume ${title}`,
  );

const capital = (text) => text.replace(/^key /, "Key ");

function pinned({ session, route, by, since }) {
  return el(
    "li",
    { "data-session": session },
    el("span", {}, el("b", {}, breakable(session)), " goes to ", el("span", { class: "chip" }, route)),
    el("small", { class: "muted" }, `by ${by}, since ${clock(since)}`),
    el(
      "span",
      { class: "changes" },
      actButton(
        "Release",
        `release ${session}`,
        ({ target }) =>
          doNow(target, "unpin", { session }, () => `The session ${session} is routed as usual again.`),
        `Release ${session}`,
      ),
    ),
  );
}

/** Asks where a session is to go. */
export function askPin(session = "") {
  openDialog({
    title: "Pin a session",
    text: "Its requests go there until it is released, whatever they say.",
    fields: [
      {
        name: "session",
        label: "Session",
        value: session,
        hint: "The client’s name of it, as an opened request shows it.",
        required: true,
      },
      {
        name: "route",
        label: "Route or target",
        hint: "Such as think, or groq,llama-3.3-70b-versatile.",
        required: true,
      },
    ],
    submit: "Pin",
    run: async (values) => {
      const { pinned: { session, route } } = await act("pin", values);
      say(`The session ${session} goes to ${route}.`);
    },
  });
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
  const { path, origin, ok, loaded_at, broken_at, reloads, problems, warnings, routes, unset, baseline } =
    config;
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
    ...Object.entries(routes).map(([name, chain]) => [
      name,
      [el("code", {}, breakable(chain.join(" | "))), path === null ? undefined : changeButton(name, chain)],
    ]),
    ["Baseline", el("code", {}, breakable(baseline ?? "none"))],
    ["Ledger", el("code", {}, ledger === null ? "off" : ledger.path)],
  ];
  return el(
    "div",
    {},
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
    path === null || unset.length === 0 ? undefined : el(
      "p",
      { class: "acts changes" },
      actButton("Set another route…", "set a route", () => changeRoute(unset, [])),
    ),
  );
}

const changeButton = (name, chain) =>
  el(
    "span",
    { class: "changes" },
    " ",
    actButton("Change…", `change ${name}`, () => changeRoute([name], chain), `Change ${name}`),
  );

/** Asks for a chain, shows what that changes in the file, and writes it. */
function changeRoute(names, chain) {
  const [name] = names;
  const form = {
    title: names.length === 1 ? `Change the route ${name}` : "Set a route",
    fields: [
      ...(names.length === 1
        ? []
        : [{ name: "route", label: "Route", kind: "select", options: names.map((one) => [one, one]) }]),
      {
        name: "targets",
        label: "Targets",
        hint: "provider,model: one a line, in the order in which they are tried.",
        kind: "area",
        value: chain.join("\n"),
        required: true,
      },
    ],
    submit: "Show the change",
    run: async ({ route = name, targets }) => {
      const body = { route, targets: targets.split(/\n|\|/).map((line) => line.trim()).filter(Boolean) };
      return changeShown(body, await act("route-preview", body));
    },
  };
  openDialog(form);
}

function changeShown({ route, targets }, { of, lines, warnings }) {
  if (lines.length === 0) {
    return {
      title: "Nothing changes",
      text: `The route ${route} has these targets already.`,
      close: "Close",
    };
  }
  const line = (one) =>
    one === null ? el("span", { class: "muted" }, "  …\n") : el(
      "span",
      { class: { "+": "good", "-": "bad", " ": "muted" }[one.mark] },
      `${one.mark} ${one.text}\n`,
    );
  return {
    title: `Write the route ${route}?`,
    text: "The file passes the check. These lines change; everything else in it stays.",
    content: [
      el(
        "pre",
        { class: "diff scroll", tabindex: "0", role: "group", "aria-label": "The change" },
        lines.map(line),
      ),
      ...(warnings.length === 0 ? [] : [
        el("h3", { class: "warn" }, "Warnings"),
        el(
          "ul",
          { class: "lines" },
          warnings.map((one) => el("li", {}, one)),
        ),
      ]),
    ],
    submit: "Write it",
    run: async () => {
      await act("route", { route, targets, of });
      say(`The route ${route} is written. The proxy takes it over within a second.`);
    },
  };
}
