/** `status`: how a running proxy and its providers are. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, optional, withDefault } from "@optique/core/modifiers";
import { flag, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import type { Command } from "../../command.ts";
import { configOption, jsonOption } from "../../options.ts";

const parser = object({
  watch: withDefault(
    flag("-w", "--watch", "--live", { description: message`show it anew every second, until Ctrl-C` }),
    false,
  ),
  url: optional(option("-u", "--url", string({ metavar: "URL" }), {
    description: message`where the proxy is; else host and port of the configuration`,
  })),
  json: jsonOption,
  config: configOption,
});

export const command: Command = {
  description:
    message`Asks a running proxy how it is: its configuration, its providers, who cools down and until when. Ends with 1 when nothing answers, or when its configuration file has become wrong.`,
  parser: map(parser, (options) => async (io) => {
    const { runStatus } = await import("./run.ts");
    return await runStatus(io, options);
  }),
  examples: ["status", "status --watch", "status --url http://127.0.0.1:4000 --json"],
};
