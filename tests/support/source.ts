/** Reads TypeScript sources as far as the architecture test looks at them: their imports, and the globals they name. */

export interface SourceImport {
  /** What stands between the quotes. */
  readonly from: string;
  /** Nothing of it is left at run time: `import type`, `export type`, or `type` before every name. */
  readonly typeOnly: boolean;
}

interface Token {
  readonly kind: "word" | "string" | "sign" | "other";
  readonly text: string;
}

/** Globals by which code looks at the world or at chance. */
const WORLD = [
  "Date",
  "performance",
  "process",
  "Deno",
  "Bun",
  "fetch",
  "Math.random",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "globalThis",
  "self",
  "window",
  "global",
  "crypto",
  "console",
  "navigator",
  "localStorage",
  "sessionStorage",
  "eval",
  "Function",
  "require",
  "import.meta",
  "DateTimeFormat",
  "XMLHttpRequest",
  "WebSocket",
  "EventSource",
  "Worker",
  "Temporal",
];

/** The imports and re-exports of a source, dynamic ones too. */
export function importsOf(source: string): SourceImport[] {
  const tokens = tokenize(source);
  const found: SourceImport[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const word = tokens[i]!;
    if (word.kind !== "word" || (word.text !== "import" && word.text !== "export")) continue;
    if (isMember(tokens, i)) continue;
    const next = tokens[i + 1];
    if (word.text === "import" && next?.text === "(") {
      const path = tokens[i + 2];
      found.push({ from: path?.kind === "string" ? path.text : "(computed)", typeOnly: false });
      continue;
    }
    if (word.text === "import" && next?.kind === "string") {
      found.push({ from: next.text, typeOnly: false });
      continue;
    }
    const clause = clauseFrom(tokens, i + 1);
    if (clause !== undefined) found.push({ from: clause.from, typeOnly: isTypeOnly(clause.names) });
  }
  return found;
}

/** The tokens between `import` or `export` and `from "…"`; undefined where it is a declaration. */
function clauseFrom(tokens: readonly Token[], start: number): { names: Token[]; from: string } | undefined {
  const names: Token[] = [];
  for (let i = start; i < tokens.length; i++) {
    const token = tokens[i]!;
    const path = tokens[i + 1];
    if (token.text === "from" && token.kind === "word" && path?.kind === "string") {
      return { names, from: path.text };
    }
    if (token.kind !== "word" && !["{", "}", ",", "*"].includes(token.text)) return undefined;
    if (["const", "function", "class", "interface", "enum", "default"].includes(token.text) && i === start) {
      return undefined;
    }
    names.push(token);
  }
  return undefined;
}

function isTypeOnly(names: readonly Token[]): boolean {
  if (names[0]?.text === "type" && names[1]?.text !== "," && names[1]?.text !== undefined) return true;
  if (names[0]?.text !== "{") return false;
  const inner = names.slice(1, -1).map(({ text }) => text).join(" ");
  const parts = inner.split(",").map((part) => part.trim()).filter((part) => part !== "");
  return parts.length > 0 && parts.every((part) => part.startsWith("type "));
}

/**
 * The globals of a list that a source names, in order. A name after a dot is a member, one before a colon or `?:` in
 * the place of a key is a key.
 */
export function forbiddenGlobals(source: string, names: readonly string[] = WORLD): string[] {
  const tokens = tokenize(source);
  const found: string[] = [];
  tokens.forEach(({ kind, text }, i) => {
    if (kind !== "word") return;
    if (text === "DateTimeFormat" && names.includes(text)) return void found.push(text);
    if (isMember(tokens, i)) return;
    const [dot, member] = [tokens[i + 1]?.text, tokens[i + 2]?.text];
    const joined = dot === "." || dot === "?." ? `${text}.${member}` : "";
    if (names.includes(joined)) return void found.push(joined);
    // All of Math in one hand may be random too.
    if (text === "Math" && dot !== "." && names.includes("Math.random")) return void found.push(text);
    if (names.includes(text) && !isKey(tokens, i)) found.push(text);
  });
  return found;
}

function isMember(tokens: readonly Token[], i: number): boolean {
  const before = tokens[i - 1]?.text;
  return before === "." || before === "?.";
}

/** `{ name: …`, `, name: …`, `; name?: …`, `readonly name: …`; not the branch of a conditional. */
function isKey(tokens: readonly Token[], i: number): boolean {
  const before = tokens[i - 1]?.text ?? "{";
  const colon = tokens[i + 1]?.text === "?" ? tokens[i + 2]?.text : tokens[i + 1]?.text;
  return colon === ":" && ["{", ",", ";", "(", "readonly"].includes(before);
}

/** Words after which a slash begins an expression, not a division. */
const BEFORE_EXPRESSION = /^(return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield|instanceof)$/;

/** Words, strings, signs; comments and white space left out. What stands in a template's `${…}` is read too. */
function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  /** For each template that is open: the depth of braces in its expression. */
  const templates: number[] = [];
  let at = 0;
  const push = (kind: Token["kind"], text: string) => void tokens.push({ kind, text });
  /** Skips a template's text up to its end or its next expression. */
  const template = () => {
    for (; at < source.length; at++) {
      if (source[at] === "\\") at++;
      else if (source[at] === "`") return void at++;
      else if (source[at] === "$" && source[at + 1] === "{") {
        at += 2;
        templates.push(0);
        return push("sign", "(");
      }
    }
  };
  const sticky = (expression: RegExp): string | undefined => {
    expression.lastIndex = at;
    const text = expression.exec(source)?.[0];
    if (text !== undefined) at += text.length;
    return text;
  };
  while (at < source.length) {
    if (sticky(/\s+|\/\/[^\n]*|\/\*[^]*?\*\//y) !== undefined) continue;
    const word = sticky(/[\p{L}_$#][\p{L}\p{N}_$]*/uy);
    if (word !== undefined) {
      push("word", word);
      continue;
    }
    if (sticky(/\d[\w.]*/y) !== undefined) {
      push("other", "0");
      continue;
    }
    const string = sticky(/"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'/y);
    if (string !== undefined) {
      push("string", string.slice(1, -1));
      continue;
    }
    const c = source[at]!;
    if (c === "`") {
      at++;
      push("other", "`");
      template();
      continue;
    }
    if (c === "/" && isExpressionPlace(tokens.at(-1))) {
      if (sticky(/\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y) !== undefined) {
        push("other", "//");
        continue;
      }
    }
    if (c === "}" && templates.at(-1) === 0) {
      templates.pop();
      at++;
      push("sign", ")");
      template();
      continue;
    }
    if (templates.length > 0 && (c === "{" || c === "}")) {
      templates[templates.length - 1]! += c === "{" ? 1 : -1;
    }
    push("sign", sticky(/\?\.(?!\d)|\.\.\.|=>/y) ?? source[at++]!);
  }
  return tokens;
}

function isExpressionPlace(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === "word") return BEFORE_EXPRESSION.test(before.text);
  return before.kind === "sign" && before.text !== ")" && before.text !== "]" && before.text !== "}";
}
