/** Requests byte for byte, as no client library sends them. */
import { connect } from "node:net";

/** Sends a text on a new connection, and resolves to all that comes back until the server closes it. */
export function exchange(port: number, text: string, host = "127.0.0.1"): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => socket.write(text));
    let seen = "";
    socket.on("data", (chunk) => seen += chunk);
    socket.on("close", () => resolve(seen));
    socket.on("error", reject);
  });
}

/** The status of `GET target` with these header lines. */
export async function statusOf(port: number, target: string, headers: readonly string[]): Promise<number> {
  const lines = [`GET ${target} HTTP/1.1`, ...headers, "Connection: close", "", ""];
  const answer = await exchange(port, lines.join("\r\n"));
  return Number(/^HTTP\/1\.\d (\d+)/.exec(answer)?.[1] ?? 0);
}
