/** The sections that say how the program itself runs: `[proxy]`, `[store]`, `[log]`, `[telemetry]`. */
import { authorityOf, canonicalHost, isLoopback } from "../../text/hosts.ts";
import { networkOf } from "../../text/networks.ts";
import type {
  AlertConfig,
  LogConfig,
  ProxyConfig,
  StoreConfig,
  TelemetryConfig,
  Timeouts,
} from "../config.ts";
import { type KeyPath, quotedAddress, type Report } from "../problem.ts";
import type { FileConfig, ProxyBlock } from "../schema/sections.ts";
import type { Overrides } from "../source/env.ts";
import { type Machine, thisMachine } from "../../runtime/machine.ts";
import { type CertificatePlaces, readTls } from "./tls.ts";

/** Where the proxy listens, who may use it, and its limits. */
export function buildProxy(
  block: ProxyBlock,
  overrides: Overrides,
  report: Report,
  places: CertificatePlaces,
): Omit<ProxyConfig, "workers"> {
  const written = (overrides.host ?? block.host).trim();
  const host = canonicalHost(written) ?? written;
  const unresolved = (key: string) => report.hasUnresolved(["proxy", key]);
  const apiKeys = [block.api_key ?? "", ...block.api_keys ?? []].map((key) => key.trim()).filter(Boolean);
  const adminKey = block.admin_key?.trim() || undefined;
  const isKeyless = [...apiKeys, adminKey ?? ""].every((key) => key === "");
  const keyless = isKeyless && !["api_key", "api_keys", "admin_key"].some(unresolved);
  if (adminKey !== undefined && apiKeys.includes(adminKey)) {
    report.problem(["proxy", "admin_key"], "is also an api_key, so every client would be an administrator.");
  }
  if (!unresolved("host") && !/^[\w.:%-]+$/.test(host)) {
    report.problem(["proxy", "host"], `${quotedAddress(host)} is not a host name or address.`, {
      expected: "an address such as 127.0.0.1, ::1 or 0.0.0.0, or a name such as localhost",
    });
  } else if (keyless && !isLoopback(host)) {
    report.problem(
      overrides.host === undefined ? ["proxy", "host"] : ["proxy"],
      `other machines can reach ${host}, so clients must need a key: set api_key, for example to "$PROXY_API_KEY".`,
      { found: "no api_key", expected: "an api_key or admin_key, or the host 127.0.0.1" },
    );
  }
  if (!isLoopback(host)) {
    refuseWeakKeys(apiKeys, "api_key", report);
    if (adminKey !== undefined) refuseWeakKeys([adminKey], "admin_key", report);
  }
  const tls = readTls(block, report, places);
  return {
    host,
    port: overrides.port ?? block.port,
    apiKeys: [...new Set(apiKeys)],
    ...(adminKey !== undefined && { adminKey }),
    timeouts: proxyTimeouts(block, FIRST_TOKEN_MS),
    maxBodyBytes: Math.round(block.max_body_mb * 1024 * 1024),
    maxBodiesBytes: Math.round(Math.max(block.max_bodies_mb, block.max_body_mb) * 1024 * 1024),
    maxConcurrent: block.max_concurrent,
    ...(block.requests_per_minute !== undefined && { requestsPerMinute: block.requests_per_minute }),
    stopGraceMs: block.stop_grace_ms,
    drainMs: block.drain_ms,
    keepAliveMs: block.keep_alive_ms,
    corsOrigins: block.cors_origins.flatMap((one, index) =>
      origin(one, ["proxy", "cors_origins", index], report, keyless)
    ),
    trustedProxies: block.trusted_proxies.flatMap((one, index) => {
      const network = networkOf(one);
      if (network !== undefined) return [network];
      report.problem(
        ["proxy", "trusted_proxies", index],
        `got ${quotedAddress(one)}, expected an address or a network, such as "10.0.0.0/8".`,
      );
      return [];
    }),
    basePath: basePathOf(block.base_path, report),
    allowedHosts: block.allowed_hosts.map((one) => authorityOf(one)?.host ?? one.trim().toLowerCase()),
    ...(tls !== undefined && { tls }),
  };
}

