/**
 * Tries the targets of a plan in order until one answers. The first real output commits; a failure before it goes to
 * the next target unseen. Never sleeps between targets. docs/failover.md tells it for users.
 */
import type { Provider } from "../config/config.ts";
import { UnsupportedRequest } from "../dialects/dialect.ts";
import type { PlannedTarget } from "../router/plan.ts";
import { allFailed, answer, cannotCarry, nothingToTry } from "./answer.ts";
import { type Answered, attempt } from "./attempt.ts";
import type { Cooldown } from "./cooldowns.ts";
import type { Dispatcher, Exchange } from "./exchange.ts";
import { type Failure, FAILURE_RULES } from "./failures/failure.ts";
import { GateFull } from "./gate.ts";
import { type Key, keysOf } from "./keys.ts";
import { decodeOnce, prepare } from "./prepare.ts";
import { estimatedUsage, Recording } from "./recording.ts";
import type { InFlight } from "./state.ts";

/** When everything cools, the soonest is tried if it is at most this far away. Milliseconds. */
const SOON_MS = 5000;

/** A target that may be tried with one of its keys, now or when its cooldown ends. */
interface Candidate {
  readonly target: PlannedTarget;
  readonly provider: Provider;
  readonly key: Key;
}

/** Answers an exchange. Never throws; every end is an answer in the client's dialect. */
export async function dispatch(exchange: Exchange, dispatcher: Dispatcher): Promise<Response> {
  return await new Dispatch(exchange, dispatcher).run();
}

class Dispatch {
  readonly #exchange: Exchange;
  readonly #dispatcher: Dispatcher;
  readonly #recording: Recording;
  readonly #failures: Failure[] = [];
  readonly #skipped: string[] = [];
  readonly #decoded;
  readonly #flight: InFlight;
  #cut: string | undefined;
  #cutRelay: ((reason: string) => void) | undefined;
  readonly #stop: AbortController;
  /** After a context overflow only larger windows are tried. Tokens. */
  #windowOver = 0;

