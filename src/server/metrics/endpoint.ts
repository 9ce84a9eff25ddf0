/** `GET /metrics`, for Prometheus. */
import type { Endpoint } from "../endpoint.ts";
import type { Running } from "../context.ts";
import { Refusal } from "../errors.ts";
import type { Counts } from "./counts.ts";
import { countFamilies, exposition, type Family } from "./families.ts";
import { stateFamilies } from "./gauges.ts";
import { METRICS, together } from "./merge.ts";

/** Everything that this process counts and sees. */
export const familiesOf = (running: Running, counts: Counts): readonly Family[] => [
  ...countFamilies(counts),
  ...stateFamilies(running),
];

/** With several workers, whichever answers adds up what all of them count. */
export function metricsEndpoint(running: Running, counts: Counts): Endpoint {
  return {
    method: "GET",
    path: "/metrics",
    need: "view",
    handle: async (_c, config) => {
      if (!config.telemetry.metrics) {
        throw new Refusal(404, "Metrics are switched off: metrics = false in [telemetry].");
      }
      const own = familiesOf(running, counts);
      const others = await running.siblings?.ask(METRICS, own) as (readonly Family[])[] | undefined;
      return new Response(exposition(others === undefined ? own : together([own, ...others])), {
        headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store" },
      });
    },
  };
}
