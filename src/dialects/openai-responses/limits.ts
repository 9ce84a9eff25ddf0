/** What this dialect cannot take of a request; see shared/limits.ts. */
import { EVERYWHERE, type Limit, OPENAI_ACCOUNT, OTHER_REASONING } from "../shared/limits.ts";

export const LIMITS: readonly Limit[] = [
  ...EVERYWHERE,
  { field: "top_k", when: "set" },
  { field: "min_p", when: "set" },
  { field: "stop", when: "set" },
  { field: "seed", when: "set" },
  { field: "frequency_penalty", when: "set" },
  { field: "presence_penalty", when: "set" },
  { field: "logit_bias", when: "set" },
  { field: "temperature", when: "the model reasons with a fixed one" },
  { field: "top_p", when: "the model reasons with a fixed one" },
  { field: "max_output_tokens", when: "above the model's limit", instead: "the model's limit" },
  { field: "store", when: "true", instead: "nothing is kept: the client has the whole conversation" },
  { field: "metadata", when: OPENAI_ACCOUNT },
  { field: "safety_identifier", when: OPENAI_ACCOUNT },
  { field: "prompt_cache_key", when: OPENAI_ACCOUNT },
  { field: "prompt_cache_retention", when: OPENAI_ACCOUNT },
  { field: "service_tier", when: `it has no counterpart, or ${OPENAI_ACCOUNT}` },
  { field: "verbosity", when: OPENAI_ACCOUNT },
  { field: "reasoning", when: "the model is known not to reason" },
  {
    field: "reasoning_effort",
    when: "the model does not know the word",
    instead: "the nearest word that it knows",
  },
  { field: "tools", when: "the model takes fewer", instead: "the first of them" },
  {
    field: "compaction",
    when: "another account compacted the history",
    instead: "a note that there was one",
  },
  {
    field: "structured_output",
    when: "the model enforces no schema",
    instead: "the schema in words, and any JSON object",
  },
  { field: "client_metadata", when: "the provider is not OpenAI" },
  { field: "earlier_reasoning", when: OTHER_REASONING },
  { field: "cache_control", when: "set", instead: "the provider caches by itself" },
  {
    field: "images",
    when: "in a form that the dialect does not know, or at a web address that is not fetched",
  },
  { field: "documents", when: "in a form that the dialect does not know" },
  { field: "audio", when: "always" },
];
