/**
 * Learns from the user's corrections: remembers the latest decisions as hashed features, takes what the user says about them,
 * and judges later prompts with it. Made only where `[learning] enabled = true`.
 */
import type { Kind, Learnable } from "../../classifier/classification.ts";
import { corrected, type Judge, type Judged, learnableIn } from "../../classifier/classify.ts";
import { CorrectedModel, type Correction, DAY_MS, shareLeft } from "../../classifier/learned/corrections.ts";
import { KINDS } from "../../classifier/learned/situation.ts";
import type { Config } from "../../config/config.ts";
import type { Exchange } from "../../dispatch/exchange.ts";
import type { Pin } from "../../dispatch/pins.ts";
import { messageOf } from "../../files/errors.ts";
import type { Log } from "../../log/log.ts";
import type { RequestEnd } from "../../model/request-end.ts";
import type { Clock } from "../../runtime/clock.ts";
import { dataFile } from "../../runtime/data-folder.ts";
import { remember } from "../../runtime/remember.ts";
import type { Thumbs } from "../../router/plan.ts";
import type { World } from "../decide.ts";
import type { Siblings } from "../siblings.ts";
import { rememberedJudge } from "../prompt-memory.ts";
import {
  appendDecision,
  type Feedback,
  type KeptCorrection,
  type KeptDecision,
  readDecisions,
  readFeedback,
  type Thumb,
  writeDecisions,
  writeFeedback,
} from "./files.ts";

/** Decisions that can be corrected. */
export const MOST_DECISIONS = 2000;
const MOST_IN_FLIGHT = 10_000;
/** Corrections of one key, and of all; thumbs of all. The oldest are forgotten. */
const MOST_OF_KEY = 300;
const MOST_CORRECTIONS = 3000;
const MOST_THUMBS = 2000;

export interface LearningOptions {
  readonly log: Log;
  readonly clock: Clock;
  /** Where decisions and corrections are kept; undefined: in memory only. */
  readonly folder: string | undefined;
  /** The other workers, which keep theirs in the same files. @default there are none */
  readonly siblings?: Siblings | undefined;
}

/** What workers tell each other: the corrections have changed. */
const LEARNED = "learned";

/** A correction or a thumb that was taken. */
export type Taken =
  | { readonly route: Kind; readonly was: Kind; readonly learned: boolean }
  | { readonly thumb: "up" | "down" };

/** A correction or a thumb that was taken back. */
export type TakenBack = KeptCorrection | Thumb;

export class Learning {
  readonly #options: LearningOptions;
  /** In flight, by the id of the request. */
  readonly #pending = new Map<string, KeptDecision>();
  /** By the id of the request, the oldest first. */
  readonly #decisions = new Map<string, KeptDecision>();
  readonly #learnable = new WeakMap<Judged, Learnable>();
  /** By key, with the day of which they are. */
  readonly #models = new Map<string, { readonly model: CorrectedModel; readonly day: number }>();
  #feedback: Feedback;
  #lines: number;
  #isBroken = false;

  constructor(options: LearningOptions) {
    this.#options = options;
    this.#feedback = { corrections: [], thumbs: [] };
    this.#lines = 0;
    if (options.folder === undefined) return;
    this.#readFeedback(options.folder);
    this.#readDecisions(options.folder);
    this.#lines = this.#decisions.size;
    options.siblings?.on(LEARNED, () => this.#catchUp());
  }

  get feedback(): Feedback {
    return this.#feedback;
  }

  /** A decision that is remembered; undefined: it is not, or the request had no words of the user. */
  decision(id: string): KeptDecision | undefined {
    const known = this.#pending.get(id) ?? this.#decisions.get(id);
    const { folder, siblings } = this.#options;
    if (known !== undefined || folder === undefined || siblings === undefined) return known;
    this.#readDecisions(folder); // another worker's
    return this.#decisions.get(id);
  }

  /** Judges the prompts of a key with what it was corrected on. */
  judgeFor(key: string | undefined): Judge {
    return (view, words) => {
      const judged = rememberedJudge(view, words);
      let learnable = this.#learnable.get(judged);
      if (learnable === undefined) {
        learnable = learnableIn(view, judged);
        if (learnable === undefined) return judged;
        this.#learnable.set(judged, learnable);
      }
      const model = this.#modelOf(key);
      return { ...(model === undefined ? judged : corrected(judged, learnable, model)), learnable };
    };
  }

  /** What a decision about a key's request takes from what was learned. */
  worldOf(key: string | undefined): Pick<World, "judge" | "thumbs" | "chance"> {
    return {
      judge: this.judgeFor(key),
      thumbs: (target, kind, language) => this.#thumbsOf(key, { target, kind, language }),
      chance: Math.random(),
    };
  }

  /** The thumbs of a key's requests; they fade as corrections do. */
  #thumbsOf(key: string | undefined, of: Pick<Thumb, "target" | "kind" | "language">): Thumbs {
    const now = this.#options.clock.now();
    const counts = { up: 0, down: 0 };
    for (const { key: own, target: { provider, model }, kind, language, time, up } of this.#feedback.thumbs) {
      if (own !== key || kind !== of.kind || language !== of.language) continue;
      if (provider !== of.target.provider || model !== of.target.model) continue;
      counts[up ? "up" : "down"] += shareLeft(time, now);
    }
    return counts;
  }

