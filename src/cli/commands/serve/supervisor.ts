/** The program where `[proxy] workers` is more than one: it serves nothing itself, and keeps its workers running. */
import { type ChildProcess, spawn } from "node:child_process";
import type { Config } from "../../../config/config.ts";
import { urlOf } from "../../../config/own-url.ts";
import { messageOf } from "../../../files/errors.ts";
import type { Log } from "../../../log/log.ts";
import { listen, type Listener } from "../../../runtime/listen.ts";
import { withoutSteering } from "../../../runtime/many-requests.ts";
import { ownProgram } from "../../../runtime/program.ts";
import { duration } from "../../../text/format.ts";
import { CliError, EXIT } from "../../command.ts";
import { catalogFor } from "../../configuration.ts";
import type { Io, Signal } from "../../io.ts";
import { explainedListenProblem } from "../../listen-error.ts";
import {
  type Channel,
  channel,
  type FromWorker,
  type Start,
  type ToWorker,
  WORKER_COMMAND,
} from "./channel.ts";
import { takeOverSpools } from "./folders.ts";
import { greet } from "./greet.ts";
import { logTo } from "./log.ts";
import { SAME_SIGNAL_MS } from "./stopping.ts";
import { MOST_AT_START, Restarts } from "./restarts.ts";
import { Switchboard } from "./switchboard.ts";

/** Milliseconds after a second signal in which workers end by themselves. */
const PATIENCE_MS = 5000;

/** Runs the workers of a configuration until a signal stops them. @throws CliError when they cannot start */
export async function supervise(io: Io, config: Config): Promise<number> {
  const supervisor = new Supervisor(io, config, await held(config));
  const ends = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) =>
    io.onSignal(signal, () => supervisor.signal(signal))
  );
  try {
    return await supervisor.run();
  } finally {
    for (const end of ends) end();
  }
}

/**
 * Takes the port for this program alone, which fails where somebody has it: workers that share a port would share it with a
 * second program as well.
 * @throws CliError where it cannot be had
 */
async function held({ proxy: { host, port } }: Config): Promise<Listener> {
  const starting = () => new Response("starting\n", { status: 503, headers: { "retry-after": "1" } });
  try {
    return listen({ hostname: host, port, handle: starting });
  } catch (error) {
    throw new CliError(await explainedListenProblem(error, host, port));
  }
}

/** A worker that runs or waits to be started again. */
interface Worker {
  readonly number: number;
  readonly restarts: Restarts;
  process?: ChildProcess | undefined;
  line?: Channel<ToWorker> | undefined;
  again?: ReturnType<typeof setTimeout> | undefined;
  /** Why it could not start, in its own words. */
  problem?: { readonly message: string; readonly exitCode: number } | undefined;
}

class Supervisor {
  readonly #io: Io;
  readonly #config: Config;
  readonly #switchboard = new Switchboard();
  readonly #workers: Worker[] = [];
  readonly #startedAt = Date.now();
  readonly #ended = Promise.withResolvers<number>();
  readonly #port: number;
  /** Holds the port until the first worker is there to listen on it. */
  #hold: Listener | undefined;
  #log: Log;
  #isUp = false;
  #stoppingSince: number | undefined;
  #exitCode: number = EXIT.ok;

  constructor(io: Io, config: Config, hold: Listener) {
    this.#io = io;
    this.#config = config;
    this.#hold = hold;
    this.#port = hold.port;
    this.#log = logTo(io, config.log);
  }

  /** Resolves to the exit code when all workers have ended. @throws CliError when they cannot start */
  async run(): Promise<number> {
    await takeOverSpools(this.#io, this.#config.proxy.workers, this.#log);
    this.#start(1); // the others follow when it is up: what keeps one from starting keeps all
    try {
      return await this.#ended.promise;
    } finally {
      await this.#hold?.close();
    }
  }

  /** A first one lets requests in flight finish, a later one does not: the workers see to that. */
  signal(signal: Signal): void {
    if (signal === "SIGHUP") return this.#each(signal);
    const now = performance.now();
    const isSecond = this.#stoppingSince !== undefined && now - this.#stoppingSince >= SAME_SIGNAL_MS;
    if (isSecond) setTimeout(() => this.#kill(), PATIENCE_MS).unref();
    this.#stoppingSince ??= now;
    this.#each(signal);
    this.#endIfOver();
  }

  #kill(): void {
    for (const worker of this.#workers) worker.process?.kill("SIGKILL");
  }

  get #isStopping(): boolean {
    return this.#stoppingSince !== undefined;
  }

  #each(signal: Signal): void {
    for (const worker of this.#workers) {
      if (this.#isStopping) clearTimeout(worker.again);
      worker.line?.send({ kind: "signal", signal });
    }
  }

  #start(number: number): void {
    const worker: Worker = { number, restarts: new Restarts() };
    this.#workers.push(worker);
    this.#run(worker);
  }

