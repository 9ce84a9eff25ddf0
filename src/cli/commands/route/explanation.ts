/** A decision as text: the prompt, the kind of work, where it goes, and every reason. */
import { visible } from "../../../text/visible.ts";
import type { ModelInfo } from "../../../model/price.ts";
import type { Classification } from "../../../classifier/classification.ts";
import type { Target } from "../../../model/target.ts";
import type { RequestFacts } from "../../../model/request-facts.ts";
import type { PlannedTarget, RoutePlan } from "../../../router/plan.ts";
import type { Decided } from "../../../server/decide.ts";
import { prices } from "../../../text/format.ts";
import type { Out } from "../../io.ts";
import { type Style, styleOf } from "../../output/style.ts";
import { table } from "../../output/table.ts";
import { cut, wrap } from "../../../text/width.ts";
import { targetText } from "../../../text/target-settings.ts";

/** Columns of the labels on the left. */
const LABELS = 12;

/** Where nothing limits a line: a prompt may be a whole file. Columns. */
const LONGEST = 200;

/** The whole text. */
export function explanation(
  out: Out,
  facts: RequestFacts,
  { classification, plan }: Decided,
  model: (target: Target) => ModelInfo | undefined,
): string {
  const style = styleOf(out);
  const { columns } = out;
  const lines = facing(facts, classification, plan, style).map(([label, value, paint = String]) => {
    const text = cut(visible(value), columns === undefined ? LONGEST : columns - LABELS);
    return `${style.dim(label.padEnd(LABELS))}${paint(text)}\n`;
  });
  const why = plan.why.flatMap((reason, index) =>
    wrap(visible(reason), columns === undefined ? undefined : columns - 5).map((line, part) =>
      `${part === 0 ? `${index + 1}.`.padStart(4) : "    "} ${line}\n`
    )
  );
  return [
    lines.join(""),
    targets(plan.targets, model, style, columns),
    `${style.dim("Why")}\n${why.join("")}`,
  ].filter((part) => part !== "").join("\n");
}

function facing(
  { client, dialect, model, approxTokens }: RequestFacts,
  { kind, prompt, matched, language, complexity, housekeeping }: Classification,
  { route, targets }: RoutePlan,
  style: Style,
): (readonly [label: string, value: string, paint?: (text: string) => string])[] {
  const first = targets.find(({ skip }) => skip === undefined);
  const words = [...new Set(matched)].map((word) => `"${word}"`).join(", ");
  const asked = prompt?.replace(/\s+/g, " ").trim();
  const work = housekeeping === undefined ? kind : `housekeeping: ${housekeeping}`;
  return [
    asked === undefined ? ["Prompt", "none from the user", style.dim] : ["Prompt", `"${asked}"`],
    ["Kind", words === "" ? work : `${work} (${words})`],
    ...(language === undefined ? [] : [["Language", language] as const]),
    ["Complexity", `${complexity.toFixed(2)} of 1`],
    ["Request", `about ${approxTokens} tokens, ${dialect}, model "${model}", client ${client}`],
    ["Route", route, style.cyan],
    first === undefined ? ["Goes to", "nowhere", style.red] : ["Goes to", targetText(first), style.bold],
  ];
}

/** How a target came into the plan, where it is not one of the route. */
const FROM: Readonly<Record<PlannedTarget["from"], string>> = {
  chain: "",
  handed_on: "handed on",
  kept: "kept",
  fallback: "fallback",
};

function targets(
  planned: readonly PlannedTarget[],
  model: (target: Target) => ModelInfo | undefined,
  style: Style,
  width: number | undefined,
): string {
  if (planned.length === 0) return "";
  const heads = [
    { title: "Tried in this order", shrinks: true },
    { title: "" },
    { title: "$/M in", align: "right", optional: true },
    { title: "out", align: "right", optional: true },
  ] as const;
  const rows = planned.map((target) => {
    const text = targetText(target);
    const { skip } = target;
    return {
      cells: [
        skip === undefined ? text : { text, paint: style.dim },
        { text: FROM[target.from], paint: style.dim },
        ...prices(model(target)?.price),
      ],
      ...(skip === undefined ? {} : { notes: [`skipped: ${skip}`] }),
    };
  });
  return table(heads, rows, style, width);
}
