/** What a run of two replicas must show. */
import type { ReplicasResult } from "./run.ts";

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** The numbers, in words. */
  readonly detail: string;
}

/** Milliseconds within which replicas know what one of them knows. */
const HEARD_MS = 1000;
/** Dollars that a request of the one with the budget costs. */
const COST = 0.1;

export function judge(run: ReplicasResult): Check[] {
  return CHECKS.map(([name, check]) => ({ name, ...check(run) }));
}

const CHECKS: readonly (readonly [name: string, check: (run: ReplicasResult) => Omit<Check, "name">])[] = [
  ["no request was lost that a live replica could serve", ({ outcomes, broken, moved }) => {
    const wrong = outcomes.filter(({ kind }) => kind === "wrong");
    const lost = wrong.filter(({ id }) => !broken.has(id));
    const shown = lost.slice(0, 5).map((one) => `${one.id} (${one.dialect}): ${one.words}`);
    return {
      ok: lost.length === 0 && outcomes.length > 0,
      detail: [
        `${outcomes.length} requests, ${moved} sent to the other replica, ${wrong.length} that the killed one had begun to answer`,
        ...shown,
      ].join("; "),
    };
  }],
  // A row is written after the last byte: of what the killed replica had in flight, a client may have read the whole answer.
  ["no row is lost", ({ outcomes, rows, broken }) => {
    const ended = outcomes.filter(({ kind, requestId }) => kind !== "wrong" && requestId !== undefined);
    const lost = ended.filter(({ id, requestId }) => !rows.has(requestId!) && !broken.has(id));
    const shown = lost.slice(0, 3).map((one) => JSON.stringify(one));
    return {
      ok: lost.length === 0,
      detail: [`${lost.length} of ${ended.length}; ${rows.size} rows`, ...shown].join("; "),
    };
  }],
  ["no row is doubled", ({ rows }) => {
    const doubled = [...rows.values()].filter((count) => count > 1).length;
    return { ok: doubled === 0, detail: `${doubled}` };
  }],
  [
    "the budget is exceeded by at most one request's cost a replica",
    ({ budget: { limit, spent, statuses } }) => {
      const answers = [...statuses].map(([status, count]) => `${count} × ${status}`).join(", ");
      return {
        ok: spent <= limit + 2 * COST + 1e-9 && spent > 0,
        detail: `$${spent.toFixed(2)} of $${limit.toFixed(2)}, $${COST.toFixed(2)} a request; ${answers}`,
      };
    },
  ],
  ["the other replica knows of a cooldown within a second", ({ heardIn }) => ({
    ok: heardIn.length > 0 && heardIn.every((ms) => ms < HEARD_MS),
    detail: heardIn.map((ms) => `${ms.toFixed(0)} ms`).join(", "),
  })],
  ["both end when they are asked to", ({ exitCodes }) => ({
    ok: exitCodes.every((code) => code === 0),
    detail: exitCodes.join(", "),
  })],
  ["the log has no secret and no stack trace", ({ said }) => {
    const bad = said.split("\n").filter((line) =>
      /secret-|key-of-the-proxy|not-a-real-password|^\s+at .+:\d+:\d+|TypeError/.test(line)
    );
    return { ok: bad.length === 0, detail: [`${bad.length} lines`, ...bad.slice(0, 3)].join("; ") };
  }],
];
