/** Ledgers with requests that a test knows. */
import { join } from "node:path";
import type { Costs } from "../../src/model/request-end.ts";
import type { RequestEnd } from "../../src/model/request-end.ts";
import { Ledger } from "../../src/ledger/ledger.ts";
import { anEnd, someCosts } from "../ledger/sample.ts";

/** What is particular about a request. Dollars. */
export interface Asked extends Partial<RequestEnd> {
  readonly cost?: number | undefined;
  readonly baseline?: number | undefined;
  readonly unpriced?: boolean;
  /** What else is known of its costs. */
  readonly extra?: Partial<Costs>;
}

/** Writes requests of this moment to `ledger.sqlite` in a folder. Returns its path. */
export function ledgerIn(folder: string, requests: readonly Asked[], name = "ledger.sqlite"): string {
  const path = join(folder, name);
  const ledger = new Ledger({ path });
  for (const [index, { cost = 0.01, baseline = 0.04, unpriced, extra, ...changes }] of requests.entries()) {
    const costs: Costs = unpriced === true ? { estimated: false } : {
      ...someCosts,
      cost,
      baseline,
      saved: baseline - cost,
      estimated: changes.usage?.estimated === true,
      ...extra,
    };
    ledger.add(anEnd({ id: `req_${index + 1}`, time: Date.now(), ...changes, costs }));
  }
  ledger.close();
  return path;
}

/** A configuration whose ledger is in the same folder. `more`: what follows. */
export const withLedger = (more = "", path = "./ledger.sqlite"): string =>
  `[router]
think = "openrouter,anthropic/claude-3-opus"
background = "groq,llama-3.1-8b-instant"
[ledger]
path = "${path}"
${more}`;

export const KEYS = { OPENROUTER_API_KEY: "or-secret", GROQ_API_KEY: "groq-secret" };
