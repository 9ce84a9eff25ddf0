import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inFolder, type Ran, run } from "../../terminal.ts";

const CONFIG = `
[router]
think = "openrouter,anthropic/claude-3-opus"
plan_implementation = "openrouter,anthropic/claude-3.5-haiku"
default = "groq,llama-3.1-8b-instant"
`;
const PROMPTS = [
  { prompt: "plan the architecture", label: "think" },
  { prompt: "plan implementation of the API", label: "plan_implementation" },
  { prompt: "plan the release party", label: "default" },
  { prompt: "yes", label: "background", before: "Shall I commit?", previous: ["fix the menu"] },
].map((one) => JSON.stringify(one)).join("\n");
const ENV = { OPENROUTER_API_KEY: "sk-or-of-the-test", GROQ_API_KEY: "gsk-of-the-test" };

async function evaluate(file: string, ...options: string[]): Promise<Ran> {
  let ran: Ran | undefined;
  await inFolder({ "config.toml": CONFIG, "prompts.jsonl": file }, async (cwd) => {
    ran = await run(["eval", "prompts.jsonl", "-c", "config.toml", ...options], { cwd, env: ENV });
  });
  return ran!;
}

describe("eval", () => {
  test("prints what was right, wasted and lost, the cost and the confusion", async () => {
    const { code, out } = await evaluate(PROMPTS);
    assert.equal(code, 0);
    assert.match(out, /^75 % right: 3 of 4 prompts$/m);
    assert.match(out, /^Waste +1 of 3 went to think and should not have$/m);
    assert.match(out, /^Loss +0 of 1 should have gone to think and did not$/m);
    assert.match(
      out,
      /^Cost +\$[\d.]+ against \$[\d.]+ with all on openrouter,anthropic\/claude-3-opus, \d+ % less/m,
    );
    assert.match(out, /^default +· +· +· +1$/m);
  });

  test("lists the misses with their reasons", async () => {
    const { out } = await evaluate(PROMPTS, "--misses");
    assert.match(out, /^line 3: think, right is default\n {2}plan the release party\n {2}"plan" without/m);
  });

  test("says the same as JSON", async () => {
    const { out } = await evaluate(PROMPTS, "--json", "--misses");
    const said = JSON.parse(out);
    assert.equal(said.accuracy, 0.75);
    assert.deepEqual(said.waste, { prompts: 1, of: 3 });
    assert.equal(said.confusion.default.think, 1);
    assert.deepEqual(said.misses.map(({ line }: { readonly line: number }) => line), [3]);
  });

  for (
    const [what, file, says] of [
      [
        "a line that is not JSON",
        `${PROMPTS}\nplan it`,
        /line 5 of prompts\.jsonl is not a labelled prompt;/,
      ],
      [
        "a line without a label",
        '{"prompt":"x"}',
        /line 1 of prompts\.jsonl is not a labelled prompt \(label\);/,
      ],
      ["an empty file", "\n\n", /prompts\.jsonl holds no prompts\./],
    ] as const
  ) {
    test(`refuses ${what}`, async () => {
      const { code, err } = await evaluate(file);
      assert.equal(code, 2);
      assert.match(err, says);
    });
  }
});
