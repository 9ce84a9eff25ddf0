/** Changes a route in the text of a configuration file; comments and everything else stay, to the character. */
import { type AST, parseTOML } from "toml-eslint-parser";
import { CannotEdit, edited } from "../files/edit.ts";
import { says, understood } from "../files/toml-edit.ts";

const SECTION = "router";

/**
 * The text with another chain for a route of `[router]`, or for its `fallback`.
 * @param targets each as `provider,model`, in the order in which they are tried
 * @throws CannotEdit where the text cannot be parsed, or the change would touch something else
 * @example withRoute(`[router]\nthink = "a,b" # mine\n`, "think", ["a,c"]) // `[router]\nthink = "a,c" # mine\n`
 */
export function withRoute(text: string, route: string, targets: readonly string[]): string {
  const chain = targets.join(" | ");
  const wanted = edited(understood(text), [{ path: [SECTION, route], value: chain }]);
  const after = written(text, route, JSON.stringify(chain));
  if (says(after, wanted)) return after;
  throw new CannotEdit("its layout cannot be edited safely");
}

function written(text: string, route: string, value: string): string {
  const body = parseTOML(text, { tomlVersion: "1.1" }).body[0].body;
  const found = valueOf(body, route);
  if (found !== undefined) return spliced(text, found.range, value);
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const table = body.find((node): node is AST.TOMLTable =>
    node.type === "TOMLTable" && node.kind === "standard" && node.resolvedKey.join(".") === SECTION
  );
  if (table === undefined) {
    const gap = text === "" ? "" : text.endsWith("\n") ? end : end + end;
    return `${text}${gap}[${SECTION}]${end}${route} = ${value}${end}`;
  }
  // Behind its last key, or its header, and what follows on that line: a comment.
  const last = table.body.at(-1) ?? table.key;
  const line = text.indexOf("\n", last.range[1]);
  return line === -1
    ? `${text}${end}${route} = ${value}${end}`
    : spliced(text, [line + 1, line + 1], `${route} = ${value}${end}`);
}

const spliced = (text: string, [from, to]: readonly [number, number], value: string): string =>
  text.slice(0, from) + value + text.slice(to);

/** The value of a route, however its table is written. */
function valueOf(
  body: readonly (AST.TOMLKeyValue | AST.TOMLTable)[],
  route: string,
): AST.TOMLContentNode | undefined {
  const wanted = `${SECTION}.${route}`;
  for (const node of body) {
    const pairs = node.type === "TOMLKeyValue" ? [node] : node.body;
    const base = node.type === "TOMLKeyValue" ? [] : node.resolvedKey;
    for (const { key, value } of pairs) {
      const path = [...base, ...key.keys.map(nameOf)];
      if (path.join(".") === wanted) return value;
      if (path.join(".") !== SECTION || value.type !== "TOMLInlineTable") continue;
      const inner = value.body.find((pair) =>
        pair.key.keys.length === 1 && nameOf(pair.key.keys[0]!) === route
      );
      if (inner !== undefined) return inner.value;
    }
  }
  return undefined;
}

const nameOf = (part: AST.TOMLBare | AST.TOMLQuoted): string =>
  part.type === "TOMLBare" ? part.name : part.value;
