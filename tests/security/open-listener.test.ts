/** A proxy that other machines can reach answers nobody without a key, whatever is reloaded when. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { LiveConfig } from "../../src/config/live/live.ts";
import { silent } from "../../src/log/log.ts";
import { compose } from "../../src/server/compose.ts";
import { serve, type Server } from "../../src/server/server.ts";
import { session } from "../cli/terminal.ts";
import { runCli } from "../../src/cli/cli.ts";
import { statusOf } from "./raw.ts";
import { closing, tempFolder } from "../support/disposable.ts";
import { fakeProvider } from "../support/provider.ts";

const KEY = "proxy-key-0123456789";
const OPEN = `[proxy]\nhost = "0.0.0.0"\nport = 0\napi_key = "${KEY}"\n`;

interface Running {
  readonly live: LiveConfig;
  readonly server: Server;
  edit(toml: string): void;
}

/** A proxy on every address, with a key, whose configuration can be edited. `follows`: it moves to the configured address. */
async function running(follows: boolean, run: (running: Running) => Promise<void>): Promise<void> {
  using folder = tempFolder();
  const path = folder.at("config.toml");
  const edit = (toml: string) => writeFileSync(path, toml, { mode: 0o600 });
  edit(OPEN);
  const opened = LiveConfig.open({
    option: path,
    env: {},
    admit: ({ proxy }) => follows ? server.rebind(proxy.host, proxy.port) : undefined,
  });
  assert.ok(opened.ok);
  await using composed = closing(compose({ source: opened.live, log: silent, version: "0.0.0-test" }));
  await using server = closing(serve(composed.context, "0.0.0.0", 0), (one) => one.kill());
  using live = closing(opened.live);
  await run({ live, server, edit });
}

test("a listener that others can reach refuses everything while the configuration has no key", () =>
  running(false, async ({ live, server, edit }) => {
    assert.equal(await statusOf(server.port, "/v1/models", ["Host: 127.0.0.1"]), 401);
    edit('[proxy]\nhost = "127.0.0.1"\nport = 0\n');
    assert.equal(await live.reload("test"), true);
    for (const path of ["/v1/models", "/health", "/dashboard", "/metrics", "/nothing"]) {
      assert.equal(await statusOf(server.port, path, ["Host: 127.0.0.1"]), 503, path);
    }
    edit(OPEN);
    assert.equal(await live.reload("test"), true);
    assert.equal(await statusOf(server.port, "/v1/models", ["Host: 127.0.0.1", `x-api-key: ${KEY}`]), 200);
  }));

test("a reload whose address is taken changes nothing: the key is still asked for", () =>
  running(true, async ({ live, server, edit }) => {
    await using other = await fakeProvider();
    const { port } = other;
    const before = live.current;
    edit(`[proxy]\nhost = "127.0.0.1"\nport = ${port}\n`);
    assert.equal(await live.reload("test"), false);
    assert.equal(live.current, before);
    assert.equal(live.state.ok, false);
    assert.equal(await statusOf(server.port, "/v1/models", ["Host: 127.0.0.1"]), 401);
    assert.equal(server.hostname, "0.0.0.0");
    edit('[proxy]\nhost = "127.0.0.1"\nport = 0\n');
    assert.equal(await live.reload("test"), true);
    assert.deepEqual([live.state.ok, server.hostname], [true, "127.0.0.1"]);
    assert.equal(await statusOf(server.port, "/v1/models", ["Host: 127.0.0.1"]), 200);
  }));

test("a change of the file while an address is being taken is read afterwards", () =>
  running(true, async ({ live, edit }) => {
    edit('[proxy]\nhost = "127.0.0.1"\nport = 0\n');
    const first = live.reload("first");
    edit('[proxy]\nhost = "127.0.0.1"\nport = 0\nmax_concurrent = 7\n');
    await Promise.all([first, live.reload("second")]);
    assert.equal(live.current.proxy.maxConcurrent, 7);
  }));

test("a request whose header was half sent before the reload is refused after it", () =>
  running(true, async ({ live, server, edit }) => {
    const { port } = server;
    const socket = connect(port, "127.0.0.1");
    let seen = "";
    socket.on("data", (chunk) => seen += chunk);
    const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
    socket.on("error", () => {});
    await new Promise<void>((resolve) =>
      socket.write("GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\n", () => resolve())
    );
    // The server has the connection when it has answered a later one.
    assert.equal(await statusOf(port, "/health", ["Host: 127.0.0.1"]), 200);
    edit('[proxy]\nhost = "127.0.0.1"\nport = 0\n');
    assert.equal(await live.reload("test"), true);
    socket.write("Connection: close\r\n\r\n");
    await closed;
    assert.ok(seen === "" || seen.startsWith("HTTP/1.1 503 "), seen);
  }));

test("the log gives the address as it is", async () => {
  using folder = tempFolder();
  writeFileSync(folder.at("config.toml"), OPEN, { mode: 0o600 });
  const one = session(["serve", "-c", "config.toml"], {
    cwd: folder.path,
    env: { XDG_DATA_HOME: folder.path },
  });
  const ended = runCli(one.io);
  await one.says(/listening on http:\/\/127\.0\.0\.1:\d+ \(all addresses of this machine\)/);
  one.signal("SIGTERM");
  assert.equal(await ended, 0);
});
