/** The demonstration: a made-up provider, the real proxy in front of it, the published prompts through both. */
import { catalogOf } from "../../../config/priced-catalog.ts";
import { baselineOf } from "../../../ledger/account.ts";
import { EXIT } from "../../failure.ts";
import type { Io } from "../../io.ts";
import { printJson } from "../../json.ts";
import { logTo } from "../serve/log.ts";
import { styleOf } from "../../output/style.ts";
import { warmUp } from "../../warm-up.ts";
import { ask } from "./asking.ts";
import { DEMO_KEY } from "./configuration.ts";
import { type Example, EXAMPLES } from "./examples.ts";
import { type DemoProvider, startDemoProvider } from "./provider.ts";
import { type DemoProxy, startDemoProxy } from "./proxy.ts";
import { type Accounted, asJson, invitation, rows, summary } from "./report.ts";

export interface DemoOptions {
  /** End after the prompts instead of staying up. */
  readonly once: boolean;
  readonly port?: number | undefined;
  readonly json: boolean;
}

/** Runs it. Resolves to the exit code: 1 when a prompt went elsewhere than promised. @throws CliError */
export async function runDemo(io: Io, options: DemoOptions): Promise<number> {
  const provider = startDemoProvider();
  try {
    const log = logTo(io, { level: "error", json: false });
    const proxy = startDemoProxy(provider.url, options.port, log);
    warmUp(proxy.config);
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
  const { config, server, ledger } = proxy;
  const { stdout } = io;
  const say = (text: string) => {
    if (!json) stdout.write(text);
  };
  const { find } = catalogOf(config);
  const table = rows(stdout, EXAMPLES, find);
  say(introduction(io, server.url, provider.url) + table.head);
  const answered: Accounted[] = [];
  for (const example of EXAMPLES) {
    const one = await accounted(proxy, example);
    answered.push(one);
    say(table.row(one));
  }
  const report = ledger.report({ since: 0 });
  const baseline = baselineOf(config)?.model ?? "";
  if (json) printJson(io, asJson(server.url, answered, report, baseline));
  const missed = answered.filter(({ asPromised }) => !asPromised).length;
  say(
    `\n${missed === 0 ? "" : `${missed} went elsewhere than promised.\n`}${
      summary(stdout, report, baseline)
    }`,
  );
  const code = missed === 0 ? EXIT.ok : EXIT.failed;
  if (once) return code;
  say(`\n${invitation(stdout, server.url, DEMO_KEY)}`);
  logTo(io, { level: "info", json: false });
  await told(io);
  return code;
}

function introduction(io: Io, proxy: string, provider: string): string {
  const { bold, dim } = styleOf(io.stdout);
  return `The proxy runs at ${bold(proxy)}. In place of OpenRouter and Groq stands\n` +
    `a made-up provider, ${provider}: no key is needed, nothing is spent.\n` +
    dim("Clients of three dialects ask, some for a stream. Where each prompt goes:\n\n");
}

/** Asks, and waits until the ledger has been told: that is after the last byte. */
async function accounted({ server, ledger }: DemoProxy, example: Example): Promise<Accounted> {
  const costs = new Map<string, number | undefined>();
  const heard = Promise.withResolvers<void>();
  const end = ledger.subscribe(({ id, cost_usd }) => {
    costs.set(id, cost_usd ?? undefined);
    heard.resolve();
  });
  try {
    const outcome = await ask(server.url, DEMO_KEY, example);
    if (outcome.id !== "" && outcome.route !== "") await heard.promise;
    const cost = costs.get(outcome.id);
    return { ...outcome, ...(cost === undefined ? {} : { cost }) };
  } finally {
    end();
  }
}

/** Resolves when the user has had enough. */
async function told(io: Io): Promise<void> {
  const enough = Promise.withResolvers<void>();
  const ends = [io.onSignal("SIGINT", enough.resolve), io.onSignal("SIGTERM", enough.resolve)];
  io.stdout.gone.addEventListener("abort", () => enough.resolve());
  if (io.stdout.gone.aborted) enough.resolve();
  await enough.promise;
  if (io.stderr.isTTY) io.stderr.write("\n"); // after the terminal's own ^C
  for (const end of ends) end();
}
