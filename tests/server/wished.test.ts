import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { good } from "../support/faults.ts";
import { proxyWith } from "../support/world.ts";

const ROUTER = `
think = "big,opus-4-8"
default = "small,m"
background = "small,m"
`;
const world = () =>
  proxyWith({
    big: good("openai-chat", false),
    small: good("openai-chat", false),
  }, { dialect: ["anthropic-messages", "openai-chat", "openai-responses"], router: ROUTER });

/** A conversation in every dialect: the path, and a body with these prompts, as strings or as parts. */
const BODIES = [
  ["anthropic-messages", "/v1/messages", "text"],
  ["openai-chat", "/v1/chat/completions", "text"],
  ["openai-responses", "/v1/responses", "input_text"],
] as const;

function bodyOf(
  dialect: string,
  prompts: readonly string[],
  { part, model = "auto" }: { readonly part?: string | undefined; readonly model?: string } = {},
): string {
  const contentOf = (text: string) => part === undefined ? text : [{ type: part, text }];
  const messages = prompts.flatMap((text, index) => [
    { role: "user", content: contentOf(text) },
    ...(index === prompts.length - 1 ? [] : [{ role: "assistant", content: "Done." }]),
  ]);
  const list = dialect === "openai-responses" ? "input" : "messages";
  // Spaces and a number's form, to see that the rest stays as it was written.
  return `{ "model":${JSON.stringify(model)},  "max_tokens": 1.50e2, ${JSON.stringify(list)} : ${
    JSON.stringify(messages)
  }}`;
}

describe("a wish in a prompt", () => {
  for (const [dialect, path, type] of BODIES) {
    for (const part of [undefined, type]) {
      const where = `${dialect}, ${part === undefined ? "a string" : "parts"}`;
      test(`it decides, and the provider gets the bytes without it: ${where}`, async () => {
        await using proxy = await world();
        const answer = await proxy.post(path, bodyOf(dialect, ["@think what is 1 + 1?"], { part }));
        assert.equal(answer.headers.get("x-route"), "think");
        assert.match(answer.headers.get("x-route-reason")!, /the prompt begins with "@think" -> think/);
        await answer.text();
        assert.equal(
          proxy.big.arrived[0]!.text,
          bodyOf(dialect, ["what is 1 + 1?"], { part, model: "opus-4-8" }),
        );
      });

      test(`later requests of the session send the same earlier prompts: ${where}`, async () => {
        await using proxy = await world();
        for (const prompts of [["@think! hello"], ["@think! hello", "and now?"]]) {
          await (await proxy.post(path, bodyOf(dialect, prompts, { part }))).text();
        }
        const [, second] = proxy.big.arrived;
        assert.equal(
          second!.text,
          bodyOf(dialect, ["hello", "and now?"], { part, model: "opus-4-8" }),
        );
      });
    }
  }

  test("it is translated away for a target of another dialect too", async () => {
    await using proxy = await proxyWith({ big: good("openai-chat", false) }, {
      dialect: "openai-chat",
      router: `think = "big,opus-4-8"`,
    });
    await (await proxy.post("/v1/messages", bodyOf("anthropic-messages", ["@think hello"]))).text();
    assert.doesNotMatch(proxy.big.arrived[0]!.text, /@think/);
    assert.match(proxy.big.arrived[0]!.text, /hello/);
  });

  test("it overrides the model that the client names, and says so", async () => {
    await using proxy = await world();
    const body = bodyOf("openai-chat", ["@opus hello"], { model: "small,m" });
    const answer = await proxy.post("/v1/chat/completions", body);
    await answer.text();
    assert.equal(answer.headers.get("x-routed-model"), "opus-4-8");
    assert.match(
      answer.headers.get("x-route-reason")!,
      /begins with "@opus" -> big,opus-4-8; the wish overrides the model: model "small,m" names a target/,
    );
  });

  test("the next turn is routed by its content again, after @auto too", async () => {
    await using proxy = await world();
    const routeOf = async (...prompts: string[]) => {
      const answer = await proxy.post("/v1/chat/completions", bodyOf("openai-chat", prompts));
      await answer.text();
      return answer.headers.get("x-route");
    };
    assert.equal(await routeOf("@think hello", "hello"), "default");
    assert.equal(await routeOf("@think! hello", "hello"), "think");
    assert.equal(await routeOf("@think! hello", "@auto hello"), "default");
  });

  test("one for a session that the client names outlives the conversation's beginning", async () => {
    await using proxy = await world();
    const ask = async (prompt: string, session: string) => {
      const headers = { "x-session-id": session };
      const answer = await proxy.post("/v1/chat/completions", bodyOf("openai-chat", [prompt]), headers);
      await answer.text();
      return answer.headers.get("x-route");
    };
    assert.equal(await ask("@think! hello", "one"), "think");
    assert.equal(await ask("hello", "one"), "think");
    assert.equal(await ask("hello", "two"), "default");
    assert.equal(await ask("@auto hello", "one"), "default");
    assert.equal(await ask("hello", "one"), "default");
  });

  test("a request that continues its answer without a prompt obeys it", async () => {
    await using world = await proxyWith({ one: good("openai-responses", false) }, {
      dialect: "openai-responses",
      router: 'think = "one,opus"\ndefault = "one,m"',
    });
    const post = (body: object) => world.post("/v1/responses", { model: "default", ...body });
    const first = await post({ input: "@think hello" });
    const { id } = await first.json() as { readonly id: string };
    const input = [{ type: "function_call_output", call_id: "c", output: "done" }];
    const next = await post({ input, previous_response_id: id });
    await next.text();
    assert.equal(next.headers.get("x-route"), "think");
  });
});

describe("the header X-Route", () => {
  const ask = (proxy: Awaited<ReturnType<typeof world>>, headers: Record<string, string>) =>
    proxy.post("/v1/chat/completions", bodyOf("openai-chat", ["hello"]), headers);

  test("it decides for its request, and no provider gets it", async () => {
    await using proxy = await world();
    const answer = await ask(proxy, { "x-route": "think" });
    await answer.text();
    assert.equal(answer.headers.get("x-route"), "think");
    assert.equal(proxy.big.arrived[0]!.headers["x-route"], undefined);
  });

  test("X-Route-Session keeps it for the session, and auto ends it", async () => {
    await using proxy = await world();
    const routeOf = async (headers: Record<string, string>) => {
      const answer = await ask(proxy, { "x-session-id": "s1", ...headers });
      await answer.text();
      return answer.headers.get("x-route");
    };
    assert.equal(await routeOf({ "x-route": "opus", "x-route-session": "1" }), "target");
    assert.equal(await routeOf({}), "target");
    assert.equal(await routeOf({ "x-session-id": "s2" }), "default");
    assert.equal(await routeOf({ "x-route": "auto", "x-route-session": "1" }), "default");
    assert.equal(await routeOf({}), "default");
  });

  test("a name that leads nowhere, and a session that is not named, are refused", async () => {
    await using proxy = await world();
    for (
      const [headers, why] of [
        [{ "x-route": "thnik" }, /X-Route is \\"thnik\\"; expected a route/],
        [{ "x-route": "think", "x-route-session": "1" }, /the client names no session/],
      ] as const
    ) {
      const answer = await ask(proxy, headers);
      assert.equal(answer.status, 400);
      assert.match(await answer.text(), why);
    }
  });
});
