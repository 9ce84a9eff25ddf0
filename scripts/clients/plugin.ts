/** OpenClaw with the plugin of `plugins/openclaw`, installed from its packed folder. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { openclawPlugin } from "../pack/openclaw.ts";
import type { Case } from "./case.ts";
import { configuration, MODELS, PROXY_KEY } from "./configuration.ts";
import { type Gateway, openclaw, startGateway } from "./gateway.ts";
import { type Proxy, ROOT, type Runtime, startProxy } from "./proxy.ts";
import { FINAL, startStandIn } from "./stand-in.ts";

const PLUGIN = "terraphim-llm-proxy";
const TURN_MS = 90_000;
/** Milliseconds from a command, or a wake, to what it does. */
const PATIENCE_MS = 30_000;
/** A user's own, which the proxy cannot know. */
const HEARTBEAT_PROMPT = "Design a plan of what is left to do.";

const PRICES = Object.values(MODELS).map((model, at) =>
  `[[prices]]\nprovider = "primary"\nmodel = "${model}"\ninput = ${at === 1 ? 100 : 1}\noutput = 1`
).join("\n");

/** Plays it. `wrong`: what was not as it should be, a line each. */
export async function withPlugin(
  one: Case,
  home: string,
  runtime: Runtime,
): Promise<{ readonly wrong: readonly string[]; readonly requests: number }> {
  const primary = await startStandIn("primary", home, { mode: "text" });
  const ends = [primary.stop];
  try {
    const toml = `${configuration(one, primary.url, undefined)}\n${PRICES}`;
    const proxy = await startProxy(toml, join(home, "proxy"), runtime);
    ends.push(proxy.stop);
    const config = await installed(home);
    config.agents = {
      defaults: {
        workspace: join(home, "work"),
        skipBootstrap: true,
        model: { primary: "terraphim/auto" },
        heartbeat: { every: "0m", target: "none", prompt: HEARTBEAT_PROMPT },
      },
    };
    config.plugins.entries[PLUGIN]!.config = { url: proxy.url };
    const gateway = await startGateway({ home, config: { ...config }, key: PROXY_KEY });
    ends.push(gateway.stop);
    return { wrong: await faults(gateway, proxy), requests: (await primary.requests()).length };
  } finally {
    await Promise.all(ends.map((end) => end()));
  }
}

interface OpenClawConfig {
  agents?: unknown;
  readonly plugins: { readonly entries: Readonly<Record<string, { enabled?: boolean; config?: unknown }>> };
}

/** Packs the plugin and has OpenClaw install it. @returns the configuration that OpenClaw wrote @throws Error */
async function installed(home: string): Promise<OpenClawConfig> {
  const folder = join(home, "packed", PLUGIN);
  const options = { version: "0.0.1", license: "MIT License\n", epoch: 0, homepage: undefined };
  for (const { path, data = "" } of openclawPlugin(join(ROOT, "plugins/openclaw"), options).files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), data);
  }
  const file = join(home, ".openclaw/openclaw.json");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ gateway: { mode: "local" } }));
  const { output } = await openclaw(
    ["plugins", "install", folder, "--force", "--accept-capabilities"],
    { home, key: PROXY_KEY, timeoutMs: 140_000 },
  );
  const config = JSON.parse(readFileSync(file, "utf8")) as Partial<OpenClawConfig>;
  if (config.plugins?.entries?.[PLUGIN]?.enabled !== true) {
    throw new Error(`the plugin was not installed: ${output.trim().slice(-600)}`);
  }
  return config as OpenClawConfig;
}

/** Talks with OpenClaw, and looks at where the proxy sent each prompt. */
async function faults(gateway: Gateway, proxy: Proxy): Promise<string[]> {
  const wrong: string[] = [];
  const expect = (isTrue: boolean, words: string) => void (isTrue || wrong.push(words));
  const routeOf = async (prompt: string) => {
    const answer = await gateway.say(prompt, TURN_MS);
    expect(answer.includes(FINAL), `${prompt} was answered with ${answer.slice(-200)}`);
    return proxy.requests.at(-1)?.route;
  };
  expect(await routeOf("plan a scalable webhook") === "think", "the first prompt did not go to think");
  expect(proxy.requests.at(-1)?.client === "openclaw", "OpenClaw was not recognised");
  expect(await routeOf("build this feature") === "build", "the second prompt did not go to build");

  const early = await gateway.command("/status");
  const shown = await gateway.command("/route");
  const refused = await gateway.command("/route nowhere");
  const late = await gateway.command("/status");
  const chosen = await gateway.command("/route think");
  await until(() => proxy.output.includes("pinned to think"));
  expect(await routeOf("build the next feature") === "think", "/route think did not pin the session");
  const answers = await gateway.answers();
  const says = (command: string, id: string, pattern: RegExp) => {
    const answer = answers.get(id) ?? "nothing";
    expect(pattern.test(answer), `${command} shows ${answer}`);
  };
  const line = /Usage: saved \$\d+\.\d+ \(\d+ %\) today, .* spent \$\d/;
  if (!line.test(answers.get(early) ?? "")) says("/status", late, line);
  says("/route", shown, /routed by its content[^]*think/);
  says("/route nowhere", refused, /"?nowhere"?(?![^]*session goes to)/);
  says("/route think", chosen, /session goes to think/);

  const before = proxy.requests.length;
  await gateway.wake();
  await until(() => proxy.requests.length > before);
  const heartbeat = proxy.requests[before];
  expect(heartbeat?.route === "background", `the heartbeat went to ${heartbeat?.route}`);
  return wrong;
}

/** Looks five times a second, for {@link PATIENCE_MS} at most. */
async function until(isTrue: () => boolean): Promise<void> {
  for (let waited = 0; !isTrue() && waited < PATIENCE_MS; waited += 200) await setTimeout(200);
}
