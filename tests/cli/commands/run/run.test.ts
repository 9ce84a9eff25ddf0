/** `run` starts an agent with everything set, and leaves every file as it was. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { fromSource } from "../../../support/program.ts";
import { inFolder, run } from "../../terminal.ts";

const CONFIG =
  `[proxy]\nport = 1\napi_key = "$MY_KEY"\n[router]\nthink = "openrouter,anthropic/claude-3-opus"\n`;
const skip = process.platform === "win32" ? { skip: "the stand-in for an agent is a shell script" } : {};

/** Runs an agent that prints what it was started with, and whether the proxy answers there. */
async function agent(
  name: string,
  script: string,
  work: (
    run: (...args: string[]) => { out: string; err: string; code: number | null },
    home: string,
  ) => void | Promise<void>,
) {
  await inFolder({ "config.toml": CONFIG }, async (home) => {
    mkdirSync(join(home, "bin"));
    writeFileSync(join(home, "bin", name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(home, "bin", name), 0o755);
    const before = readdirSync(home, { recursive: true }).map(String).sort();
    const [file = "", ...first] = fromSource();
    await work((...args) => {
      const { stdout, stderr, status } = spawnSync(file, [...first, "run", "-c", "config.toml", ...args], {
        cwd: home,
        encoding: "utf8",
        env: {
          ...process.env,
          CLAUDE_CONFIG_DIR: join(home, ".claude"),
          CODEX_HOME: join(home, ".codex"),
          OPENCLAW_STATE_DIR: join(home, ".openclaw"),
          XDG_DATA_HOME: join(home, "data"),
          PATH: `${join(home, "bin")}:${process.env.PATH}`,
          MY_KEY: "the-key",
          OPENROUTER_API_KEY: "o",
        },
      });
      return { out: stdout, err: stderr, code: status };
    }, home);
    const after = readdirSync(home, { recursive: true }).map(String).filter((one) => !/^data(\/|$)/.test(one))
      .sort();
    assert.deepEqual(after, before, "no file is made");
  });
}

describe("run", skip, () => {
  test("starts a proxy where none runs, passes address and key, and ends with the agent's code", () =>
    agent(
      "claude",
      'echo "$ANTHROPIC_BASE_URL $ANTHROPIC_AUTH_TOKEN $CLAUDE_CODE_GATEWAY_HINT_HEADERS [$*]"; exit 7',
      (run) => {
        const { out, err, code } = run("claude", "-p", "--model", "x", "--json", "two words");
        assert.match(out, /^http:\/\/127\.0\.0\.1:\d+ the-key 1 \[-p --model x --json two words\]$/m);
        assert.match(err, /No proxy runs at http:\/\/127\.0\.0\.1:1: this run has its own/);
        assert.equal(code, 7);
      },
    ));

  test("Codex gets its provider by options, before the user's own", () =>
    agent("codex", 'echo "$TERRAPHIM_PROXY_KEY [$*]"', (run) => {
      const { out } = run("--model", "think", "codex", "exec", "do it");
      assert.match(
        out,
        /^the-key \[-c model_provider="terraphim" -c model_providers\.terraphim=\{name="Terraphim LLM Proxy",base_url="http:\/\/127\.0\.0\.1:\d+\/v1",wire_api="responses",env_key="TERRAPHIM_PROXY_KEY"\} -c model="think" exec do it\]$/m,
      );
    }));

  test("OpenClaw gets a copy of its file for this run", () =>
    agent("openclaw", 'cat "$OPENCLAW_CONFIG_PATH"', (run, home) => {
      mkdirSync(join(home, ".openclaw"));
      writeFileSync(join(home, ".openclaw/openclaw.json"), "{ mine: true }\n");
      const { out } = run("openclaw");
      assert.match(out, /mine: true, "models": .*"apiKey":"the-key"/);
      assert.equal(readFileSync(join(home, ".openclaw/openclaw.json"), "utf8"), "{ mine: true }\n");
      spawnSync("rm", ["-r", join(home, ".openclaw")]);
    }));

  test("Claude Code's own settings file does not lead it elsewhere", () =>
    agent("claude", 'echo "$*"', (run, home) => {
      mkdirSync(join(home, ".claude"));
      writeFileSync(
        join(home, ".claude/settings.json"),
        `{"env": {"ANTHROPIC_BASE_URL": "http://elsewhere"}}`,
      );
      assert.match(
        run("claude", "hello").out,
        /^--settings \{"env":\{"ANTHROPIC_BASE_URL":"http:\/\/127\.0\.0\.1:\d+"\}\} hello$/m,
      );
      spawnSync("rm", ["-r", join(home, ".claude")]);
    }));
});

test("an agent that is not installed, or that has no such way, is an error that says so", () =>
  inFolder({ "config.toml": CONFIG }, async (cwd) => {
    const { err, code } = await run(["run", "claude"], { cwd, env: { PATH: cwd } });
    assert.match(err, /claude is not installed: it is not on your PATH/);
    assert.equal(code, 2);
    assert.match((await run(["run", "zed"], { cwd })).err, /claude-code[^]*codex/);
  }));
