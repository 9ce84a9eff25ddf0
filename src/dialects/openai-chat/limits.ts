/** What this dialect cannot take of a request; see shared/limits.ts. */
import { EVERYWHERE, type Limit, OPENAI_ACCOUNT } from "../shared/limits.ts";

export const LIMITS: readonly Limit[] = [
  ...EVERYWHERE,
  { field: "top_k", when: "the provider is not known to take it" },
  { field: "min_p", when: "the provider is not known to take it" },
  { field: "temperature", when: "the model reasons with a fixed one" },
  { field: "top_p", when: "the model reasons with a fixed one" },
  { field: "frequency_penalty", when: "the model reasons" },
  { field: "presence_penalty", when: "the model reasons" },
  { field: "logit_bias", when: `${OPENAI_ACCOUNT}, or the model reasons` },
  { field: "verbosity", when: OPENAI_ACCOUNT },
  { field: "user", when: OPENAI_ACCOUNT },
  { field: "safety_identifier", when: OPENAI_ACCOUNT },
  { field: "prompt_cache_key", when: OPENAI_ACCOUNT },
  { field: "prompt_cache_retention", when: OPENAI_ACCOUNT },
  { field: "service_tier", when: `it has no counterpart, or ${OPENAI_ACCOUNT}` },
  { field: "store", when: OPENAI_ACCOUNT },
  { field: "metadata", when: "the answer is not to be stored" },
  ...["max_tokens", "max_completion_tokens"].map((field) => ({
    field,
    when: "above the model's limit",
    instead: "the model's limit",
  })),
  { field: "stop", when: "more than four stop sequences", instead: "the first four" },
  { field: "reasoning", when: "the model is known not to reason" },
  {
    field: "reasoning_effort",
    when: "the model does not know the word, or takes none",
    instead: "the nearest word that it knows",
  },
  {
    field: "tool_choice",
    when: "the model cannot be forced to call a tool",
    instead: "the model decides; where thinking alone excludes it, thinking goes",
  },
  {
    field: "response_format",
    when: "JSON without a schema is asked for, and the model takes it without tools only",
  },
  {
    field: "strict",
    when: "a tool's schema has optional properties, or the provider wants all tools or none to be strict",
    instead: "its schema, not enforced",
  },
  { field: "tools", when: "the model takes fewer", instead: "the first of them" },
  {
    field: "structured_output",
    when: "the model enforces no schema",
    instead: "the schema in words, and any JSON object",
  },
  { field: "name", when: "the provider's messages have none" },
  { field: "earlier_reasoning", when: "the provider takes none back" },
  { field: "cache_control", when: "the provider takes no cache marks", instead: "it caches by itself" },
  {
    field: "images",
    when: "kept by another provider, the assistant's own, or at a web address that is not fetched",
  },
  { field: "documents", when: "the provider takes no files", instead: "text documents go out as text" },
];
