/** Whether the proxy runs already, or could. */
import type { Config } from "../../../config/config.ts";
import { listen } from "../../../runtime/listen.ts";
import { span } from "../../../text/amounts.ts";
import { listenProblem } from "../../listen-error.ts";
import { NAME, VERSION } from "../../program.ts";
import { addressOf, askHealth, type Health } from "../status/health.ts";
import type { Finding } from "./finding.ts";

const CHECK = "Proxy";

/** Asks at its address; where nothing answers, tries to listen there. */
export async function checkAddress(config: Config): Promise<Finding[]> {
  const { host, port, apiKeys } = config.proxy;
  if (port === 0) return [{ check: CHECK, state: "ok", found: "takes any free port" }];
  const url = addressOf(config);
  const answer = await askHealth(url, apiKeys[0]);
  if (answer.ok) return running(answer.health, config, url);
  if (answer.listens) {
    const mend = "Stop what listens there, or set another port under [proxy].";
    return [{ check: CHECK, state: "fail", found: withoutStop(answer.problem), mend }];
  }
  try {
    const listener = listen({ hostname: host, port, handle: () => new Response(null, { status: 503 }) });
    await listener.close();
  } catch (error) {
    return [{ check: CHECK, state: "fail", found: withoutStop(listenProblem(error, host, port)) }];
  }
  return [{ check: CHECK, state: "ok", found: `does not run yet; ${host}:${port} is free for it` }];
}

function running(health: Health, config: Config, url: string): Finding[] {
  const { version, uptime_seconds: uptime, config: its } = health;
  const findings: Finding[] = [{ check: CHECK, state: "ok", found: `runs at ${url}, for ${span(uptime)}` }];
  if (!its.ok) {
    const problems = (its.problems ?? []).join("\n");
    findings.push({
      check: CHECK,
      state: "fail",
      found: `it goes on with its old configuration, since the file has mistakes:\n${problems}`,
      mend: "Mend the file; it is read again when it changes.",
    });
  }
  if (its.path !== (config.path ?? null)) {
    findings.push({
      check: CHECK,
      state: "warn",
      found: `it runs with another configuration: ${its.path ?? "one made from the keys in its environment"}`,
      mend: `${NAME} doctor --config ${its.path ?? "FILE"} looks at that one.`,
    });
  }
  if (version !== VERSION) {
    findings.push({
      check: CHECK,
      state: "warn",
      found: `it is version ${version}; this program is version ${VERSION}`,
      mend: "Start it anew.",
    });
  }
  return findings;
}

const withoutStop = (sentence: string): string => sentence.replace(/\.$/, "");
