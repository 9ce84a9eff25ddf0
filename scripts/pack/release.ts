/** What every package is made from: the executables in dist/ with their sums, the version, and where they are downloaded. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const NAME = "terraphim-llm-proxy";
export const DESCRIPTION = "Routes coding agents' requests to the model chosen for each kind of work";

export interface Release {
  readonly version: string;
  /** The folder of the executables, without a slash at its end. */
  readonly url: string;
  readonly homepage: string;
  /** What `SHA256SUMS` holds: a sum, two spaces and a file's name a line. */
  readonly sums: string;
}

/** The sum of each file. */
const sumsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split("\n").map((line) => line.trim().split(/\s+/))
      .filter(([sum = "", file]) => /^[0-9a-f]{64}$/.test(sum) && file !== undefined)
      .map(([sum = "", file = ""]) => [file, sum]),
  );

/** The sums of some files. @throws Error naming those that have none */
export function requireSums(sums: string, files: readonly string[]): (file: string) => string {
  const known = sumsOf(sums);
  const missing = files.filter((file) => !known.has(file));
  if (missing.length > 0) {
    throw new Error(`dist/SHA256SUMS has no sum of ${missing.join(", ")}: run deno task compile first.`);
  }
  return (file) => known.get(file) ?? "";
}

/** What npm and Debian call the machines that an executable is for. By the target's name in its file. */
export interface Machine {
  readonly target: string;
  readonly file: string;
  readonly npm: { readonly os: string; readonly cpu: string; readonly libc?: "glibc" | "musl" };
  readonly debian?: "amd64" | "arm64";
}

const machine = (target: string, npm: Machine["npm"], debian?: Machine["debian"]): Machine => ({
  target,
  file: `${NAME}-${target}${target.startsWith("windows") ? ".exe" : ""}`,
  npm,
  ...(debian === undefined ? {} : { debian }),
});

export const MACHINES: readonly Machine[] = [
  machine("linux-x64", { os: "linux", cpu: "x64", libc: "glibc" }, "amd64"),
  machine("linux-arm64", { os: "linux", cpu: "arm64", libc: "glibc" }, "arm64"),
  machine("linux-x64-musl", { os: "linux", cpu: "x64", libc: "musl" }),
  machine("linux-arm64-musl", { os: "linux", cpu: "arm64", libc: "musl" }),
  machine("macos-x64", { os: "darwin", cpu: "x64" }),
  machine("macos-arm64", { os: "darwin", cpu: "arm64" }),
  machine("windows-x64", { os: "win32", cpu: "x64" }),
];

/** The machines whose executable is in a folder. */
export const built = (dist: string): readonly Machine[] =>
  MACHINES.filter(({ file }) => existsSync(join(dist, file)));

export const readSums = (dist: string): string => {
  const path = join(dist, "SHA256SUMS");
  return existsSync(path) ? readFileSync(path, "utf8") : "";
};

/** An address that a manifest can hold: http or https, without what would end a text in Ruby, YAML or JSON. @throws Error */
export function address(text: string, option: string): string {
  if (URL.canParse(text) && /^https?:\/\/[^\s"'\\#]+$/.test(text)) return text.replace(/\/+$/, "");
  throw new Error(`--${option} "${text}" is not an http or https address.`);
}
