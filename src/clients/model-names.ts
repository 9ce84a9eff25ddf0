/** How clients write the names of models: what they add to a name, and which names their pickers keep. Pure. */

/**
 * Marks that clients put behind a name for themselves: `claude-opus-4-8[1m]` asks Claude Code for a window of a million
 * tokens. Providers do not know them. Any case, also twice, also in a chain of names.
 */
const MARKS = /(?:\s*\[1m\])+(?=\s*(?:\||$))/gi;

/** A model's name as providers know it. */
export function plainModelName(name: string): string {
  return name.includes("[") ? name.replace(MARKS, "") : name;
}

/**
 * The ids that a client's model picker keeps of a list.
 * @see https://code.claude.com/docs/en/llm-gateway-protocol
 */
const KEPT: Readonly<Record<string, RegExp>> = { "claude-code": /^(?:claude|anthropic)/i };

/** What a name begins with so that every picker keeps it. No provider's models begin so. */
const PICKED = "claude/";

/** The id under which a client's picker keeps a name: the name itself where it does. */
export function pickedId(name: string, client: string): string {
  return KEPT[client]?.test(name) === false ? PICKED + name : name;
}

/** The name that {@link pickedId} was given. */
export function nameOfPicked(id: string): string {
  return id.toLowerCase().startsWith(PICKED) ? id.slice(PICKED.length) : id;
}
