/**
 * Canaries: secrets of a configuration, quoted by everybody who can, in every form and place. None appears in what the
 * program shows, keeps or sends on.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { type Program, startProgram } from "../support/program.ts";
import { type Arrived, fakeProvider } from "../support/provider.ts";
import { DIALECTS, PATHS, request, spoken } from "../support/speech.ts";
import { inTest, WAYS } from "./ways.ts";

/** Secrets of different forms; no two share a piece. */
const SECRETS = {
  proxy: "pXy-4fG7kQ2mW9-canary-proxy",
  first: "kA1-8sJ3vB6nD5-canary-first",
  second: 'qU0"te\\9zT4-canary-second',
  header: "hDr-2cM8xL7bR3-canary-header",
  otlp: "oTl-6yP1dN9gV5-canary-otlp",
  query: "uRl-5wK3hF8jS2-canary-query",
};
const PROMPT = "The secret formula of the fizzy lemonade is three parts of sugar and one of patience.";

/** The texts of all secrets, and pieces of them, in the forms in which they may hide. */
const NEEDLES: readonly string[] = Object.values(SECRETS).flatMap((secret) => [
  secret.slice(0, 12),
  secret.slice(-12),
  JSON.stringify(secret).slice(1, 13),
  encodeURIComponent(secret).slice(0, 14),
  ...[0, 1, 2].map((skip) => Buffer.from("x".repeat(skip) + secret).toString("base64").slice(4, 20)),
]);

/** The first secret in a text; undefined: none is. White space and escaped line breaks are no hiding place. */
function foundIn(text: string, needles = NEEDLES): string | undefined {
  const joined = text.replace(/\\n|\s+/g, "");
  return needles.find((needle) => text.includes(needle) || joined.includes(needle));
}

/** Everything that a provider was sent, in every form. */
function quoted({ headers, path, text }: Arrived): string {
  const credential = (headers.authorization ?? headers["x-api-key"] ?? "").replace(/^Bearer /, "");
  const all = [credential, headers["x-gateway"] ?? "", path, ...Object.values(SECRETS)];
  const forms = all.flatMap((one) => [
    one,
    encodeURIComponent(one),
    Buffer.from(`user:${one}`).toString("base64"),
    `${one.slice(0, 7)}\n${one.slice(7)}`,
  ]);
  return `refused ${forms.join(" , ")} for ${/"(The secret[^"]*)"/.exec(text)?.[1] ?? ""}`;
}

type Quoting = (arrived: Arrived, res: ServerResponse) => void;

const answer = (status: number, type: string, body: (words: string) => string): Quoting => (arrived, res) => {
  const words = quoted(arrived);
  const headers = {
    "content-type": type,
    "request-id": SECRETS.first,
    "x-ratelimit-note": words.slice(0, 90),
  };
  res.writeHead(
    status,
    Object.fromEntries(Object.entries(headers).map(([n, v]) => [n, v.replace(/\n/g, " ")])),
  );
  res.end(body(words));
};

const inError = (words: string) =>
  JSON.stringify({ type: "error", error: { type: words, code: words, param: words, message: words } });
const late = (words: string) => `${"x".repeat(1990)} ${words}`;

const QUOTINGS: readonly Quoting[] = [
  ...[400, 401, 404, 429, 500].map((status) => answer(status, "application/json", inError)),
  answer(500, "application/json", (words) => inError(late(words))),
  answer(502, "text/plain", (words) => late(words).slice(1500)),
  answer(503, "text/html", (words) => `<html><title>${words.slice(0, 190)}</title>${words}</html>`),
  answer(200, "text/html", (words) => `<html><title>${words.slice(0, 190)}</title>${words}</html>`),
  answer(200, "application/json", inError),
  answer(400, "application/json; x=kA1-8sJ3vB6nD5-canary-first", inError),
];

/** An error event after output has begun. */
const afterOutput = (dialect: typeof DIALECTS[number]): Quoting => (arrived, res) => {
  const { prelude, output } = spoken(dialect, "some words");
  res.writeHead(200, { "content-type": "text/event-stream" });
  const words = quoted(arrived);
  const event = dialect === "openai-responses"
    ? { type: "response.failed", response: { status: "failed", error: { code: words, message: words } } }
    : { type: "error", error: { type: words, code: words, message: words } };
  res.end([...prelude, ...output, `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`].join(""));
};

