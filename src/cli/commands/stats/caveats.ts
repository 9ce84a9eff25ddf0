/** What the dollars of a report do not hold, in plain words. */
import type { Target } from "../../../model/target.ts";
import { type Figures, NONE, type Report } from "../../../ledger/report.ts";
import { counted } from "../../../text/amounts.ts";

/** A sentence for each that applies. `main`: the report that names the models. */
export function caveats(figures: Figures, main: Report, baseline: Target | undefined): string[] {
  const { unpriced_requests: unpriced, no_baseline_requests: bare, estimated_requests: guessed } = figures;
  const said: string[] = [];
  if (unpriced > 0) {
    said.push(
      `${counted(unpriced, "request")} of unknown price ${are(unpriced)} in none of these dollars${
        named(main)
      }. [[prices]] in the configuration or "models update" gives a price.`,
    );
  }
  if (bare > 0) {
    const model = baseline === undefined ? "the baseline model" : `${baseline.provider},${baseline.model}`;
    said.push(
      `${counted(bare, "request")} ${bare === 1 ? "counts" : "count"} as having saved nothing: ` +
        `the price of ${model} was not known.`,
    );
  }
  if (guessed > 0) {
    said.push(
      `The tokens of ${counted(guessed, "request")} are estimated: the provider reported none.`,
    );
  }
  return said;
}

const are = (amount: number): string => amount === 1 ? "is" : "are";

/** The unpriced models, where they are known. */
function named({ by }: Report): string {
  const models = Object.entries(by.model ?? {})
    .filter(([name, { unpriced_requests: unpriced }]) => unpriced > 0 && name !== NONE)
    .map(([name]) => name);
  if (models.length === 0) return "";
  return ` (${models.slice(0, 3).join(", ")}${models.length > 3 ? ` and ${models.length - 3} more` : ""})`;
}
