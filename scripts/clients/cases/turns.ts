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
 * Each client completes a turn with a tool call against a provider of each dialect. Codex in code mode is not among them:
 * a provider that is not built in gets its one tool as a function, and the stand-in calls it by OpenAI's own kind.
 */
export const TURNS: readonly Case[] = DIALECTS.flatMap(turnsWith);

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
