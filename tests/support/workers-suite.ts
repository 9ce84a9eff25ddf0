/** What the program must do with several workers, however it is started: from source on either runtime, or as an executable. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { request as send } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { good } from "./faults.ts";
import { freshDatabase, sharedPostgres, withoutPostgres } from "./postgres.ts";
import { fakeProvider, json } from "./provider.ts";
import { type Program, startProgram } from "./program.ts";
import { request, spoken } from "./speech.ts";
import { configuration } from "./world.ts";
import { until } from "./waiting.ts";

const KEY = "a-key-of-the-proxy-0123";

/** A store that is not there: workers serve all the same. */
const NOWHERE = "postgres://nobody:nothing@127.0.0.1:1/none";

const config = (provider: string, { store = NOWHERE, more = "" } = {}) =>
  configuration({ local: provider }, { local: {} }, {
    proxy: `api_key = "${KEY}"\nworkers = 2`,
    toml: `
[store]
url = "${store}"
[[prices]]
provider = "local"
model = "m"
input = 0
output = 1000.0
${more}`,
  });

/** Starts the program and waits until both workers are up. */
async function started(command: readonly string[], toml: string): Promise<Program> {
  const program = await startProgram(command, toml);
  await program.says(/worker 1 is up/);
  await program.says(/worker 2 is up/);
  return program;
}

/** The process of a worker, as the log last said it. */
function pidOf(program: Program, worker: number): number {
  const all = [...program.said().matchAll(new RegExp(`worker ${worker} is up \\(process (\\d+)\\)`, "g"))];
  return Number(all.at(-1)?.[1]);
}

const BODY = JSON.stringify({ model: "auto", messages: [{ role: "user", content: "hi" }] });
const HEADERS = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };

/** Asks on a connection of its own: the system gives it to either worker. */
function ask(program: Program, path = "/v1/chat/completions", body: string | null = BODY) {
  return new Promise<{ readonly status: number; readonly id: string; readonly text: string }>(
    (resolve, reject) => {
      const sent = send(program.url + path, {
        agent: false,
        method: body === null ? "GET" : "POST",
        headers: HEADERS,
      }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (piece: string) => text += piece);
        const { statusCode: status = 0, headers } = response;
        response.on("end", () => resolve({ status, id: String(headers["x-request-id"]), text }));
        response.on("error", reject);
      });
      sent.on("error", reject);
      sent.end(body ?? undefined);
    },
  );
}

const get = (program: Program, path: string) => ask(program, path, null).then(({ text }) => text);

/** Asks until both workers have answered. Resolves to the number of requests. */
async function askBoth(program: Program): Promise<number> {
  const answered = (worker: number) => program.said().includes(`worker ${worker}: default →`);
  let asked = 0;
  while (!(answered(1) && answered(2))) {
    assert.equal((await ask(program)).status, 200, program.said());
    assert.ok(++asked < 500, "one worker answers everything");
  }
  return asked;
}

