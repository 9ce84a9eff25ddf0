/** Requests as real clients send them: the project's own, and the recorded ones beside the checkout where they are. */
import { readdirSync, readFileSync } from "node:fs";
import { inspectAnthropicMessages } from "../../src/dialects/anthropic-messages/request/inspect.ts";
import type { HeaderMap, RequestFacts } from "../../src/model/request-facts.ts";
import type { Json } from "../../src/model/json.ts";
import { inspectOpenAiChat } from "../../src/dialects/openai-chat/request/inspect.ts";
import { inspectOpenAiResponses } from "../../src/dialects/openai-responses/request/inspect.ts";
import { sharedWhereThere } from "./shared.ts";

export interface ClientRequest {
  readonly name: string;
  readonly note: string;
  readonly method: string;
  readonly path: string;
  readonly headers: HeaderMap;
  readonly bodyBytes: number;
  readonly expect: {
    readonly kind: "user-turn" | "tool-loop" | "subagent" | "background" | "other";
    /** Null: the request holds no words of the user, or they do not count. */
    readonly prompt: string | null;
    readonly why?: string;
    /** Facts besides, by name. */
    readonly facts?: Partial<RequestFacts>;
  };
  readonly body: Json;
}

const OWN = new URL("../fixtures/requests/", import.meta.url);

/** All requests with a body. */
export function clientRequests(): ClientRequest[] {
  return [OWN, ...sharedWhereThere("fixtures/client-requests/")].flatMap((folder) =>
    readdirSync(folder).filter((name) => name.endsWith(".json")).sort()
      .map((name) => JSON.parse(readFileSync(new URL(name, folder), "utf8")) as ClientRequest)
  )
    .filter((request) => request.method === "POST");
}

/** The request's facts, by the inspector of its endpoint. */
export function factsOf({ path, body, headers, bodyBytes }: ClientRequest): RequestFacts {
  const operation = path.endsWith("/count_tokens") ? "count_tokens" : "generate";
  const inspect = path.includes("/messages")
    ? inspectAnthropicMessages
    : path.includes("/chat/")
    ? inspectOpenAiChat
    : inspectOpenAiResponses;
  return inspect(body, headers, bodyBytes, operation);
}
