/** The packages are what their formats' own tools read: npm, dpkg-deb, lintian, tar. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { systemdUnit } from "../../../src/cli/commands/service/units.ts";
import { epochOf, tarGz } from "../../../scripts/pack/archive.ts";
import { deb } from "../../../scripts/pack/deb.ts";
import { machinePackage, mainPackage } from "../../../scripts/pack/npm.ts";
import { openclawPlugin } from "../../../scripts/pack/openclaw.ts";
import { MACHINES } from "../../../scripts/pack/release.ts";
import { scoop, winget } from "../../../scripts/pack/windows.ts";
import { tempFolder } from "../../support/disposable.ts";

const has = (tool: string): boolean => spawnSync(tool, ["--version"]).status === 0;
const without = (tool: string) => (has(tool) ? {} : { skip: `${tool} is not installed` });

const HOST = MACHINES.find(({ npm }) =>
  npm.os === process.platform && npm.cpu === process.arch && npm.libc !== "musl"
);
/** Stands for the executable: says how it was called. */
const PROGRAM = '#!/bin/sh\necho "called with $* npx=$TERRAPHIM_NPX launcher=$TERRAPHIM_LAUNCHER"\nexit 3\n';
const OPTIONS = {
  version: "1.2.3",
  homepage: "https://example.org",
  license: "MIT License\n",
  epoch: 1_700_000_000,
};

test("an archive is the same to the byte whenever it is made", () => {
  const entries = [{ path: "a/" }, { path: "a/b", data: "text", mode: 0o755 }];
  assert.deepEqual(tarGz(entries, 5), tarGz(entries, 5));
  assert.equal(epochOf({ SOURCE_DATE_EPOCH: "1700000000" }), 1_700_000_000);
  assert.throws(() => tarGz([{ path: "x".repeat(101) }], 5), /too long/);
});

test("tar reads an archive, with its modes", without("tar"), () => {
  using folder = tempFolder();
  writeFileSync(
    folder.at("x.tgz"),
    tarGz([{ path: "d/" }, { path: "d/run", data: "hello", mode: 0o755 }], 5),
  );
  const { stdout, status } = spawnSync("tar", ["-tvzf", "x.tgz"], { cwd: folder.path, encoding: "utf8" });
  assert.equal(status, 0);
  assert.match(stdout, /^-rwxr-xr-x root\/root +5 .* d\/run$/m);
});

test("the OpenClaw plugin is JavaScript with its manifest, as a folder and as an npm package", async () => {
  const source = fileURLToPath(new URL("../../../plugins/openclaw", import.meta.url));
  const { files, npm } = openclawPlugin(source, OPTIONS);
  assert.equal(npm.file, "terraphim-llm-proxy-openclaw-1.2.3.tgz");
  const text = (name: string) => String(files.find(({ path }) => path === name)?.data);
  const manifest = JSON.parse(text("package.json"));
  assert.deepEqual(manifest.openclaw.extensions, ["./index.js"]);
  assert.equal(manifest.dependencies, undefined);
  assert.equal(JSON.parse(text("openclaw.plugin.json")).version, "1.2.3");
  using folder = tempFolder();
  writeFileSync(folder.at("index.mjs"), text("index.js"));
  const plugin = await import(pathToFileURL(folder.at("index.mjs")).href);
  assert.equal(plugin.default.id, JSON.parse(text("openclaw.plugin.json")).id);
  assert.equal(typeof plugin.default.register, "function");
});

describe("npm", () => {
  test("the main package has every machine's package as an optional dependency of its own version", () => {
    using folder = tempFolder();
    const { file, data } = mainPackage(MACHINES, "# readme\n", OPTIONS);
    assert.equal(file, "terraphim-llm-proxy-1.2.3.tgz");
    writeFileSync(folder.at(file), data);
    assert.equal(spawnSync("tar", ["-xzf", file], { cwd: folder.path }).status, 0);
    const manifest = JSON.parse(readFileSync(folder.at("package/package.json"), "utf8"));
    assert.deepEqual(
      manifest.optionalDependencies,
      Object.fromEntries(MACHINES.map(({ target }) => [`terraphim-llm-proxy-${target}`, "1.2.3"])),
    );
    assert.deepEqual(manifest.repository, { type: "git", url: "git+https://example.org.git" });
    assert.equal(manifest.dependencies, undefined);
    assert.equal(manifest.scripts, undefined, "nothing runs at installation");
  });

  const skip = HOST === undefined || process.platform === "win32"
    ? { skip: "no package for this machine" }
    : without("npm");
  test(
    "npm installs both, and the launcher passes arguments, exit code and its place on",
    skip,
    () => {
      using folder = tempFolder();
      if (HOST === undefined) return;
      const files = [
        mainPackage([HOST], "# readme\n", OPTIONS),
        machinePackage(HOST, new TextEncoder().encode(PROGRAM), OPTIONS),
      ]
        .map(({ file, data }) => {
          writeFileSync(folder.at(file), data);
          return folder.at(file);
        });
      const env = {
        HOME: folder.path,
        PATH: process.env.PATH,
        npm_config_offline: "true",
        npm_config_audit: "false",
      };
      const installed = spawnSync("npm", ["install", "--global", "--prefix", folder.at("g"), ...files], {
        env,
        encoding: "utf8",
      });
      assert.equal(installed.status, 0, installed.stderr);
      const ran = spawnSync(folder.at("g/bin/terraphim-llm-proxy"), ["a", "b c"], {
        env,
        encoding: "utf8",
      });
      assert.equal(ran.stdout, "called with a b c npx= launcher=npm\n");
      assert.equal(ran.status, 3);
      const packages = files.flatMap((file) => ["--package", file]);
      const npx = spawnSync("npx", ["--yes", ...packages, "terraphim-llm-proxy", "demo"], {
        env,
        encoding: "utf8",
      });
      assert.equal(npx.stdout, "called with demo npx=1 launcher=npm\n", npx.stderr);
      rmSync(folder.at("g/lib/node_modules", `terraphim-llm-proxy-${HOST.target}`), { recursive: true });
      const lost = spawnSync(folder.at("g/bin/terraphim-llm-proxy"), [], { env, encoding: "utf8" });
      assert.match(
        lost.stderr,
        /is not installed\. Install terraphim-llm-proxy again, with optional dependencies/,
      );
      assert.equal(lost.status, 1);
    },
  );
});

