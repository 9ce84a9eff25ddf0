/**
 * What each dialect cannot take, by the names that appear in `X-Translation-Dropped` and the log, and what the proxy
 * does instead. docs/dialects.md is made from these tables; a name that an encoder reports stands here, or is the name
 * of a server tool, of an item, or of a top-level field that only the client's own dialect knows.
 */
import type { DialectName } from "../../model/request-facts.ts";
import { ESSENTIAL } from "./essential.ts";

/** Something that is left out, or changed, on the way to a provider of a dialect. */
export interface Limit {
  /** The field's name, as the client knows it. */
  readonly field: string;
  /** When it is lost. */
  readonly when: string;
  /** What is done instead, where there is something. */
  readonly instead?: string;
}

/** Left out of answers in every dialect, and so of requests. */
const EVERYWHERE: readonly Limit[] = [
  { field: "n", when: "more than one answer is asked for", instead: "one answer" },
  { field: "logprobs", when: "asked for" },
];

const OPENAI_ACCOUNT = "the provider refuses fields that only OpenAI knows";
const OTHER_REASONING = "it was another provider's, and cannot be read or proven here";

/** Which names a provider of each dialect may report as lost. */
export const LIMITS = {
  "anthropic-messages": [
    ...EVERYWHERE,
    { field: "top_logprobs", when: "asked for" },
    { field: "seed", when: "set" },
    { field: "min_p", when: "set" },
    { field: "frequency_penalty", when: "not 0" },
    { field: "presence_penalty", when: "not 0" },
    { field: "logit_bias", when: "set" },
    { field: "verbosity", when: "set" },
    { field: "metadata", when: "set", instead: "the user's id alone goes out" },
    { field: "user", when: "the provider refuses `metadata`" },
    { field: "store", when: "true", instead: "nothing is kept: the client has the whole conversation" },
    { field: "prompt_cache_retention", when: "set" },
    {
      field: "temperature",
      when: "the model thinks or takes none",
      instead: "the model's own; above 1 it is 1 where it is taken",
    },
    { field: "top_p", when: "the model thinks, takes none, or has a temperature beside it" },
    { field: "top_k", when: "the model thinks or takes none" },
    { field: "max_tokens", when: "above the model's limit", instead: "the model's limit" },
    { field: "stop", when: "a stop sequence is blank", instead: "the others go out" },
    { field: "service_tier", when: "it has no counterpart", instead: "the account's own tier" },
    {
      field: "reasoning",
      when: "the model cannot think, must think, or is forced to call a tool",
      instead: "an answer without thinking, or with the least of it",
    },
    { field: "earlier_reasoning", when: OTHER_REASONING },
    { field: "tool_choice", when: "the model cannot be forced to call a tool", instead: "the model decides" },
    { field: "strict", when: "a tool asks for strict arguments", instead: "its schema, not enforced" },
    { field: "cache_control", when: "the provider takes no cache marks" },
    {
      field: "structured_output",
      when: "the model enforces no schema",
      instead: "the schema as an instruction",
    },
    { field: "response_format", when: "JSON without a schema is asked for", instead: "an instruction" },
    { field: "images", when: "of another type than JPEG, PNG, GIF, WebP, or kept by another provider" },
    { field: "image_detail", when: "set" },
    { field: "documents", when: "neither PDF nor text, or kept by another provider" },
    { field: "audio", when: "always" },
    { field: "name", when: "a message has one" },
  ],
  "openai-chat": [
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
    { field: "stop", when: "more than four stop sequences", instead: "the first four" },
    { field: "reasoning", when: "the model is known not to reason" },
    { field: "earlier_reasoning", when: "the provider takes none back" },
    { field: "cache_control", when: "the provider takes no cache marks", instead: "it caches by itself" },
    { field: "images", when: "kept by another provider, or the assistant's own" },
    { field: "documents", when: "the provider takes no files", instead: "text documents go out as text" },
  ],
  "openai-responses": [
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
    { field: "store", when: "true", instead: "nothing is kept: the client has the whole conversation" },
    { field: "metadata", when: OPENAI_ACCOUNT },
    { field: "safety_identifier", when: OPENAI_ACCOUNT },
    { field: "prompt_cache_key", when: OPENAI_ACCOUNT },
    { field: "prompt_cache_retention", when: OPENAI_ACCOUNT },
    { field: "service_tier", when: `it has no counterpart, or ${OPENAI_ACCOUNT}` },
    { field: "verbosity", when: OPENAI_ACCOUNT },
    { field: "reasoning", when: "the model is known not to reason" },
    { field: "earlier_reasoning", when: OTHER_REASONING },
    { field: "cache_control", when: "set", instead: "the provider caches by itself" },
    { field: "images", when: "in a form that the dialect does not know" },
    { field: "documents", when: "in a form that the dialect does not know" },
    { field: "audio", when: "always" },
  ],
} satisfies Readonly<Record<DialectName, readonly Limit[]>>;

/** Whether a target that would lose the field is passed over for the next one. */
export function isEssential(field: string): boolean {
  return ESSENTIAL.has(field);
}

/** The limit that a reported name stands for; undefined: a tool, an item or a field of the client's dialect alone. */
export function limitOf(dialect: DialectName, field: string): Limit | undefined {
  return (LIMITS as Readonly<Record<DialectName, readonly Limit[]>>)[dialect]?.find((limit) =>
    limit.field === field
  );
}
