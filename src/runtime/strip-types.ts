/** TypeScript without its types, by what the runtime brings along: no package for it is needed. */
import * as module from "node:module";

interface Transpiler {
  transformSync(source: string): string;
}

interface WithBun {
  readonly Bun?: { readonly Transpiler: new (options: { readonly loader: "ts" }) => Transpiler };
}

interface WithStripping {
  /** https://nodejs.org/api/module.html#modulestriptypescripttypescode-options */
  readonly stripTypeScriptTypes?: (source: string) => string;
}

/**
 * JavaScript that does the same.
 * @throws Error where the text is not TypeScript, or has what is more than types (`enum`) and the runtime only strips
 */
export function stripTypes(source: string): string {
  const { Bun } = globalThis as WithBun;
  if (Bun !== undefined) return new Bun.Transpiler({ loader: "ts" }).transformSync(source);
  const { stripTypeScriptTypes } = module as WithStripping;
  if (stripTypeScriptTypes === undefined) {
    throw new Error("this runtime cannot read TypeScript; use a .js file");
  }
  return stripTypeScriptTypes(source);
}
