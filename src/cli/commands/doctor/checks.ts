/** The checks that stay on this machine: the configuration, the routes, the port, the files. */
import { scrubberOf } from "../../../config/secrets.ts";
import type { Config } from "../../../config/config.ts";
import type { PricedCatalog } from "../../../config/priced-catalog.ts";
import { openConfig } from "../../../config/load.ts";
import { formatProblem, formatWarning, inOrder } from "../../../config/problem.ts";
import { dataFolderOf, originInFull, originOf, ownCatalogPath, warningsOf } from "../../configuration.ts";
import type { Io } from "../../io.ts";
import { PROGRAM, VERSION } from "../../command.ts";
import { agentWarnings, THRESHOLD } from "../../../router/agent-requests.ts";
import type { RouteReport } from "../../../router/route-report.ts";
import { dataFile } from "../../../runtime/data-folder.ts";
import { listen } from "../../../runtime/listen.ts";
import { counted, span } from "../../../text/format.ts";
import { listenProblem } from "../../listen-error.ts";
import { addressOf, adminKeyOf, askHealth, type Health } from "../status/health.ts";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { othersCanRead } from "../../../config/source/env.ts";
import { reason } from "../../../files/errors.ts";
import { readUserCatalog } from "../../../catalog/update.ts";
import { lessonInWords, readLessons } from "../../../dispatch/lessons/lessons.ts";
import { recentRequests } from "../../../ledger/recent.ts";
import { report } from "../../../ledger/report.ts";
import { UnreadableLedger } from "../../../ledger/file.ts";
import { usingLedger } from "../../ledger-reader.ts";

export interface Finding {
  /** What was checked: `Configuration`, a provider's name. */
  readonly check: string;
  /** `warn`: it works, with a limitation. `fail`: it must be fixed. */
  readonly state: "ok" | "warn" | "fail";
  /** What was found: a sentence without a full stop and without secrets. */
  readonly found: string;
  /** How to fix it. */
  readonly fix?: string;
  /** A file to be made the user's alone, which `--fix` does. */
  readonly makePrivate?: string;
}

/** Loads it. Without one: only the findings. */
export function checkConfiguration(
  io: Io,
  option: string | undefined,
): { readonly config?: Config; readonly findings: readonly Finding[] } {
  const result = openConfig({ option, env: io.env, cwd: io.cwd });
  if (!result.ok) {
    const findings = inOrder(result.problems).map((problem): Finding => ({
      check: "Configuration",
      state: "fail",
      found: formatProblem(problem),
    }));
    return { findings };
  }
  const { config } = result;
  io.hide?.(scrubberOf(config));
  const origin: Finding = config.path === undefined
    ? { check: "Configuration", state: "warn", found: originOf(config) }
    : { check: "Configuration", state: "ok", found: originInFull(config) };
  // A missing key is reported with its provider.
  const warnings = warningsOf(config).filter(({ message }) => !/ is not set\b/.test(message))
    .map((warning): Finding => {
      const open = / can read it\b.*chmod 600/.test(warning.message) ? warning.file : undefined;
      return {
        check: "Configuration",
        state: "warn",
        found: formatWarning(warning),
        ...(open === undefined ? {} : { makePrivate: resolve(open) }),
      };
    });
  return { config, findings: [origin, ...warnings] };
}

/** Whether each route has a usable target. */
export function checkRoutes(routes: readonly RouteReport[]): Finding[] {
  const stuck = routes.filter(({ usable }) => !usable);
  if (stuck.length === 0) {
    const own = routes.filter(({ via, targets }) => via === undefined && targets.length > 0).length;
    return [{
      check: "Routes",
      state: "ok",
      found: `${counted(own, "route")}, each with a usable target`,
    }];
  }
  const byProviders = Map.groupBy(
    stuck,
    ({ targets }) => [...new Set(targets.map(({ provider }) => provider))].join(", "),
  );
  return [...byProviders].map(([providers, routes]) => {
    const name = routes.map((route) => route.name).join(", ");
    return {
      check: "Routes",
      state: "fail",
      found: `${name} ${routes.length === 1 ? "has" : "have"} no usable target${
        providers === "" ? "" : ` (${providers})`
      }`,
      fix: providers === ""
        ? `Set ${name}, or default, under [router].`
        : `Fix one of its targets, or add another: "provider,model | provider,model". See ${PROGRAM} check.`,
    };
  });
}

