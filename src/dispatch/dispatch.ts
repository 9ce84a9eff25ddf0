/**
 * Tries the targets of a plan in order until one answers. The first real output commits; a failure before it goes to
 * the next target unseen. Never sleeps between targets. docs/failover.md tells it for users.
 */
import { UnsupportedRequest } from "../dialects/dialect.ts";
import { allFailed, answer, cannotCarry, nothingToTry } from "./answer.ts";
import { type Answered, attempt } from "./attempt.ts";
import { noteDropped, noteFailure, noteLateFailure, noteRewrite } from "./attempt-log.ts";
import { type Candidate, candidates } from "./candidates.ts";
import type { Cooldown } from "./cooldown/cooldowns.ts";
import type { DispatchDeps, Exchange } from "./exchange.ts";
import { type Failure, FAILURE_RULES } from "./failure/failure.ts";
import { InFlightRequest } from "./in-flight.ts";
import { GateFull } from "./gate.ts";
import { decodeOnce, misfitsOf, prepare } from "./upstream-request.ts";
import { Recording, streamUsage } from "./record.ts";

/** When everything cools, the soonest is tried if it is at most this far away. Milliseconds. */
const SOON_MS = 5000;

/** Answers an exchange. Never throws; every end is an answer in the client's dialect. */
export async function dispatch(exchange: Exchange, dispatcher: DispatchDeps): Promise<Response> {
  return await new Dispatch(exchange, dispatcher).run();
}

class Dispatch {
  readonly #exchange: Exchange;
  readonly #dispatcher: DispatchDeps;
  readonly #recording: Recording;
  readonly #failures: Failure[] = [];
  readonly #passed: string[] = [];
  readonly #decoded;
  readonly #flight: InFlightRequest;
  /** After a context overflow only larger windows are tried. Tokens. */
  #windowOver = 0;

  constructor(exchange: Exchange, dispatcher: DispatchDeps) {
    this.#flight = new InFlightRequest(exchange);
    this.#exchange = exchange;
    this.#dispatcher = dispatcher;
    this.#recording = new Recording(exchange, dispatcher);
    this.#decoded = decodeOnce(exchange);
  }

