/** `setup`: points clients to this proxy, and takes that back. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, multiple, optional, withDefault } from "@optique/core/modifiers";
import { argument, flag, option } from "@optique/core/primitives";
import { choice, string } from "@optique/core/valueparser";
import type { Command } from "../../command.ts";
import { jsonOption } from "../../options.ts";
import { CLIENTS } from "./clients.ts";

const WORDS = CLIENTS.flatMap(({ name, aliases = [] }) => [name, ...aliases]);

const parser = object({
  clients: multiple(
    argument(choice(WORDS, { metavar: "CLIENT" }), {
      description: message`claude-code, codex, openclaw, … (default: list all)`,
    }),
  ),
  yes: withDefault(
    flag("-y", "--yes", "--write", { description: message`write without asking, and keep a backup` }),
    false,
  ),
  print: withDefault(
    flag("--print", { description: message`only print the change`, hidden: "help" }),
    false,
  ),
  undo: withDefault(flag("--undo", { description: message`take the change back` }), false),
  all: withDefault(flag("--all", { description: message`every client that is installed` }), false),
  key: optional(option("-k", "--key", string({ metavar: "KEY" }), {
    description: message`write this key into the file; $NAME: another variable`,
  })),
  replaceLogin: withDefault(
    flag("--replace-login", {
      description: message`use the proxy's key, not the client's own login`,
    }),
    false,
  ),
  model: optional(option("-m", "--model", string({ metavar: "MODEL" }), {
    description: message`a route or a model for the client (default: auto)`,
  })),
  url: optional(option("-u", "--url", string({ metavar: "URL" }), {
    description: message`address of the proxy (default: the configuration's)`,
  })),
  noTest: withDefault(flag("--no-test", { description: message`send no request to the proxy` }), false),
  json: jsonOption,
  config: optional(option("-c", "--config", string({ metavar: "FILE" }), {
    description: message`configuration file of the proxy`,
  })),
});

export const command: Command = {
  description:
    message`Points clients to this proxy: shows the change to the client's own file, asks, writes it, and sends one request through the proxy.`,
  parser: map(parser, (options) => async (io) => {
    const { runSetup } = await import("./run.ts");
    return await runSetup(io, options);
  }),
  examples: [
    "setup claude-code",
    "setup codex opencode --yes",
    "setup claude-code --undo",
  ],
};
