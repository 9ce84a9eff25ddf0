/** Brings the store's tables to the newest version: forwards only, each step once, whoever comes first. */
import { type PgClient, SCHEMA } from "../driver.ts";
import { ledger } from "./0001-ledger.ts";
import { shared } from "./0002-shared.ts";

/** One entry a version, a file each. Never edit one that was released; append. */
export const MIGRATIONS: readonly string[] = [ledger, shared];

/** The number under which programs that change the tables wait for each other: "tlpx" in ASCII. */
const LOCK = 0x746c7078;
/** Milliseconds: a migration of a large table takes its time. */
const PATIENCE_MS = 600_000;

/** A store that this program must leave alone; the message says why. */
export class NewerStore extends Error {
  constructor(version: number, known: number) {
    super(
      `it was written by a newer version of this program (format ${version}; this one knows ${known}): upgrade this one`,
    );
    this.name = "NewerStore";
  }
}

/**
 * Runs what is missing, in one transaction; safe when several replicas start at once.
 * @param migrations @default {@link MIGRATIONS}
 * @throws NewerStore; PostgreSQL's own errors, and then nothing has changed
 */
export async function migrate(
  client: Pick<PgClient, "query">,
  migrations: readonly string[] = MIGRATIONS,
): Promise<void> {
  const run = (text: string) => client.query({ text, query_timeout: PATIENCE_MS });
  if (await versionOf(client) === migrations.length) return;
  await run("BEGIN");
  try {
    await run(`SELECT pg_advisory_xact_lock(${LOCK})`);
    await run(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
    await run("CREATE TABLE IF NOT EXISTS version (version integer NOT NULL)");
    const version = await versionOf(client);
    if (version > migrations.length) throw new NewerStore(version, migrations.length);
    for (const sql of migrations.slice(version)) await run(sql);
    await run(`DELETE FROM version; INSERT INTO version VALUES (${migrations.length})`);
    await run("COMMIT");
  } catch (error) {
    await run("ROLLBACK");
    throw error;
  }
}

/** How many migrations the tables have been through; 0: there are none. */
async function versionOf(client: Pick<PgClient, "query">): Promise<number> {
  const { rows: [found] } = await client.query({
    text: "SELECT to_regclass($1) IS NOT NULL AS there",
    values: [`${SCHEMA}.version`],
  });
  if ((found as { readonly there: boolean }).there !== true) return 0;
  const { rows: [row] } = await client.query("SELECT max(version) AS version FROM version");
  return (row as { readonly version: number | null }).version ?? 0;
}
