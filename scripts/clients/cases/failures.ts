/** Claude Code and Codex finish their turn though the primary fails. */
import { AGENTS } from "../agents.ts";
import type { Case, Check, Fake } from "../case.ts";
import {
  allAnswered,
  backupServed,
  primaryFailed,
  routedByTheWords,
  speaksItsDialect,
  toolRan,
} from "../checks.ts";
import type { StandInSettings } from "../stand-in.ts";

interface Trouble {
  readonly name: string;
  readonly stand?: StandInSettings;
  readonly primary?: Fake;
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
    name: "a usage limit in the middle of the turn",
    primary: "limit in mid-turn",
    checks: [allAnswered, backupServed, primaryFailed("quota_exhausted")],
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

/** The backup speaks another dialect than the primary. */
export const FAILURES: readonly Case[] = TROUBLES.flatMap(({ name, stand, primary, checks }) =>
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
