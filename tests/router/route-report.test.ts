import assert from "node:assert/strict";
import { test } from "node:test";
import type { PricedCatalog } from "../../src/config/priced-catalog.ts";
import { ROUTE_NAMES } from "../../src/model/target.ts";
import { reportProviders, reportRoutes, unlistedModels } from "../../src/router/route-report.ts";
import { globPattern } from "../../src/text/match.ts";
import { chain, configOf, model, provider, rule, type Setting } from "./world.ts";

/** A list of models that knows these names, at $1 and $2. */
const catalogOf = (...known: string[]): PricedCatalog => ({
  find: (target) =>
    known.includes(target.model) ? model(target, { price: { input: 1, output: 2 } }) : undefined,
  sameModel: () => undefined,
  modelsOf: () => known,
  cost: () => undefined,
  rates: () => undefined,
});
const CATALOG = catalogOf("gpt-5", "claude");

const routesOf = (setting: Setting) => reportRoutes(configOf(setting), CATALOG);

test("each route has its own targets with their prices, or the route that does its work", () => {
  const routes = routesOf({ routes: { think: "openai,gpt-5", default: "groq,x" } });
  const named = new Map(routes.map((route) => [route.name, route]));
  assert.deepEqual(named.get("think"), {
    name: "think",
    targets: [{ provider: "openai", model: "gpt-5", price: { input: 1, output: 2 } }],
    usable: true,
  });
  assert.deepEqual(named.get("build"), {
    name: "build",
    via: "default",
    targets: [{ provider: "groq", model: "x" }],
    usable: true,
  });
});

test("unset routes for what a request needs go by content; other unset ones are not listed", () => {
  const routes = routesOf({ routes: { default: "groq,x" } });
  const byContent = routes.filter(({ targets }) => targets.length === 0).map((
    { name, usable },
  ) => [name, usable]);
  assert.deepEqual(byContent.sort(), [["image", true], ["long_context", true], ["web_search", true]]);
  const missing = ROUTE_NAMES.filter((name) => !routes.some((route) => route.name === name));
  assert.deepEqual(missing.sort(), ["simple", "subagent"]);
});

test("a configuration without routes says of each kind of work that nothing does it", () => {
  const unusable = routesOf({}).filter(({ usable }) => !usable).map(({ name }) => name);
  assert.deepEqual(unusable.sort(), ["background", "build", "default", "plan_implementation", "think"]);
});

test("a target that cannot be tried says why; another or the fallback makes its route usable", () => {
  const providers = [provider("mine", { problem: "has no key" })];
  const exclusions = [{ provider: "*", patterns: [globPattern("gpt-*")] }];
  const report = (setting: Setting) => {
    const { targets, usable } = routesOf({ providers, exclusions, ...setting }).find(({ name }) =>
      name === "default"
    )!;
    return [targets.map(({ skip }) => skip?.slice(0, 11)), usable];
  };
  assert.deepEqual(report({ routes: { default: "mine,a | openai,gpt-5" } }), [
    ["has no key", "excluded by"],
    false,
  ]);
  assert.deepEqual(report({ routes: { default: "mine,a | groq,b" } }), [["has no key", undefined], true]);
  assert.deepEqual(report({ routes: { default: "mine,a" }, fallback: "groq,b" }), [["has no key"], true]);
});

test("rules and mappings are routes too, by where they lead", () => {
  const mapping = { from: "claude-*", pattern: globPattern("claude-*"), bidirectional: false };
  const routes = routesOf({
    routes: { default: "groq,x" },
    fallback: "groq,y",
    rules: [rule("rust", {}, "openai,gpt-5"), rule("free", {}, "auto"), rule("plan", {}, "think")],
    mappings: [{ ...mapping, to: { kind: "route", name: "default" } }],
  }).slice(-5);
  assert.deepEqual(
    routes.map(({ name, via, targets }) => [name, via, ...targets.map(({ model }) => model)]),
    [
      ["fallback", undefined, "y"],
      ["rule:rust", undefined, "gpt-5"],
      ["rule:free", undefined],
      ["rule:plan", "default", "x"],
      ["mapping:claude-*", "default", "x"],
    ],
  );
});

test("a model in no list is warned of once, with the name that was probably meant", () => {
  const setting: Setting = {
    providers: [provider("near", { local: true }), provider("own", { models: ["mine"] })],
    routes: {
      default: "openai,gpt-55 | openai,gpt-5 | near,any | own,mine | anthropic,* | nowhere,x",
      think: "openai,gpt-55 | groq,something-else",
    },
  };
  const config = configOf(setting);
  const warnings = unlistedModels(config, CATALOG, reportRoutes(config, CATALOG));
  assert.deepEqual(
    warnings.map(({ key }) => key),
    ["router.think", "router.think"],
    "the first that names it",
  );
  const said = warnings.map(({ message }) => message).sort();
  assert.match(said[1]!, /^openai,gpt-55 is in no list of models: .* Did you mean "openai,gpt-5"\?$/);
  assert.match(said[0]!, /^groq,something-else is in no list .* \[\[prices\]\] sets its price\.$/);
});

test("the providers of the file and of the routes are listed, with how they are reached", () => {
  const providers = [
    provider("filed", { origin: "config", auth: "none" }),
    provider("through", { passthrough: true, apiKeys: [] }),
    provider("broken", { origin: "config", problem: "has no key", apiKeys: [] }),
  ];
  const config = configOf({ providers, routes: { default: "through,a | openai,gpt-5" } });
  assert.deepEqual(reportProviders(config, reportRoutes(config, CATALOG)), [
    { name: "openai", access: "key", routes: ["default"] },
    { name: "filed", access: "none", routes: [] },
    { name: "through", access: "passthrough", routes: ["default"] },
    { name: "broken", problem: "has no key", access: "key", routes: [] },
  ]);
});

test("a target keeps its settings in the report", () => {
  const [target] = chain("groq,x");
  const routes = reportRoutes(
    {
      ...configOf(),
      router: { ...configOf().router, routes: { default: [{ ...target!, settings: { effort: "low" } }] } },
    },
    CATALOG,
  );
  assert.deepEqual(routes.find(({ name }) => name === "default")?.targets[0]?.settings, { effort: "low" });
});
