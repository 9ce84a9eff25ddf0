/** From an exchange and a candidate to the request that the provider gets: which dialect, which bytes, which headers. */
import type { Conversation } from "../model/conversation.ts";
import type { ModelInfo } from "../model/price.ts";
import { ESSENTIAL } from "../dialects/shared/limits.ts";
import { type Dialect, type Dialects, UnsupportedRequest } from "../dialects/dialect.ts";
import { withModel, withTopLevel } from "../json/with-model.ts";
import { lowerLimit, roomLeft } from "../router/answer-room.ts";
import type { Candidate } from "./candidates.ts";
import type { Exchange } from "./exchange.ts";
import { requestHeaders } from "./headers.ts";

/** A request to a provider, ready to be sent. */
export interface UpstreamRequest {
  readonly url: string;
  /** What the provider speaks. */
  readonly dialect: Dialect;
  /** The provider speaks the client's dialect: bytes pass through. */
  readonly same: boolean;
  readonly headers: Record<string, string>;
  /** Makes the body: right before it is sent, for it holds only until the next one is made. */
  readonly body: () => Uint8Array<ArrayBuffer> | string;
  /** The fields that were dropped, or lowered to what fits. */
  readonly dropped: readonly string[];
  /** The proxy asked for usage, not the client. */
  readonly hideUsage: boolean;
  /** The request in neutral form: for encoding the answer. Made on demand where bytes pass through. */
  readonly asked: () => Conversation;
}

/** Why a target cannot take this request; the next one is tried. */
export interface Unfit {
  readonly unfit: string;
}

export interface UpstreamOptions {
  readonly exchange: Exchange;
  readonly candidate: Candidate;
  readonly dialects: Dialects;
  /** The client's request in neutral form. @throws UnsupportedRequest */
  readonly decoded: () => Conversation;
  /** Encode the request for this model, though the provider speaks the client's dialect. */
  readonly reencode: boolean;
}

/**
 * The fields of a body that a model is known to refuse: the client wrote it for another model. Empty: none are known, and
 * a refusal has another reason.
 */
export function rejectedFields({ dialect, body }: Exchange, model: string): readonly string[] {
  return dialect.request.rejectedFields?.(body, model) ?? [];
}

/**
 * Makes the request for a candidate.
 * @throws UnsupportedRequest when the body itself cannot be carried to any provider of another dialect.
 */
export function upstreamRequest(options: UpstreamOptions): UpstreamRequest | Unfit {
  const { exchange, candidate: { target, provider }, dialects } = options;
  if (exchange.facts.operation === "count_tokens") return countingRequest(options);
  const spoken = provider.endpoints[exchange.dialect.name] !== undefined;
  const name = spoken ? exchange.dialect.name : provider.dialects[0];
  const url = name === undefined ? undefined : provider.endpoints[name];
  const dialect = name === undefined ? undefined : dialects[name];
  if (dialect === undefined || url === undefined) {
    return { unfit: `${provider.name} has no supported API format` };
  }
  const info = exchange.catalog.find(target);
  const reencode = !spoken || options.reencode ||
    exchange.dialect.request.needsReencode?.(exchange.body, provider.quirks) === true;
  return reencode ? reencoded(options, dialect, url, info) : passedThrough(options, url, info);
}

/** The client's request, decoded and encoded for the target. */
function reencoded(
  { exchange, candidate: { target, provider, key }, decoded }: UpstreamOptions,
  dialect: Dialect,
  url: string,
  info: ModelInfo | undefined,
): UpstreamRequest | Unfit {
  const { headers: client, facts } = exchange;
  const maxOutput = roomLeft(facts, info);
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
    same: false,
    headers: requestHeaders({ client, provider, key, dialect, same: false, stream: facts.stream }),
    body: () => JSON.stringify(encoded.body),
    dropped: encoded.dropped,
    hideUsage: false,
    asked: decoded,
  };
}

/** The client's own bytes, with another model and at most a few other members. */
function passedThrough(
  { exchange, candidate: { target, provider, key }, decoded }: UpstreamOptions,
  url: string,
  info: ModelInfo | undefined,
): UpstreamRequest {
  const { bytes, body, dialect, headers: client, facts } = exchange;
  const usage = facts.stream ? dialect.usageOnDemand?.edits(body, provider.quirks) : undefined;
  const limit = lowerLimit(body, facts, info);
  const sealed = dialect.request.edits?.(body);
  const edits = limit === undefined ? sealed : { ...sealed, ...limit };
  return {
    url: url + exchange.query,
    dialect,
    same: true,
    headers: requestHeaders({ client, provider, key, dialect, same: true, stream: facts.stream }),
    body: () =>
      edits === undefined && usage === undefined
        ? withModel(bytes, body, target.model, room)
        : withTopLevel(bytes, body, { model: target.model, ...edits, ...usage }, room),
    dropped: limit === undefined ? [] : Object.keys(limit),
    hideUsage: usage !== undefined,
    asked: decoded,
  };
}

/** The client's own bytes for the provider's endpoint that counts tokens. */
function countingRequest(
  { exchange, candidate: { target, provider, key }, decoded }: UpstreamOptions,
): UpstreamRequest | Unfit {
  const { bytes, body, dialect, headers: client } = exchange;
  if (provider.countTokensUrl === undefined) return { unfit: `${provider.name} does not count tokens` };
  return {
    url: provider.countTokensUrl + exchange.query,
    dialect,
    same: true,
    headers: requestHeaders({ client, provider, key, dialect, same: true, stream: false }),
    body: () => withModel(bytes, body, target.model, room),
    dropped: [],
    hideUsage: false,
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
