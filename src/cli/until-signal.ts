/** Doing something again and again until the user has seen enough. */
import type { Io } from "./io.ts";

/**
 * Calls `work` every so many milliseconds, after it has ended the time before. Resolves at SIGINT or SIGTERM, or when
 * nobody reads the output any more; `work` is told by its signal. Rejects with what `work` throws.
 */
export async function untilSignal(
  io: Pick<Io, "onSignal" | "stdout">,
  everyMs: number,
  work: (signal: AbortSignal) => void | Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const ended = () => {
    stop.abort();
    resolve();
  };
  const ends = [io.onSignal("SIGINT", ended), io.onSignal("SIGTERM", ended)];
  io.stdout.gone.addEventListener("abort", ended);
  if (io.stdout.gone.aborted) ended();
  try {
    while (!stop.signal.aborted) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      await Promise.race([new Promise((next) => timer = setTimeout(next, everyMs)), stopped]);
      clearTimeout(timer);
      if (!stop.signal.aborted) await work(stop.signal);
    }
  } finally {
    for (const end of ends) end();
    io.stdout.gone.removeEventListener("abort", ended);
  }
}
