/** Thousands of slow streams through the real program, all at once, and what each of them costs it. */
import process from "node:process";
import { startProgram } from "../../tests/support/program.ts";
import { DIALECTS, hear, PATHS, request } from "../../tests/support/speech.ts";
import { healthOf } from "./books.ts";
import { PROXY_KEY } from "./configuration.ts";
import { memoryOf, openFilesLimit, processorOf, socketsOf } from "./process.ts";
import { tickingProvider } from "./ticking.ts";
import { sleep } from "./time.ts";
import { promptOf } from "./words.ts";

export interface HoldOptions {
  readonly command: readonly string[];
  readonly streams: number;
  /** Seconds for which all of them are open. */
  readonly seconds: number;
  /** Milliseconds between two words of a stream. */
  readonly pause: number;
}

export interface HoldResult {
  /** As many as the system's limit on open files allows. */
  readonly streams: number;
  /** The limit that held it back; undefined: none did. */
  readonly limit: number | undefined;
  /** Streams that were open at once, as the program itself says. */
  readonly inFlight: number;
  readonly complete: number;
  /** What was not complete, in words. */
  readonly wrong: readonly string[];
  /** Megabytes. */
  readonly memory: { readonly before?: number; readonly open?: number; readonly after?: number };
  /** Share of a processor while the streams were open. */
  readonly processor: number | undefined;
  /** Milliseconds from a word's writing to its reading by the client, the driver's own work included. Sorted. */
  readonly delays: readonly number[];
  readonly left: { readonly inFlight: number; readonly outgoing: number | undefined };
}

/** What each stream needs in this process (client and provider) and in the program. */
const FILES_PER_STREAM = 2;
const OTHER_FILES = 200;
/** Streams before the measured ones. */
const WARM = 60;
/** Streams that are opened at once. */
const STEP = 50;

const config = (port: number) => `
[proxy]
api_key = "${PROXY_KEY}"
[router]
default = "same,m"
background = "other,m"
[[providers]]
name = "same"
api_base_url = "http://127.0.0.1:${port}/v1"
api_key = "k"
dialects = ${JSON.stringify(DIALECTS)}
[[providers]]
name = "other"
api_base_url = "http://127.0.0.1:${port}/v1"
api_key = "k"
dialects = ["openai-chat"]
`;

/** Raises the limit on open files as far as the system allows, then becomes the command. */
const RAISED = ["sh", "-c", 'ulimit -n "$(ulimit -Hn)" 2>/dev/null; exec "$@"', "sh"];

export async function hold({ command, streams: wanted, seconds, pause }: HoldOptions): Promise<HoldResult> {
  const provider = await tickingProvider();
  const raised = process.platform === "win32" ? command : [...RAISED, ...command];
  const program = await startProgram(raised, config(provider.port));
  const { pid, url } = program;
  try {
    const files = Math.min(openFilesLimit(process.pid) ?? Infinity, openFilesLimit(pid) ?? Infinity);
    const streams = Math.min(wanted, Math.floor((files - OTHER_FILES) / FILES_PER_STREAM));
    await warmUp(url);
    const before = memoryOf(pid);

    const delays: number[] = [];
    const wrong: string[] = [];
    let complete = 0;
    const listen = async (number: number) => {
      const id = `q${number}`;
      const dialect = DIALECTS[number % DIALECTS.length]!;
      try {
        const response = await ask(url, number, id);
        const text = await readTo(response, delays);
        const heard = await hear(dialect, new Response(text, response));
        if (heard.ends === 1 && heard.errors === 0 && heard.text === provider.said(id)) complete++;
        else wrong.push(`${id}: ${JSON.stringify(heard).slice(0, 200)}`);
      } catch (error) {
        wrong.push(`${id}: ${error}`);
      }
    };
    const listening: Promise<void>[] = [];
    for (let number = 0; number < streams;) {
      const next = Math.min(number + STEP, streams);
      while (number < next) listening.push(listen(number++));
      while (provider.open() + wrong.length < number) await sleep(5);
    }
    const started = processorOf(pid);
    const end = performance.now() + seconds * 1000;
    const open: number[] = [];
    while (performance.now() < end) {
      await sleep(pause);
      provider.tick();
      open.push(memoryOf(pid) ?? 0);
    }
    const worked = processorOf(pid);
    const { in_flight: inFlight } = await healthOf(program);
    provider.finish();
    await Promise.all(listening);
    await sleep(1000);
    const left = (await healthOf(program)).in_flight;
    return {
      streams,
      limit: streams < wanted ? files : undefined,
      inFlight,
      complete,
      wrong,
      memory: {
        ...(before !== undefined && { before, open: Math.max(...open) }),
        ...(before !== undefined && { after: memoryOf(pid)! }),
      },
      processor: started === undefined || worked === undefined ? undefined : (worked - started) / seconds,
      delays: delays.sort((a, b) => a - b),
      left: { inFlight: left, outgoing: socketsOf(pid, Number(new URL(url).port))?.outgoing },
    };
  } finally {
    await program.close();
    await provider.close();
  }

  /** Compiles what every request runs, so that it is not counted as the streams'. */
  async function warmUp(url: string): Promise<void> {
    const warm = Array.from(
      { length: WARM },
      async (_, index) => (await ask(url, index, `q${index}`)).text(),
    );
    while (provider.open() < warm.length) await sleep(5);
    provider.tick();
    provider.finish();
    await Promise.all(warm);
  }
}

/** Half of the requests go to a provider of another dialect. */
function ask(url: string, number: number, id: string): Promise<Response> {
  const dialect = DIALECTS[number % DIALECTS.length]!;
  const model = number % 2 === 0 ? "default" : "background";
  return fetch(url + PATHS[dialect], {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${PROXY_KEY}` },
    body: JSON.stringify({ ...request(dialect, true, promptOf(id)), model }),
  });
}

/** Reads to the end and notes how old each word is when it comes. */
async function readTo(response: Response, delays: number[]): Promise<string> {
  let text = "";
  if (response.body === null) return text;
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const now = performance.now();
    // The last event of some dialects has the whole text once more.
    if (piece.length < 1000) {
      for (const [, at] of piece.matchAll(/@([\d.]+) /g)) delays.push(now - Number(at));
    }
  }
  return text;
}
