/** From an exchange and a target to the call that will be made: which dialect, which bytes, which headers. */
import type { ModelInfo } from "../model/price.ts";
import type { Provider } from "../config/config.ts";
import type { Target } from "../model/target.ts";
import type { Conversation } from "../model/conversation.ts";
import { type Dialect, UnsupportedRequest } from "../dialects/dialect.ts";
import { ESSENTIAL } from "../dialects/shared/limits.ts";
import { withModel, withTopLevel } from "../json/with-model.ts";
import { answerRoom, cutLimit } from "./answer-room.ts";
import type { DispatchDeps, Exchange } from "./exchange.ts";
import type { Failure } from "./failure/failure.ts";
import { requestHeaders } from "./headers.ts";
import type { Key } from "./keys.ts";

/** A call, ready to be made. */
export interface UpstreamRequest {
  readonly url: string;
  readonly dialect: Dialect;
  /** The provider speaks the client's dialect: bytes pass through. */
  readonly same: boolean;
  readonly headers: Record<string, string>;
  /** Makes the body: right before it is sent, for it holds only until the next one is made. */
  readonly body: () => Uint8Array<ArrayBuffer> | string;
  /** Left out on purpose, by field. */
  readonly dropped: readonly string[];
  /** The usage chunk was asked for by the proxy, not by the client. */
  readonly hideUsage: boolean;
  /** The request in neutral form: for encoding the answer. Made on demand where bytes pass through. */
  readonly asked: () => Conversation;
}

/** Why a target cannot take this request; it is passed over and the next one is tried. */
export interface Unfit {
  readonly unfit: string;
}

/**
 * The fields for which a model may have refused a body that passed through to it: the client wrote it for another
 * model. Empty: the refusal has another reason.
 */
export function misfitsOf(
  { dialect, body }: Exchange,
  { same }: UpstreamRequest,
  failure: Failure,
): readonly string[] {
  if (!same || failure.class !== "bad_request") return [];
  return dialect.request.rejectedFields?.(body, failure.model) ?? [];
}

/**
 * Makes the call for a target. `anew`: written for the model, though the provider speaks the client's dialect.
 * @throws UnsupportedRequest when the body itself cannot be carried to any provider of another dialect.
 */
export function prepare(
  exchange: Exchange,
  target: Target,
  provider: Provider,
  key: Key,
  dispatcher: DispatchDeps,
  decoded: () => Conversation,
  anew: boolean,
): UpstreamRequest | Unfit {
  const { request } = exchange.dialect;
  const spoken = provider.endpoints[exchange.dialect.name] !== undefined;
  const rewritten = anew || request.needsReencode?.(exchange.body, provider.quirks) === true ||
    (dispatcher.state.isMisfit(target) &&
      (request.rejectedFields?.(exchange.body, target.model).length ?? 0) > 0);
  const same = spoken && !rewritten;
  const name = spoken ? exchange.dialect.name : provider.dialects[0];
  const url = name === undefined ? undefined : provider.endpoints[name];
  const dialect = name === undefined ? undefined : dispatcher.dialects[name];
  if (dialect === undefined || url === undefined) {
    return { unfit: `${provider.name} speaks no dialect known here` };
  }
  if (same) {
    return passThrough(exchange, target, provider, key, dialect, url, decoded, exchange.catalog.find(target));
  }

  const info = exchange.catalog.find(target);
  const maxOutput = answerRoom(exchange.facts, info);
  const encoded = dialect.request.encode(decoded(), {
    model: target.model,
    provider: provider.name,
    quirks: provider.quirks,
    ...(maxOutput === undefined ? {} : { maxOutput }),
    ...(info !== undefined ? { reasoning: info.reasoning } : {}),
  });
  const lost = encoded.dropped.filter((field) => ESSENTIAL.has(field));
  if (lost.length > 0) return { unfit: `${dialect.name} at ${provider.name} would lose ${lost.join(", ")}` };
  return {
    url,
    dialect,
    same,
    headers: requestHeaders(
      exchange.headers,
      provider,
      key,
      dialect,
      false,
      exchange.facts.stream,
    ),
    body: () => JSON.stringify(encoded.body),
    dropped: encoded.dropped,
    hideUsage: false,
    asked: decoded,
  };
}

function passThrough(
  exchange: Exchange,
  target: Target,
  provider: Provider,
  key: Key,
  dialect: Dialect,
  url: string,
  decoded: () => Conversation,
  info: ModelInfo | undefined,
): UpstreamRequest {
  const { bytes, body, headers, facts } = exchange;
  const usage = facts.stream ? dialect.usageOnDemand?.edits(body, provider.quirks) : undefined;
  const limit = cutLimit(body, facts, info);
  const sealed = dialect.request.edits?.(body);
  const edits = limit === undefined ? sealed : { ...sealed, ...limit };
  return {
    url: url + exchange.query,
    dialect,
    same: true,
    headers: requestHeaders(headers, provider, key, dialect, true, facts.stream),
    body: () =>
      edits === undefined && usage === undefined
        ? withModel(bytes, body, target.model, room)
        : withTopLevel(bytes, body, { model: target.model, ...edits, ...usage }, room),
    dropped: limit === undefined ? [] : Object.keys(limit),
    hideUsage: usage !== undefined,
    asked: decoded,
  };
}

/** Larger bodies get memory of their own. Bytes. */
const LARGEST_SHARED = 1024 * 1024;

let shared = new ArrayBuffer(64 * 1024);

/**
 * Memory for a body that is sent at once. `fetch` copies the bytes that it is given before it returns
 * (https://fetch.spec.whatwg.org/#concept-bodyinit-extract), so the same memory serves one request after the other;
 * new memory for each would be the largest cost of a long request after its parsing.
 */
function room(length: number): Uint8Array<ArrayBuffer> {
  if (length > LARGEST_SHARED) return new Uint8Array(length);
  if (length > shared.byteLength) shared = new ArrayBuffer(Math.min(length * 2, LARGEST_SHARED));
  return new Uint8Array(shared, 0, length);
}

/** Decodes the client's body at most once over all targets. */
export function decodeOnce(exchange: Exchange): () => Conversation {
  let conversation: Conversation | undefined;
  let refused: unknown;
  return () => {
    if (refused !== undefined) throw refused;
    if (conversation === undefined) {
      try {
        conversation = exchange.dialect.request.decode(exchange.body);
      } catch (error) {
        refused = error instanceof UnsupportedRequest
          ? error
          : new UnsupportedRequest("body", "the request has a shape that cannot be translated");
        throw refused;
      }
    }
    return conversation;
  };
}
