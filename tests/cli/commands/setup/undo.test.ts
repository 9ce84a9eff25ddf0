/** What a user has in a client's file survives `setup` and `--undo`, to the byte. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import type { Client } from "../../../../src/cli/commands/setup/client.ts";
import { CLIENTS } from "../../../../src/cli/commands/setup/clients.ts";
import { dataIn } from "../../../../src/cli/commands/setup/file.ts";
import { inFolder, run } from "../../terminal.ts";

const CONFIG =
  `[proxy]\nport = 4000\napi_key = "$MY_KEY"\n[router]\nthink = "openrouter,anthropic/claude-3-opus"\n`;
const ENV = { MY_KEY: "the-proxy-key", OPENROUTER_API_KEY: "o", APPDATA: "" };
const WITH_FILES = CLIENTS.filter(({ files }) => files.length > 0);

/** What a user's file of a client looks like. */
const fixture = ({ name, files }: Client, index: number): string =>
  readFileSync(
    fileURLToPath(
      new URL(
        `../../../fixtures/clients/${name}${index === 0 ? "" : `.${index + 1}`}.${files[index]?.format}`,
        import.meta.url,
      ),
    ),
    "utf8",
  );

const atHome = (
  work: (home: string, setup: (...args: string[]) => ReturnType<typeof run>) => Promise<void>,
) =>
  inFolder(
    { "config.toml": CONFIG },
    (home) =>
      work(home, (...args) =>
        run(["setup", ...args, "--no-test"], {
          cwd: home,
          env: { ...ENV, XDG_DATA_HOME: join(home, "data") },
        })),
  );

function put(home: string, client: Client, texts: readonly string[]): string[] {
  return client.files.map(({ path }, index) => {
    const file = path({ env: { HOME: home } });
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, texts[index] ?? "");
    return file;
  });
}

const read = (files: readonly string[]) => files.map((file) => readFileSync(file, "utf8"));
const everything = (home: string) => readdirSync(home, { recursive: true }).map(String).sort();

