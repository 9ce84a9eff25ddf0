import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { act, managerOf } from "../../../../src/cli/commands/service/manager.ts";
import { launchdAgent, systemdUnit, windowsTask } from "../../../../src/cli/commands/service/units.ts";
import { restart } from "../../../../src/cli/commands/upgrade/run.ts";
import { inFolder, run, session } from "../../terminal.ts";

const PROGRAM = {
  command: ["/opt/a b/proxy", "--config", "/home/me/50%/$x.toml"],
  logFile: "/home/me/<log>",
};
const has = (tool: string) => spawnSync(tool, ["--version"]).status === 0;

describe("what each service manager reads", () => {
  test("systemd's unit quotes the command, and neither specifiers nor variables of it are replaced", () => {
    const unit = systemdUnit(PROGRAM);
    assert.match(unit, /^ExecStart="\/opt\/a b\/proxy" --config "\/home\/me\/50%%\/\$\$x\.toml"$/m);
    assert.match(unit, /^NoNewPrivileges=yes$/m);
  });

  test(
    "systemd accepts the unit",
    has("systemd-analyze") ? {} : { skip: "systemd is not installed" },
    () =>
      inFolder({}, (folder) => {
        const file = join(folder, "terraphim-llm-proxy.service");
        writeFileSync(file, systemdUnit({ command: [process.execPath] }));
        const { stderr } = spawnSync("systemd-analyze", ["--user", "verify", "--man=no", file], {
          encoding: "utf8",
        });
        assert.deepEqual(
          stderr.split("\n").filter((line) => line.includes("terraphim-llm-proxy.service:")),
          [],
        );
      }),
  );

  test("launchd's and Windows' files are XML that names the command", () => {
    assert.match(
      launchdAgent(PROGRAM),
      /<string>\/opt\/a b\/proxy<\/string>[^]*<string>\/home\/me\/&lt;log&gt;<\/string>/,
    );
    const task = windowsTask({
      command: ["C:\\Program Files\\x.exe", "--config", "C:\\c.toml"],
      logFile: "C:\\a b\\x.log",
    });
    assert.match(
      task,
      /<Arguments>\/d \/s \/c &quot;&quot;C:\\Program Files\\x\.exe&quot; --config C:\\c\.toml &gt;&gt; &quot;C:\\a b\\x\.log&quot; 2&gt;&amp;1&quot;<\/Arguments>/,
    );
  });

  const TASK = windowsTask({ command: ["C:\\x.exe"], logFile: "C:\\x & y.log", user: "HOME\\Ada & Co" });

  test("Windows starts it when its user logs on, not when anybody does", () => {
    assert.match(TASK, /<LogonTrigger>[^]*<UserId>HOME\\Ada &amp; Co<\/UserId>[^]*<\/LogonTrigger>/);
    const { text } = managerOf({ env: { USERDOMAIN: "HOME", USERNAME: "ada" } }, "win32");
    assert.equal(text(PROGRAM).match(/<UserId>HOME\\ada<\/UserId>/g)?.length, 2);
    assert.doesNotMatch(managerOf({ env: {} }, "win32").text(PROGRAM), /UserId/);
  });

  test(
    "a parser of property lists reads launchd's file",
    has("python3") ? {} : { skip: "Python, whose library has such a parser, is not installed" },
    () => {
      const read = "import json, plistlib, sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))";
      const { stdout, stderr, status } = spawnSync("python3", ["-c", read], {
        input: launchdAgent(PROGRAM),
        encoding: "utf8",
      });
      assert.equal(status, 0, stderr);
      const { Label: label, ProgramArguments: command, StandardOutPath: log, KeepAlive } = JSON.parse(stdout);
      assert.equal(label, "ai.terraphim.llm-proxy");
      assert.deepEqual([command, log], [PROGRAM.command, PROGRAM.logFile]);
      assert.deepEqual(KeepAlive, { SuccessfulExit: false });
    },
  );

  test(
    "a parser of XML reads Windows' file",
    has("xmllint") ? {} : { skip: "xmllint is not installed" },
    () => {
      const path = "string(//*[local-name()='Arguments'])";
      const { stdout, stderr, status } = spawnSync("xmllint", ["--xpath", path, "-"], {
        input: Buffer.from(`\ufeff${TASK}`, "utf16le"),
        encoding: "utf8",
      });
      assert.equal(status, 0, stderr);
      assert.equal(stdout.trim(), '/d /s /c "C:\\x.exe >> "C:\\x & y.log" 2>&1"');
    },
  );

  test("each is kept where its manager looks", () => {
    const io = { env: { HOME: "/home/me" } };
    assert.equal(managerOf(io, "linux").file, "/home/me/.config/systemd/user/terraphim-llm-proxy.service");
    assert.equal(managerOf(io, "darwin").file, "/home/me/Library/LaunchAgents/ai.terraphim.llm-proxy.plist");
    assert.match(managerOf(io, "win32").file, /terraphim-llm-proxy\.task\.xml$/);
  });
});

