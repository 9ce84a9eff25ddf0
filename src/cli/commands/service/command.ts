/** `service`: keeps the proxy running in the background, by the system's own service manager. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, withDefault } from "@optique/core/modifiers";
import { argument, flag } from "@optique/core/primitives";
import { choice } from "@optique/core/valueparser";
import type { Command } from "../../command.ts";
import { configOption } from "../../options.ts";
import { ACTIONS } from "./manager.ts";

const parser = object({
  action: argument(choice(ACTIONS, { metavar: "ACTION" }), {
    description: message`install, uninstall, start, stop, restart, status or logs`,
  }),
  keys: withDefault(
    flag("--keys", {
      description:
        message`with install: copy keys that only this shell has into the .env beside the configuration`,
    }),
    false,
  ),
  config: configOption,
});

export const command: Command = {
  description:
    message`Runs the proxy in the background, from login on: a systemd user unit, a launchd agent or a task of Windows' scheduler. A stop lets requests in flight finish.`,
  parser: map(parser, (options) => async (io) => {
    const { runService } = await import("./run.ts");
    return runService(io, options);
  }),
  examples: ["service install", "service status", "service logs"],
};
