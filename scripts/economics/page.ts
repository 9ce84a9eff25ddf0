/** The figures of a replay for people. */
import { money, share } from "../../src/text/format.ts";
import type { Economics } from "./economics.ts";

/** A page of lines. */
export function page(found: Economics): string {
  const { figures: f } = found;
  const of = (amount: number, whole: number) => whole === 0 ? "" : `  ${share(amount / whole)}`;
  const more = (amount: number, whole: number) =>
    whole === 0 ? "" : `  ${(100 * (amount / whole - 1)).toFixed(2)} % over`;
  const lines = [
    `${f.sessions} sessions, ${found.requests} requests; baseline ${found.baseline}`,
    "",
    `everything on the baseline   ${money(f.all_baseline_usd)}`,
    `this configuration           ${money(f.cost_usd)}${of(f.cost_usd, f.all_baseline_usd)} of it`,
    `  sticky = "never"           ${money(f.naive_usd)}${more(f.cost_usd, f.naive_usd)}: this configuration`,
    `  sticky = "session"         ${money(found.session_usd)}`,
    `the cheapest way             ${money(f.cheapest_usd)}${
      more(f.cost_usd, f.cheapest_usd)
    }: this configuration`,
    "",
    `saved                        ${money(f.true_saved_usd)}`,
    `  as the ledger says         ${money(f.claimed_saved_usd)}${
      of(f.claimed_saved_usd, f.true_saved_usd)
    } of it`,
    `  by the same tokens' price  ${money(found.same_tokens_saved_usd)}${
      of(found.same_tokens_saved_usd, f.true_saved_usd)
    } of it`,
    `lost by switching            ${money(f.lost_by_switching_usd)}`,
    `a session's baseline is off  ${(100 * found.median_error).toFixed(2)} % (median), ${
      (100 * found.worst_error).toFixed(1)
    } % (worst)`,
    `as billed, on the baseline   ${money(found.billed_usd)}${
      of(found.modelled_usd, found.billed_usd)
    } of it by the model of caches`,
    `requests that stayed         ${found.stayed}`,
    "",
    ...[...found.served].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${count}  ${name}`),
  ];
  return lines.join("\n");
}
