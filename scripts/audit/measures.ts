/** What hostile clients and providers cost a running proxy: memory, time, open connections. Linux: it reads /proc. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import process from "node:process";
import { good } from "../../tests/support/faults.ts";
import { fromSource, type Program, startProgram } from "../../tests/support/program.ts";
import { fakeProvider } from "../../tests/support/provider.ts";

const MIB = 1024 * 1024;
const CHAT = "/v1/chat/completions";
const KEY = "proxy-key-0123456789";

/** The bounds of docs/security.md; the times are generous, for machines that do other work too. */
const MOST_MORE_MIB = 64;
const UNFINISHED = 400;
const UNFINISHED_S = 40;
const MOST_CPU_MS = 100;
/** Processor time of the main thread while `/health` waits: its delay on a machine that does nothing else. */
const MOST_HEALTH_MS = 50;
const GENEROUS = Number(process.env.TERRAPHIM_AUDIT_FACTOR ?? 1);

/** Resident memory in MiB. */
function memoryOf({ pid }: Program): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
}

/** Processor time of a thread so far, in milliseconds. */
function timeOf(pid: number, thread: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]) / 1e6;
  } catch {
    return 0; // it has ended
  }
}

/** Processor time of all threads so far, in milliseconds. */
const processorOf = ({ pid }: Program): number =>
  readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + timeOf(pid, Number(thread)), 0);

/** The same of the thread that answers requests: what others do on the machine does not count. */
const mainThreadOf = ({ pid }: Program): number => timeOf(pid, pid);

let failed = 0;
function report(what: string, value: number, unit: string, most: number): void {
  // Only times depend on what else the machine does.
  const bound = Math.round(most * (unit === "ms" ? GENEROUS : Math.min(GENEROUS, 1.5)));
  const over = value > bound;
  if (over) failed++;
  const allowed = bound === most ? "" : `, ${bound} are allowed here`;
  console.log(
    `${over ? "OVER  " : "within"}  ${what}: ${Math.round(value)} ${unit} (bound: ${most} ${unit}${allowed})`,
  );
}

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const ask = (url: string, body: string, headers: Record<string, string> = { "x-api-key": KEY }) =>
  fetch(url + CHAT, { method: "POST", headers: { "content-type": "application/json", ...headers }, body })
    .then((answer) => answer.text(), () => "");

const asking = (content: string, model = "m") =>
  JSON.stringify({ model, messages: [{ role: "user", content }] });

/** By how many MiB memory rises at most while `work` runs. */
async function risen(program: Program, work: () => Promise<unknown>): Promise<number> {
  const before = memoryOf(program);
  let most = before;
  const look = setInterval(() => most = Math.max(most, memoryOf(program)), 100);
  await work();
  clearInterval(look);
  return Math.max(most, memoryOf(program)) - before;
}

/** A hundred megabytes from a client without a key, in bodies and in headers. */
async function withoutKey(program: Program): Promise<void> {
  const body = asking("x".repeat(2 * MIB));
  report(
    "memory after 100 MB from a client without a key",
    await risen(program, async () => {
      for (let i = 0; i < 50; i++) await ask(program.url, body, {});
    }),
    "MiB more",
    MOST_MORE_MIB,
  );
}

/** Connections that never finish their headers, while others are served. */
async function unfinished(program: Program): Promise<void> {
  const port = Number(new URL(program.url).port);
  const began = performance.now();
  let last = 0;
  let closed = 0;
  for (let i = 0; i < UNFINISHED; i++) {
    const socket = connect(port, "127.0.0.1", () => {
      if (i % 3 > 0) {
        socket.write(i % 3 === 1 ? "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n" : "POST /v1/mess");
      }
    });
    socket.on("data", () => {}).on("error", () => {}).on("close", () => {
      closed++;
      last = performance.now() - began;
    });
  }
  let slowest = 0;
  while (closed < UNFINISHED && performance.now() - began < (UNFINISHED_S + 5) * 1000) {
    await later(500);
    const asked = performance.now();
    await (await fetch(`${program.url}/health`)).text();
    slowest = Math.max(slowest, performance.now() - asked);
  }
  report(`unfinished connections left of ${UNFINISHED}`, UNFINISHED - closed, "", 0);
  report("the last of them closed after", last / 1000, "s", UNFINISHED_S);
  report("slowest /health meanwhile", slowest, "ms", 250);
}

