/** The executable replaces itself, refuses what was tampered with, goes back, and removes itself. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, test } from "node:test";
import { executable } from "../support/executable.ts";
import { fakeProvider } from "../support/provider.ts";
import { startProgram } from "../support/program.ts";
import { configuration } from "../support/world.ts";
import { managerOf } from "../../src/cli/commands/service/manager.ts";
import { VERSION } from "../../src/cli/command.ts";
import { tempFolder } from "../support/disposable.ts";

const NAME = "terraphim-llm-proxy";
const NEWER = "99.0.0";
/** The new version: a script that says its number, and is the old program in everything else. */
const newer = (old: string) =>
  `#!/bin/sh\n[ "$1" = --version ] && { echo "${NAME} ${NEWER}"; exit; }\nexec ${old} "$@"\n`;

async function installed(
  work: (at: {
    readonly home: string;
    readonly program: string;
    readonly release: (text: string, listed?: string) => string;
    readonly run: (...args: string[]) => Promise<{ code: number | null; text: string }>;
  }) => Promise<void>,
): Promise<void> {
  using folder = tempFolder();
  const files = new Map<string, string>();
  await using server = await fakeProvider(({ path }, res) => {
    const text = files.get(basename(path));
    res.writeHead(text === undefined ? 404 : 200).end(text);
  });
  const program = folder.at("bin", NAME);
  mkdirSync(folder.at("bin"));
  copyFileSync(executable.file ?? "", program);
  chmodSync(program, 0o755);
  const sum = (text: string) => createHash("sha256").update(text).digest("hex");
  const release = (text: string, listed = text) => {
    const asset = basename(executable.file ?? "");
    files.set("VERSION", `${NEWER}\n`);
    files.set(asset, text);
    files.set("SHA256SUMS", `${sum(`${NEWER}\n`)}  VERSION\n${sum(listed)}  ${asset}\n`);
    return server.url;
  };
  const run = async (...args: string[]) => {
    const child = spawn(program, args, {
      env: { HOME: folder.path, PATH: "/usr/bin:/bin" },
      cwd: folder.path,
    });
    let text = "";
    child.stdout.on("data", (chunk) => text += chunk);
    child.stderr.on("data", (chunk) => text += chunk);
    return { code: await new Promise<number | null>((resolve) => child.on("close", resolve)), text };
  };
  await work({ home: folder.path, program, release, run });
}

describe("the executable", executable.skip === undefined ? {} : { skip: executable.skip }, () => {
  test("upgrades itself, keeps the old version, and that one can be brought back", () =>
    installed(async ({ program, release, run }) => {
      const url = release(newer(`${program}.previous`));
      assert.match(
        (await run("upgrade", "--check", "--from", url)).text,
        new RegExp(`${NEWER} is there; this is ${VERSION}`),
      );
      const { code, text } = await run("upgrade", "--from", url);
      assert.equal(code, 0, text);
      assert.match(text, new RegExp(`Upgraded from ${VERSION} to ${NEWER}`));
      assert.equal((await run("--version")).text, `${NAME} ${NEWER}\n`);
      assert.ok(existsSync(`${program}.previous`));
    }));

  test("goes back to the version before", () =>
    installed(async ({ program, run }) => {
      copyFileSync(program, `${program}.previous`);
      assert.match((await run("upgrade", "--rollback")).text, new RegExp(`Back to ${NAME} ${VERSION}`));
    }));

  test("has worked where the service does not restart: it says so, and what to do", () =>
    installed(async ({ home, program, run }) => {
      const unit = managerOf({ env: { HOME: home } }).file;
      mkdirSync(dirname(unit), { recursive: true });
      writeFileSync(unit, "");
      copyFileSync(program, `${program}.previous`);
      const plain = await run("upgrade", "--rollback");
      assert.equal(plain.code, 0);
      assert.match(
        plain.text,
        /Back to [^]*The service still runs the old version: .*; restart it yourself: /,
      );
      const { code, text } = await run("upgrade", "--rollback", "--json");
      assert.equal(code, 0);
      const [json = ""] = /^\{[^]*?^\}$|^\{.*\}$/m.exec(text) ?? [];
      assert.deepEqual(JSON.parse(json), { version: VERSION, before: VERSION, restarted: false });
    }));

  test("refuses a file that was tampered with, and stays as it is", () =>
    installed(async ({ program, release, run }) => {
      const before = readFileSync(program);
      const url = release("#!/bin/sh\necho evil\n", newer(program));
      const { code, text } = await run("upgrade", "--from", url);
      assert.equal(code, 1);
      assert.match(text, /the checksum of .* is wrong: .* Nothing was changed/);
      assert.ok(before.equals(readFileSync(program)));
      const key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
      assert.match(
        (await run("upgrade", "--from", url, "--public-key", key)).text,
        /cannot download .*SHA256SUMS\.minisig/,
      );
      assert.deepEqual(readdirSync(join(program, "..")), [NAME]);
    }));

  test("is replaced while it answers: requests in flight are answered by the old version", () =>
    installed(async ({ program, release, run }) => {
      const hold = Promise.withResolvers<void>();
      await using provider = await fakeProvider(async (_arrived, res) => {
        await hold.promise;
        res.writeHead(200, { "content-type": "application/json" });
        res.end(
          JSON.stringify({
            id: "x",
            choices: [{ index: 0, message: { role: "assistant", content: "late" }, finish_reason: "stop" }],
          }),
        );
      });
      await using proxy = await startProgram([program], configuration({ mine: provider.url }, { mine: {} }));
      const answers = Array.from({ length: 8 }, () =>
        fetch(`${proxy.url}/v1/chat/completions`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ model: "auto", messages: [{ role: "user", content: "hello" }] }),
        }).then((response) => response.text()));
      await provider.arrives(8);
      assert.equal((await run("upgrade", "--from", release(newer(`${program}.previous`)))).code, 0);
      proxy.signal("SIGTERM"); // as a service manager restarts it
      hold.resolve();
      for (const text of await Promise.all(answers)) assert.match(text, /late/);
      assert.equal(await proxy.exited, 0);
    }));

  test("uninstall leaves nothing", () =>
    installed(async ({ home, run }) => {
      await run("init", "--output", join(home, ".config", NAME, "config.toml"));
      await run("setup", "codex", "--yes", "--no-test");
      const { code, text } = await run("uninstall", "--yes");
      assert.equal(code, 0, text);
      assert.deepEqual(
        readdirSync(home, { recursive: true }).filter((one) =>
          !/^(bin|\.config|\.local(\/share)?)$/.test(String(one))
        ),
        [],
      );
    }));
});
