/** install.sh puts one checked file and its companions below a prefix, and takes all of it away again. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { tempFolder } from "../../support/disposable.ts";
import { fakeProvider } from "../../support/provider.ts";

const SCRIPT = readFileSync(
  fileURLToPath(new URL("../../../scripts/install/install.sh", import.meta.url)),
  "utf8",
);
const NAME = "terraphim-llm-proxy";
const skip = process.platform === "win32" ? { skip: "install.ps1 is for Windows" } : {};

/** Stands for the executable: knows its version, its pages, and how it is removed. */
const program = (version: string) =>
  `#!/bin/sh\ncase $1 in --version) echo "${NAME} ${version}";; man|completions) echo "$*";; *) exit 2;; esac\n`;

/** A release of every Linux and macOS file, served on loopback, and a home. */
async function released(
  work: (at: {
    readonly home: string;
    readonly url: string;
    readonly serve: (version: string, spoil?: boolean) => void;
    readonly run: (...args: string[]) => Promise<{ code: number; out: string; err: string }>;
  }) => Promise<void>,
): Promise<void> {
  using folder = tempFolder();
  const files = new Map<string, string>();
  await using server = await fakeProvider(({ path }, res) => {
    const text = files.get(path);
    res.writeHead(text === undefined ? 404 : 200).end(text);
  });
  const { url } = server;
  const serve = (version: string, spoil = false) => {
    const sums: string[] = [];
    for (
      const target of [
        "linux-x64",
        "linux-arm64",
        "linux-x64-musl",
        "linux-arm64-musl",
        "macos-x64",
        "macos-arm64",
      ]
    ) {
      const text = program(version);
      sums.push(`${createHash("sha256").update(text).digest("hex")}  ${NAME}-${target}\n`);
      files.set(`/v${version}/${NAME}-${target}`, spoil ? `${text}#` : text);
    }
    files.set(`/v${version}/SHA256SUMS`, sums.join(""));
  };
  const script = folder.at("install.sh");
  writeFileSync(script, SCRIPT.replaceAll("@URL@", `${url}/v1.0.0`).replaceAll("@VERSION@", "1.0.0"));
  const run = async (...args: string[]) => {
    const child = spawn("sh", [script, ...args], {
      env: { HOME: folder.path, PATH: process.env.PATH },
      cwd: folder.path,
    });
    let out = "", err = "";
    child.stdout.on("data", (chunk) => out += chunk);
    child.stderr.on("data", (chunk) => err += chunk);
    const code = await new Promise<number>((resolve) => child.on("close", (status) => resolve(status ?? -1)));
    return { code, out, err };
  };
  await work({ home: folder.path, url, serve, run });
}

const tree = (folder: string): string[] => readdirSync(folder, { recursive: true }).map(String).sort();

describe("install.sh", skip, () => {
  test("installs the program, its manual and its completions, and --uninstall leaves nothing", () =>
    released(async ({ home, serve, run }) => {
      serve("1.0.0");
      const before = tree(home);
      const { code, out, err } = await run();
      assert.equal(code, 0, err);
      assert.match(out, /Installed terraphim-llm-proxy 1\.0\.0 as .*\/\.local\/bin\/terraphim-llm-proxy\./);
      assert.match(out, /export PATH=/, "its folder is not on PATH");
      assert.equal(readFileSync(join(home, `.local/share/man/man1/${NAME}.1`), "utf8"), "man\n");
      assert.equal(
        readFileSync(join(home, `.local/share/zsh/site-functions/_${NAME}`), "utf8"),
        "completions zsh\n",
      );
      assert.equal((await run("--uninstall")).code, 0);
      assert.deepEqual(tree(home), before);
      assert.equal((await run("--uninstall")).code, 1, "it is not there any more");
    }));

  test("upgrades, and keeps what was in its folders before", () =>
    released(async ({ home, serve, run }) => {
      serve("1.0.0");
      serve("1.1.0");
      mkdirSync(join(home, ".local/bin"), { recursive: true });
      writeFileSync(join(home, ".local/bin/mine"), "");
      await run();
      const { code, out } = await run("--version", "v1.1.0");
      assert.equal(code, 0);
      assert.match(out, /Upgraded from 1\.0\.0 to 1\.1\.0/);
      await run("--uninstall");
      assert.ok(existsSync(join(home, ".local/bin/mine")));
      assert.deepEqual(tree(join(home, ".local")), ["bin", "bin/mine"]);
    }));

  test("a file with another checksum is not installed, and the old one stays", () =>
    released(async ({ home, serve, run }) => {
      serve("1.0.0");
      serve("1.1.0", true);
      await run();
      const { code, err } = await run("--version", "1.1.0");
      assert.equal(code, 1);
      assert.match(err, /the checksum of .* is wrong .* Nothing was installed/);
      const { stdout } = spawnSync(join(home, `.local/bin/${NAME}`), ["--version"], { encoding: "utf8" });
      assert.equal(stdout, `${NAME} 1.0.0\n`);
    }));

  test("--prefix chooses the folder; a wrong version or option says what is wrong", () =>
    released(async ({ home, serve, run }) => {
      serve("1.0.0");
      assert.equal((await run("--prefix", "here")).code, 0);
      assert.ok(existsSync(join(home, `here/bin/${NAME}`)));
      assert.match((await run("--version", "9.9.9")).err, /cannot download .*v9\.9\.9\/SHA256SUMS/);
      assert.match((await run("--what")).err, /unknown option --what; see --help/);
      assert.match((await run("--version")).err, /--version needs a value/);
      assert.match((await run("--help")).out, /^Usage: sh install\.sh/);
    }));
});

test(
  "install.sh passes ShellCheck",
  spawnSync("shellcheck", ["--version"]).status === 0 ? {} : { skip: "ShellCheck is not installed" },
  () => {
    const { stdout, status } = spawnSync("shellcheck", ["-s", "sh", "-"], {
      input: SCRIPT,
      encoding: "utf8",
    });
    assert.equal(status, 0, stdout);
  },
);
