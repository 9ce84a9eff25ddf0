/** A parsed JSON value of any shape. Readers check what they use (json/shape.ts). */
// deno-lint-ignore no-explicit-any
export type Json = any;