/** Whether agents' usual requests go where the routes say: windows and tools of the first targets, and the threshold. */
export function checkAgents(config: Config, catalog: PricedCatalog): Finding[] {
  const byMessage = Map.groupBy(agentWarnings(config, catalog), ({ message }) => message);
  return [...byMessage].map(([message, warnings]) => {
    const keys = warnings.flatMap(({ key }) => key ?? []);
    return {
      check: "Agents",
      state: "warn",
      found: `${keys.join(", ")}: ${withoutStop(message)}`,
      fix: keys.every((key) => key.endsWith(THRESHOLD))
        ? "Remove the key, or raise it."
        : `Put a model with a larger window first; ${PROGRAM} models lists the windows.`,
    };
  });
}

/** Asks at its address; where nothing answers, tries to listen there. */
export async function checkAddress(config: Config): Promise<Finding[]> {
  const { host, port } = config.proxy;
  if (port === 0) return [{ check: "Proxy", state: "ok", found: "uses any free port" }];
  const url = addressOf(config);
  const answer = await askHealth(url, adminKeyOf(config));
  if (answer.ok) return running(answer.health, config, url);
  if (answer.listens) {
    const fix = "refused" in answer && answer.refused
      ? "Set admin_key under [proxy] to a key that this proxy accepts."
      : "Stop the program that uses the port, or set another port under [proxy].";
    return [{ check: "Proxy", state: "fail", found: withoutStop(answer.problem), fix }];
  }
  try {
    const listener = listen({ hostname: host, port, handle: () => new Response(null, { status: 503 }) });
    await listener.close();
  } catch (error) {
    const [found = "", fix] = listenProblem(error, host, port).split(/; (?=stop|choose)/);
    return [{
      check: "Proxy",
      state: "fail",
      found: withoutStop(found),
      ...(fix === undefined ? {} : { fix: `${fix.charAt(0).toUpperCase()}${fix.slice(1)}` }),
    }];
  }
  return [{ check: "Proxy", state: "ok", found: `not running; ${host}:${port} is free` }];
}

function running(health: Health, config: Config, url: string): Finding[] {
  const { version, uptime_seconds: uptime, config: its } = health;
  const findings: Finding[] = [{
    check: "Proxy",
    state: "ok",
    found: `running on ${url} for ${span(uptime)}`,
  }];
  if (!its.ok) {
    const problems = (its.problems ?? []).join("\n");
    findings.push({
      check: "Proxy",
      state: "fail",
      found: `it still uses its previous configuration, because the file has mistakes:\n${problems}`,
      fix: "Fix the file; it is reloaded when it changes.",
    });
  }
  if (its.path !== (config.path ?? null)) {
    findings.push({
      check: "Proxy",
      state: "warn",
      found: `it uses another configuration: ${
        its.path ?? its.origin ?? "one built from the keys in its environment"
      }`,
      fix: `${PROGRAM} doctor --config ${its.path ?? "FILE"} checks that one.`,
    });
  }
  if (version !== VERSION) {
    findings.push({
      check: "Proxy",
      state: "warn",
      found: `it is version ${version}, this program is version ${VERSION}`,
      fix: "Restart it.",
    });
  }
  return findings;
}

const withoutStop = (sentence: string): string => sentence.replace(/\.$/, "");

/** The data folder, the ledger, the user's own list of models. Changes nothing. */
export function checkFiles(io: Io, config: Config | undefined): Finding[] {
  const folder = dataFolderOf(io);
  const ledger = config?.ledger.path ?? dataFile(folder, "ledger");
  const kept = config?.ledger.enabled !== false && config?.store === undefined;
  return [
    writable("Data folder", folder),
    ...(kept && dirname(ledger) !== folder ? [writable("Ledger", dirname(ledger))] : []),
    ...(kept ? ledgerFindings(ledger) : config?.ledger.enabled !== false ? [] : [{
      check: "Ledger",
      state: "ok" as const,
      found: "disabled: [ledger] enabled = false",
    }]),
    ...catalogFindings(ownCatalogPath(io)),
    ...lessonFindings(dataFile(folder, "lessons")),
  ];
}

