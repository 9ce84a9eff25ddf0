/** Recorded streams with their bytes cut in two at every place: what the proxy writes must not depend on it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Conversation } from "../../src/model/conversation.ts";
import { type BuiltinDialect, dialects } from "../../src/dialects/registry.ts";
import { type Pipe, RawPipe, TranslatingPipe } from "../../src/dispatch/relay/pipe.ts";
import { DIALECTS } from "../support/speech.ts";
import { isStream, type Recording, RECORDINGS, wireOf } from "./recordings.ts";
import { requestOf } from "./requests.ts";

/** Streams up to this size are cut at every byte. */
const EVERY = 4096;
/** Longer ones are cut at so many places that this many bytes are read, spread over the whole of them. */
const BYTES = 4_000_000;

const decoder = new TextDecoder();

function pipeFor({ dialect }: Recording, client: BuiltinDialect, asked: Conversation): Pipe {
  return dialect === client
    ? new RawPipe(dialects[dialect], undefined, (bytes) => bytes)
    : new TranslatingPipe(dialects[dialect], dialects[client], asked, undefined);
}

/** All that comes out, and how it ended. */
function through(pipe: Pipe, chunks: readonly Uint8Array[]): string {
  let text = "";
  const take = (out: Uint8Array | string | undefined) => {
    if (out !== undefined) text += typeof out === "string" ? out : decoder.decode(out);
  };
  for (const chunk of chunks) {
    if (pipe.state === "ended" || pipe.error !== undefined) break;
    take(pipe.push(chunk));
  }
  take(pipe.end());
  return `${text}${pipe.state} ${pipe.error?.message ?? "well"}`;
}

/** Ids and times that the proxy makes up differ from one run to the next: they are numbered instead. */
function settled(text: string): string {
  const ids = new Map<string, number>();
  return text.replace(/[0-9a-f]{24,}/g, (id) => {
    if (!ids.has(id)) ids.set(id, ids.size);
    return `id${ids.get(id)}`;
  }).replace(/"created(_at)?":\d+/g, '"created":0');
}

function checkCuts(recording: Recording, client: BuiltinDialect): void {
  const bytes = new TextEncoder().encode(wireOf(recording));
  const asked = dialects[client].request.decode({ ...requestOf(client, recording), stream: true });
  const whole = settled(through(pipeFor(recording, client, asked), [bytes]));
  const cuts = bytes.length <= EVERY ? bytes.length : Math.max(20, Math.floor(BYTES / bytes.length));
  const step = Math.max(1, Math.floor(bytes.length / cuts));
  for (let cut = 1; cut < bytes.length; cut += step) {
    const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)];
    const read = settled(through(pipeFor(recording, client, asked), pieces));
    if (read !== whole) assert.equal(read, whole, `cut at ${cut}`);
  }
  const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
  assert.equal(settled(through(pipeFor(recording, client, asked), single)), whole, "byte by byte");
}

/** The tests of all recorded streams of one dialect. */
export function testCuts(dialect: BuiltinDialect): void {
  for (const recording of RECORDINGS) {
    if (recording.dialect !== dialect || !isStream(recording)) continue;
    for (const client of DIALECTS) {
      test(`${dialect} "${recording.name}" cut anywhere is the same to the ${client} client`, () =>
        checkCuts(recording, client));
    }
  }
}
