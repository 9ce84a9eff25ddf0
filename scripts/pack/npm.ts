/**
 * The npm packages: one for each machine, which holds the executable, and `terraphim-llm-proxy`, which has all of them as
 * optional dependencies and starts the one that npm has installed (as esbuild and Biome do).
 */
import { type Entry, tarGz } from "./archive.ts";
import { DESCRIPTION, type Machine, NAME } from "./release.ts";

export interface NpmOptions {
  readonly version: string;
  readonly homepage: string | undefined;
  readonly license: string;
  readonly epoch: number;
}

export interface Package {
  /** `name-version.tgz`, as `npm pack` calls it. */
  readonly file: string;
  readonly data: Uint8Array;
}

/** The package of one machine. */
export function machinePackage(machine: Machine, executable: Uint8Array, options: NpmOptions): Package {
  const name = `${NAME}-${machine.target}`;
  const program = machine.npm.os === "win32" ? `${NAME}.exe` : NAME;
  return packed(name, options, [
    { path: program, data: executable, mode: 0o755 },
    {
      path: "README.md",
      data: `# ${name}\n\nThe executable of ${NAME} for ${machine.target}, which that package installs.\n`,
    },
  ], {
    os: [machine.npm.os],
    cpu: [machine.npm.cpu],
    ...(machine.npm.libc === undefined ? {} : { libc: [machine.npm.libc] }),
    preferUnplugged: true,
  });
}

/** The package that people install. `machines`: those that have an executable in this release. */
export function mainPackage(machines: readonly Machine[], readme: string, options: NpmOptions): Package {
  return packed(NAME, options, [
    { path: `bin/${NAME}.js`, data: launcher(machines), mode: 0o755 },
    { path: "README.md", data: readme },
  ], {
    bin: { [NAME]: `bin/${NAME}.js` },
    engines: { node: ">=18" },
    keywords: ["llm", "proxy", "router", "claude-code", "codex", "openclaw", "opencode"],
    optionalDependencies: Object.fromEntries(
      machines.map(({ target }) => [`${NAME}-${target}`, options.version]),
    ),
  });
}

/** A package's files, with its package.json and the license. Paths are relative to the package. */
export function packageFiles(
  name: string,
  { version, homepage, license }: NpmOptions,
  files: readonly Entry[],
  more: Readonly<Record<string, unknown>>,
): readonly Entry[] {
  const manifest = {
    name,
    version,
    description: DESCRIPTION,
    // npm accepts a provenance statement only from the repository that the package names.
    ...(homepage === undefined ? {} : { homepage, repository: { type: "git", url: `git+${homepage}.git` } }),
    license: "MIT",
    ...more,
  };
  return [
    { path: "package.json", data: `${JSON.stringify(manifest, null, 2)}\n` },
    { path: "LICENSE", data: license },
    ...files,
  ];
}

/** The same as an archive. */
export function packed(
  name: string,
  options: NpmOptions,
  files: readonly Entry[],
  more: Readonly<Record<string, unknown>>,
): Package {
  const all = packageFiles(name, options, files, more);
  return {
    file: `${name}-${options.version}.tgz`,
    data: tarGz(all.map((one) => ({ ...one, path: `package/${one.path}` })), options.epoch),
  };
}

/**
 * The launcher. Where Node can, it becomes the executable, so that signals and the exit code are the executable's own and no
 * second process stays; elsewhere it passes them on.
 */
function launcher(machines: readonly Machine[]): string {
  const known = machines.map(({ target, npm }) => ({ name: `${NAME}-${target}`, ...npm }));
  return `#!/usr/bin/env node
"use strict";
const { spawn } = require("node:child_process");

const PACKAGES = ${JSON.stringify(known, null, 2)};

// glibc names its version in the report; musl does not.
function libc() {
  if (process.platform !== "linux") return undefined;
  try {
    process.report.excludeNetwork = true;
    return process.report.getReport().header.glibcVersionRuntime ? "glibc" : "musl";
  } catch {
    return "glibc";
  }
}

function executable() {
  const own = libc();
  const fit = PACKAGES.filter(({ os, cpu }) => os === process.platform && cpu === process.arch);
  fit.sort((one, other) => Number(other.libc === own) - Number(one.libc === own));
  const file = process.platform === "win32" ? "${NAME}.exe" : "${NAME}";
  for (const { name } of fit) {
    try {
      return require.resolve(name + "/" + file);
    } catch {
      // npm did not install this one
    }
  }
  const wanted = fit[0];
  console.error(
    wanted === undefined
      ? "Error: there is no executable of ${NAME} for " + process.platform + " on " + process.arch + "; it runs from source with Deno or Bun."
      : "Error: the package " + wanted.name + ", which holds the executable, is not installed. Install ${NAME} again, with optional dependencies (npm install --include=optional).",
  );
  process.exit(1);
}

const file = executable();
const args = process.argv.slice(2);
const env = { ...process.env, TERRAPHIM_LAUNCHER: "npm" };
if (/[\\\\/]_npx[\\\\/]/.test(__dirname)) env.TERRAPHIM_NPX = "1";

let replaced = false;
if (typeof process.execve === "function" && process.platform !== "win32") {
  try {
    process.execve(file, [file, ...args], env);
    replaced = true;
  } catch {
    // started as a child instead
  }
}
if (!replaced) {
  const child = spawn(file, args, { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // A terminal sends SIGINT to both; the others reach only this process.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on("error", (error) => {
    console.error("Error: " + file + " cannot be started: " + error.message);
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}
`;
}
