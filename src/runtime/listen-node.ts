/**
 * Listening through `node:http`, under Deno: its own server waits for the headers of a request for ever
 * (https://github.com/denoland/deno/issues/3515), so whoever opens connections and sends nothing takes all descriptors.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Server as SecureServer } from "node:https";
import type { Socket } from "node:net";
import process from "node:process";
import { mostConnections } from "./descriptors.ts";
import { AGAIN_MS, type Certificate, type Listener, type ListenOptions } from "./listener.ts";

/** Milliseconds for the headers of a request, from the connection's begin or the headers' first byte. */
const HEADERS_MS = 20_000;
/** Milliseconds for which a connection is kept between two requests: longer than clients keep theirs. */
const IDLE_MS = 120_000;
/** How often late headers are looked for. Milliseconds. */
const LOOK_MS = 5000;
/** Bytes of a body that wait in memory for whoever reads it. */
const WAITING = 64 * 1024;

/** Finds the address and the port that a name and a port mean, or throws what is wrong with them. */
export type Resolve = (
  hostname: string,
  port: number,
) => { readonly hostname: string; readonly port: number };

/** Starts listening. @throws when the address cannot be taken */
export function listenOnNode(options: ListenOptions, resolve: Resolve): Listener {
  return new NodeListener(options, resolve(options.hostname, options.port));
}

