/** From an exchange and a candidate to the request that the provider gets: which dialect, which bytes, which headers. */
import type { Conversation, Maker } from "../model/conversation.ts";
import type { ModelInfo } from "../model/price.ts";
import type { DialectName, RequestFacts } from "../model/request-facts.ts";
import type { Provider } from "../config/config.ts";
import { ESSENTIAL, IN_WORDS } from "../dialects/shared/limits.ts";
import {
  type Dialect,
  type Dialects,
  type EncodeTarget,
  type Lesson,
  UnsupportedRequest,
} from "../dialects/dialect.ts";
import { dialectForTools } from "../dialects/shared/fit.ts";
import { CLIENT_KEY, type Origins } from "../dialects/shared/origins.ts";
import { lowerOf, withSettings } from "../dialects/shared/settings.ts";
import { exactly } from "../json/exact.ts";
import { wellFormedJson } from "../json/well-formed.ts";
import { withChanges } from "../json/with-changes.ts";
import { withModel, withTopLevel } from "../json/with-model.ts";
import { lowerLimit, roomLeft } from "../router/answer-room.ts";
import { addSessionHeader, cacheKeyField, type CacheKeyOptions } from "./cache-key.ts";
import type { Candidate } from "./candidates.ts";
import type { Exchange } from "./exchange.ts";
import { requestHeaders, withQuery } from "./headers.ts";

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
  /** Who makes the answer. */
  readonly maker: Maker;
  /** The request in neutral form: for encoding the answer. Made on demand where bytes pass through. */
  readonly asked: () => Conversation;
}

/** Why a target cannot take this request; the next one is tried. */
export interface Unfit {
  readonly unfit: string;
  /** It could get in words what it would lose: it may be asked when no other target can. */
  readonly inWords?: boolean;
}

export interface UpstreamOptions {
  readonly exchange: Exchange;
  readonly candidate: Candidate;
  readonly dialects: Dialects;
  /** The client's request in neutral form. @throws UnsupportedRequest */
  readonly decoded: () => Conversation;
  /** What the target refused before. */
  readonly learned: readonly Lesson[];
  /** Whether the target may get a request that says in words what it does not take as a field. @default false */
  readonly lenient?: boolean;
  /** Who made what the client hands back. */
  readonly origins: Origins;
  /** Send nothing signed or encrypted: the provider has refused that. @default false */
  readonly unsigned?: boolean;
  /** Send only whole characters: the provider has refused half of a surrogate pair. @default false */
  readonly wellFormed?: boolean;
}

/**
 * Makes the request for a candidate.
 * @throws UnsupportedRequest when the body itself cannot be carried to any provider of another dialect.
 */
export function upstreamRequest(options: UpstreamOptions): UpstreamRequest | Unfit {
  const made = requestFor(options);
  return options.wellFormed !== true || "unfit" in made ? made : {
    ...made,
    body: () => wellFormedJson(bodyText(made)),
  };
}

/** What a request sends, as text. */
export function bodyText({ body }: UpstreamRequest): string {
  const sent = body();
  return typeof sent === "string" ? sent : new TextDecoder().decode(sent);
}

function requestFor(options: UpstreamOptions): UpstreamRequest | Unfit {
  const { exchange, candidate: { target, provider, key }, dialects } = options;
  if (key.lack !== undefined) return { unfit: key.lack };
  if (exchange.facts.operation !== "generate") return asideRequest(options);
  const info = exchange.catalog.find(target);
  const fits = encodeTarget(options, info);
  let unfit: Unfit | undefined;
  let uncarried: UnsupportedRequest | undefined;
  for (const name of namesInOrder(options, fits)) {
    const url = provider.endpoints[name];
    const dialect = dialects[name];
    if (dialect === undefined || url === undefined) continue;
    try {
      const made = requestIn(options, { dialect, url, info, target: fits });
      if (!("unfit" in made)) return made;
      unfit ??= made;
    } catch (error) {
      if (!(error instanceof UnsupportedRequest)) throw error;
      uncarried ??= error;
    }
  }
  if (unfit === undefined && uncarried !== undefined) throw uncarried;
  return unfit ?? { unfit: `${provider.name} has no supported API format` };
}

