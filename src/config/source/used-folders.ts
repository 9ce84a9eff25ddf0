/**
 * Which configuration files outside the user's own folder may be used without being named: those that the user has run the
 * proxy with before, as they were then. Entering a folder is not consent, and `config.toml` is an everyday name: a cloned
 * repository's would get every key that it asks for. As direnv does: https://direnv.net/man/direnv.1.html
 */
import { createHash } from "node:crypto";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { writeWhole } from "../../files/write.ts";
import { dataFile, dataFolder } from "../../runtime/data-folder.ts";
import type { Env } from "./references.ts";

export interface Place {
  readonly env?: Env;
  readonly platform?: string;
}

/** Files that are remembered; the oldest are forgotten. */
const MOST = 500;

/** Remembers a file as it is now, with the `.env` beside it. Nothing happens where the data folder cannot be written. */
export function remember(path: string, place: Place = {}): void {
  const now = identityOf(path);
  const list = listPath(place);
  if (now === undefined) return;
  const known = read(list);
  if (known[now.path] === now.digest) return;
  const others = Object.entries(known).filter(([other]) => other !== now.path).slice(1 - MOST);
  try {
    writeWhole(list, `${JSON.stringify(Object.fromEntries([...others, [now.path, now.digest]]), null, 1)}\n`);
  } catch { /* then the file must be named the next time too */ }
}

/** Whether a file may be used without being named: "changed" since it was remembered, or "unknown". */
export function standingOf(path: string, place: Place = {}): "used" | "changed" | "unknown" {
  const now = identityOf(path);
  const list = listPath(place);
  const digest = now === undefined ? undefined : read(list)[now.path];
  if (now === undefined || digest === undefined) return "unknown";
  return digest === now.digest && ownerOf(path) === ownerOf(list) ? "used" : "changed";
}

function listPath({ env = process.env, platform = process.platform }: Place): string {
  const home = env.HOME ?? env.USERPROFILE ?? homedir();
  return dataFile(dataFolder({ env, platform, home }), "folders");
}

function identityOf(path: string): { readonly path: string; readonly digest: string } | undefined {
  try {
    const real = realpathSync(path);
    const digest = createHash("sha256").update(readFileSync(real));
    return { path: real, digest: digest.update("\0").update(dotEnvBeside(path)).digest("hex") };
  } catch {
    return undefined;
  }
}

function dotEnvBeside(path: string): Uint8Array {
  try {
    return readFileSync(join(dirname(path), ".env"));
  } catch {
    return new Uint8Array();
  }
}

function ownerOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.uid;
}

/** Paths to digests; a list that cannot be read is an empty one. */
function read(list: string): Record<string, unknown> {
  try {
    const known: unknown = JSON.parse(readFileSync(list, "utf8"));
    return typeof known === "object" && known !== null && !Array.isArray(known) ? { ...known } : {};
  } catch {
    return {};
  }
}
