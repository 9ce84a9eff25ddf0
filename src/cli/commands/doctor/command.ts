/** `doctor`: what usually goes wrong, looked at one after the other. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, withDefault } from "@optique/core/modifiers";
import { flag } from "@optique/core/primitives";
import type { Command } from "../../command.ts";
import { configOption, jsonOption } from "../../options.ts";

const parser = object({
  offline: withDefault(flag("--offline", { description: message`do not ask the providers` }), false),
  json: jsonOption,
  config: configOption,
});

export const command: Command = {
  description:
    message`Looks at what usually goes wrong: the configuration, the keys, the proxy's port, each provider (its list of models is asked for, which costs nothing), the data folder and the ledger. Says what to do. Ends with 1 when something must be mended.`,
  parser: map(parser, (options) => async (io) => {
    const { runDoctor } = await import("./run.ts");
    return await runDoctor(io, options);
  }),
  examples: ["doctor", "doctor --offline", "doctor --config config.toml --json"],
};
