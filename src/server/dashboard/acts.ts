/** What people do in the dashboard: `POST /dashboard/acts/NAME` with a JSON object. Each is logged, with who did it. */
import { createHash } from "node:crypto";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import {
  addKey,
  type KeyChange,
  keyLimits,
  keyState,
  publicKey,
  revokeKey,
  rotateKey,
} from "../../config/key-changes.ts";
import { type ClientKey, ROLES } from "../../config/client-keys.ts";
import type { CatalogOf } from "../../config/priced-catalog.ts";
import { formatProblem, formatWarning, withoutKeys } from "../../config/problem.ts";
import { withRoute } from "../../config/route-edit.ts";
import { scrubberOf } from "../../config/secrets.ts";
import { inConversation, NoRequest, requestFor, requestFrom } from "../../dialects/sample-request.ts";
import { CannotEdit } from "../../files/edit.ts";
import { messageOf, reason } from "../../files/errors.ts";
import { readText } from "../../files/read.ts";
import { rewrite } from "../../files/write.ts";
import { startOf } from "../../ledger/period.ts";
import type { Log } from "../../log/log.ts";
import type { Json } from "../../model/json.ts";
import type { RequestFacts } from "../../model/request-facts.ts";
import { agentWarnings } from "../../router/agent-requests.ts";
import { reportRoutes, unlistedModels } from "../../router/route-report.ts";
import { diff } from "../../text/diff.ts";
import { ADMIN_ACTS, type Asked } from "../admin.ts";
import type { Running } from "../context.ts";
import { decide, decisionJson } from "../decide.ts";
import { Refusal } from "../errors.ts";
import type { Scripts } from "../script.ts";
import { ROUTES } from "./state.ts";
import { taken } from "../learning/feedback.ts";

/** What the acts work on. */
export interface Bench {
  readonly running: Running;
  readonly log: Log;
  readonly catalogOf: CatalogOf;
  readonly scripts: Scripts;
}

/** One act. */
export interface Act {
  /** `view`: it changes nothing. */
  readonly need: "view" | "change";
  /** The keys that its body may have. */
  readonly keys: readonly string[];
  /** The longest body. Bytes. @default 64 KiB */
  readonly most?: number;
  /** @throws Refusal where what is asked cannot be done */
  readonly run: (bench: Bench, asked: Asked) => Json | Promise<Json>;
}

const KEY_SETTINGS = ["budget", "rpm", "tpm", "models", "expires", "team", "role"] as const;
/** A conversation that is tried. Bytes. */
const MOST_TRIED = 4 * 1024 * 1024;

/** The acts, by name. */
export const ACTS: Readonly<Record<string, Act>> = {
  ...Object.fromEntries(
    Object.entries(ADMIN_ACTS).map(([name, { keys, run }]): [string, Act] => [name, {
      need: "change",
      keys,
      run: ({ running, log }, asked) => run({ ...running, log }, asked),
    }]),
  ),
  try: { need: "view", keys: ["prompt", "previous", "before", "request"], most: MOST_TRIED, run: tried },
  feedback: { need: "change", keys: ["request_id", "route", "thumb"], run: feedback },
  keys: { need: "change", keys: [], run: listKeys },
  "keys-add": { need: "change", keys: ["name", ...KEY_SETTINGS], run: addsKey },
  "keys-rotate": { need: "change", keys: ["name", "keep"], run: rotatesKey },
  "keys-revoke": { need: "change", keys: ["name"], run: revokesKey },
  "route-preview": { need: "change", keys: ["route", "targets"], run: previewRoute },
  route: { need: "change", keys: ["route", "targets", "of"], run: changeRoute },
};

/** The text of a key; "" where it has none. @throws Refusal where it is something else */
function text(json: Json, name: string): string {
  const value = json[name] ?? "";
  if (typeof value === "string") return value;
  throw new Refusal(400, `"${name}" must be a string.`);
}

/** The texts of a key. @throws Refusal where it is something else */
function texts(json: Json, name: string): readonly string[] {
  const value = json[name] ?? [];
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value;
  throw new Refusal(400, `"${name}" must be an array of strings.`);
}

/**
 * Where a prompt would go, as `route --json` shows it: `{"prompt": "…", "previous": ["…"], "before": "…"}`, or
 * `{"request": "…"}` with the body of a request as JSON. Nothing is sent.
 */
