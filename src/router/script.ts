/** The user's own routing function (`[router.script]`): what it sees and what its answer comes to. Pure. */
import { type Effort, EFFORTS } from "../model/target.ts";
import { beginning } from "../text/format.ts";
import type { Decision } from "./decision.ts";
import { leadsTo, quoted } from "./decision.ts";
import type { ScriptFacts } from "../model/script.ts";
import type { RoutingInput } from "./plan.ts";
import { AskedOnce } from "./rules.ts";
import { AUTO, destination } from "./wishes.ts";

/** The script's name among the rules of a request, and as the route of a plan. */
export const SCRIPT = "script";

/** What the script does with a request. */
export interface ScriptEffects {
  readonly decision?: Decision;
  readonly effort?: Effort;
  readonly refuse?: string;
  /** It did something: it counts among the rules of the request. */
  readonly counts?: true;
}

const LONGEST_TEXT = 300;
const LONGEST_PROMPT = 65_536;
/** Headers that hold a client's own credential. */
const CREDENTIALS: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "proxy-authorization",
  "x-api-key",
]);

/** Step 4, second half: asks the script, where one is configured and no rule has led anywhere. */
export function byScript(input: RoutingInput): ScriptEffects {
  const { conditions: { script }, config, why } = input;
  if (script === undefined) return {};
  const none = (because: string): ScriptEffects => {
    why.push(`the script ${script.name} has no opinion: ${because}`);
    return {};
  };
  const ran = script.run(factsFor(input));
  if ("failed" in ran) return none(ran.failed);
  const opinion = opinionIn(ran.answer);
  if (opinion === undefined) {
    return none("it must return a route, or an object with route, effort, reason or refuse");
  }
  const { route, effort, reason, refuse } = opinion;
  const isAuto = route === undefined || route === AUTO;
  const found = isAuto ? undefined : destination(route, config);
  if (!isAuto && found === undefined) {
    return none(`${quoted(route)} is not a route, target or configured model`);
  }
  const decision = found === undefined ? undefined : { ...found.decision, route: SCRIPT };
  const does = [
    ...(refuse === undefined ? [] : ["refuses the request"]),
    ...(decision === undefined ? [] : [`leads to ${leadsTo(decision)}`]),
    ...(effort === undefined ? [] : [`sets the effort ${effort}`]),
  ];
  if (does.length > 0 || reason !== undefined) {
    why.push(
      `the script ${script.name} ${does.join(" and ") || "says"}${reason === undefined ? "" : `: ${reason}`}`,
    );
  }
  return {
    ...(decision === undefined ? {} : { decision }),
    ...(effort === undefined ? {} : { effort }),
    ...(refuse === undefined ? {} : { refuse }),
    ...(does.length === 0 ? {} : { counts: true }),
  };
}

interface Opinion {
  readonly route?: string | undefined;
  readonly effort?: Effort | undefined;
  readonly reason?: string | undefined;
  readonly refuse?: string | undefined;
}

const KEYS: readonly string[] = ["route", "effort", "reason", "refuse"];

/** What a script answered: a route's name, or more than that; undefined: it is something else. */
function opinionIn(answer: unknown): Opinion | undefined {
  if (answer === null || answer === undefined) return {};
  if (typeof answer === "string") return { route: answer };
  if (typeof answer !== "object" || Object.keys(answer).some((key) => !KEYS.includes(key))) return undefined;
  const { route, effort, reason, refuse } = answer as Readonly<Record<string, unknown>>;
  const isText = (value: unknown) => value === undefined || typeof value === "string";
  const known = EFFORTS.find((one) => one === effort);
  if (![route, reason, refuse].every(isText) || refuse === "" || known !== effort) return undefined;
  const text = (value: unknown) => typeof value === "string" ? beginning(value, LONGEST_TEXT) : undefined;
  return { route: text(route), effort: known, reason: text(reason), refuse: text(refuse) };
}

function factsFor(input: RoutingInput): ScriptFacts {
  const { facts, classification, conditions, config } = input;
  const asked = new AskedOnce(input, config.router.rules);
  const { prompt, kind, next, language, complexity } = classification;
  const headers = Object.entries(conditions.headers ?? {}).filter(([name]) => !CREDENTIALS.has(name));
  return {
    prompt: prompt === undefined ? null : beginning(prompt, LONGEST_PROMPT),
    kind,
    next: next ?? null,
    confidence: asked.confidence,
    language: language ?? null,
    complexity,
    client: facts.client,
    model: facts.model,
    tokens: facts.approxTokens,
    agent: asked.agent,
    agentType: facts.hints.agentType ?? null,
    mode: facts.hints.mode ?? "normal",
    headers: Object.fromEntries(headers),
    key: conditions.clientKey ?? null,
    sessionAgeMs: asked.sessionAge,
    turn: asked.turn,
    toolsOffered: facts.toolNames,
    toolCalled: asked.lastTool ?? null,
    escalated: asked.isEscalated,
    project: asked.projects[0] ?? null,
    hasImages: facts.hasImages,
    hasDocuments: facts.hasDocuments,
    minuteOfDay: conditions.minuteOfDay,
    day: conditions.day,
  };
}
