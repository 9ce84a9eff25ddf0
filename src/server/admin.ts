/**
 * What an administrator sees and changes while the proxy runs: `GET /admin/cooldowns`, `POST /admin/cooldowns/reset`,
 * `/admin/pause`, `/admin/resume`, `/admin/pin` and `/admin/unpin`. The dashboard changes the same by the same functions.
 */
import type { Config, Provider } from "../config/config.ts";
import type { Cooldown, CooledPlace } from "../dispatch/cooldown/cooldowns.ts";
import type { Log } from "../log/log.ts";
import type { Json } from "../model/json.ts";
import { bodyOf } from "./body.ts";
import type { Running, ServerContext } from "./context.ts";
import type { Endpoint } from "./endpoint.ts";
import { Refusal } from "./errors.ts";
import { cooldownHealth } from "./health.ts";
import { AUTO, destination } from "../router/wishes.ts";
import { beginning, counted, span } from "../text/format.ts";
import { nearest } from "../text/match.ts";
import { unknownDestination } from "./wished.ts";

/** What a change works on. */
export type Levers = Pick<Running, "state" | "clock" | "learning"> & { readonly log: Log };

/** A change that somebody asks for. */
export interface Asked {
  readonly json: Json;
  readonly config: Config;
  /** Who, and by what, for the log: {@link byWhom}. */
  readonly by: string;
}

/** One change of the running proxy. */
export interface AdminAct {
  /** The keys that its body may have. */
  readonly keys: readonly string[];
  /** Makes the change, logs it, and returns the answer. @throws Refusal where what is asked cannot be right */
  readonly run: (levers: Levers, asked: Asked) => Json;
}

/** The changes, by name. */
export const ADMIN_ACTS = {
  reset: { keys: ["provider", "model", "key"], run: resetCooldowns },
  pause: { keys: ["provider", "model", "key", "seconds"], run: pause },
  resume: { keys: ["provider", "model", "key"], run: resume },
  pin: { keys: ["session", "route"], run: pin },
  unpin: { keys: ["session"], run: unpin },
} as const satisfies Readonly<Record<string, AdminAct>>;

/**
 * Who made a change, for the log: `by alice (dashboard)`, `by key 1a2b3c4d (/admin)`, `without a key (/admin)`.
 * @param label of the key: its name, or its id of eight hex digits. Undefined: the proxy has none
 */
export function byWhom(label: string | undefined, where: string): string {
  const who = label === undefined
    ? "without a key"
    : `by ${/^[0-9a-f]{8}$/.test(label) ? "key " : ""}${label}`;
  return `${who} (${where})`;
}

/** The endpoints. */
export function adminEndpoints(context: ServerContext): readonly Endpoint[] {
  const levers: Levers = { ...context, log: context.dispatch.log };
  const change = (path: string, { keys, run }: AdminAct): Endpoint => ({
    method: "POST",
    path,
    need: "change",
    async handle(c, config, caller) {
      const json = await bodyOf(c.req.raw, keys);
      return Response.json(run(levers, { json, config, by: byWhom(caller.key, "/admin") }));
    },
  });
  return [
    { method: "GET", path: "/admin/cooldowns", need: "view", handle: () => listCooldowns(context) },
    change("/admin/cooldowns/reset", ADMIN_ACTS.reset),
    change("/admin/pause", ADMIN_ACTS.pause),
    change("/admin/resume", ADMIN_ACTS.resume),
    change("/admin/pin", ADMIN_ACTS.pin),
    change("/admin/unpin", ADMIN_ACTS.unpin),
  ];
}

/** What is cooling down or paused, soonest end first. */
function listCooldowns({ dispatch: { state, clock } }: ServerContext): Response {
  const now = clock.now();
  const cooldowns = state.cooldowns.list(now).map((one) => ({
    provider: one.provider,
    ...cooldownHealth(one, now),
  }));
  return Response.json({ cooldowns });
}

/** Ends all cooldowns, or with `{"provider": "groq"}` (and `"model"` or `"key"`) those. Answers how many. */
function resetCooldowns({ state, log }: Levers, { json, by }: Asked): Json {
  const reset = state.cooldowns.reset((cooldown) => isOf(cooldown, json));
  log("info", `${counted(reset, "cooldown")}${ofPlace(json)} ended ${by}`);
  return { reset };
}

/**
 * Sends nothing to a provider, or to one of its models or keys, for `seconds`, else until {@link resume}. Answers what is
 * paused.
 * @throws Refusal where the provider or its key is not known, or `seconds` is not a number above zero
 */
