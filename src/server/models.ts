/** `GET /v1/models`: the names that clients can use, in the shape that the caller's dialect expects. */
import type { Config } from "../config/config.ts";
import type { Dialect, ListedModel } from "../dialects/dialect.ts";
import type { Json } from "../model/json.ts";
import { listModels } from "../router/list-models.ts";
import { Refusal } from "./errors.ts";

/** The list, or the page of it that `query` asks for. */
export function modelsBody(config: Config, dialect: Dialect, query: URLSearchParams): Json {
  return dialect.models.list(listModels(config).map(listed), query);
}

/** One model. @throws Refusal (404) for an id that is not listed. */
export function modelBody(config: Config, dialect: Dialect, id: string): Json {
  const found = listModels(config).find((one) => one.id === id);
  if (found === undefined) {
    throw new Refusal(
      404,
      `The model "${id}" is not listed here. GET /v1/models lists the names you can use.`,
      {},
      "model_not_found",
    );
  }
  return dialect.models.one(listed(found));
}

function listed({ id, target }: ReturnType<typeof listModels>[number]): ListedModel {
  return target === undefined ? { id } : { id, owner: target.provider };
}
