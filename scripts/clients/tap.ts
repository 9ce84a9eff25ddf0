/** Stands between a client and the proxy, and sees when requests come. It changes nothing. */
import { createServer, request as send } from "node:http";

export interface Tap {
  readonly url: string;
  /** `performance.now()` when the first request for an answer came; undefined: none did. */
  readonly first: number | undefined;
  /** How many came. */
  readonly requests: number;
  stop(): Promise<void>;
}

/** Starts one before a server. */
export async function startTap(behind: string): Promise<Tap> {
  let first: number | undefined;
  let requests = 0;
  const server = createServer((request, response) => {
    const { method, url = "/", headers } = request;
    if (method === "POST" && !url.includes("count_tokens")) {
      first ??= performance.now();
      requests++;
    }
    const forwarded = send(new URL(url, behind), { method: method!, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    forwarded.on("error", () => response.destroy());
    response.on("close", () => forwarded.destroy());
    request.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    get first() {
      return first;
    },
    get requests() {
      return requests;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
