/** The list of models. @see https://platform.claude.com/docs/en/api/models-list */
import type { Json } from "../../model/json.ts";
import type { ListedModel } from "../dialect.ts";

/** Models have no date of their own here. */
const CREATED_AT = new Date(0).toISOString();

/** How many models a page has, where the client does not say. */
const PAGE = 20;
const LARGEST_PAGE = 1000;

/** One page, as `limit`, `after_id` and `before_id` ask for it. */
export function listModels(models: readonly ListedModel[], query: URLSearchParams): Json {
  const after = models.findIndex(({ id }) => id === query.get("after_id"));
  const before = models.findIndex(({ id }) => id === query.get("before_id"));
  const window = models.slice(after + 1, before === -1 ? undefined : before);
  const limit = Math.min(Math.max(Number(query.get("limit") ?? PAGE) || PAGE, 1), LARGEST_PAGE);
  const page = window.slice(0, limit);
  return {
    data: page.map(oneModel),
    has_more: window.length > page.length,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

export function oneModel({ id }: ListedModel): Json {
  return { type: "model", id, display_name: id, created_at: CREATED_AT };
}
