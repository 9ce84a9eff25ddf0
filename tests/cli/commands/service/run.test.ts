import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { inFolder, run } from "../../terminal.ts";

/** A home with a `systemctl` that writes down how it was called. */
const withSystemd = (
  work: (
    home: string,
    service: (...args: string[]) => ReturnType<typeof run>,
    calls: () => string,
  ) => Promise<void>,
) =>
  inFolder({ "config.toml": `[router]\ndefault = "groq,llama-3.1-8b-instant"\n` }, async (home) => {
    mkdirSync(join(home, "bin"));
    const log = join(home, "calls");
    writeFileSync(join(home, "bin/systemctl"), `#!/bin/sh\necho "$*" >> ${log}\n`);
    chmodSync(join(home, "bin/systemctl"), 0o755);
    const env = {
      HOME: home,
      PATH: [join(home, "bin"), process.env.PATH].join(delimiter),
      GROQ_API_KEY: "gsk-1",
    };
    await work(home, (...args) =>
      run(["service", ...args], { cwd: home, env }), () =>
      existsSync(log) ? readFileSync(log, "utf8") : "");
  });

const linux = process.platform === "linux" ? {} : { skip: "systemd is Linux's" };

describe("service", linux, () => {
  test("install writes the unit and starts it; uninstall leaves nothing", () =>
    withSystemd(async (home, service, calls) => {
      const file = join(home, ".config/systemd/user/terraphim-llm-proxy.service");
      const { code, out, err } = await service("install");
      assert.equal(code, 0, err);
      assert.match(
        readFileSync(file, "utf8"),
        new RegExp(`^ExecStart=.* --config ${home}/config\\.toml$`, "m"),
      );
      assert.match(calls(), /--user daemon-reload\n--user enable terraphim-llm-proxy\n--user restart/);
      assert.match(out, /does not see this shell's variables: GROQ_API_KEY/);
      assert.match((await service("stop")).out, /Stopped/);
      assert.equal((await service("uninstall")).code, 0);
      assert.ok(!existsSync(file));
      assert.match((await service("status")).err, /is not installed/);
    }));

  test("install --keys puts the shell's keys where the service finds them", () =>
    withSystemd(async (home, service) => {
      assert.match((await service("install", "--keys")).out, /Copied GROQ_API_KEY into ~\/\.env/);
      assert.equal(readFileSync(join(home, ".env"), "utf8"), 'GROQ_API_KEY="gsk-1"\n');
    }));

  test("status with an unreachable manager is a failure with its reason", () =>
    withSystemd(async (home, service) => {
      assert.equal((await service("install")).code, 0);
      writeFileSync(join(home, "bin/systemctl"), "#!/bin/sh\necho 'Failed to connect to bus' >&2\nexit 1\n");
      const { code, out, err } = await service("status");
      assert.deepEqual({ code, out }, { code: 1, out: "" });
      assert.match(err, /systemctl --user status .* failed: Failed to connect to bus/);
    }));

  test("an install that the manager refuses leaves no file, and says what it needs", () =>
    withSystemd(async (home, service) => {
      writeFileSync(join(home, "bin/systemctl"), "#!/bin/sh\necho 'Failed to connect to bus' >&2\nexit 1\n");
      const { code, err } = await service("install");
      assert.equal(code, 1);
      assert.match(err, /Failed to connect to bus\. Nothing was installed: .* login session/);
      assert.match((await service("status")).err, /is not installed/);
    }));

  test("status of a stopped service is an answer", () =>
    withSystemd(async (home, service) => {
      assert.equal((await service("install")).code, 0);
      writeFileSync(join(home, "bin/systemctl"), "#!/bin/sh\necho 'Active: inactive (dead)'\nexit 3\n");
      const { code, out } = await service("status");
      assert.deepEqual({ code, out }, { code: 0, out: "Active: inactive (dead)\n" });
    }));

  test("without a configuration file it says what to do first", () =>
    inFolder({}, async (cwd) => {
      const { err, code } = await run(["service", "install"], { cwd, env: { GROQ_API_KEY: "g" } });
      assert.equal(code, 2);
      assert.match(err, /needs a configuration file.*init -o FILE/);
    }));
});