async function tried(
  { running: { clock, learning }, log, catalogOf, scripts }: Bench,
  { json, config, by }: Asked,
): Promise<Json> {
  const { script } = config.router;
  const catalog = catalogOf(config);
  const judge = learning()?.judgeFor(undefined);
  const decided = decide(factsOf(json), config, {
    now: clock.now(),
    model: catalog.find,
    sameModel: catalog.sameModel,
    ...(judge === undefined ? {} : { judge }),
    ...(script === undefined ? {} : { script: await scripts.of(script) }),
  });
  log("info", `a prompt was tried ${by}`);
  return decisionJson(decided, catalog);
}

function factsOf(json: Json): RequestFacts {
  const request = text(json, "request");
  const prompt = text(json, "prompt");
  try {
    if (request !== "") return requestFrom(request, "The text");
  } catch (error) {
    throw error instanceof NoRequest ? new Refusal(400, error.message) : error;
  }
  if (prompt.trim() === "") throw new Refusal(400, "Write a prompt, or paste a request as JSON.");
  const before = text(json, "before");
  return inConversation(requestFor(prompt), texts(json, "previous"), before === "" ? undefined : before);
}

/** A thumb, or the route that would have been right, as `POST /v1/feedback` takes it. @throws Refusal where learning is off */
function feedback({ running: { learning }, log }: Bench, { json, by }: Asked): Json {
  const now = learning();
  if (now === undefined) throw new Refusal(409, "Learning is off: set enabled = true in [learning].");
  const answer = taken(now, { role: "admin" }, json);
  const what = "route" in answer ? `the route ${answer.route}` : `a thumb ${answer.thumb}`;
  log("info", `the request ${answer.request_id} got ${what} ${by}`);
  return answer;
}

/** The keys with names: what they may do and what they spent, never the keys. */
async function listKeys({ running: { keys, clock, ledger } }: Bench): Promise<Json> {
  const now = clock.now();
  const since = startOf("month", now);
  const kept = ledger();
  return {
    keys: await Promise.all(keys.ring.keys.map(async (key) => ({
      ...publicKey(key),
      limits: keyLimits(key),
      state: keyState(key, now),
      spent_usd: kept === undefined ? null : await kept.spent(since, { keys: [key.name] }),
    }))),
  };
}

async function addsKey(bench: Bench, { json, by }: Asked): Promise<Json> {
  const role = ROLES.find((one) => one === (text(json, "role") || "client"));
  if (role === undefined) throw new Refusal(400, `"role" must be one of ${ROLES.join(", ")}.`);
  const given = (name: string) => text(json, name).trim() || undefined;
  const whole = (name: string) => {
    const value = given(name);
    if (value === undefined || /^\d{1,12}$/.test(value)) {
      return value === undefined ? undefined : Number(value);
    }
    throw new Refusal(400, `${name} must be a whole number.`);
  };
  const settings = {
    role,
    budget: given("budget"),
    rpm: whole("rpm"),
    tpm: whole("tpm"),
    models: given("models"),
    expires: given("expires"),
    team: given("team"),
  };
  const { door, source } = bench.running;
  if (role !== "admin" && !door.isLocked(source.current)) {
    throw new Refusal(
      400,
      "The first key must have the role admin: without one nobody could open this page any more.",
    );
  }
  const made = await changesKeys(bench, (keys, now) => addKey(keys, text(json, "name"), settings, now));
  bench.log("info", `the key ${made.of.name} (${role}) added ${by}`);
  return { ...publicKey(made.of), limits: keyLimits(made.of), key: made.key };
}

async function rotatesKey(bench: Bench, { json, by }: Asked): Promise<Json> {
  const keep = text(json, "keep").trim();
  const made = await changesKeys(
    bench,
    (keys, now) => rotateKey(keys, text(json, "name"), keep || undefined, now),
  );
  const old = keep === "" ? "" : `; the old one is valid for ${keep} more`;
  bench.log("info", `the key ${made.of.name} replaced by a new one ${by}${old}`);
  return { ...publicKey(made.of), limits: keyLimits(made.of), key: made.key };
}

async function revokesKey(bench: Bench, { json, by }: Asked): Promise<Json> {
  const { of } = await changesKeys(bench, (keys, now) => revokeKey(keys, text(json, "name"), now));
  bench.log("info", `the key ${of.name} revoked ${by}`);
  return publicKey(of);
}

/** Changes the keys where they are kept. @throws Refusal with the reason where that fails */
async function changesKeys<Change extends KeyChange>(
  { running: { keys, clock } }: Bench,
  change: (keys: readonly ClientKey[], now: number) => Change,
): Promise<Change> {
  try {
    return await keys.change((all) => change(all, clock.now()));
  } catch (error) {
    throw new Refusal(400, messageOf(error));
  }
}