describe("setup and --undo leave a user's file as it was, to the byte, and nothing beside it", () => {
  for (const client of WITH_FILES) {
    const texts = client.files.map((_, index) => fixture(client, index));
    test(client.name, () =>
      atHome(async (home, setup) => {
        const files = put(home, client, texts);
        const before = everything(home);
        const { code, err } = await setup(client.name, "--yes");
        assert.equal(code, 0, err);
        const changed = read(files);
        assert.notDeepEqual(changed, texts);
        assert.match(changed.join("\n"), /127\.0\.0\.1:4000/);
        // Every line of the user's own is still there, but for values that setup sets.
        const comments = texts.join("\n").match(/(?:\/\/|#).*$/gm) ?? [];
        for (const comment of comments) assert.ok(changed.join("\n").includes(comment.trim()), comment);
        assert.match((await setup(client.name, "--yes")).out, /already uses/, "a second run changes nothing");
        assert.equal((await setup(client.name, "--yes", "--model", "think")).code, 0);
        assert.match((await setup(client.name, "--undo")).out, /is as it was before setup/);
        assert.deepEqual(read(files), texts);
        assert.deepEqual(everything(home).filter((name) => !/^data(\/|$)/.test(name)), before);
      }));

    test(`${client.name}, where the user has changed it since: only what setup wrote goes`, () =>
      atHome(async (home, setup) => {
        const files = put(home, client, texts);
        await setup(client.name, "--yes");
        for (const [index, file] of files.entries()) {
          const now = readFileSync(file, "utf8");
          const { format } = client.files[index]!;
          writeFileSync(
            file,
            format === "json"
              ? now.replace(/\}\s*$/, `, "mine_too": true }\n`).replace(/,(\s*),/, ",$1")
              : format === "toml"
              ? `mine_too = true\n${now}`
              : `${now}mine_too: yes\n`,
          );
        }
        const { code, err, out } = await setup(client.name, "--undo");
        assert.equal(code, 0, err);
        assert.match(out, /only the settings of setup were taken back/);
        for (const [index, file] of files.entries()) {
          const { format } = client.files[index]!;
          const { mine_too, ...rest } = dataIn(format, readFileSync(file, "utf8"));
          assert.ok(mine_too);
          assert.deepEqual(plain(rest), plain(dataIn(format, texts[index]!)));
        }
      }));

    test(`${client.name}, where there was no file: it and its folders are gone again`, () =>
      atHome(async (home, setup) => {
        const before = everything(home);
        assert.equal((await setup(client.name, "--yes")).code, 0);
        assert.match((await setup(client.name, "--undo")).out, /was made by setup and is removed/);
        assert.deepEqual(everything(home).filter((name) => !/^data(\/|$)/.test(name)), before);
      }));
  }
});

// deno-lint-ignore no-explicit-any
const plain = (data: any): unknown => JSON.parse(JSON.stringify(data));

/** Any user's JSON: nested tables with the names that setup uses among others, in several layouts, with comments. */
const anyJson = fc.record({
  data: fc.dictionary(
    fc.constantFrom("env", "model", "provider", "agents", "permissions", "a b", "ü"),
    fc.oneof(
      fc.string(),
      fc.boolean(),
      fc.dictionary(fc.constantFrom("A", "terraphim", "defaults", "x"), fc.oneof(fc.string(), fc.integer())),
    ),
    { maxKeys: 5 },
  ),
  space: fc.constantFrom<string | number>(2, 4, "\t", 0),
  comment: fc.constantFrom("", "// mine\n", "/* mine */ "),
  end: fc.constantFrom("", "\n", "\r\n"),
});

test("any JSON file survives, with its comments, its order and its layout", () =>
  fc.assert(
    fc.asyncProperty(
      anyJson,
      fc.constantFrom(...WITH_FILES.filter(({ files }) => files.length === 1 && files[0]?.format === "json")),
      async ({ data, space, comment, end }, client) => {
        const text = `${comment}${JSON.stringify(data, null, space)}${end}`;
        await atHome(async (home, setup) => {
          const [file = ""] = put(home, client, [text]);
          const { code } = await setup(client.name, "--yes");
          if (code !== 0) return assert.equal(readFileSync(file, "utf8"), text, "refused, and untouched");
          await setup(client.name, "--undo");
          assert.equal(readFileSync(file, "utf8"), text);
        });
      },
    ),
    { numRuns: 40 },
  ));

test("any YAML file survives, with its comments and its order", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.constantFrom(
          "# mine",
          "",
          "theme: dark",
          "model: x # y",
          "list:\n  - a\n  - b",
          "model:\n    default: z",
          "text: |\n  a: b\n  # c",
          "providers: {}",
          'q: "a: b # c"',
        ),
      ),
      fc.constantFrom(...WITH_FILES.filter(({ files }) => files[0]?.format === "yaml")),
      async (parts, client) => {
        const text = parts.map((part) => `${part}\n`).join("");
        await atHome(async (home, setup) => {
          const [file = ""] = put(home, client, [text]);
          const { code } = await setup(client.name, "--yes");
          if (code !== 0) return assert.equal(readFileSync(file, "utf8"), text, "refused, and untouched");
          for (const line of text.split("\n").filter((one) => /^\s*(#|-|theme|list|text|q)/.test(one))) {
            assert.ok(readFileSync(file, "utf8").split("\n").includes(line), line);
          }
          await setup(client.name, "--undo");
          assert.equal(readFileSync(file, "utf8"), text);
        });
      },
    ),
    { numRuns: 40 },
  ));

test("--undo without a client takes everything back, and says when there is nothing", () =>
  atHome(async (home, setup) => {
    await setup("codex", "opencode", "--yes");
    assert.ok(existsSync(join(home, ".codex/config.toml")));
    const { out } = await setup("--undo");
    assert.match(out, /opencode\.json[^]*\.codex\/config\.toml/);
    assert.ok(!existsSync(join(home, ".codex")));
    assert.match((await setup("--undo")).out, /^setup has changed nothing\.$/m);
    assert.match((await setup("codex", "--undo")).out, /has changed nothing of codex/);
  }));

