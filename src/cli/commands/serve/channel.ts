/** What a supervisor and a worker say to each other: JSON, a value a line, through the worker's standard input and output. */
import type { Readable, Writable } from "node:stream";
import type { LogConfig } from "../../../config/config.ts";
import type { Signal } from "../../io.ts";
import { parseJsonText } from "../../../json/shape.ts";
import type { SiblingMessage, Siblings } from "../../../server/siblings.ts";

/** The command by which a program that serves with several processes starts each of them. */
export const WORKER_COMMAND = "serve-worker";

/** What a worker must know to be one: the first thing that it hears. */
export interface Start {
  /** From 1. */
  readonly number: number;
  readonly workers: number;
  /** As configured when the program started. */
  readonly host: string;
  /** The same; 0: any free one. */
  readonly port: number;
  /** The port that was taken. */
  readonly takenPort: number;
  /** When the program started. Epoch milliseconds. */
  readonly startedAt: number;
}

/** What makes a server one of several. */
export interface Membership extends Start {
  readonly siblings: Siblings;
  /** Where it keeps what is of this process alone. */
  readonly folder: string;
  /** Resolves when the port is its to listen on. */
  mayListen(): Promise<void>;
  /** It takes requests. */
  listening(): void;
  /** A reload changed how is logged. */
  logs(log: LogConfig): void;
  /** Resolves when the supervisor is gone. */
  readonly orphaned: Promise<void>;
}

/** From the supervisor. */
export type ToWorker =
  | { readonly kind: "start"; readonly start: Start }
  /** The port is the worker's to listen on. */
  | { readonly kind: "listen" }
  /** The supervisor got a signal, which is meant for the worker too. */
  | { readonly kind: "signal"; readonly signal: Signal }
  | SiblingMessage;

/** From a worker. */
export type FromWorker =
  /** It is ready to listen, and waits until it may. */
  | { readonly kind: "booted" }
  | { readonly kind: "listening" }
  /** It cannot start. */
  | { readonly kind: "failed"; readonly message: string; readonly exitCode: number }
  /** A reload changed how is logged. */
  | { readonly kind: "log"; readonly log: LogConfig }
  | SiblingMessage;

/** One end of the pipes. */
export interface Channel<Sent> {
  /** Nothing happens where the other end is gone, or has not read for long. */
  send(message: Sent): void;
  /** Resolves when nothing more comes. */
  readonly ended: Promise<void>;
}

/** Bytes that the other end may leave unread: more would fill this process's memory. */
const MOST_UNREAD = 16 * 1024 * 1024;

/** @param take gets every message that comes, in order; lines that are none are passed over */
export function channel<Sent, Received extends { readonly kind: string }>(
  from: Readable,
  to: Writable,
  take: (message: Received) => void,
): Channel<Sent> {
  const ended = Promise.withResolvers<void>();
  let isGone = false;
  const gone = () => {
    isGone = true;
    ended.resolve();
  };
  let text = "";
  from.setEncoding("utf8");
  from.on("data", (piece: string) => {
    const lines = (text + piece).split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      const message = parseJsonText(line) as Received | undefined;
      if (typeof message?.kind === "string") take(message);
    }
  });
  from.once("end", gone);
  from.once("error", gone);
  to.on("error", gone); // a reader that is gone
  return {
    send: (message) => {
      if (!isGone && to.writableLength <= MOST_UNREAD) to.write(`${JSON.stringify(message)}\n`);
    },
    ended: ended.promise,
  };
}
