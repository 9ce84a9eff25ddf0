/** What clients, providers and pages may make the proxy hold, and for how long. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { CUT_SHORT } from "../../src/dispatch/relay/pipe.ts";
import { Relay } from "../../src/dispatch/relay/relay.ts";
import { RawPipe } from "../../src/dispatch/relay/pipe.ts";
import { dialects } from "../../src/dialects/registry.ts";
import { Limits } from "../../src/server/limits.ts";
import { MOST_LISTENERS } from "../../src/server/dashboard/live.ts";
import { inFolder, run } from "../cli/terminal.ts";
import { good } from "../support/faults.ts";
import { type Answer, fakeProvider } from "../support/provider.ts";
import { configOf } from "../support/proxy.ts";
import { closing } from "../support/disposable.ts";
import { request, spoken } from "../support/speech.ts";
import { exchange, statusOf } from "./raw.ts";
import { configuration, proxyWith } from "../support/world.ts";

const MIB = 1024 * 1024;
const CHAT = "/v1/chat/completions";

const worldOf = (answer?: Answer, proxy = "") =>
  proxyWith({ there: answer ?? {} }, {
    toml: `[proxy]\n${proxy}`,
  });

const CONFIG = (url: string) => configuration({ there: url }, { there: {} });

test("comments before the first event are not held, however many come", async () => {
  const comment = new TextEncoder().encode(`: ${"x".repeat(60_000)}\n\n`);
  const { prelude, output, end } = spoken("openai-chat", "hello");
  const events = new TextEncoder().encode([...prelude, ...output, ...end].join(""));
  let left = 200;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (left-- > 0) controller.enqueue(comment);
      else {
        controller.enqueue(events);
        controller.close();
      }
    },
  });
  const relay = new Relay(body, {
    pipe: new RawPipe(dialects["openai-chat"], undefined, (bytes) => bytes),
    deadline: { output() {}, touch() {}, stop() {} },
    abort() {},
    keepAlive: { text: "", ms: 0 },
    failureOf: () => ({ class: "server_error", provider: "p", model: "m", message: CUT_SHORT.message }),
    clientErrorOf: () => ({ status: 500, class: "server_error", message: "", requestId: "r" }),
  });
  assert.deepEqual(await relay.commit(), { ok: true });
  const shown = await new Response(relay.body()).text();
  assert.equal(shown, new TextDecoder().decode(events));
});

/** A request that announces a body and sends only a part of it. Resolves once the part is on its way. */
function halfSent(port: number, length: number, part: string) {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  let heard = "";
  socket.on("data", (data) => heard += data);
  const sent = new Promise<void>((resolve) => {
    socket.write(
      `POST ${CHAT} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${part}`,
      () => resolve(),
    );
  });
  return { socket, sent, heard: () => heard };
}

/** Resolves to the first status that a new request gets, once it is another than `not`. */
async function statusOtherThan(not: number, ask: () => Promise<Response>): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const response = await ask();
    await response.body?.cancel();
    if (response.status !== not) return response.status;
  }
  return not;
}

test("a request takes its place before its body is read, and gives it back when it hangs up", async () => {
  await using world = await worldOf(good("openai-chat", false, "ok"), "max_concurrent = 2");
  const ask = () => world.post(CHAT, request("openai-chat", false));
  using halves = closing(
    [1, 2].map(() => halfSent(world.server.port, 5 * MIB, "{")),
    (all) => all.forEach(({ socket }) => socket.destroy()),
  );
  await Promise.all(halves.map(({ sent }) => sent));
  assert.equal(await statusOtherThan(200, ask), 429);
  for (const { socket } of halves) socket.destroy();
  assert.equal(await statusOtherThan(429, ask), 200);
});

