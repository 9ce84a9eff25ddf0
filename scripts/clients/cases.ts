/** Every case: each client with a provider of each dialect, the agents' own tools, and providers that fail. */
import type { DialectName } from "../../src/dialects/dialect.ts";
import { type AgentName, AGENTS } from "./agents.ts";
import { type Case, type Check, DIALECTS } from "./case.ts";
import {
  allAnswered,
  backupServed,
  primaryFailed,
  routedByTheWords,
  speaksItsDialect,
  toolRan,
  wrote,
} from "./checks.ts";
import type { StandInSettings } from "./stand-in.ts";

const TURN: readonly Check[] = [speaksItsDialect, routedByTheWords, allAnswered];

/** Each client completes a turn with a tool call against a provider of each dialect. */
const TURNS: readonly Case[] = DIALECTS.flatMap((provider) =>
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

/** What Codex is to write, by each of its ways to a file. */
const TEXT = "written by the agent\n";
const PATCH = `*** Begin Patch\n*** Add File: made.txt\n+${TEXT}*** End Patch`;
const COMMAND = `printf '${TEXT.replace("\n", "\\n")}' > made.txt`;

interface Edit {
  readonly agent: AgentName;
  readonly how: string;
  readonly provider: DialectName;
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

/** Codex edits a file with its own tools, though the provider knows neither custom tools nor namespaces. */
const FILES: readonly Case[] = EDITS.map(({ agent, how, provider, stand }) => ({
  name: `${agent} edits a file with ${how} → ${provider}`,
  agent,
  provider,
  stand,
  checks: [...TURN, wrote("made.txt", TEXT)],
}));

interface Trouble {
  readonly name: string;
  readonly stand?: StandInSettings;
  readonly primary?: "error first";
  readonly checks: readonly Check[];
}

/** Ways in which the primary fails; the backup is well. */
const TROUBLES: readonly Trouble[] = [
  {
    name: "429",
    stand: { failStatus: 429, failCount: 1000 },
    checks: [allAnswered, backupServed, primaryFailed("rate_limited")],
  },
  {
    name: "429 with a reset in three hours",
    stand: { failStatus: 429, failCount: 1000, retryAfter: "10800" },
    checks: [allAnswered, backupServed, primaryFailed("quota_exhausted")],
  },
  {
    name: "529",
    stand: { failStatus: 529, failCount: 1000 },
    checks: [allAnswered, backupServed, primaryFailed("overloaded")],
  },
  {
    name: "401",
    stand: { failStatus: 401, failCount: 1000 },
    checks: [allAnswered, backupServed, primaryFailed("refused_credentials")],
  },
  {
    name: "an error event right after 200",
    primary: "error first",
    checks: [allAnswered, backupServed, primaryFailed("overloaded")],
  },
  {
    name: "an error event after output",
    stand: { midError: 1 },
    checks: [primaryFailed("overloaded", "server_error")],
  },
  { name: "a stream cut short", stand: { cut: 1 }, checks: [primaryFailed("server_error", "unreachable")] },
  {
    name: "every stream cut short",
    stand: { cut: 1000 },
    checks: [primaryFailed("server_error", "unreachable")],
  },
];

/** Claude Code and Codex finish their turn though the primary fails; the backup speaks another dialect than it. */
const FAILURES: readonly Case[] = TROUBLES.flatMap(({ name, stand, primary, checks }) =>
  ([["Claude Code", "openai-chat"], ["Codex", "anthropic-messages"]] as const).map((
    [agent, backup],
  ): Case => ({
    name: `${agent} through ${name}`,
    agent,
    provider: AGENTS[agent].speaks,
    ...(stand === undefined ? {} : { stand }),
    ...(primary === undefined ? {} : { primary }),
    backup,
    checks: [speaksItsDialect, routedByTheWords, toolRan, ...checks],
  }))
);

/** A subscription as primary: the client's own credential goes on, and the backup takes over at its limit. */
const LIMIT: StandInSettings = {
  failStatus: 429,
  failCount: 1000,
  failHeaders: { "anthropic-ratelimit-unified-reset": String(Math.floor(Date.now() / 1000) + 7200) },
};

const SUBSCRIPTIONS: readonly Case[] = (["header", "path"] as const).flatMap((subscription) =>
  (["Claude Code", "Codex"] as const).map((agent): Case => ({
    name: `${agent} with a subscription, key in the ${subscription}`,
    agent,
    provider: AGENTS[agent].speaks,
    stand: agent === "Codex" ? { ...LIMIT, failHeaders: {}, retryAfter: "7200" } : LIMIT,
    backup: "openai-chat",
    subscription,
    checks: [
      speaksItsDialect,
      toolRan,
      routedByTheWords,
      allAnswered,
      backupServed,
      primaryFailed("quota_exhausted"),
    ],
  }))
);

export const CASES: readonly Case[] = [...TURNS, ...FILES, ...FAILURES, ...SUBSCRIPTIONS];
