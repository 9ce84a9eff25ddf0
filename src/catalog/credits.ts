/** What is left of the money that was paid in advance, as a provider's own endpoint says it. Pure. */
import type { Json } from "../model/json.ts";

/**
 * The share of the credits that is used, 0 to 1; undefined: it is not said, or none were bought.
 * https://openrouter.ai/docs/api-reference/get-credits
 */
export function creditsUsed(answer: Json): number | undefined {
  const total: unknown = answer?.data?.total_credits;
  const used: unknown = answer?.data?.total_usage;
  if (typeof total !== "number" || typeof used !== "number" || !(total > 0)) return undefined;
  return Math.min(Math.max(used / total, 0), 1);
}

/** The address beside an endpoint, where it ends as the provider's own does; undefined: it ends in another way. */
export function creditsUrl(
  endpoints: Readonly<Record<string, string>>,
  { paths, credits }: { readonly paths: Readonly<Record<string, string>>; readonly credits?: string },
): string | undefined {
  if (credits === undefined) return undefined;
  for (const [name, url] of Object.entries(endpoints)) {
    const path = paths[name];
    if (path !== undefined && url.endsWith(path)) return url.slice(0, -path.length) + credits;
  }
  return undefined;
}
