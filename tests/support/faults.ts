/** Every way in which a provider can fail, with what must come of it. */
import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import type { BuiltinDialect } from "../../src/dialects/registry.ts";
import { type Answer, json, sse } from "./provider.ts";
import { errorEvent, spoken, written } from "./speech.ts";

/** What a client must see: the backup's answer, the primary's own, one error after a part of the answer, or a refusal. */
export type Outcome = "backup" | "primary" | "error after output" | "refusal";

export interface Fault {
  readonly name: string;
  readonly outcome: Outcome;
  /** Undefined: for whole answers and streams alike. */
  readonly only?: "stream" | "whole";
  /** Needs the short time limits. */
  readonly slow?: boolean;
  /** `text`: what a "primary" outcome says, and an "error after output" the beginning of. @default "from the primary" */
  readonly answer: (dialect: BuiltinDialect, stream: boolean, text?: string) => Answer;
}

const TEXT = "from the primary";

/** The primary's good answer. */
export function good(dialect: BuiltinDialect, stream: boolean, text = TEXT): Answer {
  if (!stream) return json(written(dialect, text));
  const { prelude, output, end } = spoken(dialect, text);
  return sse([...prelude, ...output, ...end]);
}

const error = (dialect: BuiltinDialect, type: string, message: string, code?: string) =>
  dialect === "anthropic-messages"
    ? { type: "error", error: { type, message } }
    : { error: { message, type, code: code ?? null, param: null } };

const refusal = (
  name: string,
  status: number,
  type: string,
  message: string,
  headers: Record<string, string> = {},
  outcome: Outcome = "backup",
): Fault => ({
  name: `${status} ${name}`,
  outcome,
  answer: (dialect) => json(error(dialect, type, message), status, headers),
});

/** Writes, then tears the connection down. */
const cutAfter =
  (parts: readonly (string | Uint8Array)[], headers: Record<string, string>): Answer => (_a, res) => {
    res.writeHead(200, headers);
    res.flushHeaders();
    for (const part of parts) res.write(part);
    // A reset overtakes bytes that were not read yet: a provider that breaks off has been read from before.
    if (parts.length === 0) setTimeout(() => res.destroy(), 5);
    else res.write("", () => setTimeout(() => res.destroy(), 100));
  };

/** Writes, then says nothing more and stays. */
const hangAfter = (parts: readonly string[], headers?: Record<string, string>): Answer => (_arrived, res) => {
  if (headers === undefined) return;
  res.writeHead(200, headers);
  res.flushHeaders();
  for (const part of parts) res.write(part);
};

const SSE = { "content-type": "text/event-stream" };
const JSON_TYPE = { "content-type": "application/json" };
const type = (stream: boolean) => stream ? SSE : JSON_TYPE;

const half = (text: string) => text.slice(0, text.length >> 1);

/** Resolves when more may be written, or when nobody reads any more. */
const room = (res: ServerResponse) =>
  new Promise<void>((resolve) => {
    const go = () => {
      res.off("drain", go);
      res.off("close", go);
      resolve();
    };
    res.on("drain", go);
    res.on("close", go);
  });

/** A line of 64 MiB, written as fast as it is taken. */
const hugeLine = (before: readonly string[]): Answer => async (_arrived, res) => {
  res.writeHead(200, SSE);
  for (const part of before) res.write(part);
  res.write("data: ");
  const piece = "x".repeat(1024 * 1024);
  for (let i = 0; i < 64 && !res.destroyed; i++) {
    if (!res.write(piece)) await room(res);
  }
  res.end("\n\n");
};

/** Prelude events without an end. */
const endlessPrelude: Answer = (_arrived, res) => {
  res.writeHead(200, SSE);
  res.flushHeaders();
  const timer = setInterval(() => res.destroyed ? clearInterval(timer) : res.write(": still here\n\n"), 10);
  res.on("close", () => clearInterval(timer));
};

type Saying = (dialect: BuiltinDialect, stream: boolean, text: string) => Answer;

