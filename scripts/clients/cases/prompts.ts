/** The user's words decide, however much an agent puts around them. */
import type { AgentName } from "../agents.ts";
import type { Case } from "../case.ts";
import { allAnswered, routedTo, speaksItsDialect } from "../checks.ts";

interface Prompt {
  readonly words: string;
  readonly route: string;
  readonly agents: readonly AgentName[];
  readonly env?: Readonly<Record<string, string>>;
  readonly how?: string;
}

const QUICK: readonly AgentName[] = ["Claude Code", "Codex", "opencode (Chat)"];

const PROMPTS: readonly Prompt[] = [
  {
    words: "plan a scalable webhook architecture for handling 10,000 Stripe events per minute",
    route: "think",
    agents: [...QUICK, "OpenClaw (Responses)"],
  },
  { words: "build this feature", route: "build", agents: QUICK },
  { words: "why is the sky blue?", route: "default", agents: QUICK },
  {
    words: "build this feature",
    route: "think",
    agents: ["Claude Code", "Codex"],
    env: { MODEL: "think" },
    how: " when it asks for the route by its name",
  },
];

export const WORDS: readonly Case[] = PROMPTS.flatMap(({ words, route, agents, env, how = "" }) =>
  agents.map((agent): Case => ({
    name: `${agent}: "${words.slice(0, 24)}" goes to ${route}${how}`,
    agent,
    provider: "openai-chat",
    stand: { mode: "text" },
    prompt: words,
    ...(env === undefined ? {} : { env }),
    checks: [speaksItsDialect, allAnswered, routedTo(route)],
  }))
);
