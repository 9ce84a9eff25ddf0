/** Reads targets, chains and names of routes as a file writes them. */
import { builtinNames, builtinProvider } from "../../catalog/providers.ts";
import { builtinCatalog } from "../../catalog/catalog.ts";
import { type Chain, isAnyModel, ROUTE_NAMES, type Target, type TargetSettings } from "../../model/target.ts";
import type { Provider, RouteTarget } from "../config.ts";
import type { ChainBlock, TargetBlock } from "../schema/fields.ts";
import { splitSettings } from "../../text/target-settings.ts";
import { nearest } from "../../text/match.ts";
import type { KeyPath, Report } from "../problem.ts";

/** A provider that a route names, for the warning about its missing key. */
export interface Use {
  readonly provider: string;
  /** `think`, `fallback`, `rule "rust"`, … */
  readonly by: string;
  readonly path: KeyPath;
}

/** Reads targets, looks up their providers, and notes who uses which. */
export class TargetReader {
  readonly uses: Use[] = [];

  constructor(readonly providers: ReadonlyMap<string, Provider>, readonly report: Report) {}

  /** The provider of this name: configured, else built in under this name or alias. Any case. */
  provider(name: string): Provider | undefined {
    const plain = name.trim().toLowerCase();
    const known = this.providers.get(plain);
    if (known !== undefined) return known;
    const builtin = builtinProvider(plain);
    return builtin === undefined ? undefined : this.providers.get(builtin.name);
  }

  /**
   * `provider,model` or `provider:model`, with `?effort=high` and its like behind it; undefined (and a problem) where it
   * is neither.
   * @param by what sends requests there; undefined: nothing does
   */
  target(text: string, path: KeyPath, by?: string): Target | undefined {
    const { name, settings, wrong } = splitSettings(text.trim());
    for (const { message, nearest: near } of wrong) {
      this.report.problem(path, `${JSON.stringify(text.trim())}: ${message}.`, near ? { nearest: near } : {});
    }
    const target = this.#bare(name, path, by);
    return target === undefined || settings === undefined ? target : { ...target, settings };
  }

