/** `GET /v1/models`: the names that clients can use, in the shape that the caller's dialect expects. */
import { pickedId } from "../clients/model-names.ts";
import { clientName } from "../clients/recognise.ts";
import type { Config } from "../config/config.ts";
import type { Dialect, ListedModel } from "../dialects/dialect.ts";
import type { Json } from "../model/json.ts";
import type { HeaderMap } from "../model/request-facts.ts";
import { askedName } from "../router/asked-model.ts";
import { listModels } from "../router/list-models.ts";
import { Refusal } from "./errors.ts";

/**
 * The list, or the page of it that `query` asks for. A client whose picker keeps only some names gets each one under an id
 * that it keeps as well, which leads to the same place.
 */
export function modelsBody(
  config: Config,
  dialect: Dialect,
  headers: HeaderMap,
  query: URLSearchParams,
): Json {
  const client = clientName(headers, []);
  const models = listModels(config).map(listed);
  const picked = models.flatMap((model): ListedModel[] => {
    const id = pickedId(model.id, client);
    return id === model.id ? [] : [{ ...model, id, name: model.id }];
  });
  return dialect.models.list([...picked, ...models], query);
}

/** One model. @throws Refusal (404) for an id that is not listed. */
export function modelBody(config: Config, dialect: Dialect, id: string): Json {
  const name = askedName(id);
  const found = listModels(config).find((one) => one.id === id || one.id === name);
  if (found === undefined) {
    throw new Refusal(
      404,
      `The model "${id}" is not listed here. GET /v1/models lists the names you can use.`,
      {},
      "model_not_found",
    );
  }
  const one = listed(found);
  return dialect.models.one(id === found.id ? one : { ...one, id, name });
}

function listed({ id, target }: ReturnType<typeof listModels>[number]): ListedModel {
  return target === undefined ? { id } : { id, owner: target.provider };
}
