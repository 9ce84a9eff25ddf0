/** What Anthropic demands of a request. */
import assert from "node:assert/strict";
import type { Json } from "../../../src/model/json.ts";

/** The rules that Anthropic refuses a request for. */
export function assertTakes(body: Json): void {
  assert.ok(body.max_tokens > 0);
  assert.equal(body.messages[0].role, "user");
  let before = "";
  let open: string[] = [];
  const ids = new Set<string>();
  for (const { role, content } of body.messages) {
    assert.notEqual(role, before, "turns alternate");
    if (role === "system") assert.equal(before, "user");
    before = role;
    assert.ok(content.length > 0);
    const results = content.filter(({ type }: { type: string }) => type === "tool_result");
    assert.deepEqual(
      results.map(({ tool_use_id }: { tool_use_id: string }) => tool_use_id).sort(),
      open.sort(),
    );
    assert.deepEqual(content.slice(0, results.length), results, "results come first");
    open = [];
    for (const block of content) {
      if (block.type === "text") assert.match(block.text, /\S/);
      if (block.type === "thinking") assert.ok(block.signature);
      if (block.type !== "tool_use") continue;
      assert.match(block.id, /^[a-zA-Z0-9_-]+$/);
      assert.match(block.name, /^[a-zA-Z0-9_-]{1,64}$/);
      assert.ok(!ids.has(block.id));
      ids.add(block.id);
      open.push(block.id);
    }
  }
  assert.deepEqual(open, [], "every call has its result");
}
