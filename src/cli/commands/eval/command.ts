/** `eval`: how well the configuration routes prompts whose right routes are known. Nothing is sent. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, optional, withDefault } from "@optique/core/modifiers";
import { argument, flag, option } from "@optique/core/primitives";
import { integer, string } from "@optique/core/valueparser";
import { z } from "zod";
import { reason } from "../../../files/errors.ts";
import { parseJsonText } from "../../../json/shape.ts";
import { count, counted, money, share } from "../../../text/format.ts";
import { targetText } from "../../../text/target-settings.ts";
import { visible } from "../../../text/visible.ts";
import { cut } from "../../../text/width.ts";
import { scriptIn } from "../../../server/script.ts";
import { decide } from "../../../server/decide.ts";
import { CliError, type Command, EXIT } from "../../command.ts";
import { catalogFor, readConfig } from "../../configuration.ts";
import { type Io, type Out, printJson } from "../../io.ts";
import { feedbackOf, learnedIn } from "../learn/run.ts";
import { withLedger } from "../../ledger-reader.ts";
import { judgedBy } from "./from-ledger.ts";
import { configOption, jsonOption } from "../../options.ts";
import { styleOf } from "../../output/style.ts";
import { table } from "../../output/table.ts";
import { inConversation, requestFor } from "../../../dialects/sample-request.ts";
import { ASSUMED, type Figures, figuresOf, type Judged, type Labelled } from "./figures.ts";

interface Options {
  readonly file?: string | undefined;
  readonly fromLedger: boolean;
  readonly number: number;
  readonly misses: boolean;
  readonly config?: string | undefined;
  readonly json: boolean;
}

const parser = object({
  file: optional(argument(string({ metavar: "FILE" }), {
    description: message`prompts, a JSON object a line; - reads the standard input`,
  })),
  fromLedger: withDefault(
    flag("--from-ledger", { description: message`judge the latest decisions by your corrections instead` }),
    false,
  ),
  number: withDefault(
    option("-n", "--number", integer({ min: 1, max: 100_000, metavar: "N" }), {
      description: message`with --from-ledger: the last N requests (default: 2000)`,
    }),
    2000,
  ),
  misses: withDefault(
    flag("-m", "--misses", { description: message`list the prompts that were routed wrongly, with reasons` }),
    false,
  ),
  config: configOption,
  json: jsonOption,
});

export const command: Command = {
  description:
    message`Measures how well the configuration routes prompts whose right routes you know. Each line of the file is {"prompt": "…", "label": "think"}, with "previous" (earlier prompts) and "before" (what the agent said) where it has a conversation. With --from-ledger, the latest decisions are judged by your corrections. Nothing is sent.`,
  parser: map(parser, (options) => (io) => run(io, options)),
  examples: ["eval prompts.jsonl", "eval prompts.jsonl --misses", "eval --from-ledger --misses"],
};

async function run(io: Io, options: Options): Promise<number> {
  const { file, fromLedger: isFromLedger } = options;
  if ((file === undefined) !== isFromLedger) {
    throw new CliError("give a file of prompts, or --from-ledger.", EXIT.unusable);
  }
  return file === undefined ? await judgeLedger(io, options) : await judgeFile(io, file, options);
}

/** Judges the latest decisions by what the user said about them. */
async function judgeLedger(io: Io, { number, misses, config: path, json }: Options): Promise<number> {
  const config = readConfig(io, path);
  const catalog = catalogFor(io, config);
  const rows = await withLedger(io, config, (ledger) => ledger.recent({ limit: number }));
  const { judged, corrected, up, down } = judgedBy(feedbackOf(io), rows);
  if (judged.length === 0) throw new CliError("the ledger holds no decision yet.");
  const figures = figuresOf(judged, (target) => catalog.find(target)?.price, config.router.routes.think?.[0]);
  const wrong = judged.filter(({ label, decided }) => label !== decided);
  if (json) {
    printJson(io, {
      ...asJson(figures, misses ? wrong : undefined),
      corrections: corrected,
      thumbs: { up, down },
    });
    return EXIT.ok;
  }
  const said =
    `${counted(corrected, "correction")} and ${up} up, ${down} down of thumbs for these decisions; ` +
    "what nobody corrected counts as right.\n\n";
  io.stdout.write(said + page(io.stdout, figures) + (misses ? missed(io.stdout, wrong) : ""));
  return EXIT.ok;
}

async function judgeFile(io: Io, file: string, { misses, config: path, json }: Options): Promise<number> {
  const text = file === "-" ? await io.stdin() : read(resolve(io.cwd, file), file);
  const prompts = labelled(text, file === "-" ? "the standard input" : file);
  const config = readConfig(io, path);
  const catalog = catalogFor(io, config);
  const now = Date.now();
  const world = { ...await scriptIn(config), ...learnedIn(io, config), now };
  const judged = prompts.map((one): Judged => {
    const facts = inConversation(requestFor(one.prompt), one.previous, one.before);
    const { plan } = decide(facts, config, { ...world, model: catalog.find, sameModel: catalog.sameModel });
    const { decision } = plan;
    return {
      ...one,
      decided: decision.kind === "route" && !plan.route.includes(":") ? decision.name : plan.route,
      why: plan.why,
      target: plan.targets.find(({ skip }) => skip === undefined),
    };
  });
  const figures = figuresOf(judged, (target) => catalog.find(target)?.price, config.router.routes.think?.[0]);
  const wrong = judged.filter(({ label, decided }) => label !== decided);
  if (json) printJson(io, asJson(figures, misses ? wrong : undefined));
  else io.stdout.write(page(io.stdout, figures) + (misses ? missed(io.stdout, wrong) : ""));
  return EXIT.ok;
}

