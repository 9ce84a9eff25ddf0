import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { managerOf } from "../../../../src/cli/commands/service/manager.ts";
import { launchdAgent, systemdUnit, windowsTask } from "../../../../src/cli/commands/service/units.ts";
import { inFolder } from "../../terminal.ts";

const PROGRAM = {
  command: ["/opt/a b/proxy", "--config", "/home/me/50%/$x.toml"],
  logFile: "/home/me/<log>",
};
const has = (tool: string) => spawnSync(tool, ["--version"]).status === 0;

describe("what each service manager reads", () => {
  test("systemd's unit quotes the command, so that no specifier or variable is replaced", () => {
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
});
