/** Making the first request as fast as the others. */
import type { Config } from "../../../config/config.ts";
import { type BuiltinDialect, dialects } from "../../../dialects/registry.ts";
import type { PricedCatalog } from "../../../config/priced-catalog.ts";
import { decide } from "../../../server/decide.ts";
import { requestFor } from "../../../dialects/sample-request.ts";

const PROMPTS = [
  "plan the architecture",
  "build this feature",
  "Plan the implementation of user auth in Node.js with Express, including signature checks. Don't write tests yet:\n" +
  "> quoted 10,000 times\n```ts\nexport const create = 1;\n```\nThen explain `why` it's slow, and fix the root cause.",
];
const DIALECTS = Object.keys(dialects) as BuiltinDialect[];

/**
 * Decides a few requests that nobody sends, so that the first real one does not wait for the tables that are built once
 * (about 50 ms). One round is enough: more of them make the first request no faster.
 */
export function warmUp(config: Config, catalog: PricedCatalog): void {
  const world = { now: Date.now(), model: catalog.find };
  for (const dialect of DIALECTS) {
    for (const prompt of PROMPTS) decide(requestFor(prompt, dialect), config, world);
  }
}
