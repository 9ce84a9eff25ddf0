/**
 * Reads what 9router keeps: `~/.9router/db.json` of its first versions, or the file that "Export database" of its page
 * saves, which has the same lists.
 * @see https://github.com/decolua/9router
 */
import { builtinProvider } from "../../../catalog/providers.ts";
import { isRecord, listOf, stringOf, textOf } from "../../../json/shape.ts";
import type { Json } from "../../../model/json.ts";
import { readJson } from "../setup/json-edit.ts";
import { Findings, type Imported, type Importer } from "./imported.ts";

export const nineRouter: Importer = { label: "9router", places: [".9router/db.json"], read };

const KNOWN = ["providerConnections", "providerNodes", "combos", "modelAliases", "apiKeys", "settings"];

function read(text: string): Imported {
  const file: Json = readJson(text).json;
  if (!isRecord(file) || !Array.isArray(file.providerConnections)) {
    throw new Error('it has no list "providerConnections"; export the database on the page of 9router');
  }
  const findings = new Findings();
  const providers = new Providers(file, findings);
  const chains = chainsOf(file, providers, findings);
  const [first] = chains.values();
  const target = first ?? providers.firstTarget;
  const keys = listOf(file.apiKeys).map((one) => isRecord(one) ? stringOf(one.key) : undefined)
    .filter((key) => key !== undefined);
  if (isRecord(file.settings)) {
    findings.leave("settings", "its switches are for 9router's own page and tunnels");
  }
  findings.leaveOthers(file, KNOWN);
  const tree = {
    proxy: { host: "127.0.0.1", port: 3456, ...(keys.length === 0 ? {} : { api_keys: keys }) },
    router: {
      ...(target === undefined ? {} : { default: target }),
      ...(chains.size === 0
        ? {}
        : { model_mappings: [...chains].map(([from, to]) => ({ from, to, bidirectional: true })) }),
    },
    providers: providers.blocks,
  };
  return { tree, left: findings.left };
}

/** The providers with keys of their own, and the names by which models refer to them. */
class Providers {
  readonly blocks: Record<string, Json>[] = [];
  /** Our name of a provider by the prefix of its models. */
  readonly #byPrefix = new Map<string, string>();

  constructor(file: Record<string, Json>, findings: Findings) {
    const nodes = listOf(file.providerNodes).filter(isRecord);
    listOf(file.providerConnections).forEach((one, index) => {
      if (!isRecord(one)) return;
      const id = stringOf(one.provider) ?? "";
      const place = `providerConnections[${index}] (${id})`;
      const key = stringOf(one.apiKey);
      const node = nodes.find((candidate) => candidate.id === id);
      const builtin = builtinProvider(id.toLowerCase());
      const name = builtin?.name ?? stringOf(node?.prefix) ?? stringOf(node?.name);
      if (one.isActive === false) findings.leave(place, "it is switched off");
      else if (key === undefined) {
        findings.leave(place, "it is a login in the browser, and the proxy takes keys only");
      } else if (name === undefined) {
        findings.leave(place, "it is not built in here and its address is not in the file");
      } else this.#add({ name, key, url: stringOf(node?.baseUrl), prefixes: [id, stringOf(node?.prefix)] });
    });
  }

  #add(
    { name, key, url, prefixes }: {
      readonly name: string;
      readonly key: string;
      readonly url: string | undefined;
      readonly prefixes: readonly (string | undefined)[];
    },
  ): void {
    for (const prefix of [name, ...prefixes]) if (prefix !== undefined) this.#byPrefix.set(prefix, name);
    const known = this.blocks.find((block) => block.name === name);
    if (known !== undefined) known.api_keys = [...listOf(known.api_keys), key];
    else this.blocks.push({ name, ...(url === undefined ? {} : { api_base_url: url }), api_keys: [key] });
  }

  /** `openrouter/anthropic/claude-3-opus` as a target; undefined: its provider has no key. */
  target(model: string): string | undefined {
    const slash = model.indexOf("/");
    const name = this.#byPrefix.get(model.slice(0, slash));
    if (slash < 0 || name === undefined) return undefined;
    const target = `${name},${model.slice(slash + 1)}`;
    return target;
  }

  /** Any target of the first provider: the model that the client asks for. */
  get firstTarget(): string | undefined {
    const [first] = this.blocks;
    return first === undefined ? undefined : `${first.name},*`;
  }
}

/** What their combos and aliases lead to, by name. */
function chainsOf(file: Record<string, Json>, providers: Providers, findings: Findings): Map<string, string> {
  const chains = new Map<string, string>();
  const add = (name: string, models: readonly Json[], place: string) => {
    const targets = models.flatMap((model) => {
      const target = typeof model === "string" ? providers.target(model) : undefined;
      if (target === undefined) {
        findings.leave(`${place}: ${textOf(model).slice(0, 80)}`, "its provider has no key here");
      }
      return target === undefined ? [] : [target];
    });
    if (targets.length > 0) chains.set(name, targets.join(" | "));
  };
  for (const one of listOf(file.combos)) {
    const name = isRecord(one) ? stringOf(one.name) : undefined;
    if (name !== undefined) add(name, listOf(one.models), `combos.${name}`);
  }
  const aliases = isRecord(file.modelAliases) ? Object.entries(file.modelAliases) : [];
  for (const [name, model] of aliases) add(name, [model], `modelAliases.${name}`);
  return chains;
}
