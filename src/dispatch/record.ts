/** What happened to a request, collected while it happens and told once when it is over. */
import type { Target } from "../model/target.ts";
import type { DialectName } from "../model/request-facts.ts";
import type { FailureClass } from "../model/failure.ts";
import type { Usage } from "../model/usage.ts";
import { CHARS_PER_TOKEN } from "../dialects/shared/estimate-tokens.ts";
import { account, baselineOf } from "../ledger/account.ts";
import type { AttemptRecord } from "../model/request-end.ts";
import type { DispatchDeps, Exchange } from "./exchange.ts";
import type { Failure } from "./failure/failure.ts";
import type { Pipe } from "./relay/pipe.ts";

export interface Ending {
  readonly status: number;
  readonly failure?: FailureClass | string;
  readonly cancelled?: boolean;
  readonly usage?: Usage;
}

interface Attempted {
  readonly target: Target;
  readonly dialect: DialectName;
  readonly started: number;
  readonly status?: number | undefined;
  readonly failure?: Failure;
}

export class Recording {
  readonly attempts: AttemptRecord[] = [];
  /** Milliseconds from arrival to the first output. */
  firstTokenMs: number | undefined;
  #exchange: Exchange;
  #dispatcher: DispatchDeps;
  #told = false;

  constructor(exchange: Exchange, dispatcher: DispatchDeps) {
    this.#exchange = exchange;
    this.#dispatcher = dispatcher;
  }

  /** One attempt answered, or failed. `started`: `Clock.mono` at its start. */
  attempted({ target: { provider, model }, dialect, started, status, failure }: Attempted): void {
    const { class: kind, message } = failure ?? {};
    const startMs = started - this.#exchange.started;
    const ms = this.#dispatcher.clock.mono() - started;
    this.attempts.push({ provider, model, dialect, status, failure: kind, message, startMs, ms });
  }

  /** Tells the ledger; the second call and later ones do nothing. */
  finish(ending: Ending): void {
    if (this.#told) return;
    this.#told = true;
    const {
      id,
      time,
      started,
      facts,
      classification,
      plan,
      clientKey,
      classifyUs,
      routeUs,
      headers,
      config,
      catalog,
    } = this.#exchange;
    const { attempts } = this;
    const answered = attempts.at(-1);
    const good = answered !== undefined && answered.failure === undefined ? answered : undefined;
    const charged = {
      operation: facts.operation,
      provider: good?.provider,
      model: good?.model,
      usage: ending.usage,
      status: ending.status,
      time,
    };
    this.#dispatcher.onEnd({
      id,
      time,
      client: facts.client,
      clientKey,
      session: facts.session,
      clientDialect: facts.dialect,
      operation: facts.operation,
      stream: facts.stream,
      modelAsked: facts.model,
      kind: classification.kind,
      route: plan.route,
      why: plan.why,
      provider: good?.provider,
      model: good?.model,
      providerDialect: good?.dialect,
      attempts,
      // Read when it is asked for: a client that hangs up ends a request just before its last attempt is recorded.
      get fellBack() {
        return attempts.some(({ provider, model }) =>
          provider !== attempts[0]?.provider || model !== attempts[0].model
        );
      },
      usage: ending.usage,
      costs: account(charged, catalog.cost, baselineOf(config)),
      status: ending.status,
      failure: ending.failure,
      cancelled: ending.cancelled ?? false,
      firstTokenMs: this.firstTokenMs,
      durationMs: this.#dispatcher.clock.mono() - started,
      overheadUs: classifyUs + routeUs,
      traceParent: headers.traceparent,
      traceState: headers.tracestate,
    });
  }
}

/** What a provider used that reports nothing. Tokens. */
export function estimatedUsage(input: number, output: number): Usage {
  return { input, cacheRead: 0, cacheWrite: 0, output, reasoning: 0, estimated: true };
}

/**
 * What a stream used. Of one that was cut, the input that the provider told of, and as much output as came: the
 * provider's own count stands at the beginning (Anthropic) or would have come with the end.
 */
export function streamUsage(
  { usage, complete, outputChars }: Pick<Pipe, "usage" | "complete" | "outputChars">,
  inputTokens: number,
): Usage {
  const output = Math.ceil(outputChars / CHARS_PER_TOKEN);
  if (usage === undefined) return estimatedUsage(inputTokens, output);
  return complete ? usage : { ...usage, output: Math.max(usage.output, output), estimated: true };
}
