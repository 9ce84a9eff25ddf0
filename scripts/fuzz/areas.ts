/** What is fuzzed: each area takes a text, does with it what the program does, and throws where something is wrong. */
import { SseParser } from "../../src/bytes/sse.ts";
import { classifyPrompt } from "../../src/classifier/classify.ts";
import { parseConfig } from "../../src/config/load.ts";
import { formatProblems } from "../../src/config/problem.ts";
import { parseExact } from "../../src/json/exact.ts";
import { UnsupportedRequest } from "../../src/dialects/dialect.ts";
import { dialects } from "../../src/dialects/registry.ts";
import { headerText } from "../../src/dispatch/headers.ts";
import type { Json } from "../../src/model/json.ts";
import { authorityOf } from "../../src/text/hosts.ts";
import { Scrubber } from "../../src/text/secrets.ts";
import { shown, visible } from "../../src/text/visible.ts";
import { good } from "../../tests/support/faults.ts";
import { fakeProvider } from "../../tests/support/provider.ts";
import { proxyFrom, type TestProxy } from "../../tests/support/proxy.ts";

type Area = (input: string) => void | Promise<void>;

const ALL = Object.values(dialects);
const utf8 = new TextEncoder();
const TARGET = { model: "m", provider: "p", quirks: [] };

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

const configuration: Area = (input) => {
  const result = parseConfig(input, { env: { KEY: "value-0123456789" } });
  if (!result.ok && formatProblems(result.problems) === "") throw new Error("refused without a reason");
};

const requests: Area = (input) => {
  const body = bodyIn(input);
  if (body === undefined) return;
  for (const from of ALL) {
    from.inspect(body, { "user-agent": "fuzz" }, input.length);
    refusing(() => {
      const conversation = from.request.decode(body);
      for (const to of ALL) {
        const { body: sent } = to.request.encode(conversation, TARGET);
        JSON.stringify(to.request.fit?.(sent, TARGET, {}).body);
      }
    });
    refusing(() => {
      from.request.needsReencode?.(body, TARGET);
      const edits = from.request.edits?.(body, TARGET);
      JSON.stringify(from.request.fit?.({ ...body, ...edits?.members }, TARGET, {}).body);
    });
    from.usage(body);
    from.failure.decode(body);
    from.reply.decode(body);
  }
};

const streams: Area = (input) => {
  const bytes = utf8.encode(input);
  for (const from of ALL) {
    const [parser, decoder, watch] = [new SseParser(), from.stream.decoder(), from.stream.watch()];
    const middle = Math.floor(bytes.length / 2);
    const events = [
      ...parser.push(bytes.subarray(0, middle)),
      ...parser.push(bytes.subarray(middle)),
      ...parser.end(),
    ];
    for (const event of events) {
      watch.push(event);
      decoder.push(event);
    }
    decoder.end();
    from.failure.decode(input);
  }
};

const headers: Area = (input) => {
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

const classifier: Area = (input) => void classifyPrompt(input);

let proxy: Promise<TestProxy> | undefined;

async function started(): Promise<TestProxy> {
  const provider = await fakeProvider(good("openai-chat", false, "ok"));
  return proxyFrom(
    `[router]\ndefault = "there,m"\n[[providers]]\nname = "there"\napi_base_url = "${provider.url}/v1"\napi_key = "k"\n`,
  );
}

/** Headers that belong to the HTTP client. */
const FRAMING = /^(?:host|content-length|transfer-encoding|connection|upgrade|expect|te|trailer)$/i;

/** The first line is what follows the path, every other one a header. */
const dashboard: Area = async (input) => {
  const { url } = await (proxy ??= started());
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
  configuration,
  requests,
  streams,
  headers,
  classifier,
  dashboard,
};