function pause({ state, clock, log }: Levers, { json, config, by }: Asked): Json {
  const { provider: name, model, key, seconds } = json;
  const provider = providerIn(name, config);
  if (model !== undefined && typeof model !== "string") throw new Refusal(400, '"model" must be a string.');
  const ids = state.keys.keysOf(provider, 0).map(({ id }) => id);
  if (key !== undefined && !(typeof key === "string" && ids.includes(key))) {
    throw new Refusal(400, `"key" must be the id of a key of ${provider.name}: ${ids.join(", ")}.`);
  }
  if (seconds !== undefined && !(typeof seconds === "number" && seconds > 0 && seconds < 1e9)) {
    throw new Refusal(400, '"seconds" must be a number above 0.');
  }
  const now = clock.now();
  const place: CooledPlace = {
    provider: provider.name,
    ...(model === undefined ? {} : { model }),
    ...(key === undefined ? {} : { key }),
  };
  state.cooldowns.pause(place, now, seconds === undefined ? undefined : now + seconds * 1000);
  const until = seconds === undefined ? "" : ` for ${span(seconds)}`;
  log("info", `${placeText(place)} paused${until} ${by}`);
  const kept = key === undefined ? {} : { key };
  return { paused: { provider: provider.name, model: model ?? null, ...kept, seconds: seconds ?? null } };
}

/** The provider of a name. @throws Refusal with those that the configuration uses, where there is none */
function providerIn(name: Json, config: Config): Provider {
  const provider = typeof name === "string" ? config.providers.get(name) : undefined;
  if (provider !== undefined) return provider;
  const { routes, fallback } = config.router;
  const used = new Set([...Object.values(routes), fallback].flat().map((target) => target.provider));
  const names = [...config.providers.values()].filter((one) => one.origin === "config" || used.has(one.name))
    .map((one) => one.name);
  const near = typeof name === "string" ? nearest(name, names) : undefined;
  const hint = near === undefined ? "" : ` Did you mean ${JSON.stringify(near)}?`;
  throw new Refusal(400, `"provider" must be one of: ${names.join(", ")}.${hint}`);
}

/** Ends pauses: all of them, or with `{"provider": "groq"}` (and `"model"` or `"key"`) those. Answers how many. */
function resume({ state, log }: Levers, { json, by }: Asked): Json {
  const resumed = state.cooldowns.resume((cooldown) => isOf(cooldown, json));
  log("info", `${counted(resumed, "pause")}${ofPlace(json)} ended ${by}`);
  return { resumed };
}

/** `groq,llama-3`, `groq, key 1a2b3c4d`. */
function placeText({ provider, model, key }: Partial<CooledPlace>): string {
  const place = [provider, model].filter((one) => typeof one === "string").join(",");
  return typeof key === "string" ? `${place}${place === "" ? "" : ", "}key ${key}` : place;
}

function ofPlace(json: Json): string {
  const place = placeText(json);
  return place === "" ? "" : ` of ${beginning(place, LONGEST_ROUTE)}`;
}

/** The longest name of a session. Characters. */
const LONGEST_SESSION = 200;

/** The longest name of what a session is pinned to. Characters. */
const LONGEST_ROUTE = 512;

/** @throws Refusal where it is not the name of a session */
function sessionIn(value: Json): string {
  if (typeof value === "string" && value.trim() !== "" && value.length <= LONGEST_SESSION) {
    return beginning(value.trim(), LONGEST_SESSION);
  }
  throw new Refusal(400, '"session" must be the client\'s name of a session, a string.');
}

/**
 * Sends a session to a route, target, model or family until {@link unpin}. Answers what is pinned.
 * @throws Refusal where the route leads nowhere
 */
function pin({ state, clock, learning, log }: Levers, { json, config, by }: Asked): Json {
  const session = sessionIn(json.session);
  const route = typeof json.route === "string" ? beginning(json.route.trim(), LONGEST_ROUTE) : "";
  if (destination(route, config) === undefined) {
    throw new Refusal(400, `"route" is ${unknownDestination(route)}`);
  }
  state.pins.set({ session, to: route, by: "command", since: clock.now() });
  learning()?.pinned(session, route);
  log("info", `session ${session} pinned to ${route} ${by}`);
  return { pinned: { session, route } };
}

/**
 * Ends the pin of a session, and what a wish in its prompts began; without `session` all pins. Answers how many there were.
 * @throws Refusal
 */
function unpin({ state, clock, log }: Levers, { json, by }: Asked): Json {
  const pinned = state.pins.list().map(({ session }) => session);
  const wanted = json.session === undefined ? pinned : [sessionIn(json.session)];
  for (const session of wanted) state.pins.set({ session, to: AUTO, by: "command", since: clock.now() });
  const unpinned = pinned.filter((session) => wanted.includes(session)).length;
  log("info", `${counted(unpinned, "pin")} of sessions ended ${by}`);
  return { unpinned };
}

/** Whether a cooldown is of the provider, the model and the key that a request names. */
function isOf(cooldown: Cooldown, { provider, model, key }: Json): boolean {
  if (provider !== undefined && cooldown.provider !== provider) return false;
  if (key !== undefined && cooldown.key !== key) return false;
  if (model === undefined || cooldown.model === model) return true;
  return cooldown.family !== undefined && typeof model === "string" && model.includes(cooldown.family);
}
