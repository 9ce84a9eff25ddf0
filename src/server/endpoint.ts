/** What an endpoint is. Types only. */
import type { Context } from "hono";
import type { Config } from "../config/config.ts";
import type { RequestFacts } from "../model/request-facts.ts";
import type { Caller, Need } from "./auth.ts";

/** One endpoint. Paths under `/v1` are served without it as well. */
export interface Endpoint {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** Needs no key. */
  readonly open?: boolean;
  /** What the caller's key must be for. @default "any" */
  readonly need?: Need;
  /** What a request to a model is, so that its refusals are kept. @default it is something else */
  readonly operation?: RequestFacts["operation"];
  readonly handle: (c: Context, config: Config, caller: Caller) => Response | Promise<Response>;
}
