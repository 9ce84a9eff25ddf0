/** What `setup` writes is what the clients read: each is run with nothing but that, beside a configuration of its own. */
import type { Case } from "../case.ts";
import { backupServed, primaryFailed, speaksItsDialect, toolRan, TURN } from "../checks.ts";
import { subscriptionOf } from "../configuration.ts";
import { type StandInSettings, TOOL_OUTPUT } from "../stand-in.ts";

/** Codex's newest model, which it asks for where nothing else is set, has its tools in namespaces. */
const CODE_MODE: StandInSettings = {
  toolName: "functions__exec",
  toolArgs: { input: `text(await tools.exec_command({cmd: "echo ${TOOL_OUTPUT}"}));` },
};

export const SETUPS: readonly Case[] = [
  {
    name: "Claude Code after setup",
    agent: "Claude Code",
    provider: "openai-responses",
    setUp: {},
    checks: [...TURN, toolRan],
  },
  {
    name: "Codex after setup",
    agent: "Codex",
    provider: "openai-chat",
    stand: CODE_MODE,
    setUp: {},
    checks: [...TURN, toolRan],
  },
  {
    name: "OpenClaw after setup",
    agent: "OpenClaw (Chat)",
    provider: "anthropic-messages",
    setUp: {},
    checks: [...TURN, toolRan],
  },
  {
    name: "OpenClaw with the plugin",
    agent: "OpenClaw (Chat)",
    provider: "openai-chat",
    plugin: true,
    checks: [],
  },
  {
    name: "opencode after setup",
    agent: "opencode (Chat)",
    provider: "openai-responses",
    setUp: {},
    checks: [...TURN, toolRan],
  },
  {
    name: "Claude Code after setup, with a login of its own and a limit",
    agent: "Claude Code",
    provider: "anthropic-messages",
    setUp: { env: { ANTHROPIC_AUTH_TOKEN: subscriptionOf({ provider: "anthropic-messages" }) } },
    subscription: "header",
    stand: { failStatus: 429, failCount: 1000, retryAfter: "7200" },
    backup: "openai-chat",
    checks: [speaksItsDialect, toolRan, backupServed, primaryFailed("quota_exhausted")],
  },
  {
    name: "Codex after setup, with a login of its own and a limit",
    agent: "Codex",
    provider: "openai-responses",
    setUp: {
      files: {
        ".codex/auth.json": JSON.stringify({
          OPENAI_API_KEY: subscriptionOf({ provider: "openai-responses" }),
        }),
      },
    },
    subscription: "header",
    stand: { ...CODE_MODE, failStatus: 429, failCount: 1000, retryAfter: "7200" },
    backup: "openai-chat",
    checks: [speaksItsDialect, toolRan, backupServed, primaryFailed("quota_exhausted")],
  },
];