class NodeListener implements Listener {
  readonly hostname: string;
  readonly port: number;
  readonly ready: Promise<void>;
  readonly #listening = Promise.withResolvers<void>();
  readonly #options: ListenOptions;
  readonly #host: string;
  readonly #most = mostConnections() ?? Infinity;
  /** The one that listens, and before it those that still have connections. */
  readonly #servers: Server[] = [];
  #tls: Certificate | undefined;
  /** Gives the server that listens another certificate. Undefined: it has none. */
  renew?: (tls: Certificate) => void;
  #open = 0;
  #ended = false;
  #failed = false;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(
    options: ListenOptions,
    { hostname, port }: { readonly hostname: string; readonly port: number },
  ) {
    this.#options = options;
    this.#host = hostname;
    this.hostname = options.hostname;
    this.port = port;
    this.ready = this.#listening.promise;
    this.#tls = options.tls;
    this.#start();
  }

  async drain(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#again);
    await Promise.all(this.#servers.map(ended));
  }

  async close(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#again);
    const all = this.#servers.map(ended);
    for (const server of this.#servers) server.closeAllConnections();
    await Promise.all(all);
  }

  #start(): void {
    const server = this.#create();
    this.#watch(server);
    server.on("error", (error) => {
      if (!this.#failed) this.#options.onFault?.(error.message);
      this.#failed = true;
      this.#restart();
    });
    server.on("listening", () => {
      if (this.#failed) this.#options.onFault?.(undefined);
      this.#failed = false;
      this.#listening.resolve(); // the first server may have failed: the one that took its place counts
    });
    const { shared = false } = this.#options;
    server.listen({ host: this.#host, port: this.port, ...(shared && { reusePort: true }) });
    this.#servers.push(server);
  }

  #create(): Server {
    const limits = {
      headersTimeout: HEADERS_MS,
      requestTimeout: 0, // bodies have their own limit, which depends on their size
      keepAliveTimeout: IDLE_MS,
      connectionsCheckingInterval: LOOK_MS,
    };
    const take = (arrived: IncomingMessage, response: ServerResponse) => {
      if (this.#ended) response.setHeader("connection", "close");
      answer(this.#options, arrived, response);
    };
    if (this.#tls === undefined) return process.getBuiltinModule("node:http").createServer(limits, take);
    const server = process.getBuiltinModule("node:https").createServer({ ...limits, ...this.#tls }, take);
    server.on("tlsClientError", () => {}); // a handshake that fails concerns nobody else
    this.renew = (tls) => {
      (server as SecureServer).setSecureContext(tls);
      this.#tls = tls;
    };
    return server;
  }

  /** Ends connections on which no request comes in time, and those that descriptors must be left for. */
  #watch(server: Server): void {
    const waiting = new WeakMap<Socket, ReturnType<typeof setTimeout>>();
    server.on("connection", (socket) => {
      this.#open++;
      const timer = setTimeout(() => socket.destroy(), HEADERS_MS);
      waiting.set(socket, timer);
      socket.once("close", () => {
        this.#open--;
        clearTimeout(timer);
      });
      socket.on("error", () => {}); // a connection that breaks concerns nobody else
      if (this.#open <= this.#most) return;
      socket.destroy();
      this.#restart();
    });
    server.on("request", ({ socket }) => clearTimeout(waiting.get(socket)));
  }

  /**
   * Listens again, soon. Under Deno a server takes no more connections, without a word, once "too many open files" was the
   * answer to one; requests in flight on it go on.
   */
  #restart(): void {
    if (this.#ended || this.#again !== undefined) return;
    this.#again = setTimeout(() => {
      this.#again = undefined;
      const before = this.#servers.splice(0);
      for (const server of before) {
        if (server.listening) server.close();
        server.closeIdleConnections();
      }
      this.#servers.push(...before.slice(-MOST_OLD));
      this.#start();
    }, AGAIN_MS);
  }
}

/** Servers that may still have requests in flight and are remembered for the end. */
const MOST_OLD = 100;

/** Takes no more connections; resolves when the last one is over. */
function ended(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    server.closeIdleConnections();
  });
}

async function answer(
  { handle, tls }: ListenOptions,
  arrived: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  // An abort makes an error with its stack: not for the many requests that were answered.
  response.once("close", () => void (response.writableFinished || gone.abort()));
  response.on("error", () => {});
  const request = requestOf(arrived, tls === undefined ? "http" : "https", gone.signal);
  if (request === undefined) {
    response.writeHead(400, { connection: "close" }).end();
    return;
  }
  try {
    await send(await handle(request, () => arrived.socket.remoteAddress), arrived, response);
  } catch {
    response.destroy();
  }
}

/** A message as the web has it; undefined: it is not one that can be answered. */
function requestOf(arrived: IncomingMessage, scheme: string, signal: AbortSignal): Request | undefined {
  const { method = "GET", url: target = "/", rawHeaders } = arrived;
  if (UNANSWERED.has(method)) return undefined;
  try {
    const headers = new Headers();
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.append(rawHeaders[i]!, rawHeaders[i + 1]!);
    const url = new URL(target.startsWith("/") ? `${scheme}://${headers.get("host")}${target}` : target);
    if (url.username !== "" || url.password !== "") return undefined;
    return new ArrivedRequest(arrived, { method, url: url.href, headers, signal }) as unknown as Request;
  } catch {
    return undefined;
  }
}

/** Methods that requests of the web cannot have: https://fetch.spec.whatwg.org/#forbidden-method */
const UNANSWERED: ReadonlySet<string> = new Set(["CONNECT", "TRACE", "TRACK"]);

interface Head {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly signal: AbortSignal;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** What of a `Request` its handlers use. */
type Used = Pick<Request, "body" | "bodyUsed" | "bytes" | "arrayBuffer" | "text" | "json">;

/**
 * A request whose body becomes a stream only where one is asked for: a `Request` with a stream, and reading that, takes more
 * time than all else that a small body needs. For `new Request(url, request)` it is one like any other.
 */
class ArrivedRequest implements Head, Used {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly signal: AbortSignal;
  readonly duplex = "half";
  readonly #arrived: IncomingMessage;
  #stream: ReadableStream<Bytes> | null | undefined;
  #wasRead = false;

  constructor(arrived: IncomingMessage, { method, url, headers, signal }: Head) {
    this.#arrived = arrived;
    this.method = method;
    this.url = url;
    this.headers = headers;
    this.signal = signal;
    if (method === "GET" || method === "HEAD") this.#stream = null;
  }

  get body(): ReadableStream<Bytes> | null {
    if (this.#stream === undefined) this.#stream = bodyOf(this.#arrived);
    return this.#stream;
  }

  get bodyUsed(): boolean {
    return this.#wasRead || this.#stream?.locked === true;
  }

  async bytes(): Promise<Bytes> {
    if (this.bodyUsed) throw new TypeError("the body was read already");
    if (this.#stream !== undefined) return new Uint8Array(await new Response(this.#stream).arrayBuffer());
    this.#wasRead = true;
    return await wholeOf(this.#arrived);
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const { buffer, byteOffset, byteLength } = await this.bytes();
    return byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }
}

/** All bytes of a body. @throws TypeError where it breaks */
function wholeOf(arrived: IncomingMessage): Promise<Bytes> {
  return new Promise((resolve, reject) => {
    const chunks: Bytes[] = [];
    let size = 0;
    arrived.on("data", (chunk: Bytes) => {
      chunks.push(chunk);
      size += chunk.length;
    });
    arrived.once("end", () => {
      const whole = new Uint8Array(size);
      let at = 0;
      for (const chunk of chunks) {
        whole.set(chunk, at);
        at += chunk.length;
      }
      resolve(whole);
    });
    const broken = () => reject(new TypeError("the body ended before it was complete"));
    arrived.once("error", broken);
    arrived.once("close", broken);
  });
}

function bodyOf(arrived: IncomingMessage): ReadableStream<Bytes> {
  let open = true;
  return new ReadableStream<Bytes>({
    start(controller) {
      arrived.on("data", (chunk: Bytes) => {
        if (!open) return;
        controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
        if ((controller.desiredSize ?? 0) <= 0) arrived.pause();
      });
      arrived.once("end", () => {
        if (open) controller.close();
        open = false;
      });
      const broken = () => {
        if (open) controller.error(new TypeError("the body ended before it was complete"));
        open = false;
      };
      arrived.once("error", broken);
      arrived.once("close", broken);
    },
    pull: () => void arrived.resume(),
    cancel: () => void (open = false), // a refused body may still arrive
  }, { highWaterMark: WAITING, size: (chunk) => chunk?.byteLength ?? 0 });
}

const EVENTS = /^text\/event-stream\b/i;

/** Sends an answer: events as fast as they are read, else all of it at once. Rejects where its body breaks. */
async function send(answer: Response, arrived: IncomingMessage, response: ServerResponse): Promise<void> {
  const { body, status } = answer;
  const headers: string[] = [];
  answer.headers.forEach((value, name) => headers.push(name, value));
  // What the client still sends of a body that nobody wants would be taken for the next request.
  if (!arrived.complete && !arrived.readableEnded && status >= 400) headers.push("connection", "close");
  if (body === null || arrived.method === "HEAD") {
    response.writeHead(status, headers);
    await body?.cancel();
    response.end();
  } else if (EVENTS.test(answer.headers.get("content-type") ?? "")) {
    response.writeHead(status, headers);
    await stream(body, response);
  } else {
    const whole = new Uint8Array(await answer.arrayBuffer()); // it is in memory already
    if (!answer.headers.has("content-length")) headers.push("content-length", String(whole.length));
    response.writeHead(status, headers);
    response.end(whole);
  }
}

async function stream(body: ReadableStream<Uint8Array>, response: ServerResponse): Promise<void> {
  const reader = body.getReader();
  const closed = () => void reader.cancel().catch(() => {});
  response.once("close", closed);
  response.flushHeaders();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (value.length === 0) continue; // which would end the answer
    if (isOpen(response)) {
      const { socket } = response;
      if (!socket.write(chunkOf(value))) await drained(socket);
    } else if (!response.write(value) && !response.destroyed) await drained(response);
  }
  response.off("close", closed);
  response.end();
}

/** Whether chunks may go to the connection itself: its headers are sent, and nothing of it waits. */
function isOpen(response: ServerResponse): response is ServerResponse & { readonly socket: Socket } {
  const { socket, chunkedEncoding, headersSent, writableLength } = response;
  return chunkedEncoding && headersSent && writableLength === 0 && socket !== null && !socket.destroyed;
}

/** A piece as a chunk, in one: the server's own `write` makes three writes of it (https://www.rfc-editor.org/rfc/rfc9112#section-7.1). */
function chunkOf(piece: Uint8Array): Uint8Array {
  const size = piece.length.toString(16);
  const chunk = new Uint8Array(size.length + piece.length + 4);
  for (let i = 0; i < size.length; i++) chunk[i] = size.charCodeAt(i);
  chunk.set(LINE_END, size.length);
  chunk.set(piece, size.length + 2);
  chunk.set(LINE_END, chunk.length - 2);
  return chunk;
}

const LINE_END = [13, 10] as const;

function drained(response: ServerResponse | Socket): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      response.off("drain", go);
      response.off("close", go);
      resolve();
    };
    response.once("drain", go);
    response.once("close", go);
  });
}
