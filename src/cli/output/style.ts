/** Colour, only where the stream wants it. */
import { createColors } from "picocolors";
import type { Out } from "../io.ts";

export type Style = ReturnType<typeof createColors>;

/** The colours of a stream: functions that paint a text, or return it unchanged. */
export const styleOf = (out: Out): Style => createColors(out.color);
