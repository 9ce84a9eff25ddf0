/**
 * Fits the learned model of the classifier on `training/` and writes its weights: `deno task train`.
 * Deterministic: the same material gives the same bytes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type ModelHead, packModel } from "../src/classifier/learned/model.ts";
import { talkOf } from "../src/classifier/learned/situation.ts";
import { cut, fit, type Weights } from "./routing/fit.ts";
import { readLexicon, readPrompts, readTurns } from "./routing/sessions.ts";

const OUTPUT = fileURLToPath(new URL("../src/classifier/learned/data/weights.ts", import.meta.url));

/** Bytes for weights, and what a byte stands for: the largest weights are cut off at a thousandth of all. */
function bytesOf(weights: Weights): { readonly bytes: Int8Array; readonly scale: number } {
  const sizes = weights.filter((weight) => weight !== 0).map(Math.abs).sort();
  const largest = sizes[Math.floor(sizes.length * 0.9995)] ?? 1;
  const scale = largest / 127;
  const bytes = Int8Array.from(
    weights,
    (weight) => Math.max(-127, Math.min(127, Math.round(weight / scale))),
  );
  return { bytes, scale };
}

const lexicon = readLexicon();
const talk = talkOf(lexicon.names);
const agreed = readTurns().filter((turn) => turn.second === undefined || turn.second === turn.label);
const cuts = [...agreed, ...readPrompts()].map((turn) => cut(turn, { concepts: lexicon.concepts, talk }));
console.log(`${cuts.length} turns, ${lexicon.forms.length} forms of ${lexicon.names.length} concepts`);
const fitted = fit(cuts, talk);
const alone = bytesOf(fitted.alone);
const whole = bytesOf(fitted.whole);
const head: ModelHead = {
  version: 1,
  forms: lexicon.forms.length,
  talk,
  scales: { alone: alone.scale, whole: whole.scale },
};
const packed = packModel(head, lexicon.forms, lexicon.ids, { alone: alone.bytes, whole: whole.bytes });
const before = readFileSync(OUTPUT, "utf8");
const text = `/** Made by \`deno task train\`. */\nexport const PACKED =\n  "${packed}";\n`;
writeFileSync(OUTPUT, text);
console.log(
  `${OUTPUT.split("/").at(-1)}: ${text.length} bytes, ${text === before ? "as before" : "changed"}`,
);
