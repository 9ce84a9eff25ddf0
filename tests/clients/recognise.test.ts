import assert from "node:assert/strict";
import { test } from "node:test";
import { clientFacts, clientName } from "../../src/clients/recognise.ts";
import type { HeaderMap } from "../../src/model/request-facts.ts";
import type { Json } from "../../src/model/json.ts";

const AGENTS: readonly (readonly [agent: string, client: string])[] = [
  ["claude-cli/2.1.330 (external, sdk-cli)", "claude-code"],
  ["claude-code/2.1.330", "claude-code"],
  ["codex_cli_rs/0.169.0 (Debian 12.0.0; x86_64)", "codex"],
  ["opencode/1.18.33 ai-sdk/provider-utils/4.0.46 runtime/bun/1.3.14", "opencode"],
  ["ai/7.0.173 ai-sdk-provider-utils/5.0.81 node.js/24", "ai-sdk"],
  ["ai-sdk-anthropic/4.0.105 ai-sdk-provider-utils/5.0.81", "ai-sdk"],
  ["Anthropic/JS 1.12.0", "anthropic-sdk"],
  ["AsyncAnthropic/Python 0.80.0", "anthropic-sdk"],
  ["OpenAI/JS 7.57.0", "openai-sdk"],
  ["AsyncOpenAI/Python 2.9.0", "openai-sdk"],
  ["curl/8.5.0", "curl"],
  ["Mozilla/5.0", "unknown"],
  ["", "unknown"],
];
for (const [agent, client] of AGENTS) {
  test(`${agent || "no user agent"} is ${client}`, () => {
    assert.equal(clientName({ "user-agent": agent }, []), client);
  });
}

test("an application that names itself is known behind any SDK", () => {
  assert.equal(clientName({ "user-agent": "OpenAI/JS 5.0.0", "x-title": "Roo Code" }, []), "roo-code");
});

test("OpenClaw is known by its system prompt, whichever SDK it calls through", () => {
  const system = ["You are a personal assistant running inside OpenClaw.\n…"];
  assert.equal(clientName({ "user-agent": "OpenAI/JS 7.15.0" }, system), "openclaw");
  assert.equal(clientName({ "user-agent": "undici" }, ["<!-- openclaw:attempt:STABLE -->\n…"]), "openclaw");
});

const facts = (headers: HeaderMap, body: Json = {}, system: string[] = []) =>
  clientFacts(body, headers, system, []);

test("Claude Code's session is in a header, or in the user id as JSON or as a name", () => {
  const agent = { "user-agent": "claude-cli/2.1.330" };
  assert.equal(facts({ ...agent, "x-claude-code-session-id": "s1" }).session, "s1");
  assert.equal(facts(agent, { metadata: { user_id: '{"session_id":"s2"}' } }).session, "s2");
  assert.equal(facts(agent, { metadata: { user_id: "user_ab_account__session_s3" } }).session, "s3");
  assert.equal(facts(agent, { metadata: { user_id: "somebody" } }).session, undefined);
});

test("Claude Code's subagents are recognised by a header or by the billing line", () => {
  const agent = { "user-agent": "claude-cli/2.1.330" };
  assert.equal(facts({ ...agent, "x-claude-code-agent-id": "a1" }).hints.subagent, true);
  assert.equal(facts(agent, {}, ["x-anthropic-billing-header: cc_is_subagent=true;"]).hints.subagent, true);
  assert.equal(
    facts(agent, {}, ["x-anthropic-billing-header: cc_entrypoint=cli;"]).hints.subagent,
    undefined,
  );
});

const turn = (metadata: Json) => facts({ "x-codex-turn-metadata": JSON.stringify(metadata) });
const CODEX: readonly (readonly [metadata: Json, hints: Json])[] = [
  [{ request_kind: "turn", thread_source: "user" }, { kind: "turn", threadSource: "user" }],
  [{ request_kind: "compaction", thread_source: "user" }, {
    kind: "compaction",
    threadSource: "user",
  }],
  [{ request_kind: "prewarm" }, { kind: "prewarm" }],
  [{ request_kind: "turn", thread_source: "thread_title" }, {
    kind: "title",
    threadSource: "thread_title",
  }],
  [{ request_kind: "turn", thread_source: "subagent", parent_thread_id: "p1" }, {
    kind: "turn",
    subagent: true,
    threadSource: "subagent",
    parent: "p1",
  }],
  [{ request_kind: "turn", thread_source: "subagent", subagent_kind: "memory_consolidation" }, {
    kind: "memory",
    subagent: true,
    threadSource: "subagent",
  }],
  [{ request_kind: "constructor" }, {}],
];
for (const [metadata, hints] of CODEX) {
  test(`Codex's ${JSON.stringify(metadata)} means ${JSON.stringify(hints)}`, () => {
    assert.deepEqual(turn(metadata).hints, hints);
  });
}

test("Codex's metadata are read from the body where a gateway dropped the header", () => {
  const body = {
    client_metadata: { "x-codex-turn-metadata": '{"request_kind":"compaction","session_id":"s1"}' },
  };
  assert.deepEqual(facts({ originator: "codex_exec" }, body), {
    client: "codex",
    session: "s1",
    hints: { kind: "compaction" },
  });
  assert.equal(facts({ originator: "codex_exec" }, { prompt_cache_key: "k" }).session, "k");
});

test("opencode's session is in a header, and a parent makes it a subagent's", () => {
  const agent = { "user-agent": "opencode/1.18.33", "x-session-id": "ses_1" };
  assert.deepEqual(facts(agent), { client: "opencode", session: "ses_1", hints: {} });
  assert.equal(facts({ ...agent, "x-parent-session-id": "ses_0" }).hints.subagent, true);
});

test("Claude Code's hint headers say what a request is, and unknown values are dropped", () => {
  const agent = { "user-agent": "claude-cli/2.1.330", "x-claude-code-session-id": "s1" };
  const hints = (set: HeaderMap) => facts({ ...agent, ...set }).hints;
  assert.deepEqual(
    hints({
      "x-claude-code-request-class": "subagent",
      "x-claude-code-agent-type": "Explore",
      "x-claude-code-prompt-id": "p1",
      "x-claude-code-parent-agent-id": "a1",
    }),
    { subagent: true, requestClass: "subagent", agentType: "Explore", promptId: "p1", parent: "a1" },
  );
  assert.deepEqual(
    hints({ "x-claude-code-request-class": "compaction" }),
    { kind: "compaction", requestClass: "compaction" },
  );
  assert.deepEqual(hints({ "x-claude-code-request-class": "main" }), { requestClass: "main" });
  assert.deepEqual(
    hints({
      "x-claude-code-request-class": "poetry",
      "x-claude-code-compaction": "",
      "x-claude-code-prompt-id": "",
    }),
    {},
  );
  assert.deepEqual(hints({ "x-claude-code-agent-type": "x".repeat(300) }), {});
});
