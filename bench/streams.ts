/** Streams: what an event costs in the proxy, and how much later its first token comes than the provider's. */
import { join } from "node:path";
import { agentRequests } from "./bodies.ts";
import { BENCH_KEY } from "./config.ts";
import { digits, median, table } from "./figures.ts";
import type { Piped } from "./pipes.ts";
import { command, cpuUs, output, type Running, RUNTIMES } from "./processes.ts";
import { startProxy, startUpstream } from "./proxy.ts";

/** A provider of one dialect for a client of another, or of the same. */
interface Pair {
  readonly name: string;
  readonly dialects: readonly string[];
}

const PAIRS: readonly Pair[] = [
  { name: "passed through", dialects: ["anthropic-messages"] },
  { name: "translated from Chat", dialects: ["openai-chat"] },
  { name: "translated from Responses", dialects: ["openai-responses"] },
];

export interface Streamed {
  readonly runtime: string;
  readonly way: string;
  /** Milliseconds between a first token by way of the proxy and one from the provider itself; medians. */
  readonly addedMs: number;
  /** Microseconds of processor time for an event, the kernel's work for its connections included. */
  readonly cpuUs?: number;
}

/** Streams that run at the same time. */
const STREAMS_AT_ONCE = 16;
const PIECES = 400;

export async function streamsPart({ folder, quick }: { folder: string; quick: boolean }) {
  const flags = quick ? ["--quick"] : [];
  const piped: Record<string, Piped[]> = {};
  for (const runtime of RUNTIMES) {
    piped[runtime] = JSON.parse(await output(command(runtime, "bench/pipes.ts", flags)));
  }
  const streamed = await throughProcesses(folder, quick);
  return { data: { piped, streamed }, text: [pipedTable(piped), "", streamedTable(streamed)].join("\n") };
}

async function throughProcesses(folder: string, quick: boolean): Promise<Streamed[]> {
  const [request] = agentRequests(4096);
  if (request === undefined) return [];
  const body = JSON.stringify({ ...request.body, stream: true });
  // The static provider reads in the prompt how long its answer is to be.
  const inPieces = (pieces: number) => body.replace("webhook handler", `webhook handler in ${pieces} pieces`);
  const ask = (url: string, pieces: number) =>
    fetch(url + request.path, {
      method: "POST",
      headers: {
        ...request.headers,
        authorization: `Bearer ${BENCH_KEY}`,
      },
      body: inPieces(pieces),
    });
  const running: Running[] = [];
  const results: Streamed[] = [];
  try {
    const upstream = await startUpstream();
    running.push(upstream.running);
    for (const runtime of RUNTIMES) {
      for (const { name, dialects } of PAIRS) {
        const proxy = await startProxy({
          runtime,
          dialects,
          folder: join(folder, runtime, name),
          upstream: upstream.url,
        });
        running.push(proxy.running);
        const direct: number[] = [];
        const through: number[] = [];
        for (let i = 0; i < (quick ? 60 : 300); i++) {
          direct.push(await firstToken(() => ask(upstream.url, 1)));
          through.push(await firstToken(() => ask(proxy.url, 1)));
        }
        // The second half: by then the engines have compiled what they compile.
        const late = (times: number[]) => median(times.slice(times.length / 2));
        const addedMs = late(through) - late(direct);

        await streamsAtOnce(() => ask(proxy.url, PIECES));
        const before = cpuUs(proxy.running.pid);
        await streamsAtOnce(() => ask(proxy.url, PIECES));
        const after = cpuUs(proxy.running.pid);
        const events = STREAMS_AT_ONCE * PIECES;
        const cpu = before === undefined || after === undefined ? undefined : (after - before) / events;
        results.push({ runtime, way: name, addedMs, ...(cpu === undefined ? {} : { cpuUs: cpu }) });
        await proxy.running.stop();
      }
    }
    return results;
  } finally {
    await Promise.all(running.map((one) => one.stop()));
  }
}

/** Milliseconds until the first text of an answer is here. */
async function firstToken(ask: () => Promise<Response>): Promise<number> {
  const started = performance.now();
  const response = await ask();
  let took: number | undefined;
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    if (took === undefined && decoder.decode(chunk).includes("delta")) took = performance.now() - started;
  }
  if (took === undefined) throw new Error(`no token came (${response.status})`);
  return took;
}

async function streamsAtOnce(ask: () => Promise<Response>): Promise<void> {
  await Promise.all(Array.from({ length: STREAMS_AT_ONCE }, async () => {
    const response = await ask();
    if (!response.ok) throw new Error(`a stream failed: ${await response.text()}`);
    await response.arrayBuffer();
  }));
}

function pipedTable(piped: Readonly<Record<string, readonly Piped[]>>): string {
  const [first = []] = Object.values(piped);
  const rows = first.map(({ provider, client }, i) => [
    provider === client ? `${client}, passed through` : `${provider} for ${client}`,
    ...Object.values(piped).map((results) => digits(results[i]?.perEvent, 2)),
  ]);
  return table(["µs an event, in the proxy's own code", ...Object.keys(piped)], rows);
}

function streamedTable(streamed: readonly Streamed[]): string {
  const rows = streamed.map(({ runtime, way, addedMs, cpuUs }) => [
    `${runtime}  ${way}`,
    digits(addedMs, 2),
    digits(cpuUs),
  ]);
  return table(["an Anthropic client's streams", "added to first token, ms", "CPU µs an event"], rows);
}
