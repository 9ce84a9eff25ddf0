import assert from "node:assert/strict";
import { test } from "node:test";
import { ROUTE_NAMES, type RouteName } from "../../src/model/target.ts";
import { chainOf, nobodyTakes, ORDINARY, routeNamed } from "../../src/router/routes.ts";
import { chain } from "./world.ts";

const ONE = chain("groq,a");

test("a route is found by its name in any case, with dashes or underscores", () => {
  for (const name of ROUTE_NAMES) {
    assert.equal(routeNamed(name), name);
    assert.equal(routeNamed(` ${name.toUpperCase().replaceAll("_", "-")} `), name);
  }
  for (const other of ["", "thinking", "constructor", "plan implementation", "ｔhink"]) {
    assert.equal(routeNamed(other), undefined, other);
  }
});

test("a route that is set does its own work, an empty one does not", () => {
  assert.deepEqual(chainOf("think", { think: ONE, default: chain("groq,b") }), { name: "think", chain: ONE });
  assert.equal(chainOf("think", { think: [], default: ONE })?.name, "default");
});

test("any one route alone serves every other, and says for which it does", () => {
  const alone = ORDINARY.filter((name) => name !== "default");
  for (const only of alone) {
    for (const name of ROUTE_NAMES) {
      const taken = chainOf(name, { [only]: ONE });
      assert.equal(taken?.chain, ONE, `${name} by ${only}`);
      const why = name === only ? undefined : `the route ${name} is not set: ${only} takes its work`;
      assert.equal(taken?.why, why);
    }
  }
});

test("routes for what a request needs serve no other work", () => {
  for (const only of ["long_context", "image", "web_search", "subagent", "simple"] as RouteName[]) {
    assert.equal(chainOf("build", { [only]: ONE }), undefined, only);
  }
});

test("the nearer kind of work takes a route's place before the others", () => {
  const all = { build: ONE, background: ONE, default: ONE, think: ONE };
  assert.equal(chainOf("plan_implementation", all)?.name, "build");
  assert.equal(chainOf("subagent", { background: ONE, default: ONE })?.name, "background");
  assert.equal(chainOf("default", { build: ONE, think: ONE })?.name, "think");
});

test("where nothing is set, the reason names each route once and what to set", () => {
  const said = nobodyTakes("build");
  assert.match(said, /^no target: none of build, background, default, plan_implementation, think is set/);
  assert.match(said, /set "default"/);
  assert.equal(chainOf("build", {}), undefined);
});
