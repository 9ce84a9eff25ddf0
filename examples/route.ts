// A routing script: [router.script] path = "route.ts". One function, asked where no rule leads anywhere.
// It has no file, no network, no environment, no clock and 5 ms; the same facts must give the same answer.
import type { Facts, Opinion } from "./route.d.ts";

/** A ticket's number at the head of a prompt: PAY-1234. */
const TICKET = /^([A-Z]{2,5})-\d+/;

export default function route(facts: Facts): Opinion {
  const team = TICKET.exec(facts.prompt ?? "")?.[1];
  if (team === "PAY") return { route: "think", reason: "payments are never a quick fix" };
  // Long sessions at night go on with less effort.
  const isNight = facts.minuteOfDay >= 22 * 60 || facts.minuteOfDay < 6 * 60;
  if (isNight && facts.turn > 10 && facts.kind !== "think") return { effort: "low" };
  return undefined;
}
