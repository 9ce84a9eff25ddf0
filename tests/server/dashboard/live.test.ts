import assert from "node:assert/strict";
import { test } from "node:test";
import { Live } from "../../../src/server/dashboard/live.ts";
import { anEnd } from "../../ledger/sample.ts";
import { nextEvent } from "../../support/events.ts";
import { closing } from "../../support/disposable.ts";

test("a listener that reads nothing is disconnected, and the others receive more", async () => {
  const live = new Live({ state: () => "{}", gatherMs: 0 });
  live.listen(() => true);
  const reader = live.listen(() => true)!.getReader();
  await nextEvent(reader, "state");
  assert.equal(live.listeners, 2);
  for (let i = 0; i < 100; i++) {
    live.add(anEnd({ id: `req_${i}` }));
    const { rows } = await nextEvent(reader, "requests");
    assert.equal(rows[0].id, `req_${i}`);
  }
  assert.equal(live.listeners, 1);
  live.close();
  assert.ok((await reader.read()).done);
});

test("when more requests end than a page can show, the event says how many it skips", async () => {
  using live = closing(new Live({ state: () => "{}", gatherMs: 0 }));
  const reader = live.listen(() => true)!.getReader();
  for (let i = 0; i < 80; i++) live.add(anEnd({ id: `req_${i}` }));
  const { rows, skipped } = await nextEvent(reader, "requests");
  assert.equal(rows.length + skipped, 80);
  assert.equal(rows.at(-1).id, "req_79");
});

test("a page sees what ends in another worker while it asks for it, and nothing is sent before", async () => {
  let sent = 0;
  using here = closing(new Live({ state: () => "{}", gatherMs: 0 }));
  const elsewhere = new Live({
    state: () => "{}",
    gatherMs: 0,
    others: (batch) => {
      sent++;
      here.take(batch);
    },
  });
  elsewhere.add(anEnd({ id: "unseen" }));
  const reader = here.listen(() => true)!.getReader();
  elsewhere.feed();
  elsewhere.add(anEnd({ id: "seen" }));
  const { rows } = await nextEvent(reader, "requests");
  assert.equal(rows[0].id, "seen");
  assert.equal(sent, 1);
  assert.equal(here.ended, 1);
});
