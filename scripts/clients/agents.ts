/** The clients: how each is run for one turn, and what it speaks. A new client is a new entry. */
import type { BuiltinDialect } from "../../src/dialects/registry.ts";

export interface Agent {
  /** The script in the clients' folder. */
  readonly script: string;
  readonly speaks: BuiltinDialect;
  readonly env?: Readonly<Record<string, string>>;
  /** What the proxy recognises it as. */
  readonly known: string;
}

export const AGENTS = {
  "Claude Code": { script: "run-claude.sh", speaks: "anthropic-messages", known: "claude-code" },
  "Codex": { script: "run-codex.sh", speaks: "openai-responses", known: "codex", env: { MODEL: "auto" } },
  "Codex, custom tools": {
    script: "run-codex.sh",
    speaks: "openai-responses",
    known: "codex",
    env: { MODEL: "gpt-5.5" },
  },
  "Codex, code mode": {
    script: "run-codex.sh",
    speaks: "openai-responses",
    known: "codex",
    env: { MODEL: "gpt-6-sol" },
  },
  "OpenClaw (Chat)": {
    script: "run-openclaw.sh",
    speaks: "openai-chat",
    known: "openclaw",
    env: { MODEL: "auto", API: "openai-completions" },
  },
  "OpenClaw (Responses)": {
    script: "run-openclaw.sh",
    speaks: "openai-responses",
    known: "openclaw",
    env: { MODEL: "auto", API: "openai-responses" },
  },
  "OpenClaw (Messages)": {
    script: "run-openclaw.sh",
    speaks: "anthropic-messages",
    known: "openclaw",
    env: { MODEL: "auto", API: "anthropic-messages" },
  },
  "opencode (Chat)": {
    script: "run-opencode.sh",
    speaks: "openai-chat",
    known: "opencode",
    env: { MODEL: "auto", NPM: "@ai-sdk/openai-compatible" },
  },
  "opencode (Responses)": {
    script: "run-opencode.sh",
    speaks: "openai-responses",
    known: "opencode",
    env: { MODEL: "auto", NPM: "@ai-sdk/openai" },
  },
  "opencode (Messages)": {
    script: "run-opencode.sh",
    speaks: "anthropic-messages",
    known: "opencode",
    env: { MODEL: "auto", NPM: "@ai-sdk/anthropic" },
  },
  "SDK matrix": { script: "run-sdks.sh", speaks: "openai-chat", known: "" },
} as const satisfies Readonly<Record<string, Agent>>;

export type AgentName = keyof typeof AGENTS;

export const agent = (name: AgentName): Agent => AGENTS[name];
