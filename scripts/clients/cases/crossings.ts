/** Sessions of four turns that change their provider at each turn, with thinking and a tool in each of them. */
import type { AgentName } from "../agents.ts";
import type { Case } from "../case.ts";

/** Every strict provider of these comes first, and follows upon another, in some session. */
const ORDERS: readonly (readonly string[])[] = [
  ["anthropic", "deepseek", "groq", "google"],
  ["mistral", "ollama", "openai", "kimi"],
  ["kimi", "anthropic", "mistral", "openai"],
  ["google", "ollama", "deepseek", "anthropic"],
];

const TRAVELLERS: readonly AgentName[] = [
  "Claude Code",
  "Codex",
  "OpenClaw (Chat)",
  "OpenClaw (Responses)",
  "OpenClaw (Messages)",
  "opencode (Chat)",
  "opencode (Responses)",
  "opencode (Messages)",
];

/** The agents with an interface of their own take every way; the others show the same by two of them. */
export const CROSSINGS: readonly Case[] = TRAVELLERS.flatMap((agent) =>
  ORDERS.slice(0, agent.startsWith("C") ? 4 : 2).map((crosses): Case => ({
    name: `${agent} crosses ${crosses.join(" → ")}`,
    agent,
    provider: "openai-chat",
    crosses,
    checks: [],
  }))
);
