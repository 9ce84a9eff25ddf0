/** Reads the command line, runs one command. */
import process from "node:process";
import { allowManyRequests } from "./src/runtime/many-requests.ts";

// Serving is what is done without a command. This may start the process anew, so that the rest is loaded afterwards.
const [first = "serve"] = process.argv.slice(2);
if (first === "serve" || first.startsWith("-")) allowManyRequests();

const { runCli } = await import("./src/cli/cli.ts");
const { flushed, processIo } = await import("./src/cli/io.ts");
const code = await runCli(processIo());
process.exit(await flushed() ? code : 1);
