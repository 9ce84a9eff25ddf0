import assert from "node:assert/strict";
import { test } from "node:test";
import { builtinCatalog } from "../../src/catalog/catalog.ts";
import { sameModel } from "../../src/catalog/same-model.ts";
import type { Target } from "../../src/model/target.ts";
import { plan, skipped, tried } from "./world.ts";

const conditions = {
  sameModel: ({ provider, model }: Target, asked: string) =>
    sameModel(asked, builtinCatalog.modelsOf(provider), model.slice(0, -1)),
};

const asking = (model: string, routes: Record<string, string>) =>
  plan({ facts: { model }, config: { routes }, conditions });

test("a target for any model is the client's model, by the provider's own name for it", () => {
  const planned = asking("claude-sonnet-4-5[1m]", { default: "anthropic,* | openrouter,anthropic/*" });
  assert.deepEqual(tried(planned), ["anthropic,claude-sonnet-4-5", "openrouter,anthropic/claude-sonnet-4.5"]);
});

test("the nearest of the family replaces a model that a provider does not have", () => {
  const planned = asking("claude-3-5-haiku-20241022", { default: "anthropic,*" });
  assert.deepEqual(tried(planned), ["anthropic,claude-haiku-4-5"]);
  assert.match(
    planned.why.join("; "),
    /anthropic has no "claude-3-5-haiku-20241022": claude-haiku-4-5 is the nearest of its family/,
  );
});

test("a provider without the family is passed over, as any model without a name is", () => {
  const routes = { default: "anthropic,* | openai,gpt-5.2" };
  const other = asking("gpt-5.2-codex", routes);
  assert.deepEqual(tried(other), ["openai,gpt-5.2"]);
  assert.match(skipped(other)["anthropic,*"]!, /anthropic has no model like "gpt-5.2-codex"/);
  for (const name of ["auto", "think", "terraphim/auto", ""]) {
    assert.deepEqual(tried(asking(name, routes)), ["openai,gpt-5.2"]);
  }
});

test("settings of a target for any model go with the client's model", () => {
  const config = {
    routes: { default: "openai,gpt-5.2" },
    rules: [{
      name: "all",
      when: {},
      route: {
        kind: "chain" as const,
        chain: [{ provider: "anthropic", model: "*", settings: { effort: "low" as const } }],
      },
    }],
  };
  const [first] = plan({ facts: { model: "claude-opus-4-8" }, config, conditions }).targets;
  assert.deepEqual([first!.model, first!.settings], ["claude-opus-4-8", { effort: "low" }]);
});
