/** `GET /metrics`, in the text form that Prometheus reads: https://prometheus.io/docs/instrumenting/exposition_formats/ */
import type { Counter } from "prom-client";
import type { Endpoint } from "../endpoint.ts";
import type { ServerContext } from "../context.ts";
import { Refusal } from "../errors.ts";
import type { Counts } from "./counts.ts";
import { countFamilies, type Family } from "./families.ts";
import { stateFamilies } from "./gauges.ts";

/** The endpoint; `context` is asked at each call, since it is made of this. */
export function metricsEndpoint(context: () => ServerContext, counts: Counts): Endpoint {
  return {
    method: "GET",
    path: "/metrics",
    handle: async (_c, config) => {
      if (!config.telemetry.metrics) {
        throw new Refusal(404, "Metrics are switched off: metrics = false in [telemetry].");
      }
      const { text, type } = await exposition([...countFamilies(counts), ...stateFamilies(context())]);
      return new Response(text, { headers: { "content-type": type, "cache-control": "no-store" } });
    },
  };
}

/** The library comes into memory with the first scrape: who scrapes nothing pays nothing. */
async function exposition(families: readonly Family[]): Promise<{ text: string; type: string }> {
  const { Registry } = await import("prom-client");
  const registry = new Registry();
  for (const family of families) {
    // To a registry a metric is what has a name and gives its values.
    registry.registerMetric({ name: family.name, get: () => Promise.resolve(family) } as unknown as Counter);
  }
  return { text: await registry.metrics(), type: registry.contentType };
}
