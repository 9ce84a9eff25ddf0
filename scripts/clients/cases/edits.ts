/** Codex edits files with its own tools, though the provider knows neither custom tools nor namespaces. */
import type { BuiltinDialect } from "../../../src/dialects/registry.ts";
import type { AgentName } from "../agents.ts";
import type { Case } from "../case.ts";
import { TURN, wrote } from "../checks.ts";
import type { StandInSettings } from "../stand-in.ts";

/** What Codex is to write, by each of its ways to a file. */
const TEXT = "written by the agent\n";
const PATCH = `*** Begin Patch\n*** Add File: made.txt\n+${TEXT}*** End Patch`;
const COMMAND = `printf '${TEXT.replace("\n", "\\n")}' > made.txt`;

interface Edit {
  readonly agent: AgentName;
  readonly how: string;
  readonly provider: BuiltinDialect;
  readonly stand: StandInSettings;
}

const EDITS: readonly Edit[] = [
  {
    agent: "Codex",
    how: "exec_command",
    provider: "openai-chat",
    stand: { toolName: "exec_command", toolArgs: { cmd: COMMAND } },
  },
  {
    agent: "Codex, custom tools",
    how: "apply_patch",
    provider: "openai-chat",
    stand: { toolName: "apply_patch", toolArgs: { input: PATCH } },
  },
  {
    agent: "Codex, custom tools",
    how: "apply_patch",
    provider: "anthropic-messages",
    stand: { toolName: "apply_patch", toolArgs: { input: PATCH } },
  },
  {
    agent: "Codex, code mode",
    how: "exec",
    provider: "openai-chat",
    stand: {
      toolName: "functions__exec",
      toolArgs: { input: `text(await tools.exec_command({cmd: ${JSON.stringify(COMMAND)}}));` },
    },
  },
  {
    agent: "Codex, code mode",
    how: "exec",
    provider: "anthropic-messages",
    stand: {
      toolName: "functions__exec",
      toolArgs: { input: `text(await tools.exec_command({cmd: ${JSON.stringify(COMMAND)}}));` },
    },
  },
];

export const FILE_EDITS: readonly Case[] = EDITS.map(({ agent, how, provider, stand }) => ({
  name: `${agent} edits a file with ${how} → ${provider}`,
  agent,
  provider,
  stand,
  checks: [...TURN, wrote("made.txt", TEXT)],
}));
