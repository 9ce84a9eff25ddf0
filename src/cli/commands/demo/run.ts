/** The demonstration: a fake provider, the real proxy in front of it, the published prompts through both. */
import { baselineOf } from "../../../ledger/account.ts";
import { CliError, EXIT, VERSION } from "../../command.ts";
import { type Io, isNarrow, printJson } from "../../io.ts";
import { wrap } from "../../../text/width.ts";
import { logTo } from "../serve/log.ts";
import { styleOf } from "../../output/style.ts";
import { warmUp } from "../serve/warm-up.ts";
import { ask } from "./asking.ts";
import { DEMO_KEY, demoConfig, type Example, EXAMPLES, FAILOVER } from "./examples.ts";
import { type DemoProvider, startDemoProvider } from "./provider.ts";
import { type Accounted, asJson, failover, invitation, rows, summary } from "./report.ts";
import type { Config } from "../../../config/config.ts";
import type { PricedCatalog } from "../../../config/priced-catalog.ts";
import { parseConfig } from "../../../config/load.ts";
import { formatProblems } from "../../../config/problem.ts";
import { errorCode } from "../../../files/errors.ts";
import type { RequestEnd } from "../../../model/request-end.ts";
import type { RequestLedger } from "../../../ledger/ledger.ts";
import type { Log } from "../../../log/log.ts";
import { compose } from "../../../server/compose.ts";
import { serve, type Server } from "../../../server/server.ts";
import { explainedListenProblem } from "../../listen-error.ts";

export interface DemoOptions {
  /** End after the prompts instead of staying up. */
  readonly once: boolean;
  readonly port?: number | undefined;
  readonly json: boolean;
}

/** Runs it. Resolves to the exit code: 1 when a prompt was not routed as promised. @throws CliError */
export async function runDemo(io: Io, options: DemoOptions): Promise<number> {
  const provider = startDemoProvider();
  try {
    const log = logTo(io, { level: "error", json: false });
    const proxy = await startDemoProxy(provider.url, options.port, log);
    warmUp(proxy.config, proxy.catalog);
    try {
      return await show(io, options, provider, proxy);
    } finally {
      await proxy.stop();
    }
  } finally {
    await provider.stop();
  }
}

async function show(
  io: Io,
  { once, json }: DemoOptions,
  provider: DemoProvider,
  proxy: DemoProxy,
): Promise<number> {
  const { config, catalog, server, ledger } = proxy;
  const { stdout } = io;
  const say = (text: string) => {
    if (!json) stdout.write(text);
  };
  const table = rows(stdout, EXAMPLES, catalog.find);
  say(introduction(io, server.url, provider.url) + table.head);
  const answered: Accounted[] = [];
  for (const example of EXAMPLES) {
    const one = await accounted(proxy, example);
    answered.push(one);
    say(table.row(one));
  }
  const report = await ledger.report({ since: 0 });
  const baseline = baselineOf(config)?.model ?? "";
  provider.refuse(FAILOVER.path);
  const rescued = await accounted(proxy, FAILOVER);
  if (json) printJson(io, asJson({ url: server.url, answered, report, baseline, rescued }));
  const missed = [...answered, rescued].filter(({ asPromised }) => !asPromised).length;
  say(`\n${summary(stdout, report, baseline)}\n${failover(stdout, rescued, FAILOVER.refused)}`);
  if (missed > 0) say(`\n${missed} not routed as promised.\n`);
  const code = missed === 0 ? EXIT.ok : EXIT.failed;
  if (once) return code;
  say(`\n${invitation(stdout, server.url, DEMO_KEY)}`);
  logTo(io, { level: "info", json: false });
  await interrupted(io);
  return code;
}

function introduction(io: Io, proxy: string, provider: string): string {
  const { bold, dim } = styleOf(io.stdout);
  if (isNarrow(io.stdout)) {
    return [
      `The proxy listens on ${proxy}. A fake provider on this machine (${provider}) answers for OpenRouter and ` +
      "Groq: no keys, no cost.",
      "Clients of all three APIs send these prompts, some streaming:",
    ].map((text) => wrap(text, io.stdout.columns).join("\n")).join("\n") + "\n\n";
  }
  return `The proxy listens on ${bold(proxy)}. A fake provider on this machine\n` +
    `(${provider}) answers for OpenRouter and Groq: no keys, no cost.\n` +
    dim("Clients of all three APIs send these prompts, some streaming:\n\n");
}

/** Sends an example, and waits for its row in the ledger, which is written after the last byte. */
async function accounted({ server, ledger }: DemoProxy, example: Example): Promise<Accounted> {
  const ended = new Map<string, RequestEnd>();
  const heard = Promise.withResolvers<void>();
  const end = ledger.subscribe((one) => {
    ended.set(one.id, one);
    heard.resolve();
  });
  try {
    const outcome = await ask(server.url, DEMO_KEY, example);
    if (outcome.id !== "" && outcome.route !== "") await heard.promise;
    const { costs, attempts = [] } = ended.get(outcome.id) ?? {};
    return { ...outcome, attempts, ...(costs?.cost === undefined ? {} : { cost: costs.cost }) };
  } finally {
    end();
  }
}

/** Resolves at Ctrl-C, or when nobody reads the output any more. */
async function interrupted(io: Io): Promise<void> {
  const enough = Promise.withResolvers<void>();
  const ends = [io.onSignal("SIGINT", enough.resolve), io.onSignal("SIGTERM", enough.resolve)];
  io.stdout.gone.addEventListener("abort", () => enough.resolve());
  if (io.stdout.gone.aborted) enough.resolve();
  await enough.promise;
  if (io.stderr.isTTY) io.stderr.write("\n"); // after the terminal's own ^C
  for (const end of ends) end();
}

/** The port of the published example. */
const DEFAULT_PORT = 3456;

export interface DemoProxy {
  readonly config: Config;
  readonly catalog: PricedCatalog;
  readonly server: Server;
  /** Keeps its rows in memory only. */
  readonly ledger: RequestLedger;
  stop(): Promise<void>;
}

/**
 * Starts the proxy in front of the fake provider.
 * @param port to listen on; undefined: 3456, or any free one
 * @throws CliError when it cannot listen
 */
async function startDemoProxy(
  provider: string,
  port: number | undefined,
  log: Log,
): Promise<DemoProxy> {
  // No environment: the user's own keys are not used.
  const loaded = parseConfig(demoConfig(provider, port ?? DEFAULT_PORT), { env: {}, name: "demonstration" });
  if (!loaded.ok) throw new CliError(formatProblems(loaded.problems));
  const { config } = loaded;
  const state = {
    loadedAt: Date.now(),
    origin: "the demonstration's own",
    ok: true,
    problems: [],
    warnings: [],
    reloads: 0,
  };
  const source = { current: config, state, onSwap: () => () => {} };
  const { context, close } = compose({ source, log, version: VERSION });
  const ledger = context.ledger();
  if (ledger === undefined) throw new CliError("the demonstration has no ledger");
  const { host } = config.proxy;
  const listen = (at: number) => serve(context, host, at);
  let server: Server;
  try {
    server = listen(config.proxy.port);
  } catch (error) {
    if (port !== undefined || errorCode(error) !== "EADDRINUSE") {
      await close();
      throw new CliError(await explainedListenProblem(error, host, config.proxy.port));
    }
    server = listen(0);
  }
  return {
    config,
    catalog: context.catalogOf(config),
    server,
    ledger,
    async stop() {
      await server.kill();
      await close();
    },
  };
}
