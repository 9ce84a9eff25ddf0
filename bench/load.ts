/** Load from wrk: the agents' requests in turn over kept-alive connections. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { agentRequests } from "./bodies.ts";
import { BENCH_KEY } from "./config.ts";
import { find } from "./tools.ts";

export const CONNECTIONS = 32;

export interface Load {
  readonly requests: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Writes the script that makes wrk send the agents' requests of a size; its path. */
export function loadScript(folder: string, bytes: number): string {
  const formats = agentRequests(bytes).map(({ path, headers, text }, i) => {
    const body = join(folder, `body-${bytes}-${i}.json`);
    writeFileSync(body, text);
    const all = Object.entries({ ...headers, authorization: `Bearer ${BENCH_KEY}` })
      .map(([name, value]) => `[ [[${name}]] ] = [[${value}]]`).join(", ");
    return `  requests[${i + 1}] = wrk.format("POST", "${path}", { ${all} }, contents([[${body}]]))`;
  });
  const script = join(folder, `load-${bytes}.lua`);
  writeFileSync(
    script,
    `local requests, turn = {}, 0
local function contents(path)
  local file = io.open(path, "rb")
  local text = file:read("*a")
  file:close()
  return text
end
function init()
${formats.join("\n")}
end
function request()
  turn = turn % #requests + 1
  return requests[turn]
end
`,
  );
  return script;
}

/** Puts load on a URL for so many seconds. @throws when an answer is not 2xx, or a connection fails */
export function load(
  url: string,
  script: string,
  seconds: number,
  connections: number = CONNECTIONS,
): Promise<Load> {
  const args = [
    "-t1",
    `-c${connections}`,
    `-d${seconds}s`,
    "--latency",
    "--timeout",
    "10s",
    "-s",
    script,
    url,
  ];
  return new Promise((resolve, reject) => {
    const wrk = spawn(find("wrk") ?? "wrk", args, { stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    wrk.stdout.on("data", (chunk) => out += chunk);
    wrk.once("error", reject);
    wrk.once("exit", () => {
      const number = (pattern: RegExp) => Number(pattern.exec(out)?.[1] ?? NaN);
      const requests = number(/(\d+) requests in/);
      if (/Non-2xx|Socket errors/.test(out) || !(requests > 0)) {
        reject(new Error(`requests to ${url} failed:\n${out}`));
        return;
      }
      const perSecond = number(/Requests\/sec:\s+([\d.]+)/);
      resolve({ requests, perSecond, p50: latency(out, 50), p99: latency(out, 99) });
    });
  });
}

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };

function latency(out: string, percent: number): number {
  const [, value, unit = "ms"] = new RegExp(`${percent}%\\s+([\\d.]+)(us|ms|s)`).exec(out) ?? [];
  return Number(value) * (UNITS[unit] ?? NaN);
}
