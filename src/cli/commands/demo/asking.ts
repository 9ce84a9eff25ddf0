/** Sends requests to the proxy as any client would: over HTTP, with its address and key. */
import { textOfHeader } from "../../../dispatch/headers.ts";
import type { Example } from "./examples.ts";
import { requestOf } from "./examples.ts";

/** Where a request went, by the headers of its answer. */
export interface Outcome {
  readonly example: Example;
  readonly status: number;
  /** `X-Request-Id`. */
  readonly id: string;
  readonly route: string;
  readonly provider: string;
  readonly model: string;
  /** The reasons, in order. */
  readonly why: readonly string[];
  /** Milliseconds that the proxy took to classify and route. */
  readonly routeMs: number;
  /** The answer's body was read to its end. */
  readonly bytes: number;
  /** It was routed as the example promises. */
  readonly asPromised: boolean;
}

/** Sends an example and reads the answer to its end. @throws when the proxy cannot be reached */
export async function ask(url: string, key: string, example: Example): Promise<Outcome> {
  const { path, body } = requestOf(example);
  const response = await fetch(url + path, {
    method: "POST",
    headers: { "authorization": `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  let bytes = 0;
  for await (const chunk of response.body ?? []) bytes += chunk.length;
  const header = (name: string) => response.headers.get(name) ?? "";
  const route = header("x-route");
  const model = header("x-routed-model");
  return {
    example,
    status: response.status,
    id: header("x-request-id"),
    route,
    provider: header("x-routed-provider"),
    model,
    why: textOfHeader(header("x-route-reason")).split("; "),
    routeMs: timing(header("server-timing"), ["classify", "route"]),
    bytes,
    asPromised: response.ok && bytes > 0 && route === example.route && model === example.target,
  };
}

/** The sum of some durations of a `Server-Timing` header, in milliseconds: https://www.w3.org/TR/server-timing/ */
function timing(header: string, names: readonly string[]): number {
  let sum = 0;
  for (const [, name = "", ms] of header.matchAll(/([\w-]+)[^,]*?;dur=([\d.]+)/g)) {
    if (names.includes(name)) sum += Number(ms);
  }
  return sum;
}
