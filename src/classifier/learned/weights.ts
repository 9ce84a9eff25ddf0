/** The weights of the learned model, which `deno task train` writes; unpacked when the first prompt is judged. */
import { LearnedModel } from "./model.ts";
import { PACKED } from "./data/weights.ts";

/** The model; the same one each time. */
export const learnedModel: () => LearnedModel = once(() => new LearnedModel(PACKED));

/** A value that is made at the first call. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => made ??= make();
}
