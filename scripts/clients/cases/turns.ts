/** Each client with a provider of each dialect, for a turn with a tool call. */
import { type AgentName, AGENTS } from "../agents.ts";
import { type Case, DIALECTS } from "../case.ts";
import { toolRan, TURN } from "../checks.ts";

/** Each client completes a turn with a tool call against a provider of each dialect. */
export const TURNS: readonly Case[] = DIALECTS.flatMap((provider) =>
  ([
    "Claude Code",
    "Codex",
    "Codex, custom tools",
    ...clients("OpenClaw"),
    ...clients("opencode"),
    "SDK matrix",
  ] as const)
    .map((agent): Case => ({
      name: `${agent} → ${provider}`,
      agent,
      provider,
      checks: agent === "SDK matrix" ? TURN : [...TURN, toolRan],
    }))
);

function clients(start: string): AgentName[] {
  return (Object.keys(AGENTS) as AgentName[]).filter((name) => name.startsWith(start));
}
