/**
 * What an administrator sees and changes while the proxy runs: `GET /admin/cooldowns`, `POST /admin/cooldowns/reset`,
 * `/admin/pause`, `/admin/resume`, `/admin/pin` and `/admin/unpin`.
 */
import type { Config } from "../config/config.ts";
import type { Cooldown, CooledPlace } from "../dispatch/cooldown/cooldowns.ts";
import type { Json } from "../model/json.ts";
import { bodyOf } from "./body.ts";
import type { ServerContext } from "./context.ts";
import type { Endpoint } from "./endpoint.ts";
import { Refusal } from "./errors.ts";
import { cooldownHealth } from "./health.ts";
import { AUTO, destination } from "../router/wishes.ts";
import { beginning } from "../text/format.ts";
import { unknownDestination } from "./wished.ts";

/** The endpoints. */
export function adminEndpoints(context: ServerContext): readonly Endpoint[] {
  return [
    { method: "GET", path: "/admin/cooldowns", need: "view", handle: () => listCooldowns(context) },
    {
      method: "POST",
      path: "/admin/cooldowns/reset",
      need: "change",
      handle: (c) => resetCooldowns(context, c.req.raw),
    },
    {
      method: "POST",
      path: "/admin/pause",
      need: "change",
      handle: (c, config) => pause(context, c.req.raw, config),
    },
    { method: "POST", path: "/admin/resume", need: "change", handle: (c) => resume(context, c.req.raw) },
    {
      method: "POST",
      path: "/admin/pin",
      need: "change",
      handle: (c, config) => pin(context, c.req.raw, config),
    },
    { method: "POST", path: "/admin/unpin", need: "change", handle: (c) => unpin(context, c.req.raw) },
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

/** Ends all cooldowns, or with `{"provider": "groq"}` (and `"model"`) those. Answers how many. @throws Refusal */
async function resetCooldowns(context: ServerContext, request: Request): Promise<Response> {
  const json = await bodyOf(request, ["provider", "model"]);
  const reset = context.dispatch.state.cooldowns.reset((cooldown) => isOf(cooldown, json));
  context.dispatch.log("info", `${reset} cooldowns ended by request`);
  return Response.json({ reset });
}

/**
 * Sends nothing to a provider, or to one of its models, for `seconds`, else until {@link resume}. Answers what is paused.
 * @throws Refusal where the provider is not known, or `seconds` is not a number above zero
 */
async function pause(context: ServerContext, request: Request, config: Config): Promise<Response> {
  const { provider, model, seconds } = await bodyOf(request, ["provider", "model", "seconds"]);
  if (typeof provider !== "string" || !config.providers.has(provider)) {
    const names = [...config.providers.values()].filter(({ origin }) => origin === "config").map(({ name }) =>
      name
    );
    throw new Refusal(400, `"provider" must be one of: ${names.join(", ")}.`);
  }
  if (model !== undefined && typeof model !== "string") throw new Refusal(400, '"model" must be a string.');
  if (seconds !== undefined && !(typeof seconds === "number" && seconds > 0 && seconds < 1e9)) {
    throw new Refusal(400, '"seconds" must be a number above 0.');
  }
  const { state, clock, log } = context.dispatch;
  const now = clock.now();
  const place: CooledPlace = { provider, ...(model === undefined ? {} : { model }) };
  state.cooldowns.pause(place, now, seconds === undefined ? undefined : now + seconds * 1000);
  log("info", `${[provider, model].filter((one) => one !== undefined).join(",")} paused by request`);
  return Response.json({ paused: { provider, model: model ?? null, seconds: seconds ?? null } });
}

/** Ends pauses: all of them, or with `{"provider": "groq"}` (and `"model"`) those. Answers how many. @throws Refusal */
async function resume(context: ServerContext, request: Request): Promise<Response> {
  const json = await bodyOf(request, ["provider", "model"]);
  const resumed = context.dispatch.state.cooldowns.resume((cooldown) => isOf(cooldown, json));
  context.dispatch.log("info", `${resumed} pauses ended by request`);
  return Response.json({ resumed });
}

/** Longer names of sessions are nobody's. Characters. */
const LONGEST_SESSION = 200;

/** Characters of where a session goes. */
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
async function pin(context: ServerContext, request: Request, config: Config): Promise<Response> {
  const json = await bodyOf(request, ["session", "route"]);
  const session = sessionIn(json.session);
  const route = typeof json.route === "string" ? beginning(json.route.trim(), LONGEST_ROUTE) : "";
  if (destination(route, config) === undefined) {
    throw new Refusal(400, `"route" is ${unknownDestination(route)}`);
  }
  const { state, clock, log } = context.dispatch;
  state.pins.set({ session, to: route, by: "command", since: clock.now() });
  context.learning()?.pinned(session, route);
  log("info", `session ${session} pinned to ${route} by request`);
  return Response.json({ pinned: { session, route } });
}

/**
 * Ends the pin of a session, and what a wish in its prompts began; without `session` all pins. Answers how many there were.
 * @throws Refusal
 */
async function unpin(context: ServerContext, request: Request): Promise<Response> {
  const json = await bodyOf(request, ["session"]);
  const { state, clock, log } = context.dispatch;
  const pinned = state.pins.list().map(({ session }) => session);
  const wanted = json.session === undefined ? pinned : [sessionIn(json.session)];
  for (const session of wanted) state.pins.set({ session, to: AUTO, by: "command", since: clock.now() });
  const unpinned = pinned.filter((session) => wanted.includes(session)).length;
  log("info", `${unpinned} pins of sessions ended by request`);
  return Response.json({ unpinned });
}

/** Whether a cooldown is of the provider and the model that a request names. */
function isOf(cooldown: Cooldown, { provider, model }: Json): boolean {
  if (provider !== undefined && cooldown.provider !== provider) return false;
  if (model === undefined || cooldown.model === model) return true;
  return cooldown.family !== undefined && typeof model === "string" && model.includes(cooldown.family);
}
