/**
 * Runs real agents and SDKs through the real proxy: `deno task test:clients [--runtime bun] [--only WORDS] [--skip WORDS] [--at-once N]`.
 * Words are parts of names, with commas between.
 *
 * Everything talks on loopback only: agents to the proxy, the proxy to stand-in providers that speak one dialect each.
 * Skips, loudly, where the clients' scripts are not beside the checkout.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import type { Case } from "./clients/case.ts";
import { CASES } from "./clients/cases.ts";
import { install, isAvailable, SOURCE } from "./clients/install.ts";
import { play, type Played } from "./clients/play.ts";

const { values } = parseArgs({
  options: {
    runtime: { type: "string", default: "deno" },
    only: { type: "string", default: "" },
    skip: { type: "string" },
    "at-once": { type: "string", default: "3" },
    list: { type: "boolean", default: false },
  },
});

function line({ case: { name }, wrong, ms, requests, shown, answeredMs }: Played): string {
  const mark = wrong.length === 0 ? "ok  " : "FAIL";
  return [
    `${mark} ${name.padEnd(62)} ${`${(ms / 1000).toFixed(1)} s`.padStart(7)} ${
      String(requests).padStart(4)
    } requests`,
    ...(shown === undefined ? [] : [`       after ${((answeredMs ?? 0) / 1000).toFixed(1)} s: ${shown}`]),
    ...wrong.map((words) => `       ${words}`),
  ].join("\n");
}

/** Plays the cases, a few at once, and tells of each as it ends. */
async function playAll(cases: readonly Case[], atOnce: number, runtime: "deno" | "bun"): Promise<Played[]> {
  const waiting = [...cases];
  const played: Played[] = [];
  const worker = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const result = await play(one, runtime);
      played.push(result);
      console.log(line(result));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return played;
}

const isMeant = (name: string, words: string) => words.split(",").some((one) => name.includes(one));
const cases = CASES.filter(({ name }) =>
  isMeant(name, values.only) && (values.skip === undefined || !isMeant(name, values.skip))
);
if (values.list) {
  for (const { name } of cases) console.log(name);
} else if (!isAvailable()) {
  console.log(`SKIPPED: the real clients were NOT tested, because their scripts are not at ${SOURCE}`);
  console.log(`0 passed, 0 failed, ${cases.length} skipped`);
} else {
  install((words) => console.log(words));
  const began = performance.now();
  const played = await playAll(
    cases,
    Math.max(1, Number(values["at-once"])),
    values.runtime === "bun" ? "bun" : "deno",
  );
  const failed = played.filter(({ wrong }) => wrong.length > 0);
  console.log(`\n${((performance.now() - began) / 1000).toFixed(0)} s`);
  for (const one of failed) console.log(line(one));
  console.log(`${played.length - failed.length} passed, ${failed.length} failed`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}
