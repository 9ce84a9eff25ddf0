/** `learn`: what was learned from corrections, and how to take it back. */
import { object, or } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, optional, withDefault } from "@optique/core/modifiers";
import { argument, command as named, flag, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { z } from "zod";
import type { Command } from "../../command.ts";
import { counted } from "../../../text/format.ts";
import type { Io } from "../../io.ts";
import { configOption, jsonOption } from "../../options.ts";
import { change, common } from "../status/cooldowns.ts";

const run = () => import("./run.ts");

const undone = z.object({
  undone: z.union([
    z.object({ request_id: z.string(), route: z.string(), was: z.string() }).transform(
      ({ request_id: id, route, was }) => `The correction of ${id} from ${was} to ${route} is taken back.`,
    ),
    z.object({ request_id: z.string(), thumb: z.string() }).transform(
      ({ request_id: id, thumb }) => `The thumb ${thumb} for ${id} is taken back.`,
    ),
  ]),
}).transform(({ undone }) => undone);

const forgotten = z.object({ forgotten: z.number() })
  .transform(({ forgotten }) => `${counted(forgotten, "correction")} forgotten.`);

const saidBy = (answer: z.ZodType<string>) => (body: unknown): string =>
  answer.safeParse(body).data ?? "Done.";

const parser = or(
  named(
    "show",
    map(object({ json: jsonOption }), (options) => async (io: Io) => (await run()).show(io, options)),
    {
      description:
        message`Shows the corrections and thumbs, and how much each kind of correction still counts.`,
    },
  ),
  named(
    "undo",
    map(
      object({
        id: optional(argument(string({ metavar: "REQUEST-ID" }), {
          description: message`the request whose correction is taken back (default: the latest)`,
        })),
        ...common,
      }),
      ({ id, ...options }) => (io: Io) =>
        change(io, options, {
          path: "/admin/learning/undo",
          body: id === undefined ? {} : { request_id: id },
          inWords: saidBy(undone),
        }),
    ),
    {
      description:
        message`Takes a correction or thumb back: decisions are what they were before it, exactly.`,
    },
  ),
  named(
    "reset",
    map(
      object({
        key: optional(option("--key", string({ metavar: "NAME" }), {
          description: message`only what was learned from this key's requests`,
        })),
        ...common,
      }),
      ({ key, ...options }) => (io: Io) =>
        change(io, options, {
          path: "/admin/learning/reset",
          body: key === undefined ? {} : { key },
          inWords: saidBy(forgotten),
        }),
    ),
    { description: message`Forgets all corrections and thumbs.` },
  ),
  named("export", map(object({}), () => async (io: Io) => (await run()).exported(io)), {
    description: message`Prints the file of corrections: hashed features and probabilities, no texts.`,
  }),
  named(
    "propose",
    map(
      object({
        words: optional(option("--words", string({ metavar: "FILE" }), {
          description:
            message`a text with words of yours, such as your prompts: hashes are recognised by them`,
        })),
        write: withDefault(
          flag("--write", {
            description: message`write the configuration file; default: show the difference`,
          }),
          false,
        ),
        config: configOption,
        json: jsonOption,
      }),
      (options) => async (io: Io) => (await run()).propose(io, options),
    ),
    {
      description: message`Turns corrections that repeat into rules of the configuration, for you to review.`,
    },
  ),
);

export const command: Command = {
  description:
    message`Shows what was learned from your corrections (prefer, POST /v1/feedback, wishes and pins), takes it back, or turns it into rules. Needs enabled = true in [learning].`,
  parser,
  examples: ["learn show", "learn undo", "learn propose --words prompts.txt", "learn reset --key alice"],
};