/**
 * The provider's dialects in the order in which they may carry the request: the client's own comes first, for its bytes
 * pass through; the one in which the model takes tools while it thinks comes before it. What would be lost in one of them
 * may be kept in the next.
 */
function namesInOrder(
  { exchange: { dialect, facts, body }, candidate: { provider, target: { settings } } }: UpstreamOptions,
  target: EncodeTarget,
): readonly DialectName[] {
  const forTools = facts.toolCount > 0 ? dialectForTools(body, target, settings?.effort) : undefined;
  let orders = ordersOf.get(provider);
  if (orders === undefined) ordersOf.set(provider, orders = new Map());
  const key = `${forTools ?? ""} ${dialect.name}`;
  let order = orders.get(key);
  if (order === undefined) {
    const names = new Set([forTools, dialect.name, ...provider.dialects]);
    order = [...names].filter((name): name is DialectName =>
      name !== undefined && provider.endpoints[name] !== undefined
    );
    orders.set(key, order);
  }
  return order;
}

/** The orders of a provider's dialects, by the one for tools and the client's own. */
const ordersOf = new WeakMap<Provider, Map<string, readonly DialectName[]>>();

/** The request in one of the provider's dialects. @throws UnsupportedRequest */
function requestIn(
  options: UpstreamOptions,
  { dialect, url, info, target }: {
    readonly dialect: Dialect;
    readonly url: string;
    readonly info: ModelInfo | undefined;
    readonly target: EncodeTarget;
  },
): UpstreamRequest | Unfit {
  const { body, dialect: { name } } = options.exchange;
  const spoken = dialect.name === name;
  return spoken && dialect.request.needsReencode?.(body, target) !== true
    ? passedThrough(options, { url, info, target })
    : reencoded(options, { dialect, url, spoken, target });
}

function encodeTarget(
  { exchange, candidate, learned, origins, unsigned = false }: UpstreamOptions,
  info: ModelInfo | undefined,
): EncodeTarget {
  const { quirks, rulesOf } = candidate.provider;
  const known = quirksWith(quirks, learned);
  const maxOutput = roomLeft(exchange.facts, info);
  return {
    ...makerOf(candidate),
    quirks: known,
    rulesOf,
    learned,
    origins,
    unsigned,
    inputTokens: exchange.facts.approxTokens,
    ...(maxOutput === undefined ? {} : { maxOutput }),
    // Who sets an effort knows that the model thinks.
    ...(info !== undefined
      ? { reasoning: info.reasoning }
      : candidate.target.settings?.effort === undefined
      ? {}
      : { reasoning: true }),
  };
}

/** A provider's quirks and those that a model's refusals taught; the very same list where they taught none. */
function quirksWith(quirks: readonly string[], learned: readonly Lesson[]): readonly string[] {
  if (learned.length === 0) return quirks;
  const more = learned.flatMap(({ kind, name }) => kind === "quirk" && !quirks.includes(name) ? [name] : []);
  return more.length === 0 ? quirks : [...quirks, ...more];
}

/** The maker of a candidate's answers. A client's own credential changes with each login; the account stays the same. */
function makerOf({ target: { model }, provider: { name, passthrough }, key }: Candidate): Maker {
  return { provider: name, key: passthrough ? CLIENT_KEY : key.id, model };
}

/**
 * What a target would lose that the request must not lose; undefined: nothing. With `lenient` it may lose what it gets in
 * words instead.
 */
