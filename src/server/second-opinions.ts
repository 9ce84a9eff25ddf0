/**
 * A second opinion about the kind of a turn's work, from a small model (`[router.judge]`): asked once a turn, within a
 * time limit, and remembered. Where it does not come, the turn goes on without one.
 */
import type { Classification, Kind } from "../classifier/classification.ts";
import type { Config, Provider } from "../config/config.ts";
import type { DispatchDeps } from "../dispatch/course.ts";
import { call, connectionError, unpacked } from "../dispatch/call.ts";
import { requestHeaders } from "../dispatch/headers.ts";
import type { DialectName, RequestFacts } from "../model/request-facts.ts";
import type { Target } from "../model/target.ts";
import type { Opinion } from "../router/plan.ts";
import { turnName } from "../router/strategies.ts";
import { account, type Prices } from "../ledger/account.ts";
import type { Usage } from "../model/usage.ts";
import { requestId } from "./errors.ts";
import { remember } from "../runtime/remember.ts";

/** Turns that are remembered. */
const MOST_TURNS = 1000;
/** Characters of the prompt that are sent, at its beginning and at its end. */
const HEAD = 1500;
const TAIL = 500;
/** The limit of an answer: it is one word, and some APIs take no lower limit. Tokens. */
const ANSWER_TOKENS = 16;

const KINDS: Readonly<Record<Kind, string>> = {
  think:
    "strategy, design, trade-offs, hard analysis, unknown causes, plans that are not to be carried out yet",
  plan_implementation: "planning something concrete that will be implemented",
  build: "making or changing code, tests or documents, fixing a described fault",
  background: "trivial, bulk or clerical work: commits, renames, running or listing things",
  default: "questions, explanations, chat, thanks",
};

/** What an opinion is asked about, and with. */
export interface Question {
  readonly facts: RequestFacts;
  readonly classification: Classification;
  readonly config: Config;
  /** What tokens cost: a second opinion is a request of its own in the ledger. */
  readonly catalog: Prices;
  /** The label of the client's key, whose budgets and limits the call counts for. @default none */
  readonly clientKey?: string | undefined;
}

/** The route under which the ledger lists second opinions. */
const ROUTE = "judge";

export class SecondOpinions {
  readonly #deps: DispatchDeps;
  /** By turn; undefined inside: none came, and none is asked for again. */
  readonly #known = new Map<string, Promise<Opinion | undefined>>();

  constructor(deps: DispatchDeps) {
    this.#deps = deps;
  }

