/** `serve`: the proxy itself. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, optional } from "@optique/core/modifiers";
import { flag, option } from "@optique/core/primitives";
import { choice, string } from "@optique/core/valueparser";
import type { Command } from "../../command.ts";
import { configOption, port } from "../../options.ts";

const LEVELS = ["error", "warn", "info", "debug"] as const;

const parser = object({
  config: configOption,
  host: optional(option("--host", string({ metavar: "HOST" }), {
    description: message`address to listen on (default: 127.0.0.1)`,
  })),
  port: optional(
    option("-p", "--port", port, {
      description: message`port to listen on (default: 3456; 0 picks a free one)`,
    }),
  ),
  logJson: optional(flag("--log-json", { description: message`log JSON, one object a line` })),
  logLevel: optional(option("--log-level", choice(LEVELS, { metavar: "LEVEL" }), {
    description: message`error, warn, info or debug (default: info)`,
  })),
});

export const command: Command = {
  description:
    message`Runs the proxy. Command-line options override the file, even after a reload. The file is reloaded when it changes and on SIGHUP. SIGTERM lets requests in flight finish.`,
  parser: map(parser, (options) => async (io) => {
    const { runServe } = await import("./run.ts");
    return await runServe(io, options);
  }),
  examples: ["--config config.toml", "serve --port 4000 --log-level debug"],
};

/** One of the processes of `[proxy] workers`, which `serve` starts: for nobody else. */
export const workerCommand: Command = {
  description: message`One of several workers, which serve starts.`,
  parser: map(parser, (options) => async (io) => {
    const { runWorker } = await import("./worker.ts");
    return await runWorker(io, options);
  }),
  examples: [],
};