function read(path: string, named: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new CliError(`cannot read ${named}: ${reason(error)}.`, EXIT.unusable);
  }
}

const texts = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
const line = z.strictObject({
  prompt: z.string().min(1),
  label: z.string().min(1),
  previous: texts.default([]),
  before: z.string().optional(),
});

/** @throws CliError where a line is something else */
function labelled(text: string, named: string): readonly Labelled[] {
  const prompts: Labelled[] = [];
  text.split("\n").forEach((written, index) => {
    if (written.trim() === "") return;
    const parsed = line.safeParse(parseJsonText(written));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const where = issue === undefined || issue.path.length === 0 ? "" : ` (${issue.path.join(".")})`;
      throw new CliError(
        `line ${index + 1} of ${named} is not a labelled prompt${where}; ` +
          'expected {"prompt": "…", "label": "think"}, with "previous" and "before" where it has them.',
        EXIT.unusable,
      );
    }
    prompts.push({ line: index + 1, ...parsed.data, label: parsed.data.label.toLowerCase() });
  });
  if (prompts.length === 0) throw new CliError(`${named} holds no prompts.`, EXIT.unusable);
  return prompts;
}

function page(out: Out, figures: Figures): string {
  const style = styleOf(out);
  const { prompts, right, names, confusion, waste, loss, thinks } = figures;
  const columns = [
    { title: "Right route", shrinks: true },
    ...names.map((title) => ({ title, align: "right" as const })),
  ];
  const rows = names.map((name, row) => ({
    cells: [
      name,
      ...names.map((_, column) => {
        const times = confusion[row]![column]!;
        if (times === 0) return { text: "·", paint: style.dim };
        return row === column ? { text: String(times), paint: style.green } : String(times);
      }),
    ],
  })).filter((_, row) => confusion[row]!.some((times) => times > 0));
  const others = prompts - thinks;
  return [
    `${style.bold(share(right / prompts))} right: ${count(right)} of ${counted(prompts, "prompt")}\n`,
    `Waste  ${count(waste)} of ${count(others)} went to think and should not have\n`,
    `Loss   ${count(loss)} of ${count(thinks)} should have gone to think and did not\n`,
    `Cost   ${costText(figures)}\n`,
    "\n",
    table(columns, rows, style, out.columns),
  ].join("");
}

function costText({ cost: { routed, best, bestTarget, unpriced }, prompts }: Figures): string {
  if (bestTarget === undefined) return "unknown: the first target of think has no price";
  if (unpriced === prompts) return "unknown: no prompt has a usable target with a price";
  const saved = best === 0 ? "" : `, ${share(1 - routed / best)} less`;
  const without = unpriced === 0 ? "" : `; ${counted(unpriced, "prompt")} without a price not counted`;
  return `${money(routed)} against ${money(best)} with all on ${targetText(bestTarget)}${saved} ` +
    `(${count(ASSUMED.input)} tokens in and ${count(ASSUMED.output)} out a prompt, nothing cached${without})`;
}

function missed(out: Out, wrong: readonly Judged[]): string {
  if (wrong.length === 0) return "\nNo prompt was routed wrongly.\n";
  const style = styleOf(out);
  const width = out.columns ?? 200;
  return wrong.map(({ line, prompt, label, decided, why }) =>
    `\n${style.dim(`line ${line}:`)} ${style.red(decided)}, right is ${style.green(label)}\n` +
    `  ${cut(visible(prompt).replace(/\s+/g, " "), width - 2)}\n` +
    `  ${style.dim(cut(visible(why.at(-1) ?? ""), width - 2))}\n`
  ).join("");
}

function asJson(figures: Figures, wrong: readonly Judged[] | undefined): Readonly<Record<string, unknown>> {
  const { prompts, right, names, confusion, waste, loss, thinks, cost } = figures;
  return {
    prompts,
    right,
    accuracy: right / prompts,
    waste: { prompts: waste, of: prompts - thinks },
    loss: { prompts: loss, of: thinks },
    confusion: Object.fromEntries(
      names.map((label, row) => [
        label,
        Object.fromEntries(names.map((decided, column) => [decided, confusion[row]![column]])),
      ]),
    ),
    cost: {
      routed_usd: cost.routed,
      all_to_best_usd: cost.best,
      best: cost.bestTarget === undefined ? null : targetText(cost.bestTarget),
      unpriced_prompts: cost.unpriced,
      assumed_tokens: ASSUMED,
    },
    ...(wrong === undefined ? {} : {
      misses: wrong.map(({ line, prompt, label, decided, why }) => ({ line, prompt, label, decided, why })),
    }),
  };
}
