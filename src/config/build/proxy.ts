/** The sections that say how the program itself runs: `[proxy]`, `[log]`, `[telemetry]`. */
import type { LogConfig, ProxyConfig, TelemetryConfig, Timeouts } from "../config.ts";
import { isLoopback } from "../../text/hosts.ts";
import type { Overrides } from "../source/env.ts";
import type { KeyPath, Report } from "../problem.ts";
import type { FileConfig, ProxyBlock } from "../schema/sections.ts";

/** Where the proxy listens, who may use it, and its limits. */
export function buildProxy(block: ProxyBlock, overrides: Overrides, report: Report): ProxyConfig {
  const host = (overrides.host ?? block.host ?? "127.0.0.1").trim().replace(/^\[(.*)\]$/, "$1");
  const secrets = report.hasUnresolved(["proxy", "api_key"]) || report.hasUnresolved(["proxy", "api_keys"]);
  const apiKeys = [block.api_key ?? "", ...(block.api_keys ?? [])].map((key) => key.trim()).filter((key) =>
    key !== ""
  );
  if (!report.hasUnresolved(["proxy", "host"]) && !/^[\w.:%-]+$/.test(host)) {
    report.problem(["proxy", "host"], `${JSON.stringify(host)} is no host's name or address.`, {
      expected: "an address like 127.0.0.1, ::1 or 0.0.0.0, or a name like localhost",
    });
  } else if (apiKeys.length === 0 && !isLoopback(host) && !secrets) {
    report.problem(
      block.host === undefined || overrides.host !== undefined ? ["proxy"] : ["proxy", "host"],
      `${host} can be reached from other machines, so clients must need a key: set api_key, say to "$PROXY_API_KEY".`,
      { found: "no api_key", expected: "an api_key, or the host 127.0.0.1" },
    );
  }
  return {
    host,
    port: overrides.port ?? block.port ?? 3456,
    apiKeys: [...new Set(apiKeys)],
    timeouts: timeoutsOf(block, DEFAULT_TIMEOUTS),
    maxBodyBytes: Math.round((block.max_body_mb ?? 32) * 1024 * 1024),
    maxConcurrent: block.max_concurrent ?? 4096,
    ...(block.requests_per_minute !== undefined && { requestsPerMinute: block.requests_per_minute }),
    stopGraceMs: block.stop_grace_ms ?? 30_000,
    keepAliveMs: block.keep_alive_ms ?? 15_000,
    corsOrigins: (block.cors_origins ?? []).flatMap((one, index) =>
      origin(one, ["proxy", "cors_origins", index], report)
    ),
    allowedHosts: (block.allowed_hosts ?? []).map((one) => one.trim().toLowerCase()),
  };
}

function origin(text: string, path: KeyPath, report: Report): string[] {
  const plain = text.trim().replace(/\/$/, "");
  if (URL.canParse(plain) && new URL(plain).origin === plain.toLowerCase()) return [new URL(plain).origin];
  report.problem(
    path,
    `found ${JSON.stringify(text)}, expected one origin, like "https://app.example" ("*" is not allowed).`,
  );
  return [];
}

export function buildLog(block: FileConfig["log"], overrides: Overrides): LogConfig {
  return {
    level: overrides.logLevel ?? block?.level ?? "info",
    json: overrides.logJson ?? block?.json ?? false,
  };
}

export function buildTelemetry(block: FileConfig["telemetry"], report: Report): TelemetryConfig {
  const path: KeyPath = ["telemetry", "otlp_endpoint"];
  const missing = report.takeUnresolved(["telemetry"]);
  if (missing.length > 0) {
    report.warn(path, `${missing.map(({ reason }) => reason).join("; ")}: no traces are sent.`);
  }
  const endpoint = missing.length > 0
    ? undefined
    : block?.otlp_endpoint?.trim().replace(/\/+$/, "") || undefined;
  if (endpoint !== undefined && (!/^https?:\/\//i.test(endpoint) || !URL.canParse(endpoint))) {
    report.problem(path, `${JSON.stringify(endpoint)} is not an http or https URL.`, {
      expected: "a URL like http://localhost:4318",
    });
  }
  return {
    metrics: block?.metrics ?? true,
    dashboard: block?.dashboard ?? true,
    ...(endpoint !== undefined && { otlpEndpoint: endpoint }),
    otlpHeaders: missing.length > 0 ? {} : { ...block?.otlp_headers },
  };
}

/** Milliseconds. */
export const DEFAULT_TIMEOUTS: Timeouts = {
  connect: 10_000,
  firstToken: 120_000,
  idle: 120_000,
  total: 600_000,
};

interface TimeoutKeys {
  readonly timeout_ms?: number | undefined;
  readonly connect_timeout_ms?: number | undefined;
  readonly first_token_timeout_ms?: number | undefined;
  readonly idle_timeout_ms?: number | undefined;
}

/** The given ones over the others; none is longer than the whole request may take. */
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
