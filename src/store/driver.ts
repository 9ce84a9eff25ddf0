/**
 * The client of PostgreSQL, as far as it is used. It is loaded when a store is configured, and only then: a proxy without
 * one starts no slower.
 */

/** A statement with its values. */
export interface Statement {
  readonly text: string;
  readonly values?: readonly unknown[];
  /** Milliseconds after which it has failed. @default {@link PATIENCE_MS} */
  readonly query_timeout?: number;
}

/** Milliseconds that a statement may take, unless it says otherwise. */
const PATIENCE_MS = 10_000;

export interface Notification {
  readonly channel: string;
  readonly payload?: string;
}

/** One connection. */
export interface PgClient {
  connect(): Promise<unknown>;
  query(statement: Statement | string): Promise<{ readonly rows: unknown[] }>;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  on(event: "notification", listener: (notification: Notification) => void): unknown;
  end(): Promise<void>;
  /** Where a connection hangs, `end` never returns. */
  readonly connection: { readonly stream: { destroy(): void } };
}

/** Connections that are opened when they are needed. */
export interface PgPool {
  query(statement: Statement): Promise<{ readonly rows: unknown[] }>;
  connect(): Promise<PgClient & { release(broken?: boolean): void }>;
  on(event: "error", listener: (error: Error) => void): unknown;
  /** A connection was opened, or closed for good. */
  on(event: "connect" | "remove", listener: (client: PgClient) => void): unknown;
  end(): Promise<void>;
}

interface Driver {
  readonly Client: new (options: object) => PgClient;
  readonly Pool: new (options: object) => PgPool;
  readonly types: { getTypeParser(type: number, format?: string): unknown };
}

/** By their numbers in PostgreSQL's catalog: int8 and numeric. Ours are whole numbers that a double holds exactly. */
const NUMBERS: ReadonlySet<number> = new Set([20, 1700]);

/** The folder of names in the database that are ours. */
export const SCHEMA = "llm_proxy";

/** Connections that statements share, for each replica; one more listens. */
export const POOL_SIZE = 4;

/** What makes connections to a database. @param url `postgres://…` */
export async function driverFor(url: string): Promise<{ client(): PgClient; pool(): PgPool }> {
  const { default: pg } = await import("pg") as unknown as { readonly default: Driver };
  const options = {
    connectionString: url,
    application_name: "terraphim-llm-proxy",
    // Reports take a third of the time without compiling their statements, and with room for their sums.
    options: `-c search_path=${SCHEMA} -c jit=off -c work_mem=64MB`,
    connectionTimeoutMillis: 3000,
    query_timeout: PATIENCE_MS,
    keepAlive: true,
    types: {
      getTypeParser: (type: number, format?: string) =>
        NUMBERS.has(type) && format !== "binary" ? Number : pg.types.getTypeParser(type, format),
    },
  };
  return {
    client: () => new pg.Client(options),
    pool: () => new pg.Pool({ ...options, max: POOL_SIZE, idleTimeoutMillis: 60_000, allowExitOnIdle: true }),
  };
}
