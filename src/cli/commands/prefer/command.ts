/** `prefer`: says which route was right for a request, or what its answer was worth. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, optional, withDefault } from "@optique/core/modifiers";
import { argument, flag } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { z } from "zod";
import { CliError, type Command, EXIT, PROGRAM } from "../../command.ts";
import { change, common } from "../status/cooldowns.ts";

const id = argument(string({ metavar: "REQUEST-ID" }), {
  description: message`the request, as log shows it and X-Request-Id names it`,
});

const route = argument(string({ metavar: "ROUTE" }), {
  description: message`the right one: think, plan_implementation, build, background or default`,
});

const parser = object({
  id,
  route: optional(route),
  up: withDefault(flag("--up", { description: message`its answer was good` }), false),
  down: withDefault(flag("--down", { description: message`its answer was not good` }), false),
  ...common,
});

/** What is said about the request. @throws CliError where it is nothing, or more than one thing */
function said({ route, up, down }: { readonly route?: string | undefined; up: boolean; down: boolean }) {
  if (Number(route !== undefined) + Number(up) + Number(down) !== 1) {
    throw new CliError("Say one thing about the request: a ROUTE, --up or --down.", EXIT.unusable);
  }
  return route === undefined ? { thumb: up ? "up" : "down" } : { route };
}

export const command: Command = {
  description:
    message`Says which route was right for a request, or what its answer was worth. Later prompts like it go there, where [learning] is on. The last 2,000 decisions can be corrected, after a restart too.`,
  parser: map(parser, ({ id, route, up, down, ...options }) => async (io) =>
    await change(io, options, {
      path: "/v1/feedback",
      body: { request_id: id, ...said({ route, up, down }) },
      inWords,
    })),
  examples: ["prefer req_4f1d2c think", "prefer req_4f1d2c --up", "prefer req_4f1d2c --down"],
};

const done = z.union([
  z.object({ request_id: z.string(), thumb: z.string() }).transform(({ request_id: id, thumb }) =>
    `Thumb ${thumb} for ${id}. To take it back: ${PROGRAM} learn undo`
  ),
  z.object({ request_id: z.string(), route: z.string(), was: z.string(), learned: z.boolean() }).transform(
    ({ request_id: id, route, was, learned }) => {
      const right = was === route
        ? `${id} was right: ${route}.`
        : `${id} should have been ${route}, not ${was}.`;
      return learned
        ? `${right} To take it back: ${PROGRAM} learn undo`
        : `${right} A rule or the agent itself decided it, which corrections do not move: write a rule.`;
    },
  ),
]);

const inWords = (body: unknown): string => done.safeParse(body).data ?? "Done.";
