/** `log`: the newest requests, where each went and why. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, optional, withDefault } from "@optique/core/modifiers";
import { flag, option } from "@optique/core/primitives";
import { integer, string } from "@optique/core/valueparser";
import type { Command } from "../../command.ts";
import { configOption, jsonOption } from "../../options.ts";

const only = (name: `--${string}`, metavar: "ROUTE" | "MODEL" | "PROVIDER" | "CLIENT" | "SESSION") =>
  optional(option(name, string({ metavar }), { description: message`only of this one` }));

const parser = object({
  follow: withDefault(
    flag("-f", "--follow", { description: message`go on as requests come, until Ctrl-C` }),
    false,
  ),
  number: withDefault(
    option("-n", "--number", integer({ min: 0, max: 100_000, metavar: "N" }), {
      description: message`how many at most, 20 if not said`,
    }),
    20,
  ),
  since: optional(option("-s", "--since", string({ metavar: "WHEN" }), {
    description: message`today, 24h, 7d, a date, …`,
  })),
  failed: withDefault(flag("--failed", { description: message`only those that failed` }), false),
  route: only("--route", "ROUTE"),
  model: only("--model", "MODEL"),
  provider: only("--provider", "PROVIDER"),
  client: only("--client", "CLIENT"),
  session: only("--session", "SESSION"),
  json: jsonOption,
  config: configOption,
});

export const command: Command = {
  description: message`Shows the newest requests, newest last: where each went, and why.`,
  parser: map(parser, (options) => async (io) => {
    const { runLog } = await import("./run.ts");
    return await runLog(io, options);
  }),
  examples: ["log --follow", "log --failed --since today --json"],
};
