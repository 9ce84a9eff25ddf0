import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuiltinDialect } from "../../src/dialects/registry.ts";
import type { Json } from "../../src/model/json.ts";
import type { Answer } from "../support/provider.ts";
import { DIALECTS, PATHS, request, spoken, written } from "../support/speech.ts";
import { isComplete, playing, recordings } from "./recordings.ts";
import { reported } from "./reported.ts";
import { ask, assertAccounted, assertCosts, priced, row } from "./world.ts";

/** Long enough that its estimate is more than any count that stands at a stream's beginning. */
const TEXT = "What came is counted, whatever became of the rest. ".repeat(40);
const HALF = TEXT.length >> 1;

const SSE = { "content-type": "text/event-stream" };

/** Says the first half of the text, then does what `then` does with the connection. */
const halfOf = (dialect: BuiltinDialect, then: "ends" | "stays" | "resets"): Answer => (_arrived, res) => {
  const { prelude, output } = spoken(dialect, TEXT);
  res.writeHead(200, SSE);
  for (const event of [...prelude, output[0] ?? ""]) res.write(event);
  if (then === "ends") res.end();
  else if (then === "resets") res.write("", () => setTimeout(() => res.destroy(), 5));
};

const PAIRS = DIALECTS.flatMap((client) => DIALECTS.map((provider) => [client, provider] as const));

for (const [client, provider] of PAIRS) {
  for (const then of ["ends", "resets"] as const) {
    test(`a stream that ${then} in its middle counts what came (${provider} to ${client})`, async () => {
      await using world = await priced(provider, halfOf(provider, then));
      await ask(world, client, true);
      const found = await row(world);
      assert.equal(found.estimated, true);
      assert.equal(found.failed, true);
      const { tokens } = found;
      assert.ok(tokens !== null);
      const guess = HALF / 4;
      assert.ok(
        Math.abs(tokens.output - guess) <= guess * 0.1,
        `${tokens.output} tokens for ${HALF} characters`,
      );
      // Anthropic tells the input at the beginning; the others have not told it yet.
      if (provider === "anthropic-messages") assert.equal(tokens.input, 7);
      else assert.ok(tokens.input > 0);
      assertCosts(found.cost_usd, tokens);
    });
  }

  test(`a stream whose client hangs up counts what came (${provider} to ${client})`, async () => {
    await using world = await priced(provider, halfOf(provider, "stays"));
    const hangUp = new AbortController();
    const response = await world.post(PATHS[client], request(client, true), {}, hangUp.signal);
    await response.body?.getReader().read();
    hangUp.abort();
    const found = await row(world);
    assert.deepEqual([found.cancelled, found.failed, found.estimated], [true, false, true]);
    assert.ok(found.tokens !== null && found.tokens.output >= HALF / 4 * 0.9);
    assertCosts(found.cost_usd, found.tokens);
  });

  test(`the first words are shown long before the tokens are known (${provider} to ${client})`, async () => {
    let goOn = () => {};
    const shown = new Promise<void>((resolve) => goOn = resolve);
    const { prelude, output, end } = spoken(provider, TEXT);
    const answer: Answer = async (_arrived, res) => {
      res.writeHead(200, SSE);
      for (const event of [...prelude, output[0] ?? ""]) res.write(event);
      await shown;
      for (const event of [...output.slice(1), ...end]) res.write(event);
      res.end();
    };
    await using world = await priced(provider, answer);
    const response = await world.ask(client, "hi", { stream: true });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    assert.ok(reader !== undefined);
    let text = "";
    while (!text.includes("What came is counted")) text += (await reader.read()).value ?? assert.fail(text);
    assert.equal(world.records.length, 0, "the request is not over");
    goOn();
    for (let read = await reader.read(); !read.done; read = await reader.read()) text += read.value;
    assertAccounted(await row(world), { input: 7, cache_read: 0, cache_write: 0, output: 5, reasoning: 0 });
  });

  for (const stream of [false, true]) {
    const how = `${stream ? "streamed " : ""}${provider} to ${client}`;
    test(`an answer without usage is estimated, and marked (${how})`, async () => {
      await using world = await priced(provider, silent(provider, stream));
      assert.equal((await ask(world, client, stream)).status, 200);
      const found = await row(world);
      assert.deepEqual([found.estimated, found.failed], [true, false]);
      const { tokens } = found;
      assert.ok(tokens !== null && tokens.input > 0);
      const guess = TEXT.length / 4;
      assert.ok(
        Math.abs(tokens.output - guess) <= guess * 0.1,
        `${tokens.output}, expected about ${guess}`,
      );
      assertCosts(found.cost_usd, tokens);
    });
  }
}

/** A good answer that says nothing of tokens. */
function silent(dialect: BuiltinDialect, stream: boolean): Answer {
  const events = stream ? eventsOf(dialect) : [written(dialect, TEXT)];
  const without = events.map((event) =>
    JSON.parse(JSON.stringify(event, (key, value) => key === "usage" ? undefined : value))
  ).filter(({ choices }) => choices?.length !== 0);
  return playing({ dialect, streamed: stream, events: without });
}

function eventsOf(dialect: BuiltinDialect): Json[] {
  const { prelude, output, end } = spoken(dialect, TEXT);
  return [...[...prelude, ...output, ...end].join("").matchAll(/^data: (\{.*)$/gm)].map(([, data = ""]) =>
    JSON.parse(data)
  );
}

for (const recording of recordings().filter((one) => !isComplete(one))) {
  const { name, dialect, streamed, events } = recording;
  for (const client of DIALECTS) {
    test(`${name} (${streamed ? "streamed" : "whole"}, to ${client}): a failure costs what arrived, and no more`, async () => {
      await using world = await priced(dialect, playing(recording));
      const response = await ask(world, client, streamed);
      const found = await row(world);
      assert.equal(found.failed, true);
      if (response.status !== 200) {
        // Nothing was shown: it costs nothing, and is booked to who failed.
        assert.deepEqual([found.tokens, found.cost_usd, found.provider], [null, 0, "recorded"]);
        return;
      }
      const tokens = reported(dialect, events);
      assert.ok(tokens !== undefined && found.tokens !== null);
      assert.equal(found.estimated, true);
      assert.deepEqual({ ...found.tokens, output: 0 }, { ...tokens, output: 0 });
      assert.ok(found.tokens.output >= tokens.output);
      assertCosts(found.cost_usd, found.tokens);
    });
  }
}
