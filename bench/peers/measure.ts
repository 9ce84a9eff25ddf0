/** What is measured of a gateway: the same load for each, in turns. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { agentRequests } from "../bodies.ts";
import { median } from "../figures.ts";
import { load } from "../load.ts";
import { processTree } from "../processes.ts";
import type { Gateway } from "./programs.ts";

/** A load: the size of the requests, and whether the answers are streams of 200 events. */
export interface Kind {
  readonly name: string;
  readonly bytes: number;
  readonly stream: boolean;
}

export const KINDS: readonly Kind[] = [
  { name: "4 KB", bytes: 4096, stream: false },
  { name: "110 KB", bytes: 110 * 1024, stream: false },
  { name: "stream of 200 events", bytes: 4096, stream: true },
];

/** Connections at once. */
const CONNECTIONS = [1, 32] as const;

/** One gateway under one load; medians of the rounds. */
export interface Figure {
  readonly gateway: string;
  readonly way: string;
  readonly kind: string;
  readonly connections: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of processor time for a request, all processes and threads. */
  readonly cpuUs: number;
  /** Each round's requests, seconds' rates, times and processor time. */
  readonly rounds: readonly Round[];
}

interface Round {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuUs: number;
}

/** Claude Code's request of a size, for a gateway. */
function requestFor({ headers, model }: Gateway, { bytes, stream }: Kind) {
  const { path, headers: own, body } = agentRequests(bytes)[0]!;
  const asked = { ...body, ...(model === undefined ? {} : { model }), ...(stream ? { stream } : {}) };
  // The static provider reads in the prompt how long its answer is to be.
  const text = JSON.stringify(asked).replace("webhook handler", "webhook handler in 200 pieces");
  return { path, headers: { ...own, "accept-encoding": "identity", ...headers }, text };
}

/** The script that makes wrk send it. */
function scriptFor(folder: string, gateway: Gateway, kind: Kind): string {
  const { path, headers, text } = requestFor(gateway, kind);
  const name = `${gateway.name}-${kind.name}`.replace(/\W+/g, "-");
  const body = join(folder, `${name}.json`);
  const script = join(folder, `${name}.lua`);
  writeFileSync(body, text);
  const all = Object.entries(headers).map(([key, value]) => `wrk.headers[ [[${key}]] ] = [[${value}]]`);
  writeFileSync(
    script,
    `wrk.method = "POST"
wrk.path = "${path}"
${all.join("\n")}
local file = io.open([[${body}]], "rb")
wrk.body = file:read("*a")
file:close()
`,
  );
  return script;
}

const firstLine = ({ message }: Error): string => message.split("\n")[0] ?? "";

/** What a gateway's answer lacks; undefined: it has the provider's text. */
async function wrongAnswer(gateway: Gateway, kind: Kind): Promise<string | undefined> {
  const { path, headers, text } = requestFor(gateway, kind);
  try {
    const response = await fetch(gateway.url + path, { method: "POST", headers, body: text });
    const answer = await response.text();
    if (!response.ok) return `it answers ${response.status}: ${answer.slice(0, 100)}`;
    return answer.includes(kind.stream ? "webhook" : "signature")
      ? undefined
      : `its answer does not have the provider's text: ${JSON.stringify(answer.slice(0, 100))}`;
  } catch (error) {
    return `it does not answer: ${firstLine(error as Error)}`;
  }
}

export interface LoadOptions {
  readonly folder: string;
  readonly way: string;
  readonly kind: Kind;
  readonly rounds: number;
  readonly seconds: number;
}

const SILENT = "no round ended without a failure or a request that took ten seconds";

