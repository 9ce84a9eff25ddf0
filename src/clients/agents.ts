/** All clients that are known, and together what they inject. A new client is a file beside this one, or a line in others.ts. */
import type { Agent, HousekeepingPattern, Injected, InjectedBlock, Span } from "./agent.ts";
import { CLAUDE_CODE } from "./claude-code.ts";
import { CODEX } from "./codex.ts";
import { OPENCLAW } from "./openclaw.ts";
import { OPENCODE } from "./opencode.ts";
import { OTHERS } from "./others.ts";

export const AGENTS: readonly Agent[] = [CLAUDE_CODE, CODEX, OPENCLAW, OPENCODE, ...OTHERS];

/** The headers that agents have of their own. */
export const OWN_HEADERS: readonly string[] = AGENTS.flatMap(({ headers = [] }) => headers);

// What one agent injects is looked for in every request: prompts travel between agents, and gateways hide who sends.

const injected: readonly Injected[] = AGENTS.flatMap((agent) => agent.injected ?? []);

const element = (name: string): Span => ({ open: `<${name}`, close: `</${name}>`, isElement: true });

/** Spans that are cut out wherever they are found, the elements' tags written out. */
export const INJECTED_SPANS: readonly Span[] = injected.flatMap(({ elements = [], spans = [] }) => [
  ...elements.map(element),
  ...spans,
]);

/** Text blocks of which nothing is the user's. */
export const INJECTED_BLOCKS: readonly InjectedBlock[] = injected.flatMap(({ blocks = [] }) => blocks);

/** Summaries of a conversation that was compacted. */
export const SUMMARIES = injected.flatMap(({ summaries = [] }) => summaries);

/** Beginnings of texts that are cut off. */
export const LEADS = injected.flatMap(({ leads = [] }) => leads);

/** Elements that hold the user's words at the beginning of a text. */
export const WRAPPERS: readonly Span[] = injected.flatMap(({ wrappers = [] }) => wrappers.map(element));

/** The same, anywhere in a text that begins with a tag. */
export const INNER_WRAPPERS: readonly Span[] = injected.flatMap(({ innerWrappers = [] }) =>
  innerWrappers.map(element)
);

/** Beginnings of texts that hold the user's words after a mark only. */
export const PREAMBLES = injected.flatMap(({ preambles = [] }) => preambles);

/** Clients that wrap the user's words in a way of their own. */
export const UNWRAPPING = AGENTS.flatMap(({ name, unwrap }) =>
  unwrap === undefined ? [] : [{ name, unwrap }]
);

/** Signs of requests that clients make for their own use; the first of which everything holds decides. */
export const HOUSEKEEPING_PATTERNS: readonly HousekeepingPattern[] = AGENTS.flatMap(({ housekeeping = [] }) =>
  housekeeping
);
