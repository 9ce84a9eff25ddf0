/** The real proxy in this process, on a free port, with a configuration given as TOML. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import type { Dialects } from "../../src/dialects/dialect.ts";
import type { Config } from "../../src/config/config.ts";
import { LiveConfig } from "../../src/config/live/live.ts";
import { parseConfig } from "../../src/config/load.ts";
import type { Clock } from "../../src/runtime/clock.ts";
import type { RequestEnd } from "../../src/model/request-end.ts";
import type { LogFields, LogLevel } from "../../src/log/log.ts";
import { compose, type ComposeOptions } from "../../src/server/compose.ts";
import type { ConfigSource, ServerContext } from "../../src/server/context.ts";
import { serve, type Server } from "../../src/server/server.ts";
import type { Store } from "../../src/store/store.ts";

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

export interface TestProxy extends AsyncDisposable {
  readonly url: string;
  readonly context: ServerContext;
  readonly server: Server;
  /** Resolves when it knows what its replicas know. */
  readonly ready: Promise<void>;
  readonly log: readonly LogLine[];
  /** Requests that are over, in the order of their ends. */
  readonly records: readonly RequestEnd[];
  /** Resolves when so many requests are over. */
  ended(count: number): Promise<readonly RequestEnd[]>;
  /** Puts another configuration into force. */
  swap(toml: string, env?: Readonly<Record<string, string>>): void;
  post(
    path: string,
    body: unknown,
    headers?: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<Response>;
  /** Stops it, and sends and writes what waits; again: nothing. */
  close(): Promise<void>;
}

export interface TestProxyOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  readonly dataFolder?: string;
  /** What it shares with others; closed with it. */
  readonly store?: Store;
  /** @default the built-in ones */
  readonly dialects?: Dialects;
  /** In place of the runtime's own. */
  readonly fetch?: typeof fetch;
  /** A path where the configuration is written, and then read and watched as a running program does. @default it is no file */
  readonly file?: string;
  /** In place of the runtime's timers, for what keeps caches warm. */
  readonly later?: ComposeOptions["later"];
}

/** A clock that a test moves; `mono` is real, for the timers. */
export function testClock(start = Date.UTC(2026, 10, 22, 12)): Clock & { advance(ms: number): void } {
  let moved = start;
  return { now: () => moved, mono: () => performance.now(), advance: (ms) => void (moved += ms) };
}

/** Loads a configuration that must be right. */
export function configOf(
  toml: string,
  env: Readonly<Record<string, string>> = {},
  dialects?: Dialects,
): Config {
  const loaded = parseConfig(toml, { env, name: "test.toml", ...(dialects && { dialects }) });
  assert.ok(
    loaded.ok,
    `the test's configuration: ${JSON.stringify("problems" in loaded ? loaded.problems : "")}`,
  );
  return loaded.config;
}

/** Writes a configuration that must be right into a file, and watches it. */
function liveFrom(path: string, toml: string, { env = {} }: TestProxyOptions): LiveConfig {
  writeFileSync(path, toml, { mode: 0o600 });
  const opened = LiveConfig.open({ option: path, env });
  assert.ok(opened.ok, "the test's configuration");
  opened.live.watch();
  return opened.live;
}

/**
 * Starts the proxy with a configuration that is itself what the test is about; else `proxyWith` of world.ts writes one.
 *
 * ```ts
 * await using proxy = proxyFrom("[router]\n# mine\ndefault = …");
 * ```
 */
export function proxyFrom(toml: string, options: TestProxyOptions = {}): TestProxy {
  const live = options.file === undefined ? undefined : liveFrom(options.file, toml, options);
  let config = live?.current ?? configOf(toml, options.env, options.dialects);
  const listeners = new Set<(next: Config, before: Config) => void>();
  const source: ConfigSource = live ?? {
    get current() {
      return config;
    },
    state: { loadedAt: 0, ok: true, problems: [], warnings: [], reloads: 0 },
    onSwap(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const log: LogLine[] = [];
  const composed = compose({
    source,
    log: (level, message, fields) => void log.push({ level, message, fields }),
    version: "0.0.0-test",
    ...(options.dataFolder === undefined ? {} : { dataFolder: options.dataFolder }),
    ...(options.store === undefined ? {} : { store: options.store }),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.dialects === undefined ? {} : { dialects: options.dialects }),
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
    ...(options.later === undefined ? {} : { later: options.later }),
  });
  const records: RequestEnd[] = [];
  const waiting: { count: number; resolve: (records: readonly RequestEnd[]) => void }[] = [];
  const { onEnd } = composed.context.dispatch;
  const dispatch = {
    ...composed.context.dispatch,
    onEnd(end: RequestEnd) {
      onEnd(end);
      records.push(end);
      for (const one of waiting.splice(0)) {
        if (records.length >= one.count) one.resolve(records);
        else waiting.push(one);
      }
    },
  };
  const context = { ...composed.context, dispatch };
  const server = serve(context, "127.0.0.1", 0);
  let closing: Promise<void> | undefined;
  const close = () =>
    closing ??= server.kill().then(() => {
      live?.close();
      return composed.close();
    });
  return {
    url: server.url,
    context,
    server,
    ready: composed.ready,
    log,
    records,
    ended: (count) =>
      records.length >= count
        ? Promise.resolve(records)
        : new Promise((resolve) => void waiting.push({ count, resolve })),
    swap(next, env = options.env) {
      const before = config;
      config = configOf(next, env, options.dialects);
      for (const listener of listeners) listener(config, before);
    },
    post: (path, body, headers = {}, signal) =>
      fetch(server.url + path, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: typeof body === "string" || body instanceof Uint8Array
          ? body as BodyInit
          : JSON.stringify(body),
        ...(signal === undefined ? {} : { signal }),
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
