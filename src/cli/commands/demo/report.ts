/** What the demonstration prints: a row for each request as it is answered, then what it came to. */
import type { AttemptRecord } from "../../../model/request-end.ts";
import type { ModelInfo } from "../../../model/price.ts";
import type { Target } from "../../../model/target.ts";
import type { Report } from "../../../ledger/report.ts";
import { duration, money, price, share } from "../../../text/format.ts";
import { isNarrow, type Out } from "../../io.ts";
import { styleOf } from "../../output/style.ts";
import { layout, type Row } from "../../output/table.ts";
import { hanging, wrap } from "../../../text/width.ts";
import type { Outcome } from "./asking.ts";
import type { Example } from "./examples.ts";

/** An answered example with its cost in the proxy's ledger. */
export interface Accounted extends Outcome {
  /** Dollars; undefined: unknown. */
  readonly cost?: number;
  /** In order. */
  readonly attempts: readonly AttemptRecord[];
}

/** The table, row by row. */
export interface Rows {
  readonly head: string;
  row(accounted: Accounted): string;
}

const COLUMNS = [
  { title: "Route", shrinks: true },
  { title: "Model", shrinks: true },
  { title: "$/M in", align: "right", optional: true },
  { title: "Routed in", align: "right", optional: true },
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
  if (isNarrow(out)) return list(out, model);
  const { head, row } = layout(COLUMNS, examples.map(cells), style, out.columns);
  return {
    head,
    row({ example, route, provider, model: routed, why, routeMs, cost: dollarsOf, asPromised }) {
      const input = model({ provider, model: routed })?.price?.input;
      return row({
        above: `"${example.prompt}"`,
        cells: [
          { text: route || "none", paint: style.cyan },
          routed || "nowhere",
          input === undefined ? "?" : price(input),
          duration(routeMs),
          dollarsOf === undefined ? "unknown" : money(dollarsOf),
        ],
        notes: notesOf({ example, why, asPromised }),
      });
    },
  };
}

/** The table for a narrow terminal. */
function list(out: Out, model: (target: Target) => ModelInfo | undefined): Rows {
  const { cyan, bold, dim } = styleOf(out);
  return {
    head: "",
    row({ example, route, provider, model: routed, why, cost, asPromised }) {
      const input = model({ provider, model: routed })?.price?.input;
      const costs = [
        ...(input === undefined ? [] : [`${price(input)} per M in`]),
        cost === undefined ? "cost unknown" : money(cost),
      ];
      const lines = [
        ...wrap(`"${example.prompt}"`, out.columns).map(bold),
        ...hanging(route || "none", out.columns, 2).map(cyan),
        ...hanging(routed || "nowhere", out.columns, 2),
        ...hanging(costs.join(", "), out.columns, 2),
        ...notesOf({ example, why, asPromised }).flatMap((note) => hanging(note, out.columns, 2)).map(dim),
      ];
      return `${lines.join("\n")}\n`;
    },
  };
}

/** Why an example went where it went, and what was promised where that is another place. */
function notesOf({ example, why, asPromised }: Pick<Accounted, "example" | "why" | "asPromised">): string[] {
  const reasons = why.length > 1 ? why.slice(1) : why;
  return [reasons.join("; "), ...(asPromised ? [] : [`promised: ${example.route}, ${example.target}`])];
}

/** What all of it cost, and what it would have cost on the baseline model alone. */
export function summary(
  out: Out,
  { requests, cost_usd, baseline_usd, saved_share }: Report,
  baseline: string,
): string {
  const { bold, green, dim } = styleOf(out);
  if (isNarrow(out)) {
    const words = `${requests} requests cost ${money(cost_usd)}. On ${baseline} alone: ${
      money(baseline_usd)
    }.`;
    return [...wrap(words, out.columns), bold(green(`${share(saved_share)} saved.`)), ""].join("\n");
  }
  const assumed = wrap("Each prompt counts by itself, with nothing read from a cache.", out.columns);
  return `${requests} requests cost ${bold(money(cost_usd))}. On ${baseline} alone: ${
    money(baseline_usd)
  }. ` +
    `${green(bold(`${share(saved_share)} saved.`))}\n${assumed.map((line) => `${dim(line)}\n`).join("")}`;
}

/** What happened to a request whose first provider refused. */
export function failover(
  out: Out,
  { example, status, attempts }: Accounted,
  refused: string,
): string {
  const { cyan, red, dim } = styleOf(out);
  const tries = attempts.map(({ provider, model, failure, message }, index) =>
    hanging(
      `${index + 1}. ${provider},${model}: ${
        failure === undefined
          ? `answered, and the client got its ${status}`
          : `${failure.replaceAll("_", " ")}${message === undefined ? "" : `, "${message}"`}`
      }`,
      out.columns,
      isNarrow(out) ? 0 : 2,
    ).map((line) => `${failure === undefined ? line : red(line)}\n`).join("")
  );
  return `${
    wrap(`Now ${refused} refuses everything, and the next target takes over:`, out.columns).join("\n")
  }\n\n"${example.prompt}" ${dim("→")} ${cyan(example.route)}\n${tries.join("")}`;
}

/** How to send it a request. */
export function invitation(out: Out, url: string, key: string): string {
  const { bold, dim } = styleOf(out);
  if (isNarrow(out)) {
    const lines = (text: string) => wrap(text, out.columns).join("\n");
    return `${lines(`The proxy keeps running on ${url} until Ctrl-C. Send it a prompt:`)}\n\n` +
      ` curl -i \\\n  ${url}/v1/messages \\\n  -H x-api-key:${key} \\\n` +
      `  -H content-type:application/json \\\n  -d '{"model":"auto","max_tokens":500,\n` +
      `  "messages":[{"role":"user",\n  "content":"plan the architecture"}]}'\n\n` +
      `${lines(`Its dashboard, where you sign in with the key ${key}:`)}\n\n  ${
        bold(`${url}/dashboard`)
      }\n\n` +
      dim("Requests are logged here:\n");
  }
  return `The proxy keeps running on ${bold(url)} until Ctrl-C. Send it a prompt:\n\n` +
    `  curl -i ${url}/v1/messages \\\n` +
    `    -H 'Authorization: Bearer ${key}' \\\n` +
    `    -H 'Content-Type: application/json' \\\n` +
    `    -d '{"model":"auto","max_tokens":500,"messages":[\n` +
    `      {"role":"user","content":"plan the architecture"}]}'\n\n` +
    `Its dashboard, where you sign in with the key ${key}:\n\n  ${bold(`${url}/dashboard`)}\n\n` +
    dim("Requests are logged here:\n");
}

/** The same as JSON. `rescued`: the request whose first provider refused; it is in no sum. */
export function asJson({ url, answered, report, baseline, rescued }: {
  readonly url: string;
  readonly answered: readonly Accounted[];
  readonly report: Report;
  readonly baseline: string;
  readonly rescued: Accounted;
}): unknown {
  return {
    proxy: url,
    ok: [...answered, rescued].every(({ asPromised }) => asPromised),
    requests: answered.map(requestJson),
    baseline,
    cost_usd: report.cost_usd,
    baseline_usd: report.baseline_usd,
    saved_share: report.saved_share,
    failover: { ...requestJson(rescued), attempts: rescued.attempts },
  };
}

const requestJson = ({ example, route, provider, model, why, routeMs, cost, asPromised }: Accounted) => ({
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
});
