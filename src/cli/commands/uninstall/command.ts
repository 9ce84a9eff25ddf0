/** `uninstall`: removes what this program has put on this machine. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, withDefault } from "@optique/core/modifiers";
import { flag } from "@optique/core/primitives";
import type { Command } from "../../command.ts";

const parser = object({
  yes: withDefault(flag("-y", "--yes", { description: message`do not ask` }), false),
  keep: withDefault(flag("--keep", { description: message`keep the configuration and the ledger` }), false),
});

export const command: Command = {
  description:
    message`Stops the service, takes back what setup changed in clients' files, and removes the configuration, the ledger and the program. What a package manager installed it leaves to that one.`,
  parser: map(parser, (options) => async (io) => {
    const { runUninstall } = await import("./run.ts");
    return await runUninstall(io, options);
  }),
  examples: ["uninstall", "uninstall --keep"],
};
