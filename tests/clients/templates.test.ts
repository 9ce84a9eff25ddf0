import assert from "node:assert/strict";
import { test } from "node:test";
import { template } from "../../src/clients/templates.ts";

/** A spec-kit template with the user's arguments and what only the command's own text holds. */
const specKit = (words: string, own: string) =>
  `## User Input\n\n\`\`\`text\n${words}\n\`\`\`\n\nYou **MUST** consider the user input before proceeding (if not empty).\n\n` +
  `## Outline\n\n1. Call \`.specify/scripts/bash/${own}\` and plan, implement and review.\n`;

const CASES: readonly (readonly [what: string, text: string, name: string, from: string, words: string])[] = [
  [
    "specify",
    specKit("a page of orders", "create-new-feature.sh --json"),
    "specify",
    "spec-kit",
    "a page of orders",
  ],
  ["plan without arguments", specKit("", "setup-plan.sh --json"), "plan", "spec-kit", ""],
  [
    "a placeholder that was not filled",
    specKit("$ARGUMENTS", "setup-plan.sh --json"),
    "plan",
    "spec-kit",
    "",
  ],
  [
    "implement",
    specKit("US2\nand its tests", "check-prerequisites.sh --json --require-tasks"),
    "implement",
    "spec-kit",
    "US2\nand its tests",
  ],
  [
    "analyze, which shares implement's script",
    specKit("", "check-prerequisites.sh --json --require-tasks` and write a `Specification Analysis Report"),
    "analyze",
    "spec-kit",
    "",
  ],
  [
    "tasks",
    specKit("small ones", "check-prerequisites.sh --json` with `tasks-template.md"),
    "tasks",
    "spec-kit",
    "small ones",
  ],
  [
    "an older version without a fence",
    "---\ndescription: Tasks.\n---\n\nYou **MUST** consider it before proceeding (if not empty).\n\nUser input:\n\n" +
    "only the API\n\n1. Call `.specify/scripts/bash/check-prerequisites.sh --json` and read tasks.md.\n",
    "tasks",
    "spec-kit",
    "only the API",
  ],
  [
    "a BMAD workflow",
    "---\nname: 'dev-story'\ndescription: 'Work'\n---\n\nIT IS CRITICAL THAT YOU FOLLOW THESE STEPS:\n\n" +
    '<steps CRITICAL="TRUE">\n1. Always LOAD the FULL @_bmad/core/tasks/workflow.xml\n</steps>\n\nstory 1.4',
    "dev-story",
    "bmad",
    "story 1.4",
  ],
  [
    "a BMAD workflow without front matter",
    "IT IS CRITICAL THAT YOU FOLLOW THIS COMMAND: LOAD the FULL " +
    "@{project-root}/_bmad/bmm/workflows/3-solutioning/create-architecture/workflow.md, READ its entire contents and " +
    "follow its directions exactly!",
    "create-architecture",
    "bmad",
    "",
  ],
  [
    "a BMAD agent",
    "You must fully embody this agent's persona and follow all activation instructions.\n\n" +
    '<agent-activation CRITICAL="TRUE">\n1. LOAD the FULL agent file from {project-root}/_bmad/bmm/agents/architect.md\n' +
    "</agent-activation>\n\nARGUMENTS: the queue",
    "architect",
    "bmad",
    "the queue",
  ],
];
for (const [what, text, name, from, words] of CASES) {
  test(`${what} is the command ${name} with the user's words`, () => {
    assert.deepEqual(template(text), { command: { name, from }, words });
  });
}

test("Copilot's button to fix an error is a command whose words stay", () => {
  const text =
    "For the code present, we get this error:\n```\nx is not a number\n```\nHow can I resolve this?";
  assert.deepEqual(template(text), { command: { name: "fix", from: "copilot" }, words: text });
});

const OWN: readonly string[] = [
  "why does the template say that you **MUST** consider the user input?",
  "It is critical that you follow the style guide when you build the page of orders, please.",
  "---\ntitle: a page\n---\n\nfix the front matter above, it does not show the date of the page",
  "/fix the login page, it does not let me in any more since the last deployment",
];
for (const text of OWN) {
  test(`${JSON.stringify(text.slice(0, 40))} is the user's own text`, () => {
    assert.equal(template(text), undefined);
  });
}
