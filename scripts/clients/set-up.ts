/** Runs a client the way its user does after `terraphim-llm-proxy setup CLIENT --write`. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { agent } from "./agents.ts";
import type { Case } from "./case.ts";
import { PROXY_KEY } from "./configuration.ts";
import { FOLDER } from "./install.ts";
import { run } from "./processes.ts";
import { programCommand, ROOT, type Runtime } from "./proxy.ts";

interface Direct {
  readonly program: string;
  readonly args: (prompt: string) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What stands in the client's files before: settings of the user's own, that setup must keep. */
  readonly before?: (work: string) => Readonly<Record<string, unknown>>;
}

/** By the names that `setup` has for them. */
const DIRECT: Readonly<Record<string, Direct>> = {
  "claude-code": {
    program: "claude-latest/node_modules/.bin/claude",
    args: (prompt) => ["-p", prompt, "--dangerously-skip-permissions"],
    env: { IS_SANDBOX: "1", CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1", DISABLE_AUTOUPDATER: "1" },
    before: () => ({ ".claude/settings.json": { env: { DISABLE_TELEMETRY: "1" } } }),
  },
  codex: {
    program: "codex/node_modules/.bin/codex",
    args: (prompt) => ["exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", prompt],
  },
  openclaw: {
    program: "openclaw/node_modules/.bin/openclaw",
    args: (prompt) => ["agent", "--local", "--agent", "main", "--message", prompt],
    before: (work) => ({
      ".openclaw/openclaw.json": {
        gateway: { mode: "local" },
        agents: { defaults: { workspace: work, skipBootstrap: true } },
      },
    }),
  },
  opencode: {
    program: "opencode/node_modules/.bin/opencode",
    args: (prompt) => ["run", prompt],
    env: {
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      OPENCODE_DISABLE_MODELS_FETCH: "1",
      OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
    },
    before: () => ({
      ".config/opencode/opencode.json": {
        autoupdate: false,
        share: "disabled",
        permission: { "*": "allow" },
      },
    }),
  },
};

/** Sets the client up, and runs it for one turn. */
export async function turnAfterSetup(
  one: Case,
  url: string,
  home: string,
  runtime: Runtime,
  timeoutMs: number,
) {
  const { known } = agent(one.agent);
  const direct = DIRECT[known];
  if (direct === undefined) throw new Error(`setup does not know ${one.agent}`);
  const work = join(home, "work");
  for (const [name, value] of Object.entries({ ...direct.before?.(work), ...one.setUp?.files })) {
    const file = join(home, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof value === "string" ? value : JSON.stringify(value, undefined, 2));
  }
  const [command, args] = programCommand(runtime);
  const config = join(home, "proxy", "config.toml");
  const set = await run(command, [
    ...args,
    "setup",
    known,
    "--write",
    "--no-test",
    "--url",
    url,
    "--config",
    config,
  ], {
    cwd: ROOT,
    env: { HOME: home, XDG_CONFIG_HOME: join(home, ".config"), DENO_DIR: denoFolder(), NO_COLOR: "1" },
    timeoutMs: 30_000,
  });
  if (set.code !== 0) throw new Error(`setup failed: ${set.output}`);
  const settings: Record<string, string> = {
    HOME: home,
    PATH: `${join(FOLDER, "node24/node_modules/.bin")}:/usr/local/bin:/usr/bin:/bin`,
    TERM: "dumb",
    LANG: "C.UTF-8",
    NO_COLOR: "1",
    PROXY_API_KEY: PROXY_KEY,
    ...direct.env,
    ...one.setUp?.env,
    ...(one.subscription === undefined || known !== "claude-code"
      ? {}
      : { ANTHROPIC_CUSTOM_HEADERS: `X-Proxy-Key: ${PROXY_KEY}` }),
  };
  const pairs = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  const program = [
    join(FOLDER, direct.program),
    ...direct.args(one.prompt ?? "plan implementation of a todo app"),
  ];
  return await run("env", ["-i", ...pairs, ...program], { cwd: work, timeoutMs });
}

/** Where Deno keeps its modules: with another home it would fetch them anew. */
function denoFolder(): string {
  const { stdout } = spawnSync(process.execPath, ["info", "--json"], { encoding: "utf8" });
  return JSON.parse(stdout).denoDir;
}
