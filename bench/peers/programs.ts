/**
 * The gateways that are compared: each in the version that is pinned here, installed from npm, with the settings that its
 * own documents recommend. What cannot be installed or has no server says why.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { answers, freePort, type ProgramName, Running } from "../processes.ts";
import { BENCH_KEY } from "../config.ts";
import { startProxy } from "../proxy.ts";

/** What is asked of a gateway: Claude Code's Messages for a provider that speaks them, or one that speaks Chat Completions. */
export const WAYS = ["Messages, passed through", "Messages → Chat"] as const;
export type WayName = (typeof WAYS)[number];

/** A gateway that takes requests. */
export interface Gateway {
  readonly name: string;
  /** Where its requests go, what they say in their headers, and the model that they name. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly model?: string;
  readonly running: Running;
}

export interface PeerOptions {
  /** For what is installed; it is kept from run to run. */
  readonly cache: string;
  /** For a run's files. */
  readonly folder: string;
  /** The static provider. */
  readonly upstream: string;
  readonly way: WayName;
}

/** A gateway, or why there is none; `only`: it goes for this way alone. */
export type Started = Gateway | { readonly why: string; readonly only?: boolean };

export interface Peer {
  readonly name: string;
  readonly start: (options: PeerOptions) => Promise<Started>;
}

/** Installs packages into a folder of their own, once. @returns why it could not; undefined: they are there */
function install(
  cache: string,
  spec: string,
  ...more: readonly string[]
): { readonly folder: string; readonly why?: string } {
  const folder = join(cache, spec.replace(/[@/]+/g, "-").replace(/^-/, ""));
  const done = join(folder, "installed");
  if (existsSync(done)) return { folder };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  const { status, stderr } = spawnSync(
    "npm",
    ["install", "--no-audit", "--no-fund", "--loglevel=error", spec, ...more],
    { cwd: folder, encoding: "utf8", timeout: 300_000, env: { ...process.env, HOME: folder } },
  );
  if (status === 0) {
    writeFileSync(done, "");
    return { folder };
  }
  const line = /requested resource '([^']+)'/.exec(stderr)?.[1];
  const why = line === undefined
    ? `npm install fails: ${stderr.trim().split("\n").at(0) ?? "it took more than five minutes"}`
    : `npm install fails: it depends on ${line}, which the registry does not have`;
  return { folder, why };
}

/** The file of an installed package. */
const fileOf = (folder: string, path: string): string => join(folder, "node_modules", path);

/** This proxy, as its users start it. */
function own(runtime: ProgramName, name: string): Peer {
  return {
    name,
    async start({ folder, upstream, way }) {
      const { running, url } = await startProxy({
        runtime,
        folder: join(folder, `own-${runtime}-${WAYS.indexOf(way)}`),
        upstream,
        dialects: [way === "Messages → Chat" ? "openai-chat" : "anthropic-messages"],
      });
      return { name, url, running, headers: { authorization: `Bearer ${BENCH_KEY}` } };
    },
  };
}

/** https://github.com/Portkey-AI/gateway#1-setup-your-ai-gateway: one command, and the provider in headers. */
const portkey: Peer = {
  name: "Portkey gateway 1.15.2",
  async start({ cache, upstream, way }) {
    if (way === "Messages → Chat") {
      return { why: "answers 500: messages is not supported by openai", only: true };
    }
    const { folder, why } = install(cache, "@portkey-ai/gateway@1.15.2");
    if (why !== undefined) return { why };
    const port = await freePort();
    const file = fileOf(folder, "@portkey-ai/gateway/build/start-server.js");
    const running = new Running(["node", file, "--headless", `--port=${port}`], { NODE_ENV: "production" });
    const url = `http://127.0.0.1:${port}`;
    await running.until(() => answers(url));
    const headers = {
      "x-portkey-provider": "anthropic",
      "x-portkey-custom-host": `${upstream}/v1`,
      "x-api-key": "sk-bench",
    };
    return { name: this.name, url, running, headers };
  },
};

