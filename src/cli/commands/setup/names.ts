/** The clients that can be pointed here, by the names that `setup` takes. */

export const CLIENT_NAMES = ["claude-code", "codex", "openclaw", "opencode"] as const;
export type ClientName = typeof CLIENT_NAMES[number];
