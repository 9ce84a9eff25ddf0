/** What an endpoint is. Types only. */
import type { Context } from "hono";
import type { Config } from "../config/config.ts";
import type { Caller } from "./auth.ts";

/** One endpoint. Paths under `/v1` are served without it as well. */
export interface Endpoint {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** Needs no key. */
  readonly open?: boolean;
  readonly handle: (c: Context, config: Config, caller: Caller) => Response | Promise<Response>;
}
