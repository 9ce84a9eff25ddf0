/** A proxy with one provider whose prices are known, and what its ledger says. */
import assert from "node:assert/strict";
import type { BuiltinDialect } from "../../src/dialects/registry.ts";
import type { LoggedRequest } from "../../src/ledger/row.ts";
import type { Answer } from "../support/provider.ts";
import type { ProxyWorld } from "../support/world.ts";
import { PATHS, request } from "../support/speech.ts";
import { costs, price, type Prices, pricesToml, type Tokens } from "./reported.ts";
import { proxyWith } from "../support/world.ts";

/** Odd on purpose: no two tokens cost the same, and sums do not come out even. */
export const PRICES: Prices = {
  input: price("0.337"),
  output: price("1.234567"),
  cacheRead: price("0.033701"),
  cacheWrite: price("0.4711"),
};

/** A proxy before a provider that speaks so and answers so. */
export const priced = (dialect: BuiltinDialect, answer: Answer) =>
  proxyWith({ recorded: answer }, {
    dialect,
    router: 'default = "recorded,the-model"',
    toml: `[[prices]]\nprovider = "recorded"\nmodel = "the-model"\n${pricesToml(PRICES)}`,
  });

/** Asks, reads the answer to its end, and returns it. */
export async function ask(world: ProxyWorld, client: BuiltinDialect, stream: boolean): Promise<Response> {
  const response = await world.post(PATHS[client], request(client, stream, "how much is it?"));
  const text = await response.text();
  return new Response(text, response);
}

/** The ledger's row of the only request. */
export async function row(world: ProxyWorld): Promise<LoggedRequest> {
  await world.ended(1);
  const ledger = world.context.ledger();
  assert.ok(ledger !== undefined);
  const rows = await ledger.recent({});
  assert.equal(rows.length, 1, "one request is one row");
  return rows[0]!;
}

/** Asserts that a row has these tokens, and costs what they cost. */
export function assertAccounted(found: LoggedRequest, tokens: Tokens, estimated = false): void {
  assert.deepEqual({ ...found.tokens }, { ...tokens });
  assert.equal(found.estimated, estimated);
  assertCosts(found.cost_usd, tokens);
  assertCosts(found.baseline_usd, tokens); // the only target is the baseline as well
  assert.equal(found.saved_usd, 0);
}

/** Asserts that dollars are the price of tokens, to the billionth of a dollar: to a thousandth of a micro-dollar. */
export function assertCosts(dollars: number | null, tokens: Tokens): void {
  assert.ok(dollars !== null, "the cost is known");
  const nano = BigInt(Math.round(dollars * 1e9));
  const off = nano * 1_000_000n - costs(tokens, PRICES);
  assert.ok(off <= 500_000n && off >= -500_000n, `${dollars} dollars for ${JSON.stringify(tokens)}`);
}
