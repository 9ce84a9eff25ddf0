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
  /** Refuses `max_completion_tokens`, or does not look at it: sent as `max_tokens`. */
  "max-tokens": "the output limit is sent as `max_tokens`",
  /** Refuses fields that only OpenAI knows (`store`, `metadata`, `service_tier`, `prompt_cache_key`, …). */
  "strict-fields": "fields that only OpenAI knows are dropped",
  /** Refuses `temperature` and `top_p` with models that reason: dropped there. */
  "fixed-sampling": "`temperature` and `top_p` are dropped for models that reason",
  /** Knows function tools only. */
  "functions-only":
    "tools of other kinds are sent as functions; tools that the provider would run are dropped",
  /** Wants every tool's parameters to be an object's schema, without alternatives at the top. */
  "object-schemas":
    "the parameters of tools become an object's schema, with `properties`, and without alternatives at the top",
  /** Takes a subset of JSON Schema only (Gemini's). */
  "gemini-schemas":
    "JSON schemas are rewritten: references resolved, `const` as `enum`, `null` as `nullable`, limits in the description",
  /** Wants types inside the alternatives of a schema, and nothing beside a reference (Moonshot's). */
  "types-in-alternatives": "a schema's `type` moves into its `anyOf`; nothing stays beside a `$ref`",
  /** Refuses limits on lists and texts in the schema of a strict answer. */
  "no-format-limits": "limits on lists and texts are removed from an answer's strict schema",
  /** Knows no image detail but `auto`, `low` and `high`. */
  "no-original-detail": "the image detail `original` is sent as `auto`",
  /** Fetches no images from the web: a request with their addresses goes to another target. */
  "no-image-urls": "images cannot be sent by their web address",
  /** Fetches a document from its web address, in chat. */
  "file-urls": "documents are sent by their web address in chat",
  /** Runs none of Anthropic's own tools at its Messages endpoint. */
  "no-server-tools": "tools that Anthropic runs are dropped from Messages requests",
  /** Wants the block that Claude Code puts first in the system prompt, for billing. */
  "billing-block": "Claude Code's billing block is sent; other providers do not get it",
  /** Takes the assistant's earlier reasoning under no name. */
  "no-reasoning-fields": "earlier reasoning is dropped",
  /** Takes no `file` parts in chat: a request with documents goes to another target. */
  "no-files": "documents cannot be sent in chat",
  /** Refuses a message of the assistant's that says nothing and calls nothing. */
  "no-empty-messages": "the assistant's messages without content are dropped",
  /** Keeps no files: a request that names one by its id goes to another target. */
  "no-file-ids": "files cannot be named by their id",
  /** Takes `top_k` and `min_p` in chat. */
  "top-k": "`top_k` and `min_p` are sent",
  /** Wants tool call ids of nine letters and digits. */
  "short-call-ids": "tool call ids are sent as nine letters and digits",
  /** Refuses a message without content, calls or not. */
  "text-beside-calls": "calls go out with an empty text where they have none",
  /** Reads a tool's result from one text alone, in chat. */
  "results-in-one-text": "a tool's result in several texts goes out as one",
  /** Knows no blocks in Messages but texts, images, thinking, calls and results. */
  "plain-blocks":
    "text documents, search results and tool references go out as text in Messages, and no tool waits to be searched",
  /** Wants the user's words before all others. */
  "user-first": "a history that does not begin with the user gets a short message of the user's",
  /** Wants the user's words, or a tool's result, right before an answer that calls tools. */
  "joined-answers": "neighbouring messages of the assistant's go out as one",
  /** Goes on with no answer that somebody else began. */
  "ends-with-user": "a short message of the user's follows an answer in the last place",
  /** Wants a letter or `_` at the beginning of a tool's name. */
  "letter-first-names": "tools whose names begin with anything but a letter or `_` get other names",
  /** Wants names of tools of letters, digits, `_` and `-`, 64 at most. */
  "plain-names":
    "tools with other signs in their names than letters, digits, `_` and `-`, or longer ones than 64, get other names",
  /** Refuses `null` among the values of an `enum`. */
  "no-null-choices": "`null` is removed from the values of an `enum`",
  /** Refuses a `required` that names what is not among the properties. */
  "tidy-required": "`required` goes where a schema has no properties, and names no others",
  /** Wants the tool's name in each result, in chat. */
  "named-results": "a tool's result carries the tool's name",
  /** Reads no images in a tool's result, in Messages. */
  "text-results": "images in a tool's result follow it in Messages",
  /** Reads no images in a result that failed, in Messages. */
  "text-failures": "images in a failed tool's result follow it in Messages",
  /** Reads lists of texts from the user alone, in chat. */
  "lists-of-users": "texts of the system's and the assistant's go out as one text",
  /** Reads no lists of texts at all, in chat. */
  "one-text": "a message of several texts goes out as one text",
  /** Wants every member of an item, in Responses. */
  "whole-items":
    "the answers and reasoning in a Responses request carry their type, id, status, summary and annotations",
  /** Takes no message without a type, in Responses. */
  "typed-items": "every message of a Responses request says that it is one",
  /** Knows an item's reasoning by its id, and misses it. */
  "no-item-ids": "items of a Responses request go out without their ids",
  /** Reads one call in an answer. */
  "one-call": "an answer's calls go out one after the other, each with its result",
  /** Takes no tool choice that forces a call. */
  "no-forced-tools": "a forced tool is left to the model",
  /** Enforces no schema of a tool. */
  "no-strict-tools": "no tool's arguments are enforced",
  /** Thinks in streams alone. */
  "thinks-in-streams": "thinking is off for answers that are not streamed",
  /** Has no code that could call a tool. */
  "direct-callers": "tools that Anthropic runs are called by the model alone",
  /** Refuses references to tools that the request does not offer. */
  "known-references": "references to tools that are not offered go out as text",
  /** Wants cache marks that live longer before others. */
  "falling-lifetimes": "a cache mark lives no longer than those before it",
  /** Refuses more than four cache marks. */
  "four-marks": "of more than four cache marks the last four stay",
  /** Refuses some tools with strict arguments beside others without. */
  "one-strictness": "no tool's arguments are strict where not all are",
  /** Reads encrypted reasoning alone in Responses. */
  "encrypted-reasoning": "earlier reasoning in plain words is dropped from Responses requests",
  /** Takes the assistant's earlier reasoning back as parts of its content. */
  "thinking-parts": "earlier reasoning may stay a part of an answer's content",
  /** Takes the assistant's earlier reasoning back as `reasoning_content`. */
  "reasoning-content": "earlier reasoning goes back as `reasoning_content`",
  /** Wants the assistant's word between a tool's result and the user's next message. */
  "answer-after-results": "a short answer is put between a tool's result and the user's next message",
  /** Gemini's: a call comes with a signature, and is refused without one. */
  "thought-signatures": "calls carry their `thought_signature`, or the documented stand-in",
  /** Takes the assistant's earlier reasoning back as `reasoning` and `reasoning_details`. */
  "reasoning-details": "earlier reasoning goes back as `reasoning_details`",
  /** Sends requests with the same key to the machine that has their beginning in its cache. */
  "cache-key": "`prompt_cache_key` is sent, made from the client's session",
  /** The same by headers of three names. */
  "session-affinity": "`x-session-affinity` is sent, made from the client's session",
  "session-id": "`x-session-id` is sent, made from the client's session",
  "conversation-id": "`x-grok-conv-id` is sent, made from the client's session",
  /** States in dollars what an answer cost. */
  "states-cost": "the cost that it states counts where a model has no known price",
  /** Has Claude in chat, which caches what is marked. */
  "cache-marks": "chat requests to Claude get cache marks where the client sets none",
} as const;

/** The header in which a provider wants the session. */
export const SESSION_HEADERS: Readonly<Partial<Record<Quirk, string>>> = {
  "session-affinity": "x-session-affinity",
  "session-id": "x-session-id",
  "conversation-id": "x-grok-conv-id",
};

export type Quirk = keyof typeof QUIRKS;

/** What nearly every copy of OpenAI's chat endpoint refuses. */
export const CHAT_COPY: readonly Quirk[] = [
  "no-cache-control",
  "no-developer-role",
  "no-files",
  "no-original-detail",
  "functions-only",
  "results-in-one-text",
  "plain-blocks",
  "system-first-only",
];

/** What is assumed of providers that are not built in: copies of any age, by anybody. */
export const ANY_COPY: readonly Quirk[] = [...CHAT_COPY, "text-results", "lists-of-users"];

/** The same as {@link CHAT_COPY} for providers that are known to take system messages in mid-conversation. */
export const CHAT_COPY_LATER_SYSTEM: readonly Quirk[] = CHAT_COPY.filter((quirk) =>
  quirk !== "system-first-only"
);
