/** What dispatch remembers from one request to the next. Survives config reloads. */
import type { Provider } from "../config/config.ts";
import { Origins } from "../dialects/shared/origins.ts";
import { isRecord } from "../json/shape.ts";
import type { Session } from "../model/session.ts";
import type { Target } from "../model/target.ts";
import type { Continued } from "../router/plan.ts";
import { Connections } from "../runtime/connections.ts";
import { Cooldowns } from "./cooldown/cooldowns.ts";
import { Gate } from "./gate.ts";
import { Headrooms } from "./headroom/headrooms.ts";
import { KeySeats } from "./key-seats.ts";
import type { InFlightRequest } from "./in-flight.ts";
import { KeyIds } from "./keys.ts";
import { Lessons } from "./lessons/lessons.ts";
import { type Pin, Pins } from "./pins.ts";
import { Sessions } from "./sessions.ts";
import { remember } from "../runtime/remember.ts";

const NOTHING = () => {};

/** Turns that are remembered. */
const MOST_TURNS = 1000;
/** Targets whose speed is remembered: clients may name any model. */
const MOST_TARGETS = 1000;
/** Answers that are remembered for the requests that continue them. */
const MOST_ANSWERS = 4000;
/** Refused logins that are remembered. */
const MOST_LOGINS = 1000;

/** What is remembered of conversations, by kind: replicas tell each other. */
export type SharedMark = "session" | "pin" | "turn" | "answer";

export class DispatchState {
  readonly cooldowns: Cooldowns;
  /** What models refused. */
  readonly lessons: Lessons;
  /** Makes the ids of keys. */
  readonly keys: KeyIds;
  /** What is left of each credential's plan. */
  readonly headrooms: Headrooms;
  readonly inFlight = new Set<InFlightRequest>();
  readonly origins = new Origins();
  readonly connections = new Connections();
  /** Which session uses which key. */
  readonly seats: KeySeats;
  readonly sessions = new Sessions(undefined, (name, session) => this.share("session", name, session));
  /** Which sessions go where a person sent them. */
  readonly pins = new Pins((id, pin) => this.share("pin", id, pin));
  /** Receives what other replicas must know. @default nobody does */
  share: (kind: SharedMark, id: string, value: unknown) => void = NOTHING;
  #rotations = new Map<string, number>();
  #toldLogins = new Map<string, true>();
  #gates = new Map<string, Gate>();
  #served = new Map<string, Target>();
  #answers = new Map<string, Continued>();
  #firstToken = new Map<string, number>();
  #lastFailure = new Map<string, { at: number; message: string }>();

  constructor(
    cooldowns = new Cooldowns(),
    lessons = new Lessons(),
    keys = new KeyIds(),
    headrooms = new Headrooms(),
  ) {
    this.cooldowns = cooldowns;
    this.keys = keys;
    this.seats = new KeySeats(keys);
    this.lessons = lessons;
    this.headrooms = headrooms;
  }

  /**
   * Whether this is the first refusal of a client's own login: the client must hear of it, for only the client can renew
   * it; from then on other targets answer. `key`: the login's id.
   */
  isNewlyRefused(key: string): boolean {
    if (this.#toldLogins.has(key)) return false;
    remember(this.#toldLogins, key, true, MOST_LOGINS);
    return true;
  }

  /** A login was accepted: its next refusal is a new one. */
  loginAccepted(key: string): void {
    if (this.#toldLogins.size > 0) this.#toldLogins.delete(key);
  }

  /** The bound on a provider's requests; undefined: none. */
  gate(provider: Provider): Gate | undefined {
    const { name, maxConcurrent, maxQueue } = provider;
    let gate = this.#gates.get(name);
    if (maxConcurrent === undefined) return undefined;
    if (gate === undefined) this.#gates.set(name, gate = new Gate(maxConcurrent, maxQueue));
    gate.places = maxConcurrent;
    gate.queue = maxQueue;
    return gate;
  }

  /** How often the order of a chain was chosen: `round_robin` targets take turns by it. */
  rotation(chain: string): number {
    return this.#rotations.get(chain) ?? 0;
  }

  /** A request takes its turn at a chain. */
  rotate(chain: string): void {
    remember(this.#rotations, chain, this.rotation(chain) + 1, MOST_TARGETS);
  }

  /**
   * Takes one of a provider's places, at once or when one gets free. Gives back what leaves it.
   * @throws GateFull when nobody more may wait; the signal's reason when it aborts first.
   */
  enter(provider: Provider, waiting: { readonly signal: AbortSignal }): (() => void) | Promise<() => void> {
    const gate = this.gate(provider);
    if (gate === undefined) return NOTHING;
    const leave = () => gate.leave();
    const entered = gate.enter(waiting.signal);
    return entered === true ? leave : entered.then(() => leave);
  }

  /** Milliseconds to the first token lately, smoothed; undefined: never seen. */
  firstToken(target: Target): number | undefined {
    return this.#firstToken.get(`${target.provider},${target.model}`);
  }

  sawFirstToken(target: Target, ms: number): void {
    const id = `${target.provider},${target.model}`;
    const before = this.#firstToken.get(id);
    remember(this.#firstToken, id, before === undefined ? ms : before * 0.7 + ms * 0.3, MOST_TARGETS);
  }

  /** The target that answered the earlier requests of a turn. */
  served(turn: string): Target | undefined {
    return this.#served.get(turn);
  }

  /** Remembers who answered a turn; the oldest turns are forgotten. */
  sawServed(turn: string, target: Target): void {
    remember(this.#served, turn, target, MOST_TURNS);
    this.share("turn", turn, target);
  }

  /** What a request that continues an answer needs to know of its turn; undefined: the answer is not known. */
  continued(id: string): Continued | undefined {
    return this.#answers.get(id);
  }

  /** Remembers an answer by the id that its provider gave it; the oldest are forgotten. No texts. */
  sawAnswer(id: string, continued: Continued): void {
    remember(this.#answers, id, continued, MOST_ANSWERS);
    this.share("answer", id, continued);
  }

  /** Takes what another replica remembers. */
  take(kind: SharedMark, id: string, value: unknown): void {
    if (!isRecord(value)) return;
    switch (kind) {
      case "turn":
        remember(this.#served, id, value as unknown as Target, MOST_TURNS);
        break;
      case "answer":
        remember(this.#answers, id, value as unknown as Continued, MOST_ANSWERS);
        break;
      case "pin":
        this.pins.take(value as unknown as Pin);
        break;
      case "session":
        this.#takeSession(id, value as unknown as Session);
    }
  }

  /** The session keeps its keys as well: each target's cache belongs to the account that it was read with. */
  #takeSession(name: string, session: Session): void {
    if (!this.sessions.take(name, session)) return;
    for (const { target, key, time } of session.prefixes) {
      if (key !== undefined) this.seats.taken(target.provider, name, { key, time });
    }
  }

  /** A provider's latest failure, for `/health/detailed`. */
  lastFailure(provider: string): { readonly at: number; readonly message: string } | undefined {
    return this.#lastFailure.get(provider);
  }

  sawFailure(provider: string, at: number, message: string): void {
    this.#lastFailure.set(provider, { at, message });
  }
}
