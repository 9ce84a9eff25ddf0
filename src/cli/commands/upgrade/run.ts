/** What `upgrade` does: downloads, verifies, replaces, restarts; or goes back. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, linkSync, renameSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { connectionError } from "../../../dispatch/call.ts";
import { readAll } from "../../../dispatch/relay/buffered.ts";
import { messageOf, reason } from "../../../files/errors.ts";
import { ownExecutable } from "../../../runtime/program.ts";
import { CliError, EXIT, NAME, PROGRAM, RELEASE, VERSION } from "../../command.ts";
import { type Io, printJson } from "../../io.ts";
import { serverUrl } from "../../options.ts";
import { act, managerOf } from "../service/manager.ts";
import { isSigned } from "./minisign.ts";

export interface UpgradeOptions {
  readonly check: boolean;
  readonly rollback: boolean;
  readonly from?: string | undefined;
  readonly key?: string | undefined;
  readonly json: boolean;
}

/** @throws CliError where nothing was changed */
export async function runUpgrade(
  io: Io,
  { check, rollback, from, key = RELEASE.key, json }: UpgradeOptions,
): Promise<number> {
  const file = ownExecutable();
  if (file === undefined && !check) {
    throw new CliError("this program runs from source: git pull upgrades it.", EXIT.unusable);
  }
  if (rollback) return goBack(io, file ?? "", json);
  const folder = from === undefined ? RELEASE.url : serverUrl(from);
  if (folder === "") {
    throw new CliError("this build names no release; give its folder with --from URL.", EXIT.unusable);
  }
  const release = await releaseAt(folder, key);
  const newer = isNewer(release.version, VERSION);
  if (check || !newer) {
    if (json) printJson(io, { version: VERSION, newest: release.version, newer });
    else {io.stdout.write(
        newer
          ? `${release.version} is there; this is ${VERSION}. ${PROGRAM} upgrade installs it.\n`
          : `${VERSION} is the newest version.\n`,
      );}
    return EXIT.ok;
  }
  const manager = otherInstaller(io, file ?? "");
  if (manager !== undefined) throw new CliError(`${release.version} is there. ${manager}`, EXIT.failed);
  await replace(file ?? "", folder, release);
  const { restarted, problem } = restart(io);
  if (json) printJson(io, { version: release.version, before: VERSION, signed: release.signed, restarted });
  else {
    io.stdout.write(
      `Upgraded from ${VERSION} to ${release.version}; ${
        release.signed
          ? "checksum and signature are right"
          : "the checksum is right, and this build knows no key to check a signature with"
      }.\n` +
        `${
          restarted
            ? "The service was restarted."
            : "A running proxy goes on with the old version until it is restarted."
        } ${PROGRAM} upgrade --rollback goes back.\n`,
    );
  }
  if (problem !== undefined) io.stderr.write(problem);
  return EXIT.ok;
}

interface Release {
  readonly version: string;
  readonly signed: boolean;
  readonly sums: ReadonlyMap<string, string>;
}

/** A list of sums, a version or a signature is shorter. Bytes. */
const MOST_TEXT = 1024 * 1024;
/** An executable is smaller. Bytes. */
const MOST_BYTES = 512 * 1024 * 1024;
const PATIENCE_MS = 10 * 60_000;

/** Version and sums of a release. With a key they must be signed. @throws CliError */
async function releaseAt(folder: string, key: string): Promise<Release> {
  const list = await download(`${folder}/SHA256SUMS`, MOST_TEXT);
  if (key !== "") {
    const signature = new TextDecoder().decode(await download(`${folder}/SHA256SUMS.minisig`, MOST_TEXT));
    if (!await isSigned(list, signature, key)) {
      throw new CliError(`the signature of ${folder}/SHA256SUMS is wrong. Nothing was changed.`);
    }
  }
  const sums = new Map(
    new TextDecoder().decode(list).split("\n").map((line) => line.trim().split(/\s+/)).map((
      [sum = "", name = ""],
    ) => [name, sum]),
  );
  const version = verified(await download(`${folder}/VERSION`, MOST_TEXT), sums, "VERSION");
  const text = new TextDecoder().decode(version).trim();
  if (!/^\d+\.\d+\.\d+/.test(text)) throw new CliError(`${folder}/VERSION is not a version.`);
  return { version: text, signed: key !== "", sums };
}

function verified(data: Uint8Array, sums: Release["sums"], name: string): Uint8Array {
  const wanted = sums.get(name);
  const found = createHash("sha256").update(data).digest("hex");
  if (wanted === found) return data;
  throw new CliError(
    wanted === undefined
      ? `the release has no ${name}. Nothing was changed.`
      : `the checksum of ${name} is wrong: got ${found}, expected ${wanted}. Nothing was changed.`,
  );
}

