/**
 * Thinking: how a request asks for it (budgets, adaptive thinking, efforts, as each model takes them), and its blocks.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
 * @see https://platform.claude.com/docs/en/build-with-claude/effort
 * @see https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 */
import { isRecord, listOf, stringOf, textOf } from "../../json/shape.ts";
import type { Conversation, Maker, Message, Reasoning, ReasoningPart } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { GAP } from "../shared/blocks.ts";
import { BUDGET_SHARE, traitsOf } from "../shared/fit.ts";
import { isOwn, mayReturn } from "../shared/origins.ts";
import { makerField, makerIn, seal, unseal } from "../shared/seal.ts";
import type { EncodeTarget } from "../dialect.ts";
import type { ModelTraits } from "./models.ts";

/** `thinking` and `output_config.effort`, as fields to spread into a conversation. */
export function decodeReasoning(thinking: Json, effort: unknown): { readonly reasoning?: Reasoning } {
  const wire = isRecord(thinking) ? thinking : {};
  const display = stringOf(wire.display);
  const reasoning: Reasoning = {
    ...switchOf(wire),
    ...(stringOf(effort) !== undefined && { effort: stringOf(effort) }),
    ...(display !== undefined && { summary: display }),
  };
  return Object.keys(reasoning).length === 0 ? {} : { reasoning };
}

function switchOf(wire: Record<string, Json>): Reasoning {
  switch (wire.type) {
    case "enabled":
      return {
        enabled: true,
        ...(typeof wire.budget_tokens === "number" && { budgetTokens: wire.budget_tokens }),
      };
    case "adaptive":
      return { enabled: true, adaptive: true };
    case "disabled":
    case "between_tools":
      return { enabled: false };
    default:
      return {};
  }
}

type Block = Record<string, Json>;

export interface WireThinking {
  readonly thinking?: Json;
  readonly effort?: string;
  /** The answer will begin with thinking: sampling and prefill are restricted. */
  readonly on: boolean;
}

/** Efforts of all dialects, weakest first, with the budget for each where a model takes budgets only. */
const EFFORTS: readonly (readonly [effort: string, budget: number])[] = [
  ["none", 0],
  ["minimal", 1024],
  ["low", 4096],
  ["medium", 10_000],
  ["high", 24_000],
  ["xhigh", 31_999],
  ["max", 31_999],
];

const LEAST_BUDGET = 1024;

/** What limits a model's thinking. */
export interface ThinkingRules {
  readonly target: EncodeTarget;
  readonly traits: ModelTraits;
  /** The request's limit on output tokens. */
  readonly maxTokens: number;
  /** The tool choice forces a call, which excludes thinking. */
  readonly forced: boolean;
  /** Receives the name of each dropped field. */
  readonly lost: (field: string) => void;
}

/** What the request asks of the model's thinking. */
export function encodeThinkingConfig(
  conversation: Conversation,
  { target, traits, maxTokens, forced, lost }: ThinkingRules,
): WireThinking {
  const { reasoning } = conversation;
  if (reasoning === undefined) return { on: false };
  const effort = nearestEffort(effortOf(reasoning), traits.efforts);
  const wanted = isWanted(reasoning, conversation);
  if (wanted === undefined) return { on: false, ...(effort !== undefined && { effort }) };
  if (!wanted) return off(traits, effort, lost);
  if (traits.thinking === "none" || target.reasoning === false || forced) {
    lost("reasoning");
    return forced ? off(traits, effort, () => {}) : { on: false };
  }
  const display = displayOf(reasoning, conversation, traits);
  const budgeted = traits.thinking === "budget" ||
    (traits.thinking === "both" && reasoning.budgetTokens !== undefined);
  if (!budgeted) {
    return { thinking: { type: "adaptive", ...display }, on: true, ...(effort !== undefined && { effort }) };
  }
  const wish = reasoning.budgetTokens ?? budgetOf(reasoning.effort);
  const budget = Math.min(wish, wish < maxTokens ? wish : Math.floor(maxTokens * BUDGET_SHARE));
  if (budget < LEAST_BUDGET || callsUnsigned(conversation.messages, target)) {
    lost("reasoning");
    return { on: false };
  }
  const thinking = { type: "enabled", budget_tokens: budget, ...display };
  return { thinking, on: true, ...(effort !== undefined && { effort }) };
}

