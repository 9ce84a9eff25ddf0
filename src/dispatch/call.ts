/** Making the call, and finding out what went wrong when no answer came. */
import { own } from "../json/shape.ts";
import { connect } from "node:net";
import type { UpstreamRequest } from "./upstream-request.ts";

/** Options beyond the standard that Bun reads: no time limit and no decoding of its own. Deno leaves them unread. */
interface FetchInit extends RequestInit {
  readonly timeout?: false;
  readonly decompress?: false;
}

/** Sends a prepared request. Redirects are not followed: they would carry the credential to another host. */
export async function call(
  { url, headers, body }: Pick<UpstreamRequest, "url" | "headers" | "body">,
  signal: AbortSignal,
  fetcher: typeof fetch,
): Promise<Response> {
  const init: FetchInit = {
    method: "POST",
    headers,
    body: body(),
    redirect: "manual",
    signal,
    timeout: false,
    decompress: false,
  };
  return await fetcher(url, init);
}

/** Encodings that the platform decodes. The proxy asks for none; some providers and their gateways compress all the same. */
const FORMATS: Readonly<Record<string, CompressionFormat>> = {
  gzip: "gzip",
  "x-gzip": "gzip",
  deflate: "deflate",
};

/** An answer without its content encoding. @throws when the encoding is not known. */
export function unpacked(response: Response): Response {
  const encoding = response.headers.get("content-encoding")?.toLowerCase();
  if (encoding === undefined || encoding === "identity" || response.body === null) return response;
  const format = own(FORMATS, encoding);
  if (format === undefined) throw new Error("decompress");
  const headers = new Headers(response.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  const { status } = response;
  return new Response(response.body.pipeThrough(new DecompressionStream(format)), { status, headers });
}

/** Connection errors in our own words: the runtimes' contain URLs and differ from each other. */
const CONNECTION_ERRORS: readonly (readonly [seen: RegExp, words: string])[] = [
  [/requests to port \d+ are blocked/i, "the port is one that HTTP clients may not use"],
  [/ECONNREFUSED|ConnectionRefused|connection refused|unable to connect/i, "connection refused"],
  [
    /ENOTFOUND|EAI_AGAIN|dns error|failed to lookup|FailedToResolve|getaddrinfo/i,
    "the host name cannot be resolved",
  ],
  [/certificate|UNABLE_TO_VERIFY|SELF_SIGNED|CERT_|tls|ssl/i, "the TLS certificate was not accepted"],
  [
    /ECONNRESET|ConnectionReset|ConnectionClosed|connection reset|connection closed|socket.*closed|broken pipe|EPIPE|incomplete|unexpected eof|eof/i,
    "the connection was cut",
  ],
  [/EHOSTUNREACH|ENETUNREACH|unreachable/i, "the host cannot be reached"],
  [/ETIMEDOUT|timed? ?out/i, "the connection timed out"],
  [
    /Zlib|gzip|brotli|decompress|decod|invalid deflate|corrupt/i,
    "the answer is compressed in a way that cannot be read",
  ],
];

/** A connection error in words, without its URL. */
export function connectionError(error: unknown): string {
  const parts: string[] = [];
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    parts.push(String((at as { code?: unknown }).code ?? ""), at.message);
  }
  const text = parts.join(" ");
  return CONNECTION_ERRORS.find(([seen]) => seen.test(text))?.[1] ?? "the connection failed";
}

/**
 * Whether a host takes TCP connections, found out within `ms` milliseconds. Sends nothing. `fetch` does not distinguish
 * "cannot connect" from "connected, and silent".
 */
export function reachable(url: string, ms: number): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ""),
      port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
    });
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
