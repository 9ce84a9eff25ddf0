/** What is fuzzed: each area takes a text, does with it what the program does, and throws where something is wrong. */
import { BUILTIN_PROVIDERS } from "../../src/catalog/data/providers.ts";
import { SseParser } from "../../src/bytes/sse.ts";
import { classifyPrompt } from "../../src/classifier/classify.ts";
import { parseConfig } from "../../src/config/load.ts";
import { formatProblems } from "../../src/config/problem.ts";
import { parseExact } from "../../src/json/exact.ts";
import { type EncodeTarget, UnsupportedRequest } from "../../src/dialects/dialect.ts";
import { dialects } from "../../src/dialects/registry.ts";
import { readFailure } from "../../src/dispatch/failure/read.ts";
import { headerText } from "../../src/dispatch/headers.ts";
import type { Json } from "../../src/model/json.ts";
import type { Conversation } from "../../src/model/conversation.ts";
import { fnv1a } from "../../src/text/hash.ts";
import { authorityOf } from "../../src/text/hosts.ts";
import { Scrubber } from "../../src/text/secrets.ts";
import { shown, visible } from "../../src/text/visible.ts";
import { good } from "../../tests/support/faults.ts";
import { type FakeProvider, fakeProvider, json } from "../../tests/support/provider.ts";
import { proxyFrom, testClock, type TestProxy } from "../../tests/support/proxy.ts";

type Work = (input: string) => void | Promise<void>;

/** One area. `also`: fixtures of tests that are changed too, as a folder of tests/fixtures and the end of their names. */
export interface Area {
  readonly work: Work;
  readonly also?: readonly [folder: string, end: string];
}

const ALL = Object.values(dialects);
const utf8 = new TextEncoder();

/** Models that have rules of their own, by which a request is made to fit. */
const MODELS = [
  ...["claude-opus-4-8", "claude-sonnet-4-5", "gpt-5.5", "gpt-4.1", "gemini-3-pro-preview", "grok-4"],
  ...["deepseek-v4-pro", "kimi-k3", "glm-5", "MiniMax-M3", "magistral-medium-latest", "qwen3.5"],
  ...["openai/gpt-oss-120b", "llama-3.3-70b-versatile", "m"],
];

/** Three targets that follow from the input: a plain one, and two of built-in providers. */
function targetsFor(input: string): readonly EncodeTarget[] {
  const seed = fnv1a(input);
  const at = <Item>(items: readonly Item[], number: number): Item => items[number % items.length]!;
  const builtin = (number: number): EncodeTarget => {
    const { name, quirks } = at(BUILTIN_PROVIDERS, number);
    const model = at(MODELS, number >>> 8);
    return { provider: name, model, key: "k", quirks, maxOutput: 32_000, reasoning: (number & 1) === 0 };
  };
  return [{ provider: "p", model: "m", key: "k", quirks: [] }, builtin(seed), builtin(seed >>> 5)];
}

/** JSON that a body may be, with exact integers; undefined: the server refuses it before a dialect sees it. */
function bodyIn(input: string): Json | undefined {
  try {
    const json: unknown = parseExact(input);
    return typeof json === "object" && json !== null && !Array.isArray(json) ? json as Json : undefined;
  } catch {
    return undefined;
  }
}

/** What a dialect may refuse is not a finding. */
function refusing(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof UnsupportedRequest)) throw error;
  }
}

const configuration: Work = (input) => {
  const result = parseConfig(input, { env: { KEY: "value-0123456789" } });
  if (!result.ok && formatProblems(result.problems) === "") throw new Error("refused without a reason");
};

const requests: Work = (input) => {
  const body = bodyIn(input);
  if (body === undefined) return;
  const targets = targetsFor(input);
  for (const from of ALL) {
    from.inspect(body, { "user-agent": "fuzz" }, input.length);
    for (const target of targets) {
      refusing(() => {
        const conversation = from.request.decode(body);
        for (const to of ALL) JSON.stringify(to.request.encode(conversation, target).body);
      });
      refusing(() => {
        from.request.needsReencode?.(body, target);
        const wished = { ...body, ...from.request.settings?.(body, { effort: "high" }, target) };
        const edits = from.request.edits?.(wished, target);
        JSON.stringify(from.request.fit?.({ ...wished, ...edits?.members }, target, {}).body);
      });
    }
  }
};

/** A conversation that answers belong to. */
const ASKED: Conversation = {
  ...{ dialect: "openai-chat", model: "m", stream: true, serverTools: [], extensions: {} },
  messages: [{ role: "user", parts: [{ type: "text", text: "hi" }] }],
  tools: [{ kind: "function", name: "f", parameters: { type: "object", properties: {} } }],
};

/** Whole answers and refusals of a provider. */
const answers: Work = (input) => {
  const bytes = utf8.encode(input);
  const status = [400, 401, 402, 403, 404, 413, 422, 429, 500, 503, 529][fnv1a(input) % 11]!;
  const call = { target: { provider: "p", model: "m" }, sent: {}, now: 0 };
  for (const dialect of ALL) {
    readFailure({ kind: "refused", status, headers: new Headers(), bytes }, { ...call, dialect });
    readFailure({ kind: "unreadable", bytes, contentType: "text/html" }, { ...call, dialect });
  }
  const body = bodyIn(input);
  if (body === undefined) return;
  for (const from of ALL) {
    const reply = from.reply.decode(body);
    for (const to of ALL) JSON.stringify(to.reply.encode(reply, ASKED));
    from.usage(body);
    from.answerId?.(body);
    from.failure.decode(body);
    from.countTokens?.decode(body);
  }
};