describe("a second setup with another kind of key leaves no key of the first in force", () => {
  const SECRET = ["--key", "sk-made-up-0001"] as const;
  const cases: readonly (readonly [client: string, ofVariable: RegExp, ofSecret: RegExp])[] = [
    ["claude-code", /"apiKeyHelper": "printenv MY_KEY"/, /"ANTHROPIC_AUTH_TOKEN": "sk-made-up-0001"/],
    ["hermes", /key_env: "?MY_KEY/, /api_key: sk-made-up-0001/],
    ["aider", /openai-api-base/, /openai-api-key: sk-made-up-0001/],
    ["qwen-code", /"envKey": "MY_KEY"/, /"TERRAPHIM_API_KEY": "sk-made-up-0001"/],
  ];
  for (const [name, ofVariable, ofSecret] of cases) {
    const client = WITH_FILES.find((one) => one.name === name)!;
    const texts = client.files.map((_, index) => fixture(client, index));
    const twice = (first: readonly string[], second: readonly string[], work: (text: string) => void) =>
      atHome(async (home, setup) => {
        const files = put(home, client, texts);
        assert.equal((await setup(name, "--yes", ...first)).code, 0);
        assert.equal((await setup(name, "--yes", ...second)).code, 0);
        work(read(files).join("\n"));
        assert.equal((await setup(name, "--undo")).code, 0);
        assert.deepEqual(read(files), texts);
      });

    test(`${name}: the variable replaces the key itself`, () =>
      twice(SECRET, [], (text) => {
        assert.match(text, ofVariable);
        assert.doesNotMatch(text, /sk-made-up-0001/);
      }));

    test(`${name}: the key itself replaces the variable`, () =>
      twice([], SECRET, (text) => {
        assert.match(text, ofSecret);
        assert.doesNotMatch(text, /MY_KEY/);
      }));
  }

  test("a token that setup did not write stays", () =>
    atHome(async (home, setup) => {
      const client = WITH_FILES.find(({ name }) => name === "claude-code")!;
      const [file = ""] = put(home, client, ['{ "env": { "ANTHROPIC_AUTH_TOKEN": "mine" } }\n']);
      assert.equal((await setup("claude-code", "--yes")).code, 0);
      assert.match(readFileSync(file, "utf8"), /"ANTHROPIC_AUTH_TOKEN": "mine"/);
    }));
});

/** A file that setup has changed, and that cannot be changed back. */
function broken(home: string): string {
  const file = join(home, ".config/opencode/opencode.json");
  writeFileSync(file, "{ not JSON");
  return file;
}

test("--undo tries every file, says what was taken back, and then why one could not be", () =>
  atHome(async (home, setup) => {
    await setup("codex", "opencode", "claude-code", "--yes");
    const file = broken(home);
    const { code, out, err } = await setup("--undo");
    assert.equal(code, 1);
    assert.match(
      out,
      /\.claude\/settings\.json was made by setup[^]*\.codex\/config\.toml was made by setup/,
    );
    assert.match(err, /opencode\.json was not changed: line 1 cannot be parsed/);
    assert.equal(readFileSync(file, "utf8"), "{ not JSON");
    writeFileSync(file, "{}");
    assert.match((await setup("--undo")).out, /opencode\.json/, "its record is still there");
  }));

test("--undo --json is one document, with what was done and why one could not be", () =>
  atHome(async (home, setup) => {
    await setup("codex", "opencode", "--yes");
    broken(home);
    const ran = await setup("--undo", "--json");
    const { undone, ok, error, exit_code } = ran.json();
    assert.deepEqual([ran.code, undone.length, undone[0].client, ok, exit_code], [1, 1, "codex", false, 1]);
    assert.match(error, /opencode\.json was not changed/);
  }));

test("--undo keeps the copy of a file that is not there any more, and names it", () =>
  atHome(async (home, setup) => {
    const client = WITH_FILES.find(({ name }) => name === "codex")!;
    const [file = ""] = put(home, client, ['model = "gpt-5"\n']);
    await setup("codex", "--yes");
    rmSync(file);
    const { code, out } = await setup("codex", "--undo");
    assert.equal(code, 0);
    const [backup = ""] = readdirSync(dirname(file)).filter((name) => name.includes(".backup-"));
    assert.equal(readFileSync(join(dirname(file), backup), "utf8"), 'model = "gpt-5"\n');
    assert.ok(out.includes(`What it was before setup is in ~/.codex/${backup}.`), out);
  }));

test("uninstall keeps the list of what setup changed while one change could not be taken back", () =>
  atHome(async (home, setup) => {
    await setup("codex", "opencode", "--yes");
    broken(home);
    const uninstall = () =>
      run(["uninstall", "--yes"], { cwd: home, env: { XDG_DATA_HOME: join(home, "data") } });
    const { code, err } = await uninstall();
    assert.equal(code, 1);
    assert.match(err, /opencode\.json was not changed[^]*is kept: it has the list of what setup changed/);
    assert.ok(!existsSync(join(home, ".codex")), "the others are taken back");
    assert.match((await setup("--undo")).err, /opencode\.json was not changed/, "the record is still there");
    writeFileSync(join(home, ".config/opencode/opencode.json"), "{}");
    assert.equal((await uninstall()).code, 0);
    assert.ok(!existsSync(join(home, "data/terraphim-llm-proxy")));
  }));
