/** Reading server-sent events in tests. */
import assert from "node:assert/strict";

/** Reads server-sent events until one of a name comes. */
export async function nextEvent(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  name: string,
  // deno-lint-ignore no-explicit-any
): Promise<any> {
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const found = new RegExp(`event: ${name}\ndata: (.*)\n\n`).exec(text);
    if (found !== null) return JSON.parse(found[1]!);
    const { done, value } = await reader.read();
    assert.ok(!done, `the events ended without ${name}: ${text}`);
    text += decoder.decode(value, { stream: true });
  }
}