/** How many processes share the port: only Linux shares one among them, and only a store what they must all know. */
export function buildWorkers(
  { proxy: { workers }, store }: FileConfig,
  report: Report,
  given: Machine | undefined,
): number {
  if (workers === 1) return 1;
  const machine = given ?? thisMachine();
  const path: KeyPath = ["proxy", "workers"];
  if (machine.platform !== "linux") {
    if (workers === "auto") return 1;
    report.problem(
      path,
      `only Linux shares a port among several workers, and this is ${systemName(machine)}.`,
      {
        found: String(workers),
        expected: '1, or "auto", which is 1 on this system',
      },
    );
    return 1;
  }
  if (store.url === undefined) {
    report.problem(
      path,
      "several workers need a store, which holds what all of them must know: budgets, keys, cooldowns, the ledger.",
      {
        found: `${JSON.stringify(workers)} without [store]`,
        expected: "the url of a [store], or workers = 1",
      },
    );
  }
  return workers === "auto" ? machine.cores : workers;
}

const systemName = ({ platform }: Machine): string =>
  platform === "darwin" ? "macOS" : platform === "win32" ? "Windows" : platform;

function basePathOf(written: string | undefined, report: Report): string {
  const path = written?.trim().replace(/\/+$/, "") ?? "";
  if (path === "" || /^(?:\/[\w.~-]+)+$/.test(path)) return path;
  report.problem(["proxy", "base_path"], `got ${quotedAddress(path)}, expected a path, such as "/llm".`);
  return "";
}

/** The fewest characters of a key where other machines can guess. `openssl rand -hex 16` gives 32. */
const SHORTEST_KEY = 16;
/** The fewest different characters of it. */
const LEAST_VARIED = 6;

/** The keys of examples, and short ones, are the first to be guessed. */
function refuseWeakKeys(keys: readonly string[], setting: string, report: Report): void {
  const isExample = (key: string) => /^(?:my-backup-key|change[-_ ]?me|your[-_ ]|example|<)/i.test(key);
  for (const key of keys) {
    const why = isExample(key)
      ? "is one of an example"
      : key.length < SHORTEST_KEY
      ? `has ${key.length} characters`
      : new Set(key).size < LEAST_VARIED
      ? "is a repetition of a few characters"
      : undefined;
    if (why === undefined) continue;
    report.problem(
      ["proxy", setting],
      `other machines can reach the proxy, and a key ${why}: use a random one of ${SHORTEST_KEY} characters or more, ` +
        "for example from: openssl rand -hex 16.",
    );
  }
}

