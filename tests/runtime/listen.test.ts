import assert from "node:assert/strict";
import { test } from "node:test";
import { listen, type Listener, type ListenOptions, runtimeName } from "../../src/runtime/listen.ts";

const HOST = "127.0.0.1";

/** A listener on a free port, and its URL. */
async function on(
  handle: ListenOptions["handle"],
  options: Partial<ListenOptions> = {},
): Promise<AsyncDisposable & { readonly listener: Listener; readonly url: string }> {
  const listener = listen({ hostname: HOST, port: 0, handle, ...options });
  await listener.ready;
  return { listener, url: `http://${HOST}:${listener.port}`, [Symbol.asyncDispose]: () => listener.close() };
}

for (const guarded of [false, true]) {
  const kind = guarded ? "a guarded listener" : "a listener";

  test(`${kind} on port 0 has a port of its own and answers there`, async () => {
    await using served = await on(
      async (request, address) =>
        new Response(`${request.method} ${await request.text()} of ${address()}`, { status: 201 }),
      { guarded },
    );
    const { listener, url } = served;
    assert.ok(listener.port > 0);
    const answer = await fetch(`${url}/x`, { method: "POST", body: "größe" });
    assert.deepEqual([answer.status, await answer.text()], [201, `POST größe of ${HOST}`]);
  });

  test(`${kind} that is closed gives its port back`, async () => {
    const first = await on(() => new Response("first"), { guarded });
    await first.listener.close();
    await using second = await on(() => new Response("second"), { guarded, port: first.listener.port });
    assert.equal(await (await fetch(second.url)).text(), "second");
  });

  test(`${kind} that drains lets the answer in flight go out, and takes no other`, async () => {
    const arrived = Promise.withResolvers<void>();
    const may = Promise.withResolvers<void>();
    const { listener, url } = await on(async () => {
      arrived.resolve();
      await may.promise;
      return new Response("whole");
    }, { guarded });
    const answer = fetch(url).then((response) => response.text());
    await arrived.promise;
    const drained = listener.drain();
    may.resolve();
    assert.equal(await answer, "whole");
    await drained;
    await listener.close();
    await assert.rejects(() => fetch(url));
  });
}

test("a listener answers 500 where its handler fails against its promise, and goes on", async () => {
  let fails = true;
  await using served = await on(() => {
    if (fails) throw new Error("secret words");
    return new Response("well");
  });
  const { url } = served;
  const answer = await fetch(url);
  assert.equal(answer.status, 500);
  assert.ok(!(await answer.text()).includes("secret words"));
  fails = false;
  assert.equal(await (await fetch(url)).text(), "well");
});

test("a port that is taken is an error with the system's code", async () => {
  await using served = await on(() => new Response());
  const { listener } = served;
  assert.throws(() => listen({ hostname: HOST, port: listener.port, handle: () => new Response() }), {
    code: "EADDRINUSE",
  });
});

test("an address of another machine is an error with the system's code", () => {
  assert.throws(() => listen({ hostname: "192.0.2.1", port: 0, handle: () => new Response() }), {
    code: "EADDRNOTAVAIL",
  });
});

test("the runtime's name has its version", () => assert.match(runtimeName(), /^(deno|bun) \d+\.\d+\.\d+/));