  /** Remembers what was decided about a request. A wish or a pin of the session that says otherwise is a correction. */
  decided(exchange: Exchange, pin: Pin | undefined): void {
    const { id, time, facts, classification, plan, clientKey } = exchange;
    const { kind, language, learnable, isHousekeeping, prompt, continuesTurn } = classification;
    if (facts.operation !== "generate" || isHousekeeping || prompt === undefined) return;
    const decision: KeptDecision = {
      id,
      time,
      key: clientKey,
      session: facts.session,
      kind,
      route: plan.route,
      client: facts.client,
      language,
      learnable,
    };
    remember(this.#pending, id, decision, MOST_IN_FLIGHT);
    const { decision: wanted } = plan;
    if (continuesTurn || wanted.kind !== "route") return;
    const by = wanted.wished === true ? "wish" : pin?.by === "header" ? "header" : undefined;
    const to = KINDS.find((one) => one === wanted.name);
    if (by !== undefined && to !== undefined && to !== kind) this.#correct(decision, to, by);
  }

  /** Takes a request that is over. */
  ended({ id, provider, model }: RequestEnd): void {
    const decision = this.#pending.get(id);
    if (decision === undefined) return;
    this.#pending.delete(id);
    const target = provider === undefined || model === undefined ? undefined : { provider, model };
    const kept = { ...decision, target };
    remember(this.#decisions, id, kept, MOST_DECISIONS);
    this.#keep((folder) => {
      const path = dataFile(folder, "decisions");
      if (++this.#lines <= 2 * MOST_DECISIONS) return appendDecision(path, kept);
      if (this.#options.siblings !== undefined) this.#readDecisions(folder); // those of other workers stay
      writeDecisions(path, this.#decisions.values());
      this.#lines = this.#decisions.size;
    });
  }

  /** Takes the right route of a decision. */
  correct(decision: KeptDecision, to: Kind): Taken {
    this.#correct(decision, to, "feedback");
    return { route: to, was: decision.kind, learned: decision.learnable !== undefined };
  }

  /** A command pinned a session: its latest decision was wrong, if it was another kind. */
  pinned(session: string, route: string): void {
    const to = KINDS.find((kind) => kind === route.replaceAll("-", "_"));
    const { folder, siblings } = this.#options;
    if (folder !== undefined && siblings !== undefined) this.#readDecisions(folder);
    const latest = [...this.#decisions.values()].findLast((one) => one.session === session);
    if (to !== undefined && latest !== undefined && latest.kind !== to) this.#correct(latest, to, "pin");
  }

  /** Takes what the user thinks of an answer; undefined: nobody has answered yet. */
  rate({ id, key, kind, language, target }: KeptDecision, up: boolean): Taken | undefined {
    if (target === undefined) return undefined;
    this.#catchUp();
    const { corrections, thumbs } = this.#feedback;
    const thumb: Thumb = { id, time: this.#options.clock.now(), key, up, kind, language, target };
    this.#set({ corrections, thumbs: [...thumbs.filter((one) => one.id !== id), thumb].slice(-MOST_THUMBS) });
    return { thumb: up ? "up" : "down" };
  }

  /** Takes back the latest correction or thumb, or that of a request; undefined: there is none. */
  undo(id?: string): TakenBack | undefined {
    this.#catchUp();
    const { corrections, thumbs } = this.#feedback;
    const all: readonly TakenBack[] = [...corrections, ...thumbs];
    const wanted = id === undefined ? all : all.filter((one) => one.id === id);
    const last = wanted.reduce<TakenBack | undefined>(
      (latest, one) => latest === undefined || one.time >= latest.time ? one : latest,
      undefined,
    );
    if (last === undefined) return undefined;
    this.#set({
      corrections: corrections.filter((one) => one !== last),
      thumbs: thumbs.filter((one) => one !== last),
    });
    return last;
  }

  /** Forgets all corrections and thumbs, or those of a key. Returns how many there were. */
  reset(key?: string): number {
    this.#catchUp();
    const { corrections, thumbs } = this.#feedback;
    const isKept = (one: TakenBack) => key !== undefined && one.key !== key;
    const left = { corrections: corrections.filter(isKept), thumbs: thumbs.filter(isKept) };
    this.#set(left);
    return corrections.length + thumbs.length - left.corrections.length - left.thumbs.length;
  }

  #correct({ id, key, kind, learnable }: KeptDecision, to: Kind, by: Correction["by"]): void {
    this.#catchUp();
    const { corrections, thumbs } = this.#feedback;
    const correction: KeptCorrection = {
      id,
      time: this.#options.clock.now(),
      key,
      from: kind,
      to,
      by,
      features: learnable?.features ?? NO_FEATURES,
      scores: learnable?.scores ?? NO_SCORES,
    };
    const others = corrections.filter((one) => one.id !== id);
    const own = others.filter((one) => one.key === key);
    const oldest = own.length >= MOST_OF_KEY ? own[0] : undefined;
    const left = oldest === undefined ? others : others.filter((one) => one !== oldest);
    this.#set({ corrections: [...left, correction].slice(-MOST_CORRECTIONS), thumbs });
    this.#options.log("info", `${id} corrected from ${kind} to ${to} (${by})`);
  }

  #set(feedback: Feedback): void {
    this.#feedback = feedback;
    this.#models.clear();
    this.#keep((folder) => writeFeedback(dataFile(folder, "learned"), feedback));
    this.#options.siblings?.tell(LEARNED, true);
  }

  /** Takes over the corrections of other workers. */
  #catchUp(): void {
    const { folder, siblings } = this.#options;
    if (folder === undefined || siblings === undefined || this.#isBroken) return;
    this.#readFeedback(folder);
    this.#models.clear();
  }

  #readFeedback(folder: string): void {
    try {
      this.#feedback = readFeedback(dataFile(folder, "learned"));
    } catch (error) {
      this.#isBroken = true;
      this.#options.log("warn", `nothing is learned, and nothing kept: ${messageOf(error)}`);
    }
  }

