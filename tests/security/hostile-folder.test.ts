/** The folder that the program is started in has no say: nothing there is run, and nothing there sets a variable. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { type TempFolder, tempFolder } from "../support/disposable.ts";
import { fakeProvider, json } from "../support/provider.ts";
import { configuration } from "../support/world.ts";
import { inTest, WAYS } from "./ways.ts";

/** Every file of a folder that a JavaScript runtime is known to obey, each of which would leave `ran` behind. */
function hostileFolder(
  { path: parent }: TempFolder,
  trap: string,
): { readonly folder: string; ran(): string[] } {
  const folder = join(parent, "repository");
  mkdirSync(folder);
  const marker = (name: string) => JSON.stringify(join(parent, `ran-${name}`));
  const leaves = (name: string) => `require("node:fs").writeFileSync(${marker(name)}, "");\n`;
  const write = (at: string, name: string, text: string) => writeFileSync(join(at, name), text);
  for (const at of [parent, folder]) {
    write(at, "preload.cjs", leaves("preload"));
    write(at, "bunfig.toml", 'preload = ["./preload.cjs"]\n[test]\npreload = ["./preload.cjs"]\n');
    write(at, "options.cjs", leaves("options"));
    const variables = [
      "BUN_OPTIONS=--preload=./options.cjs",
      "BUN_BE_BUN=1",
      "BUN_INSPECT=ws://127.0.0.1:0/x",
      "NODE_OPTIONS=--require ./options.cjs",
      "DENO_V8_FLAGS=--help",
      "DENO_CERT=./theirs.pem",
      "DENO_TLS_CA_STORE=system",
      "BUN_CONFIG_PRELOAD=./options.cjs",
      "BUN_INSPECT_PRELOAD=./options.cjs",
      "NODE_PATH=.",
      "NODE_EXTRA_CA_CERTS=./theirs.pem",
      "XDG_DATA_HOME=./theirs",
      "XDG_CONFIG_HOME=./theirs",
      "PROXY_HOST=0.0.0.0",
      `HTTP_PROXY=${trap}`,
      `http_proxy=${trap}`,
      `HTTPS_PROXY=${trap}`,
      "NODE_TLS_REJECT_UNAUTHORIZED=0",
      "TERRAPHIM_CONFIG=./theirs.toml",
      "TERRAPHIM_WORKER=1",
    ].join("\n");
    for (const name of [".env", ".env.local", ".env.production", ".env.development"]) {
      write(at, name, variables);
    }
    const script = `node -e 'require("fs").writeFileSync(${marker("script").replaceAll('"', '\\"')}, "")'`;
    write(
      at,
      "package.json",
      JSON.stringify({ scripts: { serve: script, check: script, doctor: script, prestart: script } }),
    );
    const task = `deno eval 'Deno.writeTextFileSync(${marker("task").replaceAll('"', '\\"')}, "")'`;
    const importing = {
      imports: { "hono": "./options.cjs", "zod": "./options.cjs" },
      tasks: { start: task },
    };
    for (const name of ["deno.json", "deno.jsonc"]) write(at, name, JSON.stringify(importing));
    write(at, "tsconfig.json", '{ "compilerOptions": { "paths": { "*": ["./preload.cjs"] } } }\n');
    write(at, "theirs.toml", '[router]\ndefault = "groq,theirs"\n');
  }
  return {
    folder,
    ran: () => existsSync(parent) ? readdirSync(parent).filter((name) => name.startsWith("ran-")) : [],
  };
}

/** Runs one command in a folder to its end. */
async function run(command: readonly string[], cwd: string, home: string) {
  const [file = "", ...args] = command;
  const env: Record<string, string> = { PATH: process.env.PATH ?? "", HOME: home, NO_COLOR: "1" };
  if (process.env.DENO_DIR !== undefined) env.DENO_DIR = process.env.DENO_DIR;
  else env.DENO_DIR = join(process.env.HOME ?? "", ".cache", "deno");
  const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => said += String(chunk));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, said };
}

