/** `GET /metrics`, for Prometheus. */
import type { Endpoint } from "../endpoint.ts";
import type { Running } from "../context.ts";
import { Refusal } from "../errors.ts";
import type { Counts } from "./counts.ts";
import { countFamilies, exposition } from "./families.ts";
import { stateFamilies } from "./gauges.ts";

export function metricsEndpoint(running: Running, counts: Counts): Endpoint {
  return {
    method: "GET",
    path: "/metrics",
    need: "view",
    handle: (_c, config) => {
      if (!config.telemetry.metrics) {
        throw new Refusal(404, "Metrics are switched off: metrics = false in [telemetry].");
      }
      return new Response(exposition([...countFamilies(counts), ...stateFamilies(running)]), {
        headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store" },
      });
    },
  };
}
