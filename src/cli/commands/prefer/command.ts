/** `prefer`: says which route was right for a request, or what its answer was worth. */
import { object, or } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import { argument, flag } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { z } from "zod";
import { type Command, PROGRAM } from "../../command.ts";
import { change, common } from "../status/cooldowns.ts";

const id = argument(string({ metavar: "REQUEST-ID" }), {
  description: message`the request, as log shows it and X-Request-Id names it`,
});

const route = argument(string({ metavar: "ROUTE" }), {
  description: message`the right one: think, plan_implementation, build, background or default`,
});

const said = or(
  map(object({ id, route, ...common }), ({ id, route, ...options }) => ({ id, said: { route }, ...options })),
  map(
    object({ id, up: flag("--up", { description: message`its answer was good` }), ...common }),
    ({ id, up: _up, ...options }) => ({ id, said: { thumb: "up" }, ...options }),
  ),
  map(
    object({ id, down: flag("--down", { description: message`its answer was not good` }), ...common }),
    ({ id, down: _down, ...options }) => ({ id, said: { thumb: "down" }, ...options }),
  ),
);

export const command: Command = {
  description:
    message`Says which route was right for a request, or what its answer was worth. Later prompts like it go there, where [learning] is on. The last 2,000 decisions can be corrected, after a restart too.`,
  parser: map(said, ({ id, said, ...options }) => (io) =>
    change(io, options, {
      path: "/v1/feedback",
      body: { request_id: id, ...said },
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
