/**
 * One flat, legal name for each tool. Providers take function names of letters, digits, `_` and `-`, 64 at most, no digit first;
 * the Responses dialect has namespaces, and Anthropic and MCP servers have longer names. {@link toolNames} gives
 * every tool of a conversation a name that all three dialects accept, and finds the tool behind such a name again,
 * so that the client gets its own name back. A name that is legal already stays as it is.
 */
import type { ToolKind } from "../../model/conversation.ts";
import { fnv1a } from "../../text/hash.ts";

/** How a call or a choice refers to its tool. */
export interface ToolRef {
  readonly name: string;
  readonly namespace?: string;
  readonly kind?: ToolKind;
}

/** A tool as the client knows it. */
export interface ToolIdentity {
  readonly name: string;
  readonly namespace?: string;
  readonly kind: ToolKind;
}

/** Whether every provider takes a tool under this name. */
export const isWireName = (name: string): boolean => LEGAL.test(name);

const PLAIN = /^[a-zA-Z0-9_-]{1,64}$/;

/** Whether a provider with these quirks takes a tool under this name. */
export function takesName(name: string, quirks: readonly string[]): boolean {
  if (quirks.includes("letter-first-names")) return LEGAL.test(name);
  return PLAIN.test(name) || !quirks.includes("plain-names");
}

/**
 * The name of a call in a history: models make up names that nobody offered, and providers refuse the history for good
 * (https://github.com/anomalyco/opencode/pull/48750, https://github.com/NousResearch/hermes-agent/pull/55922).
 *
 * @param isOffered whether the request offers a tool under a name: such a name stays
 */
export function historyName(name: string, isOffered: (name: string) => boolean): string {
  return PLAIN.test(name) || isOffered(name) ? name : flattenName({ name });
}

/** A name without the marks of its model's own format (https://github.com/vllm-project/vllm/issues/32587). */
export function unmarkedName(name: string): string {
  const at = name.indexOf("<|");
  return at > 0 ? name.slice(0, at) : name;
}

export interface ToolNames {
  /** The wire name of a tool, of a call to it, or of a choice of it. Always legal, also for tools not in the list. */
  wire(tool: ToolRef): string;
  /** The client's tool behind a wire name (or behind its own name); undefined where the client has none. */
  original(wireName: string): ToolIdentity | undefined;
}

/** The longest name that every provider takes. */
export const MAX_WIRE_NAME = 64;

/** Gemini wants a letter or `_` first (https://github.com/maximhq/bifrost/issues/1979). */
const LEGAL = /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/;
/** A call without a name is one of this. */
const UNNAMED = "unknown tool";
const ILLEGAL_CHARACTER = /[^a-zA-Z0-9_-]/g;

/** Names for these tools, unique among them. Plain legal names come first, so none of them changes. */
export function toolNames(tools: readonly ToolIdentity[]): ToolNames {
  const byWire = new Map<string, ToolIdentity>();
  const byTool = new Map<string, string>();
  const claim = (tool: ToolIdentity, wireName: string) => {
    byWire.set(wireName, tool);
    byTool.set(exactKey(tool), wireName);
    if (!byTool.has(looseKey(tool))) byTool.set(looseKey(tool), wireName);
  };
  const rest: ToolIdentity[] = [];
  for (const tool of tools) {
    if (byTool.has(exactKey(tool))) continue;
    if (!tool.namespace && LEGAL.test(tool.name) && !byWire.has(tool.name)) claim(tool, tool.name);
    else rest.push(tool);
  }
  for (const tool of rest) {
    if (byTool.has(exactKey(tool))) continue;
    let wireName = flattenName(tool);
    for (let salt = 1; byWire.has(wireName); salt++) wireName = withHash(joined(tool), salt);
    claim(tool, wireName);
  }
  return {
    wire: (tool) => byTool.get(exactKey(tool)) ?? byTool.get(looseKey(tool)) ?? flattenName(tool),
    original: (wireName) => byWire.get(wireName),
  };
}

/**
 * The flat name of a tool by itself: `namespace__name`, illegal characters replaced, cut to length. A name that had
 * to change carries a hash of the original, so that different tools stay different.
 */
export function flattenName(tool: ToolRef): string {
  const name = unmarkedName(joined(tool));
  return LEGAL.test(name) ? name : withHash(name === "" ? UNNAMED : name, 0);
}

function joined(tool: ToolRef): string {
  return tool.namespace ? `${tool.namespace}__${tool.name}` : tool.name;
}

function withHash(name: string, salt: number): string {
  const hash = fnv1a(salt === 0 ? name : `${name}#${salt}`).toString(36);
  // Moonshot says "must start with a letter" (https://github.com/hostinger/api-mcp-server/issues/40).
  const begun = /^[a-zA-Z_]/.test(name) ? name : `t_${name}`;
  const legal = begun.replace(ILLEGAL_CHARACTER, "_").slice(0, MAX_WIRE_NAME - hash.length - 1);
  return `${legal}_${hash}`;
}

function exactKey(tool: ToolRef): string {
  return `${tool.kind ?? "function"}\n${looseKey(tool)}`;
}

function looseKey(tool: ToolRef): string {
  return `${tool.namespace ?? ""}\n${tool.name}`;
}
