import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import {
  act,
  ACTIONS,
  type Manager,
  managerOf,
  removeService,
  writeService,
} from "../../../../src/cli/commands/service/manager.ts";
import { inFolder } from "../../terminal.ts";

test("each is kept where its manager looks", () => {
  const io = { env: { HOME: "/home/me" } };
  assert.equal(managerOf(io, "linux").file, "/home/me/.config/systemd/user/terraphim-llm-proxy.service");
  assert.equal(managerOf(io, "darwin").file, "/home/me/Library/LaunchAgents/ai.terraphim.llm-proxy.plist");
  assert.match(managerOf(io, "win32").file, /terraphim-llm-proxy\.task\.xml$/);
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

const posix = { skip: process.platform === "win32" ? "the fake manager is a shell script" : false };

/** A manager whose program is a shell script. */
const withManager = (
  script: string,
  work: (manager: Manager, io: { readonly env: Record<string, string> }) => void,
) =>
  inFolder({}, (home) => {
    writeFileSync(join(home, "systemctl"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const io = { env: { HOME: home, PATH: [home, process.env.PATH].join(delimiter) } };
    work(managerOf(io, "linux"), io);
  });

describe("an action", posix, () => {
  test("prints what its manager prints, line after line", () =>
    withManager('echo "$2"', (manager, io) => {
      assert.equal(act(io, manager, "install"), "daemon-reload\nenable\nrestart\n");
    }));

  test("that fails ends there, with the manager's words or its exit code", () =>
    withManager('[ "$2" = enable ] && { echo "Größe" >&2; exit 4; }; exit 0', (manager, io) => {
      assert.throws(() => act(io, manager, "install"), /systemctl --user enable .* failed: Größe$/);
    }));

  test("whose manager says nothing has its exit code as the reason", () =>
    withManager("exit 5", (manager, io) => {
      assert.throws(() => act(io, manager, "stop"), /failed: exit 5$/);
      assert.throws(() => act(io, manager, "status"), /failed: exit 5$/, "nothing printed is not an answer");
    }));

  test("that shows the status answers for a stopped service too", () =>
    withManager("echo inactive; exit 3", (manager, io) => {
      assert.equal(act(io, manager, "status"), "inactive\n");
    }));

  test("without its manager says that the manager is missing", () => {
    const io = { env: { HOME: "/nowhere", PATH: "/nowhere" } };
    assert.throws(() => act(io, managerOf(io, "linux"), "start"), /systemd is not on this system/);
  });
});

for (const platform of ["linux", "darwin", "win32"]) {
  test(`every action has its lines on ${platform}`, () => {
    const { lines } = managerOf({ env: { HOME: "/home/me" } }, platform);
    for (const action of ACTIONS) assert.ok(lines[action].length > 0, action);
  });
}

test("the file of a service is written for its manager, and removed", () =>
  inFolder({}, (home) => {
    const command = ["/opt/proxy", "--config", "größe.toml"];
    const io = { env: { HOME: home, LOCALAPPDATA: join(home, "local") } };
    const unit = managerOf(io, "linux");
    writeService(unit, command);
    assert.match(readFileSync(unit.file, "utf8"), /^ExecStart=.*größe\.toml/m);
    if (process.platform !== "win32") assert.equal(statSync(unit.file).mode & 0o777, 0o644);
    const file = join(home, "proxy.task.xml");
    const task = { ...managerOf(io, "win32"), file, logFile: join(home, "log") };
    writeService(task, command);
    const bytes = readFileSync(file);
    assert.deepEqual([...bytes.subarray(0, 2)], [0xff, 0xfe], "Windows' scheduler reads UTF-16");
    assert.match(bytes.toString("utf16le"), /größe\.toml/);
    removeService(unit);
    removeService(unit);
    assert.equal(existsSync(unit.file), false);
  }));

test(
  "a folder that cannot be written is an error with the file and the reason",
  posix,
  () =>
    inFolder({ "in-the-way": "" }, (home) => {
      const io = { env: { HOME: home, XDG_CONFIG_HOME: join(home, "in-the-way") } };
      assert.throws(
        () => writeService(managerOf(io, "linux"), ["x"]),
        /cannot write .*terraphim-llm-proxy\.service: /,
      );
    }),
);
