/** Models that routes name and that their provider does not list. */
import { readName } from "../../../catalog/name.ts";
import type { Chain } from "../../../model/target.ts";
import type { Config, Provider, RouteTarget } from "../../../config/config.ts";
import { nearest } from "../../../text/match.ts";
import type { Finding } from "./finding.ts";

/** One finding a model. Providers know models under more names than they list, so it is never more than a warning. */
export function missing(config: Config, { name, local }: Provider, listed: readonly string[]): Finding[] {
  if (listed.length === 0) return [];
  const exact = new Set(listed.map((id) => id.toLowerCase()));
  const bases = new Set(listed.map((id) => readName(id).base));
  const named = [...new Set(chainsOf(config).flat().filter((target) => target.provider === name))]
    .map(({ model }) => model);
  return [...new Set(named)].filter((model) => {
    const lower = model.toLowerCase();
    return !exact.has(lower) && !exact.has(`${lower}:latest`) && !bases.has(readName(model).base);
  }).map((model): Finding => {
    const near = nearest(model, listed);
    return {
      check: name,
      state: "warn",
      found: `does not list ${model}${near === undefined ? "" : `; the nearest is ${near}`}`,
      mend: local && name === "ollama" ? `ollama pull ${model}` : "Look whether the name is right.",
    };
  });
}

/** Every chain that a request can take. */
function chainsOf({ router: { routes, fallback, rules, mappings } }: Config): Chain[] {
  const of = (to: RouteTarget): Chain => to.kind === "chain" ? to.chain : [];
  return [
    ...Object.values(routes),
    fallback,
    ...rules.map(({ route }) => of(route)),
    ...mappings.map(({ to }) => of(to)),
  ];
}
