/**
 * From nothing to a working agent, and back: `deno task test:installs`. In a fresh home without Deno or Bun, each way to install
 * the packages of dist/ (npx, install.sh served on loopback, the .deb's files), then `init`, `setup claude-code --yes` and a
 * real agent's turn, within a minute; then uninstalled, with the list of files before and after.
 *
 * Needs dist/ (`deno task compile --target host && deno task pack`) and the agents of ../shared/clients; port 11434, where
 * `init` without keys expects a local server, must be free for the stand-in provider.
 */
import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { clientsNode, FOLDER, install, isAvailable } from "./clients/install.ts";

const DIST = fileURLToPath(new URL("../dist/", import.meta.url));
const NAME = "terraphim-llm-proxy";
/** What the stand-in provider answers. */
const EXPECTED = "MOCK-FINAL-TEXT-7f3a";
/** Where `init` without keys expects a local server. */
const LOCAL_PORT = 11434;
/** Seconds from the first command to the agent's answer. */
const MOST_SECONDS = 60;
/** What an agent and npm leave in a home themselves. */
const FOREIGN =
  /^(\.claude($|\/|\.json)|\.cache($|\/)|\.npm($|\/)|\.config$|\.config\/(?:configstore|claude)|\.local$|\.local\/(share|state)($|\/claude)|\.node)/;

interface Ran {
  readonly code: number;
  readonly text: string;
}

interface Way {
  readonly name: string;
  /** Installs it. Resolves to how it is called. */
  readonly install: (home: string, url: string, env: Env) => Promise<readonly string[]>;
  /** After the program's own uninstall: what the package manager does. */
  readonly remove?: (home: string, env: Env) => Promise<Ran>;
}

type Env = Readonly<Record<string, string>>;

const node = () => dirname(clientsNode());

function run(command: readonly string[], env: Env, cwd: string): Promise<Ran> {
  const [file = "", ...args] = command;
  const child = spawn(file, args, { env: { ...env }, cwd, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  child.stdout.on("data", (chunk) => text += chunk);
  child.stderr.on("data", (chunk) => text += chunk);
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: 127, text: `${text}${error}` }));
    child.on("close", (code) => resolve({ code: code ?? 1, text }));
  });
}

