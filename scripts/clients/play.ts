/** Plays one case: provider, backup, proxy and client of its own, all on loopback. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { agent } from "./agents.ts";
import type { Case, Outcome } from "./case.ts";
import { configuration, MODELS, PROXY_KEY, subscriptionOf } from "./configuration.ts";
import { startFake } from "./fakes.ts";
import { FOLDER, RUNS } from "./install.ts";
import { crossed } from "./crossing.ts";
import { withPlugin } from "./plugin.ts";
import { run } from "./processes.ts";
import { type Runtime, startProxy } from "./proxy.ts";
import { turnAfterSetup } from "./set-up.ts";
import { FINAL, type StandInSettings, startStandIn } from "./stand-in.ts";
import { startTap } from "./tap.ts";

/** What an agent gets for its turn; a slow one is a failed one. */
const TIMEOUT_MS = 150_000;

export interface Played {
  readonly case: Case;
  /** What was wrong, a line each; empty: nothing. */
  readonly wrong: readonly string[];
  readonly ms: number;
  /** Requests that arrived at providers. */
  readonly requests: number;
  /** Of a refused request: what the user reads, and the milliseconds from the request to the client's end. */
  readonly shown?: string;
  readonly answeredMs?: number | undefined;
}

/** Milliseconds within which a refused client must have ended. */
const SOON_MS = 10_000;

/** Its user reads why, and soon. */
function refusalShown({ answeredMs, printed }: Outcome, says: RegExp): readonly string[] {
  const plain = printed.replaceAll("\u2060", "");
  return [
    ...(says.test(plain) ? [] : [`its user does not read ${says}: ${tail(printed)}`]),
    ...(printed.includes(FINAL) ? ["it printed an answer"] : []),
    ...(answeredMs === undefined
      ? ["it sent no request"]
      : answeredMs > SOON_MS
      ? [`it ended after ${(answeredMs / 1000).toFixed(1)} s`]
      : []),
  ];
}

/** The client's last words. */
function saidBy({ printed }: Outcome): string {
  const lines = stripVTControlCharacters(printed.replaceAll("\u2060", "")).split("\n").filter((line) =>
    line.trim() !== "" && !/^run-\w+: |^tokens used$|^\d+$/.test(line)
  );
  return lines.at(-1)?.trim() ?? "";
}

/** Spends what a budget has. */
async function spend(url: string): Promise<void> {
  const body = {
    model: `primary,${MODELS.default}`,
    messages: [{ role: "user", content: "hi" }],
    max_tokens: 10,
  };
  const headers = { authorization: `Bearer ${PROXY_KEY}`, "content-type": "application/json" };
  const sent = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  await sent.body?.cancel();
}

export async function play(one: Case, runtime: Runtime): Promise<Played> {
  const began = performance.now();
  const home = join(RUNS, one.name.replace(/[^a-z0-9]+/gi, "-").toLowerCase());
  rmSync(home, { recursive: true, force: true });
  mkdirSync(join(home, "work"), { recursive: true });
  const done = (wrong: readonly string[], requests = 0): Played => ({
    case: one,
    wrong,
    ms: performance.now() - began,
    requests,
  });
  const ends: (() => Promise<void>)[] = [];
  try {
    if (one.crosses !== undefined) {
      const { wrong, requests } = await crossed(one, one.crosses, home, runtime, turn);
      return done(wrong, requests);
    }
    if (one.plugin) {
      const { wrong, requests } = await withPlugin(one, home, runtime);
      return done(wrong, requests);
    }
    const primary = one.primary === undefined
      ? await startStandIn("primary", home, one.stand ?? {})
      : await startFake(one, one.primary);
    ends.push(primary.stop);
    const backup = one.backup === undefined ? undefined : await startStandIn("backup", home, toolOf(one));
    if (backup !== undefined) ends.push(backup.stop);
    const proxy = await startProxy(
      configuration(one, primary.url, backup?.url),
      join(home, "proxy"),
      runtime,
    );
    ends.push(proxy.stop);
    if (one.refused?.budget === true) await spend(proxy.url);
    const tap = await startTap(proxy.url);
    ends.push(tap.stop);
    const { code, output, timedOut } = one.setUp === undefined
      ? await turn(one, tap.url, home)
      : await turnAfterSetup(one, tap.url, home, runtime, TIMEOUT_MS);
    const outcome: Outcome = {
      case: one,
      printed: output,
      answeredMs: tap.first === undefined ? undefined : performance.now() - tap.first,
      primary: await primary.requests(),
      backup: await backup?.requests() ?? [],
      logged: proxy.requests,
      work: join(home, "work"),
    };
    const wrong = [
      ...(timedOut ? [`it was not done after ${TIMEOUT_MS / 1000} s`] : []),
      ...(one.refused !== undefined
        ? refusalShown(outcome, one.refused.says)
        : code === 0 && (one.setUp === undefined || output.includes(FINAL))
        ? []
        : [`it did not print the answer: ${tail(output)}`]),
      ...new Set(one.checks.flatMap((check) => check(outcome))),
    ];
    return {
      ...done(wrong, outcome.primary.length + outcome.backup.length),
      ...(one.refused === undefined ? {} : { shown: saidBy(outcome), answeredMs: outcome.answeredMs }),
    };
  } catch (error) {
    return done([error instanceof Error ? `${error.message} ${error.cause ?? ""}`.trim() : String(error)]);
  } finally {
    await Promise.all(ends.map((end) => end()));
  }
}

/** The backup is well, and asks for the same tool. */
function toolOf({ stand }: Case): StandInSettings {
  return stand?.toolName === undefined ? {} : { toolName: stand.toolName, toolArgs: stand.toolArgs };
}

/** One headless turn of the client. Its script exits with 0 when it printed the provider's last words. */
function turn(one: Case, url: string, home: string, ofTurn: Readonly<Record<string, string>> = {}) {
  const { script, env } = agent(one.agent);
  const more = one.subscription === undefined ? {} : subscriber(one);
  return run("bash", [join(FOLDER, script)], {
    env: {
      BASE_URL: one.subscription === "path" ? `${url}/k/${PROXY_KEY}` : url,
      KEY: one.refused?.wrongKey === true
        ? "not-the-key-of-the-test"
        : one.subscription === undefined
        ? PROXY_KEY
        : subscriptionOf(one),
      PROMPT: one.prompt ?? "plan implementation of a todo app",
      EXPECT: FINAL,
      CLIENT_HOME: home,
      WORKDIR: join(home, "work"),
      TIMEOUT: String(TIMEOUT_MS / 1000 - 10),
      ...env,
      ...more,
      ...one.env,
      ...ofTurn,
    },
    timeoutMs: TIMEOUT_MS,
  });
}

/** Settings by which the clients send the proxy's key beside their own credential. */
function subscriber({ agent: name, subscription }: Case): Record<string, string> {
  const claude = name.startsWith("Claude");
  const header = subscription === "header";
  if (claude) {
    return {
      AUTH: "bearer",
      ...(header ? { EXTRA_ENV: `ANTHROPIC_CUSTOM_HEADERS=X-Proxy-Key:${PROXY_KEY}` } : {}),
    };
  }
  return header ? { EXTRA_TOML: `http_headers = { "X-Proxy-Key" = "${PROXY_KEY}" }` } : {};
}

function tail(output: string): string {
  return output.trim().slice(-600).replace(/\s+/g, " ");
}