  /** A target as a table, whose keys override what follows the name. */
  #fromTable(block: TargetBlock, path: KeyPath, by: string): Target | undefined {
    const target = this.target(block.target, [...path, "target"], by);
    if (target === undefined) return undefined;
    const { effort, max_tokens: maxTokens, temperature } = block;
    const settings: TargetSettings = {
      ...target.settings,
      ...(effort === undefined ? {} : { effort }),
      ...(maxTokens === undefined ? {} : { maxTokens }),
      ...(temperature === undefined ? {} : { temperature }),
    };
    return Object.keys(settings).length === 0 ? target : { ...target, settings };
  }

  #bare(plain: string, path: KeyPath, by?: string): Target | undefined {
    const at = this.#separator(plain);
    if (at < 0) {
      const provider = this.provider(plain)?.name;
      const expected = provider === undefined ? '"provider,model"' : `"${provider},model"`;
      this.report.problem(
        path,
        `${JSON.stringify(plain)} names ${
          provider === undefined ? "no provider" : "no model"
        }; expected ${expected}.`,
        { found: `the string ${JSON.stringify(plain)}`, expected },
      );
      return undefined;
    }
    const name = plain.slice(0, at).trim();
    const model = plain.slice(at + 1).trim();
    const provider = this.provider(name);
    if (provider === undefined) {
      this.unknownProvider(name, path);
      return undefined;
    }
    if (model === "") {
      this.report.problem(path, `${JSON.stringify(plain)} names no model after the provider.`, {
        expected: `"${name},model"`,
      });
      return undefined;
    }
    const any = isAnyModel({ provider: provider.name, model });
    if (model.includes("*") && !this.#takesAny({ provider, model, by }, path)) return undefined;
    if (!any && provider.models.length > 0 && !provider.models.includes(model)) {
      this.report.warn(
        path,
        `the model ${model} is not listed in models of [[providers]] ${provider.name}; requests are sent anyway.`,
      );
    }
    if (by !== undefined) this.uses.push({ provider: provider.name, by, path });
    return { provider: provider.name, model };
  }

  /** Whether a target for any model can work; a problem is reported where it cannot. */
  #takesAny(
    { provider, model, by }: {
      readonly provider: Provider;
      readonly model: string;
      readonly by?: string | undefined;
    },
    path: KeyPath,
  ): boolean {
    const shown = JSON.stringify(`${provider.name},${model}`);
    const maker = model.slice(0, -1);
    if (by === undefined || by === "judge") {
      this.report.problem(path, `${shown} is whatever model a client asks for; this key needs one model.`, {
        expected: `"${provider.name},model"`,
      });
      return false;
    }
    if (!isAnyModel({ provider: provider.name, model }) || maker.includes("*")) {
      this.report.problem(
        path,
        `${shown}: "*" is the model that the client asks for; it cannot be a part of a name.`,
        {
          expected: `"${provider.name},*", or "${provider.name},maker/*" where names begin with a maker`,
        },
      );
      return false;
    }
    const models = provider.models.length > 0 ? provider.models : builtinCatalog.modelsOf(provider.catalogId);
    if (models.length === 0 || models.some((one) => one.startsWith(maker))) return true;
    const makers = [...new Set(models.map((one) => one.slice(0, one.lastIndexOf("/") + 1)))].filter(Boolean);
    const near = nearest(maker, makers);
    this.report.problem(path, `${shown}: ${provider.name} has no model whose name begins with "${maker}".`, {
      expected: `"${provider.name},*"`,
      ...(near === undefined ? {} : { nearest: `${provider.name},${near}*` }),
    });
    return false;
  }

  /** A chain: targets in one text with "|" between them, a table with a target's settings, or a list of both. */
  chain(value: ChainBlock, path: KeyPath, by: string): Chain {
    const items = Array.isArray(value)
      ? value as readonly (string | TargetBlock)[]
      : [value as string | TargetBlock];
    const chain: Target[] = [];
    const add = (target: Target | undefined, own: KeyPath) => {
      if (target === undefined) return;
      const same = chain.some((one) => one.provider === target.provider && one.model === target.model);
      if (same) this.report.warn(own, `${target.provider},${target.model} is listed twice in this chain.`);
      else chain.push(target);
    };
    items.forEach((item, index) => {
      const own = items === value ? [...path, index] : path;
      if (typeof item !== "string") return add(this.#fromTable(item, own, by), own);
      for (const part of item.split("|")) {
        if (part.trim() === "" && item.includes("|")) {
          this.report.problem(own, 'the chain has an empty part: a target is missing next to "|".');
          continue;
        }
        add(this.target(part, own, by), own);
      }
    });
    return chain;
  }

  /** A chain, a route's name (`think`, `route:think`) or "auto". Undefined: a problem was reported. */
  routeTarget(value: ChainBlock, path: KeyPath, by: string): RouteTarget | undefined {
    if (typeof value === "string") {
      const plain = value.trim().toLowerCase().replace(/^(route:|terraphim\/)/, "");
      if (plain === "auto") return { kind: "auto" };
      const name = ROUTE_NAMES.find((route) => route === plain);
      if (name !== undefined) return { kind: "route", name };
      if (!value.includes("|") && this.#separator(value) < 0) {
        const near = nearest(plain, ROUTE_NAMES);
        const expected = `"provider,model", "auto", or one of ${ROUTE_NAMES.join(", ")}`;
        this.report.problem(
          path,
          `${JSON.stringify(value)} is neither a route nor a target${
            near === undefined ? `; expected ${expected}` : ""
          }.`,
          { expected, ...(near && { nearest: near }) },
        );
        return undefined;
      }
    }
    const chain = this.chain(value, path, by);
    return chain.length === 0 ? undefined : { kind: "chain", chain };
  }

  unknownProvider(name: string, path: KeyPath): void {
    const near = nearest(name, [...this.providers.keys(), ...builtinNames()]);
    const expected = `one of ${[...this.providers.keys()].join(", ")}`;
    this.report.problem(
      path,
      `there is no provider "${name}", neither configured nor built in${
        near === undefined ? `; expected ${expected}` : ""
      }.`,
      { found: `the provider "${name}"`, expected, ...(near !== undefined && { nearest: near }) },
    );
  }

  /** Where the provider's name ends: at the first comma, else at a colon after a known provider. */
  #separator(text: string): number {
    const comma = text.indexOf(",");
    if (comma >= 0) return comma;
    const colon = text.indexOf(":");
    return colon > 0 && this.provider(text.slice(0, colon)) !== undefined ? colon : -1;
  }
}
