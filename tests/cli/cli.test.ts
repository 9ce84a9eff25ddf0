import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { ALL_COMMANDS, COMMANDS, COOLDOWN_COMMANDS } from "../../src/cli/registry.ts";
import { run } from "./terminal.ts";

const manifest = JSON.parse(readFileSync(new URL("../../deno.json", import.meta.url), "utf8"));

describe("help", () => {
  test("every command has one, with its usage and examples, on a screen", async () => {
    for (const { name, brief } of ALL_COMMANDS) {
      assert.ok(brief.length <= 60, brief);
      const { code, out, err } = await run([name, "--help"], { columns: 80 });
      assert.equal(code, 0, `${name}: ${err}`);
      assert.match(out, new RegExp(`^Usage: terraphim-llm-proxy ${name}`));
      assert.match(out, /\nExamples:\n {2}terraphim-llm-proxy /);
      assert.deepEqual(await run(["help", name], { columns: 80 }).then((ran) => ran.out), out);
    }
  });

  test("the options of the default command have help without its name", async () => {
    const { out } = await run(["--port", "1", "--help"]);
    assert.match(out, /--log-json/);
  });

  test("every folder of a command is in the list", () => {
    const folders = readdirSync(new URL("../../src/cli/commands/", import.meta.url));
    // They share the folder of status.
    const shared = [...COOLDOWN_COMMANDS.map(({ name }) => name), "pin", "unpin"];
    const own = ALL_COMMANDS.map(({ name }) => name).filter((name) => !shared.includes(name));
    assert.deepEqual(folders.sort(), own.sort());
  });
});

test("docs/cli.md shows the help as it is, and has a section for every command", async () => {
  const page = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");
  const { out } = await run(["--help"]);
  assert.ok(page.includes(out.split("\n").slice(1).join("\n")), "the list of commands");
  for (const { name } of ALL_COMMANDS) assert.match(page, new RegExp(`^## (?:.*, )?${name}(?:,.*)?$`, "m"));
});

test("the version is the manifest's", async () => {
  for (const args of [["--version"], ["-V"]]) {
    assert.equal((await run(args)).out, `terraphim-llm-proxy ${manifest.version}\n`);
  }
});

describe("a mistake on the command line ends with 2 and a message on the error stream", () => {
  const cases: readonly (readonly [args: string[], says: RegExp])[] = [
    [["chekc"], /unknown command "chekc"\. Did you mean "check"\?/],
    [["somethingelse"], /unknown command "somethingelse"\.\nSee terraphim-llm-proxy --help\./],
    [["--prot", "3"], /--prot[^]*Did you mean[^]*--port/],
    [["check", "--jsno"], /--jsno[^]*Did you mean --json\?[^]*See terraphim-llm-proxy check --help/],
    [["--port", "many"], /--port[^]*"many"/],
    [["--port", "65536"], /--port[^]*65,535/],
    [["--config"], /--config/],
    [["--log-level", "loud"], /"error", "warn", "info", and "debug"[^]*"loud"/],
    [["--config", "x.toml", "check"], /Put the command first: terraphim-llm-proxy check …/],
    [["route"], /Give a prompt/],
    [["check", "one"], /one/],
    [["completions"], /SHELL/],
    [["completions", "cmd"], /"cmd"/],
    [["models", "extra"], /extra/],
  ];
  for (const [args, says] of cases) {
    test(args.join(" "), async () => {
      const { code, out, err } = await run(args);
      assert.match(err, says);
      assert.equal(code, 2);
      assert.equal(out, "");
      assert.doesNotMatch(err, /\n\s+at /, "no stack");
    });
  }
});

describe("what other programs call it is answered with its name here", () => {
  const meant = {
    start: "serve",
    version: "--version",
    logs: "log",
    config: "check",
  };
  for (const [typed, name] of Object.entries(meant)) {
    test(`${typed} is ${name}`, async () => {
      const { code, err } = await run([typed]);
      assert.equal(code, 2);
      assert.match(err, new RegExp(`unknown command "${typed}"\\. Did you mean "${name}"\\?`));
      const right = await run([name, ...(name.startsWith("-") ? [] : ["--help"])]);
      assert.equal(right.code, 0, "what it names exists");
    });
  }
});

test("a command that every object of JavaScript has is unknown, without a suggestion", async () => {
  for (const typed of ["constructor", "toString", "__proto__"]) {
    assert.match((await run([typed])).err, new RegExp(`^Error: unknown command "${typed}"\\.\nSee `));
  }
});

test("with --json a mistake on the command line is JSON on the standard output", async () => {
  for (const args of [["check", "--jsno", "--json"], ["chekc", "--json"], ["stats", "--csv", "--json"]]) {
    const { code, out, err, json } = await run(args);
    assert.equal(code, 2, args.join(" "));
    assert.equal(err, "");
    assert.deepEqual({ ...json(), error: "" }, { ok: false, error: "", exit_code: 2 });
    assert.ok(json().error.length > 10, out);
  }
});

describe("completions", () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    test(`${shell} gets a script that asks the program`, async () => {
      const { code, out } = await run(["completions", shell]);
      assert.equal(code, 0);
      assert.match(out, /terraphim-llm-proxy/);
      assert.match(out, /completions/);
    });
  }

  test("commands and their options are suggested", async () => {
    const suggested = async (...words: string[]) => (await run(["completions", "fish", ...words])).out;
    for (const { name } of COMMANDS) {
      if (name !== "completions") {
        assert.match(await suggested(name.slice(0, 3)), new RegExp(`^${name}\\t`, "m"));
      }
    }
    assert.match(await suggested("check", "--c"), /--config/);
    assert.match(await suggested("route", "--dialect", "openai"), /openai-chat[^]*openai-responses/);
    assert.match(await suggested("--log-l"), /--log-level/);
  });
});

describe("colour", () => {
  test("changes nothing but the look", async () => {
    // deno-lint-ignore no-control-regex
    const plain = (text: string) => text.replace(/\x1b\[\d+m/g, "");
    for (const args of [["--help"], ["route", "plan the architecture"], ["check"]]) {
      const coloured = await run(args, { columns: 80, color: true });
      assert.notEqual(coloured.out, plain(coloured.out));
      assert.equal(plain(coloured.out), (await run(args, { columns: 80 })).out);
    }
  });
});
