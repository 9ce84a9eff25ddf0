/** `demo`: the published example, running on this machine. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, optional, withDefault } from "@optique/core/modifiers";
import { flag, option } from "@optique/core/primitives";
import type { Command } from "../../command.ts";
import { jsonOption, port } from "../../options.ts";

const parser = object({
  once: withDefault(
    flag("--once", {
      description: message`exit after the prompts; with 1 when one was not routed as promised`,
    }),
    false,
  ),
  port: optional(option("-p", "--port", port, {
    description: message`the proxy's port (default: 3456, or a free one)`,
  })),
  json: jsonOption,
});

export const command: Command = {
  description:
    message`Starts the real proxy in front of a fake provider on this machine and sends the published example prompts through it. Needs no keys and costs nothing.`,
  parser: map(parser, (options) => async (io) => {
    const { runDemo } = await import("./run.ts");
    return await runDemo(io, options);
  }),
  examples: ["demo", "demo --once", "demo --once --json"],
};
