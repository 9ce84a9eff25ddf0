import { test } from "node:test";
import assert from "node:assert/strict";
import { projectOf } from "../../src/clients/project.ts";
import { requestFacts } from "../support/request-facts.ts";

test("a client's working folder is read from its system prompt or its first messages", () => {
  const system = (text: string) => projectOf(requestFacts({ system: ["You help.", text] }));
  assert.equal(
    system(" - Primary working directory: /home/dev/shop\n - Is a git repository: true"),
    "/home/dev/shop",
  );
  assert.equal(system("<env>\n  Working directory: /home/dev/my shop\n</env>"), "/home/dev/my shop");
  assert.equal(system("# Current Workspace Directory (C:\\work\\shop) Files"), "C:\\work\\shop");
  const messages = [{ role: "user" as const, texts: ["<environment_context>\n  <cwd>/work/api</cwd>\n"] }];
  assert.equal(projectOf(requestFacts({ messages })), "/work/api");
});

test("a request that names no folder has no project", () => {
  assert.equal(projectOf(requestFacts({ system: ["The working directory: is not named"] })), undefined);
  const messages = [{ role: "assistant" as const, texts: ["Working directory: /tmp/x"] }];
  assert.equal(projectOf(requestFacts({ messages })), undefined);
});
