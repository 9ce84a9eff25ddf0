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
    description: message`listen on this address`,
  })),
  port: optional(option("-p", "--port", port, { description: message`listen on this port` })),
  logJson: optional(flag("--log-json", { description: message`log JSON lines` })),
  logLevel: optional(option("--log-level", choice(LEVELS, { metavar: "LEVEL" }), {
    description: message`error, warn, info or debug`,
  })),
});

export const command: Command = {
  description:
    message`Runs the proxy. What is said here stands above the file, also after a reload. The file is read again when it changes and at SIGHUP; SIGTERM lets requests under way end.`,
  parser: map(parser, (options) => async (io) => {
    const { runServe } = await import("./run.ts");
    return await runServe(io, options);
  }),
  examples: ["--config config.toml", "serve --port 4000 --log-level debug"],
};
