import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isOwn,
  mayReturn,
  Origins,
  refusesSecrets,
  secretsIn,
  SecretWatch,
} from "../../../src/dialects/shared/origins.ts";

const MAKER = { provider: "anthropic", key: "k1", model: "claude-opus-4-8" };
const long = (end: string) => "x".repeat(500) + end;

test("a secret goes back to its provider, model and account, as far as each counts", () => {
  const origins = new Origins();
  origins.saw(long("a"), MAKER);
  const to = (more: object) => ({ ...MAKER, origins, ...more });
  assert.equal(isOwn(to({ model: "other", key: "k2" }), long("a"), "provider"), true);
  assert.equal(isOwn(to({ model: "other" }), long("a"), "model"), false);
  assert.equal(isOwn(to({ key: "client" }), long("a"), "account"), false);
  assert.equal(isOwn(to({ provider: "zai" }), long("a"), "provider"), false);
});

test("what nobody is known to have made is tried, until it was refused", () => {
  const origins = new Origins();
  const target = { ...MAKER, origins };
  assert.equal(isOwn(target, long("b"), "model"), undefined);
  assert.equal(mayReturn(target, long("b"), "model"), true);
  assert.equal(mayReturn({ ...target, unsigned: true }, long("b"), "model"), false);
  origins.refused({ messages: [{ content: [{ type: "thinking", signature: long("b") }] }] }, MAKER);
  assert.equal(mayReturn(target, long("b"), "model"), false);
});

test("a refused body leaves what a provider is known to have made", () => {
  const origins = new Origins();
  origins.saw(long("c"), MAKER);
  origins.refused({ signature: long("c") }, MAKER);
  assert.deepEqual(origins.makerOf(long("c")), MAKER);
});

test("keys of one provider are of one account until one refuses what another made", () => {
  const origins = new Origins();
  origins.saw(long("c"), MAKER);
  const other = { ...MAKER, key: "k2", origins };
  assert.equal(isOwn(other, long("c"), "account"), true);
  origins.refused({ encrypted_content: long("c") }, { ...MAKER, key: "k2" });
  assert.equal(isOwn(other, long("c"), "account"), false);
  assert.equal(isOwn({ ...MAKER, origins }, long("c"), "account"), true);
});

test("a seal's maker counts more than the memory", () => {
  assert.equal(
    mayReturn({ ...MAKER, origins: new Origins() }, "s", "model", { ...MAKER, provider: "zai" }),
    false,
  );
});

test("the oldest are forgotten, and the newest are not", () => {
  const origins = new Origins();
  for (let i = 0; i <= 50_000; i++) origins.saw(`secret ${i}`, MAKER);
  assert.equal(origins.makerOf("secret 0"), undefined);
  assert.equal(origins.makerOf("secret 50000"), MAKER);
});

test("secrets are found in every dialect's bodies and answers", () => {
  const found = [...secretsIn({
    content: [
      { type: "thinking", thinking: "hm", signature: "s1" },
      { type: "redacted_thinking", data: "s2" },
      { type: "server_tool_use", id: "srvtoolu_1", input: {} },
      { type: "tool_use", id: "toolu_1" },
      { type: "image", source: { data: "no secret" } },
    ],
    output: [{ type: "reasoning", encrypted_content: "s3" }],
    reasoning_details: [{ type: "reasoning.encrypted", data: "s4" }, {
      type: "reasoning.text",
      signature: "",
    }],
    tool_calls: [{ extra_content: { google: { thought_signature: "s5" } } }],
  })];
  assert.deepEqual(found, ["s1", "s2", "srvtoolu_1", "s3", "s4", "s5"]);
});

test("a signature that comes in pieces is remembered whole", () => {
  const origins = new Origins();
  const watch = new SecretWatch(origins, MAKER);
  for (const signature of ["Eq", "QB", "cd"]) {
    watch.see(
      JSON.stringify({
        type: "content_block_delta",
        index: 2,
        delta: { type: "signature_delta", signature },
      }),
    );
  }
  watch.see('{"delta":{"type":"text_delta","text":"the \\"signature\\""}}');
  assert.deepEqual(origins.makerOf("EqQBcd"), MAKER);
});

test("a refusal for a signature is distinguished from others", () => {
  const refused = (message: string, code?: string) =>
    refusesSecrets({ class: "bad_request", message, ...(code === undefined ? {} : { code }) });
  assert.ok(refused("messages.1.content.0: Invalid `signature` in `thinking` block"));
  assert.ok(
    refused("The encrypted content for item rs_1 could not be verified.", "invalid_encrypted_content"),
  );
  assert.ok(refused("Corrupted thought signature."));
  assert.ok(!refused("max_tokens is too large"));
  assert.ok(!refusesSecrets({ class: "rate_limited", message: "signature" }));
});

test("secrets are found however deep a body is", () => {
  let body: unknown = { type: "thinking", signature: "deep" };
  for (let depth = 0; depth < 50_000; depth++) body = { content: [body] };
  assert.deepEqual([...secretsIn(body)], ["deep"]);
});