/** Two megabytes of bait in each place that text of strangers can be. */
async function bait(program: Program): Promise<void> {
  const two = (text: string) => text.repeat(Math.ceil(2 * MIB / text.length)).slice(0, 2 * MIB);
  const plain = { "x-api-key": KEY };
  const baits: readonly (readonly [what: string, body: string, headers: Record<string, string>])[] = [
    ["a model's name", asking("x", two("a-")), plain],
    ["a prompt of words", asking(two("word ")), plain],
    ["regex bait in a prompt", asking(two("aA1 ! error timeout ")), plain],
    ["a prompt without spaces", asking(two("a")), plain],
    ["code fences in a prompt", asking(two("```\n").slice(0, 1.6 * MIB)), plain],
    ["tags in a prompt", asking(two("<system-reminder><a>")), plain],
    ["Chinese in a prompt", asking(two("修复这个错误。").slice(0, 0.66 * MIB)), plain],
    ["headers, which end at 64 KB", asking("x"), { ...plain, "x-session-id": "a".repeat(60_000) }],
  ];
  await ask(program.url, asking("warm"));
  for (const [what, body, headers] of baits) {
    let slowest = 0;
    const costs: number[] = [];
    for (let i = 0; i < 3; i++) {
      const before = processorOf(program);
      let over = false;
      const asked = ask(program.url, body, headers).finally(() => over = true);
      while (!over) {
        const began = mainThreadOf(program);
        await (await fetch(`${program.url}/health`)).text();
        slowest = Math.max(slowest, mainThreadOf(program) - began);
        await later(5);
      }
      await asked;
      costs.push(processorOf(program) - before);
    }
    report(`processor time for 2 MB of ${what}`, Math.min(...costs), "ms", MOST_CPU_MS);
    report(`what /health waited for meanwhile, of processor time`, slowest, "ms", MOST_HEALTH_MS);
  }
}

/** A provider that sends a hundred megabytes of comments, of one event, of an error page. */
async function hostileProvider(start: (url: string) => Promise<Program>): Promise<void> {
  const kinds: readonly (readonly [string, number, string, string])[] = [
    ["comments", 200, "text/event-stream", `: ${"x".repeat(60_000)}\n\n`],
    ["one event without an end", 200, "text/event-stream", `data: ${"x".repeat(60_000)}`],
    ["an error page", 500, "text/html", "<p>".repeat(20_000)],
    ["a whole answer", 200, "application/json", " ".repeat(60_000)],
  ];
  for (const [what, status, type, piece] of kinds) {
    await using provider = await fakeProvider(async (_arrived, res) => {
      res.on("error", () => {});
      res.writeHead(status, { "content-type": type });
      for (let sent = 0; sent < 100 * MIB && !res.destroyed; sent += piece.length) {
        if (!res.write(piece)) {
          await new Promise<void>((go) => {
            const on = () => {
              res.off("drain", on).off("close", on);
              go();
            };
            res.on("drain", on).on("close", on);
          });
        }
      }
      res.end();
    });
    await using program = await start(provider.url);
    const stream = type === "text/event-stream";
    const body = JSON.stringify({ ...JSON.parse(asking("x")), stream });
    await ask(program.url, asking("warm", "nobody-knows"), {});
    const more = await risen(program, () => ask(program.url, body));
    report(`memory after 100 MB of ${what} from a provider`, more, "MiB more", MOST_MORE_MIB);
  }
}

/**
 * Measures a program, by default the one of the sources.
 * @returns how many figures were over their bounds
 */
export async function measures(command: readonly string[]): Promise<number> {
  if (!existsSync("/proc/self/stat")) {
    console.log("measures: skipped, this system has no /proc");
    return 0;
  }
  const program = command.length === 0 ? fromSource() : command;
  await using provider = await fakeProvider(good("openai-chat", false, "ok"));
  const start = (url: string) =>
    startProgram(
      program,
      `[proxy]\napi_key = "${KEY}"\n[router]\ndefault = "there,m"\n[[router.rules]]\n` +
        `when = { regex = "(\\\\w+\\\\s?)*:" }\nroute = "default"\n[[router.model_mappings]]\nfrom = "*-*-*-latest"\n` +
        `to = "default"\n[[providers]]\nname = "there"\napi_base_url = "${url}/v1"\napi_key = "k0123456789"\n` +
        `[log]\nlevel = "error"\n`,
    );
  await using running = await start(provider.url);
  await withoutKey(running);
  await bait(running);
  await unfinished(running);
  await hostileProvider(start);
  return failed;
}
