import assert from "node:assert/strict";
import { test } from "node:test";
import { banner } from "../../../../src/cli/commands/serve/banner.ts";
import { catalogFor } from "../../../../src/cli/configuration.ts";
import { widthOf } from "../../../../src/text/width.ts";
import { good } from "../../../config/support.ts";
import { session } from "../../terminal.ts";

const TOML = `[router]
think = "openrouter,anthropic/claude-opus-4.5 | groq,llama-3.3-70b-versatile"
background = "ollama,größe"
build = "mistral,codestral"
`;

function shown(
  toml = TOML,
  { columns, env = { OPENROUTER_API_KEY: "o", GROQ_API_KEY: "g" }, down = new Map() }: {
    readonly columns?: number;
    readonly env?: Readonly<Record<string, string>>;
    readonly down?: ReadonlyMap<string, string>;
  } = {},
): string {
  const { io } = session([], { env: { HOME: "/nowhere" }, ...(columns === undefined ? {} : { columns }) });
  const config = { ...good(toml, env), path: "/home/me/config.toml" };
  return banner(io.stdout, {
    config,
    catalog: catalogFor(io, config),
    url: "http://127.0.0.1:3456",
    notRunning: down,
  });
}

test("each route has its usable targets in order, or says which providers are not usable", () => {
  const text = shown();
  assert.match(text, /^ {2}think +openrouter,anthropic\/claude-opus-4\.5 \| groq,llama-3\.3-70b-versatile$/m);
  assert.match(text, /^ {2}background +ollama,größe$/m);
  assert.match(text, /^ {2}build +no usable target \(mistral\)$/m);
  assert.doesNotMatch(shown(TOML, { env: { GROQ_API_KEY: "g" } }), /openrouter,/, "its key is not set");
});

test("a provider is ready, does not run, or is not usable, once each", () => {
  const text = shown(TOML, { down: new Map([["ollama", "http://127.0.0.1:11434"]]) });
  assert.match(text, /^ {2}Ready: openrouter, groq$/m);
  assert.match(text, /^ {2}Not running: ollama \(http:\/\/127\.0\.0\.1:11434\)$/m);
  assert.match(text, /^ {2}Not usable: mistral \(MISTRAL_API_KEY is not set\)$/m);
  assert.equal(text.match(/MISTRAL_API_KEY/g)?.length, 1);
});

test("clients are pointed to its address, and need its key where it has one", () => {
  assert.match(shown(), /^ {2}any other +http:\/\/127\.0\.0\.1:3456\/v1 /m);
  assert.doesNotMatch(shown(), /as its key/);
  const locked = shown(`[proxy]\napi_key = "made-up-key-of-the-proxy"\n${TOML}`);
  assert.match(locked, /^ {2}and give it this proxy's api_key as its key$/m);
  assert.doesNotMatch(locked, /made-up-key/);
});

test("warnings of the file are shown, but for keys, which the providers' lines have", () => {
  const text = shown(`[router]\nthink = "groq,m | groq,m | mistral,m"\n`);
  assert.match(text, /test\.toml:2: router\.think: .*groq,m/);
  assert.equal(text.match(/is not set/g)?.length, 1);
});

test("no line is wider than the terminal; on a narrow one no target is cut", () => {
  for (const columns of [40, 59, 60, 80, 120]) {
    const text = shown(TOML, { columns });
    for (const line of text.split("\n")) assert.ok(widthOf(line) <= columns, line);
    if (columns < 60) assert.ok(text.replaceAll(/\s+/g, " ").includes("groq,llama-3.3-70b-versatile"));
  }
});

test("a model that is in no list is a warning, with the nearest", () => {
  assert.match(
    shown('[router]\nthink = "groq,llama-3.3-70b-versatil"\n'),
    /Did you mean "groq,llama-3\.3-70b-versatile"\?/,
  );
});

test("where no route is set the banner says so, and has no empty table", () => {
  const text = shown("[proxy]\nport = 3456\n");
  assert.match(text, /router: no route is set, so only requests that name a target/);
  assert.doesNotMatch(text, /\n\n\n/);
});

test("the dashboard's address is shown where there is a dashboard", () => {
  assert.match(shown(), /^Dashboard: http:\/\/127\.0\.0\.1:3456\/dashboard$/m);
  assert.doesNotMatch(shown(`${TOML}[telemetry]\ndashboard = false\n`), /Dashboard/);
});

test("where no route can answer yet it says what to do", () => {
  assert.match(
    shown('[router]\nthink = "groq,m"\n', { env: {} }),
    /No request can be answered yet: set one of these keys/,
  );
  assert.doesNotMatch(shown(), /No request can be answered/);
});