const streams: Work = (input) => {
  const bytes = utf8.encode(input);
  for (const from of ALL) {
    const [parser, decoder, watch] = [new SseParser(), from.stream.decoder(), from.stream.watch()];
    const encoders = ALL.map((to) => to.stream.encoder(ASKED));
    const middle = Math.floor(bytes.length / 2);
    const events = [
      ...parser.push(bytes.subarray(0, middle)),
      ...parser.push(bytes.subarray(middle)),
      ...parser.end(),
    ];
    const replied = events.flatMap((event) => {
      watch.push(event);
      return decoder.push(event);
    });
    for (const event of [...replied, ...decoder.end()]) {
      for (const encoder of encoders) encoder.push(event);
    }
    for (const encoder of encoders) encoder.end();
    from.failure.decode(input);
  }
};

const headers: Work = (input) => {
  const line = headerText(input);
  if (!/^[\x20-\x7e]*$/.test(line)) throw new Error("a header holds what none may hold");
  new Headers({ "x-text": line });
  authorityOf(input);
  const scrubber = new Scrubber(["sk-canary-0123456789abcdef"]);
  if (scrubber.scrub(`${input} sk-canary-0123456789abcdef`).includes("canary-0123")) {
    throw new Error("not scrubbed");
  }
  // deno-lint-ignore no-control-regex -- these are the characters
  if (/[\x00-\x08\x1b\x7f-\x9f\u202e]/.test(visible(input) + shown(input, false))) {
    throw new Error("a terminal would obey");
  }
};

const classifier: Work = (input) => void classifyPrompt(input);

/** A proxy whose first targets are one odd server, asked in each dialect, and whose last one always answers. */
interface World {
  readonly proxy: TestProxy;
  readonly odd: FakeProvider;
  readonly clock: ReturnType<typeof testClock>;
}

let world: Promise<World> | undefined;

async function started(): Promise<World> {
  const [odd, last] = [await fakeProvider(), await fakeProvider(good("openai-chat", false, "ok"))];
  const block = (name: string, url: string, dialect: string) =>
    `[[providers]]\nname = "${name}"\napi_base_url = "${url}/v1"\napi_key = "k"\ndialects = ["${dialect}"]\n`;
  const clock = testClock();
  const chain = [...ALL.map(({ name }) => `${name},m`), "last,m"];
  const proxy = await proxyFrom(
    `[router]\ndefault = ${JSON.stringify(chain)}\n${block("last", last.url, "openai-chat")}` +
      ALL.map(({ name }) => block(name, odd.url, name)).join(""),
    { clock },
  );
  return { proxy, odd, clock };
}

/** Milliseconds: longer than any cooldown. */
const MONTHS = 90 * 86_400_000;

/** A request's body, a provider's answer and its content type, with a line of three dashes between them. */
const exchanges: Work = async (input) => {
  const { proxy, odd, clock } = await (world ??= started());
  const [body = "", answer = "{}", type = ""] = input.split("\n---\n");
  const stream = type.includes("event-stream");
  odd.answer(json(answer, 200, { "content-type": stream ? "text/event-stream" : "application/json" }));
  for (const { paths } of ALL) {
    clock.advance(MONTHS);
    const response = await fetch(`${proxy.url}/v1${paths.generate}`, { method: "POST", body });
    const text = await response.text();
    odd.arrived.length = 0;
    if (response.status === 500) throw new Error(`${paths.generate} answered 500: ${text}`);
  }
};

/** Headers that belong to the HTTP client. */
const FRAMING = /^(?:host|content-length|transfer-encoding|connection|upgrade|expect|te|trailer)$/i;

/** The first line is what follows the path, every other one a header. */
const dashboard: Work = async (input) => {
  const { proxy: { url } } = await (world ??= started());
  const [query = "", ...lines] = input.split("\n");
  const sent = new Headers();
  for (const line of lines) {
    const [name = "", value = ""] = line.split(":");
    // Other names and values no client can send.
    if (/^[\w-]+$/.test(name) && /^[\x20-\x7e]*$/.test(value) && !FRAMING.test(name)) {
      sent.append(name, value);
    }
  }
  for (const path of ["/dashboard/data", "/dashboard/assets/x", "/v1/models", "/metrics"]) {
    const target = `${url}${path}?${encodeURI(query.toWellFormed()).slice(0, 8000)}`;
    const answer = await fetch(target, { headers: sent, redirect: "manual" });
    await answer.text();
    if (answer.status >= 500) throw new Error(`${path} answered ${answer.status}`);
  }
};

export const AREAS: Readonly<Record<string, Area>> = {
  configuration: { work: configuration },
  requests: { work: requests, also: ["requests", ".json"] },
  answers: { work: answers, also: ["recordings", ".json"] },
  streams: { work: streams, also: ["recordings", ".txt"] },
  exchanges: { work: exchanges, also: ["requests", ".json"] },
  headers: { work: headers },
  classifier: { work: classifier },
  dashboard: { work: dashboard },
};
