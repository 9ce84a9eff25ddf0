import assert from "node:assert/strict";
import { test } from "node:test";
import { dialects } from "../../../src/dialects/registry.ts";
import { RawPipe } from "../../../src/dispatch/relay/pipe.ts";
import { errorEvent, spoken } from "../../support/speech.ts";

const { prelude, output } = spoken("openai-responses", "half an answer");
const SHOWN = [": note\n\n", ...prelude, ...output].join("");
const STREAM = new TextEncoder().encode(SHOWN + errorEvent("openai-responses") + ": late\n\n");

test("an error event at which Codex would give up is changed, wherever the bytes are cut", () => {
  for (let cut = 0; cut <= STREAM.length; cut++) {
    const pipe = new RawPipe(dialects["openai-responses"], undefined, (bytes) => bytes);
    let shown = "";
    for (const chunk of [STREAM.subarray(0, cut), STREAM.subarray(cut)]) {
      const out = pipe.error === undefined ? pipe.push(chunk) : undefined;
      if (out !== undefined) shown += typeof out === "string" ? out : new TextDecoder().decode(out);
    }
    assert.equal(shown, SHOWN, `cut at ${cut}`);
    assert.equal(pipe.error?.code, "server_is_overloaded");
    assert.equal(pipe.errorShown, false);
    const told = pipe.fail({
      status: 529,
      class: "overloaded",
      message: "there: busy",
      code: "server_is_overloaded",
    });
    assert.match(told, /"code":"server_error"/);
  }
});

test("any other error event passes through as the provider wrote it", () => {
  for (const name of ["anthropic-messages", "openai-chat"] as const) {
    const pipe = new RawPipe(dialects[name], undefined, (bytes) => bytes);
    const text = [...spoken(name, "half").prelude, ...spoken(name, "half").output, errorEvent(name)].join("");
    const out = pipe.push(new TextEncoder().encode(text));
    assert.equal(new TextDecoder().decode(out as Uint8Array), text);
    assert.equal(pipe.errorShown, true);
  }
});