/** A change of a route, checked and not written. */
interface RouteChange {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly route: string;
  readonly chain: string;
  readonly warnings: readonly string[];
}

/** What a change of a route would write: its difference, and the warnings of `check`. */
function previewRoute(bench: Bench, asked: Asked): Json {
  const { before, after, warnings } = routeChange(bench, asked);
  const scrubber = scrubberOf(asked.config);
  // The lines around a change may be of other sections, with keys in them.
  const lines = diff(before, after).map((line) =>
    line === undefined ? null : { mark: line.mark, text: withoutKeys(scrubber.conceal(line.text)) }
  );
  return { of: digestOf(before), lines, warnings };
}

/**
 * Writes a change of a route that was shown: `of` is what the preview said of the file then.
 * @throws Refusal (409) where the file has changed since
 */
function changeRoute(bench: Bench, asked: Asked): Json {
  const { path, before, after, route, chain, warnings } = routeChange(bench, asked);
  if (digestOf(before) !== asked.json.of) {
    throw new Refusal(409, "The file has changed since the change was shown. Look at it again.");
  }
  try {
    if (before !== after) rewrite(path, after);
  } catch (error) {
    throw new Refusal(400, `${path} cannot be written: ${reason(error)}.`);
  }
  bench.log("info", `the route ${route} set to ${chain} in ${path} ${asked.by}`);
  return { route, warnings };
}

const digestOf = (text: string): string => createHash("sha256").update(text).digest("base64url");

/** Makes and checks a change of a route. @throws Refusal where it cannot be made, or `check` would fail */
function routeChange({ running: { source }, catalogOf }: Bench, { json, config }: Asked): RouteChange {
  const route = text(json, "route");
  const targets = texts(json, "targets").map((one) => one.trim()).filter(Boolean);
  if (!ROUTES.includes(route)) throw new Refusal(400, `"route" must be one of ${ROUTES.join(", ")}.`);
  if (targets.length === 0) throw new Refusal(400, "A route needs a target: provider,model.");
  const path = writableFile(source.state.path);
  const before = textIn(path);
  const after = changedText(path, before, { route, targets });
  const loaded = source.tried?.(after);
  if (loaded === undefined) throw new Refusal(400, NO_FILE);
  if (!loaded.ok) throw new Refusal(400, loaded.problems.map(formatProblem).join("\n"));
  const next = loaded.config;
  const catalog = catalogOf(next);
  const routes = reportRoutes(next, catalog);
  const usable = new Map(reportRoutes(config, catalog).map((one) => [one.name, one.usable]));
  const stuck = routes.find((one) => !one.usable && usable.get(one.name) !== false);
  if (stuck !== undefined) {
    const whys = stuck.targets.map(({ provider, model, skip }) =>
      `${provider},${model}: ${skip ?? "skipped"}`
    );
    throw new Refusal(400, `${stuck.name} would have no usable target. ${whys.join("; ")}.`);
  }
  const known = new Set(config.warnings.map(formatWarning));
  const warnings = [
    ...next.warnings,
    ...agentWarnings(next, catalog),
    ...unlistedModels(next, catalog, routes),
  ].map(formatWarning).filter((one) => !known.has(one));
  return { path, before, after, route, chain: targets.join(" | "), warnings };
}

function changedText(
  path: string,
  before: string,
  { route, targets }: { readonly route: string; readonly targets: readonly string[] },
): string {
  try {
    return withRoute(before, route, targets);
  } catch (error) {
    if (!(error instanceof CannotEdit)) throw error;
    throw new Refusal(400, `${path} cannot be changed here: ${error.message}. Change it in an editor.`);
  }
}

const NO_FILE = "The configuration does not come from a file that this page can change. " +
  "Make one with terraphim-llm-proxy init, and start the proxy with it.";

/** The configuration's file, where it may be written. @throws Refusal where it may not */
function writableFile(path: string | undefined): string {
  if (path === undefined) throw new Refusal(400, NO_FILE);
  try {
    const real = realpathSync(path);
    accessSync(real, constants.W_OK);
    // The superuser may write what is meant to be read only.
    if ((statSync(real).mode & 0o222) !== 0) return path;
  } catch { /* the answer is the same */ }
  throw new Refusal(400, `${path} is read-only. Change it where it comes from.`);
}

function textIn(path: string): string {
  try {
    return readText(path, { strict: true });
  } catch (error) {
    throw new Refusal(400, `${path} cannot be read: ${reason(error)}.`);
  }
}
