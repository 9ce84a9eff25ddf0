/**
 * Fits the learned model of the classifier on `training/` and writes its weights: `deno task train`.
 * Deterministic: the same material gives the same bytes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type ModelHead, packModel } from "../src/classifier/learned/model.ts";
import { talkOf } from "../src/classifier/learned/situation.ts";
import { cut, fit, knownFeatures } from "./routing/fit.ts";
import { readLexicon, readMaterial } from "./routing/sessions.ts";

const OUTPUT = fileURLToPath(new URL("../src/classifier/learned/data/weights.ts", import.meta.url));

const lexicon = readLexicon();
const talk = talkOf(lexicon.names);
const material = readMaterial();
const cuts = material.map((turn) => cut(turn, { concepts: lexicon.concepts, talk }));
console.log(`${cuts.length} turns, ${lexicon.forms.length} forms of ${lexicon.names.length} concepts`);
const fitted = fit(cuts, talk);
const largestOf = (weights: Float32Array) =>
  weights.reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 0);
const largest = { alone: largestOf(fitted.alone), whole: largestOf(fitted.whole) };
const head: ModelHead = { version: 2, forms: lexicon.forms.length, talk, largest };
const { packed, dropped } = packModel(head, lexicon, knownFeatures(fitted, largest));
console.log(`${fitted.vocabulary.sessions.length} features, ${dropped} of them without a place`);
const before = readFileSync(OUTPUT, "utf8");
const text = `/** Made by \`deno task train\`. */\nexport const PACKED =\n  "${packed}";\n`;
writeFileSync(OUTPUT, text);
console.log(
  `${OUTPUT.split("/").at(-1)}: ${text.length} bytes, ${text === before ? "as before" : "changed"}`,
);
