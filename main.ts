/** Reads the command line, runs one command. */
import process from "node:process";
import { runCli } from "./src/cli/cli.ts";
import { flushed, processIo } from "./src/cli/io.ts";

const code = await runCli(processIo());
process.exit(await flushed() ? code : 1);
