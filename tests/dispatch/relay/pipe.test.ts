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

/** All that a client gets of a stream in pieces, and the pipe. */
function piped(name: keyof typeof dialects, pieces: readonly string[]) {
  const pipe = new RawPipe(dialects[name], undefined, (bytes) => bytes);
  let shown = "";
  for (
    const out of [
      ...pieces.map((piece) => () => pipe.push(new TextEncoder().encode(piece))),
      () => pipe.end(),
    ]
  ) {
    const part = out();
    if (part !== undefined) shown += typeof part === "string" ? part : new TextDecoder().decode(part);
  }
  return { shown, pipe };
}

/** The pieces of a text cut at one place, for each place. */
const cuts = (text: string) =>
  Array.from({ length: text.length + 1 }, (_, at) => [text.slice(0, at), text.slice(at)]);

for (const name of ["anthropic-messages", "openai-chat", "openai-responses"] as const) {
  const events = Object.values(spoken(name, "an answer")).flat();
  const whole = events.join("");

  test(`${name}: events without a blank line between them reach the client framed`, () => {
    const together = `${events.map((event) => event.trimEnd()).join("\n")}\n\n`;
    for (const pieces of cuts(together)) {
      const { shown, pipe } = piped(name, pieces);
      assert.equal(shown, whole);
      assert.equal(pipe.state, "ended");
      assert.equal(pipe.error, undefined);
    }
  });

  test(`${name}: names with a blank line before their data reach the client with it`, () => {
    const apart = whole.replace(/^(event: .*)$/gm, "$1\n");
    for (const pieces of cuts(apart)) {
      const { shown, pipe } = piped(name, pieces);
      assert.equal(shown, whole);
      assert.equal(pipe.state, "ended");
    }
  });
}

const LAST = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}';
const FIRST = 'data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}\n\n';

test("a last event without its blank line reaches the client before the end that was missing", () => {
  assert.equal(piped("openai-chat", [FIRST, LAST]).shown, `${FIRST}${LAST}\n\ndata: [DONE]\n\n`);
});

test("a last event that is cut does not reach the client", () => {
  const { shown } = piped("openai-chat", [FIRST, `${LAST}\n\n`, 'data: {"choices":[],"usage":{"prompt_to']);
  assert.equal(shown, `${FIRST}${LAST}\n\ndata: [DONE]\n\n`);
});

test("an error in a field of its own reaches the client as an event", () => {
  const { shown, pipe } = piped("openai-chat", [FIRST, 'error: {"code":500,"message":"slot lost"}\n\n']);
  assert.equal(shown, `${FIRST}data: {"error":{"code":500,"message":"slot lost"}}\n\n`);
  assert.equal(pipe.error?.message, "slot lost");
  assert.equal(pipe.errorShown, true);
});

test("an error on the line after a cut event takes that event's place", () => {
  const error = 'data: {"error":{"message":"lost","type":"server_error"}}';
  const { shown, pipe } = piped("openai-chat", [
    FIRST,
    `data: {"choices":[{"delta":{"content":"ha\n${error}\n\n`,
  ]);
  assert.equal(shown, `${FIRST}${error}\n\n`);
  assert.equal(pipe.error?.message, "lost");
});
