/** Making the call, and finding out what went wrong when no answer came. */
import { own } from "../json/shape.ts";
import { connect } from "node:net";
import type { Transform } from "node:stream";
import * as zlib from "node:zlib";
import type { Connections } from "../runtime/connections.ts";
import { forwardProxyOf, portOf } from "../runtime/forward-proxy.ts";
import type { UpstreamRequest } from "./upstream-request.ts";

/** Bun's own options of `fetch`: no time limit, and no decoding. Deno ignores them. */
interface FetchInit extends RequestInit {
  readonly timeout?: false;
  readonly decompress?: false;
}

/**
 * Sends a prepared request. Redirects are not followed: they would carry the credential to another host.
 * @param connections kept connections: a request whose connection was closed meanwhile is sent again, on a new one.
 * @default it is not sent again
 */
export async function call(
  { url, headers, body }: Pick<UpstreamRequest, "url" | "headers" | "body">,
  signal: AbortSignal,
  fetcher: typeof fetch,
  connections?: Connections,
): Promise<Response> {
  /** `keepalive: false`: on a connection of its own (Bun). */
  const send = (own: Pick<RequestInit, "keepalive"> = {}): Promise<Response> => {
    const init: FetchInit = {
      method: "POST",
      headers,
      body: body(),
      redirect: "manual",
      signal,
      timeout: false,
      decompress: false,
      ...own,
    };
    return fetcher(url, init);
  };
  const mayBeOld = connections?.mayBeOld(url) === true;
  const started = performance.now();
  let response: Response;
  try {
    response = await send();
  } catch (error) {
    const closed = mayBeOld && connections.closedUnder(performance.now() - started);
    if (!closed || signal.aborted || wordsFor(error) !== WAS_CUT) throw error;
    response = await send({ keepalive: false });
  }
  connections?.answered(url, response.headers);
  return response;
}

/** Encodings that are read. The proxy asks for none; some providers and their gateways compress anyway. */
const UNPACKERS: Readonly<Record<string, () => Transform>> = {
  gzip: zlib.createGunzip,
  "x-gzip": zlib.createGunzip,
  deflate: zlib.createInflate,
  br: zlib.createBrotliDecompress,
  ...(zlib.createZstdDecompress === undefined ? {} : { zstd: zlib.createZstdDecompress }),
};

/** An answer without its content encoding. @throws when the encoding is not known. */
export function unpacked(response: Response): Response {
  const encoding = response.headers.get("content-encoding")?.toLowerCase();
  if (encoding === undefined || encoding === "identity" || response.body === null) return response;
  const unpacker = own(UNPACKERS, encoding);
  if (unpacker === undefined) throw new Error("decompress");
  const headers = new Headers(response.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  const { status } = response;
  return new Response(response.body.pipeThrough(through(unpacker())), { status, headers });
}

/** A transform of node:zlib as one of the web: what comes goes on at once, so that events are not held back. */
function through(unpacker: Transform): ReadableWritablePair<Uint8Array, Uint8Array> {
  return new TransformStream<Uint8Array, Uint8Array>({
    start(controller) {
      unpacker.on("data", (chunk: Uint8Array) => controller.enqueue(new Uint8Array(chunk)));
      unpacker.on("error", () => controller.error(new Error("decompress")));
    },
    transform: (chunk) =>
      new Promise((resolve, reject) => {
        unpacker.write(chunk, (error) => error ? reject(new Error("decompress")) : resolve());
      }),
    flush: () =>
      new Promise((resolve, reject) => {
        unpacker.once("end", resolve).once("error", () => reject(new Error("decompress")));
        unpacker.end();
      }),
  });
}

/** A forward proxy answers 407 (RFC 9110 15.5.8). */
export const NEEDS_LOGIN =
  "the forward proxy asks for a login: set it in HTTPS_PROXY or HTTP_PROXY, as http://USER:PASSWORD@HOST:PORT";

const WAS_CUT = "the connection was cut";

/** Connection errors in our own words: the runtimes' contain URLs and differ from each other. */
const CONNECTION_ERRORS: readonly (readonly [seen: RegExp, words: string])[] = [
  [/requests to port \d+ are blocked/i, "the port is one that HTTP clients may not use"],
  [/proxy authentication required/i, NEEDS_LOGIN],
  [/unsuccessful tunnel|ERR_PROXY_TUNNEL/i, "the forward proxy did not open the connection"],
  [/ECONNREFUSED|ConnectionRefused|connection refused|unable to connect/i, "connection refused"],
  [
    /ENOTFOUND|EAI_AGAIN|dns error|failed to lookup|FailedToResolve|getaddrinfo/i,
    "the host name cannot be resolved",
  ],
  [/certificate.{0,20}expired|CERT_HAS_EXPIRED/i, "the TLS certificate has expired"],
  [/NotValidForName|not valid for name|ALTNAME/i, "the TLS certificate is for another host"],
  [
    /UnknownIssuer|UNABLE_TO_(?:VERIFY|GET_ISSUER)|SELF_SIGNED|self.signed|unable to (?:verify|get)/i,
    "the TLS certificate is from an unknown authority; for one of your own set NODE_EXTRA_CA_CERTS to its PEM file",
  ],
  [/certificate|CERT_|tls|ssl/i, "the TLS certificate was not accepted"],
  [
    /ECONNRESET|ConnectionReset|ConnectionClosed|connection reset|connection closed|socket.*closed|broken pipe|EPIPE|incomplete|unexpected eof|eof/i,
    WAS_CUT,
  ],
  [/EHOSTUNREACH|ENETUNREACH|unreachable/i, "the host cannot be reached"],
  [/ETIMEDOUT|timed? ?out/i, "the connection timed out"],
  [
    /Zlib|gzip|brotli|decompress|decod|invalid deflate|corrupt/i,
    "the answer is compressed in a way that cannot be read",
  ],
];

/**
 * A connection error in words, without its URL.
 * @param url where the request went: a forward proxy on the way there is named. @default none is
 */
export function connectionError(error: unknown, url?: string | URL): string {
  const words = wordsFor(error);
  const proxy = url === undefined ? undefined : forwardProxyOf(url);
  return proxy === undefined ? words : `${words} (through the forward proxy ${proxy.host})`;
}

function wordsFor(error: unknown): string {
  const parts: string[] = [];
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    parts.push(String((at as { code?: unknown }).code ?? ""), at.message);
  }
  const text = parts.join(" ");
  return CONNECTION_ERRORS.find(([seen]) => seen.test(text))?.[1] ?? "the connection failed";
}

/**
 * Whether a host takes TCP connections, found out within `ms` milliseconds. Sends nothing. `fetch` does not distinguish
 * "cannot connect" from "connected, and silent". The connection of a request that takes a forward proxy is the one to that.
 */
export function reachable(url: string, ms: number): Promise<boolean> {
  const to = forwardProxyOf(url) ?? new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: to.hostname.replace(/^\[|\]$/g, ""), port: portOf(to) });
    const done = (result: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => done(false), ms);
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
  });
}