function suite(name: string, command: () => readonly string[], skip: string | undefined): void {
  test(
    `${name} obeys nothing of the folder it is started in`,
    inTest(skip),
    async () => {
      await using provider = await fakeProvider(json({ object: "list", data: [{ id: "mine" }] }));
      await using trap = await fakeProvider(json({ object: "list", data: [] }));
      using parent = tempFolder();
      const { folder, ran } = hostileFolder(parent, trap.url);
      using home = tempFolder();
      const own = home.at(".config", "terraphim-llm-proxy");
      mkdirSync(own, { recursive: true });
      const key = "sk-canary-0123456789";
      writeFileSync(
        join(own, "config.toml"),
        configuration({ mine: provider.url }, { mine: { key } }, { router: 'default = "mine,mine"' }),
        { mode: 0o600 },
      );
      const version = await run([...command(), "--version"], folder, home.path);
      assert.match(version.said, /^\S*\s*v?\d+\.\d+\.\d+\s*$/, `exit ${version.code}: ${version.said}`);
      const check = await run([...command(), "check"], folder, home.path);
      assert.match(check.said, /mine,mine/, check.said);
      assert.doesNotMatch(check.said, /groq,theirs/);
      const doctor = await run([...command(), "doctor"], folder, home.path);
      assert.ok(!doctor.said.includes("theirs"), doctor.said);
      assert.ok(provider.arrived.length > 0, "the user's own provider was asked");
      assert.deepEqual(
        trap.arrived.map((arrived) => arrived.path),
        [],
        "nothing went to the folder's proxy",
      );
      assert.deepEqual(ran(), [], "nothing of the folder was run");
    },
  );
}

/** Serves in a folder until both workers are up, and stops. */
async function serveWithWorkers(command: readonly string[], cwd: string, home: string): Promise<string> {
  const [file = "", ...args] = command;
  const env: Record<string, string> = { PATH: process.env.PATH ?? "", HOME: home, NO_COLOR: "1" };
  env.DENO_DIR = process.env.DENO_DIR ?? join(process.env.HOME ?? "", ".cache", "deno");
  const child = spawn(file, [...args, "serve", "--port", "0"], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  let isStopped = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      said += String(chunk);
      if (isStopped || !/worker 1 is up[^]*worker 2 is up/.test(said)) return;
      isStopped = true;
      process.kill(child.pid ?? 0, "SIGTERM");
    });
  }
  await new Promise((resolve) => child.on("close", resolve));
  return said;
}

function workersObey(name: string, command: () => readonly string[], skip: string | undefined): void {
  test(`the workers of ${name} obey nothing of the folder either`, inTest(skip), async () => {
    await using provider = await fakeProvider(json({ object: "list", data: [{ id: "mine" }] }));
    await using trap = await fakeProvider(json({ object: "list", data: [] }));
    using parent = tempFolder();
    const { folder, ran } = hostileFolder(parent, trap.url);
    using home = tempFolder();
    const own = home.at(".config", "terraphim-llm-proxy");
    mkdirSync(own, { recursive: true });
    writeFileSync(
      join(own, "config.toml"),
      configuration({ mine: provider.url }, { mine: { key: [] } }, {
        proxy: "workers = 2",
        router: 'default = "mine,mine"',
        toml: '[store]\nurl = "postgres://nobody:nothing@127.0.0.1:1/none"',
      }),
      { mode: 0o600 },
    );
    const said = await serveWithWorkers(command(), folder, home.path);
    assert.match(said, /worker 1: stopped/);
    assert.match(said, /worker 2: stopped/);
    assert.match(said, /mine,mine/);
    assert.deepEqual(trap.arrived.map((arrived) => arrived.path), []);
    assert.deepEqual(ran(), [], "nothing of the folder was run");
  });
}

for (const [way, command, why] of WAYS) {
  const obeys = way === "from source" && process.versions.bun !== undefined
    ? "Bun obeys the folder it is started in; scripts/bun.ts starts it in the project's own"
    : why;
  suite(`the program ${way}`, command, obeys);
  workersObey(
    `the program ${way}`,
    command,
    obeys ?? (process.platform === "linux" ? undefined : "workers are for Linux"),
  );
}
