/**
 * Keeps the cache of a session warm while its user thinks (`[router] keep_warm`): the same request again, with an answer of
 * one token, before the cache's five minutes are over. Only where more is expected to be saved than spent. Without
 * the setting there is no timer and nothing is held.
 */
import type { Config } from "../config/config.ts";
import type { DispatchDeps } from "../dispatch/course.ts";
import { dispatch } from "../dispatch/dispatch.ts";
import type { Exchange } from "../dispatch/exchange.ts";
import type { Budgets } from "../ledger/budget.ts";
import type { RequestEnd } from "../model/request-end.ts";
import { KEEP_WARM, prefixAt } from "../model/session.ts";
import { isRecord } from "../json/shape.ts";
import type { Target } from "../model/target.ts";
import { money } from "../text/format.ts";
import { requestId } from "./errors.ts";

/** Calls something later; what it returns prevents that. Milliseconds. */
export type Later = (ms: number, call: () => void) => () => void;

/** Between a request and what keeps it warm: caches live for five minutes. Milliseconds. */
const PAUSE_MS = 270_000;
/** Sessions that are kept warm at once, and the bytes of their requests. */
const MOST_SESSIONS = 50;
const MOST_BYTES = 64 * 1024 * 1024;
/**
 * How likely a session goes on before the longer life ends, where it has been silent for so long: of real sessions 27 % of
 * the pauses are over five minutes and 10 % over 18, and one turn of seven is the last. docs/economics.md
 */
const GOES_ON = [0.26, 0.23, 0.2] as const;

export interface KeepWarmDeps {
  readonly dispatch: DispatchDeps;
  readonly config: () => Config;
  readonly budgets: () => Budgets | undefined;
  /** The team of a client's key; undefined: it has none. */
  readonly teamOf: (key: string | undefined) => string | undefined;
  /** @default the runtime's timers */
  readonly later?: Later | undefined;
}

interface Kept {
  readonly exchange: Exchange;
  readonly target: Target;
  /** Tokens of the conversation. */
  readonly context: number;
  readonly key: string;
  /** How often it was kept warm since the client's request. */
  sent: number;
  cancel: () => void;
}

const timer: Later = (ms, call) => {
  const id = setTimeout(call, ms);
  return () => clearTimeout(id);
};

export class KeepWarm {
  readonly #deps: KeepWarmDeps;
  readonly #later: Later;
  readonly #kept = new Map<string, Kept>();
  readonly #ending = new AbortController();

  constructor(deps: KeepWarmDeps) {
    this.#deps = deps;
    this.#later = deps.later ?? timer;
  }

