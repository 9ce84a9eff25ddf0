/** The list of models, as both dialects of OpenAI have it (https://platform.openai.com/docs/api-reference/models). */
import type { Json } from "../../model/json.ts";
import type { ListedModel } from "../dialect.ts";

/** Models have no date of their own here. */
const CREATED = 0;

/** All models: the list has no pages. */
export function listModels(models: readonly ListedModel[]): Json {
  return { object: "list", data: models.map(oneModel) };
}

export function oneModel({ id, owner = "terraphim-llm-proxy" }: ListedModel): Json {
  return { id, object: "model", created: CREATED, owned_by: owner };
}
