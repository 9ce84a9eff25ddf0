/** The documentation is true: its commands run, its configurations load, its paths and links exist. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "smol-toml";
import { parseConfig } from "../../src/config/load.ts";
import { formatProblems } from "../../src/config/problem.ts";
import { inFolder, run } from "../cli/terminal.ts";
import { withCertificate } from "../support/certificates.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const PAGES = [
  "README.md",
  ...readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`),
];
const TASKS: Readonly<Record<string, string>> = JSON.parse(read("deno.json")).tasks;
const NAME = "terraphim-llm-proxy";

interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

const BLOCKS: readonly Block[] = PAGES.flatMap((page) =>
  [...read(page).matchAll(/^[ \t]*```(\w*)\n([^]*?)^[ \t]*```$/gm)].map(([, language = "", text = ""]) => ({
    page,
    language,
    text,
  }))
);

/** A command as it is typed; of a console, what it printed as well. */
interface Typed {
  readonly page: string;
  readonly line: string;
  readonly printed?: string;
}

const COMMANDS: readonly Typed[] = BLOCKS.flatMap(({ page, language, text }): Typed[] => {
  if (language === "sh") {
    return text.replaceAll("\\\n", " ").split("\n").map((line) => line.replace(/\s+#.*$/, "").trim())
      .filter((line) => line !== "" && !line.startsWith("#")).map((line) => ({ page, line }));
  }
  if (language !== "console") return [];
  return text.split(/^\$ /m).slice(1).map((part) => {
    const [line = "", ...printed] = part.split("\n");
    return { page, line, printed: printed.join("\n").trim() };
  });
});

/** Commands that a test cannot run, each with the reason. */
const NOT_RUN: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^(?:npx -y deno@[\d.]+|deno) task/, "the tasks are looked up in deno.json instead"],
  [/^(?:brew|sha256sum|install|sudo apt|npx terraphim-llm-proxy|npm install) /, "needs a release"],
  [/^sh install\.sh/, "needs a release; tests/scripts/install/install.test.ts"],
  [/^systemctl /, "needs a service manager"],
  [/^openclaw /, "OpenClaw's own; scripts/clients/plugin.ts"],
  [/^terraphim-llm-proxy run /, "starts an agent; tests/cli/commands/run/run.test.ts"],
  [/^openssl req -x509 /, "makes a certificate; tests/support/certificates.ts has the same options"],
  [/^(?:export [A-Z_]+=|claude$)/, "is for the user's own shell"],
  [
    /^terraphim-llm-proxy --config config\.toml$/,
    "runs until a signal; tests/cli/commands/serve/run.test.ts",
  ],
  [/^terraphim-llm-proxy --port 3456$/, "needs a port that is in use; tests/cli/commands/serve/run.test.ts"],
  [/^terraphim-llm-proxy demo/, "takes some seconds; tests/e2e/demo.test.ts"],
  [/^terraphim-llm-proxy log --follow$/, "runs until a signal; tests/cli/commands/log/command.test.ts"],
  [/^terraphim-llm-proxy status$/, "asks a proxy on this machine; tests/cli/commands/status/command.test.ts"],
  [
    /^terraphim-llm-proxy eval --from-ledger/,
    "needs requests in a ledger; tests/cli/commands/learn/run.test.ts",
  ],
  [
    /^terraphim-llm-proxy (?:prefer |learn undo)/,
    "asks a proxy on this machine; tests/cli/commands/learn/run.test.ts",
  ],
  [/^terraphim-llm-proxy doctor$/, "calls providers; tests/cli/commands/doctor/command.test.ts"],
  [/^terraphim-llm-proxy store migrate/, "needs a database; tests/cli/commands/store/command.test.ts"],
  [/^terraphim-llm-proxy models update /, "needs a newer list; tests/cli/commands/models/update.test.ts"],
];
const reasonOf = (line: string): string | undefined => NOT_RUN.find(([pattern]) => pattern.test(line))?.[1];

/** The exit codes of commands that are shown because they end otherwise. */
const CODES: Readonly<Record<string, number>> = {
  "terraphim-llm-proxy chekc": 2,
  "terraphim-llm-proxy --config bad.toml": 2,
  "terraphim-llm-proxy check --config examples/published.toml": 1,
};

/** Commands whose printed text is the same everywhere, with the keys that are set. */
const SHOWN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "terraphim-llm-proxy --help": {},
  "terraphim-llm-proxy chekc": {},
  "terraphim-llm-proxy --config bad.toml": {},
  "terraphim-llm-proxy check --config examples/published.toml": { OPENROUTER_API_KEY: "o" },
  'terraphim-llm-proxy route "build this feature"': { GROQ_API_KEY: "g" },
  "terraphim-llm-proxy models": { OPENROUTER_API_KEY: "o", GROQ_API_KEY: "g" },
  "terraphim-llm-proxy setup codex": { OPENROUTER_API_KEY: "o" },
};

const PUBLISHED = read("examples/published.toml");
const FILES = {
  "config.toml": PUBLISHED,
  "bad.toml": '[proxy]\nport = "3456"\n\n[router]\nthnik = "groq,a"\n',
  "ccr.json": read("tests/fixtures/import/ccr.json"),
  "prompts.jsonl": read("examples/prompts.jsonl"),
  "request.json": JSON.stringify({ model: "auto", messages: [{ role: "user", content: "plan it" }] }),
};

/** The words of a command line, without redirections. */
function words(line: string): string[] {
  return [...line.replace(/ [<>] \S+/g, "").matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)]
    .map(([, double, single, plain]) => double ?? single ?? plain ?? "");
}

