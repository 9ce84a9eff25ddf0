import assert from "node:assert/strict";
import { test } from "node:test";
import { unknownNames } from "../../src/router/unknown-names.ts";
import { good } from "../config/support.ts";

const rule = (when: string) =>
  unknownNames(
    good(`[router]\ndefault = "groq,m"\n[[router.rules]]\nname = "r"\nwhen = ${when}\nroute = "default"\n`),
  )
    .map(({ message }) => message);

test("a client that no request has is a warning, with the one that was meant", () => {
  assert.deepEqual(rule('{ client = "claude" }'), [
    'rule "r": no request has the client "claude", so nothing matches. Did you mean "claude-code"?',
  ]);
  assert.match(
    rule('{ client = ["codex", "zzzzzz"] }').join(),
    /"zzzzzz", so nothing matches\. Known: claude-code, /,
  );
});

test("a programming language that is not known is one, by its other names too", () => {
  assert.match(rule('{ language = "typescrpt" }').join(), /Did you mean "typescript"\?/);
  assert.match(rule('{ language = "tsx" }').join(), /Did you mean "typescript"\?/);
  assert.match(rule('{ any_of = [{ all_of = [{ language = "ruust" }] }] }').join(), /Did you mean "rust"\?/);
});

test("what is known in any case is none", () => {
  assert.deepEqual(rule('{ client = ["Claude-Code", "unknown"], language = ["Rust", "sql"] }'), []);
});

test("a budget's client is looked at, too", () => {
  const config = good('[router]\ndefault = "groq,m"\n[[budgets]]\nname = "b"\nlimit = 5\nclient = "codx"\n');
  assert.deepEqual(unknownNames(config).map(({ message }) => message), [
    'budget "b": no request has the client "codx", so nothing matches. Did you mean "codex"?',
  ]);
});
