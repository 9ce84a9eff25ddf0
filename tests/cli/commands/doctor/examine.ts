/** Runs the doctor, and reads what it found. */
import assert from "node:assert/strict";
import { type Answer, json } from "../../../support/provider.ts";
import { configuration, type ProviderSetting } from "../../../support/world.ts";
import { inFolder, run } from "../../terminal.ts";

/** The key of the provider: no part of what the doctor says may hold it. */
export const SECRET = "provider-secret-key";
/** A list of these models. */
export const models = (...ids: readonly string[]): Answer => json({ data: ids.map((id) => ({ id })) });

export interface Finding {
  readonly check: string;
  readonly state: string;
  readonly found: string;
  readonly fix?: string;
}

/** A configuration whose default is `big-model` of the provider `mine`; `more`: of `[router]`; `others`: providers by name. */
export const config = (
  url: string,
  more = "",
  mine: ProviderSetting = {},
  others: Readonly<Record<string, ProviderSetting>> = {},
): string =>
  configuration({}, { mine: { url, key: SECRET, ...mine }, ...others }, {
    proxy: "port = 0",
    router: `default = "mine,big-model"\n${more}`,
  });

/** Runs the doctor on a configuration. No part of what it says may hold a secret. */
export async function examine(
  toml: string,
  args: readonly string[] = [],
  prepare: (cwd: string) => void = () => {},
): Promise<
  { code: number; findings: readonly Finding[]; of: (check: string) => readonly Finding[]; text: string }
> {
  let result = { code: -1, findings: [] as readonly Finding[], text: "" };
  await inFolder({ "config.toml": toml }, async (cwd) => {
    prepare(cwd);
    const json = await run(["doctor", "-c", "config.toml", "--json", ...args], { cwd });
    const text = await run(["doctor", "-c", "config.toml", ...args], { cwd, columns: 80 });
    for (const said of [json.out, json.err, text.out, text.err]) {
      assert.ok(!said.includes(SECRET), "no key is shown");
      assert.ok(!said.includes("the-proxy-key"), "no key is shown");
    }
    for (const line of text.out.split("\n")) if (!/\S{45}/.test(line)) assert.ok(line.length <= 80, line);
    for (const { check, state, found, fix } of json.json().findings as readonly Finding[]) {
      // A mistake of the file has its cure in its sentence.
      if (state !== "ok" && check !== "Configuration") assert.ok(fix, `${check}: ${found} has a cure`);
    }
    assert.equal(json.code, text.code);
    assert.equal(json.json().ok, json.code === 0);
    result = { code: json.code, findings: json.json().findings, text: text.out };
  });
  return { ...result, of: (check) => result.findings.filter((one) => one.check === check) };
}
