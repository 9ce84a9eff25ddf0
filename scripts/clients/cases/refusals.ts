/** What an agent's user reads where a request is refused, and how soon. docs/clients.md quotes it. */
import type { BuiltinDialect } from "../../../src/dialects/registry.ts";
import type { AgentName } from "../agents.ts";
import type { Case } from "../case.ts";

const AGENTS = ["Claude Code", "Codex", "OpenClaw (Chat)", "opencode (Chat)"] as const satisfies AgentName[];

/** Words of a user's text, for each agent; `else`: for all others. */
type Says = { readonly else: RegExp } & { readonly [name in (typeof AGENTS)[number]]?: RegExp };

interface Refused {
  readonly name: string;
  readonly says: Says;
  readonly set: Pick<Case, "stand" | "primary" | "subscription"> & Omit<NonNullable<Case["refused"]>, "says">;
  /** @default every agent */
  readonly agents?: readonly AgentName[];
  /** What the provider speaks. @default Chat */
  readonly provider?: (agent: AgentName) => BuiltinDialect;
}

const REFUSED: readonly Refused[] = [
  {
    name: "a spent budget",
    set: { budget: true },
    says: { else: /budget "daily": .* resets at/, "OpenClaw (Chat)": /billing/ },
  },
  {
    name: "a refused provider key",
    set: { stand: { failStatus: 401, failCount: 1000 } },
    says: {
      else: /primary,\w+: (?:cooling down: |401 )refused credentials \(mock error 401; check api_key/,
      "OpenClaw (Chat)": /authentication failed/,
    },
  },
  {
    name: "a wrong proxy key",
    set: { wrongKey: true },
    says: { else: /the key is not one of this proxy's/, "OpenClaw (Chat)": /authentication failed/ },
  },
  {
    name: "everything down",
    set: { primary: "down" },
    says: {
      else: /primary,\w+: .*unreachable \(connection refused/,
      "OpenClaw (Chat)": /LLM request failed|HTTP 424/,
    },
  },
  {
    name: "a prompt that is too long",
    set: { primary: "window full" },
    says: {
      else: /prompt is too long|[Cc]ontext overflow/i,
      "Codex": /ran out of room in the model's context window/,
      "opencode (Chat)": /maximum context length|context/i,
    },
  },
  {
    name: "a quota for days",
    set: { stand: { failStatus: 429, failCount: 1000, retryAfter: "259200" } },
    says: { else: /primary,\w+: .*quota exhausted/, "OpenClaw (Chat)": /billing/ },
  },
  {
    name: "an expired login",
    agents: ["Claude Code", "Codex"],
    provider: (agent) => agent === "Codex" ? "openai-responses" : "anthropic-messages",
    set: { subscription: "header", stand: { failStatus: 401, failCount: 1000 } },
    says: { else: /401.*mock error 401/s },
  },
];

export const REFUSALS: readonly Case[] = REFUSED.flatMap(({ name, set, says, agents = AGENTS, provider }) =>
  agents.map((agent): Case => {
    const { budget, wrongKey, ...rest } = set;
    return {
      name: `${agent} at ${name}`,
      agent,
      provider: provider?.(agent) ?? "openai-chat",
      ...rest,
      refused: {
        says: (says as Readonly<Record<string, RegExp>>)[agent] ?? says.else,
        ...(budget === undefined ? {} : { budget }),
        ...(wrongKey === undefined ? {} : { wrongKey }),
      },
      checks: [],
    };
  })
);