/** Undefined: nothing is said of thinking itself. An effort alone means thinking in OpenAI's dialects, not in this one. */
function isWanted(
  { enabled, effort, budgetTokens }: Reasoning,
  { dialect }: Conversation,
): boolean | undefined {
  if (enabled !== undefined) return enabled;
  if (budgetTokens !== undefined) return budgetTokens > 0;
  return effort === undefined || dialect === "anthropic-messages" ? undefined : effort !== "none";
}

function off(traits: ModelTraits, effort: string | undefined, lost: (field: string) => void): WireThinking {
  const [weakest] = traits.efforts;
  switch (traits.thinkingOff) {
    case "absent":
      return { on: false, ...(effort !== undefined && { effort }) };
    case "never":
      lost("reasoning");
      return { on: true, ...(weakest !== undefined && { effort: weakest }) };
    default: {
      // The strongest efforts are refused where thinking is off.
      const allowed = nearestEffort(effort, ["low", "medium", "high"]);
      return {
        thinking: { type: traits.thinkingOff },
        on: false,
        ...(allowed !== undefined && { effort: allowed }),
      };
    }
  }
}

function displayOf(
  { summary }: Reasoning,
  { dialect }: Conversation,
  { thinkingHidden }: ModelTraits,
): { readonly display?: string } {
  if (dialect === "anthropic-messages") return summary === undefined ? {} : { display: summary };
  // Chat clients are shown reasoning wherever there is some; Responses clients ask for summaries.
  return thinkingHidden && (summary !== undefined || dialect === "openai-chat")
    ? { display: "summarized" }
    : {};
}

function effortOf({ effort, budgetTokens, enabled }: Reasoning): string | undefined {
  if (effort !== undefined) return enabled === false || effort === "none" ? undefined : effort;
  if (budgetTokens === undefined) return undefined;
  return EFFORTS.find(([, budget]) => budgetTokens <= budget)?.[0] ?? "max";
}

function budgetOf(effort: string | undefined): number {
  return EFFORTS.find(([name]) => name === effort)?.[1] ?? EFFORTS[3]![1];
}

/** The strongest of the model's efforts that is not above the wish, else its weakest. */
function nearestEffort(wish: string | undefined, efforts: readonly string[]): string | undefined {
  if (wish === undefined || efforts.length === 0) return undefined;
  const rank = (name: string) => EFFORTS.findIndex(([effort]) => effort === name);
  if (rank(wish) === -1) return undefined;
  return efforts.findLast((effort) => rank(effort) <= rank(wish)) ?? efforts[0];
}

/**
 * The conversation is in the middle of a turn whose calls came without signed thinking (from another provider, say): with a
 * budget set, the request would be refused.
 */
function callsUnsigned(messages: readonly Message[], target: EncodeTarget): boolean {
  const answer = messages.findLast(({ role }) => role === "assistant");
  const first = answer?.parts.find((part) =>
    part.type !== "opaque" && (part.type !== "reasoning" || encodeSignedThinking(part, target) !== undefined)
  );
  if (answer === undefined || !answer.parts.some(({ type }) => type === "tool_call")) return false;
  return first?.type !== "reasoning";
}

// Thinking blocks ⇄ reasoning. @see https://platform.claude.com/docs/en/build-with-claude/extended-thinking

/** A thinking block. A signature that is a seal gives back what another dialect's provider said. */
export function decodeThinking(block: Json): ReasoningPart {
  if (block.type === "redacted_thinking") {
    const data = textOf(block.data);
    return { type: "reasoning", ...(openSeal(data) ?? { redacted: data }) };
  }
  const text = typeof block.thinking === "string" && block.thinking !== "" ? block.thinking : undefined;
  const signature = typeof block.signature === "string" && block.signature !== ""
    ? block.signature
    : undefined;
  const sealed = signature === undefined ? undefined : openSeal(signature);
  if (sealed === undefined) {
    return {
      type: "reasoning",
      ...(text !== undefined && { text }),
      ...(signature !== undefined && { signature }),
    };
  }
  const { summarised, ...carried } = sealed;
  const words = text === undefined ? {} : summarised ? { summary: [text] } : { text };
  return { type: "reasoning", ...words, ...carried };
}

/** Whether a model checks the signatures of thinking. */
export const isClaude = ({ model }: Pick<EncodeTarget, "model">): boolean => /claude/i.test(model);

/** Whether a provider wants the thinking before its calls back, in words. */
const keepsThinking = ({ quirks }: EncodeTarget): boolean => quirks.includes("reasoning-content");

