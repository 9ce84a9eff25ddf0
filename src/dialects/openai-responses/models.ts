/** How models are listed: as both dialects of OpenAI do. */
export { listModels, oneModel } from "../shared/openai.ts";