/** https://github.com/musistudio/claude-code-router#2-configuration, with its log off. */
const router2: Peer = {
  name: "claude-code-router 2.0.0",
  async start({ cache, folder: files, upstream, way }) {
    const { folder, why } = install(cache, "@musistudio/claude-code-router@2.0.0");
    if (why !== undefined) return { why };
    const port = await freePort();
    const home = join(files, `ccr-${WAYS.indexOf(way)}`);
    mkdirSync(join(home, ".claude-code-router"), { recursive: true });
    const provider = (name: string, path: string, more = {}) => ({
      name,
      api_base_url: `${upstream}/v1/${path}`,
      api_key: "sk-bench",
      models: ["bench-model"],
      ...more,
    });
    const target = way === "Messages → Chat" ? "chat,bench-model" : "messages,bench-model";
    const config = {
      PORT: port,
      HOST: "127.0.0.1",
      APIKEY: BENCH_KEY,
      LOG: false,
      API_TIMEOUT_MS: 600_000,
      Providers: [
        provider("chat", "chat/completions"),
        provider("messages", "messages", { transformer: { use: ["Anthropic"] } }),
      ],
      Router: { default: target, background: target, think: target, longContext: target, webSearch: target },
    };
    writeFileSync(join(home, ".claude-code-router", "config.json"), JSON.stringify(config));
    const file = fileOf(folder, "@musistudio/claude-code-router/dist/cli.js");
    const running = new Running(["node", file, "start"], { HOME: home, NODE_ENV: "production" });
    const url = `http://127.0.0.1:${port}`;
    await running.until(() => answers(url));
    return { name: this.name, url, running, headers: { "x-api-key": BENCH_KEY }, model: target };
  },
};

/** Asks a gateway's own administration for something. */
async function administer(url: string, body: unknown, cookie = ""): Promise<Response> {
  const headers = { "content-type": "application/json", cookie };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response;
}

/**
 * https://github.com/decolua/9router: providers are added in its dashboard, here by the same calls. Its scripts are not run,
 * for they compile a SQLite that it can do without; it gets the one in WebAssembly that they fetch.
 */
const nineRouter: Peer = {
  name: "9router 0.5.69",
  async start({ cache, folder: files, upstream, way }) {
    const { folder, why } = install(cache, "9router@0.5.69", "sql.js@1.14.1", "--ignore-scripts");
    if (why !== undefined) return { why };
    const app = fileOf(folder, "9router/app");
    const wasm = "sql.js/dist/sql-wasm.wasm";
    mkdirSync(join(app, "node_modules", "sql.js", "dist"), { recursive: true });
    copyFileSync(fileOf(folder, wasm), join(app, "node_modules", wasm));
    const [port, home] = [await freePort(), join(files, `9router-${WAYS.indexOf(way)}`)];
    const url = `http://127.0.0.1:${port}`;
    const running = new Running(["node", join(app, "custom-server.js")], {
      HOME: home,
      DATA_DIR: join(home, ".9router"),
      PORT: String(port),
      HOSTNAME: "127.0.0.1",
      NODE_ENV: "production",
    });
    await running.until(() => answers(url));
    const login = await administer(`${url}/api/auth/login`, { password: "123456" }); // as it comes
    const cookie = login.headers.getSetCookie().map((one) => one.split(";")[0]).join("; ");
    const type = way === "Messages → Chat" ? "openai-compatible" : "anthropic-compatible";
    const asked = { name: "bench", prefix: "bench", apiType: "chat", baseUrl: `${upstream}/v1`, type };
    const { node } = await (await administer(`${url}/api/provider-nodes`, asked, cookie)).json();
    const connection = { provider: node.id, name: "bench", apiKey: "sk-bench" };
    await administer(`${url}/api/providers`, connection, cookie);
    const { key } = await (await administer(`${url}/api/keys`, { name: "bench" }, cookie)).json();
    return { name: this.name, url, running, headers: { "x-api-key": key }, model: "bench/bench-model" };
  },
};

/** A package that is installed to find out why it cannot be measured. */
const unmeasured = (name: string, spec: string, otherwise: string): Peer => ({
  name,
  start: ({ cache }) => Promise.resolve({ why: install(cache, spec).why ?? otherwise }),
});

/** All that are compared. The first two are this proxy. */
export const PEERS: readonly Peer[] = [
  own("executable", "this proxy, executable"),
  own("deno", "this proxy, Deno from source"),
  portkey,
  router2,
  unmeasured(
    "claude-code-router 3.1.1",
    "@musistudio/claude-code-router@3.1.1",
    "it installs by now: it needs an entry of its own here",
  ),
  nineRouter,
  unmeasured("llm-router 1.1.0", "llm-router@1.1.0", "it is a library, without a program that listens"),
];
