/** Collects what happens to a request; at its end that becomes a {@link RequestEnd}. */
import { CHARS_PER_TOKEN } from "../dialects/shared/estimate-tokens.ts";
import { isRecord } from "../json/shape.ts";
import { account, baselineOf } from "../ledger/account.ts";
import type { FailureClass } from "../model/failure.ts";
import type { AttemptRecord, Costs, RequestEnd } from "../model/request-end.ts";
import { KEEP_WARM, type Session } from "../model/session.ts";
import type { Target } from "../model/target.ts";
import type { Usage } from "../model/usage.ts";
import type { Exchange } from "./exchange.ts";
import { type Failure, keptOf } from "./failure/failure.ts";

/** One attempt that answered, or failed. */
export interface Attempted {
  readonly target: Target;
  readonly dialect: string;
  /** `Clock.mono` at its start, and at its failure or its first output. */
  readonly started: number;
  readonly ended: number;
  readonly status: number | undefined;
  readonly failure?: Failure;
}

/** How the client's answer ended. */
export interface Ending {
  readonly status: number;
  readonly failure?: FailureClass | string;
  readonly cancelled?: boolean;
  readonly usage?: Usage | undefined;
  /** The target whose failure the client got, where none answered. */
  readonly target?: Target | undefined;
}

export class RequestRecord {
  readonly attempts: AttemptRecord[] = [];
  /** Why targets before the one that answered were not tried, a line for each. */
  passedOver: readonly string[] = [];
  /** Milliseconds from arrival to the first output. */
  firstTokenMs: number | undefined;
  /** The id of the credential that answered. */
  key: string | undefined;
  /** Whether that credential is a login with a flat plan. */
  onPlan = false;
  #exchange: Exchange;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  attempted({ target: { provider, model }, dialect, started, ended, status, failure }: Attempted): void {
    const kind = failure?.class;
    const message = failure === undefined ? undefined : keptOf(failure);
    const startMs = started - this.#exchange.started;
    const ms = ended - started;
    this.attempts.push({ provider, model, dialect, status, failure: kind, message, startMs, ms });
  }

  /** The request's end. `ended`: `Clock.mono` after the last byte. `session`: what is remembered of it. */
  end(
    { status, failure, cancelled = false, usage, target }: Ending,
    ended: number,
    session?: Session,
  ): RequestEnd {
    const { id, time, started, facts, classification, plan, clientKey, classifyUs, routeUs, headers } =
      this.#exchange;
    const { attempts } = this;
    const [first, last] = [attempts[0], attempts.at(-1)];
    const { provider, model, dialect }: Partial<AttemptRecord> = last?.failure === undefined
      ? last ?? NOBODY
      : NOBODY;
    const atFault = provider === undefined && failure !== "cancelled" ? target ?? NOBODY : NOBODY;
    return {
      id,
      time,
      client: facts.client,
      clientKey,
      session: facts.session,
      conversation: this.#exchange.conversation,
      clientDialect: facts.dialect,
      operation: facts.operation,
      stream: facts.stream,
      modelAsked: facts.model,
      kind: this.#exchange.kind ?? classification.kind,
      route: plan.route,
      rules: plan.rules,
      why: this.passedOver.length === 0 ? plan.why : [...plan.why, ...this.passedOver],
      provider: provider ?? atFault.provider,
      model: model ?? atFault.model,
      providerDialect: dialect,
      key: this.key,
      approxTokens: facts.approxTokens,
      continuesTurn: classification.continuesTurn,
      attempts,
      fellBack: attempts.some((one) => one.provider !== first?.provider || one.model !== first.model),
      usage,
      costs: this.#costs({ provider, model, usage, status }, session),
      status,
      failure,
      cancelled,
      firstTokenMs: this.firstTokenMs,
      durationMs: ended - started,
      overheadUs: classifyUs + routeUs,
      traceParent: headers.traceparent,
      traceState: headers.tracestate,
    };
  }

  #costs(
    answered: Pick<RequestEnd, "provider" | "model" | "usage" | "status">,
    session: Session | undefined,
  ): Costs {
    const { facts: { operation }, time, config, catalog, conversation } = this.#exchange;
    const charged = {
      ...answered,
      operation,
      time,
      key: this.key,
      onPlan: this.onPlan,
      continues: isContinued(this.#exchange),
      systemTokens: () => systemTokens(this.#exchange, answered.usage),
    };
    const costs = account(charged, {
      catalog,
      baseline: baselineOf(config),
      session: conversation === undefined ? "unknown" : session ?? "new",
    });
    return own(this.#exchange, costs);
  }
}

/** Whether earlier answers are part of a request. */
function isContinued({ facts: { messages } }: Exchange): boolean {
  return messages.some(({ role }) => role === "assistant");
}

/** Tokens of what every request of a session begins with: its system prompt and its tools, as its provider counts them. */
function systemTokens({ facts: { system, approxTokens }, body }: Exchange, usage: Usage | undefined): number {
  const texts = system.reduce((sum, text) => sum + text.length, 0);
  const tools = isRecord(body) && body.tools !== undefined ? JSON.stringify(body.tools).length : 0;
  const context = usage === undefined ? 0 : usage.input + usage.cacheRead + usage.cacheWrite;
  return Math.round(((texts + tools) / CHARS_PER_TOKEN) * (context / Math.max(1, approxTokens)));
}

/** The attempt that answered, where none did. */
const NOBODY: Partial<AttemptRecord> = {};

/** The baseline would not have kept a cache warm: what that costs was not saved. */
function own({ kind }: Exchange, costs: Costs): Costs {
  return kind !== KEEP_WARM || costs.cost === undefined
    ? costs
    : { ...costs, baseline: 0, saved: -costs.cost };
}