const own = COMMANDS.filter(({ line }) => line.startsWith(NAME));

test("the documentation has commands of every kind", () => {
  assert.ok(own.length > 30, String(own.length));
  assert.ok(COMMANDS.length > own.length + 15);
});

describe("every command of the documentation runs", () => {
  const lines = new Set(own.map(({ line }) => line).filter((line) => reasonOf(line) === undefined));
  for (const line of lines) {
    test(line, () =>
      inFolder(FILES, async (cwd) => {
        const [, ...args] = words(line);
        const at = args.indexOf("examples/published.toml");
        if (at !== -1) args[at] = join(ROOT, "examples/published.toml");
        // Where a file of this name would be in the way, or no network may be touched.
        if (args[0] === "init" || args[0] === "import") args.push("-o", "new.toml");
        const keys = SHOWN[line] ?? { OPENROUTER_API_KEY: "o", GROQ_API_KEY: "g" };
        const stdin = line.includes("< prompt.txt") ? "plan it" : "";
        const { code, err } = await run(args, { cwd, env: keys, stdin });
        assert.equal(code, CODES[line] ?? 0, err);
      }));
  }

  test("others are tasks and files that exist, or have a reason", () => {
    for (const { page, line } of COMMANDS) {
      const task = /^(?:npx -y deno@2\.9\.6|deno) task (\S+)/.exec(line)?.[1];
      if (task !== undefined) assert.ok(task in TASKS, `${page}: ${line}`);
      const script = /^deno run .*?(\S+\.ts)\b/.exec(line)?.[1];
      if (script !== undefined) assert.ok(existsSync(join(ROOT, script)), `${page}: ${line}`);
      assert.ok(line.startsWith(NAME) || reasonOf(line) !== undefined, `${page}: ${line}`);
    }
  });

  test("every reason is needed", () => {
    for (const [pattern, reason] of NOT_RUN) {
      assert.ok(COMMANDS.some(({ line }) => pattern.test(line)), `${pattern} ${reason}`);
    }
  });
});

describe("what the documentation shows is what the program prints", () => {
  for (const [line, env] of Object.entries(SHOWN)) {
    test(line, () =>
      inFolder(FILES, async (cwd) => {
        const shown = COMMANDS.find((one) => one.line === line && one.printed !== undefined)?.printed ?? "";
        const [, ...args] = words(line);
        const published = join(ROOT, "examples/published.toml");
        const at = args.indexOf("examples/published.toml");
        if (at !== -1) args[at] = published;
        const { out, err } = await run(args, { cwd, env });
        const printed = (out + err).trim().replaceAll(published, "examples/published.toml").replaceAll(
          `${cwd}/`,
          "",
        );
        // Whether others can read a file depends on the checkout.
        const plain = (text: string) =>
          text.replace(/\nWarnings:\n(?: {2}.*\n)+/, "").replaceAll("/home/you/", "")
            // Probabilities change whenever the weights are fitted again.
            .replace(/\(0\.\d\d, next \w+ 0\.\d\d\)/, "(PROBABILITIES)");
        assert.equal(plain(printed), plain(shown));
      }));
  }
});

/** Blocks of TOML that are another program's configuration. */
const isForeign = (text: string): boolean => /^model_provider\b/m.test(text);

describe("every configuration of the documentation loads", () => {
  const blocks = BLOCKS.filter(({ language }) => language === "toml");
  blocks.forEach(({ page, text }, index) => {
    test(`${page}, block ${index + 1}`, () =>
      inFolder({}, (folder) => {
        if (isForeign(text)) return assert.ok("model_providers" in parse(text));
        const env = Object.fromEntries(
          [...text.matchAll(/\$\{?([A-Z][A-Z0-9_]*)/g)].map(([, name]) => [
            name,
            name === "DATABASE_URL" ? "postgres://proxy@db.example/llm" : "value-of-0123456789",
          ]),
        );
        const result = parseConfig(withCertificate(text, folder), { env, name: page });
        assert.ok(result.ok, result.ok ? "" : formatProblems(result.problems));
      }));
  });
});

describe("every link and path of the documentation exists", () => {
  for (const page of PAGES) {
    test(page, () => {
      const text = read(page);
      const links = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, to = ""]) => to);
      for (const link of links) {
        const [file = "", anchor] = link.split("#");
        const target = file === "" ? page : join(dirname(page), file);
        assert.ok(existsSync(join(ROOT, target)), `${page}: ${link}`);
        if (anchor !== undefined) assert.ok(anchors(read(target)).has(anchor), `${page}: ${link}`);
      }
      for (const [, path = ""] of text.matchAll(/`((?:src|tests|scripts|bench|examples|docs)\/[\w./-]*)`/g)) {
        assert.ok(existsSync(join(ROOT, path)), `${page}: ${path}`);
      }
    });
  }
});

/** The anchors of a page's headings, as GitHub makes them. */
function anchors(text: string): Set<string> {
  return new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
      title.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
    ),
  );
}

test("every page is linked from the README", () => {
  for (const page of PAGES.slice(1)) assert.ok(read("README.md").includes(`](${page})`), basename(page));
});

test("the README fits 110 lines and starts with the commands that do all set-up", () => {
  const text = read("README.md");
  assert.ok(text.trimEnd().split("\n").length <= 110);
  const [first, second] = COMMANDS.filter(({ page }) => page === "README.md").map(({ line }) => line);
  assert.deepEqual([first, second], ["npx -y deno@2.9.6 task demo", "npx -y deno@2.9.6 task test"]);
});
