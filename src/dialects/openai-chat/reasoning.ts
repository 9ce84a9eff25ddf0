/**
 * Reasoning on the Chat wire. How much a model thinks: `reasoning_effort`, OpenRouter's `reasoning` and the `thinking` of
 * several copies. What it thought: `reasoning_content` (DeepSeek and many more), `reasoning` (Groq, Ollama) or
 * OpenRouter's `reasoning_details`, which alone carries signatures and encrypted data
 * (https://openrouter.ai/docs/use-cases/reasoning-tokens).
 */
import { isRecord, limitOf, own, stringOf } from "../../json/shape.ts";
import type { Conversation, Maker, Reasoning, ReasoningPart } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { openSecret, sealSecret } from "../shared/seal.ts";
import { GAP } from "../shared/blocks.ts";
import { traitsOf } from "../shared/fit.ts";
import { effortOf } from "../shared/openai.ts";
import type { EncodeTarget } from "../dialect.ts";

type Draft = { -readonly [key in keyof Reasoning]: Reasoning[key] };

/** The settings of a request; undefined where it says nothing of them. */
export function decodeReasoningSettings(body: Record<string, Json>): Reasoning | undefined {
  const draft: Draft = {};
  if (isRecord(body.thinking)) { // Z.ai, Moonshot, DeepSeek
    if (body.thinking.type === "disabled") draft.enabled = false;
    else if (typeof body.thinking.type === "string") draft.enabled = true;
    const budget = limitOf(body.thinking.budget_tokens);
    if (budget !== undefined) draft.budgetTokens = budget;
  }
  const { reasoning } = body;
  if (isRecord(reasoning)) { // OpenRouter
    if (typeof reasoning.enabled === "boolean") draft.enabled = reasoning.enabled;
    const budget = limitOf(reasoning.max_tokens);
    if (budget !== undefined) Object.assign(draft, { enabled: true, budgetTokens: budget });
    const summary = stringOf(reasoning.summary);
    if (summary !== undefined) draft.summary = summary;
  }
  const effort = stringOf(body.reasoning_effort) ?? stringOf(reasoning?.effort);
  if (effort !== undefined) Object.assign(draft, { enabled: effort !== "none", effort });
  return Object.keys(draft).length === 0 ? undefined : draft;
}

/** Efforts that only the newest models of OpenAI and OpenRouter know, as the nearest that all know. */
const NEAREST: Readonly<Record<string, string>> = { minimal: "low", xhigh: "high", max: "high" };

/**
 * The settings for a provider. A model that does not think, or is not known to, gets none, unless
 * the provider itself decides; `lost` receives the name.
 */
export function encodeReasoningSettings(
  { reasoning, dialect }: Pick<Conversation, "reasoning" | "dialect">,
  target: EncodeTarget,
  body: Record<string, Json>,
  lost: (name: string) => void,
): void {
  if (reasoning === undefined) return;
  const { efforts } = traitsOf(target);
  const router = target.quirks.includes("reasoning-details");
  const asked = reasoning.enabled !== false &&
    (reasoning.enabled === true || reasoning.effort !== undefined || reasoning.budgetTokens !== undefined);
  if (!asked && reasoning.effort !== "none") return; // not every model can switch it off: the default holds
  if (target.reasoning === false || (target.reasoning === undefined && !router) || efforts?.length === 0) {
    if (asked) lost("reasoning");
    return;
  }
  if (router) {
    body.reasoning = forRouter(reasoning);
    return;
  }
  const { budgetTokens } = reasoning;
  const effort = reasoning.effort ?? (budgetTokens === undefined ? undefined : effortOf(budgetTokens));
  if (effort === undefined) return;
  // Where the model's own words are known, the nearest of them is found when the body is made fit.
  const knowsAll = efforts !== undefined ||
    (target.quirks.includes("max-completion-tokens") && dialect !== "anthropic-messages");
  body.reasoning_effort = knowsAll ? effort : own(NEAREST, effort) ?? effort;
}

/** OpenRouter takes an effort or a budget, and turns each into what the model knows. */
function forRouter({ effort, budgetTokens }: Reasoning): Json {
  if (effort !== undefined) return { effort };
  return budgetTokens === undefined ? { enabled: true } : { max_tokens: budgetTokens };
}

/** One entry of `reasoning_details`. */
export interface ReasoningDetail {
  readonly type: "reasoning.text" | "reasoning.summary" | "reasoning.encrypted";
  readonly text?: string;
  readonly summary?: string;
  readonly signature?: string;
  readonly data?: string;
  readonly id?: string;
  readonly format?: string;
  readonly index?: number;
}

const ANTHROPIC = "anthropic-claude-v1";

const RESPONSES = "openai-responses-v1";

/** Whether an encrypted detail is Anthropic's redacted thinking (others are Responses' encrypted content). */
export function isRedacted(detail: Json): boolean {
  return typeof detail.format === "string" && detail.format.startsWith("anthropic");
}

/** The plain reasoning text of a message or delta; "" where it has none. Some send it under both names. */
export function plainReasoning(message: Json): string {
  const content = message.reasoning_content;
  if (typeof content === "string" && content !== "") return content;
  return typeof message.reasoning === "string" ? message.reasoning : "";
}