async function must(command: readonly string[], env: Env, cwd: string): Promise<string> {
  const { code, text } = await run(command, env, cwd);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${text}`);
  return text;
}

const packageIn = (folder: string, pattern: RegExp): string => {
  const name = readdirSync(join(DIST, folder)).find((one) => pattern.test(one));
  if (name === undefined) {
    throw new Error(`dist/${folder} has no package: run deno task compile and deno task pack.`);
  }
  return join(DIST, folder, name);
};

const WAYS: readonly Way[] = [
  {
    name: "npx",
    install: () => {
      const packages = [
        packageIn("npm", /^terraphim-llm-proxy-\d/),
        packageIn("npm", /^terraphim-llm-proxy-(?!openclaw)[a-z]/),
      ];
      return Promise.resolve([
        "npx",
        "--offline",
        "--yes",
        ...packages.flatMap((one) => ["--package", one]),
        NAME,
      ]);
    },
  },
  {
    name: "install.sh",
    install: async (home, url, env) => {
      await must(["sh", join(DIST, "install.sh"), "--from", url], env, home);
      return [join(home, ".local", "bin", NAME)];
    },
  },
  {
    name: ".deb",
    install: async (home, _url, env) => {
      await must(
        ["dpkg-deb", "--extract", packageIn(".", /_(amd64|arm64)\.deb$/), join(home, "root")],
        env,
        home,
      );
      return [join(home, "root", "usr", "bin", NAME)];
    },
    remove: (home, env) => run(["rm", "-r", join(home, "root")], env, home),
  },
];

const files = (home: string): string[] =>
  readdirSync(home, { recursive: true }).map(String).filter((name) => !FOREIGN.test(name)).sort();

/** One way, from an empty home to an empty home. @throws Error with what did not hold */
async function tried(way: Way, url: string, programs: string): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), "installs-"));
  try {
    mkdirSync(join(home, "work"));
    const env: Env = {
      HOME: home,
      PATH: [node(), join(FOLDER, "claude-latest/node_modules/.bin"), programs].join(delimiter),
      LANG: "C.UTF-8",
      TERM: "dumb",
      NO_COLOR: "1",
      IS_SANDBOX: "1",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      DISABLE_AUTOUPDATER: "1",
    };
    if (
      ["deno", "bun"].some((one) =>
        spawnSync("sh", ["-c", `command -v ${one}`], { env: { ...env } }).status === 0
      )
    ) {
      throw new Error("Deno or Bun is on the PATH of the fresh account");
    }
    const before = files(home);
    const began = performance.now();
    const program = await way.install(home, url, env);
    await must([...program, "init"], env, home);
    await must([...program, "setup", "claude-code", "--yes"], env, home);
    if (!existsSync(join(home, ".claude", "settings.json"))) throw new Error("setup wrote no settings");
    const agent = [
      "run",
      "claude",
      "-p",
      "plan implementation of a todo app",
      "--dangerously-skip-permissions",
    ];
    const answer = await must([...program, ...agent], env, home);
    const seconds = (performance.now() - began) / 1000;
    if (!answer.includes(EXPECTED)) throw new Error(`the agent did not answer:\n${answer}`);
    if (seconds > MOST_SECONDS) throw new Error(`it took ${seconds.toFixed(1)} s`);
    await must([...program, "uninstall", "--yes"], env, home);
    await way.remove?.(home, env);
    rmSync(join(home, "config.toml"), { force: true }); // the user's own, in a folder of their choice
    const after = files(home);
    if (JSON.stringify(after) !== JSON.stringify(before)) {
      throw new Error(`left behind: ${after.filter((one) => !before.includes(one)).join(", ")}`);
    }
    if (existsSync(join(home, ".claude", "settings.json"))) {
      throw new Error("the agent's settings are left behind");
    }
    return `${seconds.toFixed(1)} s to the agent's answer; nothing left behind`;
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A folder with the system's programs, but for the runtimes that a fresh account does not have. */
function systemPrograms(): string {
  const folder = mkdtempSync(join(tmpdir(), "programs-"));
  for (const from of ["/usr/bin", "/bin"]) {
    for (const name of existsSync(from) ? readdirSync(from) : []) {
      if (/^(deno|bunx?)$/.test(name) || existsSync(join(folder, name))) continue;
      try {
        symlinkSync(realpathSync(join(from, name)), join(folder, name));
      } catch { /* a link that leads nowhere */ }
    }
  }
  return folder;
}

/** A server of dist/ on loopback. */
function served(): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    const path = join(DIST, new URL(request.url ?? "/", "http://x").pathname.slice(1));
    if (!path.startsWith(DIST) || !existsSync(path)) return void response.writeHead(404).end();
    response.end(readFileSync(path));
  });
  return new Promise((resolve) =>
    server.listen(
      0,
      "127.0.0.1",
      () =>
        resolve({
          url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
          close: () => server.close(),
        }),
    )
  );
}

async function main(): Promise<number> {
  if (!isAvailable()) {
    console.log("skipped: ../shared/clients is not there\n0 passed, 0 failed");
    return 0;
  }
  install((line) => console.log(line));
  const provider = spawn(clientsNode(), [join(FOLDER, "mock-provider.mjs")], {
    env: { ...process.env, PORT: String(LOCAL_PORT) },
    stdio: "ignore",
  });
  const { url, close } = await served();
  const programs = systemPrograms();
  let passed = 0;
  let failed = 0;
  try {
    for (const way of WAYS) {
      try {
        console.log(`${way.name}: ${await tried(way, url, programs)}`);
        passed++;
      } catch (error) {
        console.error(`${way.name}: FAILED: ${error instanceof Error ? error.message : error}`);
        failed++;
      }
    }
  } finally {
    provider.kill();
    close();
    rmSync(programs, { recursive: true, force: true });
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

process.exit(await main());