  /** A request was answered: from now on its session is the one to keep. */
  served(exchange: Exchange, end: RequestEnd): void {
    if (exchange.kind === KEEP_WARM || exchange.conversation === undefined) return;
    this.#forget(exchange.conversation);
    const { keepWarm } = this.#deps.config().router;
    if (keepWarm === 0 || this.#ending.signal.aborted) return;
    const kept = this.#keepable(exchange, end);
    if (kept === undefined || this.#gain(kept) <= 0) return;
    this.#kept.set(exchange.conversation, kept);
    this.#wait(exchange.conversation, kept);
    this.#bound();
  }

  /** Sends nothing more. */
  close(): void {
    this.#ending.abort();
    for (const name of [...this.#kept.keys()]) this.#forget(name);
  }

  /** What could be kept of an answered request; undefined: its cache is not of the kind, or does not need it. */
  #keepable(exchange: Exchange, { provider, model, usage, key, operation }: RequestEnd): Kept | undefined {
    if (operation !== "generate" || provider === undefined || model === undefined || usage === undefined) {
      return undefined;
    }
    const own = exchange.config.providers.get(provider);
    const target = exchange.plan.targets.find((one) => one.provider === provider && one.model === model);
    // A client's own login is for what the client sends.
    if (own === undefined || own.passthrough || target === undefined || key === undefined) return undefined;
    if (exchange.catalog.find(target)?.cache?.kind !== "marked" || hasBudget(exchange)) return undefined;
    const session = this.#deps.dispatch.state.sessions.of(exchange.conversation);
    if (session === undefined || prefixAt(session, target)?.forAnHour === true) return undefined;
    return { exchange, target, context: session.context, key, sent: 0, cancel: () => {} };
  }

  /** Dollars that one more request is expected to save, its own cost taken off. */
  #gain({ exchange: { catalog, config }, target, context, sent }: Kept): number {
    const { now } = this.#deps.dispatch.clock;
    const rates = catalog.rates(target, context, now());
    const least = catalog.find(target)?.cache?.leastTokens ?? Infinity;
    if (rates === undefined || context < least || config.providers.get(target.provider)?.local) return 0;
    const { input, cacheRead = input, cacheWrite = input, output } = rates;
    const chance = GOES_ON[Math.min(sent, GOES_ON.length - 1)]!;
    return (chance * context * (cacheWrite - cacheRead) - (context * cacheRead + output)) / 1e6;
  }

  #wait(name: string, kept: Kept): void {
    kept.cancel = this.#later(PAUSE_MS, () => void this.#send(name, kept));
  }

  /** Sends the request, unless something speaks against it by now. Never rejects. */
  async #send(name: string, kept: Kept): Promise<void> {
    const { dispatch: deps, config, budgets, teamOf } = this.#deps;
    const { exchange, target, key } = kept;
    const { clientKey, facts: { client }, plan: { route } } = exchange;
    const place = { provider: target.provider, model: target.model, key };
    const spender = { client, key: clientKey, team: teamOf(clientKey) };
    const spent = [route, KEEP_WARM].some((one) =>
      budgets()?.check({ ...spender, route: one }).state === "exceeded"
    );
    const stops = spent || kept.sent >= config().router.keepWarm || this.#gain(kept) <= 0 ||
      deps.state.cooldowns.at(place, deps.clock.now()).state !== "open";
    if (stops) return this.#forget(name);
    const gain = money(this.#gain(kept));
    deps.log("info", `keeps the cache of ${target.provider},${target.model} warm: saves about ${gain}`, {
      session: exchange.facts.session,
    });
    kept.sent++;
    try {
      const response = await dispatch(this.#request(kept), deps);
      await response.text();
      // A request of the client's may have taken its place.
      if (this.#kept.get(name) !== kept) return;
      if (response.ok && kept.sent < config().router.keepWarm && this.#gain(kept) > 0) this.#wait(name, kept);
      else this.#forget(name);
    } catch (error) {
      deps.log("warn", `keeping a cache warm failed: ${error instanceof Error ? error.message : "?"}`);
      this.#forget(name);
    }
  }

  /** The same request for an answer of one token, to the target that has it in its cache. */
  #request({ exchange, target, context }: Kept): Exchange {
    const { clock } = this.#deps.dispatch;
    const { stream_options: _usage, ...rest } = isRecord(exchange.body) ? exchange.body : {};
    const body = { ...rest, stream: false };
    const settings = { ...target.settings, maxTokens: 1 };
    const { provider, model } = target;
    const { over: _over, extraHeaders: _extra, ...same } = exchange;
    return {
      ...same,
      id: requestId(),
      kind: KEEP_WARM,
      body,
      bytes: new TextEncoder().encode(JSON.stringify(body)),
      facts: { ...exchange.facts, stream: false, maxOutputTokens: 1, approxTokens: context },
      plan: {
        route: KEEP_WARM,
        targets: [{ provider, model, settings, from: "chain" }],
        why: [`keeps the cache of ${provider},${model} warm`],
        decision: exchange.plan.decision,
      },
      config: this.#deps.config(),
      signal: this.#ending.signal,
      time: clock.now(),
      started: clock.mono(),
      classifyUs: 0,
      routeUs: 0,
    };
  }

  #forget(name: string): void {
    this.#kept.get(name)?.cancel();
    this.#kept.delete(name);
  }

  /** The sessions that were served last stay. */
  #bound(): void {
    let bytes = 0;
    for (const { exchange } of this.#kept.values()) bytes += exchange.bytes.length;
    for (const [name, { exchange }] of this.#kept) {
      if (this.#kept.size <= MOST_SESSIONS && bytes <= MOST_BYTES) return;
      bytes -= exchange.bytes.length;
      this.#forget(name);
    }
  }
}

/** Whether thinking has a budget, which must be smaller than the answer's limit: such a request cannot end after one token. */
function hasBudget({ body }: Exchange): boolean {
  return isRecord(body) && isRecord(body.thinking) && body.thinking.budget_tokens !== undefined;
}
