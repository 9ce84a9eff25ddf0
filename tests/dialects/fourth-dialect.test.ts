/** A dialect is a whole plug: a made-up one works in every pair, through the real proxy, by one line in a registry. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type BuiltinDialect, dialects } from "../../src/dialects/registry.ts";
import { listUrl } from "../../src/cli/commands/doctor/probe.ts";
import { good } from "../support/faults.ts";
import { FOURTH, fourthDialect } from "../support/fourth-dialect.ts";
import { type Answer, json, sse } from "../support/provider.ts";
import { configOf } from "../support/proxy.ts";
import { DIALECTS, errorEvent, hear, type Heard, PATHS, request, spoken } from "../support/speech.ts";
import { configuration, proxyWith } from "../support/world.ts";

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

/** A proxy before a provider of the dialect. */
const before = (dialect: Name, answer: Answer) => proxyWith({ one: answer }, { dialect, dialects: FOUR });

const pathOf = (name: Name) => isBuiltin(name) ? PATHS[name] : "/v1/talk";

const PAIRS: readonly (readonly [client: Name, provider: Name])[] = [
  [FOURTH, FOURTH],
  ...DIALECTS.flatMap((name) => [[FOURTH, name], [name, FOURTH]] as const),
];

for (const [client, spoken] of PAIRS) {
  for (const stream of [false, true]) {
    test(`${client} to ${spoken}: ${stream ? "a stream" : "a whole answer"} arrives, with its usage`, async () => {
      await using world = await before(spoken, answers(spoken, stream));
      const response = await world.post(pathOf(client), asks(client, stream));
      assert.deepEqual(await heard(client, response), { status: 200, text: TEXT, ends: 1, error: "" });
      assert.equal(world.one.arrived[0]?.path, pathOf(spoken));
      if (spoken === FOURTH) assert.equal(world.one.arrived[0]?.headers["x-talk-version"], "4");
      const [record] = await world.ended(1);
      assert.equal(record?.usage?.input, 7);
      assert.equal(record?.usage?.output, 5);
    });
  }

  test(`${client} to ${spoken}: a refusal is shown in the client's own form`, async () => {
    await using world = await before(spoken, refuses(spoken));
    const { status, error } = await heard(client, await world.post(pathOf(client), asks(client, false)));
    assert.equal(status, 400);
    assert.match(error, /no such thing/);
  });

  test(`${client} to ${spoken}: a failure after output ends the stream with an error`, async () => {
    await using world = await before(spoken, breaksOff(spoken));
    const { status, text, error } = await heard(
      client,
      await world.post(pathOf(client), asks(client, true)),
    );
    assert.equal(status, 200);
    assert.equal(text, TEXT);
    assert.match(error, /out of words|the provider's trouble/);
  });
}

test("the server's own refusals take the form of the path's dialect", async () => {
  await using world = await before(FOURTH, answers(FOURTH, false));
  const response = await world.get("/v1/talk");
  assert.equal(response.status, 405);
  assert.match((await response.json()).trouble, /POST/);
});

test("the configuration takes its name, and finds its endpoints in a URL", () => {
  const at = (path: string, dialect?: Name) =>
    configOf(
      configuration({}, { one: { url: "http://127.0.0.1:9", path, ...(dialect && { dialect }) } }),
      {},
      FOUR,
    ).providers.get("one");
  assert.deepEqual(at("/v1", FOURTH)?.endpoints, { [FOURTH]: "http://127.0.0.1:9/v1/talk" });
  const byUrl = at("/v1/talk");
  assert.deepEqual(byUrl?.dialects, [FOURTH]);
  assert.equal(listUrl(byUrl!, FOUR)?.href, "http://127.0.0.1:9/v1/talkers");
});