async function download(url: string, most: number): Promise<Uint8Array> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new CliError(`cannot download ${url}: status ${response.status}. Nothing was changed.`);
    }
    return await readAll(response, () => {}, most);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`cannot download ${url}: ${connectionError(error)}. Nothing was changed.`);
  }
}

/** Whether one version is after another, by their three numbers. */
export function isNewer(one: string, other: string): boolean {
  const numbers = (version: string) => version.split(/[.+-]/).slice(0, 3).map(Number);
  const [a, b] = [numbers(one), numbers(other)];
  const at = a.findIndex((number, index) => number !== b[index]);
  return at !== -1 && (a[at] ?? 0) > (b[at] ?? 0);
}

/** Who installed this file, and how it upgrades; undefined: this program may. */
function otherInstaller(io: Io, file: string): string | undefined {
  if (io.env.TERRAPHIM_LAUNCHER !== undefined || /[\\/]node_modules[\\/]/.test(file)) {
    return `npm installed this program: npm install --global ${NAME}@latest`;
  }
  if (/[\\/]Cellar[\\/]/.test(file)) return `Homebrew installed this program: brew upgrade ${NAME}`;
  if (/^\/usr\/(?!local\/)/.test(file)) return `a package installed this program: install its newer .deb.`;
  return /[\\/]scoop[\\/]/i.test(file) ? `Scoop installed this program: scoop update ${NAME}` : undefined;
}

/** The file of this machine in a release. */
function assetName(file: string): string {
  const os = process.platform === "win32" ? "windows" : process.platform === "darwin" ? "macos" : "linux";
  const musl = os === "linux" && existsSync("/etc/alpine-release") ? "-musl" : "";
  return `${NAME}-${os}-${process.arch === "arm64" ? "arm64" : "x64"}${musl}${
    file.endsWith(".exe") ? ".exe" : ""
  }`;
}

const previousOf = (file: string): string => `${file}.previous`;

/** Puts the new file in place of the old one, which stays beside it. @throws CliError; then the old one is still there */
async function replace(file: string, folder: string, { version, sums }: Release): Promise<void> {
  const name = assetName(file);
  const data = verified(await download(`${folder}/${name}`, MOST_BYTES), sums, name);
  const fresh = `${file}.new`;
  try {
    writeFileSync(fresh, data, { mode: 0o755 });
    chmodSync(fresh, 0o755);
    const { stdout, status } = spawnSync(fresh, ["--version"], { encoding: "utf8" });
    if (status !== 0 || !stdout.includes(version)) {
      throw new CliError(`the new version does not run on this machine. Nothing was changed.`);
    }
    keep(file);
    renameSync(fresh, file);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`cannot replace ${file}: ${reason(error)}. Nothing was changed.`);
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** Keeps the file that is in place beside it. A running program cannot be replaced on Windows, but it can be renamed. */
function keep(file: string): void {
  const previous = previousOf(file);
  rmSync(previous, { force: true });
  if (process.platform === "win32") return renameSync(file, previous);
  try {
    linkSync(file, previous);
  } catch {
    copyFileSync(file, previous);
  }
}

/** @throws CliError where the earlier version could not be put back */
function goBack(io: Io, file: string, json: boolean): number {
  const previous = previousOf(file);
  if (!existsSync(previous)) throw new CliError("there is no version from before an upgrade.", EXIT.unusable);
  const aside = `${file}.new`;
  try {
    renameSync(previous, aside);
    keep(file);
    renameSync(aside, file);
  } catch (error) {
    throw new CliError(`cannot replace ${file}: ${reason(error)}.`);
  }
  const { stdout } = spawnSync(file, ["--version"], { encoding: "utf8" });
  const version = stdout.trim();
  const { restarted, problem } = restart(io);
  if (json) printJson(io, { version: version.split(" ").at(-1), before: VERSION, restarted });
  else {
    io.stdout.write(
      `Back to ${version}.${
        restarted ? " The service was restarted." : ""
      } ${PROGRAM} upgrade --rollback undoes this.\n`,
    );
  }
  if (problem !== undefined) io.stderr.write(problem);
  return EXIT.ok;
}

/**
 * Restarts the service where there is one: its manager lets requests in flight finish. Never throws: the program is replaced
 * already, whatever the manager says.
 * @returns `problem`: why the service was not restarted and what to do, as a line for people
 */
export function restart(io: Io): { readonly restarted: boolean; readonly problem?: string } {
  const manager = managerOf(io);
  if (!existsSync(manager.file)) return { restarted: false };
  try {
    act(io, manager, "restart");
    return { restarted: true };
  } catch (error) {
    const why = messageOf(error).replace(/\.$/, "");
    const what = `restart it yourself: ${PROGRAM} service restart`;
    return { restarted: false, problem: `The service still runs the old version: ${why}; ${what}.\n` };
  }
}
