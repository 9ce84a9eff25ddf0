/** Waiting for what happens by itself: in another process, at a server, with a timer of the program. */

/** Resolves when something holds. It looks again and again, and keeps the process up meanwhile: the program's timers do not. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!await holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Keeps the process up to the end of the block: the program's own timers do not. */
export function awake(): Disposable {
  const timer = setInterval(() => {}, 1000);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
