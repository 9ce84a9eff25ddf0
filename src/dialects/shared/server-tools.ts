/**
 * Which of the tools in a request the provider runs itself. Data: one line for each tool, by the beginning of its `type`, which
 * may carry a date (`web_search_20250305`, `web_search_preview_2025_03_11`).
 *
 * @see https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/overview
 * @see https://platform.openai.com/docs/guides/tools
 */
const SERVER_TOOLS: readonly (readonly [typeStart: string, name: string])[] = [
  ["web_search", "web_search"],
  ["web_fetch", "web_fetch"],
  ["code_execution", "code_execution"],
  ["code_interpreter", "code_interpreter"],
  ["file_search", "file_search"],
  ["image_generation", "image_generation"],
  ["mcp", "mcp"],
  ["tool_search_tool", "tool_search"],
  ["advisor", "advisor"],
  ["browser_search", "web_search"],
  ["x_search", "x_search"],
  ["openrouter:web_search", "web_search"],
];

/** The plain name of a server tool's `type`; undefined: the client runs that tool. */
export function serverToolName(type: unknown): string | undefined {
  if (typeof type !== "string") return undefined;
  for (const [start, name] of SERVER_TOOLS) if (type.startsWith(start)) return name;
  return undefined;
}
