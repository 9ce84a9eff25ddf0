/** `GET /v1/models`: what can be asked for, in the shape that the caller's dialect expects. */
import type { Config } from "../config/config.ts";
import type { DialectName } from "../model/request-facts.ts";
import type { Json } from "../model/json.ts";
import { listModels } from "../router/list-models.ts";
import { Refusal } from "./errors.ts";

type Listed = ReturnType<typeof listModels>[number];

/** Models have no date of their own here. */
const CREATED = 0;

/** The list. `limit`, `after_id` and `before_id` are Anthropic's paging. */
export function modelsBody(config: Config, dialect: DialectName, query: URLSearchParams): Json {
  const all = listModels(config);
  if (dialect !== "anthropic-messages") return { object: "list", data: all.map(openAi) };
  const after = all.findIndex(({ id }) => id === query.get("after_id"));
  const before = all.findIndex(({ id }) => id === query.get("before_id"));
  const window = all.slice(after + 1, before === -1 ? undefined : before);
  const limit = Math.min(Math.max(Number(query.get("limit") ?? 20) || 20, 1), 1000);
  const page = window.slice(0, limit);
  return {
    data: page.map(anthropic),
    has_more: window.length > page.length,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

/** One model. @throws Refusal (404) for an id that is not listed. */
export function modelBody(config: Config, dialect: DialectName, id: string): Json {
  const found = listModels(config).find((listed) => listed.id === id);
  if (found === undefined) {
    throw new Refusal(
      404,
      `The model "${id}" is not listed here. GET /v1/models lists what can be asked for.`,
      {},
      "model_not_found",
    );
  }
  return dialect === "anthropic-messages" ? anthropic(found) : openAi(found);
}

function openAi({ id, target }: Listed): Json {
  return { id, object: "model", created: CREATED, owned_by: target?.provider ?? "terraphim-llm-proxy" };
}

function anthropic({ id }: Listed): Json {
  return { type: "model", id, display_name: id, created_at: new Date(CREATED).toISOString() };
}
