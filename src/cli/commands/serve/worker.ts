/** A worker: one of the processes that share the port. A supervisor starts it, and says through its standard input what it is. */
import process from "node:process";
import { messageOf } from "../../../files/errors.ts";
import { Siblings } from "../../../server/siblings.ts";
import { CliError, EXIT } from "../../command.ts";
import type { Io, Signal } from "../../io.ts";
import {
  type Channel,
  channel,
  type FromWorker,
  type Membership,
  type Start,
  type ToWorker,
} from "./channel.ts";
import { workerFolder } from "./folders.ts";
import { runServe, type ServeOptions } from "./run.ts";

/** Serves as a worker. @throws CliError where no supervisor has started it */
export async function runWorker(io: Io, options: ServeOptions): Promise<number> {
  const started = Promise.withResolvers<Start>();
  const granted = Promise.withResolvers<void>();
  const signals = new Signals();
  const siblings = new Siblings((message) => supervisor.send(message));
  const supervisor: Channel<FromWorker> = channel(process.stdin, process.stdout, (message: ToWorker) => {
    if (message.kind === "start") started.resolve(message.start);
    else if (message.kind === "listen") granted.resolve();
    else if (message.kind === "signal") signals.arrived(message.signal);
    else siblings.take(message);
  });
  void supervisor.ended.then(() => siblings.orphan());
  const start = await Promise.race([started.promise, supervisor.ended]);
  if (start === undefined) {
    throw new CliError("serve starts its workers itself: set workers in [proxy].", EXIT.unusable);
  }
  const membership: Membership = {
    ...start,
    siblings,
    folder: workerFolder(io, start.number),
    mayListen: () => {
      supervisor.send({ kind: "booted" });
      return granted.promise;
    },
    listening: () => supervisor.send({ kind: "listening" }),
    logs: (log) => supervisor.send({ kind: "log", log }),
    orphaned: supervisor.ended,
  };
  try {
    return await runServe({ ...io, onSignal: signals.beside(io) }, options, membership);
  } catch (error) {
    const exitCode = error instanceof CliError ? error.exitCode : EXIT.failed;
    supervisor.send({ kind: "failed", message: messageOf(error), exitCode });
    return exitCode;
  }
}

/** Signals that the supervisor passes on: a program may not be permitted to send them to the processes that it has started. */
class Signals {
  readonly #listeners = new Map<Signal, Set<() => void>>();

  /** A signal came. One that ends a program ends this one at once while it starts. */
  arrived(signal: Signal): void {
    const listeners = this.#listeners.get(signal);
    if (signal !== "SIGHUP" && (listeners === undefined || listeners.size === 0)) process.exit(EXIT.ok);
    for (const listener of listeners ?? []) listener();
  }

  /** Listens to them, and to those that the process itself gets. */
  beside({ onSignal }: Pick<Io, "onSignal">): Io["onSignal"] {
    return (signal, listener) => {
      const end = onSignal(signal, listener);
      let listeners = this.#listeners.get(signal);
      if (listeners === undefined) this.#listeners.set(signal, listeners = new Set());
      listeners.add(listener);
      return () => {
        end();
        listeners.delete(listener);
      };
    };
  }
}
