/** Puts the agents and SDKs into a work folder of the project's own, once. */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The scripts that install and run the clients; shared by several projects, and perhaps not to be written to. */
export const SOURCE = fileURLToPath(new URL("../../../shared/clients/", import.meta.url));
/** Where they are installed and run. */
export const FOLDER = fileURLToPath(new URL("../../.cache/clients/", import.meta.url));

/** Where each case keeps what it made: outside of any repository, whose instructions the agents would read. */
export const RUNS = join(tmpdir(), "terraphim-llm-proxy-clients");

/** Written when everything is there; holds the installer that did it, so that newer versions are fetched. */
const DONE = join(FOLDER, "installed.txt");

/** Whether the clients' scripts are on this machine at all. */
export function isAvailable(): boolean {
  return existsSync(join(SOURCE, "install.sh"));
}

/** Copies the scripts, and installs what they need where that was not done yet: 1.9 GB, about two minutes. @throws Error */
export function install(say: (line: string) => void): void {
  mkdirSync(FOLDER, { recursive: true });
  cpSync(SOURCE, FOLDER, { recursive: true, force: true });
  makeWritable(FOLDER);
  const installer = readFileSync(join(FOLDER, "install.sh"), "utf8");
  if (existsSync(DONE) && readFileSync(DONE, "utf8") === installer) return;
  say("installing the clients (1.9 GB, about two minutes) …");
  const { status, stdout, stderr } = spawnSync("bash", [join(FOLDER, "install.sh")], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the clients could not be installed:\n${stdout}${stderr}`);
  writeFileSync(DONE, installer);
}

/** Copies of files that may only be read are that, too; the installer writes beside them. */
function makeWritable(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(SOURCE, { recursive: true, withFileTypes: true })) {
    const path = join(folder, entry.parentPath.slice(SOURCE.length), entry.name);
    chmodSync(path, entry.isDirectory() || entry.name.endsWith(".sh") ? 0o755 : 0o644);
  }
}

/** The Node that the clients run on. */
export function clientsNode(): string {
  const own = join(FOLDER, "node24", "node_modules", ".bin", "node");
  return existsSync(own) ? own : process.platform === "win32" ? "node.exe" : "node";
}