/** Forms that no signature of Anthropic's has: ids and hashes of other makers. */
const NO_SIGNATURE = /^(?:[0-9a-f]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/**
 * The block that goes to a provider; undefined where the reasoning cannot be handed back. Claude takes thinking that the
 * same model signed; others do not look at signatures, and some want the words.
 */
export function encodeSignedThinking(part: ReasoningPart, target: EncodeTarget): Block | undefined {
  const { redacted, signature, maker } = part;
  const claude = isClaude(target);
  if (redacted !== undefined) {
    const takes = claude
      ? mayReturn(target, redacted, "model", maker)
      : isOwn(target, redacted, "provider", maker) === true;
    return takes ? { type: "redacted_thinking", data: redacted } : undefined;
  }
  const signed = signature !== undefined && !(claude && NO_SIGNATURE.test(signature)) &&
    mayReturn(target, signature, claude ? "model" : "provider", maker);
  if (signed) return { type: "thinking", thinking: part.text ?? "", signature };
  const text = reasoningText(part);
  const inWords = !claude && text.trim() !== "" && keepsThinking(target);
  return inWords ? { type: "thinking", thinking: text, signature: "" } : undefined;
}

/** Blank, but not empty: Moonshot counts an empty text as missing (https://github.com/earendil-works/pi/issues/4179). */
const NO_THOUGHT: Block = { type: "thinking", thinking: " ", signature: "" };

/** The messages with thinking before all calls, for providers that refuse a history without (https://api-docs.deepseek.com/guides/thinking_mode). */
export function withThinking(
  messages: readonly Json[],
  { thinking }: Json,
  target: EncodeTarget,
): readonly Json[] {
  if (!keepsThinking(target) || isClaude(target)) return messages;
  if (thinking?.type === "disabled" && traitsOf(target).thinkingSwitch !== false) return messages;
  let changed = false;
  const out = messages.map((message) => {
    const content: readonly Json[] = message?.role === "assistant" ? listOf(message.content) : [];
    const lacks = content.some((block) => block?.type === "tool_use") &&
      !content.some((block) => block?.type === "thinking");
    if (!lacks) return message;
    changed = true;
    return { ...message, content: [NO_THOUGHT, ...content] };
  });
  return changed ? out : messages;
}

/** The block for a client: every kind of reasoning, sealed where it goes into another dialect. */
export function encodeThinking(part: ReasoningPart): Json {
  const { redacted, signature, maker } = part;
  if (redacted !== undefined) {
    return { type: "redacted_thinking", data: maker === undefined ? redacted : sealReasoning(part) };
  }
  return {
    type: "thinking",
    thinking: reasoningText(part),
    signature: maker === undefined && signature !== undefined ? signature : sealReasoning(part),
  };
}

/** The words of a reasoning part: its text, else its summaries. */
function reasoningText(part: ReasoningPart): string {
  return part.text ?? part.summary?.join(GAP) ?? "";
}

// Reasoning that no Anthropic provider signed travels as a seal in the `signature` of a thinking block; see shared/seal.ts.

/** What a seal carries. The text itself travels in the clear, beside it. */
export interface Sealed {
  readonly signature?: string;
  readonly redacted?: string;
  readonly encrypted?: string;
  readonly itemId?: string;
  /** The text beside the seal is a summary. */
  readonly summarised?: boolean;
  readonly maker?: Maker;
}

/** Packs what must come back. Reasoning with nothing to carry gets a seal too: it says that nobody signed the text. */
export function sealReasoning(part: Omit<ReasoningPart, "type">): string {
  const sealed: Record<string, Json> = { ...makerField(part.maker) };
  if (part.signature !== undefined) sealed.g = part.signature;
  if (part.redacted !== undefined) sealed.r = part.redacted;
  if (part.encrypted !== undefined) sealed.e = part.encrypted;
  if (part.itemId !== undefined) sealed.i = part.itemId;
  if (part.text === undefined && part.summary !== undefined) sealed.s = 1;
  return seal(sealed);
}

/** What a seal carries; undefined where the string is not one (a provider's own signature, say). */
export function openSeal(signature: string): Sealed | undefined {
  const fields = unseal(signature);
  if (fields === undefined) return undefined;
  const { g, r, e, i, s } = fields;
  return {
    ...(typeof g === "string" && { signature: g }),
    ...(typeof r === "string" && { redacted: r }),
    ...(typeof e === "string" && { encrypted: e }),
    ...(typeof i === "string" && { itemId: i }),
    ...(s === 1 && { summarised: true }),
    ...makerIn(fields),
  };
}
