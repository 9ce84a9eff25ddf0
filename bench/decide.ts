/**
 * What a request's routing costs: inspect, classify and route, with the body already parsed. Every request has a prompt
 * that was not seen before. `deno run -A bench/decide.ts [--quick]`, or with Bun; prints JSON.
 */
import process from "node:process";
import { classify } from "../src/classifier/classify.ts";
import { builtinCatalog } from "../src/catalog/catalog.ts";
import { dialects } from "../src/dialects/registry.ts";
import { parseConfig } from "../src/config/load.ts";
import { withOverrides } from "../src/config/priced-catalog.ts";
import type { Conditions } from "../src/router/plan.ts";
import { route } from "../src/router/route.ts";
import { agentRequests, SIZES } from "./bodies.ts";
import { benchConfig } from "./config.ts";
import { median, quantile } from "./figures.ts";

export interface Decided {
  readonly size: string;
  readonly client: string;
  readonly bytes: number;
  /** Microseconds. */
  readonly inspect: number;
  readonly classify: number;
  readonly route: number;
  /** Classify and route together. */
  readonly median: number;
  readonly p99: number;
  /** Inspect as well. */
  readonly allMedian: number;
  readonly allP99: number;
  /** Decoding and parsing the body, which is not part of the above. */
  readonly parse: number;
}

const ROUNDS = process.argv.includes("--quick") ? 1000 : 6000;
/** Until the engine has compiled what it will compile. */
const WARM_UP = ROUNDS / 2;

const loaded = parseConfig(benchConfig({ upstream: "http://127.0.0.1:1", ledger: undefined }), { env: {} });
if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
const { config } = loaded;
const catalog = withOverrides(builtinCatalog, config);
const conditions: Conditions = {
  now: 0,
  minuteOfDay: 600,
  day: 1,
  model: (target) => catalog.find(target),
  latency: () => undefined,
  rotation: () => 1,
  served: () => undefined,
};

const results: Decided[] = [];
for (const [size, bytes] of SIZES) {
  for (const request of agentRequests(bytes)) {
    const { inspect } = dialects[request.dialect];
    const steps = { inspect: [] as number[], classify: [] as number[], route: [] as number[] };
    const deciding: number[] = [];
    const all: number[] = [];
    const parsing: number[] = [];
    const raw = new TextEncoder().encode(request.text);
    const decoder = new TextDecoder();
    for (let i = 0; i < ROUNDS + WARM_UP; i++) {
      const text = request.text.replace("webhook handler", `webhook handler number ${i}`);
      const body = JSON.parse(text);
      const started = performance.now();
      const facts = inspect(body, request.headers, raw.length, "generate");
      const inspected = performance.now();
      const classification = classify(facts, config.router.words);
      const classified = performance.now();
      const plan = route(facts, classification, config, conditions);
      const routed = performance.now();
      if (plan.route !== "plan_implementation") throw new Error(`routed to ${plan.route}: ${plan.why}`);
      if (i < WARM_UP) continue;
      steps.inspect.push(inspected - started);
      steps.classify.push(classified - inspected);
      steps.route.push(routed - classified);
      deciding.push(routed - inspected);
      all.push(routed - started);
      if (i % 10 !== 0) continue;
      const before = performance.now();
      JSON.parse(decoder.decode(raw));
      parsing.push(performance.now() - before);
    }
    results.push({
      size,
      client: request.client,
      bytes: raw.length,
      inspect: median(steps.inspect) * 1000,
      classify: median(steps.classify) * 1000,
      route: median(steps.route) * 1000,
      median: median(deciding) * 1000,
      p99: quantile(deciding, 0.99) * 1000,
      allMedian: median(all) * 1000,
      allP99: quantile(all, 0.99) * 1000,
      parse: median(parsing) * 1000,
    });
  }
}
console.log(JSON.stringify(results));
