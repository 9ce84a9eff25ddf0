/** `upgrade`: replaces this program by a newer one. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, optional, withDefault } from "@optique/core/modifiers";
import { flag, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import type { Command } from "../../command.ts";
import { jsonOption } from "../../options.ts";

const parser = object({
  check: withDefault(
    flag("--check", { description: message`only say whether there is a newer version` }),
    false,
  ),
  rollback: withDefault(
    flag("--rollback", { description: message`go back to the version before the last upgrade` }),
    false,
  ),
  from: optional(option("--from", string({ metavar: "URL" }), {
    description: message`folder of the release (default: the one that this build names)`,
  })),
  key: optional(option("--public-key", string({ metavar: "KEY" }), {
    description: message`minisign key of the release (default: the one that this build names)`,
  })),
  json: jsonOption,
});

export const command: Command = {
  description:
    message`Downloads the newest release, compares its checksum and signature, and takes its place in one step. The old file is kept. A service is restarted after its requests in flight have finished.`,
  parser: map(parser, (options) => async (io) => {
    const { runUpgrade } = await import("./run.ts");
    return await runUpgrade(io, options);
  }),
  examples: ["upgrade --check", "upgrade", "upgrade --rollback"],
};