/** Whether the store can be reached, and what is in its ledger. */
export async function checkStore(io: Io, config: Config): Promise<Finding[]> {
  if (config.store === undefined) return [];
  const check = "Store";
  try {
    const found = await usingLedger(io, config, async (ledger) => {
      const { requests } = await ledger.report({ since: 0, groups: [] });
      return `${ledger.place} has ${counted(requests, "request")}`;
    });
    return [{ check, state: "ok", found }];
  } catch (error) {
    if (!(error instanceof UnreadableLedger)) throw error;
    const fix = "Start the database, or fix url in [store]; requests wait in the spool meanwhile.";
    return [{ check, state: "fail", found: error.message, fix }];
  }
}

/** What models refused in earlier requests. */
function lessonFindings(path: string): Finding[] {
  const learned = readLessons(path, Date.now());
  if (learned.length === 0) return [];
  const lines = learned.map(({ provider, model, lesson, at }) =>
    `${provider},${model}: ${lessonInWords(lesson)}, ${span((Date.now() - at) / 1000)} ago`
  );
  return [{ check: "Refused", state: "ok", found: `and repaired since then:\n${lines.join("\n")}` }];
}

/** A missing folder is created when it is needed, where its parent is writable. */
function writable(check: string, folder: string): Finding {
  let there = folder;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  const fix = `Make ${there} writable for this user${
    check === "Ledger" ? ", or set another path under [ledger]" : ", or point XDG_DATA_HOME elsewhere"
  }.`;
  try {
    if (!statSync(there).isDirectory()) {
      const cure = `Move ${there} away. ${fix.replace(/^.*?, or p/, "Or p")}`;
      return { check, state: "fail", found: `${there} is a file, not a folder`, fix: cure };
    }
    accessSync(there, constants.W_OK | constants.X_OK);
  } catch (error) {
    return { check, state: "fail", found: `${folder} cannot be written: ${reason(error)}`, fix };
  }
  return { check, state: "ok", found: `${folder}${there === folder ? "" : " (created when needed)"}` };
}

function ledgerFindings(path: string): Finding[] {
  const check = "Ledger";
  if (!existsSync(path)) return [{ check, state: "ok", found: "none yet; the first request creates it" }];
  const findings: Finding[] = [];
  try {
    const { requests, unpriced_requests: unpriced } = report(path, { since: 0, groups: [] });
    const [newest] = recentRequests(path, { limit: 1 });
    const ago = newest === undefined ? "" : `, the newest ${span((Date.now() - newest.time) / 1000)} ago`;
    findings.push({ check, state: "ok", found: `${counted(requests, "request")}${ago}` });
    if (unpriced > 0) {
      findings.push({
        check,
        state: "warn",
        found: `${counted(unpriced, "request")} without a known price`,
        fix:
          `${PROGRAM} stats names the models; set their prices in [[prices]], or run ${PROGRAM} models update.`,
      });
    }
  } catch (error) {
    if (!(error instanceof UnreadableLedger)) throw error;
    findings.push({
      check,
      state: "fail",
      found: error.message,
      fix: `Move ${path} away; the next request begins a new one.`,
    });
  }
  if (othersCanRead(path)) {
    findings.push({
      check,
      state: "warn",
      found: "other users of this machine can read it",
      fix: `chmod 600 ${path}`,
      makePrivate: path,
    });
  }
  return findings;
}

function catalogFindings(path: string): Finding[] {
  const { problem } = readUserCatalog(path);
  if (problem === undefined) return [];
  return [{
    check: "Models",
    state: "warn",
    found: `using the built-in list: ${problem}`,
    fix: `Replace it with ${PROGRAM} models update LIST, or remove it.`,
  }];
}
