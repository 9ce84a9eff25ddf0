/** Every case. */
import type { Case } from "./case.ts";
import { CROSSINGS } from "./cases/crossings.ts";
import { FILE_EDITS } from "./cases/edits.ts";
import { FAILURES } from "./cases/failures.ts";
import { WORDS } from "./cases/prompts.ts";
import { REFUSALS } from "./cases/refusals.ts";
import { SETUPS } from "./cases/setups.ts";
import { SUBSCRIPTIONS } from "./cases/subscriptions.ts";
import { TURNS } from "./cases/turns.ts";

export const CASES: readonly Case[] = [
  ...TURNS,
  ...FILE_EDITS,
  ...WORDS,
  ...FAILURES,
  ...SUBSCRIPTIONS,
  ...SETUPS,
  ...CROSSINGS,
  ...REFUSALS,
];