/** A reasoning part while it is put together. */
export interface ReasoningDraft {
  type: "reasoning";
  text?: string;
  summary?: string[];
  signature?: string;
  redacted?: string;
  encrypted?: string;
  itemId?: string;
  maker?: Maker;
}

/** The reasoning of a whole assistant message. */
export function decodeReasoning(message: Json): ReasoningPart[] {
  const plain = plainReasoning(message);
  const details = Array.isArray(message.reasoning_details) ? message.reasoning_details : [];
  const parts = decodeDetails(details);
  if (plain === "") return parts;
  if (parts.some((part) => part.text !== undefined || part.summary !== undefined)) return parts;
  // Clients that keep the text themselves hand back the signature alone.
  const signed = parts.findIndex((part) => part.signature !== undefined);
  if (signed === -1) return [{ type: "reasoning", text: plain }, ...parts];
  return parts.map((part, i) => i === signed ? { ...part, text: plain } : part);
}

function decodeDetails(details: readonly Json[]): ReasoningPart[] {
  const parts: ReasoningDraft[] = [];
  let last: unknown;
  let index: unknown;
  for (const detail of details) {
    if (typeof detail !== "object" || detail === null) continue;
    const read = decodeDetail(detail);
    if (read === undefined) continue;
    const previous = parts.at(-1);
    const joins = previous !== undefined && detail.index === index &&
      joinable(previous, read, last === detail.type);
    if (joins) join(previous, read);
    else parts.push(read);
    last = detail.type;
    index = detail.index;
  }
  return parts;
}

function decodeDetail(detail: Json): ReasoningDraft | undefined {
  const part: ReasoningDraft = { type: "reasoning" };
  if (typeof detail.text === "string") part.text = detail.text;
  if (typeof detail.summary === "string") part.summary = [detail.summary];
  if (typeof detail.signature === "string" && detail.signature !== "") {
    const { secret, maker } = openSecret(detail.signature);
    if (secret !== undefined) part.signature = secret;
    if (maker !== undefined) part.maker = maker;
  }
  if (typeof detail.data === "string" && detail.data !== "") {
    const { secret, maker } = openSecret(detail.data);
    if (maker !== undefined) part.maker = maker;
    if (isRedacted(detail)) part.redacted = secret;
    else part.encrypted = secret;
  }
  if (typeof detail.id === "string" && part.encrypted !== undefined) part.itemId = detail.id;
  return Object.keys(part).length > 1 ? part : undefined;
}

/** Details of one index belong to one part, as long as they hold different things. */
function joinable(part: ReasoningDraft, next: ReasoningDraft, sameType: boolean): boolean {
  if (part.redacted !== undefined || next.redacted !== undefined) return false;
  if (part.encrypted !== undefined || part.signature !== undefined) return false;
  if (next.text !== undefined && part.text !== undefined) return false;
  return next.summary === undefined || part.summary === undefined || sameType;
}

function join(part: ReasoningDraft, next: ReasoningDraft): void {
  if (next.text !== undefined) part.text = next.text;
  if (next.summary !== undefined) part.summary = [...part.summary ?? [], ...next.summary];
  if (next.signature !== undefined) part.signature = next.signature;
  if (next.encrypted !== undefined) part.encrypted = next.encrypted;
  if (next.itemId !== undefined) part.itemId = next.itemId;
  if (next.maker !== undefined) part.maker = next.maker;
}

/** Whether a part has what `reasoning_content` cannot carry: its model needs it back later. */
export function hasSecretState(part: ReasoningPart): boolean {
  return part.signature !== undefined || part.encrypted !== undefined || part.redacted !== undefined;
}

/** The details of one part; `index` tells parts apart. */
export function encodeDetails(part: ReasoningPart, index: number): ReasoningDetail[] {
  const details: ReasoningDetail[] = [];
  if (part.redacted !== undefined) {
    const data = sealSecret(part.redacted, part.maker);
    return [{ type: "reasoning.encrypted", data, format: ANTHROPIC, index }];
  }
  const id = part.itemId === undefined ? {} : { id: part.itemId };
  for (const summary of part.summary ?? []) {
    details.push({ type: "reasoning.summary", summary, ...id, format: RESPONSES, index });
  }
  if (part.text !== undefined || part.signature !== undefined) {
    const format = part.signature === undefined ? "unknown" : ANTHROPIC;
    const signature = part.signature === undefined
      ? {}
      : { signature: sealSecret(part.signature, part.maker) };
    details.push({ type: "reasoning.text", text: part.text ?? "", ...signature, format, index });
  }
  if (part.encrypted !== undefined) {
    const data = sealSecret(part.encrypted, part.maker);
    details.push({ type: "reasoning.encrypted", data, ...id, format: RESPONSES, index });
  }
  return details;
}

/** The words of all reasoning parts as one plain text. */
export function reasoningText(parts: readonly ReasoningPart[]): string {
  return parts.flatMap((part) => [...part.summary ?? [], part.text ?? ""]).filter((words) => words !== "")
    .join(
      GAP,
    );
}