  async run(): Promise<Response> {
    const { inFlight } = this.#dispatcher.state;
    inFlight.add(this.#flight);
    try {
      return await this.#first();
    } catch (error) {
      if (error instanceof UnsupportedRequest) return cannotCarry(this.#exchange, error, this.#recording);
      throw error;
    } finally {
      if (!this.#flight.streaming) inFlight.delete(this.#flight);
    }
  }

  /** The first answer that may be shown, or what is to be said when there is none. */
  async #first(): Promise<Response> {
    const { plan, config, headers } = this.#exchange;
    const { state, clock } = this.#dispatcher;
    let soonest: { candidate: Candidate; because: Cooldown; until: number } | undefined;
    for (const keys of candidates(plan, config, headers, state.turn++)) {
      for (const candidate of keys) {
        const is = state.cooldowns.at(candidate.place, clock.now());
        if (is.state === "cooling") {
          this.#passed.push(wayOf(candidate, `cooling (${is.because.message})`));
          if (soonest === undefined || is.until < soonest.until) {
            soonest = { candidate, because: is.because, until: is.until };
          }
          continue;
        }
        if (is.state === "trial") state.cooldowns.claim(candidate.place);
        const response = await this.#try(candidate);
        if (response !== undefined) return response;
        // The provider itself, or the model, is what failed: its other keys would meet the same.
        const scope = FAILURE_RULES[this.#failures.at(-1)?.class ?? "bad_request"].scope;
        if (scope !== "key" && scope !== "key+model") break;
      }
    }
    if (soonest !== undefined && soonest.until - clock.now() < SOON_MS) {
      const response = await this.#try(soonest.candidate);
      if (response !== undefined) return response;
    }
    if (this.#failures.length > 0) {
      return allFailed(this.#exchange, this.#failures, soonest, this.#recording, clock.now());
    }
    const skipped = plan.targets.filter(({ skip }) => skip !== undefined).map((target) =>
      wayOf({ target }, target.skip)
    );
    return nothingToTry(this.#exchange, [...skipped, ...this.#passed], soonest, this.#recording, clock.now());
  }

  /** A candidate that was chosen and cannot be asked after all. */
  #pass(candidate: Candidate, why: string): void {
    this.#passed.push(wayOf(candidate, why));
    this.#dispatcher.state.cooldowns.release(candidate.place);
  }

  /**
   * One target with one key. Undefined: the next one may be tried. `anew`: the body is written for this model instead
   * of passed through.
   */
  async #try(candidate: Candidate, anew = false): Promise<Response | undefined> {
    const { target, provider, key, place } = candidate;
    const exchange = this.#exchange;
    const { state, clock } = this.#dispatcher;
    if (this.#windowOver > 0 && (this.#exchange.catalog.find(target)?.context ?? 0) <= this.#windowOver) {
      this.#pass(candidate, "its context window is not larger");
      return undefined;
    }
    const prepared = prepare(exchange, target, provider, key, this.#dispatcher, this.#decoded, anew);
    if ("unfit" in prepared) {
      this.#pass(candidate, prepared.unfit);
      return undefined;
    }
    this.#flight.target = target;
    const started = clock.mono();
    let leave: () => void;
    try {
      const entered = state.enter(provider, this.#flight);
      leave = entered instanceof Promise ? await entered : entered;
    } catch (error) {
      state.cooldowns.release(place);
      if (!(error instanceof GateFull)) {
        return this.#ended({ class: "cancelled", ...place, message: "the client hung up" });
      }
      this.#note({
        class: "overloaded",
        ...place,
        message: `this proxy's own limit for ${provider.name}: ${error.message}`,
      }, 0);
      return undefined;
    }
    const tried = await attempt({
      exchange,
      flight: this.#flight,
      dispatcher: this.#dispatcher,
      target,
      provider,
      prepared,
      totalLeft: exchange.config.proxy.timeouts.total - (clock.mono() - exchange.started),
      onStreamEnd: (end, failure, came) => {
        leave();
        state.inFlight.delete(this.#flight);
        if (failure !== undefined) {
          noteLateFailure(this.#dispatcher, exchange.id, failure);
          if (this.#flight.reason === undefined) state.cooldowns.failed(place, failure, clock.now());
        }
        this.#recording.finish({
          status: 200,
          cancelled: end.cancelled,
          ...(failure === undefined ? {} : { failure: failure.class }),
          usage: streamUsage(came, exchange.facts.approxTokens),
        });
      },
    });
    if (!tried.ok) {
      leave();
      const { failure } = tried;
      const { status } = failure;
      this.#recording.attempted({ target, dialect: prepared.dialect.name, started, status, failure });
      const misfits = anew ? [] : misfitsOf(exchange, prepared, tried.failure);
      if (misfits.length === 0) return this.#failed(candidate, tried.failure, clock.mono() - started);
      noteRewrite(this.#dispatcher, exchange.id, tried.failure, misfits);
      return await this.#try(candidate, true);
    }
    if (anew) state.sawMisfit(target);
    state.cooldowns.succeeded(place);
    const { status } = tried;
    this.#recording.attempted({ target, dialect: prepared.dialect.name, started, status });
    this.#recording.firstTokenMs = clock.mono() - exchange.started;
    if (exchange.turn !== undefined) {
      state.sawServed(exchange.turn, { provider: target.provider, model: target.model });
    }
    state.sawFirstToken(target, clock.mono() - started);
    if (tried.relay === undefined) leave();
    return this.#show(candidate, tried, prepared.dropped);
  }

  #show(candidate: Candidate, tried: Answered, dropped: readonly string[]): Response {
    const exchange = this.#exchange;
    noteDropped(this.#dispatcher, exchange.id, candidate.target.provider, dropped);
    if (tried.relay === undefined) this.#recording.finish({ status: tried.status, usage: tried.usage });
    const response = answer(exchange, candidate.target, tried, this.#recording, dropped);
    if (tried.relay !== undefined) {
      this.#flight.began(tried.relay);
      if (this.#flight.stopped) tried.relay.hangUp(); // between the first output and here
    }
    return response;
  }

  /** A failure before anything was shown. Undefined: go on. */
  #failed(candidate: Candidate, failure: Failure, ms: number): Response | undefined {
    const { target, place } = candidate;
    const { state, clock } = this.#dispatcher;
    const { reason } = this.#flight;
    if (reason !== undefined) {
      state.cooldowns.release(place);
      return this.#ended({ ...failure, class: "server_error", status: 503, message: reason });
    }
    this.#note(failure, ms);
    if (failure.class === "cancelled") {
      state.cooldowns.release(place);
      return this.#ended(failure);
    }
    const { next } = FAILURE_RULES[failure.class];
    if (next === false) {
      state.cooldowns.succeeded(place); // it answered: the provider is well
      return this.#ended(failure);
    }
    state.cooldowns.failed(place, failure, clock.now());
    if (next === "larger") {
      this.#windowOver = this.#exchange.catalog.find(target)?.context ?? this.#exchange.facts.approxTokens;
    }
    return undefined;
  }

  #note(failure: Failure, ms: number): void {
    this.#failures.push(failure);
    noteFailure(this.#dispatcher, this.#exchange.id, failure, ms);
  }

  /** The client gets this failure as it is. */
  #ended(failure: Failure): Response {
    return allFailed(this.#exchange, [failure], undefined, this.#recording, this.#dispatcher.clock.now());
  }
}

function wayOf({ target: { provider, model } }: Pick<Candidate, "target">, why: string | undefined): string {
  return `${provider},${model}: ${why}`;
}
