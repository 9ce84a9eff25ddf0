/** What the demonstration prints: a row for each request as it is answered, then what it came to. */
import type { ModelInfo } from "../../../model/price.ts";
import type { Target } from "../../../model/target.ts";
import type { Report } from "../../../ledger/report.ts";
import { cost, dollars, duration } from "../../../text/format.ts";
import type { Out } from "../../io.ts";
import { styleOf } from "../../output/style.ts";
import { layout, type Row } from "../../output/table.ts";
import type { Outcome } from "./asking.ts";
import type { Example } from "./examples.ts";

/** An answered example with what the proxy's ledger says of it. */
export interface Accounted extends Outcome {
  /** Dollars; undefined: not known. */
  readonly cost?: number;
}

/** The table, row by row. */
export interface Rows {
  readonly head: string;
  row(accounted: Accounted): string;
}

const COLUMNS = [
  { title: "Kind of work" },
  { title: "Went to", shrinks: true },
  { title: "Per 1M in", align: "right" },
  { title: "Routed in", align: "right" },
  { title: "Cost", align: "right" },
] as const;

/** Lays the table out for what is expected, so that each row can be printed as it comes. */
export function rows(
  out: Out,
  examples: readonly Example[],
  model: (target: Target) => ModelInfo | undefined,
): Rows {
  const style = styleOf(out);
  const cells = ({ route, target }: Example): Row => ({
    cells: [route, target, "$0.80", "999 µs", "$0.000000"],
  });
  const { head, row } = layout(COLUMNS, examples.map(cells), style, out.columns);
  return {
    head,
    row({ example, route, provider, model: routed, why, routeMs, cost: dollarsOf, asPromised }) {
      const price = model({ provider, model: routed })?.price?.input;
      const reasons = why.length > 1 ? why.slice(1) : why;
      const missed = `promised: ${example.route}, ${example.target}`;
      return row({
        above: `"${example.prompt}"`,
        cells: [
          { text: route || "none", paint: style.cyan },
          routed || "nowhere",
          price === undefined ? "?" : dollars(price),
          duration(routeMs),
          cost(dollarsOf),
        ],
        notes: [reasons.join("; "), ...(asPromised ? [] : [missed])],
      });
    },
  };
}

/** What all of it cost, and what it had cost on the dearest model alone. */
export function summary(
  out: Out,
  { requests, cost_usd, baseline_usd, saved_share }: Report,
  baseline: string,
): string {
  const { bold, green } = styleOf(out);
  return `${requests} requests cost ${bold(cost(cost_usd))}. On ${baseline} alone: ${cost(baseline_usd)}. ` +
    `${green(bold(`${Math.round(saved_share * 100)} % saved.`))}\n`;
}

/** How to ask it oneself. */
export function invitation(out: Out, url: string, key: string): string {
  const { bold, dim } = styleOf(out);
  return `The proxy stays up at ${bold(url)} until Ctrl+C. Ask it yourself:\n\n` +
    `  curl -i ${url}/v1/messages \\\n` +
    `    -H 'Authorization: Bearer ${key}' \\\n` +
    `    -H 'Content-Type: application/json' \\\n` +
    `    -d '{"model":"auto","max_tokens":500,"messages":[\n` +
    `      {"role":"user","content":"plan the architecture"}]}'\n\n` +
    dim("What it does with it shows here:\n");
}

/** The same for programs. */
export function asJson(
  url: string,
  answered: readonly Accounted[],
  report: Report,
  baseline: string,
): unknown {
  return {
    proxy: url,
    ok: answered.every(({ asPromised }) => asPromised),
    requests: answered.map(({ example, route, provider, model, why, routeMs, cost, asPromised }) => ({
      prompt: example.prompt,
      dialect: example.dialect,
      stream: example.stream === true,
      route,
      provider,
      model,
      why,
      route_ms: Number(routeMs.toFixed(3)),
      cost_usd: cost ?? null,
      as_promised: asPromised,
    })),
    baseline,
    cost_usd: report.cost_usd,
    baseline_usd: report.baseline_usd,
    saved_share: report.saved_share,
  };
}
