import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { BuiltinDialect } from "../../../src/dialects/registry.ts";
import { type Answer, json, sse } from "../../support/provider.ts";
import { proxyWith } from "../../support/world.ts";

interface Speech {
  readonly path: string;
  readonly whole: unknown;
  readonly stream: readonly string[];
}

const SPEECH: Readonly<Record<BuiltinDialect, Speech>> = {
  "anthropic-messages": {
    path: "/v1/messages",
    whole: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "there",
      content: [{ type: "text", text: "ü ok" }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: { input_tokens: 3, output_tokens: 2 },
      unknown_field: { kept: [1.0, null] },
    },
    stream: [
      'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"there","content":[],"usage":{"input_tokens":3,"output_tokens":1}}}\n\n',
      'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"ü ok"}}\n\n',
      'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n',
      'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":2}}\n\n',
      'event: message_stop\ndata: {"type":"message_stop"}\n\n',
    ],
  },
  "openai-chat": {
    path: "/v1/chat/completions",
    whole: {
      id: "c1",
      object: "chat.completion",
      created: 1,
      model: "there",
      choices: [{ index: 0, message: { role: "assistant", content: "ü ok" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
      unknown_field: { kept: [1.0, null] },
    },
    stream: [
      ": a comment\n\n",
      'data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"there","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}\n\n',
      'data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"there","choices":[{"index":0,"delta":{"content":"ü ok"},"finish_reason":null}]}\n\n',
      'data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"there","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
      'data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"there","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}\n\n',
      "data: [DONE]\n\n",
    ],
  },
  "openai-responses": {
    path: "/v1/responses",
    whole: {
      id: "resp_1",
      object: "response",
      status: "completed",
      model: "there",
      output: [{
        type: "message",
        id: "m1",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text: "ü ok", annotations: [] }],
      }],
      usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
      unknown_field: { kept: [1.0, null] },
    },
    stream: [
      'event: response.created\ndata: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","status":"in_progress","model":"there","output":[]}}\n\n',
      'event: response.output_item.added\ndata: {"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"type":"message","id":"m1","role":"assistant","status":"in_progress","content":[]}}\n\n',
      'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","sequence_number":2,"item_id":"m1","output_index":0,"content_index":0,"delta":"ü ok"}\n\n',
      'event: response.output_text.done\ndata: {"type":"response.output_text.done","sequence_number":3,"item_id":"m1","output_index":0,"content_index":0,"text":"ü ok"}\n\n',
      'event: response.completed\ndata: {"type":"response.completed","sequence_number":4,"response":{"id":"resp_1","status":"completed","model":"there","output":[{"type":"message","id":"m1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"ü ok","annotations":[]}]}],"usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5}}}\n\n',
    ],
  },
};

const NAMES = Object.keys(SPEECH) as BuiltinDialect[];

/** A proxy that knows a provider with this answer. */
const before = (answer: Answer | undefined, dialect: BuiltinDialect, router = "") =>
  proxyWith({ there: { key: "secret-key", ...(answer && { answer }) } }, {
    dialect,
    router: `default = "there,the-model"\n${router}`,
  });

const MAPPING = `[[router.model_mappings]]
from = "asked-*"
to = "there,the-model"
bidirectional = true`;

for (const dialect of NAMES) {
  const { path, whole, stream } = SPEECH[dialect];

  test(`${dialect}: bytes pass through both ways, with another model's name`, async () => {
    await using world = await before(json(whole), dialect);
    const odd =
      `{ "unknown" : [1.0e+2, -0, 1E400, "\\u00fc😀\\ud83d"] ,\n"model":"asked",\t"messages":[{"role":"user","content":"hi \\"model\\":\\"x\\""}],"input":"hi","nested":{"model":"stays"} }`;
    const response = await world.post(path, odd, {
      "x-session-id": "yes",
      "x-custom": "no",
      cookie: "a=b",
    });
    assert.equal(response.status, 200);
    assert.equal(await response.text(), JSON.stringify(whole));
    const [arrived] = world.there.arrived;
    assert.equal(arrived?.text, odd.replace('"asked"', '"the-model"'));
    assert.equal(arrived?.path, path);
    assert.equal(arrived?.headers["x-session-id"], "yes");
    assert.equal(arrived?.headers["x-custom"], undefined);
    assert.equal(arrived?.headers["cookie"], undefined);
    const sent = arrived?.headers["authorization"] ?? arrived?.headers["x-api-key"];
    assert.match(sent ?? "", /secret-key$/);
    assert.equal(response.headers.get("x-routed-model"), "the-model");
    assert.equal(response.headers.get("x-routed-provider"), "there");
    assert.equal(response.headers.get("x-route"), "default");
    assert.equal(response.headers.get("x-attempts"), "1");
    assert.match(response.headers.get("x-request-id") ?? "", /^req_[0-9a-f]{24}$/);
    assert.match(
      response.headers.get("server-timing") ?? "",
      /^classify;dur=[\d.]+, route;dur=[\d.]+, attempt1;/,
    );
    assert.ok((response.headers.get("x-route-reason") ?? "").length > 0);
  });

  test(`${dialect}: a body of a megabyte passes byte for byte`, async () => {
    await using world = await before(json(whole), dialect);
    const text = 'Ünïcödé \u{1F600} \\n "quoted" \u2028 '.repeat(30_000);
    const body = JSON.stringify({
      messages: [{ role: "user", content: text }],
      input: text,
      model: "asked",
      z: [0.1],
    });
    assert.ok(body.length > 1_000_000);
    await (await world.post(path, body)).text();
    assert.ok(world.there.arrived[0]?.text === body.replace('"model":"asked"', '"model":"the-model"'));
  });

  test(`${dialect}: any JSON that a client invents arrives with nothing but its model changed`, async () => {
    await using world = await before(json(whole), dialect);
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5 }), async (extra) => {
        const rest = { ...extra, messages: [{ role: "user", content: "hi" }], input: "hi", stream: false };
        const sent = JSON.stringify({ ...rest, model: "asked" });
        const response = await world.post(path, sent);
        await response.text();
        assert.equal(response.status, 200);
        assert.equal(world.there.arrived.at(-1)?.text, JSON.stringify({ ...rest, model: "the-model" }));
      }),
      { numRuns: 50 },
    );
  });

  test(`${dialect}: a stream passes byte for byte, and its usage is noted`, async () => {
    await using world = await before(sse(stream), dialect);
    const response = await world.post(path, {
      model: "asked",
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: "user", content: "hi" }],
      input: "hi",
    });
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
    assert.equal(await response.text(), stream.join(""));
    const [record] = await world.ended(1);
    assert.equal(record?.usage?.input, 3);
    assert.equal(record?.usage?.output, 2);
    assert.equal(record?.usage?.estimated, undefined);
  });

  test(`${dialect}: a stream cut anywhere arrives whole`, async () => {
    await using world = await before(undefined, dialect);
    const bytes = new TextEncoder().encode(stream.join(""));
    for (let cut = 1; cut < bytes.length; cut += 13) {
      world.there.answer(sse([bytes.slice(0, cut), bytes.slice(cut)]));
      const response = await world.post(path, {
        model: "asked",
        stream: true,
        stream_options: { include_usage: true },
        messages: [{ role: "user", content: "hi" }],
        input: "hi",
      });
      assert.equal(await response.text(), stream.join(""));
    }
  });
}