const config = (provider: string, collector: string) => `
[proxy]
api_key = "${SECRETS.proxy}"
[router]
default = "there,m"
[[providers]]
name = "there"
api_base_url = "${provider}/v1?key=${SECRETS.query}"
api_keys = ["${SECRETS.first}", '${SECRETS.second}']
headers = { "X-Gateway" = "${SECRETS.header}" }
dialects = ["openai-chat", "anthropic-messages", "openai-responses"]
[telemetry]
otlp_endpoint = "${collector}"
otlp_headers = { "X-Team" = "${SECRETS.otlp}" }
[log]
level = "debug"
`;

/** A command of the program, in the folder of a running one. Resolves to all that it writes. */
function said(command: readonly string[], { folder }: Program, args: readonly string[]): Promise<string> {
  const [file = "", ...rest] = command;
  const env = { ...process.env, XDG_DATA_HOME: join(folder, "data"), NO_COLOR: "1" };
  const child = spawn(file, [...rest, ...args, "--config", join(folder, "config.toml")], {
    cwd: folder,
    env,
  });
  let text = "";
  child.stdout.on("data", (chunk) => text += chunk);
  child.stderr.on("data", (chunk) => text += chunk);
  return new Promise((resolve) => child.on("close", () => resolve(text)));
}

/** All files below a folder but the configuration. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile() && !path.endsWith("config.toml"));
}

/** Asks in every way for every quoting answer; the texts that the client got, headers included. */
async function traffic(url: string, provider: Awaited<ReturnType<typeof fakeProvider>>): Promise<string[]> {
  const heard: string[] = [];
  const key = { "x-proxy-key": SECRETS.proxy };
  for (const dialect of DIALECTS) {
    for (const quoting of [...QUOTINGS, ...DIALECTS.map(afterOutput)]) {
      provider.answer(quoting);
      for (const stream of [false, true]) {
        const response = await fetch(url + PATHS[dialect], {
          method: "POST",
          headers: {
            ...key,
            "content-type": "application/json",
            "x-session-id": `s-${SECRETS.second.slice(8)}`,
          },
          body: JSON.stringify({ ...request(dialect, stream, PROMPT), model: `m-${SECRETS.first}` }),
        });
        heard.push(JSON.stringify([...response.headers]) + await response.text());
      }
      await (await fetch(`${url}/admin/cooldowns/reset`, { method: "POST", headers: key })).text();
    }
  }
  for (
    const path of ["/health", "/health/detailed", "/metrics", "/dashboard/data", "/v1/models", "/nowhere"]
  ) {
    heard.push(await (await fetch(url + path, { headers: key })).text());
  }
  heard.push(await (await fetch(`${url}/k/${SECRETS.proxy}x/v1/messages`, { method: "POST" })).text());
  return heard;
}

for (const [way, command, skip] of WAYS) {
  test(`no secret is shown, kept or sent on, ${way}`, inTest(skip), async () => {
    await using provider = await fakeProvider();
    const traced: string[] = [];
    await using collector = await fakeProvider((arrived, res) => {
      traced.push(arrived.text);
      res.writeHead(400, `no ${arrived.headers["x-team"]}`);
      res.end(`no ${arrived.headers["x-team"]}`);
    });
    await using program = await startProgram([...command()], config(provider.url, collector.url));
    const heard = await traffic(program.url, provider);
    assert.ok(heard.some((text) => text.includes("[redacted]")), "providers did quote");
    assert.ok(provider.arrived.some((one) => foundIn(quoted(one)) !== undefined));
    for (const text of heard) assert.equal(foundIn(text), undefined, text);
    for (const args of [["log", "--json"], ["log"], ["stats", "--json"], ["doctor"], ["check", "--json"]]) {
      const text = await said(command(), program, args);
      assert.equal(foundIn(text), undefined, `${args.join(" ")}: ${text}`);
    }
    program.signal("SIGTERM");
    await program.exited;
    assert.ok(traced.length > 0, "traces were sent");
    const pieces = Array.from({ length: PROMPT.length - 24 }, (_, at) => PROMPT.slice(at, at + 24));
    const kept = [program.said(), ...traced];
    for (const path of filesIn(program.folder)) kept.push(readFileSync(path, "latin1"));
    for (const text of kept) {
      assert.equal(foundIn(text), undefined);
      assert.equal(foundIn(text, pieces), undefined, "the prompt is not kept");
    }
  });
}
