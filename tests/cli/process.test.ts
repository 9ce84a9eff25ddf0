import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { calledAs } from "../../src/cli/command.ts";
import { fakeProvider } from "../support/provider.ts";
import { fromSource, startProgram } from "../support/program.ts";
import { tempFolder } from "../support/disposable.ts";
import { configuration } from "../support/world.ts";

const [FILE = "", ...BEFORE] = fromSource();
const config = (url: string) => configuration({ mine: url }, { mine: {} });

test("a process reloads at SIGHUP and keeps running", async () => {
  await using program = await startProgram(fromSource(), config("http://127.0.0.1:9"));
  program.signal("SIGHUP");
  await program.says(/SIGHUP: configuration reloaded/);
  assert.equal((await (await fetch(`${program.url}/health`)).json()).status, "ok");
  program.signal("SIGTERM");
  assert.equal(await program.exited, 0);
});

test("a process ends at the second signal, however long a request takes", async () => {
  await using provider = await fakeProvider((_arrived, res) => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    res.write('data: {"id":"x","choices":[{"index":0,"delta":{"content":"never ending"}}]}\n\n');
  });
  await using program = await startProgram(fromSource(), config(provider.url));
  const response = await fetch(`${program.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "auto", stream: true, messages: [{ role: "user", content: "hello" }] }),
  });
  const read = response.text().catch(() => "cut");
  program.signal("SIGINT");
  await program.says(/stopping/);
  // Within a second it is taken for the first one again, as task runners repeat it: a person presses once more.
  const pressing = setInterval(() => program.signal("SIGINT"), 100);
  assert.equal(await program.exited.finally(() => clearInterval(pressing)), 0);
  await read;
});

test("an error is text on the error stream, without a stack", () => {
  const { status, stdout, stderr } = spawnSync(FILE, [...BEFORE, "check", "--config", "/nowhere.toml"], {
    encoding: "utf8",
  });
  assert.equal(status, 2);
  assert.equal(stdout, "");
  assert.equal(
    stderr,
    "Error: the configuration has a mistake:\n/nowhere.toml: cannot be read: there is no such file.\n",
  );
});

test("in a clone, an error names the task that runs commands there", () => {
  const called = (env: Readonly<Record<string, string>>) =>
    spawnSync(FILE, [...BEFORE, "chekc"], { encoding: "utf8", env: { ...process.env, ...env } }).stderr;
  assert.match(called({}), /^See terraphim-llm-proxy --help\.$/m);
  assert.match(called({ TERRAPHIM_TASK: "cli", npm_command: "" }), /^See deno task cli --help\.$/m);
  assert.match(
    called({ TERRAPHIM_TASK: "cli", npm_command: "exec" }),
    /^See npx -y deno@2\.9\.6 task cli --help\.$/m,
  );
});

test("an error names the command that works here: npx, a launcher on PATH, the executable", () => {
  const here = process.execPath;
  assert.equal(calledAs({ TERRAPHIM_NPX: "1" }, here), "npx terraphim-llm-proxy");
  assert.equal(calledAs({ PATH: "" }, here), here);
  assert.equal(calledAs({ PATH: "" }, "/a b/terraphim-llm-proxy"), '"/a b/terraphim-llm-proxy"');
  using folder = tempFolder();
  symlinkSync(here, folder.at("terraphim-llm-proxy"));
  assert.equal(calledAs({ PATH: folder.path }, here), "terraphim-llm-proxy");
  assert.equal(calledAs({ PATH: folder.path }, "/elsewhere"), "/elsewhere");
  assert.equal(calledAs({ PATH: folder.path, TERRAPHIM_LAUNCHER: "1" }, "/elsewhere"), "terraphim-llm-proxy");
});

test("the tasks start and cli pass a command on", () => {
  const { tasks } = JSON.parse(readFileSync(new URL("../../deno.json", import.meta.url), "utf8"));
  for (const name of ["start", "cli", "dev"]) assert.match(tasks[name], /^TERRAPHIM_TASK=.* main\.ts$/);
});

test("a reader that closes the pipe is not an error", async () => {
  const child = spawn(FILE, [...BEFORE, "completions", "bash"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let err = "";
  child.stderr.on("data", (chunk: Uint8Array) => err += new TextDecoder().decode(chunk));
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.equal(err, "");
  assert.equal(code, 0);
});

test("output that is lost to a full disk is an error", { skip: !existsSync("/dev/full") }, () => {
  const command = [FILE, ...BEFORE, "init", "-o", "-"].map((word) => `'${word}'`).join(" ");
  const { status } = spawnSync("sh", ["-c", `${command} > /dev/full`]);
  assert.equal(status, 1);
});
