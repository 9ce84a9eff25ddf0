/** How a runtime runs the program from source. */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { ensureNodeModules, findBun } from "../bun.ts";

/** `runtime`: "deno" (the one that runs this) or "bun". */
export function commandFor(runtime: string): readonly string[] {
  const main = fileURLToPath(new URL("../../main.ts", import.meta.url));
  if (runtime !== "bun") return [process.execPath, "run", "-A", main];
  ensureNodeModules();
  return [findBun(), main];
}
