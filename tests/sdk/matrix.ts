/** Plays recorded answers: straight to their own dialect's client, and through the proxy to every dialect's client. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { DialectName, Json } from "../../src/dialects/dialect.ts";
import { fakeProvider } from "../support/provider.ts";
import { startProxy } from "../support/proxy.ts";
import { DIALECTS } from "../support/speech.ts";
import { lossOf } from "./losses.ts";
import { readAnthropic } from "./read-anthropic.ts";
import { readChat } from "./read-chat.ts";
import { readResponses } from "./read-responses.ts";
import { fails, isStream, type Recording, RECORDINGS, replay, wholeOf } from "./recordings.ts";
import { requestOf } from "./requests.ts";
import type { Summary } from "./summary.ts";

/** `written`: the proxy wrote the answer anew, so that it must be flawless. */
type Reader = (url: string, request: Json, stream: boolean, written?: boolean) => Promise<Summary>;

const READERS: Readonly<Record<DialectName, Reader>> = {
  "anthropic-messages": readAnthropic,
  "openai-chat": readChat,
  "openai-responses": readResponses,
};

/** Bytes a write: events whole, in small pieces, and cut in the middle of everything. */
const SIZES = [Infinity, 1021, 37];

/** A summary, or the words of what was thrown. */
async function outcome(reading: Promise<Summary>): Promise<Summary | { readonly thrown: string }> {
  try {
    return await reading;
  } catch (error) {
    return { thrown: error instanceof Error ? error.message : String(error) };
  }
}

async function check(recording: Recording, client: DialectName): Promise<void> {
  const { dialect } = recording;
  const provider = await fakeProvider();
  const proxy = startProxy(`
[router]
default = "recorded,m"
[[providers]]
name = "recorded"
api_base_url = "${provider.url}/v1"
api_key = "k"
dialects = ["${dialect}"]
`);
  try {
    const stream = isStream(recording);
    const itself = READERS[dialect];
    provider.answer(replay(recording));
    const direct = await outcome(itself(provider.url, requestOf(dialect, recording), stream));
    // A stream that its own SDK cannot read is read mended by the others: as the same answer given whole.
    const whole = "thrown" in direct && !fails(recording) ? wholeOf(recording) : undefined;
    if (whole !== undefined) provider.answer(replay(whole));
    const said = whole === undefined || client === dialect
      ? direct
      : await outcome(itself(provider.url, requestOf(dialect, whole), false));
    const sizes = stream
      ? (JSON.stringify(recording.answer).length > 50_000 ? SIZES.slice(0, 2) : SIZES)
      : [Infinity];
    for (const size of sizes) {
      // A failure cools the provider down, and each reading is to be the first.
      proxy.context.dispatcher.state.cooldowns.reset();
      provider.answer(replay(recording, size));
      const read = await outcome(
        READERS[client](proxy.url, requestOf(client, recording), stream, client !== dialect),
      );
      const expected = "thrown" in said || fails(recording)
        ? "thrown"
        : lossOf(recording, client)?.expect(said) ?? said;
      if (expected === "thrown") {
        assert.ok("thrown" in read, `the client takes it for an answer: ${JSON.stringify(read)}`);
      } else assert.deepEqual(read, expected, `in pieces of ${size} bytes`);
    }
  } finally {
    await proxy.close();
    await provider.close();
  }
}

/** The tests of all recorded answers of one dialect. */
export function testRecordings(dialect: DialectName): void {
  for (const recording of RECORDINGS) {
    if (recording.dialect !== dialect) continue;
    for (const client of DIALECTS) {
      const loss = fails(recording) ? "is an error" : lossOf(recording, client)?.why ?? "says the same";
      test(`${dialect} "${recording.name}" through the proxy to the ${client} client ${loss}`, () =>
        check(recording, client));
    }
  }
}