test("a Chat client that did not ask for usage does not see it, though the proxy asks for it", async () => {
  const { path, stream } = SPEECH["openai-chat"];
  await using world = await before(sse(stream), "openai-chat");
  const body =
    '{"model":"asked","stream":true,"messages":[{"role":"user","content":"hi"}],"temperature":1.0}';
  const response = await world.post(path, body);
  assert.equal(await response.text(), stream.filter((event) => !event.includes('"choices":[]')).join(""));
  assert.deepEqual(world.there.arrived[0]?.json.stream_options, { include_usage: true });
  assert.match(world.there.arrived[0]?.text ?? "", /"temperature":1\.0/);
  assert.equal((await world.ended(1))[0]?.usage?.output, 2);
});

test("a bidirectional mapping gives the client its own model name back, whole and streamed", async () => {
  for (const dialect of NAMES) {
    const { path, whole, stream } = SPEECH[dialect];
    await using world = await before(json(whole), dialect, MAPPING);
    const body = { model: "asked-1", messages: [{ role: "user", content: "hi" }], input: "hi" };
    assert.equal((await (await world.post(path, body)).json()).model, "asked-1");
    world.there.answer(sse(stream));
    const text = await (await world.post(path, { ...body, stream: true })).text();
    assert.ok(text.includes('"model":"asked-1"'));
    assert.ok(!text.includes('"there"'));
  }
});
