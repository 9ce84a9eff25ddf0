import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { findConfig, passedOver, pathInFile, userConfigFolder } from "../../../src/config/source/paths.ts";
import { remember } from "../../../src/config/source/used-folders.ts";
import { tempFolder } from "../../support/disposable.ts";

function folder(run: (path: string) => void): void {
  using folder = tempFolder();
  run(folder.path);
}

test("the file is --config, $TERRAPHIM_CONFIG, the user's own, or one that was used here", () => {
  folder((cwd) => {
    const env: Record<string, string> = {
      XDG_CONFIG_HOME: join(cwd, "xdg"),
      XDG_DATA_HOME: join(cwd, "data"),
      TERRAPHIM_CONFIG: "named.toml",
    };
    const users = join(cwd, "xdg", "terraphim-llm-proxy");
    const here = join(cwd, "config.toml");
    mkdirSync(users, { recursive: true });
    writeFileSync(here, "");
    writeFileSync(join(users, "config.toml"), "");
    remember(here, { env, platform: "linux" });
    const find = (option?: string) => findConfig({ option, env, cwd, platform: "linux" });
    assert.deepEqual(find("given.toml"), { path: join(cwd, "given.toml"), by: "option" });
    assert.deepEqual(find("/abs/given.toml"), { path: "/abs/given.toml", by: "option" });
    assert.deepEqual(find(), { path: join(cwd, "named.toml"), by: "variable" });
    env.TERRAPHIM_CONFIG = "";
    assert.deepEqual(find(), { path: join(users, "config.toml"), by: "user" });
    rmSync(users, { recursive: true });
    assert.deepEqual(find(), { path: here, by: "folder" });
    rmSync(here);
    assert.equal(find(), undefined);
  });
});

test("the user's folder is where the system keeps configurations", () => {
  const env = { HOME: "/home/me", APPDATA: "/roaming" };
  const at = (platform: string, more = {}) => userConfigFolder({ env: { ...env, ...more }, platform });
  assert.equal(at("linux"), "/home/me/.config/terraphim-llm-proxy");
  assert.equal(at("linux", { XDG_CONFIG_HOME: "/x" }), "/x/terraphim-llm-proxy");
  assert.equal(at("darwin"), "/home/me/Library/Application Support/terraphim-llm-proxy");
  assert.equal(at("win32"), "/roaming/terraphim-llm-proxy");
});

test("a task of a clone uses the clone's file", () =>
  folder((cwd) => {
    const env = { XDG_DATA_HOME: join(cwd, "data"), XDG_CONFIG_HOME: join(cwd, "xdg"), TERRAPHIM_TASK: "1" };
    assert.equal(findConfig({ env, cwd, platform: "linux" }), undefined, "there is none");
    writeFileSync(join(cwd, "config.toml"), "");
    assert.deepEqual(findConfig({ env, cwd, platform: "linux" }), {
      path: join(cwd, "config.toml"),
      by: "task",
    });
  }));

test("a file that is passed over is named with the reason", () =>
  folder((cwd) => {
    const env = { XDG_DATA_HOME: join(cwd, "data"), XDG_CONFIG_HOME: join(cwd, "xdg") };
    const why = () => passedOver({ env, cwd, platform: "linux" });
    assert.equal(why(), undefined, "there is none");
    const here = join(cwd, "config.toml");
    writeFileSync(here, "");
    assert.match(
      why() ?? "",
      /a file of the current folder is used only when it is named\. --config config\.toml/,
    );
    remember(here, { env, platform: "linux" });
    assert.equal(why(), undefined, "it is used");
    writeFileSync(here, "# changed\n");
    assert.match(why() ?? "", /it has changed since the proxy ran with it/);
  }));

test("a path in the file begins at its folder, at the home folder or at the root", () => {
  const at = (path: string, env = { HOME: "/home/me" }) => pathInFile(path, "/etc/proxy", env);
  assert.equal(at("ledger.sqlite"), "/etc/proxy/ledger.sqlite");
  assert.equal(at("../x"), "/etc/x");
  assert.equal(at("~/größe"), "/home/me/größe");
  assert.equal(at("~"), "/home/me");
  assert.equal(at("/abs"), "/abs");
  assert.equal(at("~other/x"), "/etc/proxy/~other/x", "another user's home is not known");
});