/** Loads the gateways in turns; those that fail under it are not in the result. */
export async function underLoad(
  gateways: readonly Gateway[],
  { folder, way, kind, rounds, seconds }: LoadOptions,
): Promise<{ readonly figures: readonly Figure[]; readonly failed: readonly string[] }> {
  const figures: Figure[] = [];
  const failed = new Map<string, string>();
  const silent: string[] = [];
  const scripts = gateways.map((gateway) => scriptFor(folder, gateway, kind));
  const one = (i: number, connections: number, s: number) =>
    load(gateways[i]!.url, scripts[i]!, s, connections);
  for (const [i, gateway] of gateways.entries()) {
    const why = await wrongAnswer(gateway, kind);
    if (why !== undefined) failed.set(gateway.name, why);
    else await one(i, 32, seconds * 2).catch(() => {}); // it warms up; the rounds show whether it answers
  }
  for (const connections of CONNECTIONS) {
    const measured = new Map<Gateway, Round[]>();
    for (let round = 0; round < rounds; round++) {
      for (const [i, gateway] of gateways.entries()) {
        if (failed.has(gateway.name)) continue;
        const before = processTree(gateway.running.pid).cpuUs;
        const loaded = await one(i, connections, seconds).catch(() => undefined);
        if (loaded === undefined) continue; // nothing came through in a round on a busy machine
        const cpuUs = (processTree(gateway.running.pid).cpuUs - before) / loaded.requests;
        const { perSecond, p50, p99 } = loaded;
        measured.set(gateway, [...measured.get(gateway) ?? [], { perSecond, p50, p99, cpuUs }]);
      }
    }
    for (const { name } of gateways) {
      const isSilent = !failed.has(name) && ![...measured.keys()].some((one) => one.name === name);
      if (isSilent) silent.push(`${name}, ${way}, ${kind.name}, ${connections} connections: ${SILENT}`);
    }
    for (const [{ name: gateway }, all] of measured) {
      const middle = (of: keyof Round) => median(all.map((round) => round[of]));
      figures.push({
        gateway,
        way,
        kind: kind.name,
        connections,
        perSecond: middle("perSecond"),
        p50: middle("p50"),
        p99: middle("p99"),
        cpuUs: middle("cpuUs"),
        rounds: all,
      });
    }
  }
  const wrong = [...failed].map(([name, why]) => `${name}, ${way}, ${kind.name}: ${why}`);
  return { figures, failed: [...wrong, ...silent] };
}

/** Requests of an agent's session, and their size: about 100,000 tokens. */
const SESSION = 30;
const CONTEXT: Kind = { name: "400 KB", bytes: 400 * 1024, stream: false };

/** How long a session's requests take by way of a gateway. */
export interface SessionTime {
  readonly gateway: string;
  readonly way: string;
  /** Seconds for all requests: the median of the rounds, and each. */
  readonly seconds: number;
  readonly rounds: readonly number[];
  /** What the gateway adds to them: medians of the rounds' differences. */
  readonly added: number;
}

/** Sends a session's requests one after the other, to each gateway in turn. The first is the provider itself. */
export async function sessions(
  gateways: readonly Gateway[],
  way: string,
  rounds: number,
): Promise<readonly SessionTime[]> {
  const times = gateways.map(() => [] as number[]);
  const requests = gateways.map((gateway) => requestFor(gateway, CONTEXT));
  for (let round = 0; round < rounds; round++) {
    for (const [i, { url }] of gateways.entries()) {
      const { path, headers, text } = requests[i]!;
      const send = async (n: number) => {
        const body = text.replace("webhook handler", `webhook handler ${round}.${n}`);
        const response = await fetch(url + path, { method: "POST", headers, body });
        const answer = await response.text();
        if (!response.ok) throw new Error(answer.slice(0, 200));
      };
      try {
        await send(-1); // the connection
        const started = performance.now();
        for (let n = 0; n < SESSION; n++) await send(n);
        times[i]!.push((performance.now() - started) / 1000);
      } catch {
        times[i]!.push(NaN); // it does not take requests of this size
      }
    }
  }
  return gateways.map(({ name: gateway }, i) => ({
    gateway,
    way,
    seconds: median(times[i]!),
    rounds: times[i]!,
    added: median(times[i]!.map((time, round) => time - times[0]![round]!)),
  }));
}
