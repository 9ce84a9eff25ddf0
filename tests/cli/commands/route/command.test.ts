import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { EXAMPLES } from "../../../../src/cli/commands/demo/examples.ts";
import { inFolder, run } from "../../terminal.ts";
import { shared, withoutShared } from "../../../support/shared.ts";

const PUBLISHED = fileURLToPath(new URL("../../../../examples/published.toml", import.meta.url));
const env = { OPENROUTER_API_KEY: "or-secret", GROQ_API_KEY: "groq-secret" };
const route = (...args: string[]) => run(["route", "--config", PUBLISHED, ...args], { env });

describe("the published prompts go where the product promises", () => {
  for (const { prompt, model, dialect, route: kind, target } of EXAMPLES) {
    test(prompt, async () => {
      const { code, json } = await route(prompt, "--model", model, "--dialect", dialect, "--json");
      assert.equal(code, 0);
      assert.equal(json().route, kind);
      assert.equal(json().targets[0].model, target);
      assert.equal(json().prompt, prompt);
      assert.equal(json().dialect, dialect);
      assert.ok(json().why.length >= 2);
    });
  }
});

test("the explanation has words, kind, route, targets with prices, and every reason", async () => {
  const { code, out, err } = await route("build this feature");
  assert.equal(code, 0);
  assert.equal(err, "");
  assert.match(out, /^Prompt +"build this feature"$/m);
  assert.match(out, /^Kind +build \(.*"build"/m);
  assert.match(out, /^Route +background$/m);
  assert.match(out, /^Goes to +groq,llama-3\.1-8b-instant$/m);
  assert.match(out, /^groq,llama-3\.1-8b-instant +handed on +\$0\.05 +\$0\.08$/m);
  assert.match(
    out,
    /Why\n +1\. model "auto": routed by content\n +2\. [^\n]+\n +3\. the route build is not set: background/,
  );
});

test("a target that would be skipped is shown with the reason; when all are, it ends with 1", async () => {
  const { code, out } = await run(["route", "--config", PUBLISHED, "plan the architecture"], {});
  assert.equal(code, 1);
  assert.match(out, /^Goes to +nowhere$/m);
  assert.match(out, /^ +skipped: OPENROUTER_API_KEY is not set$/m);
});

test("a prompt without quotation marks is one prompt", async () => {
  const { code, json } = await route("plan", "the", "architecture", "--json");
  assert.equal(code, 0);
  assert.equal(json().prompt, "plan the architecture");
});

test("a short answer is explained by what the agent said before it", async () => {
  const asked = async (before: string) => (await route("yes", "--before", before, "--json")).json().kind;
  assert.equal(await asked("The test fails because of the wrong path. Shall I fix it?"), "build");
  assert.notEqual(await asked("Shall I commit and push this?"), "build");
});

test("the third report of a failure in a row is explained as stuck", async () => {
  const args = ["--previous", "still no menu", "--previous", "doesn't work", "same error"];
  const { json } = await route(...args, "--json");
  assert.equal(json().stuck, "the user reports a failure for the 3rd time in a row");
  assert.match(json().why.join("\n"), /for the 3rd time in a row: up from \w+ → \w+/);
});

test("a conversation is in the file or in the options, not in both", async () => {
  const { code, err } = await route("--file", "x.json", "--before", "Shall I?");
  assert.equal(code, 2);
  assert.match(err, /--previous and --before are for a prompt/);
});

test("in a pipe a prompt that is a whole file is one line of 200 columns; --json has all of it", async () => {
  const prompt = `plan the architecture\n${"of a very long file\n".repeat(500)}`;
  const body = JSON.stringify({ model: "auto", messages: [{ role: "user", content: prompt }] });
  await inFolder({ "request.json": body }, async (cwd) => {
    const args = ["route", "--config", PUBLISHED, "--file", "request.json"];
    const { out } = await run(args, { env, cwd });
    assert.match(out, /^Prompt +"plan the architecture of a very long file [^\n]*…\n(?:Kind|Route)/);
    for (const line of out.split("\n")) assert.ok(line.length <= 212, `${line.length}: ${line}`);
    assert.equal((await run([...args, "--json"], { env, cwd })).json().prompt.trim(), prompt.trim());
  });
});

test("--json has the scores of all kinds and the words that weighed most", async () => {
  const weighed = (await route("fix the login test", "--json")).json();
  assert.equal(weighed.kind, "build");
  const sum = Object.values<number>(weighed.scores).reduce((a, b) => a + b);
  assert.ok(Math.abs(sum - 1) < 0.001, String(sum));
  assert.ok(weighed.weights.length > 0 && weighed.next !== null);
  const ruled = (await route("plan the architecture", "--json")).json();
  assert.deepEqual([ruled.scores, ruled.weights, ruled.next], [null, [], null]);
});

test("in a pipe a long prompt is cut, and in --json it is whole", async () => {
  const prompt = "fix the login test ".repeat(100).trim();
  const { out } = await route(prompt);
  assert.ok(out.split("\n").every((line) => line.length <= 220), out);
  assert.equal((await route(prompt, "--json")).json().prompt, prompt);
});

test("a prompt comes from the standard input for -", async () => {
  const { json } = await run(["route", "--config", PUBLISHED, "-", "--json"], {
    env,
    stdin: "plan the architecture\n",
  });
  assert.equal(json().prompt, "plan the architecture");
  assert.equal(json().kind, "think");
});

describe("a request comes from a file", () => {
  const messages = [{ role: "user", content: "plan implementation of user auth" }];
  const cases: Readonly<Record<string, readonly [request: unknown, dialect: string]>> = {
    "a body of the Messages dialect": [
      { model: "claude-3-opus", max_tokens: 9, messages },
      "anthropic-messages",
    ],
    "a body of the Chat dialect": [{ model: "gpt-4", messages }, "openai-chat"],
    "a body of the Chat dialect with a limit and a system prompt": [
      { model: "gpt-4", max_tokens: 9, messages: [{ role: "system", content: "Be brief." }, ...messages] },
      "openai-chat",
    ],
    "a body of the Responses dialect": [
      { model: "gpt-5", input: "plan implementation of user auth" },
      "openai-responses",
    ],
    "a recorded request": [
      {
        method: "POST",
        path: "/v1/chat/completions",
        headers: { "User-Agent": "x" },
        body: { max_tokens: 9, messages },
      },
      "openai-chat",
    ],
  };
  for (const [name, [request, dialect]] of Object.entries(cases)) {
    test(name, () =>
      inFolder({ "request.json": JSON.stringify(request) }, async (cwd) => {
        const ran = await run(["route", "--config", PUBLISHED, "--file", "request.json", "--json"], {
          env,
          cwd,
        });
        assert.equal(ran.code, 0, ran.err);
        assert.equal(ran.json().dialect, dialect);
        assert.equal(ran.json().route, "plan_implementation");
        assert.equal(ran.json().prompt, "plan implementation of user auth");
      }));
  }

  test("from the standard input for -, and the model can be another", async () => {
    const stdin = JSON.stringify({ model: "gpt-4", messages });
    const { json } = await run(["route", "--config", PUBLISHED, "-f", "-", "-m", "route:think", "--json"], {
      env,
      stdin,
    });
    assert.equal(json().route, "think");
  });

  test("what is not there, not JSON or no request ends with 2 and says so", () =>
    inFolder({ "text.json": "plan", "list.json": "[1]" }, async (cwd) => {
      for (
        const [file, says] of [["none.json", /no such file/], ["text.json", /not JSON/], [
          "list.json",
          /JSON object/,
        ]] as const
      ) {
        const { code, err, out } = await run(["route", "--config", PUBLISHED, "-f", file], { env, cwd });
        assert.equal(code, 2);
        assert.equal(out, "");
        assert.match(err, says);
      }
    }));
});

const OWN = new URL("../../../fixtures/requests/", import.meta.url);
const CAPTURED = "fixtures/client-requests/";
const FOLDERS = [
  ["the project's own", OWN, false],
  ["the shared", shared(CAPTURED), withoutShared(CAPTURED)],
] as const;
for (const [name, folder, skip] of FOLDERS) {
  const files = skip === false ? readdirSync(folder).filter((file) => file.endsWith(".json")) : [];
  test(`${name} recorded requests with a body are explained, whatever client sent them`, {
    skip,
  }, async () => {
    let explained = 0;
    for (const file of files) {
      const path = fileURLToPath(new URL(file, folder));
      const { body, expect } = JSON.parse(readFileSync(path, "utf8"));
      if (body === undefined || body === null || typeof body !== "object") continue;
      const { out, err, json } = await route("--file", path, "--json");
      assert.equal(err, "", file);
      if (expect?.kind === "user-turn" && expect.prompt !== undefined) {
        assert.equal(json().prompt, expect.prompt, file);
      }
      assert.ok(out.length > 0);
      explained++;
    }
    assert.ok(explained > 10);
  });
}