  #run(worker: Worker): void {
    const [file, ...args] = ownProgram();
    const own = this.#io.args[0] === "serve" ? this.#io.args.slice(1) : this.#io.args;
    let child: ChildProcess;
    try {
      child = spawn(file, [...args, WORKER_COMMAND, ...own], {
        cwd: this.#io.cwd,
        env: withoutSteering(this.#io.env),
        stdio: ["pipe", "pipe", "inherit"],
      });
    } catch (error) {
      return this.#fail(new CliError(`cannot start a worker: ${messageOf(error)}`));
    }
    const began = performance.now();
    worker.process = child;
    worker.problem = undefined;
    const line: Channel<ToWorker> = channel(
      child.stdout!,
      child.stdin!,
      (message: FromWorker) => void this.#take(worker, line, message),
    );
    worker.line = line;
    let isOver = false;
    const over = (how: string) => {
      if (isOver) return;
      isOver = true;
      this.#switchboard.disconnect(line);
      worker.process = worker.line = undefined;
      this.#over(worker, how, performance.now() - began);
    };
    child.once("error", (error) => over(messageOf(error)));
    child.once("exit", (code, signal) => {
      if (this.#isStopping) this.#exitCode ||= code ?? EXIT.ok;
      over(signal === null ? `exit code ${code}` : signal);
    });
    line.send({ kind: "start", start: this.#startOf(worker.number) });
  }

  #startOf(number: number): Start {
    const { workers, host, port } = this.#config.proxy;
    return { number, workers, host, port, takenPort: this.#port, startedAt: this.#startedAt };
  }

  async #take(worker: Worker, line: Channel<ToWorker>, message: FromWorker): Promise<void> {
    switch (message.kind) {
      case "booted":
        await this.#hold?.close();
        this.#hold = undefined;
        line.send({ kind: "listen" });
        break;
      case "listening":
        this.#switchboard.connect(line);
        await this.#up();
        this.#log("info", `worker ${worker.number} is up (process ${worker.process?.pid})`);
        break;
      case "failed":
        worker.problem = message;
        break;
      case "log":
        this.#log = logTo(this.#io, message.log);
        break;
      default:
        this.#switchboard.take(line, message);
    }
  }

  /** The first worker is up: people may know, and the others may come. */
  async #up(): Promise<void> {
    if (this.#isUp) return;
    this.#isUp = true;
    const { proxy } = this.#config;
    for (let number = 2; number <= proxy.workers && !this.#isStopping; number++) this.#start(number);
    await greet(this.#io, this.#log, {
      config: this.#config,
      catalog: catalogFor(this.#io, this.#config),
      url: urlOf({ ...proxy, port: this.#port }),
      hostname: proxy.host,
    });
  }

  #over(worker: Worker, how: string, livedMs: number): void {
    if (this.#isStopping) return this.#endIfOver();
    const wait = worker.restarts.ended(livedMs);
    const { problem, number } = worker;
    if (!this.#isUp && worker.restarts.isHopeless) {
      return this.#fail(
        problem === undefined
          ? new CliError(
            `the first worker ended ${MOST_AT_START} times before it was up, the last time with ${how}.`,
          )
          : new CliError(problem.message, problem.exitCode),
      );
    }
    const why = problem === undefined ? how : problem.message;
    this.#log("error", `worker ${number} has ended (${why}); it is started again in ${duration(wait)}`);
    worker.again = setTimeout(() => this.#run(worker), wait);
  }

  #endIfOver(): void {
    if (this.#workers.some((worker) => worker.process !== undefined)) return;
    this.#log("info", "stopped");
    this.#ended.resolve(this.#exitCode);
  }

  #fail(error: CliError): void {
    this.#stoppingSince ??= performance.now();
    this.#each("SIGTERM");
    this.#ended.reject(error);
  }
}
