import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import { channel } from "../../../../src/cli/commands/serve/channel.ts";

type Message = { readonly kind: string; readonly text?: string };

/** One end, with what came to it, and both pipes. */
function end() {
  const [from, to] = [new PassThrough(), new PassThrough()];
  const taken: Message[] = [];
  const line = channel<Message, Message>(from, to, (message) => void taken.push(message));
  return { from, to, taken, line };
}

test("what one end sends, the other takes, in its order", async () => {
  const pipe = new PassThrough();
  const taken: Message[] = [];
  const sender = channel<Message, Message>(new PassThrough(), pipe, () => {});
  const receiver = channel<Message, Message>(pipe, new PassThrough(), (message) => void taken.push(message));
  const sent = [{ kind: "a", text: "größe\n翻译" }, { kind: "b" }];
  for (const message of sent) sender.send(message);
  pipe.end();
  await receiver.ended;
  assert.deepEqual(taken, sent);
});

test("messages arrive whole, however their bytes are cut", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ kind: fc.constant("k"), text: fc.string({ unit: "grapheme" }) }), {
        maxLength: 5,
      }),
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      async (messages, cuts) => {
        const { from, taken, line } = end();
        const bytes = new TextEncoder().encode(messages.map((one) => `${JSON.stringify(one)}\n`).join(""));
        for (let at = 0, n = 0; at < bytes.length; n++) {
          const size = cuts[n % cuts.length]!;
          from.write(bytes.slice(at, at + size));
          at += size;
        }
        from.end();
        await line.ended;
        assert.deepEqual(taken, messages.map((one) => ({ ...one })));
      },
    ),
    { numRuns: 50 },
  ));

test("lines that are not messages are passed over", async () => {
  const { from, taken, line } = end();
  from.end('not JSON\n\nnull\n7\n{}\n{"kind":7}\n{"kind":"a"}\n{"kind":"cut');
  await line.ended;
  assert.deepEqual(taken, [{ kind: "a" }]);
});

test("nothing is sent to an end that is gone, and nothing fails", async () => {
  const { from, to, line } = end();
  from.end();
  from.resume();
  await line.ended;
  line.send({ kind: "a" });
  assert.equal(to.read(), null);
});

test("a reader that breaks the pipe ends the channel", async () => {
  const { to, line } = end();
  to.destroy(new Error("EPIPE"));
  await line.ended;
  line.send({ kind: "a" });
});

test("what the other end does not read for long is dropped, so that memory has a bound", () => {
  const { to, line } = end();
  const large = { kind: "tell", text: "x".repeat(1024 * 1024) };
  for (let times = 0; times < 100; times++) line.send(large);
  assert.ok(to.writableLength < 20 * 1024 * 1024, `${to.writableLength}`);
});
