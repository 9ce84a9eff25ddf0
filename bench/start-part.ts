/** How long the program takes to start: to say its version, and to answer a first request. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { agentRequests } from "./bodies.ts";
import { BENCH_KEY } from "./config.ts";
import { digits, median, table } from "./figures.ts";
import { program, type ProgramName, ROOT, Running } from "./processes.ts";
import { proxyCommand, startUpstream } from "./proxy.ts";

export interface StartTime {
  readonly runtime: string;
  /** Milliseconds, medians. */
  readonly version: number;
  readonly firstAnswer: number;
}

const PROGRAMS: readonly ProgramName[] = ["executable", "bun", "deno"];

export async function startPart({ folder, quick }: { folder: string; quick: boolean }) {
  const [request] = agentRequests(4096);
  const upstream = await startUpstream();
  const data: StartTime[] = [];
  try {
    for (const runtime of PROGRAMS) {
      const version: number[] = [];
      const firstAnswer: number[] = [];
      for (let i = 0; i < (quick ? 1 : 5); i++) {
        const [file = "", ...args] = program(runtime, ["--version"]);
        let started = performance.now();
        const { status, stderr } = spawnSync(file, args, { cwd: ROOT, encoding: "utf8" });
        if (status !== 0) throw new Error(stderr);
        version.push(performance.now() - started);

        const own = join(folder, `${runtime}-${i}`);
        const { line, env, url } = await proxyCommand({ runtime, folder: own, upstream: upstream.url });
        started = performance.now();
        const running = new Running(line, env);
        try {
          await running.until(() =>
            fetch(url + request!.path, {
              method: "POST",
              headers: { ...request!.headers, authorization: `Bearer ${BENCH_KEY}` },
              body: request!.text,
            }).then((response) => response.text().then(() => response.ok), () => false)
          );
          firstAnswer.push(performance.now() - started);
        } finally {
          await running.stop();
        }
      }
      data.push({ runtime, version: median(version), firstAnswer: median(firstAnswer) });
    }
  } finally {
    await upstream.running.stop();
  }
  const rows = data.map((
    { runtime, version, firstAnswer },
  ) => [runtime, digits(version), digits(firstAnswer)]);
  return { data, text: table(["milliseconds", "--version", "serve until the first answer"], rows) };
}