test("launchd loads a service again: it is unloaded first, and loading is tried twice", {
  skip: process.platform === "win32" ? "the fake launchctl is a shell script" : false,
}, () =>
  inFolder({}, (home) => {
    const log = join(home, "calls");
    const launchctl = (loads: string) => {
      writeFileSync(
        join(home, "launchctl"),
        `#!/bin/sh\necho "$1" >> ${log}\n[ "$1" = bootout ] && exit 3\n${loads}\n`,
        { mode: 0o755 },
      );
      writeFileSync(log, "");
    };
    const io = { env: { HOME: home, PATH: [home, process.env.PATH].join(delimiter) } };
    const install = () => act(io, managerOf(io, "darwin"), "install");
    launchctl(`[ -e ${home}/tried ] || { touch ${home}/tried; echo "5: Input/output error" >&2; exit 5; }`);
    install();
    assert.equal(readFileSync(log, "utf8"), "bootout\nbootstrap\nbootstrap\n");
    launchctl("exit 0");
    install();
    assert.equal(readFileSync(log, "utf8"), "bootout\nbootstrap\n");
    launchctl("echo 'Bootstrap failed: 5' >&2; exit 5");
    assert.throws(install, /launchctl bootstrap .* failed: Bootstrap failed: 5/);
  }));

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

  test("status of a stopped service is an answer", () =>
    withSystemd(async (home, service) => {
      assert.equal((await service("install")).code, 0);
      writeFileSync(join(home, "bin/systemctl"), "#!/bin/sh\necho 'Active: inactive (dead)'\nexit 3\n");
      const { code, out } = await service("status");
      assert.deepEqual({ code, out }, { code: 0, out: "Active: inactive (dead)\n" });
    }));

  test("an upgrade whose service does not restart has worked, and says what to do", () =>
    withSystemd(async (home, service) => {
      const io = { ...session([], { cwd: home }).io, env: { HOME: home, PATH: join(home, "bin") } };
      assert.deepEqual(restart(io), { restarted: false }, "there is none");
      assert.equal((await service("install")).code, 0);
      assert.deepEqual(restart(io), { restarted: true });
      writeFileSync(join(home, "bin/systemctl"), "#!/bin/sh\necho 'no bus' >&2\nexit 1\n");
      const { restarted, problem = "" } = restart(io);
      assert.ok(!restarted);
      assert.match(
        problem,
        /still runs the old version: .* failed: no bus; restart it yourself: .* service restart\.\n$/,
      );
    }));

  test("without a configuration file it says what to do first", () =>
    inFolder({}, async (cwd) => {
      const { err, code } = await run(["service", "install"], { cwd, env: { GROQ_API_KEY: "g" } });
      assert.equal(code, 2);
      assert.match(err, /needs a configuration file.*init -o FILE/);
    }));
});
