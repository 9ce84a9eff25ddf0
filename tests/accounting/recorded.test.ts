import assert from "node:assert/strict";
import { test } from "node:test";
import { DIALECTS } from "../support/speech.ts";
import { isComplete, playing, recordings } from "./recordings.ts";
import { reported } from "./reported.ts";
import { ask, assertAccounted, priced, row } from "./world.ts";

const ALL = recordings();

test("there are recorded answers of every dialect, whole and streamed", () => {
  for (const dialect of DIALECTS) {
    for (const streamed of [false, true]) {
      const some = ALL.filter((one) => one.dialect === dialect && one.streamed === streamed);
      assert.ok(some.filter(isComplete).length >= 4, `${dialect}, ${streamed ? "streamed" : "whole"}`);
    }
  }
});

for (const recording of ALL.filter(isComplete)) {
  const { name, dialect, streamed, events } = recording;
  for (const client of DIALECTS) {
    for (const stream of [false, true]) {
      const how = `${streamed ? "streamed" : "whole"}, to a ${stream ? "streaming " : ""}${client} client`;
      test(`${name} (${how}): the ledger has the provider's tokens, and their price`, async () => {
        const tokens = reported(dialect, events);
        assert.ok(tokens !== undefined, "the recording reports its tokens");
        await using world = await priced(dialect, playing(recording));
        const response = await ask(world, client, stream);
        assert.equal(response.status, 200, await response.clone().text());
        const found = await row(world);
        assertAccounted(found, tokens);
        assert.equal(found.failed, false);
        assert.equal(found.client_dialect, client);
        assert.equal(found.provider_dialect, dialect);
        assert.equal(found.stream, stream);
      });
    }
  }
}
