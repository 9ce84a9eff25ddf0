/** The part "decide": bench/decide.ts on each runtime, the quietest of several runs. */
import type { Decided } from "./decide.ts";
import { digits, table } from "./figures.ts";
import { command, output, type RuntimeName, RUNTIMES } from "./processes.ts";

export interface DecidedOn extends Decided {
  readonly runtime: RuntimeName;
}

export async function decidePart(
  { quick }: { quick: boolean },
): Promise<{ data: readonly DecidedOn[]; text: string }> {
  const data: DecidedOn[] = [];
  for (const runtime of RUNTIMES) {
    const runs: Decided[][] = [];
    for (let i = 0; i < (quick ? 1 : 2); i++) {
      runs.push(JSON.parse(await output(command(runtime, "bench/decide.ts", quick ? ["--quick"] : []))));
    }
    for (const [i] of runs[0]!.entries()) {
      const quietest = runs.map((run) => run[i]!).reduce((a, b) => a.p99 < b.p99 ? a : b);
      data.push({ runtime, ...quietest });
    }
  }
  const rows = data.map((one) => [
    `${one.runtime}  ${one.size}  ${one.client}`,
    digits(one.inspect, 1),
    digits(one.classify, 1),
    digits(one.route, 1),
    digits(one.median, 1),
    digits(one.p99, 1),
    digits(one.allMedian, 1),
    digits(one.allP99, 1),
    digits(one.parse),
  ]);
  const head = [
    "",
    "inspect",
    "classify",
    "route",
    "classify + route",
    "p99",
    "all three",
    "p99",
    "(parsing)",
  ];
  return { data, text: table(head, rows) };
}
