/** Primaries of another make than the stand-in: what it cannot do. */
import type { ReplyEvent } from "../../src/model/conversation.ts";
import type { Json } from "../../src/model/json.ts";
import { type BuiltinDialect, dialects } from "../../src/dialects/registry.ts";
import { type Answer, type Arrived, fakeProvider, json, sse } from "../../tests/support/provider.ts";
import { errorEvent } from "../../tests/support/speech.ts";
import type { Case, Fake } from "./case.ts";
import { toolResults } from "./checks.ts";
import { type Received, type StandIn, TOOL_OUTPUT } from "./stand-in.ts";

/** What a provider of each dialect says where the prompt is too long. */
const TOO_LONG = json({
  error: {
    message: "This model's maximum context length is 131072 tokens. However, you requested 140000 tokens.",
    type: "invalid_request_error",
    code: "context_length_exceeded",
  },
}, 400);

/** Each answers a request of a dialect. */
const FAKES: Readonly<Record<Fake, (dialect: BuiltinDialect) => Answer>> = {
  /** Every stream is an error event and nothing else. */
  "error first": (dialect) => sse([errorEvent(dialect)]),
  "down": () => TOO_LONG, // nobody gets there: it is closed
  "window full": () => TOO_LONG,
  /** It thinks, asks for a tool, and has used its quota up when the result comes. */
  "limit in mid-turn": (dialect) => (arrived, res) =>
    (toolResults(received(arrived)).length === 0 ? sse([toolCall(dialect, arrived.json)]) : USED_UP)(
      arrived,
      res,
    ),
};

const USED_UP = json(
  { type: "error", error: { type: "rate_limit_error", message: "You have reached your usage limit." } },
  429,
  { "retry-after": "7200" },
);

const COMMAND = `echo ${TOOL_OUTPUT}`;

/** What each agent's shell takes. */
const SHELLS: Readonly<Record<string, Json>> = {
  Bash: { command: COMMAND, description: "Echo a word" },
  exec_command: { cmd: COMMAND },
};

function toolCall(dialect: BuiltinDialect, body: Json): string {
  const name =
    Object.keys(SHELLS).find((shell) =>
      (body.tools ?? []).some((tool: Json) => (tool.function?.name ?? tool.name) === shell)
    ) ?? "";
  const events: ReplyEvent[] = [
    { type: "start", id: "answer_1", model: "primary" },
    { type: "block_start", index: 0, block: { type: "reasoning" } },
    { type: "delta", index: 0, text: "A shell will tell." },
    { type: "signature", index: 0, signature: "c2lnbmVkLWJ5LXRoZS1wcmltYXJ5" },
    { type: "block_stop", index: 0 },
    { type: "block_start", index: 1, block: { type: "tool_call", id: "call_1", name, kind: "function" } },
    { type: "delta", index: 1, text: JSON.stringify(SHELLS[name]) },
    { type: "block_stop", index: 1 },
    {
      type: "finish",
      stop: "tool_use",
      usage: { input: 100, cacheRead: 0, cacheWrite: 0, output: 20, reasoning: 0 },
    },
  ];
  const encoder = dialects[dialect].stream.encoder(dialects[dialect].request.decode(body));
  return events.map((event) => encoder.push(event)).join("") + encoder.end();
}

/** Starts a fake in place of the stand-in. */
export async function startFake({ provider }: Case, fake: Fake): Promise<StandIn> {
  const { url, arrived, close } = await fakeProvider(FAKES[fake](provider));
  if (fake === "down") {
    await close();
    return { url, requests: () => Promise.resolve([]), stop: () => Promise.resolve() };
  }
  return { url, requests: () => Promise.resolve(arrived.map(received)), stop: close };
}

function received({ method, path, headers, json: body }: Arrived): Received {
  return { method, path: path.split("?")[0] ?? "", headers, body, status: 200 };
}
