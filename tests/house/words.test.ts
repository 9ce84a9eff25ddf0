/** Plain English: the habits that docs/development.md lists do not come back. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { COMMANDS } from "../../src/cli/registry.ts";
import { run } from "../cli/terminal.ts";
import { nodes, parsed, type SourceFile, sources, ts } from "../support/syntax.ts";

/** [the habit, what to write instead]. */
const HABITS: readonly (readonly [habit: RegExp, instead: string])[] = [
  [/\b(?:is|are|was|were|be|been|being|gets?) (?:\w+ )?told\b(?! apart)/i, "is logged, reported, sent"],
  [/\btold to\b/i, "must, receives"],
  [/\btell(?:s|ing)? of\b/i, "reports, shows"],
  [/\bstands?\b(?!-| (?:still|up)\b)/i, "is, is listed in, overrides"],
  [/(?<!\bthere )\b(?:is|are) no\b(?! (?:longer|more|less|later|larger|smaller|shorter)\b)/i, "is not a"],
  [/\bhad cost\b/i, "would have cost"],
  [/\banew\b/i, "again"],
  [/\bmend(?:s|ed|ing)?\b/i, "fix"],
  [/\bbesides\b/i, "also, else"],
  [/\bwho(?:so|s)ever\b/i, "whoever"],
  [/\bunder way\b/i, "in flight, running"],
  [/\blets? go of\b/i, "closes, ends"],
  [/\bleft out\b|\bleaves? out\b/i, "dropped, skipped"],
  [/\bthe words decide\b/i, "routed by content"],
  [/\bcools\b(?! down)/i, "is cooling down"],
  [/(?<!\/)\bhouse(?:s|'s)?\b(?!keeping|\/)/i, "provider"],
];

interface Text {
  /** `src/x.ts:12`. */
  readonly where: string;
  readonly text: string;
}

/** The habits in some texts: `where: "… words …" (say: …)`. */
function found(texts: readonly Text[]): string[] {
  return texts.flatMap(({ where, text }) =>
    HABITS.flatMap(([habit, instead]) => {
      const hit = habit.exec(text);
      if (hit === null) return [];
      const around = text.slice(Math.max(0, hit.index - 30), hit.index + hit[0].length + 30).replace(
        /\s+/g,
        " ",
      );
      return [`${where}: "…${around}…" (say: ${instead})`];
    })
  );
}

/** The comments and strings of a source. */
function proseOf({ path, text, tree }: SourceFile): Text[] {
  const where = (position: number) => `${path}:${tree.getLineAndCharacterOfPosition(position).line + 1}`;
  const comments = [...text.matchAll(/\/\*[^]*?\*\/|(?<![:"'`\w])\/\/ [^\n]*/g)]
    .map((match) => ({ where: where(match.index), text: match[0].replace(/\n\s*\* ?/g, " ") }));
  const strings: Text[] = [];
  for (const node of nodes(tree)) {
    const literal = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) ||
      ts.isTemplateTail(node);
    if (!literal || ts.isImportDeclaration(node.parent)) continue;
    // A single word is a name, not prose.
    if (/\s/.test(node.text.trim())) strings.push({ where: where(node.getStart()), text: node.text });
  }
  return [...comments, ...strings];
}

const ROOT = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, ROOT)), "utf8");
const listed = (folder: string, end: string): string[] =>
  readdirSync(new URL(folder, ROOT), { recursive: true }).map(String).filter((name) => name.endsWith(end))
    .map((name) => `${folder}${name}`);

/** The paragraphs of a text, without the lines that a table of habits needs. */
const paragraphs = (path: string): Text[] => {
  // A word in code marks is a name.
  const text = read(path).replace(/## Plain English[^]*?(?=\n## )/, "").replace(/`[\w-]+`/g, "``");
  return text.split(/\n(?=\n)/).map((part) => ({ where: path, text: part.replace(/\s*\n(?:# )?/g, " ") }));
};

// Data for matching prompts, not prose: the lists of words, and what agents send.
const isData = (path: string): boolean =>
  /^src\/(?:classifier\/(?:words|language)|clients|catalog\/data)\//.test(path);

const SOURCES = sources("src").filter(({ path }) => !isData(path));

for (const folder of new Set(SOURCES.map(({ path }) => path.split("/").slice(0, 2).join("/")))) {
  test(`${folder} is in plain English`, () => {
    const files = SOURCES.filter(({ path }) => path.startsWith(`${folder}/`));
    assert.deepEqual(files.flatMap((file) => found(proseOf(file))), []);
  });
}

test("the dashboard's page is in plain English", () => {
  const pages = [
    ...listed("src/server/dashboard/page/", ".js"),
    ...listed("src/server/dashboard/page/", ".html"),
  ];
  assert.deepEqual(pages.flatMap((path) => found(paragraphs(path))), []);
});

test("the documentation and the examples are in plain English", () => {
  const files = [
    "README.md",
    "CHANGELOG.md",
    "config.toml",
    ...listed("docs/", ".md"),
    ...listed("examples/", ".toml"),
  ];
  assert.deepEqual(files.flatMap((path) => found(paragraphs(path))), []);
});

test("every help is in plain English", async () => {
  for (const args of [["--help"], ...COMMANDS.map(({ name }) => [name, "--help"])]) {
    const { out } = await run(args);
    assert.deepEqual(found([{ where: args.join(" "), text: out.replace(/\s+/g, " ") }]), []);
  }
});

/** The most characters of a title; what is put into it counts as eight. */
const LONGEST_TITLE = 90;

/** The titles of tests in a source: the first argument of `test`, `describe` and of the functions that register tests. */
function titlesOf({ path, tree }: SourceFile): Text[] {
  return [...nodes(tree)].flatMap((node) => {
    if (!ts.isCallExpression(node) || !REGISTERS.test(node.expression.getText())) return [];
    const [title] = node.arguments;
    if (title === undefined || !(ts.isStringLiteralLike(title) || ts.isTemplateExpression(title))) return [];
    const line = tree.getLineAndCharacterOfPosition(title.getStart()).line + 1;
    return [{
      where: `${path}:${line}`,
      text: title.getText().slice(1, -1).replace(/\$\{[^}]*\}/g, "xxxxxxxx"),
    }];
  });
}

const REGISTERS = /^(?:test|describe|run|everywhere|onEachStore|inBrowser)$/;

test("the titles of tests are short, and in plain English", () => {
  const titles = sources("tests").flatMap(titlesOf);
  assert.ok(titles.length > 3000);
  assert.deepEqual(titles.filter(({ text }) => text.length >= LONGEST_TITLE), []);
  assert.deepEqual(found(titles), []);
});

test("the check finds each habit, in comments and in strings", () => {
  const source = parsed(
    "src/x.ts",
    "/** The log\n * is told. */\nconst x = `10.0.0.9 is no address ${1} of this machine`;",
  );
  assert.equal(found(proseOf(source)).length, 2);
  for (
    const text of [
      "the same tokens had cost",
      "written anew",
      "must be mended",
      "it stands above the file",
      "the words decide",
      "requests under way",
      "a field that is left out",
      "groq cools for 4 min",
    ]
  ) assert.equal(found([{ where: "x", text }]).length, 1, text);
});

test("the check has nothing against the same words where they are plain", () => {
  for (
    const text of [
      "there is no such file",
      "it is no longer read",
      "understands",
      "tests/house/x",
      "housekeeping",
      "standard output",
    ]
  ) assert.deepEqual(found([{ where: "x", text }]), [], text);
});