test("the bodies in flight have a limit together: what would go over it is refused", async () => {
  const waiting = Promise.withResolvers<void>();
  await using world = await worldOf(async (arrived, res) => {
    await waiting.promise;
    return good("openai-chat", false, "ok")(arrived, res);
  }, "max_body_mb = 2\nmax_bodies_mb = 5");
  const large = JSON.stringify({ ...request("openai-chat", false), pad: "x".repeat(1.9 * MIB) });
  const held = [world.post(CHAT, large), world.post(CHAT, large)];
  await world.there.arrives(2);
  const over = await world.post(CHAT, large);
  assert.equal(over.status, 429);
  assert.match(await over.text(), /5 MiB, this proxy's max_bodies_mb/);
  const small = world.post(CHAT, request("openai-chat", false));
  waiting.resolve();
  for (const response of await Promise.all([...held, small])) {
    assert.equal(response.status, 200);
    await response.text();
  }
  assert.equal((await world.post(CHAT, large)).status, 200, "the room is free again");
});

test("room is given back for bodies that are refused, cut or not JSON", async () => {
  await using world = await worldOf(good("openai-chat", true, "ok"), "max_body_mb = 2\nmax_bodies_mb = 2");
  for (let i = 0; i < 6; i++) {
    assert.equal((await world.post(CHAT, "x".repeat(1.5 * MIB))).status, 400);
    const stream = await world.post(CHAT, {
      ...request("openai-chat", true),
      pad: "x".repeat(1.5 * MIB),
    });
    assert.equal(stream.status, 200);
    await stream.text();
    const cut = await world.post(CHAT, { ...request("openai-chat", true), pad: "x".repeat(1.5 * MIB) });
    await cut.body?.cancel();
    await world.ended(2 * i + 2);
  }
});

test("no more requests are let in than the system has descriptors for", () => {
  const { proxy } = configOf("");
  const limits = new Limits(3);
  const arriving = { key: "", inFlight: 2, now: 0, counts: true };
  const place = limits.enter(proxy, arriving);
  assert.throws(() => limits.enter(proxy, arriving), /the system's limit of open files allows 3/);
  place.leave();
  limits.enter(proxy, arriving);
});

test("doctor and status read a bounded part of an endless answer", async () => {
  await using endless = await fakeProvider(async (_arrived, res) => {
    res.writeHead(200, { "content-type": "application/json" });
    const chunk = " ".repeat(MIB);
    while (!res.destroyed) {
      if (!res.write(chunk)) {
        await new Promise<void>((resolve) => {
          res.once("drain", resolve);
          res.once("close", resolve);
        });
      }
    }
  });
  await inFolder({ "config.toml": CONFIG(endless.url) }, async (cwd) => {
    const doctor = await run(["doctor", "--config", join(cwd, "config.toml")], { cwd });
    assert.match(doctor.out, /the answer is larger than 16 MiB/);
  });
  const status = await run(["status", "--url", endless.url]);
  assert.match(status.out + status.err, /No proxy answers|is not terraphim-llm-proxy/);
});

for (const place of [4_294_967_290, 1e300, -1, "toString", "length", "__proto__", null, {}]) {
  test(`a part at ${JSON.stringify(place)} of a provider's answer is read like the first`, () => {
    const decoder = dialects["openai-responses"].stream.decoder();
    const about = { item_id: "msg_1", output_index: 0, content_index: place };
    const part = { type: "output_text", text: "hello", annotations: [] };
    const events = [
      { type: "response.output_text.delta", ...about, delta: "hel" },
      { type: "response.output_text.done", ...about, text: "hello" },
      { type: "response.content_part.done", ...about, part },
      { type: "response.completed", response: { id: "r", status: "completed", output: [] } },
    ].flatMap((event) => decoder.push({ data: JSON.stringify(event) }));
    events.push(...decoder.end());
    const text = events.map((event) => event.type === "delta" ? event.text : "").join("");
    assert.equal(text, "hello");
  });
}

test("HEAD on the dashboard's events opens no stream", async () => {
  await using world = await worldOf();
  for (let i = 0; i < 2 * MOST_LISTENERS; i++) {
    const response = await fetch(`${world.url}/dashboard/events`, { method: "HEAD" });
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type") ?? "", /event-stream/);
  }
  const events = await world.get("/dashboard/events");
  assert.equal(events.status, 200);
  await events.body?.cancel();
});

/** [what a page does, its target, the headers that browsers send] and whether it gets an answer. */
const PAGES: readonly (readonly [string, string, string, readonly string[], number])[] = [
  ["an image", "GET", "/health", ["cross-site", "no-cors", "image"], 403],
  ["HEAD without CORS", "HEAD", "/dashboard/events", ["cross-site", "no-cors", "empty"], 403],
  ["a script of another port of this machine", "GET", "/v1/models", ["same-site", "no-cors", "script"], 403],
  ["a link to an endpoint", "GET", "/v1/models", ["cross-site", "navigate", "document"], 403],
  ["a frame of the dashboard", "GET", "/dashboard", ["cross-site", "navigate", "iframe"], 403],
  ["a link to the dashboard", "GET", "/dashboard", ["cross-site", "navigate", "document"], 200],
  ["the dashboard itself", "GET", "/dashboard/data", ["same-origin", "cors", "empty"], 200],
  ["an address that was typed", "GET", "/health", ["none", "navigate", "document"], 200],
];

for (const [what, method, target, [site, mode, dest], status] of PAGES) {
  test(`${what} (${site}) of a browser gets ${status}`, async () => {
    await using world = await worldOf();
    const { port } = world.server;
    const headers = [
      `host: 127.0.0.1:${port}`,
      `sec-fetch-site: ${site}`,
      `sec-fetch-mode: ${mode}`,
      `sec-fetch-dest: ${dest}`,
    ];
    if (method === "GET") return assert.equal(await statusOf(port, target, headers), status);
    const lines = [`${method} ${target} HTTP/1.1`, ...headers, "connection: close", "", ""];
    assert.match(await exchange(port, lines.join("\r\n")), new RegExp(`^HTTP/1.1 ${status}`));
  });
}
