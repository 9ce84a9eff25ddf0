/** A fake provider: a real HTTP server on loopback that records what arrives and answers as a test says. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  readonly text: string;
  // deno-lint-ignore no-explicit-any
  readonly json: any;
  /** Resolves when the caller's connection for this request is gone before the answer ended. */
  readonly closed: Promise<void>;
}

export type Answer = (arrived: Arrived, res: ServerResponse) => void | Promise<void>;

export interface FakeProvider extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  readonly arrived: Arrived[];
  /** Replaces the answer from now on. */
  answer(next: Answer): void;
  /** Answers the next requests with these, in order, then with the standing answer again. */
  next(...answers: Answer[]): void;
  /** Sockets open now. */
  connections(): number;
  /** Resolves when so many sockets have been opened since the start. */
  connected(count: number): Promise<void>;
  /** Resolves when so many requests have arrived since the start. */
  arrives(count: number): Promise<void>;
  close(): Promise<void>;
}

/** The least that is an answer in every dialect. */
const ANY_ANSWER = {
  ok: true,
  type: "message",
  content: [{ type: "text", text: "ok" }],
  choices: [{ message: { content: "ok" } }],
  output: [{ type: "message", content: [{ type: "output_text", text: "ok" }] }],
};

/** Starts a fake provider on a free port. */
export async function fakeProvider(answer: Answer = json(ANY_ANSWER)): Promise<FakeProvider> {
  const arrived: Arrived[] = [];
  const sockets = new Set<Socket>();
  const queue: Answer[] = [];
  let standing = answer;
  let connected = 0;
  const waiting = new Set<() => void>();
  const changed = () => waiting.forEach((look) => look());
  const when = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!holds()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  const server: Server = createServer((req: IncomingMessage, res: ServerResponse) => {
    const chunks: Uint8Array[] = [];
    const closed = new Promise<void>((resolve) => {
      res.on("close", () => {
        if (!res.writableFinished) resolve();
      });
    });
    req.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    req.on("error", () => {});
    res.on("error", () => {});
    res.sendDate = false; // a test's clock is not the machine's
    req.on("end", () => {
      const bytes = new Uint8Array(Buffer.concat(chunks));
      const text = new TextDecoder().decode(bytes);
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(req.headers)) headers[name] = String(value);
      const one: Arrived = {
        method: req.method ?? "",
        path: req.url ?? "",
        headers,
        bytes,
        text,
        get json() {
          return JSON.parse(text);
        },
        closed,
      };
      arrived.push(one);
      changed();
      Promise.resolve((queue.shift() ?? standing)(one, res)).catch((error) => {
        res.destroy(error instanceof Error ? error : new Error(String(error)));
      });
    });
  });
  server.on("connection", (socket: Socket) => {
    connected++;
    changed();
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const port = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    arrived,
    answer: (next) => void (standing = next),
    next: (...answers) => void queue.push(...answers),
    connections: () => sockets.size,
    connected: (count) => when(() => connected >= count),
    arrives: (count) => when(() => arrived.length >= count),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** An address of this machine where nobody listens any more. */
export async function deserted(): Promise<Pick<FakeProvider, "url" | "port">> {
  await using provider = await fakeProvider();
  return provider;
}

/** Answers with a JSON body. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return (_arrived, res) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    res.writeHead(status, { "content-type": "application/json", ...headers });
    res.end(text);
  };
}

/** Answers with server-sent events: each entry is written as one chunk, as it stands. */
export function sse(chunks: readonly (string | Uint8Array)[], headers: Record<string, string> = {}): Answer {
  return async (_arrived, res) => {
    res.writeHead(200, { "content-type": "text/event-stream", ...headers });
    for (const chunk of chunks) {
      if (res.destroyed) return;
      if (!res.write(chunk)) await new Promise<void>((resolve) => res.once("drain", resolve));
    }
    res.end();
  };
}
