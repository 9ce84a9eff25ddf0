import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import {
  checkClock,
  checkDisk,
  checkProgram,
  checkService,
} from "../../../../src/cli/commands/doctor/machine.ts";
import { managerOf } from "../../../../src/cli/commands/service/manager.ts";
import { inFolder, run } from "../../terminal.ts";
import { fakeProvider } from "../../../support/provider.ts";
import { config, models } from "./examine.ts";

describe("what is on this machine beside the proxy", () => {
  const elsewhere = (cwd: string) => {
    mkdirSync(join(cwd, ".codex"));
    writeFileSync(
      join(cwd, ".codex/config.toml"),
      `model_provider = "x"\n[model_providers.x]\nbase_url = "http://elsewhere/v1"\n`,
    );
  };

  test("a client that setup pointed here and that leads elsewhere now is a warning, once", async () => {
    await using provider = await fakeProvider(models("big-model"));
    const toml = config(provider.url).replace("port = 0", "port = 4000");
    await inFolder({ "config.toml": toml }, async (cwd) => {
      elsewhere(cwd);
      const said = async () => (await run(["doctor", "-c", "config.toml", "--offline"], { cwd })).out;
      assert.doesNotMatch(await said(), /Codex/, "nobody pointed it here");
      await run(["setup", "codex", "--yes", "--no-test"], { cwd });
      assert.match(await said(), /^ok +Codex +uses this proxy$/m);
      writeFileSync(
        join(cwd, ".codex/config.toml"),
        `model_provider = "x"\n[model_providers.x]\nbase_url = "http://elsewhere/v1"\n`,
      );
      const text = await said();
      assert.equal(text.match(/Codex/g)?.length, 1);
      assert.match(text, /^warn +Codex +was set up, and leads to http:\/\/elsewhere\/v1 now/m);
      assert.match(text, /setup codex --yes/);
    });
  });

  test("a project's settings that override Claude Code's are named", () =>
    inFolder({ "config.toml": `[proxy]\nport = 4000\n[router]\nthink = "groq,m"\n` }, async (cwd) => {
      await run(["setup", "claude-code", "--yes", "--no-test"], { cwd });
      writeFileSync(
        join(cwd, ".claude/settings.local.json"),
        `{"env": {"ANTHROPIC_BASE_URL": "http://other"}}`,
      );
      const { out } = await run(["doctor", "--offline"], { cwd });
      assert.match(
        out,
        /Claude Code +~\/\.claude\/settings\.local\.json overrides its settings and leads to http:\/\/other/,
      );
    }));

  test("a project's model that overrides opencode's is named", () =>
    inFolder({ "config.toml": `[proxy]\nport = 4000\n[router]\nthink = "groq,m"\n` }, async (cwd) => {
      await run(["setup", "opencode", "--yes", "--no-test"], { cwd });
      writeFileSync(join(cwd, "opencode.jsonc"), `{ "model": "openai/gpt-5.5" } // this project's`);
      const { out } = await run(["doctor", "--offline"], { cwd });
      assert.match(
        out,
        /opencode +~\/opencode\.jsonc overrides its settings and leads to the provider openai/,
      );
      writeFileSync(join(cwd, "opencode.jsonc"), `{ "model": "terraphim/think" }`);
      assert.match((await run(["doctor", "--offline"], { cwd })).out, /^ok +opencode +uses this proxy$/m);
    }));
});

test("a clock that is far off is a warning", () => {
  const [finding] = checkClock([600_000, 601_000, -5]);
  assert.match(finding?.found ?? "", /10 min ahead of the providers'/);
  assert.match(checkClock([-600_000])[0]?.found ?? "", /10 min behind the providers'/);
  assert.deepEqual(checkClock([1000, -1000]), []);
  assert.deepEqual(checkClock([]), []);
});

test("one provider whose clock is wrong does not make this machine's wrong", () => {
  assert.deepEqual(checkClock([86_400_000, 10, -300]), []);
});

test("from source, another program on PATH is not a finding", () => {
  assert.deepEqual(checkProgram({ env: { PATH: "/usr/bin" } }), []);
});

test("a disk with room is not a finding, also where the data folder is not there yet", () => {
  assert.deepEqual(checkDisk({ env: { XDG_DATA_HOME: "/nowhere/at/all", HOME: "/nowhere" } }), []);
});

describe(
  "the service",
  { skip: process.platform === "linux" ? false : "the fake systemctl is Linux's" },
  () => {
    const found = async (prints: string, unit = "ExecStart=/opt/proxy\n") => {
      let findings: readonly { readonly state: string; readonly found: string }[] = [];
      await inFolder({}, (home) => {
        writeFileSync(join(home, "systemctl"), `#!/bin/sh\n${prints}\n`, { mode: 0o755 });
        const io = { env: { HOME: home, PATH: [home, process.env.PATH].join(delimiter) } };
        const { file } = managerOf(io);
        if (unit !== "") {
          mkdirSync(dirname(file), { recursive: true });
          writeFileSync(file, unit);
        }
        findings = checkService(io, ["/opt/proxy", "serve"]);
      });
      return findings.map(({ state, found }) => `${state}: ${found}`);
    };

    test("that is not installed is not a finding", async () =>
      assert.deepEqual(await found("exit 1", ""), []));

    test("that runs is well", async () => {
      assert.deepEqual(await found('echo "     Active: active (running)"'), ["ok: active (systemd)"]);
    });

    test("that has ended is a warning", async () => {
      assert.deepEqual(await found('echo "  Active: failed (Result: exit-code)"; exit 3'), [
        "warn: installed, and failed",
      ]);
    });

    test("whose manager fails is a warning with the reason", async () => {
      const [finding] = await found("echo 'no bus' >&2; exit 1");
      assert.match(finding ?? "", /^warn: systemctl .* failed: no bus$/);
    });

    test("that starts another file is a warning", async () => {
      assert.deepEqual(await found('echo "Active: active"', "ExecStart=/usr/bin/other\n"), [
        "ok: active (systemd)",
        "warn: it starts another file than this program",
      ]);
    });
  },
);
