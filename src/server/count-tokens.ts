/** The endpoint that counts tokens, of the dialects that have one: the provider's own count where it has one, else an estimate. */
import type { Config } from "../config/config.ts";
import type { Target } from "../model/target.ts";
import { estimateTokens } from "../dialects/shared/estimate-tokens.ts";
import type { Dialect } from "../dialects/dialect.ts";
import { withModel } from "../json/with-model.ts";
import { headerText } from "../dispatch/header-text.ts";
import type { Exchange } from "../dispatch/exchange.ts";
import { requestHeaders } from "../dispatch/headers.ts";
import { keysOf } from "../dispatch/keys.ts";
import { parseJson, readSome } from "../dispatch/relay/buffered.ts";
import type { Caller } from "./auth.ts";
import type { ServerContext } from "./context.ts";
import { readExchange } from "./generate.ts";

/** A count that takes longer is not worth waiting for. Milliseconds. */
const PATIENCE_MS = 5000;

/** Answers with the count. `X-Routed-Model: estimate` where no provider counted. @throws Refusal */
export async function countTokens(
  context: ServerContext,
  config: Config,
  dialect: Dialect,
  request: Request,
  caller: Caller,
): Promise<Response> {
  const exchange = await readExchange(context, config, dialect, request, caller, "count_tokens");
  const target = exchange.plan.targets.find(({ skip }) => skip === undefined);
  const counted = target === undefined ? undefined : await ask(context, exchange, target);
  const tokens = counted ?? estimateTokens(exchange.dialect.request.decode(exchange.body));
  return Response.json(dialect.countTokens?.encode(tokens), {
    headers: {
      "x-request-id": exchange.id,
      "x-routed-model": counted === undefined || target === undefined ? "estimate" : headerText(target.model),
      "x-route": headerText(exchange.plan.route),
      "x-route-reason": headerText(exchange.plan.why.join("; ")),
    },
  });
}

/** The provider's own count; undefined where it has none or does not say. */
async function ask(context: ServerContext, exchange: Exchange, target: Target): Promise<number | undefined> {
  const provider = exchange.config.providers.get(target.provider);
  if (provider?.countTokensUrl === undefined) return undefined;
  const { state, clock, fetch } = context.dispatcher;
  const key = keysOf(provider, exchange.headers, 0)[0];
  if (key === undefined) return undefined;
  const place = { provider: provider.name, model: target.model, key: key.id };
  if (state.cooldowns.at(place, clock.now()).state !== "open") return undefined;
  try {
    const response = await fetch(provider.countTokensUrl + exchange.query, {
      method: "POST",
      headers: requestHeaders(exchange.headers, provider, key, exchange.dialect, true, false),
      body: withModel(exchange.bytes, exchange.body, target.model) as Uint8Array<ArrayBuffer>,
      redirect: "manual",
      signal: AbortSignal.any([exchange.signal, AbortSignal.timeout(PATIENCE_MS)]),
    });
    const tokens = exchange.dialect.countTokens?.decode(parseJson(await readSome(response)));
    return response.ok ? tokens : undefined;
  } catch {
    return undefined; // an estimate is better than no answer
  }
}
