/**
 * `[[alerts]]`: sends a webhook what an operator wants to know at once. Nothing waits for it: alerts are queued, sent one
 * after the other, tried again, and dropped where there are too many.
 */
import { createHmac, randomUUID } from "node:crypto";
import { Buffer } from "node:buffer";
import { scrubberOf } from "../config/secrets.ts";
import type { AlertConfig, AlertKind, Config } from "../config/config.ts";
import { messageOf } from "../files/errors.ts";
import type { BudgetStatus } from "../ledger/budget.ts";
import type { Log } from "../log/log.ts";
import type { RequestEnd } from "../model/request-end.ts";
import type { Clock } from "../runtime/clock.ts";
import { money, share } from "../text/format.ts";
import type { Cooldown } from "../dispatch/cooldown/cooldowns.ts";
import type { Later } from "./keep-warm.ts";
import type { Siblings } from "./siblings.ts";
import { remember } from "../runtime/remember.ts";

/** Something to report. `subject`: what it is about; the same subject is reported once an hour. */
interface Alert {
  readonly kind: AlertKind;
  readonly subject: string;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const HOUR = 3_600_000;
/** Milliseconds before each further try: an alert that cannot be delivered for ten minutes is dropped. */
const AGAIN_MS = [1000, 5000, 30_000, 120_000, 450_000] as const;
/** Milliseconds for a webhook to answer. */
const PATIENCE_MS = 10_000;
/** Alerts that wait for one webhook; the newest are dropped. */
const MOST_WAITING = 100;
/** Subjects that are remembered; the oldest go. */
const MOST_SUBJECTS = 1000;

export interface AlertsOptions {
  readonly config: () => Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly fetch: typeof fetch;
  /** @default the runtime's timers */
  readonly later?: Later | undefined;
  /** The budgets as they are now. */
  readonly budgets: () => readonly BudgetStatus[];
  /** What is cooling down now. */
  readonly cooldowns: (now: number) => readonly Cooldown[];
  /** The other workers, of which one alone sends an alert. @default there are none */
  readonly siblings?: Siblings | undefined;
}

/** What workers tell each other: an alert was sent. */
const SENT = "alert";

const timer: Later = (ms, work) => {
  const waiting = setTimeout(work, ms);
  waiting.unref();
  return () => clearTimeout(waiting);
};

export class Alerts {
  readonly #options: AlertsOptions;
  /** Epoch milliseconds of the last alert about a subject. */
  readonly #sent = new Map<string, number>();
  readonly #hooks = new WeakMap<AlertConfig, Hook>();
  #closed = false;

  constructor(options: AlertsOptions) {
    this.#options = options;
    options.siblings?.on(SENT, (of) => remember(this.#sent, String(of), options.clock.now(), MOST_SUBJECTS));
  }

  /** Takes a request that is over. */
  request(end: RequestEnd): void {
    if (this.#options.config().alerts.length === 0) return;
    this.#budgets();
    const now = this.#options.clock.now();
    for (const { provider, model, failure, message } of end.attempts) {
      if (failure === "quota_exhausted") {
        const why = message === undefined ? "" : `: ${message}`;
        this.#report({
          kind: "quota",
          subject: `${provider},${model}`,
          message: `The quota of ${provider} is used up (${model})${why}`,
          data: { provider, model },
        });
      }
      if (failure !== undefined) this.#down(provider, now);
    }
    const [first] = end.attempts;
    if (!end.fellBack || first === undefined || end.provider === undefined) return;
    const [from, to] = [`${first.provider},${first.model}`, `${end.provider},${end.model}`];
    this.#report({
      kind: "failover",
      subject: `${from} ${to}`,
      message: `Requests to ${from} are answered by ${to}: ${first.failure ?? "it did not answer"}`,
      data: { from, to, failure: first.failure ?? null, route: end.route },
    });
  }

  /** Takes a mistake in the configuration, or that it was fixed. */
  configuration(event: { readonly kind: string; readonly problems?: readonly string[] }): void {
    if (event.kind !== "broken" && event.kind !== "fixed") return;
    const problems = event.problems ?? [];
    const message = event.kind === "fixed"
      ? "The configuration was fixed and is in force"
      : `The configuration has mistakes; the previous one stays in force: ${problems[0] ?? ""}`;
    // Whoever fixes it and breaks it again wants to know both.
    this.#sent.delete(`config ${event.kind === "fixed" ? "broken" : "fixed"}`);
    this.#report({ kind: "config", subject: event.kind, message, data: { ok: event.kind === "fixed" } });
  }

  /** Sends nothing more. */
  close(): void {
    this.#closed = true;
  }

