/** A subscription as primary: the client's own credential goes on, and the backup takes over at its limit. */
import { AGENTS } from "../agents.ts";
import type { Case } from "../case.ts";
import {
  allAnswered,
  backupServed,
  primaryFailed,
  routedByTheWords,
  speaksItsDialect,
  toolRan,
} from "../checks.ts";
import type { StandInSettings } from "../stand-in.ts";

const LIMIT: StandInSettings = {
  failStatus: 429,
  failCount: 1000,
  failHeaders: { "anthropic-ratelimit-unified-reset": String(Math.floor(Date.now() / 1000) + 7200) },
};

export const SUBSCRIPTIONS: readonly Case[] = (["header", "path"] as const).flatMap((subscription) =>
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
