/** The state of a proxy as text: the proxy, its configuration, a table of its providers. */
import { counted, moment, share, span } from "../../../text/format.ts";
import type { Out } from "../../io.ts";
import { NAME } from "../../command.ts";
import { type Style, styleOf } from "../../output/style.ts";
import { type Cell, type Row, table } from "../../output/table.ts";
import { visible } from "../../../text/visible.ts";
import { cut, wrap } from "../../../text/width.ts";
import type { CooldownHealth, Health, ProviderHealth } from "./health.ts";

/** The page, each line ended. `now`: epoch milliseconds. */
export function asText(out: Out, health: Health, url: string, now: number): string {
  const style = styleOf(out);
  const { bold } = style;
  const { version, uptime_seconds: uptime, in_flight: inFlight, workers, providers } = health;
  const head = [
    ...(out.columns === undefined || out.columns < 60
      ? wrap(`${NAME} ${version} on ${url}`, out.columns)
      : [`${bold(NAME)} ${version} on ${bold(cut(url, out.columns - 30))}`]),
    `Up ${span(uptime)}, ${counted(inFlight, "request")} in flight${
      workers === undefined ? "" : `, ${counted(workers, "worker")}`
    }`,
    ...configuration(health, style, out.columns, now),
  ];
  const columns = [
    { title: "Provider" },
    { title: "State", shrinks: true },
    { title: "In flight", align: "right", optional: true },
    { title: "Waiting", align: "right", optional: true },
  ] as const;
  const rows = providers.map((provider) => rowOf(provider, style, now));
  return `${head.join("\n")}\n\n${
    providers.length === 0 ? "No providers configured.\n" : table(columns, rows, style, out.columns)
  }${pinned(health, out.columns, now)}`;
}

/** The sessions that go where a person sent them, a line each; "" where there are none. */
function pinned({ pins }: Health, width: number | undefined, now: number): string {
  if (pins.length === 0) return "";
  const lines = pins.map(({ session, route, by, since }) =>
    `Session ${visible(session)} is pinned to ${visible(route)} by ${by} since ${
      moment(Date.parse(since), now)
    }`
  );
  return `\n${lines.flatMap((line) => wrap(line, width)).join("\n")}\n`;
}

function configuration(
  { config }: Health,
  { green, red, dim }: Style,
  width: number | undefined,
  now: number,
): string[] {
  const fit = (line: string) => width === undefined ? line : cut(line, width);
  const name = fit(`  ${config.path ?? config.origin ?? "built from the keys in the environment"}`);
  const at = (time: string | null | undefined) =>
    time == null ? "" : ` since ${moment(Date.parse(time), now)}`;
  if (config.ok) {
    const reloads = config.reloads === 0 ? "" : dim(` (${counted(config.reloads, "reload")})`);
    return [`Configuration ${green("active")}${at(config.loaded_at)}${reloads}`, name];
  }
  return [
    `Configuration ${red("has mistakes")}${at(config.broken_at)}`,
    name,
    ...(config.problems ?? []).flatMap((problem) =>
      problem.split("\n").flatMap((line) => wrap(line, width === undefined ? undefined : width - 2))
    ).map((line) => red(fit(`  ${line}`))),
    ...wrap("The previous configuration stays active until the file is fixed.", width),
  ];
}

function rowOf(provider: ProviderHealth, style: Style, now: number): Row {
  const { name, in_flight: inFlight, waiting, last_failure: last } = provider;
  const single = typeof provider.keys === "number" && provider.keys <= 1;
  const notes = provider.cooldowns.map((cooldown) => cooldownText(cooldown, single));
  notes.push(...plansOf(provider, single, now));
  // The reason of a cooldown is the last failure: it is shown once.
  if (last !== null && !provider.cooldowns.some(({ message }) => last.message.includes(message))) {
    const ago = Math.max(0, (now - Date.parse(last.at)) / 1000);
    notes.push(`last failure ${span(ago)} ago: ${last.message}`);
  }
  return {
    cells: [
      name,
      stateOf(provider, style),
      inFlight === 0 ? { text: "0", paint: style.dim } : String(inFlight),
      waiting === 0 ? { text: "0", paint: style.dim } : { text: String(waiting), paint: style.yellow },
    ],
    notes,
    notesUnder: 1,
  };
}

/** What is left of plans, a line for each key. */
function plansOf({ headroom }: ProviderHealth, single: boolean, now: number): string[] {
  const plans = headroom.filter(({ of_plan: isPlan }) => isPlan);
  return [...new Set(plans.map(({ key }) => key))].map((key) => {
    const windows = plans.filter((one) => one.key === key).map(({ window, left, resets_at: at }) =>
      `${share(left)} of ${window}${at === null ? "" : ` until ${moment(Date.parse(at), now)}`}`
    );
    return `${single ? "" : `key ${key}: `}left: ${windows.join(", ")}`;
  });
}

function stateOf(
  { problem, running, base_url: url, cooldowns, keys }: ProviderHealth,
  { green, yellow, red }: Style,
): Cell {
  if (problem !== null) return { text: problem, paint: red };
  if (running === false) return { text: `not running (${url})`, paint: red };
  const single = typeof keys === "number" && keys <= 1;
  const whole = cooldowns.filter(({ model, key }) => model === null && (key === null || single));
  const longest = Math.max(0, ...whole.map(({ seconds_left: left }) => left));
  if (whole.some(({ class: kind }) => kind === "paused")) return { text: "paused", paint: yellow };
  if (longest > 0) return { text: `cooling down (${span(longest)} left)`, paint: yellow };
  // A key that is cooling down for one model still asks for the others.
  const byKey = cooldowns.filter(({ model, key }) => model === null && key !== null);
  if (typeof keys === "number" && keys > 1 && new Set(byKey.map(({ key }) => key)).size >= keys) {
    const soonest = Math.min(...byKey.map((one) => one.seconds_left));
    return { text: `cooling down (${span(soonest)} left)`, paint: yellow };
  }
  if (cooldowns.length > 0) return { text: "partly available", paint: yellow };
  return { text: "ready", paint: green };
}

/** A pause that is longer than this has no end of its own. Seconds. */
const ENDLESS = 10 * 365 * 86_400;

/** @param single there is at most one key, which is not named */
export function cooldownText(
  { class: kind, model, key, message, until, seconds_left: left }: CooldownHealth,
  single: boolean,
): string {
  const whose = [model, key === null || single ? null : `key ${key}`].filter((one) => one !== null).join(
    ", ",
  );
  if (kind === "paused" && left > ENDLESS) {
    return `${whose === "" ? "" : `${whose}: `}paused until it is resumed`;
  }
  const at = new Date(until).toLocaleTimeString("en-GB");
  if (kind === "paused") return `${whose === "" ? "" : `${whose}: `}paused until ${at} (${span(left)})`;
  return `${whose === "" ? "" : `${whose}: `}${kind.replaceAll("_", " ")} until ${at} (${
    span(left)
  }): ${message}`;
}
