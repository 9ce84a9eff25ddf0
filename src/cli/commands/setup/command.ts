/** `setup`: how each client is pointed at this proxy. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, optional, withDefault } from "@optique/core/modifiers";
import { argument, flag, option } from "@optique/core/primitives";
import { choice, string } from "@optique/core/valueparser";
import type { Command } from "../../command.ts";
import { configOption, jsonOption } from "../../options.ts";
import { CLIENT_NAMES } from "./names.ts";

const parser = object({
  client: optional(argument(choice(CLIENT_NAMES, { metavar: "CLIENT" }), {
    description: message`claude-code, codex, openclaw or opencode; all are listed if not said`,
  })),
  write: withDefault(
    flag("--write", { description: message`change the client's file, with a backup beside it` }),
    false,
  ),
  print: withDefault(
    flag("--print", { description: message`only print what to change (the default)` }),
    false,
  ),
  model: optional(option("-m", "--model", string({ metavar: "MODEL" }), {
    description: message`what to ask for: a route, a model; if not said, each prompt decides`,
  })),
  url: optional(option("-u", "--url", string({ metavar: "URL" }), {
    description: message`where the proxy is; else host and port of the configuration`,
  })),
  json: jsonOption,
  config: configOption,
});

export const command: Command = {
  description:
    message`Prints what points a client at this proxy, or writes it into the client's own file and keeps everything else there. The key stays out of it: the client reads it from the environment.`,
  parser: map(parser, (options) => async (io) => {
    const { runSetup } = await import("./run.ts");
    return runSetup(io, options);
  }),
  examples: ["setup", "setup claude-code", "setup codex --write", "setup openclaw --model think"],
};
