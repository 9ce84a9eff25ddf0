/** Deciding a few requests before the first real one comes, so that this one does not wait for what is built once. */
import type { Config } from "../config/config.ts";
import { type BuiltinDialect, dialects } from "../dialects/registry.ts";
import { requestFor } from "./commands/route/sample-request.ts";
import { decide } from "./commands/route/decide.ts";

const PROMPTS = [
  "plan the architecture",
  "build this feature",
  "Plan the implementation of user auth in Node.js with Express, including signature checks. Don't write tests yet:\n" +
  "> quoted 10,000 times\n```ts\nexport const create = 1;\n```\nThen explain `why` it's slow, and fix the root cause.",
];
const DIALECTS = Object.keys(dialects) as BuiltinDialect[];
/** Enough for a runtime to compile what every request runs. */
const ROUNDS = 40;

/** Takes some tens of milliseconds. Sends nothing and leaves no trace. */
export function warmUp(config: Config): void {
  const now = new Date();
  for (let round = 0; round < ROUNDS; round++) {
    for (const dialect of DIALECTS) {
      for (const prompt of PROMPTS) decide(requestFor(prompt, dialect), config, now);
    }
  }
}
