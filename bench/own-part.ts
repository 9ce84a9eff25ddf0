/** The part "own": bench/own.ts on each runtime. */
import { digits, table } from "./figures.ts";
import type { Own } from "./own.ts";
import { command, output, type RuntimeName, RUNTIMES } from "./processes.ts";

export async function ownPart({ quick }: { quick: boolean }) {
  const data: ({ readonly runtime: RuntimeName } & Own)[] = [];
  for (const runtime of RUNTIMES) {
    const results: Own[] = JSON.parse(
      await output(command(runtime, "bench/own.ts", quick ? ["--quick"] : [])),
    );
    data.push(...results.map((one) => ({ runtime, ...one })));
  }
  const rows = data.map(({ runtime, size, accounting, perRequest }) => [
    `${runtime}  ${size}${accounting ? "" : ", without accounting"}`,
    digits(perRequest),
  ]);
  return { data, text: table(["", "µs a request"], rows) };
}
