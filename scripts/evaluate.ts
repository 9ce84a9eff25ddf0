/**
 * Judges the router's decisions: `deno task evaluate`.
 *
 * Without options: the shipped classifier on the set of `training/frozen/`, on which no weights were fitted.
 * `--folds N`: cross-validation on the training material, by session (no prompt is in both parts).
 * `--turns FILE`: lines of `{prompt, before, previous, label, tags}`. `--misses`: every miss with its reason.
 */
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import type { Kind } from "../src/classifier/classification.ts";
import { classify } from "../src/classifier/classify.ts";
import { KINDS, talkOf } from "../src/classifier/learned/situation.ts";
import { cut, factsOf, fit, judgeBy, partOf } from "./routing/fit.ts";
import { readLexicon, readMaterial, readTurns, TRAINING, type Turn } from "./routing/sessions.ts";

/** The set that no weights were fitted on: judged once, then it becomes material, and another one is written. */
const FROZEN = `${TRAINING}frozen/`;

interface Judged {
  readonly turn: Turn;
  readonly kind: Kind;
  readonly why: string;
}

const { values } = parseArgs({
  options: {
    folds: { type: "string" },
    turns: { type: "string" },
    misses: { type: "boolean", default: false },
  },
});

/** The shipped classifier. */
function shipped(turns: readonly Turn[]): Judged[] {
  return turns.map((turn) => {
    const { kind, why } = classify(factsOf(turn));
    return { turn, kind, why };
  });
}

/** The learned model alone, on sessions that it was not fitted on; patterns and single prompts are not judged. */
function crossValidated(folds: number): Scored[] {
  const lexicon = readLexicon();
  const talk = talkOf(lexicon.names);
  const material = { concepts: lexicon.concepts, talk };
  const turns = readTurns().filter((turn) => turn.second === undefined || turn.second === turn.label);
  const judged: Scored[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const inFold = (session: string) => partOf(session, folds, 7) === fold;
    const fitted = fit(readMaterial(inFold).map((turn) => cut(turn, material)), talk);
    const scoresOf = judgeBy(fitted, talk);
    for (const turn of turns) {
      if (!inFold(turn.session)) continue;
      const scores = scoresOf(cut(turn, material));
      judged.push({ turn, scores, kind: KINDS[scores.indexOf(Math.max(...scores))]!, why: "" });
    }
  }
  return judged;
}

interface Scored extends Judged {
  readonly scores: readonly number[];
}

/** For each margin: of the turns that would be `think` by less, how many are, and how many are what comes next. */
function margins(judged: readonly Scored[]): void {
  console.log("\nthink leads the next kind by less than: turns, of these think, of these the next kind");
  for (const margin of [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4]) {
    const doubtful = judged.filter(({ kind, scores }) =>
      kind === "think" && scores[0]! - Math.max(...scores.slice(1)) < margin
    );
    const isNext = ({ turn, scores }: Scored) =>
      scores[KINDS.indexOf(turn.label)] === Math.max(...scores.slice(1));
    const think = doubtful.filter(({ turn }) => turn.label === "think").length;
    console.log(`${margin}: ${doubtful.length}, ${think}, ${doubtful.filter(isNext).length}`);
  }
}

/** Turns of a file with the earlier prompts, oldest first, in each line. */
function readLines(file: string): Turn[] {
  return readFileSync(file, "utf8").split("\n").filter((line) => line.trim() !== "").map((line, i) => {
    const { prompt, before = "", previous = [], label, tags = [], lang } = JSON.parse(line) as {
      readonly prompt: string;
      readonly before?: string;
      readonly previous?: readonly string[];
      readonly label: Kind;
      readonly tags?: readonly string[];
      readonly lang?: string;
    };
    return {
      session: `line-${i}`,
      language: lang ?? tags.find((tag) => tag.startsWith("lang:"))?.slice(5) ?? "",
      prompt,
      before,
      previous: previous.toReversed(),
      planMode: false,
      label,
      doubtful: tags.includes("doubtful"),
    };
  });
}

const share = (part: number, whole: number): string =>
  whole === 0 ? "–" : `${(100 * part / whole).toFixed(1)} % of ${whole}`;
const right = (judged: readonly Judged[]): string =>
  share(judged.filter(({ turn, kind }) => kind === turn.label).length, judged.length);

function table(judged: readonly Judged[]): void {
  console.log(
    `\nlabel \\ decided      ${KINDS.map((kind) => kind.slice(0, 10).padStart(11)).join("")}   right`,
  );
  for (const label of KINDS) {
    const row = judged.filter(({ turn }) => turn.label === label);
    const cells = KINDS.map((kind) => String(row.filter((one) => one.kind === kind).length).padStart(11));
    console.log(`${label.padEnd(20)} ${cells.join("")}   ${right(row)}`);
  }
}

/** A go-ahead, a choice or an answer: a few words after the first prompt. */
const isShort = ({ prompt, previous }: Turn): boolean =>
  previous.length > 0 && prompt.trim().split(/\s+/).length <= 3;

function report(judged: readonly Judged[]): void {
  const sound = judged.filter(({ turn }) => !turn.doubtful);
  const wrongThink = judged.filter(({ turn, kind }) => kind === "think" && turn.label !== "think").length;
  const think = judged.filter(({ turn }) => turn.label === "think");
  const lost = think.filter(({ kind }) => kind !== "think").length;
  console.log(`all turns             ${right(judged)}`);
  console.log(`sound turns           ${right(sound)}`);
  console.log(`  first prompts       ${right(sound.filter(({ turn }) => turn.previous.length === 0))}`);
  console.log(`  short later prompts ${right(sound.filter(({ turn }) => isShort(turn)))}`);
  console.log(`  English             ${right(sound.filter(({ turn }) => turn.language === "en"))}`);
  console.log(`  other languages     ${right(sound.filter(({ turn }) => turn.language !== "en"))}`);
  console.log(`sent to think wrongly ${share(wrongThink, judged.length)}`);
  console.log(`think sent elsewhere  ${share(lost, think.length)}`);
  table(sound);
  const languages = [...new Set(sound.map(({ turn }) => turn.language))].sort();
  const of = (language: string) => sound.filter(({ turn }) => turn.language === language);
  console.log(`\n${languages.map((language) => `${language || "?"} ${right(of(language))}`).join(" · ")}`);
}

function misses(judged: readonly Judged[]): void {
  for (const { turn, kind, why } of judged) {
    if (kind === turn.label) continue;
    const prompt = turn.prompt.replace(/\s+/g, " ").slice(0, 100);
    console.log(`${turn.label} → ${kind}${turn.doubtful ? " (doubtful)" : ""}: ${prompt}\n    ${why}`);
  }
}

function main(): void {
  if (values.folds !== undefined) {
    const judged = crossValidated(Number(values.folds));
    if (values.misses) misses(judged);
    report(judged);
    margins(judged);
    return;
  }
  if (values.turns === undefined && !existsSync(FROZEN)) {
    console.log(
      "training/frozen/ has no set: the last one was trained on. --folds 5 judges by cross-validation.",
    );
    return;
  }
  const judged = shipped(values.turns === undefined ? readTurns(FROZEN) : readLines(values.turns));
  if (values.misses) misses(judged);
  report(judged);
}

main();
process.exit(0);