/** An origin as browsers and desktop shells send it (`tauri://localhost`, `chrome-extension://…`); Android sends `file://`. */
const OWN_SCHEME = /^(?!https?:)[a-z][a-z0-9+.-]*:\/\/[^\s/?#@*]+$|^file:\/\/$/;

function origin(text: string, path: KeyPath, report: Report, keyless: boolean): string[] {
  const written = text.trim().toLowerCase();
  if (OWN_SCHEME.test(written)) return [written];
  // Every page can get this origin for itself, in a frame that is sandboxed.
  if (written === "null" && !keyless) return [written];
  const plain = written.replace(/\/$/, "");
  if (!plain.includes("*") && URL.canParse(plain) && new URL(plain).origin === plain) return [plain];
  report.problem(
    path,
    written === "null"
      ? 'any web page can have the origin "null", so it needs an api_key in [proxy].'
      : `got ${
        quotedAddress(text)
      }, expected one origin, such as "https://app.example" or "tauri://localhost" ("*" is not allowed).`,
  );
  return [];
}

interface TimeoutKeys {
  readonly timeout_ms?: number | undefined;
  readonly connect_timeout_ms?: number | undefined;
  readonly first_token_timeout_ms?: number | undefined;
  readonly idle_timeout_ms?: number | undefined;
}

/** Milliseconds until the first output where nothing else is set. */
const FIRST_TOKEN_MS = 120_000;
/**
 * The same from a local server, which reads an agent's prompt for minutes. Claude Code and Codex give up after five:
 * another target can answer before that. One that does not run refuses at once.
 */
const LOCAL_FIRST_TOKEN_MS = 270_000;

/** Those of `[proxy]` for local servers. */
export const localTimeouts = (block: FileConfig["proxy"]): Timeouts =>
  proxyTimeouts(block, LOCAL_FIRST_TOKEN_MS);

function proxyTimeouts(block: FileConfig["proxy"], firstToken: number): Timeouts {
  return timeoutsOf({}, {
    connect: block.connect_timeout_ms,
    firstToken: block.first_token_timeout_ms ?? firstToken,
    idle: block.idle_timeout_ms,
    total: block.timeout_ms,
  });
}

/**
 * The timeouts in milliseconds; none is longer than the whole request may take.
 * @param others for the keys that are not set
 */
export function timeoutsOf(keys: TimeoutKeys, others: Timeouts): Timeouts {
  const total = keys.timeout_ms ?? others.total;
  const within = (value: number) => Math.min(value, total);
  return {
    connect: within(keys.connect_timeout_ms ?? others.connect),
    firstToken: within(keys.first_token_timeout_ms ?? others.firstToken),
    idle: within(keys.idle_timeout_ms ?? others.idle),
    total,
  };
}

/** What is logged, and how. */
export function buildLog(block: FileConfig["log"], overrides: Overrides): LogConfig {
  return { level: overrides.logLevel ?? block.level, json: overrides.logJson ?? block.json };
}

/** The webhooks. One whose variable is not set is dropped with a warning: the proxy works without it. */
export function buildAlerts(
  blocks: FileConfig["alerts"],
  pathOf: (block: object) => KeyPath,
  report: Report,
): AlertConfig[] {
  return blocks.flatMap((block) => {
    const path = pathOf(block);
    const missing = report.takeUnresolved(path);
    if (missing.length > 0) {
      report.warn([...path, "url"], `${missing.map(({ reason }) => reason).join("; ")}: no alerts are sent.`);
      return [];
    }
    const url = block.url.trim();
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
      report.problem([...path, "url"], `${quotedAddress(url)} is not an http or https URL.`, {
        expected: "the URL of a webhook",
      });
    }
    const secret = block.secret?.trim() || undefined;
    return [{
      url,
      on: block.on,
      format: block.format,
      perHour: block.per_hour,
      ...(secret !== undefined && { secret }),
    }];
  });
}

/** What the proxy shows of itself. A variable that is not set only switches the traces off. */
export function buildTelemetry(block: FileConfig["telemetry"], report: Report): TelemetryConfig {
  const path: KeyPath = ["telemetry", "otlp_endpoint"];
  const missing = report.takeUnresolved(["telemetry"]);
  const { metrics, dashboard, dashboard_actions: dashboardActions } = block;
  if (missing.length > 0) {
    report.warn(path, `${missing.map(({ reason }) => reason).join("; ")}: no traces are sent.`);
    return { metrics, dashboard, dashboardActions, otlpHeaders: {} };
  }
  const endpoint = block.otlp_endpoint?.trim().replace(/\/+$/, "") || undefined;
  if (endpoint !== undefined && (!/^https?:\/\//i.test(endpoint) || !URL.canParse(endpoint))) {
    report.problem(path, `${quotedAddress(endpoint)} is not an http or https URL.`, {
      expected: "a URL such as http://localhost:4318",
    });
  }
  return {
    metrics,
    dashboard,
    dashboardActions,
    ...(endpoint !== undefined && { otlpEndpoint: endpoint }),
    otlpHeaders: { ...block.otlp_headers },
  };
}

/** The database that replicas share; undefined: there is none. No message quotes the URL, which has a password. */
export function buildStore(block: FileConfig["store"], report: Report): StoreConfig | undefined {
  const path: KeyPath = ["store", "url"];
  if (block.url === undefined || report.hasUnresolved(path)) return undefined;
  const url = block.url.trim();
  const isPostgres = /^postgres(?:ql)?:\/\//i.test(url) && URL.canParse(url) && isDecodable(url);
  if (!isPostgres || new URL(url).pathname.length < 2) {
    report.problem(path, "is not the URL of a PostgreSQL database.", {
      expected: "a URL such as postgres://user:password@host:5432/database",
    });
  }
  return { url, whenDown: block.when_down };
}

/** Whether every percent sign of a text begins an escape. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