function losses(
  { exchange: { facts }, lenient }: UpstreamOptions,
  dropped: readonly string[],
): Loss | undefined {
  const hard = dropped.filter((field) => ESSENTIAL.has(field) && !IN_WORDS.has(field));
  const { forcedServerTool: forced, serverTools, toolCount } = facts;
  const search = forced ?? (toolCount === 1 ? serverTools[0] : undefined);
  if (search !== undefined && dropped.some((field) => field === search || SEARCH_FIELDS.has(field))) {
    hard.push(search);
  }
  if (hard.length > 0) return { fields: hard, inWords: false };
  const soft = lenient === true ? [] : dropped.filter((field) => IN_WORDS.has(field));
  return soft.length === 0 ? undefined : { fields: soft, inWords: true };
}

interface Loss {
  readonly fields: readonly string[];
  readonly inWords: boolean;
}

/** Fields that make some providers search the web. */
const SEARCH_FIELDS: ReadonlySet<string> = new Set(["web_search_options", "search_parameters", "plugins"]);

/** The client's request, decoded and encoded for the target. */
function reencoded(
  options: UpstreamOptions,
  { dialect, url, spoken, target }: {
    readonly dialect: Dialect;
    readonly url: string;
    /** The provider speaks the client's dialect: what the client says in headers and query holds there too. */
    readonly spoken: boolean;
    readonly target: EncodeTarget;
  },
): UpstreamRequest | Unfit {
  const { exchange: { headers: client, facts, query }, candidate, decoded } = options;
  const { provider, key } = candidate;
  const asked = withSettings(decoded(), candidate.target.settings);
  const cacheKey = asked.promptCacheKey ??
    Object.values(cacheKeyField(cacheKeyOptions(options, dialect)) ?? {})[0];
  const keyed = cacheKey === undefined ? asked : { ...asked, promptCacheKey: cacheKey };
  const encoded = dialect.request.encode(keyed, target);
  const lost = losses(options, encoded.dropped);
  if (lost !== undefined) return unfit(dialect, provider.name, lost);
  return {
    url: spoken ? withQuery(url, query, dialect) : url,
    dialect,
    same: false,
    headers: withSession(
      requestHeaders({ client, provider, key, dialect, same: spoken, stream: facts.stream }),
      options,
    ),
    body: () => JSON.stringify(encoded.body),
    dropped: encoded.dropped,
    hideUsage: false,
    maker: makerOf(options.candidate),
    asked: decoded,
  };
}

function unfit(dialect: Dialect, provider: string, { fields, inWords }: Loss): Unfit {
  return { unfit: `${dialect.name} at ${provider} would lose ${fields.join(", ")}`, inWords };
}

/** The client's own bytes, with another model and at most a few other members. */
function passedThrough(
  options: UpstreamOptions,
  { url, info, target }: {
    readonly url: string;
    readonly info: ModelInfo | undefined;
    readonly target: EncodeTarget;
  },
): UpstreamRequest | Unfit {
  const { exchange, candidate, decoded } = options;
  const { provider, key, target: { settings } } = candidate;
  const { bytes, body, dialect, headers: client, facts } = exchange;
  const wished = settings === undefined
    ? body
    : { ...body, ...dialect.request.settings?.(body, settings, target) };
  const limit = lowerLimit(wished, limitedTo(settings?.maxTokens, facts), info);
  const history = dialect.request.edits?.(wished, target);
  const own = history === undefined && limit === undefined
    ? wished
    : { ...wished, ...history?.members, ...limit };
  const fitted = dialect.request.fit?.(own, target, client) ?? { body: own, dropped: [] };
  const gone = [...history?.dropped ?? [], ...fitted.dropped];
  const dropped = limit === undefined ? gone : [...Object.keys(limit), ...gone];
  const lost = losses(options, gone);
  if (lost !== undefined) return unfit(dialect, provider.name, lost);
  const usage = facts.stream ? dialect.usageOnDemand?.edits(fitted.body, provider.quirks) : undefined;
  const named = dialect.cacheKey !== undefined && fitted.body[dialect.cacheKey] !== undefined;
  const cacheKey = named ? undefined : cacheKeyField(cacheKeyOptions(options, dialect));
  const edits = { model: target.model, ...usage, ...cacheKey };
  return {
    url: withQuery(url, exchange.query, dialect),
    dialect,
    same: true,
    headers: withSession(
      withHeaders(
        requestHeaders({ client, provider, key, dialect, same: true, stream: facts.stream }),
        fitted.headers,
      ),
      options,
    ),
    body: () =>
      fitted.body === body
        ? withTopLevel(bytes, body, edits, room)
        : withChanges(bytes, body, { ...fitted.body, ...edits }, room),
    dropped: [...new Set(dropped)],
    hideUsage: usage !== undefined,
    maker: makerOf(options.candidate),
    asked: decoded,
  };
}

