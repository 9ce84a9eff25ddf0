import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Ledger } from "../../src/ledger/ledger.ts";
import { lastSeq, olderRequests, recentRequests } from "../../src/ledger/recent.ts";
import { anEnd, inFolder, NOON } from "./sample.ts";
import { onEachStore } from "./stores.ts";
import { closing } from "../support/disposable.ts";

onEachStore("the newest requests come first, up to the limit", async (open) => {
  const ledger = await open();
  for (let i = 0; i < 60; i++) ledger.add(anEnd({ id: `r${i}` }));
  assert.deepEqual((await ledger.recent({ limit: 2 })).map(({ id }) => id), ["r59", "r58"]);
  assert.equal((await ledger.recent({})).length, 50);
});

test("following a file that is written gives each request once, in the order of writing", () =>
  inFolder((folder) => {
    const path = join(folder, "ledger.sqlite");
    assert.equal(lastSeq(path), 0);
    using ledger = closing(new Ledger({ path }));
    const add = (...ids: string[]) => {
      for (const id of ids) ledger.add(anEnd({ id }));
      ledger.flush();
    };
    add("before");
    let last = lastSeq(path);
    const seen: string[] = [];
    const look = () => {
      for (const { id, seq } of recentRequests(path, { after: last, limit: 2 })) {
        seen.push(id);
        last = seq!;
      }
    };
    look();
    add("a", "b", "c");
    look();
    look();
    add("d");
    look();
    look();
    assert.deepEqual(seen, ["a", "b", "c", "d"]);
  }));

onEachStore("requests can be filtered by their fields", async (open) => {
  const ledger = await open();
  ledger.add(anEnd({ id: "1", route: "build", client: "codex" }));
  ledger.add(anEnd({ id: "2", model: "llama", provider: "groq", session: "s2" }));
  ledger.add(anEnd({ id: "3", status: 500, failure: "server_error", time: NOON + 5 }));
  const ids = async (query: Parameters<typeof ledger.recent>[0]) =>
    (await ledger.recent(query)).map(({ id }) => id);
  assert.deepEqual(await ids({ route: "build" }), ["1"]);
  assert.deepEqual(await ids({ client: "claude-code" }), ["3", "2"]);
  assert.deepEqual(await ids({ model: "llama" }), ["2"]);
  assert.deepEqual(await ids({ provider: "groq", route: "think" }), ["2"]);
  assert.deepEqual(await ids({ session: "s2" }), ["2"]);
  assert.deepEqual(await ids({ failed: true }), ["3"]);
  assert.deepEqual(await ids({ since: NOON + 1 }), ["3"]);
  assert.deepEqual(await ids({ route: "' OR 1=1 --" }), []);
});

onEachStore("pages go back to the oldest request, none twice", async (open) => {
  const ledger = await open();
  for (let i = 0; i < 25; i++) ledger.add(anEnd({ id: `r${i}` }));
  const seen: string[] = [];
  for (let before: number | undefined, last = false; !last;) {
    const { rows, next } = await ledger.older({ limit: 10, ...(before === undefined ? {} : { before }) });
    seen.push(...rows.map(({ id }) => id));
    last = next === null;
    if (next !== null) before = next;
  }
  assert.deepEqual(seen, Array.from({ length: 25 }, (_, i) => `r${24 - i}`));
});

onEachStore(
  "a page is picked by how requests ended, and by words of their fields and reasons",
  async (open) => {
    const ledger = await open();
    ledger.add(anEnd({ id: "1", route: "build", why: ['"fix" -> build', "100% sure"] }));
    ledger.add(anEnd({ id: "2", status: 500, failure: "server_error" }));
    ledger.add(anEnd({ id: "3", cancelled: true }));
    const ids = async (query: Parameters<typeof ledger.older>[0]) =>
      (await ledger.older(query)).rows.map(({ id }) => id);
    assert.deepEqual(await ids({ status: "failed" }), ["2"]);
    assert.deepEqual(await ids({ status: "cancelled" }), ["3"]);
    assert.deepEqual(await ids({ status: "ok" }), ["1"]);
    assert.deepEqual(await ids({ status: 500 }), ["2"]);
    assert.deepEqual(await ids({ words: ["BUILD", '"fix"'] }), ["1"]);
    assert.deepEqual(await ids({ words: ["0%"] }), ["1"], "a percent sign is a percent sign");
    assert.deepEqual(await ids({ words: ["%"] }), ["1"]);
    assert.deepEqual(await ids({ id: "2" }), ["2"]);
  },
);

test("rows kept elsewhere until they can be written are on the newest page only", () =>
  inFolder((folder) => {
    const ledgerOf = (name: string, ids: readonly number[]) => {
      const path = join(folder, name);
      const ledger = new Ledger({ path });
      for (const id of ids) ledger.add(anEnd({ id: `${id}`, time: NOON + id }));
      ledger.close();
      return path;
    };
    const sources = [ledgerOf("written.sqlite", [1, 2, 3]), ledgerOf("kept.sqlite", [4])];
    const pages: string[] = [];
    for (let before: number | undefined, last = false; !last;) {
      const { rows, next } = olderRequests(sources, {
        limit: 3,
        ...(before === undefined ? {} : { before }),
      });
      pages.push(rows.map(({ id }) => id).join(" "));
      last = next === null;
      if (next !== null) before = next;
    }
    assert.deepEqual(pages, ["4 3 2", "1"]);
  }));
