/** The executable that `deno task compile` made for this machine. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));
const OS: Readonly<Record<string, string>> = { darwin: "macos", win32: "windows" };
const HOST = `${OS[process.platform] ?? process.platform}-${process.arch}`;

const name = existsSync(DIST)
  ? readdirSync(DIST).find((file) => file.startsWith(`terraphim-llm-proxy-${HOST}`) && !file.includes("musl"))
  : undefined;

if (name === undefined && process.env.TERRAPHIM_EXECUTABLE_REQUIRED === "1") {
  throw new Error(`there is no executable for ${HOST} in dist/; run: deno task compile --target host`);
}

export const executable: { readonly file?: string; readonly skip?: string } = name === undefined
  ? { skip: "there is none in dist/; deno task compile --target host makes it" }
  : { file: join(DIST, name) };