  /** Remembers the decisions of the file, and this worker's own that are not there yet, by their time. */
  #readDecisions(folder: string): void {
    const all = [
      ...this.#decisions.values(),
      ...readDecisions(dataFile(folder, "decisions"), MOST_DECISIONS),
    ];
    this.#decisions.clear();
    for (const one of all.toSorted((a, b) => a.time - b.time)) {
      remember(this.#decisions, one.id, one, MOST_DECISIONS);
    }
  }

  /** Writes to the data folder, where there is one. Requests go on when that fails. */
  #keep(write: (folder: string) => void): void {
    const { folder, log } = this.#options;
    if (folder === undefined || this.#isBroken) return;
    try {
      write(folder);
    } catch (error) {
      this.#isBroken = true;
      log("warn", `decisions and corrections will be forgotten at a restart: ${messageOf(error)}`);
    }
  }

  #modelOf(key: string | undefined): CorrectedModel | undefined {
    if (this.#feedback.corrections.length === 0) return undefined;
    const now = this.#options.clock.now();
    const day = Math.floor(now / DAY_MS);
    const name = key ?? "";
    const known = this.#models.get(name);
    if (known?.day === day) return known.model;
    const model = new CorrectedModel(this.#feedback.corrections.filter((one) => one.key === key), now);
    remember(this.#models, name, { model, day }, MOST_MODELS);
    return model;
  }
}

/** What learns, where the configuration says so. */
export class Learner {
  /** Undefined: it is off. */
  learning: Learning | undefined;
  readonly #options: LearningOptions;

  constructor(config: Config, options: LearningOptions) {
    this.#options = options;
    this.reconfigure(config);
  }

  /** Follows a reload. */
  reconfigure({ learning: { enabled } }: Config): void {
    if (!enabled) this.learning = undefined;
    else this.learning ??= new Learning(this.#options);
  }
}

/** Keys whose weights are in memory. */
const MOST_MODELS = 1000;
const NO_FEATURES = { hashes: new Uint32Array(), values: new Uint8Array() };
const NO_SCORES = KINDS.map((_, __, all) => 1 / all.length);
