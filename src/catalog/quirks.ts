/**
 * What a provider refuses in a request body, by name, with what the encoders do about it. A provider
 * carries a list of these names (`data/providers.ts`, or `quirks` in a `[[providers]]` block); the
 * dialects' encoders act on them.
 */
export const QUIRKS = {
  /** Refuses `cache_control` on messages and tools: the marks are dropped. */
  "no-cache-control": "cache marks are dropped",
  /** Refuses `additionalProperties` in JSON schemas: removed at every depth. */
  "no-additional-properties": "`additionalProperties` is removed from JSON schemas",
  /** Refuses the `$schema` keyword in JSON schemas: removed. */
  "no-schema-keyword": "`$schema` is removed from JSON schemas",
  /** Refuses a tool whose parameters have no `properties`: an empty object is added. */
  "tools-need-properties": "tools without parameters get an empty `properties`",
  /** Knows no `developer` role: sent as `system`. */
  "no-developer-role": "`developer` messages are sent as `system`",
  /** Refuses `system` messages after the first user message: sent as `user`. */
  "system-first-only": "`system` messages in mid-conversation are sent as `user`",
  /** Wants `max_completion_tokens` and refuses `max_tokens`. */
  "max-completion-tokens": "the output limit is sent as `max_completion_tokens`",
  /** Refuses `stream_options`: dropped (usage is always sent). */
  "no-stream-options": "`stream_options` is dropped",
  /** Refuses fields that only OpenAI knows (`store`, `metadata`, `service_tier`, `prompt_cache_key`, …). */
  "strict-fields": "fields that only OpenAI knows are dropped",
  /** Refuses `temperature` and `top_p` with models that reason: dropped there. */
  "fixed-sampling": "`temperature` and `top_p` are dropped for models that reason",
  /** Takes no `file` parts in chat: a request with documents goes to another target. */
  "no-files": "documents cannot be sent in chat",
  /** Takes `top_k` and `min_p` in chat. */
  "top-k": "`top_k` and `min_p` are sent",
  /** Wants tool call ids of nine letters and digits. */
  "short-call-ids": "tool call ids are sent as nine letters and digits",
  /** Takes the assistant's earlier reasoning back as `reasoning_content`. */
  "reasoning-content": "earlier reasoning goes back as `reasoning_content`",
  /** Takes the assistant's earlier reasoning back as `reasoning` and `reasoning_details`. */
  "reasoning-details": "earlier reasoning goes back as `reasoning_details`",
} as const;

export type Quirk = keyof typeof QUIRKS;

/** What nearly every copy of OpenAI's chat endpoint refuses; assumed of providers that are not built in. */
export const CHAT_COPY: readonly Quirk[] = ["no-cache-control", "no-developer-role", "no-files"];