/** The process that has the other end of a connection to this machine. */
function holderOf(socket: Socket, pids: readonly number[]): number | undefined {
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, "0");
  const ends = new RegExp(`:${hex(socket.remotePort ?? 0)} \\w+:${hex(socket.localPort ?? 0)} `);
  const line = readFileSync("/proc/net/tcp", "utf8").split("\n").find((one) => ends.test(one));
  const inode = line?.trim().split(/\s+/)[9];
  return pids.find((pid) =>
    readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`;
      } catch {
        return false; // closed meanwhile
      }
    })
  );
}

/** A stream that waits for `go` after its first piece. `begun` resolves with its connection. */
function openStream(
  program: Program,
): { readonly socket: Socket; readonly begun: Promise<void>; text(): string } {
  const body = JSON.stringify(request("openai-chat", true, "hi"));
  const socket = connect(Number(new URL(program.url).port), "127.0.0.1");
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${KEY}\r\n` +
      `content-type: application/json\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  let text = "";
  const begun = new Promise<void>((resolve) => {
    socket.on("data", (piece) => {
      text += piece;
      if (text.includes("data:")) resolve();
    });
  });
  socket.on("error", () => {});
  return { socket, begun, text: () => text };
}

/** A provider whose streams stop after their first piece until they may go on. */
async function slowProvider() {
  const { prelude, output, end } = spoken("openai-chat", "to the end");
  const gate = Promise.withResolvers<void>();
  const provider = await fakeProvider(async (arrived, res) => {
    if (arrived.json?.stream !== true) return good("openai-chat", false, "hello")(arrived, res);
    res.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of [...prelude, output[0] ?? ""]) res.write(event);
    await gate.promise;
    for (const event of [...output.slice(1), ...end]) res.write(event);
    res.end();
  });
  return { provider, go: () => gate.resolve() };
}

const closed = (socket: Socket) =>
  new Promise<void>((resolve) => socket.destroyed ? resolve() : socket.once("close", () => resolve()));

function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Runs a command to its end. */
async function run(
  command: readonly string[],
): Promise<{ readonly code: number | null; readonly said: string }> {
  const [file = "", ...args] = command;
  const child = spawn(file, args, {
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => said += String(piece));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, said };
}

/** The batches of requests that live events bring. */
async function* batches(reader: ReadableStreamDefaultReader<Uint8Array>) {
  const decoder = new TextDecoder();
  for (let text = "";;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (text + decoder.decode(value, { stream: true })).split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const [, data] = /^event: requests\ndata: (.*)$/.exec(event) ?? [];
      if (data !== undefined) yield JSON.parse(data) as { readonly rows: readonly { readonly id: string }[] };
    }
  }
}

const total = (metrics: string, name: string) =>
  [...metrics.matchAll(new RegExp(`^${name}(?:{.*})? (\\S+)$`, "gm"))].reduce(
    (sum, [, value]) => sum + Number(value),
    0,
  );

/** Registers the tests for one way to start the program. `command` is asked for at the first test. */
export function workersSuite(name: string, command: () => readonly string[], skip?: string): void {
  const why = skip ?? (process.platform === "linux" ? undefined : "workers share a port on Linux only");
  const check = (what: string, body: () => Promise<void>, more?: string | false) => {
    const reason = why ?? (more || undefined);
    test(`${name} with two workers: ${what}`, reason === undefined ? {} : { skip: reason }, body);
  };

  check("both answer on one port, the banner comes once, and metrics and health add up", async () => {
    await using provider = await fakeProvider(good("openai-chat", false, "hello"));
    await using program = await started(command(), config(provider.url));
    let asked = await askBoth(program);
    assert.equal(program.said().match(/ listening on http\S+ with 2 workers\n/g)?.length, 1);
    for (let times = 0; times < 4; times++) {
      assert.equal(total(await get(program, "/metrics"), "terraphim_requests_total"), asked);
    }
    const health = JSON.parse(await get(program, "/health/detailed"));
    assert.equal(health.workers, 2);
    const path = join(program.folder, "config.toml");
    const status = await run([...command(), "status", "--config", path, "--url", program.url]);
    assert.match(status.said, /^Up .*, 0 requests in flight, 2 workers$/m);
    // What a killed worker counted stays counted.
    process.kill(pidOf(program, 1), "SIGKILL");
    await program.says(/worker 1 is up[^]*worker 1 is up/);
    asked++;
    assert.equal((await ask(program)).status, 200);
    assert.equal(total(await get(program, "/metrics"), "terraphim_requests_total"), asked);
  });

  check("one is killed while the other one streams to the end, and comes back", async () => {
    const { provider, go } = await slowProvider();
    await using _ = provider;
    await using program = await started(command(), config(provider.url));
    const stream = openStream(program);
    await stream.begun;
    const pids = [1, 2].map((worker) => pidOf(program, worker));
    const holder = holderOf(stream.socket, pids);
    const other = holder === pids[0] ? 2 : 1;
    process.kill(pidOf(program, other), "SIGKILL");
    await program.says(new RegExp(`worker ${other} has ended \\(SIGKILL\\)[^]*worker ${other} is up`));
    go();
    await closed(stream.socket);
    assert.match(stream.text(), /\[DONE\]/);
    assert.ok(isRunning(pidOf(program, other)) && pidOf(program, other) !== pids[other - 1]);
    await askBoth(program);
  });

  check("SIGTERM lets requests in flight finish, and ends with 0", async () => {
    const { provider, go } = await slowProvider();
    await using _ = provider;
    await using program = await started(command(), config(provider.url));
    const stream = openStream(program);
    await stream.begun;
    program.signal("SIGTERM");
    await program.says(/worker 1: stopping[^]*worker 2: stopping|worker 2: stopping[^]*worker 1: stopping/);
    go();
    await closed(stream.socket);
    assert.match(stream.text(), /\[DONE\]/);
    assert.equal(await program.exited, 0);
    assert.ok(![1, 2].some((worker) => isRunning(pidOf(program, worker))));
  });

  check("a later signal ends it although a request is in flight", async () => {
    const { provider, go } = await slowProvider();
    await using _ = provider;
    await using program = await started(command(), config(provider.url));
    const stream = openStream(program);
    await stream.begun;
    let code: number | null | undefined;
    void program.exited.then((exited) => code = exited);
    await until(() => {
      if (code === undefined && isRunning(program.pid)) program.signal("SIGTERM"); // within a second it is the same one
      return code !== undefined;
    });
    assert.equal(code, 0);
    assert.match(program.said(), /second signal: exiting now/);
    assert.doesNotMatch(stream.text(), /\[DONE\]/);
    go();
  });

  check("a second program on the port fails, and says what runs there", async () => {
    await using provider = await fakeProvider();
    await using program = await started(command(), config(provider.url));
    const { port } = new URL(program.url);
    for (const workers of [1, 2]) {
      program.edit(config(provider.url).replace("workers = 2", `workers = ${workers}`));
      // The next edit could come before this one is read.
      if (workers === 1) await program.says(/the new \[proxy\] workers is used after a restart/);
      const { code, said } = await run([
        ...command(),
        "--config",
        join(program.folder, "config.toml"),
        "--port",
        port,
      ]);
      assert.equal(code, 1, said);
      assert.match(
        said,
        new RegExp(`port ${port} is in use: terraphim-llm-proxy \\S+ has been running there`),
      );
    }
  });

  check("no worker outlives the program that started it", async () => {
    await using provider = await fakeProvider();
    await using program = await started(command(), config(provider.url));
    const pids = [1, 2].map((worker) => pidOf(program, worker));
    program.signal("SIGKILL");
    await until(() => !pids.some(isRunning));
  });

  check("another address in the file changes nothing before a restart", async () => {
    await using provider = await fakeProvider();
    await using program = await started(command(), config(provider.url));
    program.edit(config(provider.url).replace("workers = 2", 'workers = 2\nhost = "localhost"'));
    await program.says(/still listening on \S+: with several workers another address needs a restart/);
    assert.equal((await ask(program)).status, 200);
  });

  check("an open dashboard sees the requests of both", async () => {
    await using provider = await fakeProvider(good("openai-chat", false, "hello"));
    const more = "[log]\njson = true\n"; // which has the worker of each request
    await using program = await started(command(), config(provider.url, { more }));
    const workerOf = (id: string) =>
      program.said().split("\n").filter((line) => line.includes(id)).map((line) =>
        JSON.parse(line).worker
      )[0];
    const events = await fetch(`${program.url}/dashboard/events`, { headers: HEADERS });
    const reader = events.body!.getReader();
    const seen = new Set<number>();
    const reading = (async () => {
      for await (const { rows } of batches(reader)) {
        for (const { id } of rows) {
          const worker = workerOf(id);
          if (worker !== undefined) seen.add(worker);
        }
        if (seen.size === 2) return;
      }
    })();
    while (seen.size < 2) assert.equal((await ask(program)).status, 200);
    await reading;
    assert.deepEqual([...seen].sort(), [1, 2]);
    await reader.cancel();
  });

  check("a correction reaches the worker that decided, and all learn from it", async () => {
    await using provider = await fakeProvider(good("openai-chat", false, "hello"));
    await using program = await started(
      command(),
      config(provider.url, { more: "[learning]\nenabled = true\n" }),
    );
    const ids: string[] = [];
    while (ids.length < 12) ids.push((await ask(program)).id);
    for (const id of ids) {
      const said = JSON.stringify({ request_id: id, route: "think" });
      const { status, text } = await ask(program, "/v1/feedback", said);
      assert.equal(status, 200, text);
    }
    const file = join(program.folder, "data/terraphim-llm-proxy/learned.json");
    const { corrections } = JSON.parse(readFileSync(file, "utf8"));
    assert.deepEqual(corrections.map((one: { id: string }) => one.id), ids);
  });

  check("a budget holds over both, and the store has each request once", async () => {
    const usage = { prompt_tokens: 1000, completion_tokens: 1000, total_tokens: 2000 }; // a dollar
    const message = { role: "assistant", content: "hi" };
    await using provider = await fakeProvider(
      json({ id: "c", object: "chat.completion", model: "m", choices: [{ index: 0, message }], usage }),
    );
    const store = await freshDatabase();
    const more = '[[budgets]]\nname = "all"\nperiod = "month"\nlimit = 20\n';
    await using program = await started(command(), config(provider.url, { store, more }));
    let answered = 0;
    for (let asked = 0; asked < 60; asked++) if ((await ask(program)).status === 200) answered++;
    assert.ok(answered >= 18 && answered <= 22, `${answered} of 60 dollars`);
    for (const worker of [1, 2]) assert.match(program.said(), new RegExp(`worker ${worker}: default`));
    program.signal("SIGTERM");
    assert.equal(await program.exited, 0);
    assert.equal(answered, provider.arrived.length);
    const count = "SELECT count(*) FROM llm_proxy.requests WHERE status = 200";
    assert.equal(Number((await sharedPostgres()).sql(count, store.split("/").at(-1))), answered);
  }, withoutPostgres);
}
