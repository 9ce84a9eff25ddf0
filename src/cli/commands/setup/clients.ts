/** The clients that `setup` knows. A new one is an entry in one of the lists. */
import { AGENTS } from "./agents.ts";
import type { Client } from "./client.ts";
import { MORE_CLIENTS } from "./more-clients.ts";

export const CLIENTS: readonly Client[] = [...AGENTS, ...MORE_CLIENTS];

/** The client of a name or an alias, in any case; undefined: nobody has it. */
export function clientNamed(word: string): Client | undefined {
  const lower = word.toLowerCase();
  return CLIENTS.find(({ name, aliases = [] }) => name === lower || aliases.includes(lower));
}
