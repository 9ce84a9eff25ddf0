import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, json } from "../../support/provider.ts";
import { proxyWith } from "../../support/world.ts";

const TOOLS = [
  { type: "custom", name: "apply_patch", description: "Edits files", format: { type: "text" } },
  {
    type: "namespace",
    name: "files",
    tools: [{ type: "function", name: "read", parameters: { type: "object", properties: {} } }],
  },
  { type: "web_search" },
  { type: "function", name: "exec", parameters: { type: "object", properties: {} } },
];

const groq = (model: string, answer?: Answer) =>
  proxyWith({ groq: { path: "/openai/v1", ...(answer && { answer }) } }, {
    dialect: "openai-responses",
    router: `default = "groq,${model}"`,
  });

test("Codex's own tools reach a copy of the Responses API as functions, and calls come back", async () => {
  await using world = await groq("openai/gpt-oss-120b", (arrived, res) => {
    const names: string[] = arrived.json.tools.map((tool: { name: string }) => tool.name);
    const patch = names.find((name) => name.includes("apply_patch"));
    return json({
      id: "resp_1",
      object: "response",
      status: "completed",
      model: "m",
      output: [{
        type: "function_call",
        id: "fc_1",
        call_id: "call_1",
        name: patch,
        arguments: JSON.stringify({ input: "*** Begin Patch" }),
        status: "completed",
      }],
      usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
    })(arrived, res);
  });
  const response = await world.post("/v1/responses", { model: "auto", input: "edit it", tools: TOOLS });
  assert.equal(response.status, 200);
  const [arrived] = world.groq.arrived;
  assert.ok(arrived?.json.tools.every((tool: { type: string }) => tool.type === "function"));
  assert.match(response.headers.get("x-translation-dropped") ?? "", /web_search/);
  const [call] = (await response.json()).output;
  assert.equal(call.type, "custom_tool_call");
  assert.equal(call.name, "apply_patch");
  assert.equal(call.input, "*** Begin Patch");
  assert.equal(call.call_id, "call_1");
});

test("a body without such tools passes to the same provider byte for byte", async () => {
  await using world = await groq("m");
  const body = `{"model":"auto",  "input":"hi","tools":${JSON.stringify(TOOLS.slice(3))},"x":1.0}`;
  await (await world.post("/v1/responses", body)).text();
  assert.equal(world.groq.arrived[0]?.text, body.replace('"auto"', '"m"'));
});
