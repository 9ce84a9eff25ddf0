import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { programSuite } from "../support/program-suite.ts";

const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));
const HOST = `${
  process.platform === "darwin" ? "macos" : process.platform === "win32" ? "windows" : process.platform
}-${process.arch}`;

/** The executable that `deno task compile` made for this machine. */
const file = existsSync(DIST)
  ? readdirSync(DIST).find((name) => name.startsWith(`terraphim-llm-proxy-${HOST}`) && !name.includes("musl"))
  : undefined;

if (file === undefined && process.env.TERRAPHIM_EXECUTABLE_REQUIRED === "1") {
  throw new Error(`there is no executable for ${HOST} in dist/; run: deno task compile --target host`);
}

programSuite(
  "the executable",
  () => [join(DIST, file ?? "")],
  file === undefined ? "there is none in dist/; deno task compile --target host makes it" : undefined,
);
