/** `keys`: names for the keys of people, with limits of their own. */
import { object, or } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, optional } from "@optique/core/modifiers";
import { argument, command as named, option } from "@optique/core/primitives";
import { choice, integer, string } from "@optique/core/valueparser";
import { ROLES } from "../../../config/client-keys.ts";
import type { Command } from "../../command.ts";
import type { Io } from "../../io.ts";
import { configOption, jsonOption } from "../../options.ts";

const name = argument(string({ metavar: "NAME" }), {
  description: message`whose key it is: letters, digits, dots and dashes`,
});

const common = { json: jsonOption, config: configOption };

/** What a key may do; an empty text takes a limit away. */
const settings = {
  budget: optional(option("--budget", string({ metavar: "DOLLARS/PERIOD" }), {
    description: message`dollars a day or month: 5/day, 50/month`,
  })),
  rpm: optional(option("--rpm", integer({ min: 0, metavar: "N" }), {
    description: message`requests a minute (0: no limit of its own)`,
  })),
  tpm: optional(option("--tpm", integer({ min: 0, metavar: "N" }), {
    description: message`tokens a minute, read and written (0: no limit)`,
  })),
  models: optional(option("--models", string({ metavar: "LIST" }), {
    description: message`routes and models that it may use: think,build or groq,*;claude-*`,
  })),
  expires: optional(option("--expires", string({ metavar: "WHEN" }), {
    description: message`after a time (12h, 90d) or on a date (2027-01-31)`,
  })),
  team: optional(option("--team", string({ metavar: "TEAM" }), {
    description: message`the team it belongs to`,
  })),
  role: optional(option("--role", choice(ROLES), {
    description: message`client sends requests, viewer looks only, admin does everything (default: client)`,
  })),
};

const run = () => import("./run.ts");

const parser = or(
  named(
    "add",
    map(
      object({ name, ...settings, ...common }),
      (options) => async (io: Io) => (await run()).add(io, options),
    ),
    { description: message`Makes a key and shows it, once.` },
  ),
  named("list", map(object(common), (options) => async (io: Io) => (await run()).list(io, options)), {
    description: message`Lists the keys, what they may do and what they spent.`,
  }),
  named(
    "show",
    map(object({ name, ...common }), (options) => async (io: Io) => (await run()).show(io, options)),
    {
      description: message`Shows one key's settings and spending, never the key.`,
    },
  ),
  named(
    "set",
    map(
      object({ name, ...settings, ...common }),
      (options) => async (io: Io) => (await run()).set(io, options),
    ),
    { description: message`Changes what a key may do; the options that are given, no others.` },
  ),
  named(
    "rotate",
    map(
      object({
        name,
        keep: optional(option("--keep", string({ metavar: "TIME" }), {
          description: message`how long the old key stays valid: 1h, 7d (default: not at all)`,
        })),
        ...common,
      }),
      (options) => async (io: Io) => (await run()).rotate(io, options),
    ),
    { description: message`Makes a new key for the name, and shows it, once.` },
  ),
  named(
    "revoke",
    map(object({ name, ...common }), (options) => async (io: Io) => (await run()).revoke(io, options)),
    { description: message`Ends a key for good. Its requests stay in the ledger.` },
  ),
);

export const command: Command = {
  description:
    message`Gives people keys of their own: a name in the log, the ledger and rules, with a budget, limits and an end. Only a salted hash is kept. A running proxy takes changes over within a second.`,
  parser,
  examples: [
    "keys add alice --budget 50/month --rpm 60 --models think,build,background,default --expires 90d",
    "keys add bob --role viewer",
    "keys list",
    "keys rotate alice --keep 1d",
    "keys revoke alice",
  ],
};