  /**
   * The opinion about a turn. Resolves within the time limit; undefined: no model is asked, or no answer came. A token count
   * gets the opinion that is known, and asks no model. Never rejects.
   */
  async of(question: Question): Promise<Opinion | undefined> {
    const { facts, classification, config } = question;
    const { judge } = config.router;
    const turn = turnName(facts, classification);
    if (judge === undefined || turn === undefined) return undefined;
    const { target, timeoutMs } = judge;
    const key = `${target.provider},${target.model} ${turn}`;
    const known = this.#known.get(key);
    if (known !== undefined || facts.operation === "count_tokens") return await known;
    const asked = this.#ask(question, target, timeoutMs);
    remember(this.#known, key, asked, MOST_TURNS);
    return await asked;
  }

  async #ask(question: Question, target: Target, ms: number): Promise<Opinion | undefined> {
    const by = `${target.provider},${target.model}`;
    const controller = new AbortController();
    const limit = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      limit.reject(new NoOpinion(`no answer within ${ms} ms`));
      controller.abort();
    }, ms);
    try {
      const answer = this.#answer(question, target, controller.signal);
      answer.catch(() => {}); // where it fails after the limit, nobody waits for it
      const text = await Promise.race([answer, limit.promise]);
      const kind = kindIn(text);
      if (kind === undefined) throw new NoOpinion("the answer names no kind of work");
      return { kind, by };
    } catch (error) {
      const why = error instanceof NoOpinion ? error.message : connectionError(error);
      this.#deps.log("warn", `no second opinion from ${by}: ${why}`);
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The answer's text. @throws NoOpinion, and what `fetch` throws */
  async #answer(question: Question, target: Target, signal: AbortSignal) {
    const { facts, classification, config } = question;
    const { dialects, state, clock, fetch } = this.#deps;
    const provider = usable(config.providers.get(target.provider));
    const [name = ""] = provider.dialects;
    const [dialect, url] = [dialects[name], provider.endpoints[name]];
    if (dialect === undefined || url === undefined) throw new NoOpinion("its API format is not supported");
    const key = state.seats.order(provider, { now: clock.now() }).first;
    const place = { provider: provider.name, model: target.model, key: key.id };
    if (state.cooldowns.at(place, clock.now()).state === "cooling") throw new NoOpinion("it is cooling down");
    const asked = {
      ...dialect.request.decode(dialect.example(questionOf(facts, classification), target.model)),
      maxTokens: ANSWER_TOKENS,
      temperature: 0,
    };
    const { body } = dialect.request.encode(asked, {
      model: target.model,
      provider: provider.name,
      quirks: provider.quirks,
    });
    const headers = requestHeaders({ client: {}, provider, key, dialect, same: false, stream: false });
    const request = { url, headers, body: () => JSON.stringify(body) };
    const sent = { time: clock.now(), started: clock.mono(), dialect: dialect.name };
    const response = unpacked(await call(request, signal, fetch));
    const { status } = response;
    if (!response.ok) {
      await response.body?.cancel();
      throw new NoOpinion(`it answered with ${status}`);
    }
    const { parts, usage } = dialect.reply.decode(await response.json());
    this.#write(question, target, { ...sent, status, ...(usage === undefined ? {} : { usage }) });
    return parts.map((part) => part.type === "text" ? part.text : "").join(" ");
  }

  /** Lists an answered call as a request. It saves nothing: all on the baseline model, there would be no such call. */
  #write({ facts, classification, catalog, clientKey }: Question, target: Target, asked: Asked): void {
    const { time, started, dialect, status, usage } = asked;
    const durationMs = this.#deps.clock.mono() - started;
    const charged = { operation: "generate" as const, ...target, usage, status, time };
    const { cost, parts, estimated } = account(charged, { catalog, baseline: undefined, session: "unknown" });
    this.#deps.onEnd({
      id: requestId(),
      time,
      client: facts.client,
      ...(clientKey === undefined ? {} : { clientKey }),
      session: facts.session,
      clientDialect: facts.dialect,
      operation: "generate",
      stream: false,
      modelAsked: target.model,
      kind: classification.kind,
      route: ROUTE,
      why: [`a second opinion about ${classification.kind} or ${classification.next}`],
      ...target,
      providerDialect: dialect,
      attempts: [{ ...target, dialect, status, startMs: 0, ms: durationMs }],
      fellBack: false,
      usage,
      costs: { cost, parts, baseline: 0, ...(cost === undefined ? {} : { saved: -cost }), estimated },
      status,
      cancelled: false,
      durationMs,
      overheadUs: 0,
    });
  }
}

/** A call of the judge's model that was answered. */
interface Asked {
  readonly time: number;
  /** `Clock.mono` before it. */
  readonly started: number;
  readonly dialect: DialectName;
  readonly status: number;
  readonly usage?: Usage;
}

/** Why no opinion came, for the log. */
class NoOpinion extends Error {}

function usable(provider: Provider | undefined): Provider {
  if (provider === undefined) throw new NoOpinion("there is no such provider");
  if (provider.problem !== undefined) throw new NoOpinion(provider.problem);
  // A client's own login is for what the client sends.
  if (provider.passthrough) throw new NoOpinion("it has no key of the proxy's own");
  return provider;
}

function questionOf({ messages }: RequestFacts, { prompt = "" }: Classification): string {
  const short = prompt.length <= HEAD + TAIL ? prompt : `${prompt.slice(0, HEAD)} … ${prompt.slice(-TAIL)}`;
  const before = messages.findLast(({ role, texts }) => role === "assistant" && texts.length > 0)?.texts.at(
    -1,
  );
  return [
    "Which kind of work does the user ask a coding agent for?",
    ...Object.entries(KINDS).map(([kind, meaning]) => `- ${kind}: ${meaning}`),
    "Answer with one of these words and nothing else.",
    ...(before === undefined ? [] : [`The agent said before: ${JSON.stringify(before.slice(-TAIL))}`]),
    `The user: ${JSON.stringify(short)}`,
  ].join("\n");
}

/** The kind that an answer names first. */
function kindIn(text: string): Kind | undefined {
  const found = /\b(think|plan_implementation|build|background|default)\b/i.exec(
    text.replace(/<think>[^]*<\/think>/, ""),
  );
  return found?.[1]?.toLowerCase() as Kind | undefined;
}
