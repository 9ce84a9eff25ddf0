/**
 * What an event of a stream costs on its way through the proxy, for each pair of dialects: read, translated, written.
 * Each event comes in a chunk of its own. `deno run -A bench/pipes.ts [--quick]`, or with Bun; prints JSON.
 */
import process from "node:process";
import type { Dialect } from "../src/dialects/dialect.ts";
import { type BuiltinDialect, dialects } from "../src/dialects/registry.ts";
import { type Pipe, RawPipe, TranslatingPipe } from "../src/dispatch/relay/pipe.ts";
import { agentRequests } from "./bodies.ts";
import { STREAMS } from "./events.ts";
import { quantile } from "./figures.ts";

export interface Piped {
  readonly provider: BuiltinDialect;
  readonly client: BuiltinDialect;
  /** Microseconds, of the quietest tenth of the runs. */
  readonly perEvent: number;
}

const ROUNDS = process.argv.includes("--quick") ? 60 : 200;
const PIECES = 500;

const encoder = new TextEncoder();
const results: Piped[] = [];
for (const request of agentRequests(4096)) {
  const client = dialects[request.dialect];
  const asked = client.request.decode(request.body);
  for (const [name, provider] of Object.entries(dialects) as [BuiltinDialect, Dialect][]) {
    const chunks = STREAMS[name](PIECES).map((event) => encoder.encode(event));
    const times: number[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const pipe: Pipe = provider === client
        ? new RawPipe(client, undefined, (bytes) => bytes)
        : new TranslatingPipe(provider, client, asked, undefined);
      let bytes = 0;
      const started = performance.now();
      for (const chunk of chunks) {
        const out = pipe.push(chunk);
        if (out !== undefined) bytes += typeof out === "string" ? encoder.encode(out).length : out.length;
      }
      pipe.end();
      times.push((performance.now() - started) * 1000 / chunks.length);
      if (pipe.error !== undefined || bytes < PIECES * 4) {
        throw new Error(`${provider.name} to ${client.name} failed`);
      }
    }
    results.push({ provider: name, client: request.dialect, perEvent: quantile(times, 0.1) });
  }
}
console.log(JSON.stringify(results));
