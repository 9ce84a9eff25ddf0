import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { userConfigPath } from "../../../src/config/source/paths.ts";
import { test } from "node:test";
import { LiveConfig, type LiveEvent, type LiveOptions } from "../../../src/config/live/live.ts";
import { closing, tempFolder } from "../../support/disposable.ts";
import { awake } from "../../support/waiting.ts";

interface Bench {
  readonly folder: string;
  readonly file: string;
  readonly live: LiveConfig;
  /** Does something to the files, and waits for what comes of it. */
  after(change: () => void): Promise<LiveEvent>;
  readonly events: LiveEvent[];
  model(): string | undefined;
}

const toml = (model: string) => `[router]\nthink = "ollama,${model}"\n`;

/** A live configuration over a folder of its own, watched. The timer keeps the process up: the watcher does not. */
async function bench(
  run: (bench: Bench) => Promise<void> | void,
  options: Partial<LiveOptions> = {},
): Promise<void> {
  using folder = tempFolder();
  const file = folder.at("config.toml");
  using _up = awake();
  const events: LiveEvent[] = [];
  let notify = (_: LiveEvent) => {};
  const onEvent = (event: LiveEvent) => {
    events.push(event);
    notify(event);
  };
  if (options.cwd === undefined) writeFileSync(file, toml("a"));
  const cwd = options.cwd === undefined ? {} : { cwd: folder.path };
  const opened = LiveConfig.open({
    interval: 20,
    settle: 10,
    ...(options.cwd === undefined && { option: file }),
    ...options,
    env: { HOME: folder.path, ...options.env },
    ...cwd,
    onEvent,
  });
  assert.ok(opened.ok);
  using live = closing(opened.live);
  live.watch();
  const after = (change: () => void) =>
    new Promise<LiveEvent>((resolve) => {
      notify = resolve;
      change();
    });
  await run({
    folder: folder.path,
    file,
    live,
    after,
    events,
    model: () => live.current.router.routes.think?.[0]?.model,
  });
}

test("a file saved in place, by rename and by a swapped symbolic link takes effect", () =>
  bench(async ({ folder, file, after, model, events }) => {
    await after(() => writeFileSync(file, toml("b")));
    assert.equal(model(), "b");
    await after(() => {
      writeFileSync(`${file}.tmp`, toml("c"));
      renameSync(`${file}.tmp`, file);
    });
    assert.equal(model(), "c");
    await after(() => {
      mkdirSync(join(folder, "v1"));
      writeFileSync(join(folder, "v1", "config.toml"), toml("d"));
      rmSync(file);
      symlinkSync(join("v1", "config.toml"), file);
    });
    assert.equal(model(), "d");
    await after(() => {
      mkdirSync(join(folder, "v2"));
      writeFileSync(join(folder, "v2", "config.toml"), toml("e"));
      symlinkSync(join("v2", "config.toml"), `${file}.new`);
      renameSync(`${file}.new`, file);
    });
    assert.equal(model(), "e");
    assert.deepEqual(events.map(({ kind }) => kind), ["reloaded", "reloaded", "reloaded", "reloaded"]);
  }));

test("a save of the same size and with the same time is noticed by its contents", () =>
  bench(async ({ file, after, model }) => {
    const now = new Date();
    utimesSync(file, now, now);
    await after(() => {
      writeFileSync(file, toml("z"));
      utimesSync(file, now, now);
    });
    assert.equal(model(), "z");
  }));

test("a bad file keeps the last good configuration, and is reported once, and once when fixed", () =>
  bench(async ({ file, live, after, model, events }) => {
    const before = live.current;
    const broken = await after(() => writeFileSync(file, '[router]\nthnk = "ollama,b"\n'));
    assert.equal(broken.kind, "broken");
    assert.equal(live.current, before);
    assert.equal(live.state.ok, false);
    assert.match(live.state.problems[0]!, /config\.toml:2:1: router\.thnk: .*Did you mean "think"/);
    await live.reload("again");
    assert.equal(events.length, 1);
    const fixed = await after(() => writeFileSync(file, toml("b")));
    assert.equal(fixed.kind, "fixed");
    assert.equal(model(), "b");
    assert.deepEqual([live.state.ok, live.state.problems, live.state.brokenAt], [true, [], undefined]);
    assert.ok(live.state.fixedAt! >= live.state.loadedAt);
  }));