describe("Debian", () => {
  const contents = {
    ...OPTIONS,
    architecture: "amd64",
    maintainer: "Somebody <somebody@example.org>",
    executable: new TextEncoder().encode(PROGRAM),
    license: "MIT License\n\nCopyright (c) 2026 Somebody\n\nPermission is granted.\n",
    changelog: "# Changelog\n",
    manPage: '.TH "X" "1"\n.SH NAME\nterraphim\\-llm\\-proxy \\- x\n',
    completions: { bash: "# bash\n", zsh: "#compdef x\n", fish: "# fish\n" },
    unit: systemdUnit({ command: ["/usr/bin/terraphim-llm-proxy"] }),
  } as const;

  test("dpkg-deb reads the package, its fields and its files", without("dpkg-deb"), () => {
    using folder = tempFolder();
    writeFileSync(folder.at("x.deb"), deb(contents));
    const ask = (...args: string[]) => spawnSync("dpkg-deb", args, { cwd: folder.path, encoding: "utf8" });
    const fields = ask("--field", "x.deb").stdout;
    assert.match(fields, /^Package: terraphim-llm-proxy$/m);
    assert.match(fields, /^Architecture: amd64$/m);
    assert.match(fields, /^Version: 1\.2\.3$/m);
    assert.equal(ask("--extract", "x.deb", "root").status, 0);
    assert.equal(readFileSync(folder.at("root/usr/bin/terraphim-llm-proxy"), "utf8"), PROGRAM);
    assert.match(ask("--contents", "x.deb").stdout, /^-rwxr-xr-x .*\.\/usr\/bin\/terraphim-llm-proxy$/m);
  });

  test("lintian finds no error in it", without("lintian"), () => {
    using folder = tempFolder();
    writeFileSync(folder.at("x.deb"), deb(contents));
    const { stdout } = spawnSync("lintian", ["--allow-root", "x.deb"], {
      cwd: folder.path,
      encoding: "utf8",
    });
    // Its executable is a script here.
    assert.deepEqual(stdout.split("\n").filter((line) => line.startsWith("E: ")), []);
  });
});

describe("Windows", () => {
  const sums = `${"a".repeat(64)}  terraphim-llm-proxy-windows-x64.exe\n`;
  const release = {
    version: "1.2.3",
    url: "https://example.org/v1.2.3",
    homepage: "https://example.org",
    sums,
  };

  test("Scoop's manifest has the file, its sum, and how the next version is found", () => {
    const manifest = JSON.parse(scoop(release));
    assert.deepEqual(manifest.architecture["64bit"], {
      url: "https://example.org/v1.2.3/terraphim-llm-proxy-windows-x64.exe#/terraphim-llm-proxy.exe",
      hash: "a".repeat(64),
    });
    assert.match(manifest.autoupdate.architecture["64bit"].url, /\/v\$version\//);
  });

  test("winget's three files have one version and the sum in capitals", () => {
    const files = winget(release);
    assert.equal(Object.keys(files).length, 3);
    for (const text of Object.values(files)) assert.match(text, /^PackageVersion: "1\.2\.3"$/m);
    assert.match(
      files["Terraphim.LlmProxy.installer.yaml"] ?? "",
      new RegExp(`InstallerSha256: ${"A".repeat(64)}`),
    );
  });

  test("a release without its executable has no manifest, and it says so", () => {
    assert.throws(() => scoop({ ...release, sums: "" }), /no sum of terraphim-llm-proxy-windows-x64\.exe/);
    assert.throws(() => winget({ ...release, sums: "" }), /no sum of terraphim-llm-proxy-windows-x64\.exe/);
  });
});
