/**
 * The words of a provider's `transformers`, a key of the Rust predecessor's files, and the dialect that each one means;
 * undefined: it repeats what is already known of the provider.
 */
import type { DialectName } from "../../model/request-facts.ts";

export const TRANSFORMERS: ReadonlyMap<string, DialectName | undefined> = new Map([
  ["anthropic", "anthropic-messages"],
  ["cerebras", undefined],
  ["cleancache", undefined],
  ["deepseek", undefined],
  ["enhancetool", undefined],
  ["gemini", undefined],
  ["groq", undefined],
  ["maxtoken", undefined],
  ["ollama", undefined],
  ["openai", undefined],
  ["openrouter", undefined],
  ["reasoning", undefined],
  ["sampling", undefined],
  ["tooluse", undefined],
]);
