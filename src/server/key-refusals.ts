/** Requests that were refused for their key before they were read: in the log, the ledger and the metrics like others. */
import type { RequestEnd } from "../model/request-end.ts";
import type { Clock } from "../runtime/clock.ts";
import { requestId } from "./errors.ts";
import type { ServerContext } from "./context.ts";

/** Of one key and reason, one request in so many milliseconds is kept: a client that tries again at once fills no disk. */
const PAUSE_MS = 1000;

/** @param onEnd takes what is kept */
export function keyRefusals(clock: Clock, onEnd: (end: RequestEnd) => void): ServerContext["keyRefused"] {
  /** Epoch milliseconds of the last one, by key and reason: as many as there are keys with names, times few. */
  const kept = new Map<string, number>();
  return (refusal, request) => {
    const now = clock.now();
    const of = `${refusal.key} ${refusal.code}`;
    if (now - (kept.get(of) ?? -Infinity) < PAUSE_MS) return;
    kept.set(of, now);
    onEnd({
      ...request,
      id: requestId(),
      time: now,
      clientKey: refusal.key,
      stream: false,
      modelAsked: "",
      kind: "",
      route: "none",
      why: [refusal.message],
      attempts: [],
      fellBack: false,
      costs: { estimated: false },
      status: refusal.status,
      ...(refusal.code === undefined ? {} : { failure: refusal.code }),
      cancelled: false,
      durationMs: 0,
      overheadUs: 0,
    });
  };
}
