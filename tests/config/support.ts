/** Configurations for tests, from text. */
import assert from "node:assert/strict";
import type { Config } from "../../src/config/config.ts";
import { type LoadOptions, parseConfig } from "../../src/config/load.ts";
import type { ConfigProblem } from "../../src/config/problem.ts";

type Env = NonNullable<LoadOptions["env"]>;

/** Loads a text that must be right. */
export function good(source: string, env: Env = {}, overrides: LoadOptions["overrides"] = {}): Config {
  const result = parseConfig(source, { env, overrides, name: "test.toml" });
  assert.ok(result.ok, result.ok ? "" : JSON.stringify(result.problems, null, 1));
  return result.config;
}

/** Loads a text that must be wrong. */
export function bad(
  source: string,
  env: Env = {},
  overrides: LoadOptions["overrides"] = {},
): readonly ConfigProblem[] {
  const result = parseConfig(source, { env, overrides, name: "test.toml" });
  assert.ok(!result.ok, "the text was accepted");
  return result.problems;
}

/** The only problem of a text. */
export function onlyProblem(source: string, env: Env = {}): ConfigProblem {
  const problems = bad(source, env);
  assert.equal(problems.length, 1, JSON.stringify(problems, null, 1));
  return problems[0]!;
}

/** The messages of a configuration's warnings. */
export function warnings(config: Config): string[] {
  return config.warnings.map(({ message }) => message);
}