test("a file that is empty or missing keeps the last good configuration", () =>
  bench(async ({ folder, file, live, after, model }) => {
    await after(() => writeFileSync(file, "\n"));
    assert.match(live.state.problems[0]!, /is empty/);
    await after(() => rmSync(folder, { recursive: true }));
    assert.match(live.state.problems[0]!, /there is no such file/);
    assert.equal(model(), "a");
    const back = await after(() => {
      mkdirSync(folder);
      writeFileSync(file, toml("b"));
    });
    assert.equal(back.kind, "fixed");
    assert.equal(model(), "b");
  }));

test("a .env that appears and a file that a reference names are watched too", () =>
  bench(async ({ folder, file, live, after }) => {
    const keys = () => live.current.proxy.apiKeys;
    await after(() => writeFileSync(join(folder, ".env"), "K=one\n"));
    await after(() => writeFileSync(file, '[proxy]\napi_keys = ["$K", "${file:key}"]\n'));
    assert.equal(live.state.ok, false);
    await after(() => writeFileSync(join(folder, "key"), "two\n"));
    assert.deepEqual(keys(), ["one", "two"]);
    await after(() => writeFileSync(join(folder, "key"), "three\n"));
    assert.deepEqual(keys(), ["one", "three"]);
  }));

test("the files of a taxonomy are watched, and new ones are noticed", () =>
  bench(async ({ folder, file, after, live }) => {
    const names = () => live.current.router.rules.map(({ name }) => name);
    mkdirSync(join(folder, "concepts"));
    writeFileSync(join(folder, "concepts", "quick.md"), "route:: think\n");
    await after(() => writeFileSync(file, `${toml("a")}taxonomy = "concepts"\n`));
    assert.deepEqual(names(), ["quick"]);
    await after(() => writeFileSync(join(folder, "concepts", "deep.md"), "route:: think\npriority:: 90\n"));
    assert.deepEqual(names(), ["deep", "quick"]);
    await after(() => writeFileSync(join(folder, "concepts", "quick.md"), "route:: think\npriority:: 99\n"));
    assert.deepEqual(names(), ["quick", "deep"]);
  }));

test("a file that appears in the user's folder after a start without one is loaded", () =>
  bench(async ({ folder, live, after, model }) => {
    assert.equal(live.current.path, undefined);
    const own = userConfigPath({ env: { HOME: folder } });
    await after(() => {
      mkdirSync(dirname(own), { recursive: true });
      writeFileSync(own, toml("mine"));
    });
    assert.equal(model(), "mine");
    assert.equal(live.state.path, own);
  }, { cwd: "its own folder" }));

test("listeners get each new configuration and the one before it", () =>
  bench(async ({ file, live, after, model }) => {
    const swaps: [string | undefined, string | undefined, string][] = [];
    const end = live.onSwap((next, previous, reason) =>
      swaps.push([next.router.routes.think?.[0]?.model, previous.router.routes.think?.[0]?.model, reason])
    );
    const taken = live.current;
    await after(() => writeFileSync(file, toml("b")));
    assert.equal(await live.reload("SIGHUP"), true);
    end();
    await live.reload("SIGHUP");
    assert.deepEqual(swaps, [["b", "a", "config.toml changed"], ["b", "b", "SIGHUP"]]);
    assert.equal(taken.router.routes.think![0]!.model, "a");
    assert.equal(model(), "b");
    assert.equal(live.state.reloads, 3);
  }));

test("a listener that fails affects neither the swap nor the others", () =>
  bench(async ({ live, events }) => {
    let heard = 0;
    live.onSwap(() => {
      throw new Error("no");
    });
    live.onSwap(() => heard++);
    assert.equal(await live.reload("test"), true);
    assert.equal(heard, 1);
    assert.deepEqual(events.map(({ kind }) => kind), ["reloaded", "listener_failed"]);
  }));

test("command-line options override the file after a reload, and are checked again", () =>
  bench(async ({ folder, live, after }) => {
    const own = userConfigPath({ env: { HOME: folder } });
    mkdirSync(dirname(own), { recursive: true });
    await after(() => writeFileSync(own, "[proxy]\nport = 1\n"));
    assert.equal(live.state.ok, false);
    await after(() => writeFileSync(own, '[proxy]\nport = 1\napi_key = "proxy-key-0123456789"\n'));
    assert.deepEqual([live.current.proxy.host, live.current.proxy.port], ["0.0.0.0", 9]);
  }, {
    overrides: { host: "0.0.0.0", port: 9 },
    env: { PROXY_API_KEY: "proxy-key-0123456789" },
    cwd: "its own folder",
  }));
