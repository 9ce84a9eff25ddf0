/**
 * A small balancer for tests: requests go to the replicas in turn, and to the next one where a replica ends before it answered.
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Balancer extends AsyncDisposable {
  readonly url: string;
  /** The replicas from now on: `http://127.0.0.1:PORT`. */
  to(replicas: readonly string[]): void;
  /** A replica is killed now. */
  killed(replica: string): void;
  /** The bodies of requests whose answers had begun, and not ended, at a replica that was killed. */
  readonly broken: readonly string[];
  /** Requests that were sent to another replica. */
  readonly moved: number;
}

/** Which replica is asked, and how many have been. */
interface Turn {
  readonly turn: number;
  readonly tries: number;
}

/** Replicas that one request is sent to. */
const MOST_TRIES = 4;

/** Starts on a free port. */
export async function balancer(first: readonly string[]): Promise<Balancer> {
  let replicas = first;
  let turn = 0;
  let moved = 0;
  const broken: string[] = [];
  const dead = new Set<string>();
  /** Answers that have begun and not ended. */
  const begun = new Set<{ readonly replica: string; readonly body: Uint8Array }>();
  const isBroken = (body: Uint8Array) => void broken.push(new TextDecoder().decode(body));

  const forward = (arrived: IncomingMessage, body: Uint8Array, response: ServerResponse, at: Turn) => {
    const replica = replicas[at.turn % replicas.length]!;
    const { method, url, headers } = arrived;
    const sent = request(replica + url, { method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      const one = { replica, body };
      if (dead.has(replica)) isBroken(body);
      else begun.add(one);
      answer.on("error", () => response.destroy());
      response.on("close", () => begun.delete(one));
      answer.pipe(response);
    });
    response.on("close", () => sent.destroy());
    sent.on("error", () => {
      if (response.headersSent || response.destroyed) return;
      if (at.tries === MOST_TRIES) return void response.writeHead(502).end();
      moved++;
      forward(arrived, body, response, { turn: at.turn + 1, tries: at.tries + 1 });
    });
    sent.end(body);
  };

  const server = createServer((arrived, response) => {
    const chunks: Uint8Array[] = [];
    arrived.on("data", (chunk: Uint8Array) => void chunks.push(chunk));
    arrived.on("error", () => {});
    response.on("error", () => {});
    arrived.on("end", () => forward(arrived, Buffer.concat(chunks), response, { turn: turn++, tries: 1 }));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    to: (next) => void (replicas = next),
    killed: (replica) => {
      dead.add(replica);
      for (const one of begun) if (one.replica === replica) isBroken(one.body);
    },
    broken,
    get moved() {
      return moved;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
