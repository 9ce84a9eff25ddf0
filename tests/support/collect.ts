/** Collects garbage at once, as every runtime does sooner or later. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const bun = (globalThis as { Bun?: { gc(force: boolean): void } }).Bun;

/** Frees what nothing leads to any more. */
export const collect: () => void = bun !== undefined ? () => bun.gc(true) : madeByV8();

function madeByV8(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc");
}
