/** A month of work as a ledger would have it: for the pictures of the documentation and for tests of a full page. */
import type { RequestEnd } from "../../src/model/request-end.ts";
import type { RequestLedger } from "../../src/ledger/ledger.ts";

interface Kind {
  readonly kind: string;
  readonly provider: string;
  readonly model: string;
  readonly words: string;
  /** Of a hundred requests. */
  readonly share: number;
  /** Dollars per million tokens, in and out. */
  readonly price: readonly [number, number];
  /** Milliseconds to the first token. */
  readonly first: number;
}

const OPUS = [15, 75] as const;
const KINDS: readonly Kind[] = [
  {
    kind: "think",
    provider: "openrouter",
    model: "anthropic/claude-3-opus",
    words: '"plan" without an implementation word → think',
    share: 12,
    price: OPUS,
    first: 1400,
  },
  {
    kind: "plan_implementation",
    provider: "openrouter",
    model: "anthropic/claude-3.5-haiku",
    words: '"plan" with "implementation" → plan_implementation',
    share: 38,
    price: [0.8, 4],
    first: 620,
  },
  {
    kind: "build",
    provider: "openrouter",
    model: "anthropic/claude-3.5-haiku",
    words: '"build" → build (0.93, next background 0.04)',
    share: 22,
    price: [0.8, 4],
    first: 640,
  },
  {
    kind: "background",
    provider: "groq",
    model: "llama-3.1-8b-instant",
    words: "the client's own housekeeping (title) → background",
    share: 28,
    price: [0.05, 0.08],
    first: 180,
  },
];
const CLIENTS = ["claude-code", "claude-code", "codex", "openclaw", "opencode"];

/** Numbers that look random and are the same each time (a linear congruence). */
function dice(seed = 7): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

/** Tells a ledger of so many requests between two moments (epoch milliseconds), in working hours more than at night. */
export function tellStory(
  ledger: Pick<RequestLedger, "add" | "flush">,
  count: number,
  from: number,
  to: number,
): void {
  const roll = dice();
  const times = Array.from({ length: count }, () => {
    for (;;) {
      const time = from + roll() * (to - from);
      const hour = new Date(time).getHours();
      const weekend = [0, 6].includes(new Date(time).getDay());
      if (roll() < (hour >= 8 && hour < 19 ? 1 : 0.15) * (weekend ? 0.3 : 1)) return time;
    }
  }).sort((a, b) => a - b);
  times.forEach((time, i) => {
    let at = roll() * 100;
    const kind = KINDS.find(({ share }) => (at -= share) < 0) ?? KINDS[0]!;
    ledger.add(requestOf(kind, time, i, roll));
  });
  ledger.flush();
}

function requestOf(
  { kind, provider, model, words, price, first }: Kind,
  time: number,
  i: number,
  roll: () => number,
): RequestEnd {
  const usage = {
    input: Math.round(400 + roll() * 3000),
    cacheRead: Math.round(roll() * 16_000),
    cacheWrite: Math.round(roll() * 900),
    output: Math.round(80 + roll() * 1400),
    reasoning: 0,
  };
  const dollars = ([input, output]: readonly [number, number]) =>
    (usage.input * input + usage.cacheRead * input / 10 + usage.cacheWrite * input * 1.25 +
      usage.output * output) /
    1e6;
  const firstTokenMs = first * (0.6 + roll());
  const fellBack = i % 37 === 5;
  const failed = i % 211 === 100;
  const answered = {
    provider,
    model,
    dialect: "openai-chat",
    status: 200,
    startMs: fellBack ? 191 : 1,
    ms: firstTokenMs,
  } as const;
  const limited = {
    provider: "openrouter",
    model: "anthropic/claude-3-opus",
    dialect: "anthropic-messages",
    status: 429,
    failure: "rate_limited",
    message: "the monthly limit of this key is reached",
    startMs: 1,
    ms: 190,
  } as const;
  const target = { provider: "openrouter", model: "anthropic/claude-3-opus" };
  const [cost, baseline] = failed ? [0, 0] : [dollars(price), dollars(OPUS)];
  return {
    id: `req_story${i.toString(36).padStart(5, "0")}`,
    time,
    client: CLIENTS[Math.floor(roll() * CLIENTS.length)]!,
    session: `session-${i >> 4}`,
    clientDialect: "anthropic-messages",
    operation: "generate",
    stream: true,
    modelAsked: "claude-3-opus",
    kind,
    route: kind,
    why: [
      'model "claude-3-opus" matches no target, route or mapping: routed by content',
      words,
      ...(fellBack ? ["openrouter,anthropic/claude-3-opus is cooling down: next target of the chain"] : []),
    ],
    ...(failed ? {} : { provider, model, providerDialect: "openai-chat" as const, usage, firstTokenMs }),
    attempts: failed ? [limited] : fellBack ? [limited, answered] : [answered],
    fellBack: fellBack && !failed,
    costs: { cost, baseline, saved: baseline - cost, baselineTarget: target, estimated: false },
    status: failed ? 429 : 200,
    ...(failed ? { failure: "rate_limited" } : {}),
    cancelled: i % 97 === 60,
    durationMs: firstTokenMs + usage.output * 9,
    overheadUs: 120 + roll() * 90,
  };
}
