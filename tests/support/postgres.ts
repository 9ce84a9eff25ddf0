/** A PostgreSQL server for tests: Debian's programs, a folder of its own, a free port, a fresh database for each test. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** The folder of `initdb` and `postgres`, the newest version first; undefined: it is not installed. */
const BIN = [
  process.env.POSTGRES_BIN,
  ...(existsSync("/usr/lib/postgresql")
    ? readdirSync("/usr/lib/postgresql").sort((a, b) => Number(b) - Number(a))
      .map((version) => `/usr/lib/postgresql/${version}/bin`)
    : []),
].find((folder) => folder !== undefined && existsSync(join(folder, "initdb")));

if (BIN === undefined && process.env.TERRAPHIM_POSTGRES_REQUIRED) {
  throw new Error("PostgreSQL's server is not installed, and TERRAPHIM_POSTGRES_REQUIRED is set");
}

/** For a test's `skip`: false where there is a server. */
export const withoutPostgres: string | false = BIN === undefined
  ? "PostgreSQL's server is not installed"
  : false;

/** PostgreSQL does not run as root: then it runs as the user that its package made. */
const AS_OTHER = process.getuid?.() === 0
  ? ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
  : [];

/** A server that can be stopped and started again on its port. */
export class PostgresServer implements AsyncDisposable {
  readonly #folder: string;
  readonly port: number;
  #running: ChildProcess | undefined;
  #databases = 0;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.port = port;
  }

  /** Makes a server and starts it. Its folder is removed with the test's process. */
  static async start(): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), "postgres-"));
    chmodSync(folder, 0o700);
    if (AS_OTHER.length > 0) chownSync(folder, idOf("-u"), idOf("-g"));
    run(
      "initdb",
      "-D",
      join(folder, "data"),
      "-A",
      "trust",
      "-U",
      "postgres",
      "-N",
      "--locale=C",
      "-E",
      "UTF8",
    );
    const server = new PostgresServer(folder, await freePort());
    await server.again();
    return server;
  }

  /** Starts a server that was stopped. Resolves when it takes connections. */
  async again(): Promise<void> {
    // Nothing survives the machine, and everything a crash of the server.
    const settings = { fsync: "off", unix_socket_directories: this.#folder };
    const [command, ...args] = [
      ...AS_OTHER,
      join(BIN!, "postgres"),
      ...["-D", join(this.#folder, "data"), "-p", `${this.port}`, "-h", "127.0.0.1"],
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ];
    // The shell ends the server when its own input ends: with this process, however that ends.
    const script = `exec 3<&0; "$@" >/dev/null 2>&1 </dev/null & cat <&3 >/dev/null; kill -INT $!; wait $!
      case $FOLDER in */postgres-*) [ -f "$FOLDER/keep" ] || rm -rf "$FOLDER";; esac`;
    const child = this.#running = spawn("sh", ["-c", script, "sh", command!, ...args], {
      stdio: ["pipe", "ignore", "ignore"],
      env: { ...process.env, FOLDER: this.#folder },
    });
    child.unref();
    (child.stdin as unknown as { unref?(): void }).unref?.();
    for (
      let tries = 0;
      spawnSync(join(BIN!, "pg_isready"), ["-h", "127.0.0.1", "-p", `${this.port}`]).status !== 0;
    ) {
      if (++tries > 300) throw new Error("PostgreSQL did not start");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ends every connection at once, as a crash would, and the server. Its data stay. */
  async stop(): Promise<void> {
    if (this.#running === undefined) return;
    run("pg_ctl", "-D", join(this.#folder, "data"), "-m", "immediate", "-w", "stop");
    spawnSync("touch", [join(this.#folder, "keep")]);
    await this.#ended();
    spawnSync("rm", [join(this.#folder, "keep")]);
  }

  /** Ends it as the process's end would, and removes its data. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ended();
    spawnSync("rm", ["-rf", this.#folder]);
  }

  /** Ends the shell's input, and so the server. Resolves when it is gone. */
  async #ended(): Promise<void> {
    const child = this.#running;
    if (child === undefined) return;
    this.#running = undefined;
    const ended = once(child, "exit");
    child.ref();
    child.stdin?.end();
    await ended;
  }

  /** The URL of a new, empty database. */
  database(): string {
    const name = `test_${++this.#databases}`;
    this.sql(`CREATE DATABASE ${name}`);
    return `postgres://postgres:not-a-real-password@127.0.0.1:${this.port}/${name}`;
  }

  /** All of a database as a text. */
  dump(database: string): string {
    return run("pg_dump", ...[
      "-h",
      "127.0.0.1",
      "-p",
      `${this.port}`,
      "-U",
      "postgres",
      "--inserts",
      database,
    ]);
  }

  /** What `psql` prints for a statement, without alignment. @throws where it fails */
  sql(statement: string, database = "postgres"): string {
    return run(
      "psql",
      ...["-h", "127.0.0.1", "-p", `${this.port}`, "-U", "postgres", "-d", database],
      ...["-v", "ON_ERROR_STOP=1", "-XAtc", statement],
    );
  }
}

let shared: Promise<PostgresServer> | undefined;

/** The server that the tests of a file share: started by the first that needs one. */
export const sharedPostgres = (): Promise<PostgresServer> => shared ??= PostgresServer.start();

/** The URL of a new, empty database on the shared server. */
export const freshDatabase = async (): Promise<string> => (await sharedPostgres()).database();

function run(program: string, ...args: readonly string[]): string {
  const [command, ...rest] = [...AS_OTHER, join(BIN!, program), ...args];
  const { status, stdout, stderr } = spawnSync(command!, rest, { encoding: "utf8", cwd: "/" });
  if (status !== 0) throw new Error(`${program} failed: ${stderr || stdout}`);
  return stdout.trim();
}

const idOf = (what: "-u" | "-g"): number =>
  Number(spawnSync("id", [what, "postgres"], { encoding: "utf8" }).stdout);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { readonly port: number };
  server.close();
  await once(server, "close");
  return port;
}
