/** Asks providers for what is left of the money that was paid in advance: only when somebody wants to know. */
import { creditsUsed } from "../catalog/credits.ts";
import type { Config, Provider } from "../config/config.ts";
import { connectionError } from "../dispatch/call.ts";
import type { DispatchDeps } from "../dispatch/course.ts";
import type { Key } from "../dispatch/keys.ts";

/** How long all of them may take together. Milliseconds. */
const PATIENCE_MS = 4000;

/** Asks each provider that has such an endpoint, with each of its keys, and remembers what it says. Never throws. */
export async function askCredits(config: Config, deps: DispatchDeps): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const asked = [...config.providers.values()].flatMap((provider) =>
    provider.creditsUrl === undefined || provider.problem !== undefined || provider.passthrough
      ? []
      : deps.state.keys.keysOf(provider, 0).filter(({ secret }) => secret !== undefined)
        .map((key) => ask(provider, key, deps, signal))
  );
  await Promise.all(asked);
}

async function ask(provider: Provider, key: Key, deps: DispatchDeps, signal: AbortSignal): Promise<void> {
  const { state, clock, log, fetch } = deps;
  try {
    const response = await fetch(provider.creditsUrl!, {
      headers: { authorization: `Bearer ${key.secret}`, accept: "application/json" },
      redirect: "manual",
      signal,
    });
    const used = response.ok ? creditsUsed(await response.json()) : undefined;
    if (!response.ok) await response.body?.cancel();
    if (used === undefined) return;
    const account = { provider: provider.name, key: key.id };
    state.headrooms.saw(account, [{ window: "credits", used, ofPlan: true }], clock.now());
  } catch (error) {
    log("info", `${provider.name} does not say what is left of its credits: ${connectionError(error)}`);
  }
}
