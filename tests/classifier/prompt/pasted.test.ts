import assert from "node:assert/strict";
import { test } from "node:test";
import { PasteReader, shellWithin } from "../../../src/classifier/prompt/pasted.ts";

/** The lines of a text that were pasted. */
function pasted(text: string): string[] {
  const reader = new PasteReader(text);
  const found: string[] = [];
  let at = 0;
  for (const line of text.split("\n")) {
    const end = at + line.length;
    const indent = line.length - line.trimStart().length;
    if (line.trim() === "") reader.blank();
    else if (reader.next({ first: at + indent, end, indent })) found.push(line);
    at = end + 1;
  }
  return found;
}

const LINES: readonly (readonly [what: string, line: string])[] = [
  ["a log with its time", "2026-11-22T21:09:01Z server started"],
  ["a log with its level", "ERROR: connection refused"],
  ["a level of Maven", "[INFO] BUILD SUCCESS"],
  ["an access log", '10.0.0.1 - - [22/Nov/2026:10:00:00] "GET / HTTP/1.1" 200'],
  ["a stack frame", "at Object.<anonymous> (/app/index.js:12:3)"],
  ["a traceback", "Traceback (most recent call last):"],
  ["an error of a language", "TypeError: Cannot read properties of undefined"],
  ["an error of a compiler", "src/main.ts:12:5 - error TS2304: Cannot find name 'x'."],
  ["npm", "npm ERR! code ELIFECYCLE"],
  ["a diff", "diff --git a/x.ts b/x.ts"],
  ["a shell's prompt", "$ npm test"],
  ["a shell with user and host", "dev@host:~/x$ make"],
  ["a PowerShell prompt", "PS C:\\work> dir"],
  ["a table's head", "NAME    READY   STATUS"],
  ["a row of a table", "│ a │ b │"],
  ["code that begins and ends as code", "const total = items.reduce((sum, one) => sum + one, 0);"],
  ["SQL", "SELECT * FROM users WHERE id = 1"],
  ["HTML", '<div class="x">'],
  ["a test's mark", "✓ adds two numbers"],
];
for (const [what, line] of LINES) {
  test(`${what} was pasted`, () => assert.deepEqual(pasted(line), [line]));
}

const SAID = [
  "Please fix the error in the parser.",
  "2 tests fail since yesterday, why?",
  "Implementiere die Funktion und teste sie",
  "- first do this",
  "commit and push it",
  "Error handling is missing everywhere",
  "let us plan the API first",
  "为什么这个测试失败了？",
  "$5 a month is too much",
];
for (const line of SAID) {
  test(`"${line}" is the user's own`, () => assert.deepEqual(pasted(line), []));
}

test("the hunk of a diff is pasted to its end; what follows an empty line is not", () => {
  const text = "@@ -1,2 +1,2 @@\n-old\n+new\n context\n\nWhy does this not work?";
  assert.deepEqual(pasted(text), ["@@ -1,2 +1,2 @@", "-old", "+new", " context"]);
});

test("what is between two prompts of a shell is output, whatever it says", () => {
  const text = "$ make\nnothing to be done for all\n$ ls\nREADME.md src\nplease fix it";
  assert.deepEqual(pasted(text), ["$ make", "nothing to be done for all", "$ ls", "README.md src"]);
});

test("the line after a command is its output, unless it is the last one or a question", () => {
  assert.deepEqual(pasted("$ make\nit says nothing\nand then it ends"), ["$ make", "it says nothing"]);
  assert.deepEqual(pasted("$ make\nwhat does it do?\nplease"), ["$ make"]);
  assert.deepEqual(pasted("$ make\nplease explain"), ["$ make"]);
});

test("the rows of a table follow its head", () => {
  const text = "NAME    READY   STATUS\nweb-1   1/1     Running\nlooks fine to me";
  assert.deepEqual(pasted(text), text.split("\n").slice(0, 2));
});

test("a block that is set in is code, a list inside a list is not", () => {
  assert.deepEqual(pasted("    run the thing\n    - a point"), ["    run the thing"]);
  assert.deepEqual(pasted("Do this:\n    set in under words"), []);
});

test("a fence or a quote before a line lets its set-in lines go on", () => {
  const reader = new PasteReader("    more of it");
  reader.skip();
  assert.equal(reader.next({ first: 4, end: 14, indent: 4 }), true);
});

test("a line of any length is looked at by its beginning", () => {
  const long = `ERROR: ${"x".repeat(1_000_000)}`;
  assert.deepEqual(pasted(long), [long]);
  const words = "please ".repeat(150_000);
  assert.deepEqual(pasted(words), []);
});

test("a shell's prompt behind words is found where it begins", () => {
  assert.equal(shellWithin("it says dev@host:~/x$ make"), 8);
  for (const line of ["mail me@example.com: soon", "no sign of it", ""]) assert.equal(shellWithin(line), -1);
});
