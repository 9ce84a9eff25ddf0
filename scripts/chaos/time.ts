/** Waiting, and doing things again and again. */

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Does something again and again, never twice at once. Returns what ends it, and waits for the last time. */
export function every(ms: number, work: () => void | Promise<void>): () => Promise<void> {
  let over = false;
  const running = (async () => {
    for (;;) {
      await sleep(ms);
      if (over) return;
      await work();
    }
  })();
  return async () => {
    over = true;
    await running;
  };
}