  #budgets(): void {
    for (const { name, state, spent, limit, share: part, since, period } of this.#options.budgets()) {
      if (state === "ok") continue;
      const words = state === "exceeded" ? "is spent" : "is nearly spent";
      this.#report({
        kind: "budget",
        subject: `${name} ${since} ${state}`,
        message: `The budget "${name}" ${words}: ${money(spent)} of ${money(limit)} (${
          share(part)
        }) this ${period}`,
        data: { budget: name, state, spent_usd: spent, limit_usd: limit, period },
      }, Infinity);
    }
  }

  /** A provider is down where all of it is cooling down. */
  #down(provider: string, now: number): void {
    const cooldown = this.#options.cooldowns(now).find((one) =>
      one.provider === provider && one.model === undefined && one.family === undefined &&
      one.key === undefined
    );
    if (cooldown === undefined || cooldown.class === "paused") return;
    this.#report({
      kind: "provider_down",
      subject: provider,
      message: `${provider} does not answer: ${cooldown.message}`,
      data: { provider, class: cooldown.class, until: new Date(cooldown.until).toISOString() },
    });
  }

  /** @param every milliseconds within which the same is reported once. @default an hour */
  #report(alert: Alert, every = HOUR): void {
    const now = this.#options.clock.now();
    const of = `${alert.kind} ${alert.subject}`;
    if (this.#closed || now - (this.#sent.get(of) ?? -Infinity) < every) return;
    remember(this.#sent, of, now, MOST_SUBJECTS);
    this.#options.siblings?.tell(SENT, of);
    const config = this.#options.config();
    const message = scrubberOf(config).scrub(alert.message);
    for (const to of config.alerts) {
      if (!to.on.includes(alert.kind)) continue;
      let hook = this.#hooks.get(to);
      if (hook === undefined) this.#hooks.set(to, hook = new Hook(to, this.#options, () => this.#closed));
      hook.add({ ...alert, message }, now);
    }
  }
}

/** One webhook and what waits for it. */
class Hook {
  readonly #to: AlertConfig;
  readonly #options: AlertsOptions;
  readonly #isClosed: () => boolean;
  readonly #waiting: string[] = [];
  #sending = false;
  #suppressed = 0;
  #left: number;
  #at: number;

  constructor(to: AlertConfig, options: AlertsOptions, isClosed: () => boolean) {
    this.#to = to;
    this.#options = options;
    this.#isClosed = isClosed;
    this.#left = to.perHour;
    this.#at = options.clock.now();
  }

  /** Queues an alert, unless there are too many: then the next one says how many were not sent. */
  add({ kind, message, data }: Alert, now: number): void {
    const { perHour, format } = this.#to;
    this.#left = Math.min(perHour, this.#left + (now - this.#at) / HOUR * perHour);
    this.#at = now;
    if (this.#left < 1 || this.#waiting.length >= MOST_WAITING) {
      this.#suppressed++;
      return;
    }
    this.#left--;
    const more = this.#suppressed === 0 ? "" : ` (${this.#suppressed} alerts were not sent)`;
    const text = `terraphim-llm-proxy: ${message}${more}`;
    this.#waiting.push(JSON.stringify(
      format === "slack" ? { text } : {
        type: kind,
        timestamp: new Date(now).toISOString(),
        text,
        data,
        suppressed: this.#suppressed,
      },
    ));
    this.#suppressed = 0;
    if (!this.#sending) void this.#send();
  }

  /** Sends what waits, in order. Never rejects. */
  async #send(): Promise<void> {
    this.#sending = true;
    for (let body = this.#waiting[0]; body !== undefined && !this.#isClosed(); body = this.#waiting[0]) {
      await this.#deliver(body);
      this.#waiting.shift();
    }
    this.#sending = false;
  }

  /** Tries until it is taken. A webhook that says that the request itself is wrong is not asked again. */
  async #deliver(body: string): Promise<void> {
    const { log, later = timer } = this.#options;
    const id = `msg_${randomUUID()}`;
    for (let tries = 0;; tries++) {
      const problem = await this.#try(id, body);
      if (problem === undefined || this.#isClosed()) return;
      const wait = problem.isFinal ? undefined : AGAIN_MS[tries];
      if (wait === undefined) return log("warn", `an alert was not delivered: ${problem.words}`);
      await new Promise<void>((resolve) => void later(wait, resolve));
    }
  }

  /** @returns what went wrong; undefined: it was taken */
  async #try(
    id: string,
    body: string,
  ): Promise<{ readonly words: string; readonly isFinal: boolean } | undefined> {
    const { url, secret } = this.#to;
    const seconds = String(Math.floor(this.#options.clock.now() / 1000));
    try {
      const response = await this.#options.fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "user-agent": "terraphim-llm-proxy",
          "webhook-id": id,
          "webhook-timestamp": seconds,
          ...(secret === undefined
            ? {}
            : { "webhook-signature": signature(secret, `${id}.${seconds}.${body}`) }),
        },
        body,
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      await response.body?.cancel();
      if (response.ok) return undefined;
      const { status } = response;
      return {
        words: `its webhook answered ${status}`,
        isFinal: status < 500 && status !== 429 && status !== 408,
      };
    } catch (error) {
      return { words: messageOf(error), isFinal: false };
    }
  }
}

/**
 * `v1,` and the HMAC-SHA-256 in base64. A secret that begins with `whsec_` is base64.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signature(secret: string, signed: string): string {
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : secret;
  return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
}
