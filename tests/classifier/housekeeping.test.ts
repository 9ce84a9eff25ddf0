import assert from "node:assert/strict";
import { test } from "node:test";
import type { HousekeepingPattern } from "../../src/clients/agent.ts";
import { HOUSEKEEPING_PATTERNS } from "../../src/clients/agents.ts";
import { housekeeping } from "../../src/classifier/housekeeping.ts";
import type { RequestFacts } from "../../src/model/request-facts.ts";
import { assistant, requestFacts, user } from "../support/request-facts.ts";

/** A request of which everything that the pattern names holds, with this beginning of its prompt or system text. */
function requestLike(pattern: HousekeepingPattern, prompt = "Go.", system?: string): RequestFacts {
  const messages = [user(pattern.wholePrompt ?? prompt)];
  if (pattern.firstUser !== undefined) messages.unshift(user(pattern.firstUser));
  return requestFacts({
    client: pattern.client ?? "unknown",
    model: pattern.model ?? "auto",
    toolCount: pattern.tools ?? 3,
    serverTools: pattern.serverTool === undefined ? [] : [pattern.serverTool],
    outputKeys: pattern.outputKey === undefined ? [] : [pattern.outputKey],
    maxOutputTokens: pattern.maxOutput,
    system: ["You are Claude Code.", system ?? "Help."],
    messages,
  });
}

for (const pattern of HOUSEKEEPING_PATTERNS) {
  const prompts = pattern.prompt ?? [undefined];
  for (const prompt of prompts) {
    for (const system of pattern.system ?? [undefined]) {
      const sign = prompt ?? system ?? pattern.wholePrompt ?? pattern.firstUser ?? pattern.outputKey ??
        pattern.serverTool ?? pattern.model;
      test(`${pattern.why} is recognised by ${JSON.stringify(sign)}`, () => {
        const facts = requestLike(
          pattern,
          prompt && `${prompt} and so on`,
          system && `\n${system} and so on`,
        );
        assert.equal(housekeeping(facts), pattern.why);
      });
    }
  }
}

test("what the client's metadata says goes before every pattern", () => {
  const title = { system: ["You are a title generator"], messages: [user("plan the archive")] };
  assert.equal(housekeeping(requestFacts(title)), "title");
  assert.equal(housekeeping(requestFacts({ ...title, hints: { kind: "turn" } })), undefined);
  for (const kind of ["compaction", "title", "helper", "prewarm", "memory"] as const) {
    assert.equal(housekeeping(requestFacts({ hints: { kind }, messages: [user("plan")] })), kind);
  }
});

const USERS_WORK: readonly (readonly [what: string, facts: Partial<RequestFacts>])[] = [
  ["a user who asks for a title", { messages: [user("write a title for the page about plans")] }],
  ["a user who writes of compaction", {
    messages: [user("why does it say CRITICAL: Respond with TEXT ONLY?")],
  }],
  ["a user's own schema with a title", {
    outputKeys: ["title"],
    messages: [user("a book")],
  }],
  ["a user's forced web search", {
    toolCount: 1,
    serverTools: ["web_search"],
    forcedServerTool: "web_search",
    messages: [user("newest release?")],
  }],
  ["Claude Code on the small model with its tools", {
    client: "claude-code",
    model: "claude-haiku-4-5",
    toolCount: 12,
    messages: [user("plan the archive")],
  }],
  ["another client on the small model", { model: "claude-haiku-4-5", messages: [user("plan the archive")] }],
  ["an agent whose tools have a title prompt", {
    toolCount: 5,
    system: ["You are a title generator"],
    messages: [user("go")],
  }],
  ["an earlier compaction in the history", {
    client: "claude-code",
    toolCount: 5,
    messages: [
      user("CRITICAL: Respond with TEXT ONLY. Do NOT call any tools."),
      assistant("Done."),
      user("go on"),
    ],
  }],
  ["the word quota", {
    client: "claude-code",
    toolCount: 5,
    messages: [user("quota")],
    maxOutputTokens: 64000,
  }],
];
for (const [what, facts] of USERS_WORK) {
  test(`${what} is not housekeeping`, () => assert.equal(housekeeping(requestFacts(facts)), undefined));
}
