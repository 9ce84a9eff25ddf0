/** What the proxy itself says of a run: its health, its metrics, its ledger. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Program } from "../../tests/support/program.ts";
import { PROXY_KEY } from "./configuration.ts";

export interface Health {
  readonly in_flight: number;
  readonly config: { readonly ok: boolean; readonly reloads: number };
  readonly providers: readonly {
    readonly name: string;
    readonly in_flight: number;
    readonly waiting: number;
    readonly cooldowns: readonly unknown[];
  }[];
}

/** A request as the ledger has it. */
export interface Row {
  readonly id: string;
  readonly status: number;
  readonly provider: string;
  readonly cancelled: number;
  readonly failed: number;
  readonly estimated: number;
  readonly input: number | null;
  readonly output: number | null;
  readonly attempts: readonly { readonly provider: string; readonly failure?: string }[];
}

const AUTHORIZED = { authorization: `Bearer ${PROXY_KEY}` };

export async function healthOf({ url }: Program): Promise<Health> {
  return await (await fetch(`${url}/health/detailed`, { headers: AUTHORIZED })).json();
}

export async function resetCooldowns({ url }: Program): Promise<number> {
  const response = await fetch(`${url}/admin/cooldowns/reset`, { method: "POST", headers: AUTHORIZED });
  return (await response.json()).reset;
}

/** The sum of a counter over all its labels; undefined where the proxy has no metrics. */
export async function metric({ url }: Program, name: string): Promise<number | undefined> {
  const response = await fetch(`${url}/metrics`, { headers: AUTHORIZED });
  const text = await response.text();
  if (response.status !== 200) return undefined;
  let sum = 0;
  for (const line of text.split("\n")) {
    if (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) {
      sum += Number(line.slice(line.lastIndexOf(" ")));
    }
  }
  return sum;
}

/** Every row of the ledger; call it when the program has ended. */
export function ledgerOf({ folder }: Program): Row[] {
  const path = join(folder, "data", "terraphim-llm-proxy", "ledger.sqlite");
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    return db.prepare(
      `SELECT id, status, provider, cancelled, failed, estimated, input, output, attempts
        FROM requests JOIN labels USING (label)`,
    ).all().map((row) => ({ ...row, attempts: JSON.parse(String(row.attempts)) }) as unknown as Row);
  } finally {
    db.close();
  }
}
