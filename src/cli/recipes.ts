/** The lines with which people point a client to the proxy: the same wherever the program shows them. */
import { PROGRAM } from "./command.ts";

/** How a client is pointed to a proxy, in a line each: for the banner. */
export function recipes(url: string): readonly (readonly [who: string, line: string])[] {
  return [
    ["one run", `${PROGRAM} run claude`],
    ["Claude Code", `${PROGRAM} setup claude-code`],
    ["Codex", `${PROGRAM} setup codex`],
    ["any other", `${url}/v1 (Anthropic's SDK: without /v1)`],
  ];
}
