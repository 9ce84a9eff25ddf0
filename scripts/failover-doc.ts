/**
 * Writes the table of docs/failover.md from the tables that the code uses: `deno run -A scripts/failover-doc.ts`.
 * A test compares the file with what this makes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { FAILURE_RULES, type Scope } from "../src/dispatch/failure/failure.ts";
import type { FailureClass } from "../src/model/failure.ts";
import { span } from "../src/text/format.ts";

const FILE = new URL("../docs/failover.md", import.meta.url);

/** How each class shows itself. */
const SEEN: Readonly<Partial<Record<FailureClass, string>>> = {
  rate_limited: "429 with a reset time of minutes or none; 413 that names a rate",
  quota_exhausted:
    "402; a used-up quota, balance or usage limit at any status; a 429 with a reset over 5 min away",
  overloaded: '529, 503, "overloaded", "at capacity"',
  server_error:
    "5xx, an HTML page, a block by Cloudflare, malformed JSON, a redirect, an answer without output, a tool call that the model botched, any unknown refusal",
  unreachable: "no connection, or one that broke",
  timeout: "408, 504, 524; a time limit ran out (connect, first token, idle, total)",
  refused_credentials: "401, 403; a disabled account, a login for another client, a country at any status",
  model_unknown: "404; a model that is gone, or that the key has no access to",
  context_overflow:
    "400, 413, 422: the prompt is longer than the window; an answer that ends so before its output",
  unsupported: "400, 404, 422: images, tools or a parameter that the model cannot take; 413 as an HTML page",
  bad_request: "400, 422 that speak of the request",
  content_refused: "400, 403 of a filter",
};

const SCOPES: Readonly<Record<Scope, string>> = {
  provider: "the provider",
  model: "this model; the provider when two models fail",
  key: "this key; this model where it is named",
  "key+model": "this key for this model",
  family: "this key for a family of models",
  request: "nothing",
};

function cooldownOf(kind: FailureClass): string {
  const { scope, cools, reset } = FAILURE_RULES[kind];
  if (cools === undefined) return "none";
  const concerns = kind === "overloaded" ? "this model" : SCOPES[scope];
  const time = (ms: number) => span(ms / 1000);
  const first = time(cools.first);
  const guess = cools.first === cools.most ? first : `${first}, doubling to ${time(cools.most)}`;
  const after = cools.after === 1 ? "" : `after ${cools.after} within a minute `;
  const until = reset === undefined
    ? ""
    : reset === true
    ? "until the reset, else "
    : "until the reset, if near, else ";
  return `${concerns}: ${until}${after}${guess}`;
}

const NEXT = {
  true: "yes",
  false: "no: the client gets the error as it is",
  larger: "only one whose window is larger, or not known",
};

/** The table, a row for each class. */
export function failureTable(): string {
  const rows = (Object.keys(FAILURE_RULES) as FailureClass[]).filter((kind) => SEEN[kind] !== undefined).map((
    kind,
  ) => [kind.replaceAll("_", " "), SEEN[kind], NEXT[`${FAILURE_RULES[kind].next}`], cooldownOf(kind)]);
  return [["failure", "seen as", "next target?", "cooldown"], ["---", "---", "---", "---"], ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

const MARKS = /(<!-- Made by scripts\/failover-doc\.ts[^\n]*\n)[^]*?(<!-- End of the table -->)/;

/** The page with the table in its place. */
export function withTable(page: string): string {
  return page.replace(MARKS, (_all, begin: string, end: string) => `${begin}\n${failureTable()}\n\n${end}`);
}

if (import.meta.main) writeFileSync(FILE, withTable(readFileSync(FILE, "utf8")));