const TABLE: readonly (Omit<Fault, "answer"> & { readonly answer: Saying })[] = [
  // Before the headers.
  {
    name: "resets the connection before the headers",
    outcome: "backup",
    answer: () => (_a, res) => void res.destroy(),
  },
  { name: "never answers", outcome: "backup", slow: true, answer: () => hangAfter([]) },
  refusal("rate limited", 429, "rate_limit_error", "slow down"),
  refusal("rate limited with a reset", 429, "rate_limit_error", "slow down", { "retry-after": "20" }),
  refusal("with a reset a week away", 429, "rate_limit_error", "weekly limit", { "retry-after": "604800" }),
  refusal("quota exhausted", 429, "insufficient_quota", "You exceeded your current quota"),
  refusal("no credit", 402, "billing_error", "Insufficient credits"),
  refusal("refused credentials", 401, "authentication_error", "invalid key"),
  refusal("forbidden", 403, "permission_error", "not yours"),
  refusal("model unknown", 404, "not_found_error", "model: m"),
  refusal("request timeout", 408, "timeout_error", "too slow"),
  refusal("server error", 500, "api_error", "internal"),
  refusal("bad gateway", 502, "api_error", "bad gateway"),
  refusal("unavailable", 503, "api_error", "unavailable"),
  refusal("gateway timeout", 504, "api_error", "gateway timeout"),
  refusal("overloaded", 529, "overloaded_error", "Overloaded"),
  refusal("bad request", 400, "invalid_request_error", "max_tokens is wrong", {}, "refusal"),
  refusal("unprocessable", 422, "invalid_request_error", "cannot", {}, "refusal"),
  {
    name: "502 as an HTML page",
    outcome: "backup",
    answer: () =>
      json("<html><head><title>502 Bad Gateway</title></head></html>", 502, { "content-type": "text/html" }),
  },
  {
    name: "redirects",
    outcome: "backup",
    answer: () => json("", 302, { location: "http://127.0.0.1:9/elsewhere" }),
  },
  { name: "500 with an empty body", outcome: "backup", answer: () => json("", 500) },
  {
    name: "503 whose body never ends",
    outcome: "backup",
    slow: true,
    answer: () => (_a, res) => {
      res.writeHead(503, JSON_TYPE);
      res.write('{"error":');
    },
  },
  // After the headers, before any output.
  { name: "resets after the headers", outcome: "backup", answer: (_d, stream) => cutAfter([], type(stream)) },
  {
    name: "is silent after the headers",
    outcome: "backup",
    slow: true,
    answer: (_d, stream) => hangAfter([], type(stream)),
  },
  { name: "200 with an empty body", outcome: "backup", answer: (_d, stream) => json("", 200, type(stream)) },
  {
    name: "200 as an HTML page",
    outcome: "backup",
    answer: () => json("<!doctype html><title>Login</title>", 200, { "content-type": "text/html" }),
  },
  { name: "200 with malformed JSON", outcome: "backup", only: "whole", answer: () => json('{"id": "x", ') },
  {
    name: "200 with an error inside",
    outcome: "backup",
    only: "whole",
    answer: (dialect) => json(error(dialect, "overloaded_error", "Overloaded")),
  },
  {
    name: "cuts a whole answer in its middle",
    outcome: "backup",
    only: "whole",
    answer: (dialect, _stream, text) => cutAfter([half(JSON.stringify(written(dialect, text)))], JSON_TYPE),
  },
  {
    name: "promises more bytes than it sends",
    outcome: "backup",
    only: "whole",
    answer: (dialect, _stream, text) =>
      cutAfter([JSON.stringify(written(dialect, text))], { ...JSON_TYPE, "content-length": "100000" }),
  },
  {
    name: "says gzip and sends something else",
    outcome: "backup",
    only: "whole",
    answer: (dialect, _stream, text) =>
      json(JSON.stringify(written(dialect, text)), 200, { ...JSON_TYPE, "content-encoding": "gzip" }),
  },
  {
    name: "an error event first",
    outcome: "backup",
    only: "stream",
    answer: (d) => sse([errorEvent(d)]),
  },
  {
    name: "an error event after the prelude",
    outcome: "backup",
    only: "stream",
    answer: (d, _stream, text) => sse([...spoken(d, text).prelude, errorEvent(d)]),
  },
  {
    name: "ends after the prelude",
    outcome: "backup",
    only: "stream",
    answer: (d, _stream, text) => sse(spoken(d, text).prelude),
  },
  {
    name: "resets after the prelude",
    outcome: "backup",
    only: "stream",
    answer: (d, _stream, text) => cutAfter(spoken(d, text).prelude, SSE),
  },
  {
    name: "resets within its first event",
    outcome: "backup",
    only: "stream",
    answer: (d, _stream, text) => cutAfter([half(spoken(d, text).prelude[0] ?? "")], SSE),
  },
  {
    name: "sends comments without end",
    outcome: "backup",
    only: "stream",
    slow: true,
    answer: () => endlessPrelude,
  },
  {
    name: "falls silent after the prelude",
    outcome: "backup",
    only: "stream",
    slow: true,
    answer: (d, _stream, text) => hangAfter(spoken(d, text).prelude, SSE),
  },
  { name: "a line of 64 MiB first", outcome: "backup", only: "stream", answer: () => hugeLine([]) },
  // After the first output.
  {
    name: "an error event after output",
    outcome: "error after output",
    only: "stream",
    answer: (d, _stream, text) =>
      sse([...spoken(d, text).prelude, spoken(d, text).output[0] ?? "", errorEvent(d)]),
  },
  {
    name: "ends after output without its end event",
    outcome: "error after output",
    only: "stream",
    answer: (d, _stream, text) => sse([...spoken(d, text).prelude, spoken(d, text).output[0] ?? ""]),
  },
  {
    name: "resets after output",
    outcome: "error after output",
    only: "stream",
    answer: (d, _stream, text) =>
      cutAfter([...spoken(d, text).prelude, spoken(d, text).output[0] ?? ""], SSE),
  },
  {
    name: "resets within an event after output",
    outcome: "error after output",
    only: "stream",
    answer: (d, _stream, text) => {
      const { prelude, output } = spoken(d, text);
      return cutAfter([...prelude, output[0] ?? "", half(output[1] ?? "")], SSE);
    },
  },
  {
    name: "falls silent after output",
    outcome: "error after output",
    only: "stream",
    slow: true,
    answer: (d, _stream, text) =>
      hangAfter([...spoken(d, text).prelude, spoken(d, text).output[0] ?? ""], SSE),
  },
  {
    name: "a line of 64 MiB after output",
    outcome: "error after output",
    only: "stream",
    answer: (d, _stream, text) => hugeLine([...spoken(d, text).prelude, spoken(d, text).output[0] ?? ""]),
  },
  // Odd, and right.
  { name: "answers", outcome: "primary", answer: good },
  {
    name: "drips byte by byte",
    outcome: "primary",
    only: "stream",
    answer: (d, _stream, text) => {
      const { prelude, output, end } = spoken(d, text);
      const bytes = new TextEncoder().encode([...prelude, ...output, ...end].join(""));
      return sse([...bytes].map((byte) => Uint8Array.of(byte)));
    },
  },
  {
    name: "sends everything in one piece",
    outcome: "primary",
    only: "stream",
    answer: (d, _stream, text) => {
      const { prelude, output, end } = spoken(d, text);
      return sse([[...prelude, ...output, ...end].join("")]);
    },
  },
  {
    name: "stays open after its end event",
    outcome: "primary",
    only: "stream",
    answer: (d, _stream, text) => {
      const { prelude, output, end } = spoken(d, text);
      return hangAfter([...prelude, ...output, ...end], SSE);
    },
  },
  {
    name: "leaves out the last blank line",
    outcome: "primary",
    only: "stream",
    answer: (d, _stream, text) => {
      const { prelude, output, end } = spoken(d, text);
      return sse([[...prelude, ...output, ...end].join("").replace(/\n\n$/, "")]);
    },
  },
  {
    name: "names another charset",
    outcome: "primary",
    answer: (d, stream, text) => (arrived, res) => {
      const { prelude, output, end } = spoken(d, text);
      return stream
        ? sse([...prelude, ...output, ...end], { "content-type": "text/event-stream; charset=iso-8859-1" })(
          arrived,
          res,
        )
        : json(written(d, text), 200, { "content-type": "application/json; charset=iso-8859-1" })(
          arrived,
          res,
        );
    },
  },
  {
    name: "compresses",
    outcome: "primary",
    only: "whole",
    answer: (d, _stream, text) => (_a, res) => {
      res.writeHead(200, { ...JSON_TYPE, "content-encoding": "gzip" });
      res.end(gzipSync(JSON.stringify(written(d, text))));
    },
  },
  {
    name: "answers whole though a stream was asked for",
    outcome: "primary",
    only: "stream",
    answer: (d, _stream, text) => json(written(d, text)),
  },
  {
    name: "streams though a whole answer was asked for",
    outcome: "primary",
    only: "whole",
    answer: (d, _stream, text) => good(d, true, text),
  },
];

export const FAULTS: readonly Fault[] = TABLE.map((fault) => ({
  ...fault,
  answer: (dialect, stream, text = TEXT) => fault.answer(dialect, stream, text),
}));
