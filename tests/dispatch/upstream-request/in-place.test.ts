import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuiltinDialect } from "../../../src/dialects/registry.ts";
import { json, sse } from "../../support/provider.ts";
import { PATHS, written } from "../../support/speech.ts";
import { proxyWith } from "../../support/world.ts";

interface Case {
  readonly name: string;
  readonly dialect: BuiltinDialect;
  /** `provider,model` */
  readonly target: string;
  readonly sent: string;
  readonly arrives: string;
  readonly dropped?: string;
}

const CASES: readonly Case[] = [
  {
    name: "a role",
    dialect: "openai-chat",
    target: "deepseek,M",
    sent:
      '{"model":"x","odd":1.0e+2,"messages":[{"role":"developer","content":"\\u0061"},{"role":"user", "content":"b"}]}',
    arrives:
      '{"model":"M","odd":1.0e+2,"messages":[{"role":"system","content":"\\u0061"},{"role":"user", "content":"b"}]}',
  },
  {
    name: "a limit and OpenAI's fields",
    dialect: "openai-chat",
    target: "mistral,M",
    sent:
      '{"model":"x", "store":true,"max_completion_tokens":9,"seed":4,"prompt_cache_key":"k", "messages":[{"role":"user","content":"b"}]}',
    arrives: '{"random_seed":4,"max_tokens":9,"model":"M", "messages":[{"role":"user","content":"b"}]}',
    dropped: "store, prompt_cache_key",
  },
  {
    name: "earlier reasoning",
    dialect: "openai-chat",
    target: "groq,M",
    sent:
      '{"model":"x","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","reasoning_content":"h"},{"role":"user","content":"c","n":1.0}]}',
    arrives:
      '{"model":"M","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}]}',
    dropped: "earlier_reasoning, n",
  },
  {
    name: "keywords of a schema",
    dialect: "openai-chat",
    target: "google,M",
    sent:
      '{"model":"x","tools":[{"type":"function","function":{"name":"f","parameters":{"$schema":"s","type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}}}],"messages":[{"role":"user","content":1.50}]}',
    arrives:
      '{"model":"M","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"string"}}}}}],"messages":[{"role":"user","content":1.50}]}',
  },
  {
    name: "the billing block",
    dialect: "anthropic-messages",
    target: "zai,M",
    sent:
      '{"model":"x","max_tokens":9,"system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=1;"}, {"type":"text","text":"Be brief."}],"messages":[{"role":"user","content":"a"}]}',
    arrives:
      '{"model":"M","max_tokens":9,"system":[{"type":"text","text":"Be brief."}],"messages":[{"role":"user","content":"a"}]}',
  },
  {
    name: "the billing block, at Anthropic",
    dialect: "anthropic-messages",
    target: "anthropic,claude-opus-4-8",
    sent:
      '{"model":"x","max_tokens":9,"system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=1;"}],"messages":[{"role":"user","content":"a"}]}',
    arrives:
      '{"model":"claude-opus-4-8","max_tokens":9,"system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=1;"}],"messages":[{"role":"user","content":"a"}]}',
  },
  {
    name: "a later system message",
    dialect: "anthropic-messages",
    target: "ollama,M",
    sent:
      '{"model":"x","max_tokens":9,"messages":[{"role":"user","content":"a"}, {"role":"system","content":"b"}]}',
    arrives:
      '{"model":"M","max_tokens":9,"messages":[{"role":"user","content":"a"}, {"role":"user","content":"<system-reminder>\\nb\\n</system-reminder>"}]}',
  },
  {
    name: "an effort, an image's detail and a role",
    dialect: "openai-responses",
    target: "vllm,M",
    sent:
      '{"model":"x","reasoning":{"effort":"xhigh"},"input":[{"role":"developer","content":"a"},{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,AA==","detail":"original"}]}]}',
    arrives:
      '{"model":"M","reasoning":{"effort":"high"},"input":[{"role":"system","content":"a"},{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,AA==","detail":"auto"}]}]}',
    dropped: "reasoning_effort",
  },
];

const EVENTS: Readonly<Record<BuiltinDialect, readonly string[]>> = {
  "anthropic-messages": [
    'event: message_start\ndata: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"M","content":[],"usage":{"input_tokens":1,"output_tokens":1}}}\n\n',
    'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"ok"}}\n\n',
    'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n',
    'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}\n\n',
    'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  ],
  "openai-chat": [
    'data: {"id":"c","choices":[{"index":0,"delta":{"content":"ok"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}\n\n',
    "data: [DONE]\n\n",
  ],
  "openai-responses": [
    'event: response.created\ndata: {"type":"response.created","response":{"id":"r","status":"in_progress","output":[]}}\n\n',
    'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","item_id":"m","output_index":0,"content_index":0,"delta":"ok"}\n\n',
    'event: response.completed\ndata: {"type":"response.completed","response":{"id":"r","status":"completed","output":[],"usage":{"input_tokens":1,"output_tokens":1}}}\n\n',
  ],
};

for (const { name: what, dialect, target, sent, arrives, dropped } of CASES) {
  for (const stream of [false, true]) {
    test(`${what} for ${target}: nothing else changes, ${stream ? "streamed" : "whole"}`, async () => {
      const [name = ""] = target.split(",");
      await using world = await proxyWith({
        [name]: { answer: stream ? sse(EVENTS[dialect]) : json(written(dialect, "ok")), path: "" },
      }, { dialect, router: `default = "${target}"` });
      const on = (text: string) => stream ? text.replace(/"model":"[^"]*"/, '$&,"stream":true') : text;
      const response = await world.post(PATHS[dialect], on(sent), { "x-title": "yes" });
      await response.text();
      assert.equal(response.status, 200);
      const [arrived] = world.fakes[name]!.arrived;
      const text = arrived?.text.replace('"stream_options":{"include_usage":true},', "");
      assert.equal(text, on(arrives));
      assert.equal(arrived?.headers["x-title"], "yes");
      assert.equal(response.headers.get("x-translation-dropped"), dropped ?? null);
    });
  }
}

test("the billing block reaches no provider of another dialect", async () => {
  await using world = await proxyWith({
    groq: { answer: json(written("openai-chat", "ok")), path: "" },
  }, { dialect: "openai-chat", router: 'default = "groq,M"' });
  const text = (words: string) => ({ type: "text", text: words });
  const system = [text("x-anthropic-billing-header: cc_version=1;"), text("Be brief.")];
  const messages = [{ role: "user", content: "a" }];
  await (await world.post("/v1/messages", { model: "x", max_tokens: 9, system, messages })).text();
  assert.deepEqual(world.groq.arrived[0]?.json.messages[0], { role: "system", content: "Be brief." });
});
