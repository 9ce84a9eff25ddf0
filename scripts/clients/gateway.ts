/**
 * OpenClaw's gateway, started once and asked for several turns: a turn of its own program loads all of OpenClaw again, for
 * half a minute on a busy machine.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clientsNode, FOLDER } from "./install.ts";
import { freePort, run, type Running, start } from "./processes.ts";

/** Milliseconds from the start to the gateway's own "ready". */
const READY_MS = 150_000;
const TOKEN = "token-of-the-gateway";
/** The session that everything below talks in. */
const SESSION = "agent:main:main";
const PROGRAM = join(FOLDER, "openclaw/node_modules/openclaw/openclaw.mjs");

export interface GatewayOptions {
  readonly home: string;
  /** Members of `openclaw.json` beside `gateway`, such as `models` and `agents`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The proxy's key, in `PROXY_API_KEY`. */
  readonly key: string;
}

export interface Gateway {
  /** One turn of the agent. @returns what it answered @throws Error where it does not end in `timeoutMs` */
  say(prompt: string, timeoutMs: number): Promise<string>;
  /** Sends a chat command, such as `/status`. @returns its id */
  command(text: string): Promise<string>;
  /** What the commands so far answered, by their ids. Each call starts OpenClaw's own program: seconds. */
  answers(): Promise<ReadonlyMap<string, string>>;
  /** Wakes the agent for a heartbeat, now. */
  wake(): Promise<void>;
  /** All that the gateway has written. */
  output(): string;
  stop(): Promise<void>;
}

/** The environment of OpenClaw in a home of its own: nothing of this machine's user. */
function openclawEnvironment({ home, key }: { home: string; key: string }): Record<string, string> {
  return {
    HOME: home,
    PATH: `${join(FOLDER, "node24/node_modules/.bin")}:/usr/local/bin:/usr/bin:/bin`,
    TERM: "dumb",
    LANG: "C.UTF-8",
    NO_COLOR: "1",
    PROXY_API_KEY: key,
  };
}

/** Runs a command of OpenClaw to its end. */
export function openclaw(
  args: readonly string[],
  { home, key, timeoutMs }: { readonly home: string; readonly key: string; readonly timeoutMs: number },
): ReturnType<typeof run> {
  const pairs = Object.entries(openclawEnvironment({ home, key })).map(([name, value]) => `${name}=${value}`);
  return run("env", ["-i", ...pairs, clientsNode(), PROGRAM, ...args], {
    cwd: join(home, "work"),
    timeoutMs,
  });
}

/** Writes `openclaw.json` with the gateway's port and token. */
function configure({ home, config }: GatewayOptions, port: number): void {
  const gateway = {
    mode: "local",
    bind: "loopback",
    port,
    auth: { mode: "token", token: TOKEN },
    http: { endpoints: { chatCompletions: { enabled: true } } },
  };
  mkdirSync(join(home, ".openclaw"), { recursive: true });
  writeFileSync(
    join(home, ".openclaw/openclaw.json"),
    JSON.stringify({ ...config, gateway }, undefined, 2),
  );
}

/** @throws Error where it does not get ready */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const port = await freePort();
  configure(options, port);
  const running = await ready(options, port);
  const call = async (method: string, params: unknown): Promise<Record<string, unknown>> => {
    const where = ["--port", String(port), "--token", TOKEN, "--json"];
    const { output } = await openclaw(
      ["gateway", "call", method, ...where, "--params", JSON.stringify(params)],
      { ...options, timeoutMs: 60_000 },
    );
    const at = output.search(/^\{/m);
    if (at < 0) throw new Error(`${method}: ${output.trim().slice(-400)}`);
    return JSON.parse(output.slice(at));
  };
  let commands = 0;
  return {
    say: (prompt, timeoutMs) => say(port, prompt, timeoutMs),
    async command(text) {
      const idempotencyKey = `command-${++commands}`;
      await call("chat.send", { sessionKey: SESSION, message: text, idempotencyKey });
      return idempotencyKey;
    },
    async answers() {
      const { messages } = await call("chat.history", { sessionKey: SESSION, limit: 50 });
      // OpenClaw puts the id of a command on its answer.
      return new Map(
        (messages as readonly Message[]).filter(({ role }) => role === "assistant")
          .map(({ idempotencyKey = "", content }) => [
            idempotencyKey,
            content.map((part) => part.text ?? "").join(""),
          ]),
      );
    },
    async wake() {
      await call("wake", { mode: "now", text: "Something has ended." });
    },
    output: () => running.output,
    stop: () => running.stop(),
  };
}

interface Message {
  readonly role: string;
  readonly idempotencyKey?: string;
  readonly content: readonly { readonly text?: string }[];
}

/** Starts it, and waits for its own word that it is ready. */
async function ready(options: GatewayOptions, port: number): Promise<Running> {
  const pairs = Object.entries(openclawEnvironment(options)).map(([name, value]) => `${name}=${value}`);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const running = start(
    "env",
    ["-i", ...pairs, clientsNode(), PROGRAM, "gateway", "run", "--port", String(port)],
    {
      cwd: join(options.home, "work"),
      onLine: (line) => {
        if (line.endsWith("[gateway] ready")) resolve(true);
      },
    },
  );
  const late = setTimeout(() => resolve(false), READY_MS);
  const isReady = await Promise.race([promise, running.exited.then(() => false)]);
  clearTimeout(late);
  if (isReady) return running;
  await running.stop();
  throw new Error(`OpenClaw's gateway did not get ready: ${running.output.trim().slice(-800)}`);
}

async function say(port: number, prompt: string, timeoutMs: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${TOKEN}`,
      "content-type": "application/json",
      "x-openclaw-session-key": SESSION,
    },
    body: JSON.stringify({ model: "openclaw", messages: [{ role: "user", content: prompt }] }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the gateway answered ${answer.status}: ${text.slice(0, 400)}`);
  return JSON.parse(text).choices[0].message.content ?? "";
}
