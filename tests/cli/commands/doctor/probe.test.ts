import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { listUrl, probe } from "../../../../src/cli/commands/doctor/probe.ts";
import type { Provider } from "../../../../src/config/config.ts";
import { type Answer, fakeProvider, json } from "../../../support/provider.ts";
import { configuration } from "../../../support/world.ts";
import { good } from "../../../config/support.ts";

/** A provider of a configuration. */
function provider(url: string, more = "", name = "mine"): Provider {
  const toml = configuration({}, { [name]: { url, path: "", key: "k", toml: more } }, { router: "" });
  return good(toml, {}).providers.get(name)!;
}

/** What comes of an answer, and what arrived. */
async function probed(answer: Answer, more = "", name = "mine") {
  await using server = await fakeProvider(answer);
  const found = await probe(provider(`${server.url}/v1`, more, name), "k");
  return { ...found, arrived: server.arrived };
}

describe("what comes of an answer", () => {
  const raw = (status: number, body: string, headers: Record<string, string> = {}): Answer => (_, res) => {
    res.writeHead(status, headers);
    res.end(body);
  };
  const cases: readonly (readonly [name: string, answer: Answer, outcome: string])[] = [
    ["a list", json({ data: [{ id: "a" }] }), "lists"],
    ["an array", json([{ id: "a" }]), "lists"],
    ["an empty list", json({ data: [] }), "lists"],
    ["another object", json({ models: 1 }), "answers"],
    ["null", json(null), "answers"],
    ["text", raw(200, "hello"), "answers"],
    ["not found", json({}, 404), "answers"],
    ["not implemented", json({}, 501), "answers"],
    ["unauthorized", json({}, 401), "refuses"],
    ["forbidden", json({}, 403), "refuses"],
    ["payment required", json({}, 402), "limited"],
    ["too many requests", json({}, 429), "limited"],
    ["a server error", json({}, 500), "troubled"],
    ["a page", raw(200, "<html>", { "content-type": "text/html; charset=utf-8" }), "astray"],
    ["a page that is not found", raw(404, "<html>", { "content-type": "text/html" }), "answers"],
    ["a redirect", raw(307, "", { location: "http://127.0.0.1:1/" }), "astray"],
    ["a cut connection", (_, res) => void res.destroy(), "silent"],
  ];
  for (const [name, answer, outcome] of cases) {
    test(`${name} means "${outcome}"`, async () => assert.equal((await probed(answer)).outcome, outcome));
  }

  test("entries of a list that have no id are not models", async () => {
    const list = json({ data: [{ id: "größe" }, {}, null, { id: 7 }, "x"] });
    assert.deepEqual((await probed(list)).models, ["größe"]);
  });

  test("a list that does not end is not read to its end", async () => {
    const { outcome, words } = await probed((_, res) => {
      res.writeHead(200, { "content-type": "application/json" });
      const more = () => {
        while (!res.destroyed && res.write("[".repeat(1024 * 1024)));
        if (!res.destroyed) res.once("drain", more);
      };
      more();
    });
    assert.equal(outcome, "astray");
    assert.ok((words ?? "").length > 0);
  });
});

test("the clock is compared with the server's date, and with nothing where it has none", async () => {
  const hour = 3_600_000;
  const dated = (date: string): Answer => (_, res) => {
    res.sendDate = false;
    res.writeHead(200, { "content-type": "application/json", ...(date === "" ? {} : { date }) });
    res.end("[]");
  };
  const { clockMs = 0 } = await probed(dated(new Date(Date.now() - hour).toUTCString()));
  assert.ok(Math.abs(clockMs - hour) < hour / 2);
  assert.equal((await probed(dated("soon"))).clockMs, undefined);
  assert.equal((await probed(dated(""))).clockMs, undefined);
});

test("a key goes in the header that the provider wants, beside its own headers", async () => {
  const { arrived } = await probed(json([]), 'auth = "x-api-key"\nheaders = { "X-Mine" = "a" }');
  const { headers } = arrived[0]!;
  assert.deepEqual([headers["x-api-key"], headers.authorization, headers["x-mine"]], ["k", undefined, "a"]);
});

test("where a list is open to everybody, the key is checked at another place", async () => {
  const answer = (status: number): Answer => (arrived, res) =>
    (arrived.path.endsWith("/key") ? json({}, status) : json({ data: [{ id: "a" }] }))(arrived, res);
  assert.equal((await probed(answer(401), "", "openrouter")).outcome, "refuses");
  assert.equal((await probed(answer(402), "", "openrouter")).outcome, "limited");
  const { outcome, arrived } = await probed(answer(500), "", "openrouter");
  assert.deepEqual([outcome, arrived.map(({ path }) => path)], ["lists", ["/v1/models", "/v1/key"]]);
});

test("the list is beside the endpoint, and an endpoint of another form has none", () => {
  const at = (url: string) => listUrl(provider(url))?.href;
  assert.equal(at("https://llm.example/v1"), "https://llm.example/v1/models");
  assert.equal(at("https://llm.example/v1/chat/completions?api=1"), "https://llm.example/v1/models?api=1");
  assert.equal(listUrl({ endpoints: { "openai-chat": "https://llm.example/else" } }), undefined);
  assert.equal(listUrl({ endpoints: {} }), undefined);
});
