/**
 * Prints how many labelled prompts are classified as their label says, per label and per tag.
 *
 *   deno run --allow-read scripts/routing-report.ts tests/fixtures/routing/own.jsonl [--misses]
 *
 * A line of the file is `{ "id", "prompt", "label", "tags" }`.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { classifyPrompt } from "../src/classifier/classify.ts";

interface Labelled {
  readonly id: string;
  readonly prompt: string;
  readonly label: string;
  readonly tags: readonly string[];
}

const [file, ...flags] = process.argv.slice(2);
if (file === undefined) {
  console.error("routing-report: which file? usage: routing-report.ts <file.jsonl> [--misses]");
  process.exit(2);
}
const prompts: Labelled[] = readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line));

const counts = new Map<string, [right: number, all: number]>();
function count(name: string, right: boolean): void {
  const [hits, all] = counts.get(name) ?? [0, 0];
  counts.set(name, [hits + (right ? 1 : 0), all + 1]);
}

for (const { id, prompt, label, tags } of prompts) {
  const { kind, why } = classifyPrompt(prompt);
  count("all", kind === label);
  count(label, kind === label);
  for (const tag of tags) if (!tag.startsWith("lang:")) count(`#${tag}`, kind === label);
  if (kind !== label && flags.includes("--misses")) {
    console.log(
      `${id} is ${label}, taken for ${kind}\n    ${prompt.replaceAll("\n", " ⏎ ").slice(0, 300)}\n    ${why}`,
    );
  }
}
console.log("| | right | of | |\n|---|---|---|---|");
for (const [name, [right, all]] of [...counts].sort()) {
  console.log(`| ${name} | ${right} | ${all} | ${Math.round(100 * right / all)} % |`);
}