  constructor(exchange: Exchange, dispatcher: Dispatcher) {
    this.#stop = new AbortController();
    const { signal } = exchange;
    if (signal.aborted) this.#stop.abort();
    else signal.addEventListener("abort", () => this.#stop.abort(), { once: true });
    this.#exchange = { ...exchange, signal: this.#stop.signal };
    this.#dispatcher = dispatcher;
    this.#recording = new Recording(exchange, dispatcher);
    this.#decoded = decodeOnce(exchange);
    this.#flight = {
      id: exchange.id,
      since: exchange.time,
      route: exchange.plan.route,
      cut: (reason) => {
        this.#cut = reason;
        if (this.#cutRelay !== undefined) this.#cutRelay(reason);
        else this.#stop.abort();
      },
    };
  }

  async run(): Promise<Response> {
    const { state } = this.#dispatcher;
    state.inFlight.add(this.#flight);
    let streaming = false;
    try {
      const response = await this.#first();
      streaming = this.#cutRelay !== undefined;
      return response;
    } catch (error) {
      if (error instanceof UnsupportedRequest) return cannotCarry(this.#exchange, error, this.#recording);
      throw error;
    } finally {
      if (!streaming) state.inFlight.delete(this.#flight);
    }
  }

  async #first(): Promise<Response> {
    const { plan, config } = this.#exchange;
    const { state, clock } = this.#dispatcher;
    const turn = state.turn++;
    let soonest: { candidate: Candidate; because: Cooldown; until: number } | undefined;
    for (const target of plan.targets) {
      if (target.skip !== undefined) {
        this.#skipped.push(`${target.provider},${target.model}: ${target.skip}`);
        continue;
      }
      const provider = config.providers.get(target.provider);
      if (provider === undefined) continue;
      for (const key of keysOf(provider, this.#exchange.headers, turn)) {
        const place = { provider: provider.name, model: target.model, key: key.id };
        const is = state.cooldowns.at(place, clock.now());
        if (is.state === "cooling") {
          this.#skipped.push(`${target.provider},${target.model}: cooling (${is.because.message})`);
          if (soonest === undefined || is.until < soonest.until) {
            soonest = { candidate: { target, provider, key }, because: is.because, until: is.until };
          }
          continue;
        }
        if (is.state === "trial") state.cooldowns.claim(place);
        const response = await this.#try({ target, provider, key });
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
    return nothingToTry(this.#exchange, this.#skipped, soonest, this.#recording, clock.now());
  }

  /** One target with one key. Undefined: the next one may be tried. */
  async #try(candidate: Candidate): Promise<Response | undefined> {
    const { target, provider, key } = candidate;
    const exchange = this.#exchange;
    const { state, clock, log } = this.#dispatcher;
    const place = { provider: provider.name, model: target.model, key: key.id };
    if (this.#windowOver > 0 && (this.#dispatcher.model(target)?.context ?? 0) <= this.#windowOver) {
      state.cooldowns.release(place);
      this.#skipped.push(`${target.provider},${target.model}: its context window is not larger`);
      return undefined;
    }
    const prepared = prepare(exchange, target, provider, key, this.#dispatcher, this.#decoded);
    if ("unfit" in prepared) {
      state.cooldowns.release(place);
      this.#skipped.push(`${target.provider},${target.model}: ${prepared.unfit}`);
      return undefined;
    }
    this.#flight.target = target;
    const gate = state.gate(provider);
    const started = clock.mono();
    try {
      const entered = gate?.enter(exchange.signal);
      if (entered instanceof Promise) await entered;
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
    const leave = () => gate?.leave();
    const record = (failure?: Failure, status?: number) => {
      this.#recording.attempts.push({
        provider: provider.name,
        model: target.model,
        dialect: prepared.dialect.name,
        status,
        failure: failure?.class,
        message: failure?.message,
        ms: clock.mono() - started,
      });
    };
    const tried = await attempt({
      exchange,
      dispatcher: this.#dispatcher,
      target,
      provider,
      prepared,
      totalLeft: exchange.config.proxy.timeouts.total - (clock.mono() - exchange.started),
      onStreamEnd: (end, failure, usage, outputChars) => {
        leave();
        state.inFlight.delete(this.#flight);
        if (failure !== undefined) {
          state.sawFailure(provider.name, clock.now(), failure.message);
          if (this.#cut === undefined) state.cooldowns.failed(place, failure, clock.now());
          log("warn", `${target.provider},${target.model} failed after output began: ${failure.message}`, {
            id: exchange.id,
          });
        }
        this.#recording.finish({
          status: 200,
          cancelled: end.cancelled,
          ...(failure === undefined ? {} : { failure: failure.class }),
          usage: usage ?? estimatedUsage(exchange.facts.approxTokens, outputChars),
        });
      },
    });
    if (!tried.ok) {
      leave();
      record(tried.failure, tried.failure.status);
      return this.#failed(candidate, tried.failure, clock.mono() - started);
    }
    state.cooldowns.succeeded(place);
    record(undefined, tried.status);
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
    if (dropped.length > 0) {
      this.#dispatcher.log("info", `left out for ${candidate.target.provider}: ${dropped.join(", ")}`, {
        id: exchange.id,
      });
    }
    const { relay } = tried;
    if (relay !== undefined) {
      this.#cutRelay = (reason) => relay.cut(reason);
      if (this.#cut !== undefined) relay.cut(this.#cut);
    } else {
      const chars = typeof tried.body === "string" ? tried.body.length : (tried.body as Uint8Array).length;
      this.#recording.finish({
        status: tried.status,
        usage: tried.usage ?? estimatedUsage(exchange.facts.approxTokens, chars),
      });
    }
    return answer(exchange, candidate.target, tried, this.#recording, dropped);
  }

  /** A failure before anything was shown. Undefined: go on. */
  #failed(candidate: Candidate, failure: Failure, ms: number): Response | undefined {
    const { target, provider, key } = candidate;
    const { state, clock } = this.#dispatcher;
    const place = { provider: provider.name, model: target.model, key: key.id };
    if (this.#cut !== undefined) {
      state.cooldowns.release(place);
      return this.#ended({ ...failure, class: "server_error", status: 503, message: this.#cut });
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
      this.#windowOver = this.#dispatcher.model(target)?.context ?? exchangeTokens(this.#exchange);
    }
    return undefined;
  }

  #note(failure: Failure, ms: number): void {
    const { state, clock, log } = this.#dispatcher;
    this.#failures.push(failure);
    if (failure.class === "cancelled") return;
    state.sawFailure(failure.provider, clock.now(), failure.message);
    log(
      "warn",
      `${failure.provider},${failure.model}: ${failure.class.replaceAll("_", " ")}: ${failure.message}`,
      {
        id: this.#exchange.id,
        status: failure.status,
        ms: Math.round(ms),
      },
    );
  }

  /** A failure that the client gets as it is. */
  #ended(failure: Failure): Response {
    return allFailed(this.#exchange, [failure], undefined, this.#recording, this.#dispatcher.clock.now());
  }
}

function exchangeTokens(exchange: Exchange): number {
  return exchange.facts.approxTokens;
}
