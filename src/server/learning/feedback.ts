/** The endpoints of learning: `POST /v1/feedback`, and for administrators `POST /admin/learning/undo` and `/reset`. */
import type { Kind } from "../../classifier/classification.ts";
import { KINDS } from "../../classifier/learned/situation.ts";
import type { Json } from "../../model/json.ts";
import type { Caller } from "../auth.ts";
import { bodyOf } from "../body.ts";
import type { ServerContext } from "../context.ts";
import type { Endpoint } from "../endpoint.ts";
import { Refusal } from "../errors.ts";
import { count } from "../../text/format.ts";
import { type Learning, MOST_DECISIONS, type Taken } from "./learning.ts";

/** The endpoints. */
export function learningEndpoints(context: Pick<ServerContext, "learning">): readonly Endpoint[] {
  return [
    {
      method: "POST",
      path: "/v1/feedback",
      need: "ask",
      handle: async (c, _config, caller) => {
        const learning = running(context);
        return Response.json(
          taken(learning, caller, await bodyOf(c.req.raw, ["request_id", "route", "thumb"])),
        );
      },
    },
    {
      method: "POST",
      path: "/admin/learning/undo",
      need: "change",
      handle: async (c) => undo(running(context), await bodyOf(c.req.raw, ["request_id"])),
    },
    {
      method: "POST",
      path: "/admin/learning/reset",
      need: "change",
      handle: async (c) => {
        const { key } = await bodyOf(c.req.raw, ["key"]);
        if (key !== undefined && typeof key !== "string") throw new Refusal(400, '"key" must be a string.');
        return Response.json({ forgotten: running(context).reset(key) });
      },
    },
  ];
}

/** @throws Refusal (409) where learning is off */
function running({ learning }: Pick<ServerContext, "learning">): Learning {
  const found = learning();
  if (found !== undefined) return found;
  throw new Refusal(409, "Learning is off. Set enabled = true in [learning] of the configuration.");
}

/**
 * Takes `{"request_id": "…", "route": "think"}` or `{"request_id": "…", "thumb": "up"}`. A client's key may say something about
 * its own requests, an administrator about all.
 * @throws Refusal where the request is not known, or the rest is not one of the two
 */
export function taken(
  learning: Learning,
  { key, role }: Caller,
  said: Json,
): Taken & { readonly request_id: string } {
  const { request_id: id, route, thumb } = said;
  if (typeof id !== "string") throw new Refusal(400, '"request_id" must be the id of a request, a string.');
  if ((route === undefined) === (thumb === undefined)) {
    throw new Refusal(400, 'Give either "route" or "thumb".');
  }
  const decision = learning.decision(id);
  if (decision === undefined || role !== "admin" && decision.key !== key) {
    throw new Refusal(
      404,
      `No decision about a request "${id.slice(0, 60)}" is remembered; the last ${
        count(MOST_DECISIONS)
      } of prompts are.`,
    );
  }
  if (route !== undefined) return { request_id: id, ...learning.correct(decision, kindIn(route)) };
  if (thumb !== "up" && thumb !== "down") throw new Refusal(400, '"thumb" must be "up" or "down".');
  const rated = learning.rate(decision, thumb === "up");
  if (rated === undefined) throw new Refusal(409, "No model has answered this request.");
  return { request_id: id, ...rated };
}

/** @throws Refusal where it is not a kind of work */
function kindIn(route: unknown): Kind {
  const name = typeof route === "string" ? route.trim().replaceAll("-", "_") : "";
  const kind = KINDS.find((one) => one === name);
  if (kind !== undefined) return kind;
  throw new Refusal(
    400,
    `"route" must be one of ${KINDS.join(", ")}: the kinds of work.`,
  );
}

/** @throws Refusal (404) where there is nothing to take back */
function undo(learning: Learning, { request_id: id }: Json): Response {
  if (id !== undefined && typeof id !== "string") throw new Refusal(400, '"request_id" must be a string.');
  const back = learning.undo(id);
  if (back === undefined) throw new Refusal(404, "There is no correction to take back.");
  return Response.json({
    undone: "to" in back
      ? { request_id: back.id, route: back.to, was: back.from }
      : { request_id: back.id, thumb: back.up ? "up" : "down" },
  });
}
