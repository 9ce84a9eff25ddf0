/** Plays recorded answers: straight to their own dialect's client, and through the proxy to every dialect's client. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuiltinDialect } from "../../src/dialects/registry.ts";
import type { Json } from "../../src/model/json.ts";
import type { FakeProvider } from "../support/provider.ts";
import type { TestProxy } from "../support/proxy.ts";
import { DIALECTS } from "../support/speech.ts";
import { lossOf } from "./losses.ts";
import { readAnthropic } from "./read-anthropic.ts";
import { readChat } from "./read-chat.ts";
import { readResponses } from "./read-responses.ts";
import {
  fails,
  isStream,
  type Recording,
  RECORDINGS,
  replay,
  wholeOf,
  wireOf,
  wordsOfFailure,
} from "./recordings.ts";
import { requestOf } from "./requests.ts";
import type { Summary } from "./summary.ts";
import { proxyWith } from "../support/world.ts";

/** `written`: the proxy wrote the answer anew, so that it must be flawless. */
type Reader = (url: string, request: Json, stream: boolean, written?: boolean) => Promise<Summary>;

const READERS: Readonly<Record<BuiltinDialect, Reader>> = {
  "anthropic-messages": readAnthropic,
  "openai-chat": readChat,
  "openai-responses": readResponses,
};

/** Bytes a write: events whole, in small pieces, and cut in the middle of everything. */
const SIZES = [Infinity, 1021, 37];

/** Streams longer than this are not played in the smallest pieces. */
const LARGE = 50_000;

/** A summary, or the words of what was thrown. */
type Read = Summary | { readonly thrown: string };

async function outcome(reading: Promise<Summary>): Promise<Read> {
  try {
    return await reading;
  } catch (error) {
    return { thrown: error instanceof Error ? error.message : String(error) };
  }
}

/** A provider of one dialect that gives recorded answers, and the proxy before it. */
async function withProxy<T>(
  dialect: BuiltinDialect,
  use: (provider: FakeProvider, proxy: TestProxy) => Promise<T>,
): Promise<T> {
  await using world = await proxyWith({ recorded: {} }, { dialect });
  return await use(world.recorded, world.proxy);
}

/** What the recording's own client reads, straight from its provider. */
async function readDirectly(
  recording: Recording,
  client: BuiltinDialect,
  provider: FakeProvider,
): Promise<Read> {
  const { dialect } = recording;
  const read = (one: Recording) => {
    provider.answer(replay(one));
    return outcome(READERS[dialect](provider.url, requestOf(dialect, one), isStream(one)));
  };
  const direct = await read(recording);
  if (!("thrown" in direct) || fails(recording) || client === dialect) return direct;
  // A stream that its own SDK cannot read is read mended by the others: as the same answer given whole.
  const whole = wholeOf(recording);
  return whole === undefined ? direct : await read(whole);
}

function sizesFor(recording: Recording): readonly number[] {
  if (!isStream(recording)) return [Infinity];
  return wireOf(recording).length > LARGE ? SIZES.slice(0, 2) : SIZES;
}

function checkRead(
  read: Read,
  direct: Read,
  recording: Recording,
  client: BuiltinDialect,
  how: string,
): void {
  const lost = "thrown" in direct ? undefined : lossOf(recording, client);
  const expected = "thrown" in direct || fails(recording) ? direct : lost?.expect(direct) ?? direct;
  if (expected === "thrown" || "thrown" in expected || fails(recording)) {
    assert.ok("thrown" in read, `${how}: the client takes it for an answer: ${JSON.stringify(read)}`);
    const words = wordsOfFailure(recording);
    if (words !== undefined) {
      assert.ok(read.thrown.includes(words), `${how}: ${read.thrown} does not say ${words}`);
    }
  } else assert.deepEqual(comparable(read), comparable(expected), how);
}

/** What a client may be handed as the id of a call: legal in every dialect. */
const LEGAL_ID = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * An answer without what the proxy renames for the client's keeping: ids of calls, which must be legal and differ, and
 * reasoning that a provider signed, which is bound to that provider (`tlp1.` and the wrapped text).
 */
function comparable(read: Read): Read {
  if ("thrown" in read) return read;
  const ids = read.calls.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length, `the ids of calls differ: ${ids}`);
  const calls = read.calls.map((call, i) => {
    assert.match(call.id, LEGAL_ID);
    return { ...call, id: `call ${i}` };
  });
  return { ...read, calls, secrets: read.secrets.map(unwrapped) };
}

function unwrapped(secret: string): string {
  if (!secret.startsWith("tlp1.")) return secret;
  const bytes = secret.slice(5).replaceAll("-", "+").replaceAll("_", "/");
  const fields = JSON.parse(atob(bytes)) as Record<string, unknown>;
  return String(fields.x ?? Object.values(fields).find((value) => typeof value === "string"));
}

async function check(recording: Recording, client: BuiltinDialect): Promise<void> {
  const { dialect } = recording;
  await withProxy(dialect, async (provider, proxy) => {
    const direct = await readDirectly(recording, client, provider);
    const reading = async (size: number, stream: boolean, written: boolean) => {
      // A failure cools the provider down, and each reading is to be the first.
      proxy.context.dispatch.state.cooldowns.reset();
      provider.answer(replay(recording, size));
      return await outcome(READERS[client](proxy.url, requestOf(client, recording), stream, written));
    };
    const stream = isStream(recording);
    for (const size of sizesFor(recording)) {
      const read = await reading(size, stream, stream && client !== dialect);
      checkRead(read, direct, recording, client, `in pieces of ${size} bytes`);
    }
    if (lossOf(recording, client)?.onlyAsRecorded) return;
    const mended = client === dialect && "thrown" in direct && !fails(recording);
    if (mended) return;
    const crossed = await reading(Infinity, !stream, !stream);
    checkRead(crossed, direct, recording, client, stream ? "asked for whole" : "asked for as a stream");
  });
}

/** The tests of all recorded answers of one dialect. */
export function testRecordings(dialect: BuiltinDialect): void {
  for (const recording of RECORDINGS) {
    if (recording.dialect !== dialect) continue;
    for (const client of DIALECTS) {
      const loss = fails(recording) ? "is an error" : lossOf(recording, client)?.why ?? "says the same";
      test(`${dialect} "${recording.name}" through the proxy to the ${client} client ${loss}`, () =>
        check(recording, client));
    }
  }
}
