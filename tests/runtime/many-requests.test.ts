import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { inFolder } from "../cli/terminal.ts";

const MODULE = new URL("../../src/runtime/many-requests.ts", import.meta.url).href;
const SCRIPT = `import { allowManyRequests } from ${JSON.stringify(MODULE)};
allowManyRequests();
const { BUN_CONFIG_MAX_HTTP_REQUESTS: most, NODE_OPTIONS: options, OWN: own } = process.env;
console.log(JSON.stringify({ most, options, own, args: process.argv.slice(2), pid: process.pid }));
`;
const isBun = process.versions.bun !== undefined;

/** What a program sees after it has asked for many requests. */
async function started(env: Readonly<Record<string, string>>) {
  let seen: Record<string, unknown> = {};
  await inFolder({ "main.ts": SCRIPT }, (folder) => {
    const before = isBun ? [] : ["run", "-A", "--no-check"];
    const child = spawnSync(process.execPath, [...before, join(folder, "main.ts"), "serve", "größe"], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: process.env.HOME, OWN: "mine", ...env },
    });
    seen = { ...JSON.parse(child.stdout), isSame: JSON.parse(child.stdout).pid === child.pid };
  });
  return seen;
}

test("on Bun the program goes on as the same process, with room for as many as Bun takes", {
  skip: isBun && process.platform !== "win32"
    ? false
    : "only Bun has a limit, and only POSIX replaces a process",
}, async () => {
  const { most, options, own, args, isSame } = await started({ NODE_OPTIONS: "--no-deprecation" });
  assert.deepEqual({ most, own, args, isSame }, {
    most: "65535",
    own: "mine",
    args: ["serve", "größe"],
    isSame: true,
  });
  assert.equal(options, undefined, "what steers Bun does not reach the new process");
});

test("a limit that is set already stays", { skip: isBun ? false : "only Bun has a limit" }, async () => {
  const { most, args } = await started({ BUN_CONFIG_MAX_HTTP_REQUESTS: "300" });
  assert.deepEqual([most, args], ["300", ["serve", "größe"]]);
});

test("on Deno nothing changes", { skip: isBun ? "this is Bun" : false }, async () => {
  const { most, own, args } = await started({ NODE_OPTIONS: "" });
  assert.deepEqual({ most, own, args }, { most: undefined, own: "mine", args: ["serve", "größe"] });
});
