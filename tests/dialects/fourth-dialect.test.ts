/** A dialect is a whole plug: a made-up one works in every pair, through the real proxy, by one line in a registry. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type BuiltinDialect, dialects } from "../../src/dialects/registry.ts";
import { listUrl } from "../../src/cli/commands/doctor/probe.ts";
import { good } from "../support/faults.ts";
import { FOURTH, fourthDialect } from "../support/fourth-dialect.ts";
import { type Answer, type FakeProvider, fakeProvider, json, sse } from "../support/provider.ts";
import { configOf, startProxy, type TestProxy } from "../support/proxy.ts";
import { DIALECTS, errorEvent, hear, type Heard, PATHS, request, spoken } from "../support/speech.ts";

/** The one line that a fourth dialect takes. */
const FOUR = { ...dialects, [FOURTH]: fourthDialect };

type Name = BuiltinDialect | typeof FOURTH;
const isBuiltin = (name: Name): name is BuiltinDialect => name !== FOURTH;

const TEXT = "from the provider";
const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const ENDED = { ended: "done", counted: { heard: 7, said: 5 } };

/** What a client of the dialect sends. */
const asks = (name: Name, stream: boolean): object =>
  isBuiltin(name) ? request(name, stream) : { model: "auto", stream, lines: [{ who: "me", words: "hi" }] };

/** What a provider of the dialect answers. */
function answers(name: Name, stream: boolean): Answer {
  if (isBuiltin(name)) return good(name, stream, TEXT);
  return stream
    ? sse([data({ words: "from the " }), data({ words: "provider" }), data(ENDED)])
    : json({ said: TEXT, ...ENDED });
}

/** Half an answer, then the dialect's own error event. */
function breaksOff(name: Name): Answer {
  if (!isBuiltin(name)) return sse([data({ words: TEXT }), data({ trouble: "out of words" })]);
  const { prelude, output } = spoken(name, TEXT);
  return sse([...prelude, ...output, errorEvent(name)]);
}

/** A refusal that no other provider would answer differently. */
const refuses = (name: Name): Answer =>
  json(
    isBuiltin(name) ? { error: { type: "invalid_request_error", message: "no such thing" } } : {
      trouble: "no such thing",
    },
    400,
  );

/** What a client of the dialect makes of an answer. */
async function heard(
  name: Name,
  response: Response,
): Promise<Pick<Heard, "status" | "text" | "ends" | "error">> {
  if (isBuiltin(name)) {
    const { status, text, ends, error } = await hear(name, response);
    return { status, text, ends, error };
  }
  const body = await response.text();
  const events = body.split("\n\n").filter((event) => event.startsWith("data: "));
  const all = events.length === 0 ? [JSON.parse(body)] : events.map((event) => JSON.parse(event.slice(6)));
  return {
    status: response.status,
    text: all.map(({ said, words }) => said ?? words ?? "").join(""),
    ends: all.filter(({ ended }) => ended !== undefined).length,
    error: all.map(({ trouble }) => trouble ?? "").join(""),
  };
}

const config = (url: string, name: Name) => `
[router]
default = "one,m"
[[providers]]
name = "one"
api_base_url = "${url}/v1"
api_key = "a-key"
dialects = ["${name}"]
`;

/** Runs a test with a proxy before a provider of the dialect. */
async function between(
  spoken: Name,
  answer: Answer,
  check: (proxy: TestProxy, provider: FakeProvider) => Promise<void>,
): Promise<void> {
  await using provider = await fakeProvider(answer);
  await using proxy = startProxy(config(provider.url, spoken), { dialects: FOUR });
  await check(proxy, provider);
}

const pathOf = (name: Name) => isBuiltin(name) ? PATHS[name] : "/v1/talk";

const PAIRS: readonly (readonly [client: Name, provider: Name])[] = [
  [FOURTH, FOURTH],
  ...DIALECTS.flatMap((name) => [[FOURTH, name], [name, FOURTH]] as const),
];

for (const [client, spoken] of PAIRS) {
  for (const stream of [false, true]) {
    test(`${client} to ${spoken}: ${stream ? "a stream" : "a whole answer"} arrives, with its usage`, () =>
      between(spoken, answers(spoken, stream), async (proxy, provider) => {
        const response = await proxy.post(pathOf(client), asks(client, stream));
        assert.deepEqual(await heard(client, response), { status: 200, text: TEXT, ends: 1, error: "" });
        assert.equal(provider.arrived[0]?.path, pathOf(spoken));
        if (spoken === FOURTH) assert.equal(provider.arrived[0]?.headers["x-talk-version"], "4");
        const [record] = await proxy.ended(1);
        assert.equal(record?.usage?.input, 7);
        assert.equal(record?.usage?.output, 5);
      }));
  }

  test(`${client} to ${spoken}: a refusal is shown in the client's own form`, () =>
    between(spoken, refuses(spoken), async (proxy) => {
      const { status, error } = await heard(client, await proxy.post(pathOf(client), asks(client, false)));
      assert.equal(status, 400);
      assert.match(error, /no such thing/);
    }));

  test(`${client} to ${spoken}: a failure after output ends the stream with an error`, () =>
    between(spoken, breaksOff(spoken), async (proxy) => {
      const { status, text, error } = await heard(
        client,
        await proxy.post(pathOf(client), asks(client, true)),
      );
      assert.equal(status, 200);
      assert.equal(text, TEXT);
      assert.match(error, /out of words|the provider's trouble/);
    }));
}

test("the server's own refusals take the form of the path's dialect", () =>
  between(FOURTH, answers(FOURTH, false), async (proxy) => {
    const response = await fetch(`${proxy.url}/v1/talk`);
    assert.equal(response.status, 405);
    assert.match((await response.json()).trouble, /POST/);
  }));

test("the configuration takes its name, and finds its endpoints in a URL", () => {
  const { providers } = configOf(config("http://127.0.0.1:9", FOURTH), {}, FOUR);
  assert.deepEqual(providers.get("one")?.endpoints, { [FOURTH]: "http://127.0.0.1:9/v1/talk" });
  const byUrl = configOf(
    config("http://127.0.0.1:9", FOURTH).replace('/v1"', '/v1/talk"')
      .replace(/dialects = .*/, ""),
    {},
    FOUR,
  ).providers.get("one");
  assert.deepEqual(byUrl?.dialects, [FOURTH]);
  assert.equal(listUrl(byUrl!, FOUR)?.href, "http://127.0.0.1:9/v1/talkers");
});
