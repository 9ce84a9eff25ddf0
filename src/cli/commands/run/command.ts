/** `run`: starts an agent through the proxy, and changes no file. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { choice, string } from "@optique/core/valueparser";
import { type Command, splitAfter } from "../../command.ts";
import { configOption } from "../../options.ts";
import { CLIENTS } from "../setup/clients.ts";

const WORDS = CLIENTS.filter(({ run }) => run !== undefined).flatMap((
  { name, aliases = [] },
) => [name, ...aliases]);

const parser = object({
  config: configOption,
  model: optional(option("-m", "--model", string({ metavar: "MODEL" }), {
    description: message`a route or a model for the agent (default: auto)`,
  })),
  url: optional(option("-u", "--url", string({ metavar: "URL" }), {
    description: message`address of the proxy (default: the one that runs, else one for this run)`,
  })),
  agent: argument(choice(WORDS, { metavar: "AGENT" }), {
    description: message`claude, codex, opencode, openclaw, …; everything after it goes to the agent`,
  }),
});

export const command: Command = {
  description:
    message`Starts an agent with everything set for this one run: no file is changed. Where no proxy runs at the configured address, this run has one of its own, on a free port.`,
  parser: map(parser, (options) => async (io) => {
    const { runAgent } = await import("./run.ts");
    return await runAgent(io, { ...options, args: splitAfter(io.args, WORDS).rest });
  }),
  restAfter: WORDS,
  examples: ["run claude", 'run claude -p "plan the architecture"', "run --model think codex"],
};
