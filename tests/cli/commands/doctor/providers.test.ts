import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Answer, deserted, fakeProvider, json } from "../../../support/provider.ts";
import { configuration } from "../../../support/world.ts";
import { config, examine, models, SECRET } from "./examine.ts";

describe("what a provider answers", () => {
  const html: Answer = (_, res) => {
    res.writeHead(200, { "content-type": "text/html" });
    res.end("<html>welcome</html>");
  };
  const repeating: Answer = (arrived, res) => {
    res.writeHead(401, { "content-type": "application/json" });
    res.end(
      JSON.stringify({ error: { message: `Incorrect API key provided: ${arrived.headers.authorization}` } }),
    );
  };
  const cases: readonly (readonly [name: string, Answer, state: string, found: RegExp])[] = [
    ["a refused key, even when the answer repeats it", repeating, "fail", /^rejects its key \(401\)$/],
    ["a forbidden one", json({}, 403), "fail", /^rejects its key \(403\)$/],
    [
      "no list",
      json({}, 404),
      "ok",
      /^answers in \d+ ms; it has no model list \(404\), so its key was not checked$/,
    ],
    ["something that is no list", json({ hello: 1 }), "ok", /it has no model list \(200\)/],
    ["a used-up quota", json({}, 402), "fail", /^has reached a limit \(402\)$/],
    ["an error of its own", json({}, 503), "fail", /^returns server errors \(503\)$/],
    [
      "a redirect",
      json("", 301, { location: "http://127.0.0.1:1/" }),
      "fail",
      /^a redirect \(301\) answers at http/,
    ],
    ["a web page", html, "fail", /^a web page answers at http/],
    [
      "a cut connection",
      (_, res) => void res.destroy(),
      "fail",
      /^(cannot be reached|not running) at http:.*: /,
    ],
  ];
  for (const [name, answer, state, found] of cases) {
    test(`${name} is a ${state}`, async () => {
      await using provider = await fakeProvider(answer);
      const { code, of } = await examine(config(provider.url));
      assert.equal(of("mine")[0]?.state, state);
      assert.match(of("mine")[0]?.found ?? "", found);
      assert.equal(code, state === "fail" ? 1 : 0);
      assert.equal(provider.arrived.every(({ path }) => path === "/v1/models"), true);
    });
  }

  test("trouble of one is only a warning where another target works", async () => {
    await using ill = await fakeProvider(json({}, 503));
    await using well = await fakeProvider(models("small"));
    const toml = config(ill.url, 'fallback = "spare,small"', {}, { spare: { url: well.url, key: SECRET } });
    const { code, of } = await examine(toml);
    assert.equal(code, 0);
    assert.deepEqual(of("mine").map(({ state, found }) => [state, found]), [
      ["warn", "returns server errors (503); other targets take over"],
    ]);
    assert.equal(of("spare")[0]?.state, "ok");
  });

  test("where every target is ill, each must be fixed", async () => {
    await using ill = await fakeProvider(json({}, 503));
    const toml = config(ill.url, 'fallback = "spare,small"', {}, { spare: { url: ill.url, key: SECRET } });
    const { code, of, text } = await examine(toml);
    assert.equal(code, 1);
    assert.deepEqual([...of("mine"), ...of("spare")].map(({ state }) => state), ["fail", "fail"]);
    assert.match(text, /\n2 problems to fix\.\n$/);
  });

  test("each of several keys is tried", async () => {
    await using provider = await fakeProvider((arrived, res) => {
      const good = arrived.headers.authorization === `Bearer ${SECRET}-2`;
      return (good ? models("big-model") : json({}, 401))(arrived, res);
    });
    const { code, of } = await examine(
      config(provider.url, "", { key: [`${SECRET}-1`, `${SECRET}-2`] }),
    );
    assert.equal(code, 1);
    assert.equal(of("mine")[0]?.found, "rejects key 1 (401)");
    assert.match(of("mine")[1]?.found ?? "", /^key 2: answers in/);
  });

  test("a credential that clients bring is not looked for", async () => {
    await using provider = await fakeProvider(json({}, 401));
    const { code, of } = await examine(config(provider.url, "", { key: "passthrough" }));
    assert.equal(code, 0);
    assert.match(of("mine")[0]?.found ?? "", /clients send their own credential$/);
    assert.equal(provider.arrived[0]?.headers.authorization, undefined);
  });

  test("an Anthropic endpoint is asked in its own way", async () => {
    await using provider = await fakeProvider(models("big-model-20260101"));
    const { code, of } = await examine(
      config(provider.url, "", { dialect: "anthropic-messages" }),
    );
    assert.equal(code, 0);
    assert.equal(provider.arrived[0]?.path, "/v1/models?limit=1000");
    assert.equal(provider.arrived[0]?.headers["anthropic-version"], "2023-06-01");
    assert.equal(of("mine").length, 1, "a snapshot of the model is the model");
  });

  test("an open list does not hide a key that is refused", async () => {
    await using provider = await fakeProvider((arrived, res) => {
      const answer = arrived.path.endsWith("/key")
        ? json({ error: {} }, 401)
        : models("anthropic/claude-3-opus");
      return answer(arrived, res);
    });
    const { code, of } = await examine(configuration({ openrouter: provider.url }, {
      openrouter: { path: "/api/v1", key: SECRET },
    }, { proxy: "port = 0", router: 'default = "openrouter,anthropic/claude-3-opus"' }));
    assert.equal(code, 1);
    assert.equal(of("openrouter")[0]?.found, "rejects its key (401)");
  });
});

test("a model that its provider does not list is a warning, with the nearest", async () => {
  await using provider = await fakeProvider(models("big-modle", "other"));
  const { code, of } = await examine(config(provider.url));
  assert.equal(code, 0);
  assert.deepEqual(of("mine")[1], {
    check: "mine",
    state: "warn",
    found: "does not list big-model (did you mean big-modle?)",
    fix: "Check the name of the model.",
  });
});

test("a local server is listed with its models, or with how to start it", async () => {
  await using provider = await fakeProvider(models("qwen3-coder:latest"));
  const toml = (url: string, model: string) =>
    configuration({ ollama: url }, { ollama: { path: "", key: [] } }, {
      proxy: "port = 0",
      router: `default = "ollama,${model}"`,
    });
  const well = await examine(toml(provider.url, "qwen3-coder"));
  assert.equal(well.code, 0);
  assert.equal(well.of("ollama").length, 1);
  const lacking = await examine(toml(provider.url, "llama9"));
  assert.equal(lacking.of("ollama")[1]?.fix, "ollama pull llama9");
  const closed = await deserted();
  const off = await examine(toml(closed.url, "qwen3-coder"));
  assert.equal(off.code, 1);
  assert.match(off.of("ollama")[0]?.found ?? "", /^not running at http.*: connection refused$/);
  assert.equal(off.of("ollama")[0]?.fix, "Start it: ollama serve.");
});

test("a missing key names the variable; a route that has nothing else must be fixed", async () => {
  await using provider = await fakeProvider(models("big-model"));
  const { code, of } = await examine(config(provider.url, `think = "mistral,codestral"`));
  assert.equal(code, 1);
  assert.equal(of("Routes")[0]?.state, "fail");
  assert.match(
    of("Routes")[0]?.found ?? "",
    /^think has no usable target \(mistral\)$/,
  );
  assert.match(of("mistral")[0]?.fix ?? "", /export MISTRAL_API_KEY=…/);
  const rescued = await examine(config(provider.url, `think = "mistral,codestral | mine,big-model"`));
  assert.equal(rescued.code, 0);
  assert.equal(rescued.of("mistral")[0]?.state, "warn");
});
