/** Reads the command line, runs one command. */
import process from "node:process";
import { keepNewFilesPrivate } from "./src/files/write.ts";
import { askThisMachineDirectly } from "./src/runtime/forward-proxy.ts";
import { allowManyRequests } from "./src/runtime/many-requests.ts";

askThisMachineDirectly();

keepNewFilesPrivate();

// Without a command the proxy is served. This may start the process again, so everything else is loaded after it.
const [first = "serve"] = process.argv.slice(2);
if (first === "serve" || first.startsWith("-")) allowManyRequests();

const { runCli } = await import("./src/cli/cli.ts");
const { flushed, processIo } = await import("./src/cli/io.ts");
const code = await runCli(processIo());
process.exit(await flushed() ? code : 1);
