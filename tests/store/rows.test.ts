import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { toRow } from "../../src/ledger/row.ts";
import { lineOf, lineOfRow, uuidOf } from "../../src/store/rows.ts";
import { anEnd } from "../ledger/sample.ts";

const UID = "00000000-0000-4000-8000-000000000000";

test("a request is one line with every column of the ledger, its id and its label's digest", () => {
  const end = anEnd({ modelAsked: "größe", why: ["erste\nzweite"] });
  const line = lineOf(UID, end);
  assert.ok(!line.includes("\n"));
  const { uid, hash, ...row } = JSON.parse(line);
  assert.equal(uid, UID);
  assert.match(hash, /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.deepEqual(row, JSON.parse(JSON.stringify(toRow(end))));
});

test("requests of one label have one digest, and each other label has another", () => {
  const hashOf = (changes: Parameters<typeof anEnd>[0]) => JSON.parse(lineOf(UID, anEnd(changes))).hash;
  assert.equal(hashOf({ id: "a", time: 1 }), hashOf({ id: "b", time: 2 }));
  const others = [{ model: "other" }, { provider: "other" }, { route: "build" }, { client: "codex" }];
  assert.equal(new Set([...others, {}].map(hashOf)).size, others.length + 1);
});

test("what PostgreSQL cannot hold is replaced, in texts and in JSON within them", () => {
  const row = { ...toRow(anEnd()), model_asked: "a\0b\ud800c", why: '["a\\u0000b\\uDFFFc\\u00e9"]' };
  const { model_asked, why } = JSON.parse(lineOfRow(UID, row));
  assert.equal(model_asked, "a\ufffdb\ufffdc");
  assert.deepEqual(JSON.parse(why), ["a\ufffdb\ufffdcé"]);
});

test("a line of any text is JSON that PostgreSQL takes", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const line = lineOf(UID, anEnd({ modelAsked: text, session: text, why: [text] }));
    assert.ok(line.isWellFormed());
    assert.doesNotMatch(line.replaceAll("\\\\", ""), /\\u0000/);
    assert.equal(JSON.parse(line).session, text.replaceAll("\0", "\ufffd"));
  }));
});

test("a text has one UUID, and texts that differ have others", () => {
  assert.equal(uuidOf(""), "e3b0c442-98fc-1c14-9afb-f4c8996fb924");
  fc.assert(fc.property(fc.string(), fc.string(), (one, other) => {
    assert.equal(uuidOf(one) === uuidOf(other), one === other);
  }));
});
