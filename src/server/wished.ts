/** What a person wants of a request: a wish in the prompt, a header, or a pin of the session. */
import type { Classification } from "../classifier/classification.ts";
import type { Config } from "../config/config.ts";
import type { Pin } from "../dispatch/pins.ts";
import type { HeaderMap, RequestFacts } from "../model/request-facts.ts";
import { leadsTo, quoted } from "../router/decision.ts";
import type { Wished } from "../router/plan.ts";
import { AUTO, destination, type Wishes } from "../router/wishes.ts";
import { beginning } from "../text/format.ts";
import { Refusal } from "./errors.ts";

const HEADER = "x-route";
const FOR_SESSION = "x-route-session";
/** The longest name of what a session is pinned to: a pin outlives its request. Characters. */
const LONGEST_NAME = 512;

/** What a person said, from whatever place. */
export interface Said {
  readonly facts: RequestFacts;
  readonly classification: Classification;
  readonly config: Config;
  readonly wishes: Wishes | undefined;
  readonly headers: HeaderMap | undefined;
  readonly pin: Pin | undefined;
}

/**
 * Where the user wants the request to go. The latest prompt's wish counts first, then the header, then what was wished or pinned for
 * the session. A client's own housekeeping obeys its header only, and a subagent no pin of its session.
 */
export function wishedBy({ facts, classification, config, wishes, headers, pin }: Said): Wished | undefined {
  const { latest, lasting } = wishes ?? {};
  if (latest !== undefined && !classification.isHousekeeping) {
    const wished = wishedFor(latest.name, `the prompt begins with ${quoted(`@${latest.name}`)}`, config);
    return wished && { ...wished, decision: { ...wished.decision, wished: true } };
  }
  const header = headers?.[HEADER];
  if (header !== undefined) return wishedFor(header, `the header X-Route is ${quoted(header)}`, config);
  if (classification.isHousekeeping || facts.hints.subagent === true) return undefined;
  if (pin !== undefined) return wishedFor(pin.to, SINCE[pin.by](quoted(pin.to)), config);
  return lasting === undefined
    ? undefined
    : wishedFor(lasting.name, SINCE.wish(quoted(lasting.name)), config);
}

const SINCE: Readonly<Record<Pin["by"], (to: string) => string>> = {
  wish: (to) => `an earlier prompt wishes ${to} for the session`,
  header: (to) => `the session is pinned to ${to} by a header`,
  command: (to) => `the session is pinned to ${to} by command`,
};

function wishedFor(name: string, because: string, config: Config): Wished | undefined {
  const found = destination(name, config);
  if (found === undefined) return undefined;
  const { decision, settings, remark } = found;
  const to = decision.kind === "route" ? decision.name : leadsTo(decision);
  return { decision, ...(settings === undefined ? {} : { settings }), why: `${because} → ${to}${remark}` };
}

/** What a request pins its session to; undefined: nothing. */
export function pinOf(
  { facts, classification, wishes, headers, time, clientKey }: Omit<Said, "config" | "pin"> & {
    readonly time: number;
    readonly clientKey: string | undefined;
  },
): Pin | undefined {
  const { session, operation, hints } = facts;
  if (session === undefined || operation !== "generate") return undefined;
  const pin = (to: string, by: Pin["by"]): Pin => ({
    session,
    clientKey,
    to: beginning(to, LONGEST_NAME),
    by,
    since: time,
  });
  const isOwn = !classification.isHousekeeping && !classification.continuesTurn && hints.subagent !== true;
  const latest = isOwn ? wishes?.latest : undefined;
  if (latest !== undefined && (latest.lasts || latest.name === AUTO)) return pin(latest.name, "wish");
  const header = headers?.[HEADER];
  return header !== undefined && isYes(headers?.[FOR_SESSION]) ? pin(header.trim(), "header") : undefined;
}

const isYes = (value: string | undefined): boolean => value === "1" || value?.toLowerCase() === "true";

/** @throws Refusal where a request's header leads nowhere */
export function checkHeaders(headers: HeaderMap, facts: RequestFacts, config: Config): void {
  const header = headers[HEADER];
  if (header === undefined) return;
  if (header.length > LONGEST_NAME || !leadsSomewhere(header, config)) {
    throw new Refusal(400, `X-Route is ${unknownDestination(header)}`);
  }
  if (isYes(headers[FOR_SESSION]) && facts.session === undefined) {
    throw new Refusal(400, "X-Route-Session: the client names no session, so nothing can be kept for it.");
  }
}

/** Whether a name is `auto`, or leads to a route or targets. */
function leadsSomewhere(name: string, config: Config): boolean {
  return name.trim() === AUTO || destination(name, config) !== undefined;
}

/** The end of a sentence about a name that leads nowhere. */
export function unknownDestination(name: string): string {
  return `${
    quoted(name)
  }; expected a route (think, build, …), "provider,model", a configured model or its family, or "auto".`;
}
