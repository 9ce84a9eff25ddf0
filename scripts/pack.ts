/**
 * Makes the packages of a release from the executables in dist/ and their SHA256SUMS:
 * `deno task pack [--url ADDRESS [--homepage ADDRESS]] [--key MINISIGN_KEY] [--maintainer "NAME <MAIL>"]`.
 *
 * Always: the npm packages (dist/npm), the plugin for OpenClaw (dist/openclaw), the .deb files, the manual page, the
 * installers. With `--url`, the folder that the executables are downloaded from, also the Homebrew formula and the
 * manifests for Scoop and winget, and installers that download from there. Runs on what dist/ holds: a package of a
 * machine without an executable is not made.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runCli } from "../src/cli/cli.ts";
import { systemdUnit } from "../src/cli/commands/service/units.ts";
import { epochOf } from "./pack/archive.ts";
import { deb } from "./pack/deb.ts";
import { formula } from "./pack/homebrew.ts";
import { machinePackage, mainPackage } from "./pack/npm.ts";
import { openclawPlugin } from "./pack/openclaw.ts";
import { address, built, NAME, readSums, type Release } from "./pack/release.ts";
import { sbom } from "./pack/sbom.ts";
import { scoop, winget } from "./pack/windows.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DIST = join(ROOT, "dist");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

interface Options {
  readonly url?: string | undefined;
  readonly homepage?: string | undefined;
  readonly maintainer: string;
  /** The minisign key that signs SHA256SUMS: `RW…`. */
  readonly key?: string | undefined;
}

function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: "string" },
      homepage: { type: "string" },
      key: { type: "string" },
      maintainer: {
        type: "string",
        default: "Terraphim contributors <packages@terraphim-llm-proxy.invalid>",
      },
    },
  });
  return pack(values);
}

async function pack({ url, homepage = url, maintainer, key }: Options): Promise<void> {
  const { version, imports } = JSON.parse(read("deno.json")) as {
    version: string;
    imports: Readonly<Record<string, string>>;
  };
  const machines = built(DIST);
  if (machines.length === 0) throw new Error("dist/ has no executable: run deno task compile first.");
  const epoch = epochOf(process.env);
  const license = read("LICENSE");
  const site = homepage === undefined ? undefined : address(homepage, "homepage");
  const manPage = await printed("man");
  const completions = {
    bash: await printed("completions", "bash"),
    zsh: await printed("completions", "zsh"),
    fish: await printed("completions", "fish"),
  };
  rmSync(join(DIST, "npm"), { recursive: true, force: true });
  put(`${NAME}.1`, manPage);
  const npm = { version, license, epoch, homepage: site };
  put(...named(mainPackage(machines, npmReadme(), npm)));
  const plugin = openclawPlugin(join(ROOT, "plugins/openclaw"), npm);
  put(...named(plugin.npm));
  rmSync(join(DIST, "openclaw"), { recursive: true, force: true });
  for (const { path, data = "" } of plugin.files) put(join("openclaw", NAME, path), data);
  for (const machine of machines) {
    const executable = readFileSync(join(DIST, machine.file));
    put(...named(machinePackage(machine, executable, npm)));
    if (machine.debian === undefined) continue;
    const unit = systemdUnit({ command: [`/usr/bin/${NAME}`] });
    put(
      `${NAME}_${version}_${machine.debian}.deb`,
      deb({
        version,
        architecture: machine.debian,
        homepage: site,
        maintainer,
        executable,
        license,
        changelog: read("CHANGELOG.md"),
        manPage,
        completions,
        unit,
        epoch,
      }),
    );
  }
  for (const installer of ["install.sh", "install.ps1"]) {
    const text = read(`scripts/install/${installer}`);
    const filled = { URL: url === undefined ? undefined : address(url, "url"), VERSION: version, KEY: key };
    put(
      installer,
      text.replaceAll(/@([A-Z]+)@/g, (mark, name: keyof typeof filled) => filled[name] ?? mark),
      0o755,
    );
  }
  const lock = JSON.parse(read("deno.lock"));
  put("sbom.cdx.json", sbom({ version, imports, lock, used: usedBy("src", imports) }));
  if (url !== undefined) {
    manifests({ version, url: address(url, "url"), homepage: site ?? "", sums: readSums(DIST) });
  }
  packageSums();
}

/** The imports of deno.json that the files below a folder name. */
function usedBy(folder: string, imports: Readonly<Record<string, string>>): string[] {
  const source = readdirSync(join(ROOT, folder), { recursive: true }).map(String).filter((name) =>
    name.endsWith(".ts")
  )
    .map((name) => read(join(folder, name))).join("\n");
  return Object.keys(imports).filter((name) =>
    new RegExp(`from "${name}(?:/[^"]*)?"|import\\("${name}(?:/[^"]*)?"\\)`).test(source)
  );
}

function manifests(release: Release): void {
  put(`${NAME}.rb`, formula(release));
  put(`${NAME}.json`, scoop(release));
  for (const [file, text] of Object.entries(winget(release))) put(join("winget", file), text);
}

const named = ({ file, data }: { file: string; data: Uint8Array }): [string, Uint8Array] => [
  join("npm", file),
  data,
];

function put(file: string, data: string | Uint8Array, mode = 0o644): void {
  const path = join(DIST, file);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  writeFileSync(path, data, { mode });
  console.log(`dist/${file.replaceAll("\\", "/")}`);
}

/** What a command prints. */
async function printed(...args: string[]): Promise<string> {
  let text = "";
  const out = {
    write: (more: string) => void (text += more),
    isTTY: false,
    color: false,
    gone: new AbortController().signal,
  };
  const code = await runCli({
    args,
    env: {},
    cwd: ROOT,
    stdout: out,
    stderr: out,
    stdin: () => Promise.resolve(""),
    onSignal: () => () => {},
  });
  if (code !== 0) throw new Error(`${NAME} ${args.join(" ")} failed: ${text}`);
  return text;
}

/** The README of the npm package: the project's own, without what only a clone has. */
function npmReadme(): string {
  return read("README.md").replace(/^!\[.*\n\n/m, "").replaceAll(/\]\((?!https?:)[^)]*\)/g, "]").replaceAll(
    /\[([^\]]+)\](?!\()/g,
    "$1",
  );
}

/** The sums of the packages themselves, beside those of the executables. */
function packageSums(): void {
  const all = readdirSync(DIST, { recursive: true }).map((name) => String(name).replaceAll("\\", "/"))
    .filter((name) => /\.(?:tgz|deb)$/.test(name) && statSync(join(DIST, name)).isFile()).sort();
  const lines = all.map((name) =>
    `${createHash("sha256").update(readFileSync(join(DIST, name))).digest("hex")}  ${name}\n`
  );
  put("PACKAGES.SHA256SUMS", lines.join(""));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}
