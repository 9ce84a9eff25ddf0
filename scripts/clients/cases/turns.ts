/** Each client with a provider of each dialect, for a turn with a tool call. */
import type { BuiltinDialect } from "../../../src/dialects/registry.ts";
import { type AgentName, AGENTS } from "../agents.ts";
import { type Case, DIALECTS } from "../case.ts";
import { toolRan, TURN } from "../checks.ts";

const AGENTS_AT_WORK: readonly AgentName[] = [
  "Claude Code",
  "Codex",
  "Codex, custom tools",
  ...clients("OpenClaw"),
  ...clients("opencode"),
  "SDK matrix",
];

/**
 * Each client completes a turn with a tool call against a provider of each dialect. Codex in code mode has one tool, of OpenAI's
 * own kind: it passes through to a provider whose block says that it takes what OpenAI takes.
 */
export const TURNS: readonly Case[] = [...DIALECTS.flatMap(turnsWith), {
  name: "Codex, code mode → openai-responses",
  agent: "Codex, code mode",
  provider: "openai-responses",
  quirks: [],
  checks: [...TURN, toolRan],
}];

function turnsWith(provider: BuiltinDialect): readonly Case[] {
  return AGENTS_AT_WORK.map((agent): Case => ({
    name: `${agent} → ${provider}`,
    agent,
    provider,
    checks: agent === "SDK matrix" ? TURN : [...TURN, toolRan],
  }));
}

function clients(start: string): AgentName[] {
  return (Object.keys(AGENTS) as AgentName[]).filter((name) => name.startsWith(start));
}
