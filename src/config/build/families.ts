/** The targets that people may name by a model or its family: `@opus`. */
import { newestByFamily } from "../../catalog/same-model.ts";
import { isAnyModel, ROUTE_NAMES, type Target } from "../../model/target.ts";
import type { Provider, RouterConfig } from "../config.ts";

/**
 * The configured targets by what people call them, in lower case: each model by its name with and without its maker, and
 * the newest of each family. Where several providers have a model, a route's target comes first, then `models` in the
 * order of the file.
 */
export function targetsByName(
  { routes, fallback }: Pick<RouterConfig, "routes" | "fallback">,
  providers: ReadonlyMap<string, Provider>,
): ReadonlyMap<string, Target> {
  const listed = [
    ...ROUTE_NAMES.flatMap((name) => routes[name] ?? []),
    ...fallback,
    ...[...providers.values()].flatMap(({ name, models }) =>
      models.map((model): Target => ({ provider: name, model }))
    ),
  ].filter((target) => !isAnyModel(target));
  const usable = listed.filter(({ provider }) => providers.get(provider)?.problem === undefined);
  const targets = usable.length > 0 ? usable : listed;
  const byName = new Map<string, Target>();
  const add = (name: string, { provider, model }: Target) => {
    if (!byName.has(name.toLowerCase())) byName.set(name.toLowerCase(), { provider, model });
  };
  for (const target of targets) {
    add(target.model, target);
    add(target.model.slice(target.model.lastIndexOf("/") + 1), target);
  }
  for (const [family, model] of newestByFamily(targets.map(({ model }) => model))) {
    add(family, targets.find((target) => target.model === model)!);
  }
  return byName;
}
