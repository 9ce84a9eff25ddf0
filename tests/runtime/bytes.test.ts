import assert from "node:assert/strict";
import { test } from "node:test";
import { chunksOf } from "../../src/runtime/bytes.ts";

/** Pieces of these sizes, each byte another one than its neighbours. */
function pieces(sizes: readonly number[]): Uint8Array<ArrayBuffer>[] {
  let next = 0;
  return sizes.map((size) => new Uint8Array(size).map(() => next++ % 251));
}

const body = (all: readonly Uint8Array<ArrayBuffer>[], type?: "bytes") =>
  new ReadableStream<Uint8Array>({
    ...(type === undefined ? {} : { type } as object),
    start(controller) {
      for (const piece of all) controller.enqueue(piece.slice());
      controller.close();
    },
  });

/** All bytes of a body, read piece by piece. */
async function read(stream: ReadableStream<Uint8Array>): Promise<number[]> {
  const chunks = chunksOf(stream);
  const all: number[] = [];
  for (let one = await chunks.read(); !one.done; one = await chunks.read()) {
    all.push(...one.value);
    chunks.took(one.value.length);
  }
  return all;
}

const SIZES = [1, 8191, 8192, 8193, 3, 70_000, 16_384];

for (const type of [undefined, "bytes"] as const) {
  test(`a body ${type ?? "of a transformation"} is read whole and in order, whatever its pieces`, async () => {
    const all = pieces(SIZES);
    assert.deepEqual(await read(body(all, type)), all.flatMap((piece) => [...piece]));
  });

  test(`a body ${type ?? "of a transformation"} that breaks off rejects`, async () => {
    const broken = new ReadableStream<Uint8Array>({
      ...(type === undefined ? {} : { type } as object),
      pull: (controller) => controller.error(new Error("the line is dead")),
    });
    await assert.rejects(() => read(broken), /the line is dead/);
  });
}

test("an empty body is at its end at once", async () => {
  assert.deepEqual(await read(body([], "bytes")), []);
});

test("reading that is stopped stops the source", async () => {
  let why = "";
  const chunks = chunksOf(new ReadableStream({ cancel: () => void (why = "stopped") }));
  await chunks.cancel();
  assert.equal(why, "stopped");
});
