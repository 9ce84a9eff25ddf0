/** `pin` and `unpin`: sends a session of a running proxy to a route or target, whatever its prompts say. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { z } from "zod";
import { counted } from "../../../text/format.ts";
import { type Command, PROGRAM } from "../../command.ts";
import { change, common } from "./cooldowns.ts";

const session = option("-s", "--session", string({ metavar: "ID" }), {
  description: message`the client's session, as log --json shows it`,
});

const to = argument(string({ metavar: "ROUTE" }), {
  description: message`a route, a target (groq,llama-3.3-70b-versatile), a configured model or its family`,
});

export const pin: Command = {
  description:
    message`Sends a session of a running proxy to a route or target, whatever its prompts say, until you unpin it or the proxy stops. A wish in a prompt (@think) still counts for its turn.`,
  parser: map(
    object({ to, session, ...common }),
    ({ to: route, session, ...options }) => (io) =>
      change(io, options, { path: "/admin/pin", body: { session, route }, inWords }),
  ),
  examples: ["pin think --session 4f1d2c", "pin groq,llama-3.3-70b-versatile --session 4f1d2c"],
};

export const unpin: Command = {
  description:
    message`Lets a session of a running proxy be routed by its content again, or all sessions without --session. Ends what a wish (@think!) began, too.`,
  parser: map(
    object({ session: optional(session), ...common }),
    ({ session, ...options }) => (io) =>
      change(io, options, {
        path: "/admin/unpin",
        body: session === undefined ? {} : { session },
        inWords,
      }),
  ),
  examples: ["unpin --session 4f1d2c", "unpin"],
};

const done = z.union([
  z.object({ unpinned: z.number() }).transform(({ unpinned }) => `${counted(unpinned, "pin")} ended.`),
  z.object({ pinned: z.object({ session: z.string(), route: z.string() }) }).transform(
    ({ pinned: { session, route } }) =>
      `Session ${session} goes to ${route}. It stays so until: ${PROGRAM} unpin --session ${session}`,
  ),
]);

function inWords(body: unknown): string {
  return done.safeParse(body).data ?? "Done.";
}
