import assert from "node:assert/strict";
import { test } from "node:test";
import { sessionName } from "../../src/model/session.ts";
import { requestFacts } from "../support/request-facts.ts";

const facts = requestFacts({ client: "claude-code", session: "s1", toolCount: 12 });
const by = (agent: string) => ({ ...facts, hints: { subagent: true, agent, agentType: "Explore" } });

test("a request without a session has no name for one", () => {
  assert.equal(sessionName(requestFacts({ client: "curl" }), {}), undefined);
});

test("sessions of two users, clients and ids never meet", () => {
  const names = [
    sessionName(facts, {}),
    sessionName(facts, { clientKey: "key 2" }),
    sessionName({ ...facts, client: "codex" }, {}),
    sessionName({ ...facts, session: "s2" }, {}),
  ];
  assert.equal(new Set(names).size, 4);
});

test("each subagent of a session has a name of its own", () => {
  assert.equal(new Set([facts, by("a1"), by("a2")].map((one) => sessionName(one, {}))).size, 3);
});

test("what a client asks for itself without tools is a conversation of its own", () => {
  const title = sessionName({ ...facts, toolCount: 0 }, { housekeeping: "title" });
  assert.notEqual(title, sessionName(facts, {}));
  assert.equal(sessionName(facts, { housekeeping: "compaction" }), sessionName(facts, {}));
});
