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
    server.listen({ host: this.#host, port: this.port });
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
  response.once("close", () => gone.abort());
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
  try {
    const headers = new Headers();
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.append(rawHeaders[i]!, rawHeaders[i + 1]!);
    const url = target.startsWith("/") ? `${scheme}://${headers.get("host")}${target}` : target;
    const body = method === "GET" || method === "HEAD" ? {} : { body: bodyOf(arrived), duplex: "half" };
    return new Request(url, { method, headers, signal, ...body } as RequestInit);
  } catch {
    return undefined;
  }
}

function bodyOf(arrived: IncomingMessage): ReadableStream<Uint8Array> {
  let open = true;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      arrived.on("data", (chunk: Uint8Array) => {
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

/** Sends an answer as fast as it is read. Rejects where its body breaks. */
async function send(answer: Response, arrived: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers: string[] = [];
  answer.headers.forEach((value, name) => headers.push(name, value));
  // What the client still sends of a body that nobody wants would be taken for the next request.
  if (!arrived.complete && !arrived.readableEnded && answer.status >= 400) {
    headers.push("connection", "close");
  }
  response.writeHead(answer.status, headers);
  if (answer.body === null || arrived.method === "HEAD") {
    await answer.body?.cancel();
    response.end();
    return;
  }
  const reader = answer.body.getReader();
  const closed = () => void reader.cancel().catch(() => {});
  response.once("close", closed);
  response.flushHeaders();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!response.write(value) && !response.destroyed) await drained(response);
  }
  response.off("close", closed);
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
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
