/** A strict provider: a real HTTP server on loopback that refuses what the real one is known to refuse, and answers the rest. */
import type { Json } from "../../../src/model/json.ts";
import { type Arrived, fakeProvider, json, sse } from "../provider.ts";
import { type Habit, type Said, type Spoken, spoken, streamedAnswer, wholeAnswer } from "./answers.ts";
import { HOUSES } from "./houses.ts";
import { type Asked, type Dialect, type Rule, violations } from "./rules.ts";
import { seals } from "./seals.ts";

export interface Refusal {
  /** `anthropic/thinking-signature`. */
  readonly id: string;
  readonly rule: Rule;
  readonly message: string;
  readonly model: string;
  readonly dialect: Dialect;
  readonly body: Json;
  readonly headers: Readonly<Record<string, string>>;
}

export interface StrictHouse extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  /** Every broken rule of every refused request; a refused request may break several. */
  readonly refusals: Refusal[];
  /** Requests as they came. */
  readonly arrived: Arrived[];
  /** What was answered to the accepted ones. */
  readonly answered: Spoken[];
  /** Sets what the next accepted requests are answered: always the same, or by what they ask. */
  says(said: Said | ((asked: Asked) => Said), habit?: Habit): void;
}

export interface StrictHouseOptions {
  /** The account whose seals it makes. @default the name */
  readonly account?: string;
  /** Counts calls and answers; two houses that share one never give the same number. */
  readonly count?: () => number;
}

const DEFAULT: Said = { text: "Done.", calls: [] };

const dialectOf = (path: string): Dialect | undefined =>
  path.endsWith("/messages")
    ? "anthropic-messages"
    : path.endsWith("/chat/completions")
    ? "openai-chat"
    : path.endsWith("/responses")
    ? "openai-responses"
    : undefined;

/** Judges a request by a provider's rules, without any server. */
export function judge(name: string, asked: Asked): ReturnType<typeof violations> {
  return violations(HOUSES[name]!.rules, asked);
}

/** Starts a strict provider on a free port. */
export async function strictHouse(name: string, options: StrictHouseOptions = {}): Promise<StrictHouse> {
  const kind = HOUSES[name];
  if (kind === undefined) throw new Error(`there is no strict provider "${name}"`);
  const own = seals(options.account ?? name);
  let last = 0;
  const count = options.count ?? (() => ++last);
  const refusals: Refusal[] = [];
  const answered: Spoken[] = [];
  let said: Said | ((asked: Asked) => Said) = DEFAULT;
  let habit: Habit = "plain";

  const server = await fakeProvider((arrived, res) => {
    const { pathname, searchParams } = new URL(arrived.path, "http://127.0.0.1");
    const dialect = dialectOf(pathname);
    if (dialect === undefined) return json({ input_tokens: 9 })(arrived, res);
    const { json: body, headers } = arrived;
    const asked: Asked = {
      dialect,
      model: String(body.model),
      body,
      headers,
      query: searchParams,
      seals: own,
    };
    const broken = judge(name, asked);
    const [first] = broken;
    if (first !== undefined) {
      for (const { rule, violation } of broken) {
        const { message } = violation;
        refusals.push({
          id: `${name}/${rule.id}`,
          rule,
          message,
          model: asked.model,
          dialect,
          body,
          headers,
        });
      }
      const status = first.violation.status ?? 400;
      return json(kind.error(first.violation, status, dialect), status)(arrived, res);
    }
    const reasons = kind.reasons === undefined || kind.reasons.test(asked.model);
    const words = typeof said === "function" ? said(asked) : said;
    const answer = spoken(words, asked, kind.style, { habit, count, reasons });
    answered.push(answer);
    return body.stream === true
      ? sse(streamedAnswer(answer))(arrived, res)
      : json(wholeAnswer(answer))(arrived, res);
  });

  return {
    name,
    url: server.url,
    refusals,
    arrived: server.arrived,
    answered,
    says(next, how = "plain") {
      said = next;
      habit = how;
    },
    [Symbol.asyncDispose]: server.close,
  };
}