function cacheKeyOptions(
  { exchange, candidate: { provider: { quirks } }, learned }: UpstreamOptions,
  dialect: Dialect,
): CacheKeyOptions {
  return { exchange, quirks, dialect, learned };
}

/** Headers with the session for a provider that reads one. */
function withSession(
  headers: Record<string, string>,
  { exchange, candidate: { provider: { quirks } } }: UpstreamOptions,
): Record<string, string> {
  addSessionHeader(headers, { exchange, quirks });
  return headers;
}

/** A request's facts with a target's own limit on the answer. Tokens. */
function limitedTo(maxTokens: number | undefined, facts: RequestFacts): RequestFacts {
  const maxOutputTokens = lowerOf(facts.maxOutputTokens, maxTokens);
  return maxTokens === undefined || maxOutputTokens === undefined ? facts : { ...facts, maxOutputTokens };
}

/** Headers with some of them changed, or dropped. */
function withHeaders(
  headers: Record<string, string>,
  changes: Readonly<Record<string, string | undefined>> = {},
): Record<string, string> {
  for (const name in changes) {
    const value = changes[name];
    if (value === undefined) delete headers[name];
    else headers[name] = value;
  }
  return headers;
}

/** The client's own bytes, for the provider's endpoint that counts tokens or compacts a conversation. */
function asideRequest(options: UpstreamOptions): UpstreamRequest | Unfit {
  const { exchange, candidate: { target, provider, key }, decoded } = options;
  const { bytes, body, dialect, headers: client, facts } = exchange;
  const counts = facts.operation === "count_tokens";
  const url = counts ? provider.countTokensUrl : compactUrl(provider.endpoints[dialect.name], dialect);
  if (url === undefined) {
    return { unfit: `${provider.name} does not ${counts ? "count tokens" : "compact histories"}` };
  }
  const fits = encodeTarget(options, exchange.catalog.find(target));
  const history = dialect.request.edits?.(body, fits);
  const own = history === undefined ? body : { ...body, ...history.members };
  const fitted = dialect.request.fit?.(own, fits, client) ?? { body: own, dropped: [] };
  return {
    url: withQuery(url, exchange.query, dialect),
    dialect,
    same: true,
    headers: withHeaders(
      requestHeaders({ client, provider, key, dialect, same: true, stream: false }),
      fitted.headers,
    ),
    body: () =>
      fitted.body === body
        ? withModel(bytes, body, target.model, room)
        : withChanges(bytes, body, { ...fitted.body, model: target.model }, room),
    dropped: [],
    hideUsage: false,
    maker: makerOf(options.candidate),
    asked: decoded,
  };
}

/** The URL at which a provider compacts a conversation: beside the one at which it generates. */
function compactUrl(
  endpoint: string | undefined,
  { paths: { generate, compact } }: Dialect,
): string | undefined {
  if (endpoint === undefined || compact === undefined) return undefined;
  const url = new URL(endpoint);
  if (!url.pathname.endsWith(generate)) return undefined;
  url.pathname = url.pathname.slice(0, -generate.length) + compact;
  return url.href;
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
        conversation = exchange.dialect.request.decode(exactly(exchange.body, exchange.bytes));
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
